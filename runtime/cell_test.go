package runtime

import (
	"bytes"
	"compress/gzip"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// inColumn is a spec whose only port is made of a column of text in memory.
func inColumn(t *testing.T, text, port, column string, ops ...Op) DataSpec {
	t.Helper()
	return DataSpec{File: writeTemp(t, "tea.csv", []byte(text)), Pipeline: Pipeline{Inputs: []Input{{Port: port, Columns: ColumnNames(column), Ops: ops}}}}
}

// TestWrongCells: what is wrong with a cell is said of it, as it is written.
func TestWrongCells(t *testing.T) {
	number, integer, kind := Port{Name: "x"}, Port{Name: "x", Int: true}, Port{Name: "x", Int: true, Limit: 3}
	learned := []Op{FillMedian(), Standardize()}
	for _, c := range []struct {
		cell string
		port Port
		ops  []Op
		want string
	}{
		{"inf", number, learned, `"inf" for x is not a finite number`},
		{"-Infinity", number, nil, `"-Infinity" for x is not a finite number`},
		{"?", number, []Op{Multiply(2)}, `no value for x (fill would give one)`},
		{"1e400", number, learned, `1e400 for x is too large: numbers go up to 1.8e+308`},
		{"-1e300", number, nil, `-1e300 for x is too large: numbers go up to 3.4e+38`},
		{"3e37", number, []Op{Multiply(16)}, `3e37 for x is 4.8e+38 after multiply, too large: numbers go up to 3.4e+38`},
		{"4e38", number, []Op{FillMean(), {Kind: opStandardize, Center: []float64{0}, Scale: []float64{0.5}}}, `4e38 for x is 8e+38 after standardize, too large: numbers go up to 3.4e+38`},
		{"?", number, []Op{Fill(2), Multiply(1e39)}, `"?" for x is 2e+39 after fill, multiply, too large: numbers go up to 3.4e+38`},
		{"1e200", number, []Op{Multiply(1e200), Multiply(0)}, `1e200 for x is NaN after multiply, multiply, too large on the way`},
		{"1_000", number, nil, `"1_000" is no number, x takes numbers such as 12, -0.5 or 1e-3 (categories would number texts)`},
		{"0x1p4", number, learned, `"0x1p4" is no number, x takes numbers such as 12, -0.5 or 1e-3 (categories would number texts)`},
		{"0x10", number, nil, `"0x10" is no number, x takes numbers such as 12, -0.5 or 1e-3 (categories would number texts)`},
		{"1e", number, nil, `"1e" is no number, x takes numbers such as 12, -0.5 or 1e-3 (categories would number texts)`},
		{"1.50", integer, nil, `1.50 for x is no integer, x takes integers`},
		{"3", integer, []Op{Divide(2)}, `3 for x is 1.5 after divide, no integer, x takes integers`},
		{"99999999999", integer, nil, `99999999999 for x is too large: integers go up to 2147483647`},
		{"-2147483649", integer, []Op{Names("a")}, `-2147483649 for x is too small: integers go down to -2147483648`},
		{"99999999999", kind, nil, `99999999999 for x, the program takes 0 to 2 (- 1 after the column makes numbers from 1 on fit, |> categories any others)`},
		{"1", kind, []Op{Multiply(3)}, `1 for x is 3 after multiply, the program takes 0 to 2 (- 1 after the column makes numbers from 1 on fit, |> categories any others)`},
		{"?", Port{Name: "x", Shape: []int{3}}, []Op{OneHot(3)}, `no value for x (fill would give one)`},
		{"03", Port{Name: "x", Shape: []int{3}}, []Op{OneHot(3)}, `03 for x, one_hot(3) has room for 0 to 2 (- 1 after the column makes numbers from 1 on fit, |> categories any others)`},
	} {
		text := "id,b\n" + strings.Repeat("7,0\n", 8) + "7, " + c.cell + "\n7,2\n"
		_, err := Load[float32](inColumn(t, text, "x", "b", c.ops...), []Port{c.port}, 1)
		if err == nil || !strings.HasSuffix(err.Error(), "tea.csv:10:4: "+c.want) {
			t.Errorf("%s: %v\nwanted %s", c.cell, err, c.want)
		}
	}
}

// TestDecimal: all that a table may have for a number, and the ends of int32.
func TestDecimal(t *testing.T) {
	text := "b\n12\n-0.5\n+3\n1e-3\n1E+2\n.5\n5.\n007\n1e-400\n"
	data, err := Load[float64](inColumn(t, text, "x", "b"), []Port{{Name: "x"}}, 1)
	if err != nil || !slices.Equal(data.Train.(*Table[float64]).Floats[0], []float64{12, -0.5, 3, 1e-3, 100, 0.5, 5, 7, 0}) {
		t.Error(data.Train, err)
	}
	data, err = Load[float64](inColumn(t, "b\n2147483647\n-2147483648\n", "x", "b"), []Port{{Name: "x", Int: true}}, 1)
	if err != nil || !slices.Equal(data.Train.(*Table[float64]).Ints[0], []int32{math.MaxInt32, math.MinInt32}) {
		t.Error(data.Train, err)
	}
}

// TestHeaderOfNumbers: a first row of what is a number, if not one that may
// stand there, is a row.
func TestHeaderOfNumbers(t *testing.T) {
	for _, first := range []string{"inf", "1_000", "0x1p4", "1e400"} {
		spec := DataSpec{File: writeTemp(t, "v.csv", []byte(first+"\n1\n"))}
		if _, err := Load[float64](spec, []Port{{Name: "x"}}, 1); err == nil || !strings.Contains(err.Error(), "v.csv:1:1: ") {
			t.Errorf("%s: %v", first, err)
		}
	}
}

// TestPlaceBehindOneHot: each of a column's positions is the column's.
func TestPlaceBehindOneHot(t *testing.T) {
	spec := DataSpec{File: writeTemp(t, "v.csv", []byte("0,1\n0,1\n")), Pipeline: Pipeline{Inputs: []Input{
		{Port: "x", Columns: ColumnRange(0, 2), Ops: []Op{OneHot(2), {Kind: opStandardize, Center: make([]float64, 4), Scale: []float64{1, 1, 1, 0x1p-130}}}}}}}
	_, err := Load[float32](spec, []Port{{Name: "x", Shape: []int{4}}}, 1)
	if err == nil || !strings.Contains(err.Error(), "v.csv:1:3: 1 for x is 1.36") || !strings.Contains(err.Error(), "e+39 after onehot, standardize, too large") {
		t.Error(err)
	}
}

// TestNothingToLearn: a column without values has no mean and no median, one of
// too large numbers no deviation. With fill the same column is nothing wrong.
func TestNothingToLearn(t *testing.T) {
	ports := []Port{{Name: "x", Shape: []int{2}}}
	for _, c := range []struct {
		text string
		ops  []Op
		want string
	}{
		{"a,b\n1,\n2,NA\n", []Op{FillMedian(), Standardize()}, `x: column "b" of tea.csv has no value in any row to train on, so fill_median has none to put: leave the column out, or write fill(0)`},
		{"a,b\n?,1\n?,2\n", []Op{FillMean()}, `x: column "a" of tea.csv has no value in any row to train on, so fill_mean has none to put: leave the column out, or write fill(0)`},
		{"1,?\n2,\n", []Op{FillMedian()}, `x: column 1 of tea.csv has no value in any row to train on, so fill_median has none to put: leave the column out, or write fill(0)`},
		{"a,b\n1,1e308\n2,-1e308\n", []Op{Standardize()}, `x: the numbers of column "b" of tea.csv are too large for standardize`},
		{"a,b\n1,\n2,NA\n", []Op{Standardize()}, `tea.csv:2:3: no value for x (fill would give one)`},
		{"a,b\n1,\n2,NA\n", []Op{Standardize(), Fill(0)}, ""},
		{"a,b\n1,\n2,NA\n", []Op{Fill(0), Standardize()}, ""},
	} {
		spec := DataSpec{File: writeTemp(t, "tea.csv", []byte(c.text)), Pipeline: Pipeline{Inputs: []Input{{Port: "x", Columns: ColumnRange(0, 2), Ops: c.ops}}}}
		_, err := Load[float64](spec, ports, 1)
		said := ""
		if err != nil {
			said = strings.ReplaceAll(err.Error(), spec.File, "tea.csv")
		}
		if said != c.want {
			t.Errorf("%q %v: %s\nwanted %s", c.text, c.ops, said, c.want)
		}
	}
}

// TestInfiniteIDX: what an IDX file of floats has that is no number to learn from.
func TestInfiniteIDX(t *testing.T) {
	inf := idxFile(0x0D, []uint32{2, 1}, []byte{0x3f, 0x80, 0, 0, 0x7f, 0x80, 0, 0})
	spec := DataSpec{File: writeTemp(t, "v", inf), Pipeline: Pipeline{Format: Format{Kind: KindIDX}, Inputs: []Input{{Port: "x", Columns: ColumnNames("images"), Ops: []Op{Standardize()}}}}}
	if _, err := Load[float32](spec, []Port{{Name: "x"}}, 1); err == nil || !strings.HasSuffix(err.Error(), `v: image 1, value 0: "+Inf" for x is not a finite number`) {
		t.Error(err)
	}
}

// TestColumnsLeftOver: without inputs in the pipeline the columns are taken in
// order, and all of them, unless the header says which are meant. Rows for
// prediction may have more.
func TestColumnsLeftOver(t *testing.T) {
	x, y := Port{Name: "x", Shape: []int{2}}, Port{Name: "y"}
	for _, c := range []struct {
		text  string
		ports []Port
		want  string
	}{
		{"a,b,c,d,e\n1,2,3,4,5\n", []Port{x, y}, `x, y take the first 3 columns in this order, and nothing takes d, e; name the columns in a data line, such as data csv(…) { x = columns("a".."b"), y = column("c") }`},
		{"1,2,3,4,5\n", []Port{x, y}, `x, y take the first 3 columns in this order, and nothing takes columns 3..5; name the columns in a data line, such as data csv(…) { x = columns(0..2), y = column(2) }`},
		{"z,y,note\n1,2,3\n", []Port{{Name: "z"}, y}, ""},
		{"a,b,c,\n1,2,3,\n", []Port{x, y}, ""},
		{"1,2,3,,\n4,5,6,,\n", []Port{x, y}, ""},
		{"1,2,3,\n4,5,6,7\n", []Port{x, y}, `nothing takes columns 3..4;`},
		{"y,z,note\n1,2,3\n", []Port{{Name: "z"}, y}, `nothing takes note`},
		{"a,b,c\n1,2,3\n", []Port{x, y}, ""},
	} {
		spec := DataSpec{File: writeTemp(t, "v.csv", []byte(c.text))}
		_, err := Load[float64](spec, c.ports, 1)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%q: %v\nwanted %s", c.text, err, c.want)
		}
		if _, err := Prepare[float64](&Pipeline{}, spec.File, "", c.ports); err != nil {
			t.Error(err)
		}
	}
}

