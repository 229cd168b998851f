package runtime

import "sync/atomic"

// span is a range of chunks that one thread takes from at the front and
// others from the back. It has a cache line and its neighbour to itself, which
// processors fetch together.
type span struct {
	bounds atomic.Uint64 // the next chunk, and from the 32nd bit on the end
	_      [120]byte
}

// set makes the span the chunks from lo up to hi.
func (s *span) set(lo, hi int) { s.bounds.Store(uint64(hi)<<32 | uint64(uint32(lo))) }

// first takes the first chunk.
func (s *span) first() (chunk int, ok bool) {
	for {
		old := s.bounds.Load()
		lo, hi := uint32(old), uint32(old>>32)
		if lo >= hi {
			return 0, false
		}
		if s.bounds.CompareAndSwap(old, uint64(hi)<<32|uint64(lo+1)) {
			return int(lo), true
		}
	}
}

// last takes the last chunk.
func (s *span) last() (chunk int, ok bool) {
	for {
		old := s.bounds.Load()
		lo, hi := uint32(old), uint32(old>>32)
		if lo >= hi {
			return 0, false
		}
		if s.bounds.CompareAndSwap(old, uint64(hi-1)<<32|uint64(lo)) {
			return int(hi - 1), true
		}
	}
}
