package runtime

import (
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/gtc-lang/gtc/runtime/internal/gemm"
)

// slabSizes is a product of more rows than are packed for one by one, with two
// slabs beside each other, and float64 with two below each other.
const slabM, slabN, slabK = 3*gemm.MaxRows + 5, gemm.SlabColumns + 37, 300

// Products whose B is packed in slabs give the bits of those whose B is not,
// hand every element to After once, and leave the slab to others.
func TestGemmInSlabs(t *testing.T) {
	onEverySet(t, func(t *testing.T) {
		t.Run("float32", testSlabs[float32])
		t.Run("float64", testSlabs[float64])
	})
}

func testSlabs[T Float](t *testing.T) {
	pool := NewPool(2)
	defer pool.Close()
	p := NewProducts[T](pool)
	if !p.call.Kernels.Slabs(slabM, slabN, slabK) {
		t.Skip("this set has none")
	}
	r := rand.New(rand.NewPCG(7, 8))
	a, b, c := random[T](slabM*slabK, r), random[T](slabK*slabN, r), random[T](slabM*slabN, r)
	for _, form := range []struct{ tA, tB bool }{{false, false}, {false, true}, {true, false}} {
		seen, lda, ldb := make([]int32, slabM*slabN), slabK, slabN
		if form.tA {
			lda = slabM
		}
		if form.tB {
			ldb = slabK
		}
		run := func() []T {
			to := slices.Clone(c)
			p.After(func(_, i0, i1, j0, j1 int) {
				for i := i0; i < i1; i++ {
					for j := j0; j < j1; j++ {
						seen[i*slabN+j]++
						to[i*slabN+j]++
					}
				}
			}).Gemm(form.tA, form.tB, slabM, slabN, slabK, 1.5, a, lda, b, ldb, -0.5, to, slabN)
			return to
		}
		p.others.slab.busy.Lock()
		want := run()
		p.others.slab.busy.Unlock()
		if got := run(); !slices.Equal(got, want) {
			t.Errorf("%+v: other bits in slabs", form)
		}
		if i := slices.IndexFunc(seen, func(n int32) bool { return n != 2 }); i >= 0 {
			t.Errorf("%+v: After was called %d times for element %d of two products", form, seen[i], i)
		}
		if !p.others.slab.busy.TryLock() {
			t.Fatalf("%+v: the slab is not given back", form)
		}
		p.others.slab.busy.Unlock()
	}
}

// Of products at the same time on one pool one has the slab, and all have the
// same bits.
func TestGemmSharesASlab(t *testing.T) {
	pool := NewPool(2)
	defer pool.Close()
	r := rand.New(rand.NewPCG(9, 10))
	const n = 240
	a, b := random[float32](slabM*slabK, r), random[float32](slabK*n, r)
	results := make([][]float32, 4)
	var all sync.WaitGroup
	for i := range results {
		all.Go(func() {
			p := NewProducts[float32](pool)
			for range 5 {
				results[i] = make([]float32, slabM*n)
				p.Gemm(false, false, slabM, n, slabK, 1, a, slabK, b, n, 0, results[i], n)
			}
		})
	}
	all.Wait()
	for i := range results {
		if !slices.Equal(results[i], results[0]) {
			t.Errorf("product %d has other bits", i)
		}
	}
}

// A slab is left to others also when what comes after a product panics.
func TestGemmGivesTheSlabBack(t *testing.T) {
	p := NewProducts[float32](NewPool(1))
	a, b, c := make([]float32, slabM*slabK), make([]float32, slabK*slabN), make([]float32, slabM*slabN)
	func() {
		defer func() { _ = recover() }()
		p.After(func(_, _, _, _, _ int) { panic("after") }).Gemm(false, false, slabM, slabN, slabK, 1, a, slabK, b, slabN, 0, c, slabN)
	}()
	if !p.others.slab.busy.TryLock() || p.call.Slab.B != nil {
		t.Fatal("the slab is not given back")
	}
	p.others.slab.busy.Unlock()
}

// Reserve makes the slab of large products, which then make no other, and none
// for those of few rows or a small B.
func TestReserve(t *testing.T) {
	p := NewProducts[float32](NewPool(1))
	p.Reserve(3*gemm.MaxRows, slabN, slabK)
	p.Reserve(slabM, 128, 512)
	if p.others.slab.memory != nil {
		t.Error("a slab that no product needs")
	}
	p.Reserve(slabM, slabN, slabK)
	before := p.others.slab.memory
	if (before != nil) != p.call.Kernels.Slabs(slabM, slabN, slabK) {
		t.Fatalf("slab reserved: %v", before != nil)
	}
	a, b, c := make([]float32, slabM*slabK), make([]float32, slabK*slabN), make([]float32, slabM*slabN)
	p.Gemm(false, false, slabM, slabN, slabK, 1, a, slabK, b, slabN, 0, c, slabN)
	if after := p.others.slab.memory; before != nil && &after.([]float32)[0] != &before.([]float32)[0] {
		t.Error("the product made another slab")
	}
}
