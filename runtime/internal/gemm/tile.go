package gemm

import "unsafe"

// tile is the part of C in hand and how its operands are read.
type tile[T Float] struct {
	*Call[T]
	batch          int
	i0, i1, j0, j1 int
	l0, l1         int // the block of k in hand
	packA, packB   bool
	widest         int // tiles are at most 1<<widest vectors across

	// The block of op(A): where, and the distances in bytes of its rows and
	// columns and of the rows of panels. With perPanel set, the distance of
	// columns is that times a panel's rows, and all panels are of a kind.
	a                unsafe.Pointer
	rowA, colA, step uintptr
	perPanel         uintptr
}

// Tile computes C[i0:i1, j0:j1] of product number batch; i1-i0 is at most
// MaxRows.
func (w *Work[T]) Tile(c *Call[T], batch, i0, i1, j0, j1 int) {
	w.kernels = c.Kernels
	t := &w.tile
	*t = tile[T]{Call: c, batch: batch, i0: i0, i1: i1, j0: j0, j1: j1}
	if c.K == 0 || c.Alpha == 0 {
		t.scale()
	} else {
		w.plan()
		block := BlockK[T](c.K)
		for t.l0 = 0; t.l0 < c.K; t.l0 = t.l1 {
			t.l1 = min(c.K, t.l0+block)
			w.block()
		}
	}
	w.forget()
}

// forget lets go of the operands, which the collector may want.
func (w *Work[T]) forget() {
	w.tile.Call, w.tile.a = nil, nil
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
	t.packB = !t.Packed && (t.TB || !small && rows > fewRows)
	t.packA = t.Before != nil || !small && t.j1-t.j0 > fewColumns
	t.widest = w.kernels.panelAcross()
	if !t.packB && !t.Packed {
		t.widest = w.kernels.widest(rows)
	}
}

// block adds the sums of the block of k in hand to the tile.
func (w *Work[T]) block() {
	t, k := &w.tile, w.kernels
	w.blockA()
	w.args.Alpha, w.args.Beta, w.args.Keep = t.Alpha, 1, 1
	if t.l0 == 0 {
		w.args.Beta = t.Beta
		if t.Beta == 0 {
			w.args.Keep = 0
		}
	}
	w.args.RowC, w.args.K = bytes[T](t.LDC), uintptr(t.l1-t.l0)
	width := k.lanes << t.widest
	done := t.j0
	for j := t.j0; j < t.j1; j += width {
		end := min(t.j1, j+width)
		w.panelB(j, end)
		w.panel(j, end)
		if t.After != nil && t.l1 == t.K && (end == t.j1 || (end-done)*(t.i1-t.i0) >= finished) {
			t.After(t.batch, t.i0, t.i1, done, end)
			done = end
		}
	}
}

// blockA brings the block of op(A) into place.
func (w *Work[T]) blockA() {
	t := &w.tile
	s := bytes[T](1)
	rows, columns := t.i1-t.i0, t.l1-t.l0
	packed := rowBytes / size[T]()
	t.perPanel = 0
	switch at := t.batch * t.StrideA; {
	case t.Before != nil:
		t.Before(t.batch, t.i0, t.i1, t.l0, t.l1, w.a, packed)
		t.a, t.rowA, t.colA = ptr(w.a, 0), rowBytes, s
	case t.packA && t.TA:
		w.packPanels(t.A[at+t.l0*t.LDA+t.i0:])
	case t.packA:
		w.copy(ptr(w.a, 0), packed, ptr(t.A, at+t.i0*t.LDA+t.l0), t.LDA, rows, columns)
		t.a, t.rowA, t.colA = ptr(w.a, 0), rowBytes, s
	case t.TA:
		t.a, t.rowA, t.colA = ptr(t.A, at+t.l0*t.LDA+t.i0), s, bytes[T](t.LDA)
	default:
		t.a, t.rowA, t.colA = ptr(t.A, at+t.i0*t.LDA+t.l0), bytes[T](t.LDA), s
	}
	if t.step = t.rowA; t.perPanel != 0 {
		t.step = bytes[T](columns)
	}
}

