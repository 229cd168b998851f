package gemm

// Block sizes. They are the same in all kernel sets, so that scratch memory
// is, and in bytes the same for both element types.
const (
	// MaxRows is how many rows of op(A) are worked on at a time: with a block
	// of k, about half a megabyte, which stays in the second-level cache while
	// all of B passes. A multiple of 12, the rows of a tile, and a little more
	// than 256, so that powers of two are cut evenly.
	MaxRows = 264
	// blockBytes is how long a block of k is in a row of A. Shorter ones would
	// load and store C more often, longer ones round worse and leave less
	// room for rows.
	blockBytes = 2048
	// panelBytes is the width of a panel of B: two of the widest vectors.
	panelBytes = 128
	// rowBytes is the distance of the rows of a packed block of A: two lines
	// more than a block, so that rows do not fall onto the same set of the
	// first-level cache.
	rowBytes = blockBytes + 128
)

// SlabColumns is how wide a slab is at most, and SlabLen how many elements one
// has: two megabytes, which the third-level cache holds.
const SlabColumns = 1024

// SlabLen is how many elements a slab has at most.
func SlabLen[T Float]() int { return blockBytes / size[T]() * SlabColumns }

// BlockK is how long the blocks of k are that a sum of k terms is cut into:
// as few as possible, all as long but the last.
func BlockK[T Float](k int) int {
	return ceilDiv(k, max(1, ceilDiv(k, blockBytes/size[T]())))
}

const (
	// smallProduct is up to how many elements three matrices have that are
	// worked on in place: they stay in the second-level cache.
	smallProduct = 220_000
	// fewColumns of a tile are not worth packing A.
	fewColumns = 64
	// fewApart rows that are read at a time are worth packing A for more.
	fewApart = 12
	// mostPanels are computed in one kernel call, which the collector has to
	// wait for: 12 rows of a block by a panel of B each, 36 µs in all at 117
	// GFLOP/s.
	mostPanels = 11
	// largeB is from how many elements on B leaves no room for others in the
	// second-level cache.
	largeB = 64 << 10
	// finished is how many elements of C are finished before After is called:
	// as many as still lie in the cache, and as few calls as can be.
	finished = 16 << 10
)
