package gemm

// groupPanels is how many panels of B are packed at once for few rows. They
// take the room of the panel in hand and of the one that is packed ahead. The
// generator knows it.
const groupPanels = 4

// groupRows is up to how many rows of C there is too little to do beside a
// panel to pack the next one ahead.
const groupRows = 96

// groups reports whether B is packed in groups of panels: far apart rows of
// which much is read at once come sooner than those of which little is read
// again and again.
func (w *Work[T]) groups() bool {
	t := &w.tile
	return w.kernels.copyPanels != nil && !t.TB && t.i1-t.i0 <= groupRows
}

// grouped brings the panel from column j into place, and with the first of a
// group the others.
func (w *Work[T]) grouped(j int) {
	t, a, width := &w.tile, &w.args, w.kernels.panel()
	panel, each := (j-t.j0)/width%groupPanels, (t.l1-t.l0)*width
	if panel == 0 {
		w.packGroup(j, each)
	}
	a.B, a.RowB = ptr(w.group, panel*each), bytes[T](width)
}

// packGroup packs panels from column j on, of so many elements each.
func (w *Work[T]) packGroup(j, each int) {
	t, width := &w.tile, w.kernels.panel()
	b, columns := t.B[t.batch*t.StrideB:], min(t.j1-j, groupPanels*width)
	if whole := columns / width; whole > 0 {
		w.moves = MoveArgs{
			To: ptr(w.group, 0), From: ptr(b, t.l0*t.LDB+j), ToRow: bytes[T](each), FromRow: bytes[T](t.LDB),
			Rows: uintptr(t.l1 - t.l0), Vectors: uintptr(whole),
		}
		w.kernels.copyPanels(&w.moves)
	}
	if rest := columns % width; rest > 0 {
		w.packB(w.group[columns/width*each:], false, b, t.LDB, t.l0, t.l1, j+columns-rest, j+columns)
	}
}
