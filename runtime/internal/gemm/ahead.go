package gemm

import "math/bits"

const (
	// columnsAtOnce is how many columns of A a kernel takes in a round, beside
	// which it can pack a row. The generator knows it.
	columnsAtOnce = 4
	// mostSpread is how many rounds it takes at most from a row to the next.
	mostSpread = 4
)

// packAhead has the panel of B from column j on packed beside the sums of the
// one before it, if there are kernels for that.
func (w *Work[T]) packAhead(j int) {
	t, a, lanes := &w.tile, &w.args, w.kernels.lanes
	columns := min(t.j1-j, w.kernels.panel())
	least := w.kernels.panel() // what a round packs
	if w.kernels.masks {
		least = lanes + 1
	}
	if w.left.layout != inPanels || !w.kernels.inRounds(w.kernels.panelAcross()) || columns < least {
		return
	}
	w.aheadOf, a.AheadSkip = j, uintptr(spread((t.i1-t.i0)/w.kernels.rows(w.kernels.panelAcross()))-1)
	a.Ahead, a.AheadTo, a.AheadMask = uintptr(t.l1-t.l0), uintptr(ptr(w.ahead, 0)), tail[T](columns-lanes).Mask
	a.Next, a.NextRow = uintptr(ptr(t.B, t.batch*t.StrideB+t.l0*t.LDB+j)), bytes[T](t.LDB)
}

// spread is after how many rounds another row of B is packed beside so many
// tiles, a power of two: a row from memory takes longer than a round, so that
// the rows are spread over the rounds that there are.
func spread(tiles int) int {
	return min(mostSpread, 1<<(bits.Len(uint(max(1, tiles/columnsAtOnce)))-1))
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
