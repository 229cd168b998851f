package runtime

import (
	"sync"
	"sync/atomic"
)

// Packed holds copies of a model's matrices in the order in which products
// read their right operand (see Products.Pack), for one version of the
// weights. All that reads the model shares it: any number of goroutines may
// bring it up to date at once.
type Packed[T Float] struct {
	stack   Stack
	from    []T
	making  sync.Mutex
	version atomic.Uint64 // of the weights that data is of; 0 for none
	length  int           // of a copy
	data    []T
}

// Stack says where Count matrices op(B), [K,N], lie in a tensor: number i begins
// at element Base + i*Stride, is stored as [N,K] if Trans, and its rows are Ld
// elements apart.
type Stack struct {
	K, N, Ld, Base, Count, Stride int
	Trans                         bool
}

// Of says what to copy, of the tensor from.
func (p *Packed[T]) Of(s Stack, from []T) {
	p.stack, p.from, p.length = s, from, PackedLen[T](s.K, s.N)
}

// Reserve allocates what the copies need, unless it is there.
func (p *Packed[T]) Reserve() {
	p.making.Lock()
	defer p.making.Unlock()
	if p.data == nil {
		p.data = Memory[T](p.stack.Count * p.length)
	}
}

// Refresh makes the copies anew if they are of another version of the weights.
func (p *Packed[T]) Refresh(version uint64, products *Products[T]) {
	if p.version.Load() != version {
		p.pack(version, products)
	}
}

func (p *Packed[T]) pack(version uint64, products *Products[T]) {
	p.making.Lock()
	defer p.making.Unlock()
	if p.version.Load() == version {
		return
	}
	s := &p.stack
	for i := range s.Count {
		products.Pack(s.Trans, s.K, s.N, p.from[s.Base+i*s.Stride:], s.Ld, p.Matrix(i))
	}
	p.version.Store(version)
}

// Matrix is the copy of matrix number i, for Products.GemmPacked.
func (p *Packed[T]) Matrix(i int) []T { return p.data[i*p.length : (i+1)*p.length] }
