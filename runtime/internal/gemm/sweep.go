package gemm

import "unsafe"

const (
	// leastSweep is from how many columns on a row times a matrix goes through
	// the matrix in the order of memory: fewer are one tile.
	leastSweep = 256
	// mostSweep is how many bytes of B are swept in one call, which the
	// collector has to wait for: 50 µs from a slow memory.
	mostSweep = 512 << 10
)

// sweeps reports whether the part in hand is a row times a matrix in place.
func (w *Work[T]) sweeps() bool {
	t := &w.tile
	return w.kernels.sweep != nil && t.i1-t.i0 == 1 && !t.packB && !t.Packed && t.j1-t.j0 >= leastSweep && t.j1-t.j0 <= len(w.b)
}

// sweepBlock is block for such parts: the block's sums are made in w.b, and go
// to C as a product of their own, with k = 1, so that each sum is the chain
// that any other kernel makes of it.
func (w *Work[T]) sweepBlock() {
	t, a, lanes := &w.tile, &w.args, w.kernels.lanes
	columns, k, element := t.j1-t.j0, t.l1-t.l0, w.left.column
	sums := w.b[:columns]
	clear(sums)
	at := t.batch*t.StrideB + t.l0*t.LDB + t.j0
	a.RowB, a.ColA = bytes[T](t.LDB), element
	vectors := ceilDiv(columns, lanes)
	a.Tail = tail[T](columns - (vectors-1)*lanes)
	step := max(1, mostSweep/(columns*size[T]()))
	for l := 0; l < k; l += step {
		a.A, a.B, a.C = unsafe.Add(w.left.at, uintptr(l)*element), ptr(t.B, at+l*t.LDB), ptr(sums, 0)
		a.K, a.Panels = uintptr(min(step, k-l)), uintptr(vectors)
		w.kernels.runSweep(a)
	}
	w.few[0] = 1
	w.left.rows(ptr(w.few, 0), 1)
	a.B, a.RowB, a.K, a.NextRow = ptr(sums, 0), 0, 1, 0
	w.columns(t.C[t.batch*t.StrideC+t.i0*t.LDC+t.j0:], 1, columns, w.kernels.widest(1, columns, true))
	if t.After != nil && t.l1 == t.K {
		t.After(t.batch, t.i0, t.i1, t.j0, t.j1)
	}
}

// runSweep runs the kernel in a function of its own, as product does.
//
//go:noinline
func (k *Kernels[T]) runSweep(args *Args[T]) { k.sweep(args) }
