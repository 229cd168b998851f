package runtime

import (
	"unsafe"

	"github.com/gtc-lang/gtc/runtime/internal/f32"
)

// The functions below set each element of dst to a function of an element of
// x, bit for bit as the scalar function of that name does, by the fastest
// kernels there are. dst is at least as long as x; slices are the same or do
// not overlap.

// ExpRow computes Exp of each element.
func ExpRow[T Float](dst, x []T) { row(dst, x, f32.ExpRow, Exp[T]) }

// TanhRow computes Tanh of each element.
func TanhRow[T Float](dst, x []T) { row(dst, x, f32.TanhRow, Tanh[T]) }

// row computes a function of each element, with all of them at once if they are
// float32.
func row[T Float](dst, x []T, all func(dst, x []float32), one func(T) T) {
	if unsafe.Sizeof(T(0)) == 4 {
		all(singles(dst), singles(x))
		return
	}
	for i, v := range x {
		dst[i] = one(v)
	}
}

// singles is a slice of float32 as such.
func singles[T Float](x []T) []float32 {
	return unsafe.Slice((*float32)(unsafe.Pointer(unsafe.SliceData(x))), len(x))
}
