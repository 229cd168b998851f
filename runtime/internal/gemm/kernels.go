package gemm

import (
	"math/bits"
	"unsafe"

	"github.com/gtc-lang/gtc/runtime/internal/cpu"
)

// Kernels are the kernels of one set for one element type.
type Kernels[T Float] struct {
	lanes int  // elements of a vector
	masks bool // a tile of any width can have its last vector masked
	// products[i][mr-1] computes tiles of mr rows, 1<<i vectors across. Those
	// one vector across can always have it masked. There are none where
	// rounds has them.
	products [][]func(*Args[T])
	// half[mr-1] computes tiles of half a vector, if there are such kernels.
	half []func(*Args[T])
	// rounds[i][l][mr-1] does so for a block of A in layout l, where there are
	// such kernels.
	rounds [4][][]func(*Args[T])
	// slabs says that large products have B packed once for all rows, which is
	// faster for this set than to pack beside the sums of each block of rows.
	slabs bool
	// packing[mr] does so for one panel of tiles two vectors across, and
	// copies B to args' Pack as it reads it.
	packing map[int]func(*Args[T])
	// sweep adds K rows of B, times the elements of one row of A, to a C of
	// Panels vectors, the last one of Tail, if there is such a kernel.
	sweep    func(*Args[T])
	copyRows func(*MoveArgs)
	// copyPanels copies rows to panels beside each other, if there is such a
	// kernel.
	copyPanels func(*MoveArgs)
	transpose  func(*MoveArgs)
	peak       func(rounds uintptr)
	peakFlops  int // of a round
}

// For returns the kernels of the set that the process uses.
func For[T Float]() *Kernels[T] {
	var k any
	switch any(T(0)).(type) {
	case float32:
		k = float32Kernels[cpu.Use()]
	case float64:
		k = float64Kernels[cpu.Use()]
	}
	return k.(*Kernels[T])
}

// product runs a kernel. It is a function of its own with a stack check, so
// that a goroutine that runs one kernel after the other can be stopped.
//
//go:noinline
func (k *Kernels[T]) product(l layout, across, rows int, args *Args[T]) {
	k.tiles(l, across)[rows-1](args)
}

// tiles are the kernels of a width for a block of A in layout l, by rows.
func (k *Kernels[T]) tiles(l layout, across int) []func(*Args[T]) {
	switch {
	case across == halfAcross:
		return k.half
	case k.inRounds(across):
		return k.rounds[across][l]
	}
	return k.products[across]
}

// inRounds reports whether tiles of a width are computed in rounds, which pack
// ahead, and have what is needed next fetched in every panel.
func (k *Kernels[T]) inRounds(across int) bool { return k.rounds[across] != nil }

// halfAcross stands for tiles of half a vector where others are 1<<across
// vectors wide.
const halfAcross = -1

// pack is product for the first panel of rows, if there is a kernel for it.
//
//go:noinline
func (k *Kernels[T]) pack(rows int, args *Args[T]) { k.packing[rows](args) }

// Peak multiplies and adds in registers, as fast as can be, and returns how
// many operations that were: what to measure products against.
func (k *Kernels[T]) Peak(rounds int) (flops float64) {
	k.peak(uintptr(rounds))
	return float64(k.peakFlops) * float64(rounds)
}

// rows is how many rows a tile 1<<across vectors wide has at most.
func (k *Kernels[T]) rows(across int) int { return len(k.tiles(byRows, across)) }

// Slabs reports whether a product [m,k] by [k,n] has B packed in slabs: from four
// blocks of rows on, each of which would pack all of B, if B is large.
func (ks *Kernels[T]) Slabs(m, n, k int) bool {
	return ks.slabs && m > 3*MaxRows && uint64(n)*uint64(k) > largeB
}

// panel is how many columns packed B has side by side.
func (k *Kernels[T]) panel() int { return k.lanes << k.panelAcross() }

// panelAcross is the width of a tile of many rows.
func (k *Kernels[T]) panelAcross() int { return min(1, len(k.products)-1) }

// fewRows of a tile are not worth packing B: some three panels of them, or no
// more than a tile two panels wide has, where panels are packed in groups.
func (k *Kernels[T]) fewRows() int {
	if k.copyPanels != nil {
		return k.rows(k.panelAcross() + 1)
	}
	return 8 * k.rows(k.panelAcross()) / 3
}

// widest is the width to use for a number of rows: the more rows, the less;
// but two panels, if both operands are in place, which loads less of A.
func (k *Kernels[T]) widest(rows, columns int, inPlace bool) int {
	panel := k.panelAcross()
	if inPlace && rows > k.rows(panel) {
		if columns >= 2*k.panel() && k.inRounds(panel+1) {
			return panel + 1
		}
		return panel
	}
	for across := len(k.products) - 1; across > panel; across-- {
		if k.rows(across) >= rows {
			return across
		}
	}
	return panel
}

// next is the tile to begin a number of columns with: how wide it is, and how
// many of the columns it takes.
func (k *Kernels[T]) next(columns, widest int) (across, taken int) {
	vectors := uint(columns) >> bits.TrailingZeros(uint(k.lanes)) // a division is slow
	if k.masks {
		vectors = uint(columns+k.lanes-1) >> bits.TrailingZeros(uint(k.lanes))
	}
	across = min(widest, bits.Len(max(1, vectors))-1)
	if taken = min(columns, k.lanes<<across); 2*taken <= k.lanes && k.half != nil {
		across = halfAcross
	}
	return across, taken
}

// last is the mask of the last vector of a tile that takes so many columns.
func (k *Kernels[T]) last(across, taken int) Tail {
	return tail[T](taken - (k.lanes<<max(0, across) - k.lanes))
}

// ones holds vectors of ones and zeros of any length, up to 64 bytes.
var ones = func() (w [128]byte) {
	for i := range 64 {
		w[i] = 0xff
	}
	return w
}()

// tail is the mask of the first n elements; of none, its Mask is 0.
func tail[T Float](n int) Tail {
	return Tail{1<<n - 1, unsafe.Pointer(&ones[64-n*size[T]()])}
}

func size[T Float]() int { return int(unsafe.Sizeof(T(0))) }

func ceilDiv(a, b int) int { return (a + b - 1) / b }
