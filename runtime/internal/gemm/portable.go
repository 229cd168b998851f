package gemm

import (
	"math/bits"
	"runtime"
	"unsafe"
)

// The portable kernels: "vectors" of four elements, up to four rows.
var (
	portableF32 = portable[float32]()
	portableF64 = portable[float64]()
)

const portableLanes = 4

func portable[T Float]() Kernels[T] {
	k := Kernels[T]{
		lanes: portableLanes, masks: true, copyRows: copyRows[T], transpose: transpose[T],
		peak: peak[T], peakFlops: 16,
	}
	k.products = [][]func(*Args[T]){{
		func(a *Args[T]) { panels(a, 1) },
		func(a *Args[T]) { panels(a, 2) },
		func(a *Args[T]) { panels(a, 3) },
		func(a *Args[T]) { panels(a, 4) },
	}}
	return k
}

// panels is the meaning of a kernel, for tiles one vector across.
func panels[T Float](a *Args[T], rows int) {
	columns := bits.Len(uint(a.Mask))
	pa, pc := a.A, a.C
	for ; ; a.Panels-- {
		if i := 0; columns == portableLanes {
			for ; i+2 <= rows; i += 2 {
				twoRows(a, pa, pc, i)
			}
			if i < rows {
				oneRow(a, pa, pc, i)
			}
		} else {
			for ; i < rows; i++ {
				for j := range columns {
					element(a, pa, pc, i, j)
				}
			}
		}
		if a.Panels == 1 {
			break
		}
		pa, pc = unsafe.Add(pa, a.StepA), unsafe.Add(pc, a.StepC)
	}
}

// twoRows computes two rows of a tile: eight sums and what they are made of
// fit the sixteen registers of most machines.
func twoRows[T Float](a *Args[T], pa, pc unsafe.Pointer, i int) {
	var s00, s01, s02, s03, s10, s11, s12, s13 T
	pa0 := unsafe.Add(pa, uintptr(i)*a.RowA)
	pa1, pb := unsafe.Add(pa0, a.RowA), a.B
	for l := a.K; ; {
		b := (*[portableLanes]T)(pb)
		x, y := *(*T)(pa0), *(*T)(pa1)
		s00 += T(x * b[0])
		s01 += T(x * b[1])
		s02 += T(x * b[2])
		s03 += T(x * b[3])
		s10 += T(y * b[0])
		s11 += T(y * b[1])
		s12 += T(y * b[2])
		s13 += T(y * b[3])
		if l--; l == 0 {
			break
		}
		pa0, pa1, pb = unsafe.Add(pa0, a.ColA), unsafe.Add(pa1, a.ColA), unsafe.Add(pb, a.RowB)
	}
	a.finish(pc, i, 0, s00)
	a.finish(pc, i, 1, s01)
	a.finish(pc, i, 2, s02)
	a.finish(pc, i, 3, s03)
	a.finish(pc, i+1, 0, s10)
	a.finish(pc, i+1, 1, s11)
	a.finish(pc, i+1, 2, s12)
	a.finish(pc, i+1, 3, s13)
}

func oneRow[T Float](a *Args[T], pa, pc unsafe.Pointer, i int) {
	var s0, s1, s2, s3 T
	pa, pb := unsafe.Add(pa, uintptr(i)*a.RowA), a.B
	for l := a.K; ; {
		b := (*[portableLanes]T)(pb)
		x := *(*T)(pa)
		s0 += T(x * b[0])
		s1 += T(x * b[1])
		s2 += T(x * b[2])
		s3 += T(x * b[3])
		if l--; l == 0 {
			break
		}
		pa, pb = unsafe.Add(pa, a.ColA), unsafe.Add(pb, a.RowB)
	}
	a.finish(pc, i, 0, s0)
	a.finish(pc, i, 1, s1)
	a.finish(pc, i, 2, s2)
	a.finish(pc, i, 3, s3)
}

func element[T Float](a *Args[T], pa, pc unsafe.Pointer, i, j int) {
	var s T
	pa, pb := unsafe.Add(pa, uintptr(i)*a.RowA), unsafe.Add(a.B, j*size[T]())
	for l := a.K; ; {
		s += T(*(*T)(pa) * *(*T)(pb))
		if l--; l == 0 {
			break
		}
		pa, pb = unsafe.Add(pa, a.ColA), unsafe.Add(pb, a.RowB)
	}
	a.finish(pc, i, j, s)
}

// finish stores the element of C whose sum is s.
func (a *Args[T]) finish(pc unsafe.Pointer, i, j int, s T) {
	c := (*T)(unsafe.Add(pc, uintptr(i)*a.RowC+uintptr(j*size[T]())))
	if a.Keep <= 0 {
		*c = a.Alpha * s
	} else {
		*c = T(a.Alpha*s) + T(a.Beta**c)
	}
}

func copyRows[T Float](m *MoveArgs) {
	n := int(m.Vectors)*portableLanes + bits.Len(uint(m.Mask))
	to, from := m.To, m.From
	for r := m.Rows; r > 0; r-- {
		copy(unsafe.Slice((*T)(to), n), unsafe.Slice((*T)(from), n))
		if r > 1 {
			to, from = unsafe.Add(to, m.ToRow), unsafe.Add(from, m.FromRow)
		}
	}
}

func transpose[T Float](m *MoveArgs) {
	n := int(m.Vectors)*portableLanes + int(m.Rows)
	for i := range portableLanes {
		from := unsafe.Slice((*T)(unsafe.Add(m.From, uintptr(i)*m.FromRow)), n)
		to := unsafe.Add(m.To, i*size[T]())
		for l, v := range from {
			*(*T)(unsafe.Add(to, uintptr(l)*m.ToRow)) = v
		}
	}
}

func peak[T Float](rounds uintptr) {
	var s0, s1, s2, s3, s4, s5, s6, s7 T
	x, y := T(rounds), T(1)
	for range rounds {
		s0 += T(x * y)
		s1 += T(x * y)
		s2 += T(x * y)
		s3 += T(x * y)
		s4 += T(x * y)
		s5 += T(x * y)
		s6 += T(x * y)
		s7 += T(x * y)
	}
	runtime.KeepAlive(s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7)
}
