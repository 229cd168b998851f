package gemm

import "unsafe"

// tile is the part of C in hand.
type tile[T Float] struct {
	*Call[T]
	batch          int
	i0, i1, j0, j1 int
	l0, l1         int // the block of k in hand
	packA, packB   bool
	most           int // rows of a tile in registers, at most
	widest         int // tiles in registers are at most 1<<widest vectors across
}

// Tile computes C[i0:i1, j0:j1] of product number batch; i1-i0 is at most
// MaxRows. Of a call with a slab it adds what the slab's rows of op(B) give,
// the first of them to Beta C.
func (w *Work[T]) Tile(c *Call[T], batch, i0, i1, j0, j1 int) {
	w.kernels = c.Kernels
	t := &w.tile
	t.Call, t.batch, t.i0, t.i1, t.j0, t.j1 = c, batch, i0, i1, j0, j1
	if c.K == 0 || c.Alpha == 0 {
		t.scale()
	} else {
		w.plan()
		from, to, block := 0, c.K, BlockK[T](c.K)
		if c.Slab.B != nil {
			from, to = c.Slab.L0, c.Slab.L1
		}
		for t.l0 = from; t.l0 < to; t.l0 = t.l1 {
			t.l1 = min(to, t.l0+block)
			w.block()
		}
	}
	w.forget()
}

// forget lets go of the operands, which the collector may want.
func (w *Work[T]) forget() {
	w.tile.Call, w.left.at = nil, nil
	w.args.A, w.args.B, w.args.C = nil, nil, nil
	w.moves.To, w.moves.From = nil, nil
}

// scale computes beta*C, 0 for beta 0 also where C holds NaN.
func (t *tile[T]) scale() {
	for i := t.i0; i < t.i1; i++ {
		row := t.C[t.batch*t.StrideC+i*t.LDC:]
		for j, v := range row[t.j0:t.j1] {
			if t.Beta == 0 {
				row[t.j0+j] = 0
			} else {
				row[t.j0+j] = t.Beta * v
			}
		}
	}
	if t.After != nil {
		t.After(t.batch, t.i0, t.i1, t.j0, t.j1)
	}
}

// plan decides what is packed. To pack costs about as much as the product of
// a few rows or columns, and saves what operands in place cost: rows that lie
// on the same sets of the cache, and on a page each.
func (w *Work[T]) plan() {
	t := &w.tile
	small := t.M*t.K+t.K*t.N+t.M*t.N <= smallProduct
	rows := t.i1 - t.i0
	isPacked := t.Packed || t.Slab.B != nil
	t.packB = !isPacked && (t.TB || !small && rows > w.kernels.fewRows())
	t.widest = w.kernels.panelAcross()
	if !t.packB && !isPacked {
		t.widest = w.kernels.widest(rows, t.j1-t.j0, small && t.Before == nil)
	}
	across, _ := w.kernels.next(t.j1-t.j0, t.widest)
	t.most = MaxRows
	t.packA = t.Before != nil || !small && rows > 1 && t.j1-t.j0 > fewColumns
	if !t.packA && !t.TA {
		t.most = rowsApart(t.LDA * size[T]())
		t.packA = t.most < min(rows, w.kernels.rows(across), fewApart)
	}
}

// rowsApart is how many rows so many bytes apart leave most of the first-level
// cache, of which each way is a page, to what else is read.
func rowsApart(distance int) int {
	const page, ways = 4096, 8
	step := distance & -distance // what the rows' places are multiples of
	return ways * 3 / 8 * page / min(page, step)
}

// block adds the sums of the block of k in hand to the tile.
func (w *Work[T]) block() {
	t := &w.tile
	w.blockA()
	beta := T(1)
	if t.l0 == 0 {
		beta = t.Beta
	}
	w.args.scale(t.Alpha, beta)
	w.args.RowC, w.args.K, w.args.AtHand = bytes[T](t.LDC), uintptr(t.l1-t.l0), 0
	width := w.kernels.lanes << t.widest
	w.aheadOf, w.args.Ahead = 0, 0 // a panic may have left something
	if w.sweeps() {
		w.sweepBlock()
		return
	}
	rows, done, c := t.i1-t.i0, t.j0, t.batch*t.StrideC+t.i0*t.LDC
	for j := t.j0; j < t.j1; j += width {
		end := min(t.j1, j+width)
		w.panelB(j, end)
		w.columns(t.C[c+j:], rows, end-j, t.widest)
		if t.After != nil && t.l1 == t.K && (end == t.j1 || (end-done)*rows >= finished) {
			t.After(t.batch, t.i0, t.i1, done, end)
			done = end
		}
	}
}

// blockA brings the block of op(A) into place.
func (w *Work[T]) blockA() {
	t := &w.tile
	switch at := t.batch * t.StrideA; {
	case t.packA:
		w.packA()
	case t.TA:
		w.left.columns(ptr(t.A, at+t.l0*t.LDA+t.i0), t.LDA)
	default:
		w.left.rows(ptr(t.A, at+t.i0*t.LDA+t.l0), t.LDA)
		w.left.most = t.most
	}
}

