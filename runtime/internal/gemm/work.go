package gemm

import "github.com/gtc-lang/gtc/runtime/internal/memory"

// Work is the scratch memory of one thread, a little under 800 KB, of which
// the parts that no product needs are never touched.
type Work[T Float] struct {
	kernels *Kernels[T]
	args    Args[T]
	moves   MoveArgs
	a       []T // a block of op(A): MaxRows rows, or panels of them
	b       []T // a panel of op(B): rows of panelBytes
	ahead   []T // the next one, of which parts are packed ahead
	group   []T // both of them
	aheadOf int // the column of C where that begins, if there is one
	few     []T // as many rows as a vector has lanes, of columns of B
	tile    tile[T]
	left    left[T]
	packed  packedA
	stripes stripes
}

// packedA says which block of op(A) a work's a holds: parts beside each other
// share it, if they follow each other and k is one block.
type packedA struct {
	serial                      uint64
	batch, i0, i1, l0, l1, most int
}

// NewWork makes the scratch memory of one thread, for any kernel set.
func NewWork[T Float]() *Work[T] {
	w := new(Work[T])
	s := size[T]()
	panel := blockBytes / s * panelBytes / s
	scratch := memory.Make[T]((MaxRows+64/s)*rowBytes/s + 2*panel)
	w.a, scratch = scratch[:MaxRows*rowBytes/s], scratch[MaxRows*rowBytes/s:]
	w.few, scratch = scratch[:64/s*rowBytes/s], scratch[64/s*rowBytes/s:]
	w.b, w.ahead, w.group = scratch[:panel], scratch[panel:], scratch
	return w
}
