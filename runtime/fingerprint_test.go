package runtime

import (
	"encoding/json"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// editLoop changes the loop's part of a checkpoint.
func editLoop(t *testing.T, path string, change func(loop map[string]any)) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	f, _, err := openModel(file)
	if err != nil {
		t.Fatal(err)
	}
	var tensors []Tensor[float64]
	for _, info := range f.Tensors {
		tensors = append(tensors, Tensor[float64]{Name: info.Name, Shape: info.Shape, Data: make([]float64, Elements(info.Shape))})
		if err := ReadFloats(f, info.Name, tensors[len(tensors)-1].Data); err != nil {
			t.Fatal(err)
		}
	}
	loop := map[string]any{}
	if err := json.Unmarshal([]byte(f.Metadata[loopKey]), &loop); err != nil {
		t.Fatal(err)
	}
	change(loop)
	text, err := json.Marshal(loop)
	if err != nil {
		t.Fatal(err)
	}
	f.Metadata[loopKey] = string(text)
	if err := WriteFileAtomic(path, func(w io.Writer) error { return WriteTensors(w, tensors, f.Metadata) }); err != nil {
		t.Fatal(err)
	}
}

// plainSource hides what a table can tell about itself.
type plainSource struct{ rows *Table[float64] }

func (s plainSource) Len() int { return s.rows.Len() }
func (s plainSource) Row(row, port int, floats []float64, ints []int32) error {
	return s.rows.Row(row, port, floats, ints)
}

// otherData are changes of the data of a run, and what a resumed run says; ""
// where it cannot tell.
var otherData = map[string]struct {
	change func(d *Data[float64])
	want   string
}{
	"a cell":           {func(d *Data[float64]) { nudge(&d.Train.(*Table[float64]).Floats[1][49]) }, "the training part has other values of y, or"},
	"an integer":       {func(d *Data[float64]) { d.Train.(*Table[float64]).Ints[2][0]++ }, "the training part has other values of group, or"},
	"two rows":         {func(d *Data[float64]) { swapRows(d.Train.(*Table[float64])) }, "the training part has other values of group, x, y, or has them in another order"},
	"fewer rows":       {func(d *Data[float64]) { d.Train = toyData[float64](49) }, "the training part had 50 rows and has 49"},
	"validation":       {func(d *Data[float64]) { d.Validation.(*Table[float64]).Floats[0][3] = 7 }, "the validation part has other values of x, or"},
	"none to validate": {func(d *Data[float64]) { d.Validation = nil }, "the validation part had 7 rows and has 0"},
	"classes":          {func(d *Data[float64]) { d.Pipeline.Inputs[0].Ops[0].Classes[1] = "c" }, "made in another way"},
	"nothing":          {func(*Data[float64]) {}, ""},
	"another source": {func(d *Data[float64]) {
		swapRows(d.Train.(*Table[float64]))
		d.Train = plainSource{d.Train.(*Table[float64])}
	}, ""},
	"rows of a source": {func(d *Data[float64]) { d.Train = plainSource{toyData[float64](51)} }, "the training part had 50 rows and has 51"},
	"nothing of a table": {func(d *Data[float64]) {
		d.Train = &Table[float64]{Rows: 50, Floats: d.Train.(*Table[float64]).Floats, Ints: d.Train.(*Table[float64]).Ints}
	}, ""},
}

// nudge makes the least change.
func nudge(x *float64) { *x = math.Nextafter(*x, math.Inf(1)) }

// swapRows swaps the first two rows, which differ in all ports.
func swapRows(t *Table[float64]) {
	x, y, group := t.Floats[0], t.Floats[1], t.Ints[2]
	x[0], x[1], x[2], x[3] = x[2], x[3], x[0], x[1]
	y[0], y[1] = y[1], y[0]
	group[0], group[1] = group[1], group[0]
}

// TestResumeRefusesOtherData also when it has as many rows, unless it may be
// other data, and unless the checkpoint is of a version that did not look.
func TestResumeRefusesOtherData(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run.safetensors")
	run := func(epochs int, change func(*Data[float64]), options ...Option) error {
		m := newToy[float64](1)
		m.program.Stop = untilEpoch(epochs)
		data := toyParts(50, 7)
		data.Pipeline = &Pipeline{Inputs: []Input{{Port: "group", Ops: []Op{Categories("a", "b")}}}}
		change(&data)
		_, err := Run(t.Context(), m, data, append(options, Checkpoints(path))...)
		return err
	}
	begin := func() {
		if err := run(1, func(*Data[float64]) {}); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range otherData {
		begin()
		err := run(2, c.change, Resume())
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
		begin()
		if err := run(2, c.change, Resume(), AnyData()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := run(2, c.change, Resume()); err != nil {
			t.Errorf("%s: a run that has gone on with other data does not go on with it: %v", name, err)
		}
		begin()
		editLoop(t, path, func(loop map[string]any) { delete(loop, "data") })
		if err := run(2, c.change, Resume()); err != nil {
			t.Errorf("%s: the checkpoint does not know it: %v", name, err)
		}
	}
}

func TestFingerprint(t *testing.T) {
	long := make([]float64, 1000)
	flipped := make([]float64, 1000)
	flipped[600], flipped[604] = math.Copysign(0, -1), math.Copysign(0, -1)
	swapped := make([]float64, 1000)
	swapped[999] = 1
	before := make([]float64, 1000)
	before[995] = 1
	hashes := map[uint64]string{}
	for name, h := range map[string]uint64{
		"nothing": hash([]float64{}), "a zero": hash([]float64{0}), "two": hash([]float64{0, 0}), "a thousand": hash(long),
		"two signs": hash(flipped), "the last": hash(swapped), "four earlier": hash(before), "single": hash([]float32{1}), "double": hash([]float64{1}),
		"whole": hash([]int32{1}), "negative": hash([]int32{-1}), "and more": hash([]int32{1}, 1), "and another": hash([]int32{1}, 2),
	} {
		if other, taken := hashes[h]; taken {
			t.Errorf("%s and %s have one hash", name, other)
		}
		hashes[h] = name
	}
	if hash(long) != hash(make([]float64, 1000)) {
		t.Error("the same values have two hashes")
	}
}

func TestFingerprintOfText(t *testing.T) {
	windows := func() *Windows {
		return &Windows{Tokens: []int32{1, 2, 3, 4, 5, 6, 7, 8}, Window: 2, Stride: 2, Shifts: []int{0, 1}}
	}
	w := windows()
	if w.Fingerprint(0) == w.Fingerprint(1) || w.Fingerprint(1) != windows().Fingerprint(1) {
		t.Error("ports are taken for others")
	}
	for _, change := range []func(w *Windows){func(w *Windows) { w.Tokens[3] = 0 }, func(w *Windows) { w.Window = 3 }, func(w *Windows) { w.Stride = 1 }} {
		other := windows()
		change(other)
		if other.Fingerprint(0) == w.Fingerprint(0) {
			t.Errorf("%+v is taken for %+v", other, w)
		}
	}
}
