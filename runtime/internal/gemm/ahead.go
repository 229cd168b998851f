package gemm

// mostAhead is how many bytes B has at most of which panels are packed ahead:
// the rounds do not wait for as long as memory takes.
const mostAhead = 8 << 20

// packAhead has the panel of B from column j on packed beside the sums of the
// one before it, if there are kernels for that.
func (w *Work[T]) packAhead(j int) {
	t, a, lanes := &w.tile, &w.args, w.kernels.lanes
	columns := min(t.j1-j, w.kernels.panel())
	if t.K*t.N*size[T]() > mostAhead || w.left.layout != inPanels || w.kernels.rounds[w.kernels.panelAcross()] == nil || columns <= lanes {
		return
	}
	w.aheadOf = j
	a.Ahead, a.AheadTo, a.AheadMask = uintptr(t.l1-t.l0), uintptr(ptr(w.ahead, 0)), tail[T](columns-lanes).Mask
	a.Next, a.NextRow = uintptr(ptr(t.B, t.batch*t.StrideB+t.l0*t.LDB+j)), bytes[T](t.LDB)
}

// endAhead packs what is left of the panel up to column end, which there were
// too few rounds for, and makes it the one in hand.
func (w *Work[T]) endAhead(end int) {
	t, a := &w.tile, &w.args
	if rest := int(a.Ahead); rest > 0 {
		width := w.kernels.panel()
		l := t.l1 - rest
		w.packB(w.ahead[(l-t.l0)*width:], false, t.B[t.batch*t.StrideB:], t.LDB, l, t.l1, w.aheadOf, end)
		a.Ahead = 0
	}
	w.b, w.ahead, w.aheadOf = w.ahead, w.b, 0
}
