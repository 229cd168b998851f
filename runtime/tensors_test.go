package runtime

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func bufioReader(b []byte) *bufio.Reader { return bufio.NewReader(bytes.NewReader(b)) }

// tensorBytes builds a file of a JSON header and data.
func tensorBytes(header string, data ...byte) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), data...)
}

func openBytes(b []byte) (*TensorFile, error) {
	return ReadTensors(bytes.NewReader(b), int64(len(b)))
}

func TestTensorsRoundTrip(t *testing.T) {
	tensors := []Tensor[float32]{
		{Name: "b", Shape: []int{2, 3}, Data: []float32{1, 2, 3, -4, float32(math.Inf(1)), 1e-45}},
		{Name: `a"\ é`, Shape: nil, Data: []float32{7}},
		{Name: "empty", Shape: []int{0, 5}},
		{Name: "m", Shape: []int{1}, Role: Optimizer, Data: []float32{9}},
	}
	var out, again bytes.Buffer
	meta := map[string]string{"z": "1", "k\n": `"`}
	if err := WriteTensors(&out, tensors, meta); err != nil {
		t.Fatal(err)
	}
	slices.Reverse(tensors)
	if err := WriteTensors(&again, tensors, meta); err != nil || !bytes.Equal(out.Bytes(), again.Bytes()) {
		t.Fatal("the bytes depend on the order given", err)
	}
	f, err := openBytes(out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Verify(); err != nil {
		t.Fatal(err)
	}
	if len(f.header)%8 != 0 || f.Metadata["k\n"] != `"` || len(f.Tensors) != 4 || f.Find("gtc.optimizer.m") == nil {
		t.Fatalf("%+v", f)
	}
	for _, want := range tensors {
		got := make([]float32, len(want.Data))
		if err := ReadFloats(f, want.fileName(), got); err != nil || !slices.Equal(got, want.Data) {
			t.Errorf("%s: %v %v", want.Name, got, err)
		}
	}
}

func TestEveryByteIsChecked(t *testing.T) {
	var out bytes.Buffer
	if err := WriteTensors(&out, []Tensor[float64]{{Name: "w", Shape: []int{2}, Data: []float64{1, 2}}}, map[string]string{"a": "b"}); err != nil {
		t.Fatal(err)
	}
	for i := range out.Bytes() {
		bad := bytes.Clone(out.Bytes())
		bad[i] ^= 1
		f, err := openBytes(bad)
		if err == nil {
			err = f.Verify()
		}
		// A damaged key hides the checksum itself.
		if err == nil && f.Metadata[checksumKey] != "" {
			t.Fatalf("byte %d flipped, nothing noticed", i)
		}
	}
}

func TestElementTypes(t *testing.T) {
	for _, c := range []struct {
		dtype DType
		data  []byte
		want  float64
	}{
		{F64, binary.LittleEndian.AppendUint64(nil, math.Float64bits(-2.5)), -2.5},
		{F32, binary.LittleEndian.AppendUint32(nil, math.Float32bits(0.1)), float64(float32(0.1))},
		{F16, []byte{0x00, 0x3c}, 1}, {F16, []byte{0xff, 0x7b}, 65504}, {F16, []byte{0x01, 0x80}, -0x1p-24}, {F16, []byte{0x00, 0xfc}, math.Inf(-1)},
		{F16, []byte{0x55, 0x35}, 0.333251953125},
		{BF16, []byte{0x80, 0x3f}, 1}, {BF16, []byte{0x49, 0xc0}, -3.140625},
		{I64, []byte{0xfe, 255, 255, 255, 255, 255, 255, 255}, -2}, {I32, []byte{3, 0, 0, 0}, 3}, {I8, []byte{0x80}, -128}, {Bool, []byte{1}, 1},
	} {
		f, err := openBytes(tensorBytes(fmt.Sprintf(`{"x":{"dtype":"%s","shape":[1],"data_offsets":[0,%d]}}`, c.dtype, len(c.data)), c.data...))
		if err != nil {
			t.Fatal(err)
		}
		var got [1]float64
		if err := ReadFloats(f, "x", got[:]); err != nil || got[0] != c.want {
			t.Errorf("%s % x = %v, want %v (%v)", c.dtype, c.data, got[0], c.want, err)
		}
		var n [1]int32
		if err := ReadInts(f, "x", n[:]); (err == nil) != (c.dtype[0] == 'I' || c.dtype == Bool) || err == nil && float64(n[0]) != c.want {
			t.Errorf("%s as integer: %v %v", c.dtype, n[0], err)
		}
	}
}

func TestHostileHeadersAreErrors(t *testing.T) {
	for _, header := range []string{
		``, `[]`, `{`, `{"x":1}`, `{"x":{}}`, `{"x":{"dtype":"Q4","shape":[1],"data_offsets":[0,4]}}`,
		`{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`,
		`{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}`,
		`{"x":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}`,
		`{"x":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}}`,
		`{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"y":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`,
		`{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"x":{"dtype":"F32","shape":[0],"data_offsets":[4,4]}}`,
		`{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} {}`,
		`{"x":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}`,
		`{"__metadata__":{"a":1},"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`,
		`{"x":{"dtype":"F32","shape":[` + strings.Repeat("1,", 70) + `1],"data_offsets":[0,4]}}`,
	} {
		if _, err := openBytes(tensorBytes(header, 1, 2, 3, 4)); err == nil {
			t.Errorf("%s passed", header)
		}
	}
	if _, err := openBytes([]byte{255, 255, 255, 255, 255, 255, 255, 127, '{', '}'}); err == nil {
		t.Error("a huge header passed")
	}
}

func FuzzTensors(f *testing.F) {
	f.Add(tensorBytes(`{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 1, 2, 3, 4))
	f.Add(tensorBytes(`{"__metadata__":{"a":"b"},"x":{"dtype":"BOOL","shape":[],"data_offsets":[0,1]}}  `, 1))
	f.Fuzz(func(t *testing.T, content []byte) {
		file, err := openBytes(content)
		if err != nil {
			return
		}
		file.Verify()
		for _, info := range file.Tensors {
			if n := Elements(info.Shape); n < 1<<20 {
				if err := ReadFloats(file, info.Name, make([]float32, n)); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

func TestSaveAndLoadModel(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.safetensors")
	m := newToy[float32](1)
	m.vW[0] = 5
	info := ModelInfo{Structure: "toy-1", Kernels: "go", Pipeline: &Pipeline{Format: Format{Kind: KindCSV}, Inputs: []Input{{Port: "x", Ops: []Op{Divide(16)}}}}}
	if err := SaveModel(path, m.program.Tensors, info); err != nil {
		t.Fatal(err)
	}
	wide := newToy[float64](2)
	got, err := LoadModel(path, "toy-1", wide.program.Tensors, nil, LoadOptions{})
	if err != nil || got.Pipeline.Inputs[0].Ops[0].Value != 16 || wide.W[0] != float64(m.W[0]) || wide.vW[0] != 0 {
		t.Fatal(got, err)
	}
	before := slices.Clone(wide.W)
	for name, c := range map[string]struct {
		structure string
		change    func([]Tensor[float64])
		o         LoadOptions
		want      string
	}{
		"structure": {"toy-2", nil, LoadOptions{}, "another structure"},
		"shape":     {"toy-1", func(x []Tensor[float64]) { x[0].Shape = []int{1, 2} }, LoadOptions{}, "is [2 1] in the file, [1 2] in the model"},
		"missing":   {"toy-1", func(x []Tensor[float64]) { x[0].Name = "other.W" }, LoadOptions{}, `no tensor "other.W"`},
		"extra":     {"toy-1", func(x []Tensor[float64]) { x[0].Role = Optimizer }, LoadOptions{}, `the first is "line.W"`},
		"partial":   {"toy-2", func(x []Tensor[float64]) { x[0].Name = "other.W" }, LoadOptions{Partial: true}, ""},
		"renamed":   {"toy-2", func(x []Tensor[float64]) { x[0].Name = "other.W" }, LoadOptions{Rename: map[string]string{"other.W": "line.W"}}, ""},
	} {
		tensors := slices.Clone(wide.program.Tensors)
		if c.change != nil {
			c.change(tensors)
		}
		_, err := LoadModel(path, c.structure, tensors, nil, c.o)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v", name, err)
		}
		if !slices.Equal(wide.W, before) {
			t.Errorf("%s: the model was changed", name)
		}
	}
	content, _ := os.ReadFile(path)
	content[len(content)-1] ^= 1
	os.WriteFile(path, content, 0o644)
	if _, err := LoadModel(path, "toy-1", wide.program.Tensors, nil, LoadOptions{}); !errors.Is(err, ErrDamaged) {
		t.Fatal(err)
	}
}

func TestLeftoversAreRecognised(t *testing.T) {
	for name, want := range map[string]bool{
		"m.safetensors.12-3.partial": true, "m.safetensors": false, "m.safetensors.12-3.partial2": false,
		"m.safetensors.x-3.partial": false, "n.safetensors.12-3.partial": false, "m.safetensors.012-3.partial": false,
	} {
		if got := isLeftover("m.safetensors", name); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
