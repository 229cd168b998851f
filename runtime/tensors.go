package runtime

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
)

// DType is an element type of the safetensors format.
type DType string

// The element types that are read; F32, F64 and I32 are also written.
const (
	F64  DType = "F64"
	F32  DType = "F32"
	F16  DType = "F16"
	BF16 DType = "BF16"
	I64  DType = "I64"
	I32  DType = "I32"
	I8   DType = "I8"
	Bool DType = "BOOL"
)

// size returns an element's bytes, 0 for an unknown type.
func (d DType) size() int64 {
	switch d {
	case F64, I64:
		return 8
	case F32, I32:
		return 4
	case F16, BF16:
		return 2
	case I8, Bool:
		return 1
	}
	return 0
}

// Bounds on what a header may hold, checked before memory is taken for it.
const (
	maxHeader = 100 << 20 // bytes, as in the reference implementation
	maxRank   = 64
)

// TensorInfo describes one tensor of a file.
type TensorInfo struct {
	Name  string
	DType DType
	Shape []int
	begin int64 // in the data section
	end   int64
}

// TensorFile is a safetensors file whose header has been read and checked:
// each tensor's bytes lie inside the file, agree with its shape, and overlap
// no other's.
type TensorFile struct {
	Tensors  []TensorInfo // sorted by name
	Metadata map[string]string

	r      io.ReaderAt
	header []byte // the length and the JSON, as in the file
	size   int64  // of the file
}

// ReadTensors reads the header of a safetensors file of the given size in
// bytes. Hostile bytes give an error; memory stays proportional to size.
// Format: https://huggingface.co/docs/safetensors
func ReadTensors(r io.ReaderAt, size int64) (*TensorFile, error) {
	var length [8]byte
	if _, err := r.ReadAt(length[:], 0); err != nil || size < 8 {
		return nil, fmt.Errorf("safetensors: %d bytes: too short for a header", size)
	}
	n := binary.LittleEndian.Uint64(length[:])
	if n > maxHeader || int64(n) > size-8 {
		return nil, fmt.Errorf("safetensors: a header of %d bytes in a file of %d: not a safetensors file, or cut short", n, size)
	}
	f := &TensorFile{r: r, size: size, header: make([]byte, 8+n)}
	if _, err := r.ReadAt(f.header, 0); err != nil && err != io.EOF {
		return nil, fmt.Errorf("safetensors: header: %w", err)
	}
	if err := f.parse(); err != nil {
		return nil, fmt.Errorf("safetensors: %w", err)
	}
	return f, nil
}

// parse reads the JSON header: an object of tensors by name, in which no name
// stands twice, and perhaps __metadata__.
func (f *TensorFile) parse() error {
	dec := json.NewDecoder(bytes.NewReader(f.header[8:]))
	if tok, err := dec.Token(); err != nil || tok != json.Delim('{') {
		return fmt.Errorf("header is no JSON object")
	}
	for dec.More() {
		tok, err := dec.Token()
		if err != nil {
			return fmt.Errorf("header: %w", err)
		}
		if err := f.entry(tok.(string), dec); err != nil {
			return fmt.Errorf("header entry %q: %w", tok, err)
		}
	}
	if _, err := dec.Token(); err != nil {
		return fmt.Errorf("header: %w", err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return fmt.Errorf("header goes on after its object")
	}
	return f.checkLayout()
}

func (f *TensorFile) entry(name string, dec *json.Decoder) error {
	if name == "__metadata__" {
		if f.Metadata != nil {
			return fmt.Errorf("stands twice")
		}
		return dec.Decode(&f.Metadata)
	}
	var e struct {
		DType   DType    `json:"dtype"`
		Shape   []int64  `json:"shape"`
		Offsets [2]int64 `json:"data_offsets"`
	}
	if err := dec.Decode(&e); err != nil {
		return err
	}
	info := TensorInfo{Name: name, DType: e.DType, begin: e.Offsets[0], end: e.Offsets[1], Shape: make([]int, len(e.Shape))}
	if e.DType.size() == 0 {
		return fmt.Errorf("dtype %q is not one of F64 F32 F16 BF16 I64 I32 I8 BOOL", e.DType)
	}
	bytes, err := byteSize(e.Shape, e.DType)
	if err != nil {
		return err
	}
	if info.begin < 0 || info.end < info.begin || info.end-info.begin != bytes {
		return fmt.Errorf("shape %v of %s is %d bytes, offsets are %v", e.Shape, e.DType, bytes, e.Offsets)
	}
	for i, n := range e.Shape {
		info.Shape[i] = int(n)
	}
	f.Tensors = append(f.Tensors, info)
	return nil
}

// byteSize returns the bytes of a tensor, or an error if its shape is not sane.
func byteSize(shape []int64, d DType) (int64, error) {
	if len(shape) > maxRank {
		return 0, fmt.Errorf("%d axes, at most %d are read", len(shape), maxRank)
	}
	n := d.size()
	for _, s := range shape {
		if s < 0 || s > math.MaxInt32 || (s > 0 && n > math.MaxInt64/s) {
			return 0, fmt.Errorf("shape %v is out of range", shape)
		}
		n *= s
	}
	return n, nil
}

// checkLayout sorts the tensors and checks that they fill the data section
// without gap or overlap.
func (f *TensorFile) checkLayout() error {
	slices.SortFunc(f.Tensors, func(a, b TensorInfo) int {
		return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(a.end, b.end))
	})
	next := int64(0)
	for _, t := range f.Tensors {
		if t.begin != next {
			return fmt.Errorf("tensor %q begins at byte %d of the data, expected at %d", t.Name, t.begin, next)
		}
		next = t.end
	}
	if have := f.size - int64(len(f.header)); next != have {
		return fmt.Errorf("the header describes %d bytes of data, the file has %d", next, have)
	}
	slices.SortFunc(f.Tensors, func(a, b TensorInfo) int { return strings.Compare(a.Name, b.Name) })
	for i := 1; i < len(f.Tensors); i++ {
		if f.Tensors[i].Name == f.Tensors[i-1].Name {
			return fmt.Errorf("tensor %q stands twice", f.Tensors[i].Name)
		}
	}
	return nil
}

// Find returns the tensor of the given name, nil if the file has none.
func (f *TensorFile) Find(name string) *TensorInfo {
	i, ok := slices.BinarySearchFunc(f.Tensors, name, func(t TensorInfo, n string) int { return strings.Compare(t.Name, n) })
	if !ok {
		return nil
	}
	return &f.Tensors[i]
}
