package gemm

import "unsafe"

// left is a block of op(A), the left operand, as kernels read it: where it
// is, the distances of rows, columns, and rows that panels begin with, and how
// many rows a panel has at most.
type left[T Float] struct {
	at               unsafe.Pointer
	row, column, top uintptr
	most             int
	layout
}

// layout is what is in one piece in a block of op(A): its rows, its columns,
// or panels of rows, each column by column, the distance of columns being the
// panel's rows. The generator knows the order.
type layout int

const (
	byRows layout = iota
	byColumns
	inPanels
)

// rows sets a block that is stored row by row.
func (l *left[T]) rows(at unsafe.Pointer, ld int) {
	l.set(byRows, at, bytes[T](ld), bytes[T](1), bytes[T](ld))
}

// columns sets a block that is stored column by column.
func (l *left[T]) columns(at unsafe.Pointer, ld int) {
	l.set(byColumns, at, bytes[T](1), bytes[T](ld), bytes[T](1))
}

// panels sets a block of panels that are stored column by column.
func (l *left[T]) panels(at unsafe.Pointer, columns, most int) {
	l.set(inPanels, at, bytes[T](1), 0, bytes[T](columns))
	l.most = most
}

// set sets fields one by one: a whole struct is put together elsewhere first,
// and reading that back at once is slow.
func (l *left[T]) set(lies layout, at unsafe.Pointer, row, column, top uintptr) {
	l.at, l.row, l.column, l.top, l.most, l.layout = at, row, column, top, MaxRows, lies
}

// scale sets what sums and C are multiplied by.
func (a *Args[T]) scale(alpha, beta T) {
	a.Alpha, a.Beta, a.Keep = alpha, beta, 1
	if beta == 0 {
		a.Keep = 0
		if alpha == 1 {
			a.Keep = -1
		}
	}
}

// Small computes C = alpha op(A) op(B) + beta C for alpha other than 0 and k
// from 1 to one block, with no more ado than a small product can bear: the
// operands in place, a transposed B excepted, and one kernel call if C is one
// tile. It does not forget them: the next product does.
func (w *Work[T]) Small(ks *Kernels[T], tA, tB bool, m, n, k int, alpha T, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int) {
	w.kernels = ks
	l, args := &w.left, &w.args
	if tA {
		l.columns(ptr(a, 0), lda)
	} else {
		l.rows(ptr(a, 0), lda)
	}
	args.scale(alpha, beta)
	args.RowC, args.K, args.NextRow, args.AtHand = bytes[T](ldc), uintptr(k), 0, 1
	if tB {
		w.smallTransposed(m, n, k, b, ldb, c)
		return
	}
	args.B, args.RowB = ptr(b, 0), bytes[T](ldb)
	widest := ks.widest(m, n, true)
	across, taken := ks.next(n, widest)
	if taken < n {
		w.columns(c, m, n, widest)
		return
	}
	args.Tail = ks.last(across, n)
	if m > ks.rows(across) {
		w.strip(across, c, m)
		return
	}
	args.A, args.C, args.RowA, args.ColA, args.Panels = l.at, ptr(c, 0), l.row, l.column, 1
	ks.tiles(l.layout, across)[m-1](args)
}

// smallTransposed is Small from where on B is stored as [n,k].
func (w *Work[T]) smallTransposed(m, n, k int, b []T, ldb int, c []T) {
	width := w.kernels.panel()
	for j := 0; j < n; j += width {
		end := min(n, j+width)
		w.packB(w.b, true, b, ldb, 0, k, j, end)
		w.args.B, w.args.RowB = ptr(w.b, 0), bytes[T](width)
		w.columns(c[j:], m, end-j, w.kernels.panelAcross())
	}
}

// columns computes columns of C, at c, from args' B.
func (w *Work[T]) columns(c []T, rows, columns, widest int) {
	b := w.args.B
	for j := 0; j < columns; {
		across, taken := w.kernels.next(columns-j, widest)
		w.args.B = unsafe.Add(b, j*size[T]())
		w.args.Tail = w.kernels.last(across, taken)
		w.strip(across, c[j:], rows)
		j += taken
	}
}

// strip computes rows of as many columns as one tile takes.
func (w *Work[T]) strip(across int, c []T, rows int) {
	p := split(rows, min(w.kernels.rows(across), w.left.most))
	if w.args.Pack != nil {
		w.place(c, &p, 1)
		w.kernels.pack(p.rows, &w.args)
		w.args.B, w.args.RowB, w.args.Pack = w.args.Pack, bytes[T](w.kernels.panel()), nil
		if !w.kernels.inRounds(across) { // else the panels that follow have the next rows fetched
			w.args.NextRow = 0
		}
	}
	for p.advance(); p.panels > 0; p.advance() {
		w.place(c, &p, w.fetchStripe(min(p.panels, mostPanels)))
		w.kernels.product(w.left.layout, across, p.rows, &w.args)
		if w.args.Ahead == 0 {
			w.args.NextRow = 0
		}
	}
}

// place sets the arguments for the next panels of rows, and takes them off.
func (w *Work[T]) place(c []T, p *parts, panels int) {
	a, l, n := &w.args, &w.left, uintptr(p.rows)
	a.RowA, a.ColA = l.row, l.column
	if l.layout == inPanels {
		a.ColA = n * l.row
	}
	a.A, a.StepA = unsafe.Add(l.at, uintptr(p.row)*l.top), n*l.top
	a.C, a.StepC = unsafe.Add(ptr(c, 0), uintptr(p.row)*a.RowC), n*a.RowC
	a.Panels = uintptr(panels)
	p.row += p.rows * panels
	p.panels -= panels
}

// parts walks over rows cut into panels as even as can be: first those with a
// row more.
type parts struct {
	row          int // where the panels in hand begin
	rows, panels int // of each, how many
	rest         int // panels with a row less
}

func split(rows, most int) parts {
	if rows <= most {
		return parts{rows: rows, panels: 1}
	}
	n := quotient(rows+most-1, most)
	each := quotient(rows, n)
	more := rows - n*each
	p := parts{rows: each + 1, panels: more, rest: n - more}
	p.advance()
	return p
}

// quotient is a/b for numbers up to 2 MaxRows: small products feel divisions.
func quotient(a, b int) int { return int(uint32(a) * reciprocals[b] >> 20) }

// reciprocals are 2^20/b, rounded up.
var reciprocals = func() (list [2*MaxRows + 1]uint32) {
	for b := 1; b < len(list); b++ {
		list[b] = uint32(ceilDiv(1<<20, b))
	}
	return list
}()

// advance goes on to the panels with a row less, if the others are done.
func (p *parts) advance() {
	if p.panels == 0 {
		p.rows, p.panels, p.rest = p.rows-1, p.rest, 0
	}
}
