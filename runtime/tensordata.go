package runtime

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
)

// ReadFloats reads the tensor of the given name into dst, which has its
// number of elements. Every element type converts; a float64 rounds to the
// nearest float32.
func ReadFloats[T Float](f *TensorFile, name string, dst []T) error {
	return f.read(name, len(dst), func(at int, d DType, b []byte) {
		for i := range len(b) / int(d.size()) {
			dst[at+i] = T(decode(d, b[i*int(d.size()):]))
		}
	})
}

// ReadInts reads a tensor of integers or booleans into dst, which has its
// number of elements.
func ReadInts(f *TensorFile, name string, dst []int32) error {
	info := f.Find(name)
	if info != nil && info.DType != I64 && info.DType != I32 && info.DType != I8 && info.DType != Bool {
		return fmt.Errorf("tensor %q holds %s, wanted integers", name, info.DType)
	}
	var outside error
	err := f.read(name, len(dst), func(at int, d DType, b []byte) {
		for i := range len(b) / int(d.size()) {
			v := decode(d, b[i*int(d.size()):])
			if math.Abs(v) > math.MaxInt32 {
				outside = fmt.Errorf("tensor %q: element %d is %v: does not fit 32 bits", name, at+i, v)
				return
			}
			dst[at+i] = int32(v)
		}
	})
	if err != nil {
		return err
	}
	return outside
}

// read passes a tensor's bytes to use, piece by piece; at is the number of
// the first element of a piece.
func (f *TensorFile) read(name string, elements int, use func(at int, d DType, b []byte)) error {
	info := f.Find(name)
	if info == nil {
		return fmt.Errorf("no tensor %q in the file", name)
	}
	size := info.DType.size()
	if have := (info.end - info.begin) / size; have != int64(elements) {
		return fmt.Errorf("tensor %q has %d elements, wanted %d", name, have, elements)
	}
	buf := make([]byte, min(info.end-info.begin, 1<<16))
	base := int64(len(f.header))
	for pos := info.begin; pos < info.end; {
		piece := buf[:min(int64(len(buf)), info.end-pos)]
		if n, err := f.r.ReadAt(piece, base+pos); n < len(piece) {
			return fmt.Errorf("tensor %q: %w", name, err)
		}
		use(int((pos-info.begin)/size), info.DType, piece)
		pos += int64(len(piece))
	}
	return nil
}

// decode returns the element at the start of b.
func decode(d DType, b []byte) float64 {
	le := binary.LittleEndian
	switch d {
	case F64:
		return math.Float64frombits(le.Uint64(b))
	case F32:
		return float64(math.Float32frombits(le.Uint32(b)))
	case F16:
		return halfFloat(le.Uint16(b))
	case BF16:
		return float64(math.Float32frombits(uint32(le.Uint16(b)) << 16))
	case I64:
		return float64(int64(le.Uint64(b)))
	case I32:
		return float64(int32(le.Uint32(b)))
	case I8:
		return float64(int8(b[0]))
	}
	if b[0] != 0 { // Bool
		return 1
	}
	return 0
}

// halfFloat decodes IEEE 754 binary16.
func halfFloat(h uint16) float64 {
	sign, exp, frac := 1.0, int(h>>10&31), float64(h&1023)
	if h>>15 != 0 {
		sign = -1
	}
	switch exp {
	case 0:
		return sign * math.Ldexp(frac, -24)
	case 31:
		if frac != 0 {
			return math.NaN()
		}
		return math.Inf(int(sign))
	}
	return sign * math.Ldexp(1024+frac, exp-25)
}

// floatType is the element type that tensors of T are saved as.
func floatType[T Float]() DType {
	if any(T(0)) == any(float32(0)) {
		return F32
	}
	return F64
}

// writeFloats writes x in little-endian order through buf.
func writeFloats[T Float](w io.Writer, x []T, buf []byte) error {
	size := int(floatType[T]().size())
	for len(x) > 0 {
		n := min(len(x), len(buf)/size)
		for i, v := range x[:n] {
			if size == 4 {
				binary.LittleEndian.PutUint32(buf[4*i:], math.Float32bits(float32(v)))
			} else {
				binary.LittleEndian.PutUint64(buf[8*i:], math.Float64bits(float64(v)))
			}
		}
		if _, err := w.Write(buf[:n*size]); err != nil {
			return err
		}
		x = x[n:]
	}
	return nil
}
