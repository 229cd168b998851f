package gemm

// stripes is what is left to be fetched of the next panel of a transposed B,
// before it is packed: its rows lie far apart, and of each as much is read as a
// block of k is long. A tile has one stripe of them fetched, a panel's width of
// each row; and of the rows of some panels more, while it is at it.
type stripes struct {
	next, row, width uintptr // where one begins, need not be a valid address; the distance of rows
	left             int     // how many
}

// fetchStripe has the kernel call in hand fetch the next stripe, if there is
// one, and returns of how many panels of rows the call is then.
func (w *Work[T]) fetchStripe(panels int) int {
	s := &w.stripes
	if s.left == 0 {
		return panels
	}
	w.args.Next, w.args.NextRow = s.next, s.row
	s.next += s.width
	s.left--
	return 1
}
