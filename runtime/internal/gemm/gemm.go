// Package gemm computes matrix products on one thread: the kernels that
// compute a tile of C in registers, what brings operands into their order, and
// the loops over blocks that fit the caches. How a product is cut into parts
// for threads is package runtime's business.
//
// Every element of C is a sum over k in blocks (see BlockK), each block one
// chain of multiply-adds in order, whatever the tile that it is computed in.
// So bits depend neither on how a product is cut nor on how its operands are
// stored. (Portable kernels round between multiplication and addition; the
// assembly does not.)
package gemm

import "unsafe"

// Float is what products are computed in.
type Float interface{ float32 | float64 }

// Args are the arguments of a product's kernel: Panels times C = Alpha A B +
// Beta C for a panel of rows, A and C moving down by StepA and StepC; the
// kernel counts Panels down. Distances are in bytes. The generator knows the
// order of the fields.
type Args[T Float] struct {
	A, B, C      unsafe.Pointer
	RowA, ColA   uintptr // from an element of A to the one below, to the right
	RowB, RowC   uintptr // from a row to the next; B's and C's columns are dense
	StepA, StepC uintptr
	K, Panels    uintptr // at least 1
	Tail
	Keep        int            // 0: C is not read; -1: nor multiplied by Alpha, which is 1
	Next        uintptr        // rows of B that are needed next, to be fetched,
	NextRow     uintptr        // so far apart; the address need not be valid
	_           [5]uintptr     // the kernel's own: where A and C are, rows of C to be fetched, columns left over, panels that have B fetched
	Pack        unsafe.Pointer // where packing kernels copy B
	Ahead       uintptr        // rows from Next on, of a panel's width, that are still to be packed,
	AheadTo     uintptr        // where to (behind the scratch memory in the end, so no pointer), and
	AheadMask   uintptr        // the lanes of their second vector: a kernel for panels packs a row in each round
	AheadSkip   uintptr        // whose number has none of these bits
	AtHand      uintptr        // 1: C is taken to be in the first-level cache, and not fetched
	Alpha, Beta T
}

// Tail says which lanes of the last vector of a row are meant: as bits, and
// as a vector of ones and zeros.
type Tail struct {
	Mask   uintptr
	Window unsafe.Pointer
}

// MoveArgs are the arguments of copyRows: Rows rows of Vectors whole vectors
// and Tail, if its Mask is not 0; and of transpose: From has as many rows as
// a vector has lanes, Vectors times as many columns and, if Rows is not 0, as
// many again of which Rows are stored; and of copyPanels: Vectors panels, ToRow
// apart. Distances are in bytes.
type MoveArgs struct {
	To, From       unsafe.Pointer
	ToRow, FromRow uintptr
	Rows, Vectors  uintptr
	Tail
}

// Call is a product, or a batch of them, as runtime.Products has it.
type Call[T Float] struct {
	Kernels                   *Kernels[T]
	Serial                    uint64 // tells products apart, those of other calls too
	TA, TB                    bool
	M, N, K                   int
	Alpha, Beta               T
	A, B, C                   []T
	LDA, LDB, LDC             int
	StrideA, StrideB, StrideC int

	// Packed says that B is what Pack made.
	Packed bool
	// Slab, if it is there, is the part of op(B) in hand, packed for all rows
	// of C.
	Slab Slab[T]
	// Before, if set, writes op(A)[i0:i1, l0:l1] of a product of the batch to
	// dst, rows ld apart; A is not read then.
	Before func(batch, i0, i1, l0, l1 int, dst []T, ld int)
	// After, if set, is called for each part of C that is finished.
	After func(batch, i0, i1, j0, j1 int)
}

// Slab is op(B)[L0:L1, J0:J1] of a product without a batch, as Work.PackSlab
// makes it; the rows are one block of k.
type Slab[T Float] struct {
	B              []T
	L0, L1, J0, J1 int
}
