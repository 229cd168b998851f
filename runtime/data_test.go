package runtime

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func writeTemp(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

const people = `# who
name,age,height,kind
"Ada, L.",36,1.6,b
Bob,?,1.8,a
Cyd,30,1.7,c
Dee,24,1.5,a
`

var peoplePorts = []Port{{Name: "x", Shape: []int{2}}, {Name: "y", Int: true, Limit: 3}}

func peopleSpec(file string) DataSpec {
	return DataSpec{File: file, Pipeline: Pipeline{
		Format: Format{Kind: KindCSV, Comment: "#"},
		Inputs: []Input{
			{Port: "x", Columns: ColumnNames("age", "height"), Ops: []Op{FillMean(), Standardize()}},
			{Port: "y", Columns: ColumnRange(3, 4), Ops: []Op{Categories()}},
		},
	}}
}

func TestCSVToPredictionAndBack(t *testing.T) {
	data, err := Load[float64](peopleSpec(writeTemp(t, "people.csv", []byte(people))), peoplePorts, 1)
	if err != nil {
		t.Fatal(err)
	}
	table := data.Train.(*Table[float64])
	if !slices.Equal(table.Ints[1], []int32{1, 0, 2, 0}) || !slices.Equal(data.Pipeline.ClassNames("y"), []string{"a", "b", "c"}) {
		t.Fatalf("%v %v", table.Ints[1], data.Pipeline.ClassNames("y"))
	}
	x := table.Floats[0]
	if math.Abs(x[2]) > 1e-12 || math.Abs(Sum(x)) > 1e-12 || math.Abs(SumSquares(x)-8) > 1e-12 {
		t.Fatalf("standardised to %v", x)
	}
	text, err := json.Marshal(data.Pipeline)
	if err != nil {
		t.Fatal(err)
	}
	saved := new(Pipeline)
	if err := json.Unmarshal(text, saved); err != nil {
		t.Fatal(err)
	}
	// One row, no label, other column order.
	file := writeTemp(t, "new.csv", []byte("height,age\n1.6,36\n"))
	rows, err := Prepare[float64](saved, file, "", peoplePorts[:1])
	if err != nil {
		t.Fatal(err)
	}
	if got := rows.(*Table[float64]).Floats[0]; !slices.Equal(got, x[:2]) {
		t.Fatalf("prediction sees %v, training saw %v", got, x[:2])
	}
	cells, err := PrepareCells[float64](saved, []string{"height", "age"}, [][]string{{"1.6", "36"}}, peoplePorts[:1])
	if err != nil || !slices.Equal(cells.(*Table[float64]).Floats[0], x[:2]) {
		t.Errorf("a row in memory: %v, %v", cells, err)
	}
	for want, row := range map[string][]string{"row 0: 1 cells, wanted 2": {"1"}, `rows:0:1: "x" is no number`: {"1.6", "x"}} {
		if _, err := PrepareCells[float64](saved, []string{"height", "age"}, [][]string{row}, peoplePorts[:1]); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if cells, err := PrepareCells[float64](nil, nil, [][]string{{"3", "4"}}, peoplePorts[:1]); err != nil || !slices.Equal(cells.(*Table[float64]).Floats[0], []float64{3, 4}) {
		t.Error(cells, err)
	}
	file = writeTemp(t, "other.csv", []byte("name,age,height,kind\nEve,1,2,z\n"))
	_, err = Prepare[float64](saved, file, "", peoplePorts)
	if err == nil || !strings.HasSuffix(err.Error(), `other.csv:2:9: "z" is none of the classes of y: a, b, c`) {
		t.Fatal(err)
	}
}

// TestColumnSpan: columns from one name to another, both included, are those of
// the file that is trained on, wherever others have them.
func TestColumnSpan(t *testing.T) {
	ports := []Port{{Name: "x", Shape: []int{3}}}
	load := func(text string, c Columns) (Data[float64], error) {
		return Load[float64](DataSpec{File: writeTemp(t, "s.csv", []byte(text)), Pipeline: Pipeline{Inputs: []Input{{Port: "x", Columns: c, Ops: []Op{AddTo(1)}}}}}, ports, 1)
	}
	const text = "id,a,b,c,d\n9,1,2,3,4\n9,5,6,7,8\n"
	data, err := load(text, ColumnSpan("b", "d"))
	if err != nil {
		t.Fatal(err)
	}
	if x := data.Train.(*Table[float64]).Floats[0]; !slices.Equal(x, []float64{3, 4, 5, 7, 8, 9}) {
		t.Error(x)
	}
	rows, err := PrepareCells[float64](data.Pipeline, []string{"d", "new", "c", "b"}, [][]string{{"40", "0", "30", "20"}}, ports)
	if err != nil || !slices.Equal(rows.(*Table[float64]).Floats[0], []float64{21, 31, 41}) {
		t.Error(rows, err)
	}
	for want, c := range map[string]struct {
		text string
		span Columns
	}{
		`x: `: {text, ColumnSpan("A ", "d")},
		`has no column "A "; did you mean "a"?; there are id, a, b, c, d`:              {text, ColumnSpan("A ", "d")},
		`has no column "zz"; there`:                                                    {text, ColumnSpan("a", "zz")},
		`"d" is column 4 and "b", column 2, stands before it: write columns("b".."d")`: {text, ColumnSpan("d", "b")},
		`x takes 3 numbers a row, columns "a".."d" give 4`:                             {text, ColumnSpan("a", "d")},
		`has no header, so no column "a"`:                                              {"1,2,3\n", ColumnSpan("a", "c")},
		`has two columns "b", and columns "a".."c" has both`:                           {"a,b,b,c\n1,2,3,4\n", ColumnSpan("a", "c")},
	} {
		if _, err := load(c.text, c.span); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if _, err := load("a,b,c,b\n1,2,3,4\n", ColumnSpan("a", "c")); err != nil {
		t.Error("a column outside of the span is called like one in it: ", err)
	}
}

func TestNearest(t *testing.T) {
	names := []string{"sepal_length", "sepal_width", "species", "Größe", "x"}
	for name, want := range map[string]string{"Sepal Length": "sepal_length", "sepal_lenght": "sepal_length", "specise": "species", "grosse": "Größe", "petal": "", "y": "", "": ""} {
		if got := nearest(name, names); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestCSVErrorsNameTheirPlace(t *testing.T) {
	ports := []Port{{Name: "x", Shape: []int{1}}, {Name: "y", Int: true, Limit: 3}}
	for _, c := range []struct{ content, want string }{
		{"1,2\n3,x\n", `:2:3: "x" is no number, y takes numbers`},
		{"1,2\n3\n", ":2:1: 1 cells, the rows before have 2"},
		{"1,2\n\"3,1\n", "extraneous or missing"},
		{"1,2\n3,1.5\n", ":2:3: 1.5 for y is no integer, y takes integers"},
		{"1,2\n3,3\n", ":2:3: 3 for y, the program takes 0 to 2 (- 1 after the column makes numbers from 1 on fit"},
		{"1,2\n,1\n", ":2:1: no value for x"},
		{"1,2\n1e300,1\n", "too large"},
		{"1;2\n3;4\n", `separated by ";" write csv(…, separator: ";")`},
		{"1\t2\n3\t4\n", `write csv(…, separator: "\t")`},
		{"1\n2\n", "has columns 0..1, wanted columns 1..2"},
		{"", "no rows"},
	} {
		spec := DataSpec{File: writeTemp(t, "bad.csv", []byte(c.content)), Pipeline: Pipeline{
			Format: Format{Kind: KindCSV},
			Inputs: []Input{{Port: "x", Columns: ColumnRange(0, 1)}, {Port: "y", Columns: ColumnRange(1, 2)}},
		}}
		if _, err := Load[float32](spec, ports, 1); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %s", c.content, err, c.want)
		}
	}
}

// TestTooManyClasses: the message has the text, its number and the classes.
func TestTooManyClasses(t *testing.T) {
	file := writeTemp(t, "v.csv", []byte("v\noslo\nrome\n?\nbonn\n"))
	for want, c := range map[string]struct {
		port Port
		ops  []Op
	}{
		`v.csv:3:1: "rome" is class 3 of v, one_hot(3) has room for 0 to 2; there are 4 classes: bonn, none, oslo, rome`: {Port{Name: "v", Shape: []int{3}}, []Op{FillText("none"), Categories(), OneHot(3)}},
		`v.csv:2:1: "oslo" is class 2 of v, the program takes 0 to 1; there are 4 classes: bonn, none, oslo, rome`:       {Port{Name: "v", Int: true, Limit: 2}, []Op{FillText("none"), Categories()}},
	} {
		spec := DataSpec{File: file, Pipeline: Pipeline{Format: Format{Kind: KindCSV}, Inputs: []Input{{Port: "v", Columns: ColumnNames("v"), Ops: c.ops}}}}
		if _, err := Load[float64](spec, []Port{c.port}, 1); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%v\nwant %s", err, want)
		}
	}
}

// TestByteOrderMark: as spreadsheets write it before the first name.
func TestByteOrderMark(t *testing.T) {
	data, err := Load[float64](peopleSpec(writeTemp(t, "people.csv", []byte("\ufeffage,height,sex,kind\n36,1.6,f,b\n30,1.7,m,a\n"))), peoplePorts, 1)
	if err != nil || data.Train.Len() != 2 {
		t.Error(err)
	}
}

func TestOps(t *testing.T) {
	file := writeTemp(t, "v.csv", []byte("v\n1\n?\n5\n2\n"))
	for _, c := range []struct {
		ops  []Op
		want []float64
	}{
		{[]Op{Fill(7), Multiply(2), AddTo(1)}, []float64{3, 15, 11, 5}},
		{[]Op{FillMedian(), Divide(2)}, []float64{0.5, 1, 2.5, 1}},
		{[]Op{FillMean()}, []float64{1, 8.0 / 3, 5, 2}},
		{[]Op{FillText("none"), Categories()}, []float64{0, 3, 2, 1}},
		{[]Op{Fill(0), Categories("5", "2", "1", "0")}, []float64{2, 3, 0, 1}},
	} {
		spec := DataSpec{File: file, Pipeline: Pipeline{Format: Format{Kind: KindCSV}, Inputs: []Input{{Port: "v", Columns: ColumnNames("v"), Ops: c.ops}}}}
		data, err := Load[float64](spec, []Port{{Name: "v"}}, 1)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range data.Train.(*Table[float64]).Floats[0] {
			if math.Abs(v-c.want[i]) > 1e-12 {
				t.Errorf("%v: row %d is %v, want %v", c.ops, i, v, c.want[i])
			}
		}
	}
	hot := DataSpec{File: file, Pipeline: Pipeline{Format: Format{Kind: KindCSV}, Inputs: []Input{{Port: "v", Columns: ColumnNames("v"), Ops: []Op{Fill(0), OneHot(6)}}}}}
	data, err := Load[float32](hot, []Port{{Name: "v", Shape: []int{6}}}, 1)
	if err != nil || !slices.Equal(data.Train.(*Table[float32]).Floats[0][12:18], []float32{0, 0, 0, 0, 0, 1}) {
		t.Fatal(data.Train, err)
	}
	hot.Pipeline.Inputs[0].Ops = []Op{Divide(0)}
	if _, err := Load[float32](hot, []Port{{Name: "v"}}, 1); err == nil {
		t.Fatal("division by 0 passed")
	}
}

func TestFittingLooksAtTheTrainingPartOnly(t *testing.T) {
	var b strings.Builder
	for i := range 100 {
		b.WriteString(strings.Repeat("9", i%5+1) + "\n")
	}
	file := writeTemp(t, "v.csv", []byte(b.String()))
	spec := DataSpec{File: file, Validation: 0.2, Pipeline: Pipeline{Format: Format{Kind: KindCSV}, Inputs: []Input{{Port: "v", Columns: ColumnRange(0, 1), Ops: []Op{Standardize()}}}}}
	data, err := Load[float64](spec, []Port{{Name: "v"}}, 5)
	if err != nil {
		t.Fatal(err)
	}
	train, val := data.Train.(*Table[float64]), data.Validation.(*Table[float64])
	if train.Rows != 80 || val.Rows != 20 || math.Abs(Sum(train.Floats[0])) > 1e-9 || math.Abs(Sum(val.Floats[0])) < 1e-9 {
		t.Fatalf("%d and %d rows, sums %v and %v", train.Rows, val.Rows, Sum(train.Floats[0]), Sum(val.Floats[0]))
	}
}

// TestFilesOfASpec reads the same rows from a folder, from an absolute path and
// from files that are embedded; without inputs the columns are in order.
func TestFilesOfASpec(t *testing.T) {
	const rows, more, text = "1,2,0\n3,4,1\n", "5,6,1\n", "abab"
	dir := t.TempDir()
	files := fstest.MapFS{}
	for name, content := range map[string]string{"rows.csv": rows, "more.csv": more, "a.txt": text} {
		files["data/"+name] = &fstest.MapFile{Data: []byte(content)}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	spec := DataSpec{File: "rows.csv", ValidationFile: "more.csv"}
	absolute := DataSpec{File: filepath.Join(dir, "rows.csv"), ValidationFile: filepath.Join(dir, "more.csv")}.In("nowhere")
	embedded := spec
	embedded.FS = files
	ports := []Port{{Name: "x", Shape: []int{2}}, {Name: "y", Int: true, Limit: 2}}
	for _, spec := range []DataSpec{spec.In(dir), absolute, embedded.In("data")} {
		data, err := Load[float64](spec, ports, 1)
		if err != nil {
			t.Fatal(err)
		}
		train, val := data.Train.(*Table[float64]), data.Validation.(*Table[float64])
		if !slices.Equal(train.Floats[0], []float64{1, 2, 3, 4}) || !slices.Equal(train.Ints[1], []int32{0, 1}) || !slices.Equal(val.Floats[0], []float64{5, 6}) {
			t.Errorf("%+v: %v %v", spec, train, val)
		}
	}
	if _, err := Load[float64](embedded, ports, 1); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	windows := DataSpec{FS: files, File: "data/a.txt", Pipeline: Pipeline{Format: Format{Kind: KindText, By: ByBytes, Window: 2},
		Inputs: []Input{{Port: "tok", Columns: ColumnNames("tok")}}}}
	data, err := Load[float64](windows, []Port{{Name: "tok", Int: true, Shape: []int{2}}}, 1)
	if err != nil || data.Train.Len() != 1 {
		t.Error(data.Train, err)
	}
}

func TestSplitRowsIsADeterministicPartition(t *testing.T) {
	for _, n := range []int{0, 1, 2, 3, 10, 101} {
		train, held := splitRows(n, 0.25, 7)
		all := slices.Sorted(slices.Values(append(slices.Clone(train), held...)))
		if !slices.Equal(all, allRows(n)) || (n > 1 && len(held) != max(1, int(math.Round(float64(n)/4)))) {
			t.Fatalf("%d rows: %v and %v", n, train, held)
		}
		again, _ := splitRows(n, 0.25, 7)
		if !slices.Equal(again, train) {
			t.Fatal("not deterministic")
		}
	}
	a, _ := splitRows(100, 0.2, 1)
	b, _ := splitRows(100, 0.2, 2)
	if slices.Equal(a, b) {
		t.Fatal("the seed has no effect")
	}
}

func idxFile(kind byte, shape []uint32, data []byte) []byte {
	b := []byte{0, 0, kind, byte(len(shape))}
	for _, n := range shape {
		b = binary.BigEndian.AppendUint32(b, n)
	}
	return append(b, data...)
}

func TestIDX(t *testing.T) {
	images := idxFile(8, []uint32{3, 2, 2}, []byte{0, 255, 51, 102, 1, 2, 3, 4, 5, 6, 7, 8})
	labels := idxFile(8, []uint32{3}, []byte{2, 0, 1})
	ports := []Port{{Name: "x", Shape: []int{2, 2}}, {Name: "y", Int: true, Limit: 3}}
	spec := DataSpec{
		File: writeTemp(t, "images.gz", zipped(t, string(images))), Labels: writeTemp(t, "labels", labels),
		Pipeline: Pipeline{Format: Format{Kind: KindIDX}, Inputs: []Input{
			{Port: "x", Columns: ColumnNames("images"), Ops: []Op{Divide(255)}}, {Port: "y", Columns: ColumnNames("labels")}}},
	}
	spec.ValidationFile, spec.ValidationLabels = spec.File, spec.Labels
	data, err := Load[float32](spec, ports, 1)
	if err != nil {
		t.Fatal(err)
	}
	table := data.Train.(*Table[float32])
	if !slices.Equal(table.Ints[1], []int32{2, 0, 1}) || !slices.Equal(table.Floats[0][:4], []float32{0, 1, 0.2, 0.4}) || data.Validation.Len() != 3 {
		t.Fatalf("%v %v", table.Ints[1], table.Floats[0])
	}
	if _, err := Prepare[float32](data.Pipeline, spec.File, "", ports[:1]); err != nil {
		t.Fatal(err)
	}
	ports[1].Limit = 2
	if _, err := Load[float32](spec, ports, 1); err == nil || !strings.Contains(err.Error(), "label 0: 2 for y, the program takes 0 to 1") {
		t.Fatal(err)
	}
	spec.Labels = writeTemp(t, "short", idxFile(8, []uint32{2}, []byte{2, 0}))
	if _, err := Load[float32](spec, ports, 1); err == nil || !strings.Contains(err.Error(), "one label for each of 3 images") {
		t.Fatal(err)
	}
}

func TestTextWindows(t *testing.T) {
	file := writeTemp(t, "t.txt", []byte("abcabdüx"))
	ports := []Port{{Name: "tok", Int: true, Shape: []int{3}, Limit: 256}, {Name: "next", Int: true, Shape: []int{3}, Limit: 256}}
	spec := DataSpec{File: file, Pipeline: Pipeline{
		Format: Format{Kind: KindText, By: ByChars, Window: 3},
		Inputs: []Input{{Port: "tok", Columns: ColumnNames("tok")}, {Port: "next", Columns: ColumnNames("next")}}}}
	data, err := Load[float32](spec, ports, 1)
	if err != nil {
		t.Fatal(err)
	}
	if data.Train.Len() != 2 || string(data.Pipeline.Format.Vocabulary) != "abcdxü" {
		t.Fatalf("%d windows, vocabulary %q", data.Train.Len(), data.Pipeline.Format.Vocabulary)
	}
	tok, next := make([]int32, 3), make([]int32, 3)
	data.Train.Row(1, 0, nil, tok)
	data.Train.Row(1, 1, nil, next)
	if data.Pipeline.Decode(tok) != "abd" || data.Pipeline.Decode(next) != "bdü" {
		t.Fatalf("%v %v", tok, next)
	}
	if _, err := data.Pipeline.Encode("abz"); err == nil || !strings.Contains(err.Error(), "'z' at byte 2") {
		t.Fatal(err)
	}
	spec.Pipeline.Format = Format{Kind: KindText, By: ByBytes, Window: 3, Stride: 1}
	spec.Validation = 0.5
	data, err = Load[float32](spec, ports, 1)
	if err != nil || data.Train.Len() != 2 || data.Validation.Len() != 1 || data.Pipeline.Decode([]int32{0x61}) != "a" {
		t.Fatal(data, err)
	}
	ports[0].Limit = 'b'
	if err := data.Train.(checker).Check(ports); err == nil || !strings.Contains(err.Error(), "token 1 of the text is 98") {
		t.Fatal(err)
	}
}

func TestSliceTable(t *testing.T) {
	table, err := SliceTable[float32](peoplePorts, map[string]any{"x": []float32{1, 2, 3, 4}, "y": []int{0, 2}})
	if err != nil || table.Rows != 2 || table.Ints[1][1] != 2 {
		t.Fatal(table, err)
	}
	for _, bad := range []map[string]any{
		{"x": []float32{1, 2, 3, 4}},
		{"x": []float32{1, 2, 3, 4}, "y": []int{0}},
		{"x": []float32{1, 2, 3, 4}, "y": []int{0, 3}},
		{"x": []float32{1, 2, 3}, "y": []int{0}},
		{"x": []float64{1, 2, 3, 4}, "y": []int{0, 1}},
		{"x": []int{1, 2, 3, 4}, "y": []int{0, 1}},
	} {
		if _, err := SliceTable[float32](peoplePorts, bad); err == nil {
			t.Errorf("%v passed", bad)
		}
	}
}

func TestShuffleIsAPureFunctionOfSeedAndEpoch(t *testing.T) {
	s := NewShuffler(1000)
	s.Shuffle(3, 5)
	want := slices.Clone(s.order)
	if sorted := slices.Sorted(slices.Values(want)); sorted[0] != 0 || sorted[999] != 999 || len(slices.Compact(sorted)) != 1000 {
		t.Fatal("no permutation")
	}
	s.Shuffle(3, 6)
	if slices.Equal(want, s.order) {
		t.Fatal("epochs have the same order")
	}
	s.Shuffle(3, 5)
	if !slices.Equal(want, s.order) {
		t.Fatal("the order depends on what was before")
	}
	expectNoAllocs(t, 5, func() { s.Shuffle(3, 7) })
}

// Each of the 24 orders of four rows comes up about as often.
func TestShuffleIsUniform(t *testing.T) {
	counts := map[[4]int32]int{}
	s := NewShuffler(4)
	const n = 24000
	for epoch := range n {
		s.Shuffle(11, epoch)
		counts[[4]int32(s.order)]++
	}
	chi := 0.0
	for _, c := range counts {
		chi += math.Pow(float64(c)-n/24, 2) / (n / 24)
	}
	if len(counts) != 24 || chi > 60 { // 23 degrees of freedom: p < 1e-4
		t.Fatalf("%d orders, chi squared %v", len(counts), chi)
	}
}

func FuzzIDX(f *testing.F) {
	f.Add(idxFile(8, []uint32{2, 2}, []byte{1, 2, 3, 4}))
	f.Add(idxFile(14, []uint32{1 << 31, 1 << 31}, nil))
	f.Fuzz(func(t *testing.T, content []byte) {
		a, err := decodeIDX(bufioReader(content))
		if err == nil && Elements(a.shape) > 0 {
			a.at(Elements(a.shape) - 1)
		}
	})
}

// TestFitted: what has been learned goes over to data that is prepared in the
// same way, and to no other.
func TestFitted(t *testing.T) {
	spec := peopleSpec(writeTemp(t, "people.csv", []byte(people)))
	data, err := Load[float64](spec, peoplePorts, 1)
	if err != nil {
		t.Fatal(err)
	}
	again, same := spec.Pipeline.Fitted(data.Pipeline)
	if !same || !slices.Equal(again.Inputs[0].Ops[1].Center, data.Pipeline.Inputs[0].Ops[1].Center) || !slices.Equal(again.ClassNames("y"), []string{"a", "b", "c"}) {
		t.Errorf("%v, %+v", same, again)
	}
	if spec.Pipeline.Inputs[0].Ops[1].Center != nil {
		t.Error("the program's own pipeline has learned")
	}
	other := *data.Pipeline
	other.Inputs = slices.Clone(other.Inputs)
	other.Inputs[0].Ops = other.Inputs[0].Ops[:1]
	for _, saved := range []*Pipeline{nil, {}, &other} {
		if got, same := spec.Pipeline.Fitted(saved); same || got != &spec.Pipeline {
			t.Errorf("taken from %+v", saved)
		}
	}
}

// TestUndo: what a pipeline does to a column of numbers, the other way round.
func TestUndo(t *testing.T) {
	p := &Pipeline{Inputs: []Input{
		{Port: "y", Columns: ColumnRange(0, 2), Ops: []Op{FillMean(), Divide(4), {Kind: opStandardize, Center: []float64{1, 2}, Scale: []float64{3, 0.5}}, Multiply(2), AddTo(-1)}},
		{Port: "label", Columns: ColumnRange(2, 3), Ops: []Op{Categories("a", "b"), Multiply(2)}},
		{Port: "raw", Columns: ColumnRange(3, 4)},
	}}
	row := []float64{10, 20}
	for i := range row {
		for j := 1; j < 5; j++ { // there is nothing to fill
			row[i] = p.Inputs[0].Ops[j].scalar(row[i], i)
		}
	}
	if !Undo(p, "y", row) || math.Abs(row[0]-10) > 1e-12 || math.Abs(row[1]-20) > 1e-12 {
		t.Error(row)
	}
	for _, port := range []string{"label", "raw", "none"} {
		if one := []float64{3}; Undo(p, port, one) || one[0] != 3 {
			t.Errorf("%s: %v", port, one)
		}
	}
	if three := []float64{1, 2, 3}; Undo(p, "y", three) || three[2] != 3 {
		t.Error("a row of another width")
	}
}
