package gemm

import "unsafe"

// ptr is the address of element i of x.
func ptr[T Float](x []T, i int) unsafe.Pointer { return unsafe.Pointer(&x[i]) }

// bytes is a distance of n elements.
func bytes[T Float](n int) uintptr { return uintptr(n * size[T]()) }

// copy copies a [rows, columns] matrix.
func (w *Work[T]) copy(to unsafe.Pointer, toRow int, from unsafe.Pointer, fromRow, rows, columns int) {
	lanes := w.kernels.lanes
	w.moves = MoveArgs{
		To: to, From: from, ToRow: bytes[T](toRow), FromRow: bytes[T](fromRow),
		Rows: uintptr(rows), Vectors: uintptr(columns / lanes), Tail: tail[T](columns % lanes),
	}
	w.kernels.copyRows(&w.moves)
}

// transpose copies the transposition of a [rows, columns] matrix, for rows up
// to as many as a vector has lanes; to has columns rows of a whole vector,
// of which the lanes behind rows become anything. The kernel reads whole
// square blocks: what does not fill one is copied first.
func (w *Work[T]) transpose(to unsafe.Pointer, toRow int, from unsafe.Pointer, fromRow, rows, columns int) {
	lanes, few := w.kernels.lanes, rowBytes/size[T]()
	rest := columns % lanes
	switch {
	case rows < lanes:
		w.copy(ptr(w.few, 0), few, from, fromRow, rows, columns)
		w.transposeBlocks(to, toRow, ptr(w.few, 0), few, columns/lanes, rest)
	case rest == 0:
		w.transposeBlocks(to, toRow, from, fromRow, columns/lanes, 0)
	default:
		whole := columns - rest
		w.transposeBlocks(to, toRow, from, fromRow, columns/lanes, 0)
		w.copy(ptr(w.few, 0), few, unsafe.Add(from, whole*size[T]()), fromRow, rows, rest)
		w.transposeBlocks(unsafe.Add(to, whole*toRow*size[T]()), toRow, ptr(w.few, 0), few, 0, rest)
	}
}

// transposeBlocks transposes square blocks and the first columns of one more.
func (w *Work[T]) transposeBlocks(to unsafe.Pointer, toRow int, from unsafe.Pointer, fromRow, blocks, columns int) {
	w.moves = MoveArgs{
		To: to, From: from, ToRow: bytes[T](toRow), FromRow: bytes[T](fromRow),
		Rows: uintptr(columns), Vectors: uintptr(blocks),
	}
	w.kernels.transpose(&w.moves)
}

// packB copies op(B)[l0:l1, j0:j1] of a matrix that begins at b to rows of a
// panel's width; the columns are those of a panel at most.
func (w *Work[T]) packB(to []T, transposed bool, b []T, ldb, l0, l1, j0, j1 int) {
	width := w.kernels.panel()
	if !transposed {
		w.copy(ptr(to, 0), width, ptr(b, l0*ldb+j0), ldb, l1-l0, j1-j0)
		return
	}
	for j := j0; j < j1; j += w.kernels.lanes {
		w.transpose(ptr(to, j-j0), width, ptr(b, j*ldb+l0), ldb, min(w.kernels.lanes, j1-j), l1-l0)
	}
}

// PackedLen is how many elements Pack makes of a [k, n] matrix, in any kernel set.
func PackedLen[T Float](k, n int) int {
	width := panelBytes / size[T]()
	return k * ceilDiv(n, width) * width
}

// Pack writes panels first to last of op(B), [k, n], in the order in which
// products read it: block of k by block of k, panel by panel.
func (w *Work[T]) Pack(kernels *Kernels[T], transposed bool, k, n, first, last int, b []T, ldb int, to []T) {
	w.kernels = kernels
	width, block := kernels.panel(), BlockK[T](k)
	for l := 0; l < k; l += block {
		end := min(k, l+block)
		for p := first; p < last; p++ {
			j := p * width
			w.packB(to[kernels.packed(k, n, l, j):], transposed, b, ldb, l, end, j, min(n, j+width))
		}
	}
	w.forget()
}

// PackSlab writes panels first to last of a call's slab.
func (w *Work[T]) PackSlab(c *Call[T], first, last int) {
	s := &c.Slab
	at := s.L0*c.LDB + s.J0
	if c.TB {
		at = s.J0*c.LDB + s.L0
	}
	w.Pack(c.Kernels, c.TB, s.L1-s.L0, s.J1-s.J0, first, last, c.B[at:], c.LDB, s.B)
}

// Panels is how many panels of packed B n columns are.
func (k *Kernels[T]) Panels(n int) int { return ceilDiv(n, k.panel()) }

// packed is where in packed B, [k, n], the block from row l lies of the panel
// from column j.
func (ks *Kernels[T]) packed(k, n, l, j int) int {
	return l*ks.Panels(n)*ks.panel() + j*(min(k, l+BlockK[T](k))-l)
}
