package runtime

// The split of work is a pure function of sizes (law 2): how many chunks
// there are never depends on how many threads will run them.

const (
	serialCost = 1 << 16 // in elementary operations: below, one chunk
	chunkCost  = 1 << 15 // what a chunk is worth at least
	maxChunks  = 64
)

// Chunks returns into how many chunks a loop over n items should be cut, each
// item costing about cost elementary operations (one multiply-add, one load
// and store of an element; an exponential counts for twenty). It is 1 for
// small loops and at most min(n, 64).
func Chunks(n, cost int) int {
	if n <= 1 || cost <= 0 {
		return 1
	}
	total := int64(n) * int64(cost)
	if total/int64(cost) != int64(n) { // overflow
		return min(n, maxChunks)
	}
	if total < serialCost {
		return 1
	}
	return int(min(total/chunkCost, int64(n), maxChunks))
}

// VectorChunks is Chunks for loops that there is assembly for, which does an
// eighth of the work for each element, or less.
func VectorChunks(n, cost int) int { return Chunks(n, 1+(cost-1)/8) }

// Split returns the half-open range of the n items that belongs to a chunk.
// Ranges differ by at most one item.
func Split(n, chunks, chunk int) (lo, hi int) {
	size, more := n/chunks, n%chunks
	lo = chunk*size + min(chunk, more)
	hi = lo + size
	if chunk < more {
		hi++
	}
	return lo, hi
}