// packPanels copies a block of a transposed A as panels of rows, each column
// by column.
func (w *Work[T]) packPanels(a []T) {
	t := &w.tile
	columns := t.l1 - t.l0
	across, _ := w.kernels.next(t.j1-t.j0, t.widest)
	t.perPanel = uintptr(w.kernels.rows(across))
	for p := split(t.i1-t.i0, int(t.perPanel)); p.more(); p.advance() {
		for range p.panels {
			w.copy(ptr(w.a, p.row*columns), p.rows, ptr(a, p.row), t.LDA, columns, p.rows)
			p.row += p.rows
		}
	}
	t.a, t.rowA = ptr(w.a, 0), bytes[T](1)
}

// panelB brings columns j to end of op(B) into place.
func (w *Work[T]) panelB(j, end int) {
	t, a := &w.tile, &w.args
	width := w.kernels.panel()
	at := t.batch * t.StrideB
	a.NextRow, a.Next = 0, uintptr(unsafe.Pointer(&ones))
	switch {
	case t.Packed:
		a.B, a.RowB = ptr(t.B, at+w.kernels.packed(t.K, t.N, t.l0, j)), bytes[T](width)
		a.Next, a.NextRow = uintptr(a.B)+a.RowB*a.K, a.RowB
	case t.packB:
		w.packB(w.b, t.TB, t.B[at:], t.LDB, t.l0, t.l1, j, end)
		a.B, a.RowB = ptr(w.b, 0), bytes[T](width)
		if !t.TB {
			a.Next, a.NextRow = uintptr(ptr(t.B, at+t.l0*t.LDB+j))+bytes[T](width), bytes[T](t.LDB)
		}
	default:
		a.B, a.RowB = ptr(t.B, at+t.l0*t.LDB+j), bytes[T](t.LDB)
	}
}

// panel computes columns j to end of the tile, which args' B stands for.
func (w *Work[T]) panel(j, end int) {
	t, a := &w.tile, &w.args
	b, c := a.B, t.C[t.batch*t.StrideC+t.i0*t.LDC:]
	for at := j; at < end; {
		across, taken := w.kernels.next(end-at, t.widest)
		a.B, a.Tail = unsafe.Add(b, (at-j)*size[T]()), tail[T]((taken-1)%w.kernels.lanes+1)
		w.strip(across, c, at)
		at += taken
	}
}

// strip computes all rows of the columns from j that one tile takes.
func (w *Work[T]) strip(across int, c []T, j int) {
	t, a := &w.tile, &w.args
	rows := w.kernels.rows(across)
	if t.perPanel != 0 {
		rows = int(t.perPanel)
	}
	for p := split(t.i1-t.i0, rows); p.more(); p.advance() {
		n := uintptr(p.rows)
		a.A, a.RowA, a.ColA = unsafe.Add(t.a, uintptr(p.row)*t.step), t.rowA, t.colA
		if t.perPanel != 0 {
			a.ColA = n * bytes[T](1)
		}
		a.StepA = n * t.step
		a.C, a.StepC = ptr(c, p.row*t.LDC+j), n*a.RowC
		a.Panels = uintptr(p.panels)
		w.kernels.product(across, p.rows, a)
		a.NextRow = 0
		p.row += p.rows * p.panels
	}
}

// panelsOf walks over rows cut into panels as even as can be: first those
// with a row more.
type panelsOf struct {
	row          int // where the panels in hand begin
	rows, panels int // of each, how many
	rest         int // panels with a row less
}

func split(rows, most int) panelsOf {
	n := ceilDiv(rows, most)
	more := rows % n
	p := panelsOf{rows: rows/n + 1, panels: more, rest: n - more}
	if more == 0 {
		p.advance()
	}
	return p
}

func (p *panelsOf) more() bool { return p.panels > 0 }

func (p *panelsOf) advance() { p.rows, p.panels, p.rest = p.rows-1, p.rest, 0 }
