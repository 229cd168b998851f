package runtime

import (
	"sync"

	"github.com/gtc-lang/gtc/runtime/internal/gemm"
)

// slab is memory for a part of op(B) that is packed once for all rows of a
// large product. One product at a time uses it; others that run meanwhile pack
// B for each block of rows, which gives the same bits.
type slab struct {
	busy   sync.Mutex
	memory any // []T, once there was a product that needs it
}

// takeSlab returns the memory, or nil if somebody else has it.
func takeSlab[T Float](s *slab) []T {
	if !s.busy.TryLock() {
		return nil
	}
	if s.memory == nil {
		s.memory = Memory[T](gemm.SlabLen[T]())
	}
	return s.memory.([]T)
}

// Reserve makes what a product [m,k] by [k,n] needs beside the memory of its
// threads; otherwise the first such product makes it, and allocates.
func (p *Products[T]) Reserve(m, n, k int) {
	if p.call.Kernels.Slabs(m, n, k) && takeSlab[T](&p.others.slab) != nil {
		p.others.slab.busy.Unlock()
	}
}

// inSlabs computes the product in hand slab by slab, if it is one for that.
func (p *Products[T]) inSlabs() bool {
	d := &p.call
	if d.Packed || d.Before != nil || p.rows != nil || d.Alpha == 0 || !d.Kernels.Slabs(d.M, d.N, d.K) {
		return false
	}
	d.Slab.B = takeSlab[T](&p.others.slab)
	if d.Slab.B == nil {
		return false
	}
	defer p.endSlabs()
	block := gemm.BlockK[T](d.K)
	for j := 0; j < d.N; j += gemm.SlabColumns {
		for l := 0; l < d.K; l += block {
			s := &d.Slab
			s.L0, s.L1, s.J0, s.J1 = l, min(d.K, l+block), j, min(d.N, j+gemm.SlabColumns)
			p.runSlab()
		}
	}
	return true
}

// endSlabs lets others have the slab.
func (p *Products[T]) endSlabs() {
	p.call.Slab.B = nil
	p.others.slab.busy.Unlock()
}

// runSlab packs the slab in hand and adds what it gives to C.
func (p *Products[T]) runSlab() {
	d, s := &p.call, &p.call.Slab
	d.Serial = serial.Add(1)
	p.pool.RunTask(ceilDiv(d.Kernels.Panels(s.J1-s.J0), packPanels), (*slabTask[T])(p))
	p.grid = cut[T](1, d.M, s.J1-s.J0, s.L1-s.L0, false)
	p.grid.left = s.J0
	p.pool.RunTask(p.grid.chunks(), (*gemmTask[T])(p))
}

// slabTask packs the panels of a slab.
type slabTask[T Float] Products[T]

// Chunk packs some panels.
func (p *slabTask[T]) Chunk(worker, chunk int) {
	d := &p.call
	first := chunk * packPanels
	last := min(first+packPanels, d.Kernels.Panels(d.Slab.J1-d.Slab.J0))
	(*Products[T])(p).work(worker).PackSlab(d, first, last)
}