// TestLabelsOfOwn: only IDX files have their labels in another file.
func TestLabelsOfOwn(t *testing.T) {
	spec := inColumn(t, "b\n1\n", "x", "b")
	ports := []Port{{Name: "x"}}
	_, err := Prepare[float64](&spec.Pipeline, spec.File, "foo", ports)
	const want = "labels in foo: only those of IDX files have a file of their own, and the data is csv"
	if err == nil || err.Error() != want {
		t.Error(err)
	}
	spec.ValidationLabels = "foo"
	if _, err := Load[float64](spec, ports, 1); err == nil || err.Error() != want {
		t.Error(err)
	}
}

func zipped(t *testing.T, content string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.WriteString(w, content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestZippedCSV is read as the file that it was, for training and prediction;
// errors name its lines.
func TestZippedCSV(t *testing.T) {
	file := writeTemp(t, "people.csv.gz", zipped(t, "\ufeff"+people))
	spec := peopleSpec(file)
	if err := spec.CheckColumns(); err != nil {
		t.Error(err)
	}
	data, err := Load[float64](spec, peoplePorts, 1)
	if err != nil || !slices.Equal(data.Train.(*Table[float64]).Ints[1], []int32{1, 0, 2, 0}) {
		t.Fatal(data.Train, err)
	}
	if rows, err := Prepare[float64](data.Pipeline, file, "", peoplePorts); err != nil || rows.Len() != 4 {
		t.Error(rows, err)
	}
	bad := peopleSpec(writeTemp(t, "bad.csv.gz", zipped(t, strings.Replace(people, "1.8", "tall", 1))))
	if _, err := Load[float64](bad, peoplePorts, 1); err == nil || !strings.Contains(err.Error(), `bad.csv.gz:4:7: "tall" is no number`) {
		t.Error(err)
	}
	whole := zipped(t, people)
	for want, content := range map[string][]byte{"unexpected EOF": whole[:len(whole)-12], "cut.csv.gz: ": whole[:6], "checksum": append(whole[:len(whole)-8:len(whole)-8], make([]byte, 8)...)} {
		if _, err := Load[float64](peopleSpec(writeTemp(t, "cut.csv.gz", content)), peoplePorts, 1); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, wanted %s", err, want)
		}
	}
}

// TestZippedText is read as the text that it was, by bytes and by characters, for
// training and prediction, and is capped as CSV is.
func TestZippedText(t *testing.T) {
	const text = "abcabdüx"
	ports := []Port{{Name: "tok", Int: true, Shape: []int{3}}}
	for _, by := range []string{ByBytes, ByChars} {
		spec := DataSpec{File: writeTemp(t, "t.txt.gz", zipped(t, text)), Pipeline: Pipeline{
			Format: Format{Kind: KindText, By: by, Window: 3}, Inputs: []Input{{Port: "tok", Columns: ColumnNames("tok")}}}}
		data, err := Load[float32](spec, ports, 1)
		if err != nil {
			t.Fatal(err)
		}
		if got := data.Pipeline.Decode(data.Train.(*WindowSource[float32]).Tokens); got != text {
			t.Errorf("by %s: %q", by, got)
		}
		if rows, err := Prepare[float32](data.Pipeline, spec.File, "", ports); err != nil || rows.Len() != data.Train.Len() {
			t.Error(rows, err)
		}
		whole := zipped(t, text)
		spec.File = writeTemp(t, "cut.txt.gz", whole[:len(whole)-12])
		if _, err := Load[float32](spec, ports, 1); err == nil || !strings.Contains(err.Error(), "cut.txt.gz: unexpected EOF") {
			t.Error(err)
		}
		spec.File = writeTemp(t, "head.txt.gz", whole[:6])
		if _, err := Load[float32](spec, ports, 1); err == nil || !strings.Contains(err.Error(), "head.txt.gz: ") {
			t.Error(err)
		}
	}
	in, err := (&DataSpec{FS: fstest.MapFS{"t.txt": {Data: zipped(t, text)}}}).openText("t.txt")
	if err != nil {
		t.Fatal(err)
	}
	if c, ok := in.(unzippedFile).Reader.(*capped); !ok || c.most != maxUnzippedText {
		t.Errorf("%T is not capped", in)
	}
}

// TestUnzippedIsCapped: a small file does not become any size in memory.
func TestUnzippedIsCapped(t *testing.T) {
	bomb := zipped(t, strings.Repeat("0\n", 1<<20))
	for most, want := range map[int64]bool{1 << 21: true, 1<<21 - 1: false, 10: false} {
		in, err := unzipped(bytes.NewReader(bomb), most)
		if err != nil {
			t.Fatal(err)
		}
		n, err := io.Copy(io.Discard, in)
		if (err == nil) != want || n > most || err != nil && !strings.Contains(err.Error(), "unzipped it is more than") {
			t.Errorf("at most %d bytes: %d, %v", most, n, err)
		}
	}
}