// packA makes the block of op(A), if it is not the one that is there.
func (w *Work[T]) packA() {
	t := &w.tile
	rows, columns, row := t.i1-t.i0, t.l1-t.l0, rowBytes/size[T]()
	inPanels := t.Before == nil && (t.TA || w.kernels.inRounds(w.kernels.panelAcross()))
	if inPanels {
		across, _ := w.kernels.next(t.j1-t.j0, t.widest)
		w.left.panels(ptr(w.a, 0), columns, w.kernels.rows(across))
	} else {
		w.left.rows(ptr(w.a, 0), row)
	}
	block := packedA{t.Serial, t.batch, t.i0, t.i1, t.l0, t.l1, w.left.most}
	if w.packed == block {
		return
	}
	w.packed = block
	switch at := t.batch * t.StrideA; {
	case t.Before != nil:
		t.Before(t.batch, t.i0, t.i1, t.l0, t.l1, w.a, row)
	case inPanels:
		w.packPanels(at, rows, columns)
	default:
		w.copy(ptr(w.a, 0), row, ptr(t.A, at+t.i0*t.LDA+t.l0), t.LDA, rows, columns)
	}
}

// packPanels copies a block of op(A), of the matrix that begins at element at,
// as panels of rows, each column by column.
func (w *Work[T]) packPanels(at, rows, columns int) {
	t := &w.tile
	for p := split(rows, w.left.most); p.panels > 0; p.advance() {
		to := w.a[p.row*columns:]
		if t.TA {
			w.copy(ptr(to, 0), p.rows, ptr(t.A, at+t.l0*t.LDA+t.i0+p.row), t.LDA, columns, w.wholeRows(t.i0+p.row, p.rows))
		} else {
			w.packPanel(to, at, t.i0+p.row, p.rows, columns)
		}
		p.row += p.rows
		p.panels--
	}
}

// wholeRows is how many rows from row i on to copy with a panel's: where masks
// cost, whole vectors of them if there are as many, since what the rows behind
// leave in the next column, and in the next panel, is overwritten.
func (w *Work[T]) wholeRows(i, rows int) int {
	whole := ceilDiv(rows, w.kernels.lanes) * w.kernels.lanes
	if w.kernels.masks || i+whole > w.tile.M {
		return rows
	}
	return whole
}

// packPanel transposes rows from row i of A on. As many as a vector has lanes
// are transposed at a time: the last of more overlap those before them; of
// fewer, rows behind them are transposed as well, if there are any, and what
// these leave in the next column, and in the next panel, is overwritten.
func (w *Work[T]) packPanel(to []T, at, i, rows, columns int) {
	t, lanes := &w.tile, w.kernels.lanes
	for r := 0; r < rows; r += lanes {
		first, n := r, min(rows, lanes)
		if r > 0 {
			first = min(r, rows-lanes)
		} else if t.M-i >= lanes {
			n = lanes
		}
		w.transpose(ptr(to, first), rows, ptr(t.A, at+(i+first)*t.LDA+t.l0), t.LDA, n, columns)
	}
}

// panelB brings columns j to end of op(B) into place.
func (w *Work[T]) panelB(j, end int) {
	t, a := &w.tile, &w.args
	width := w.kernels.panel()
	at := t.batch * t.StrideB
	a.NextRow, a.Next, w.stripes.left = 0, uintptr(unsafe.Pointer(&ones)), 0
	switch {
	case j > t.j0 && w.aheadOf == j:
		w.endAhead(end)
		a.B, a.RowB = ptr(w.b, 0), bytes[T](width)
		w.packAhead(end)
	case t.Packed || t.Slab.B != nil:
		a.B, a.RowB = t.packedPanel(at, j), bytes[T](width)
		a.Next, a.NextRow = uintptr(a.B)+a.RowB*a.K, a.RowB
	case t.packB && w.groups():
		w.grouped(j)
	case t.packB && (t.TB || !w.packs(end-j)):
		w.packB(w.b, t.TB, t.B[at:], t.LDB, t.l0, t.l1, j, end)
		a.B, a.RowB = ptr(w.b, 0), bytes[T](width)
		if t.TB && end < t.j1 && w.kernels.inRounds(w.kernels.panelAcross()) {
			w.stripes = stripes{uintptr(ptr(t.B, at+end*t.LDB+t.l0)), bytes[T](t.LDB), bytes[T](width), ceilDiv(t.l1-t.l0, width)}
		} else if t.TB && t.StrideB != 0 { // the next product's, if its rows are dense
			a.Next, a.NextRow = uintptr(ptr(t.B, at+j*t.LDB+t.l0))+bytes[T](t.StrideB), a.RowB
		}
	default:
		a.B, a.RowB = ptr(t.B, at+t.l0*t.LDB+j), bytes[T](t.LDB)
		if t.packB {
			a.Pack = ptr(w.b, 0)
			a.Next, a.NextRow = uintptr(a.B)+bytes[T](width), a.RowB
			w.packAhead(end)
		} else if t.StrideB != 0 { // the next product's
			a.Next, a.NextRow = uintptr(a.B)+bytes[T](t.StrideB), a.RowB
		} else if t.i1-t.i0 <= w.kernels.rows(t.widest) { // its own, which are read once
			a.Next, a.NextRow = uintptr(a.B)+8*a.RowB, a.RowB
		}
	}
}

// packedPanel is where the panel from column j lies that was packed before.
func (t *tile[T]) packedPanel(at, j int) unsafe.Pointer {
	if t.Slab.B != nil {
		return ptr(t.Slab.B, (j-t.Slab.J0)*(t.l1-t.l0))
	}
	return ptr(t.B, at+t.Kernels.packed(t.K, t.N, t.l0, j))
}

// packs reports whether the kernel of the first panel of rows packs B for the
// others.
func (w *Work[T]) packs(columns int) bool {
	across, taken := w.kernels.next(columns, w.tile.widest)
	first := split(w.tile.i1-w.tile.i0, min(w.kernels.rows(across), w.left.most))
	return taken == columns && across == 1 && w.kernels.packing[first.rows] != nil
}
