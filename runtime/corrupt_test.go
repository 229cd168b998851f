package runtime

import (
	"encoding/json"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// corrupt are pipelines and raw files that no training has left behind, and
// what is said about them.
var corrupt = []struct {
	name, pipeline, raw, want string
}{
	{"no deviations", `{"inputs":[{"port":"x","columns":{"to":2},"ops":[{"op":"standardize","center":[1,2]}]}]}`, "1,2\n", "2 means, and 0 deviations"},
	{"too few means", `{"inputs":[{"port":"x","columns":{"to":2},"ops":[{"op":"fill_mean","center":[1]}]}]}`, "1,?\n", "fitted on 1 columns, there are 2"},
	{"not fitted", `{"inputs":[{"port":"x","columns":{"to":2},"ops":[{"op":"fill_median"}]}]}`, "1,?\n", "has not learned"},
	{"no classes", `{"inputs":[{"port":"x","columns":{"to":2},"ops":[{"op":"categories"}]}]}`, "a,b\n", "has not learned"},
	{"positions of positions", `{"inputs":[{"port":"x","columns":{"to":1},"ops":[{"op":"onehot","count":1048576},{"op":"onehot","count":1048576}]}]}`, "0\n", "more than 67108864 numbers a row"},
	{"many positions", `{"inputs":[{"port":"x","columns":{"to":1},"ops":[{"op":"onehot","count":1048576}]}]}`, "0\n", "x takes 2 numbers a row, columns 0..1 give 1048576"},
	{"no positions", `{"inputs":[{"port":"x","columns":{"to":2},"ops":[{"op":"onehot"}]}]}`, "1,2\n", "onehot of 0 positions"},
	{"unknown op", `{"inputs":[{"port":"x","columns":{"to":2},"ops":[{"op":"run"}]}]}`, "1,2\n", `unknown preprocessing "run"`},
	{"another input", `{"inputs":[{"port":"z","columns":{"to":2}}]}`, "1,2\n", "nothing says what x is made of"},
	{"columns backwards", `{"inputs":[{"port":"x","columns":{"from":1610612736,"to":-1610612736}}]}`, "1,2\n", "has columns 0..2"},
	{"separator", `{"format":{"separator":"\n"},"inputs":[]}`, "1,2\n", "delimiter"},
	{"unknown kind", `{"format":{"kind":"xls"},"inputs":[]}`, "1,2\n", `unknown kind of data "xls"`},
	{"windows of nothing", `{"format":{"kind":"text","by":"bytes"},"inputs":[{"port":"x","columns":{"names":["tok"]}}]}`, "text", "windows of 0 tokens"},
	{"stride backwards", `{"format":{"kind":"text","by":"bytes","window":2,"stride":-1},"inputs":[{"port":"x","columns":{"names":["tok"]}}]}`, "text", "stride -1"},
	{"no vocabulary", `{"format":{"kind":"text","by":"chars","window":2},"inputs":[{"port":"x","columns":{"names":["tok"]}}]}`, "text", "without a vocabulary"},
	{"vocabulary in disorder", `{"format":{"kind":"text","window":2,"vocabulary":[120,116,101]},"inputs":[{"port":"x","columns":{"names":["tok"]}}]}`, "text", "not in order"},
	{"no images of any size", `{"format":{"kind":"idx"},"inputs":[{"port":"x","columns":{"names":["images"]}}]}`,
		string(idxFile(0x08, []uint32{0, 1<<31 - 1, 1<<31 - 1}, nil)), "bytes of data"},
	{"many images of nothing", `{"format":{"kind":"idx"},"inputs":[{"port":"x","columns":{"names":["images"]}}]}`,
		string(idxFile(0x08, []uint32{1<<31 - 1, 0}, nil)), "hold nothing"},
	{"images of another size", `{"format":{"kind":"idx"},"inputs":[{"port":"x","columns":{"names":["images"]}}]}`,
		string(idxFile(0x08, []uint32{1, 3}, []byte{1, 2, 3})), "x takes 2 numbers a row"},
}

var corruptPorts = []Port{{Name: "x", Shape: []int{2}}}

// TestCorruptPipelines: what is wrong with a pipeline or its data is said; the
// process lives on.
func TestCorruptPipelines(t *testing.T) {
	for _, c := range corrupt {
		t.Run(c.name, func(t *testing.T) {
			var p Pipeline
			if err := json.Unmarshal([]byte(c.pipeline), &p); err != nil {
				t.Fatal(err)
			}
			_, err := Prepare[float32](&p, writeTemp(t, "raw", []byte(c.raw)), "", corruptPorts)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}

// TestNoImages are no error: there is nothing to predict.
func TestNoImages(t *testing.T) {
	p := &Pipeline{Format: Format{Kind: KindIDX}, Inputs: []Input{{Port: "x", Columns: ColumnNames("images")}}}
	rows, err := Prepare[float32](p, writeTemp(t, "none", idxFile(0x08, []uint32{0, 2}, nil)), "", corruptPorts)
	if err != nil || rows.Len() != 0 {
		t.Errorf("%v %v", rows, err)
	}
}

// FuzzPrepare reads anything with any pipeline, for prediction and for
// training: rows, or an error.
func FuzzPrepare(f *testing.F) {
	for _, c := range corrupt {
		f.Add(c.pipeline, []byte(c.raw))
	}
	fitted, err := json.Marshal(Pipeline{Format: Format{Kind: KindCSV, Comment: "#"}, Inputs: []Input{{Port: "x", Columns: ColumnNames("age", "height"),
		Ops: []Op{{Kind: opFillMean, Center: []float64{1, 2}}, {Kind: opStandardize, Center: []float64{1, 2}, Scale: []float64{1, 2}}}}}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(fitted), []byte(people))
	f.Add(string(fitted), []byte("age,height\n1_0,-inf\n,1e400\n"))
	f.Add(`{"format":{"kind":"text","window":2,"vocabulary":[101,116,120]},"inputs":[{"port":"x","columns":{"names":["tok"]}}]}`, []byte("text text"))
	f.Add(`{"format":{"kind":"idx"},"inputs":[{"port":"x","columns":{"to":2},"ops":[{"op":"divide","value":255}]}]}`, idxFile(0x08, []uint32{2, 2}, []byte{1, 2, 3, 4}))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, pipeline string, raw []byte) {
		var p Pipeline
		if json.Unmarshal([]byte(pipeline), &p) != nil {
			return
		}
		name := filepath.Join(dir, "raw")
		if err := os.WriteFile(name, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		for _, ports := range [][]Port{corruptPorts, {{Name: "x", Int: true, Shape: []int{2}, Limit: 4}}, {{Name: "x"}}} {
			rows, err := Prepare[float32](&p, name, "", ports)
			if err == nil {
				readRows(t, rows, ports)
			}
			data, err := Load[float64](DataSpec{File: name, Validation: 0.5, Pipeline: p}, ports, 1)
			if err != nil {
				continue
			}
			readRows(t, data.Train, ports)
			if data.Validation != nil {
				readRows(t, data.Validation, ports)
			}
			row := make([]float32, ports[0].Size())
			Undo(data.Pipeline, ports[0].Name, row)
		}
	})
}

// readRows reads every row of a source that says its rows are right.
func readRows[T Float](t *testing.T, s Source[T], ports []Port) {
	t.Helper()
	if c, ok := s.(checker); ok && c.Check(ports) != nil {
		return
	}
	for i, p := range ports {
		floats, ints := make([]T, p.Size()), []int32(nil)
		if p.Int {
			floats, ints = nil, make([]int32, p.Size())
		}
		for row := range min(s.Len(), 1<<16) {
			if err := s.Row(row, i, floats, ints); err != nil {
				t.Fatalf("row %d of %d: %v", row, s.Len(), err)
			}
		}
	}
}

// FuzzModelTexts reads files of whole tensors whose texts say anything, as
// models and as runs to go on with.
func FuzzModelTexts(f *testing.F) {
	name := filepath.Join(f.TempDir(), "run.safetensors")
	once := func() *toy[float64] {
		m := newToy[float64](1)
		m.program.Stop = func(*Progress) bool { return true }
		return m
	}
	if _, err := Run(f.Context(), once(), toyParts(8, 3), Checkpoints(name)); err != nil {
		f.Fatal(err)
	}
	file, err := os.Open(name)
	if err != nil {
		f.Fatal(err)
	}
	defer file.Close()
	whole, _, err := openModel(file)
	if err != nil {
		f.Fatal(err)
	}
	spec := peopleSpec("")
	pipeline, err := json.Marshal(spec.Pipeline)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(pipeline), `{"eps":1}`, whole.Metadata[countersKey], whole.Metadata[settingsKey], whole.Metadata[loopKey])
	f.Add("null", "null", "null", "null", `{"sums":["1","1"],"train":["1","1"],"validation":["1","1"],"best":[{},{},{},{}],"kept":{"epoch":1,"train":["1","1"],"validation":["1","1"]}}`)
	f.Fuzz(func(t *testing.T, pipeline, layers, counters, settings, loop string) {
		meta := maps.Clone(whole.Metadata)
		maps.Copy(meta, map[string]string{pipelineKey: pipeline, layersKey: layers, countersKey: counters, settingsKey: settings, loopKey: loop})
		m := once()
		if err := WriteFileAtomic(name, func(w io.Writer) error { return WriteTensors(w, m.program.Tensors, meta) }); err != nil {
			t.Fatal(err)
		}
		_, err := ReadModelInfo(name)
		if _, failed := LoadModel(name, "", m.program.Tensors, nil, LoadOptions{}); (err == nil) != (failed == nil) {
			t.Errorf("the texts are read: %v; the model is: %v", err, failed)
		}
		_, _ = Run(t.Context(), m, toyParts(8, 3), Checkpoints(name), Resume(), AnyKernels())
	})
}
