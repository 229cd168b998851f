// Package memory makes the memory that tensors and scratch lie in.
package memory

import "unsafe"

// line is what cache lines and the widest vectors are aligned to, in bytes.
const line = 64

// Make makes n zeros that begin at a multiple of 64 bytes, so that no vector
// of them lies across two cache lines. Where the operating system lends large
// pages on request, it is asked for them: products of matrices of some
// megabytes are a twentieth faster then, since they touch fewer pages than the
// processor can remember.
func Make[T float32 | float64](n int) []T {
	size := int(unsafe.Sizeof(T(0)))
	x := make([]T, n+line/size)
	skip := int(-uintptr(unsafe.Pointer(&x[0]))%line) / size
	x = x[skip : skip+n : skip+n]
	if n > 0 {
		advise(unsafe.Slice((*byte)(unsafe.Pointer(&x[0])), n*size))
	}
	return x
}
