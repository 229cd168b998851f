package ours

import (
	"time"

	rt "github.com/gtc-lang/gtc/runtime"

	"github.com/gtc-lang/gtc/bench/wire"
)

// product is C = op(A) op(B), a batch of them; or one, of a B that was packed
// before.
type product struct {
	products       *rt.Products[float32]
	tA, tB         bool
	m, n, k, batch int
	a, b, c        []float32
	packed         []float32
}

func loadProduct(row wire.Row) (wire.Work, error) {
	p := &product{
		products: rt.NewProducts[float32](rt.NewPool(row.Int("threads"))),
		tA:       row["ta"] != "", tB: row["tb"] != "",
		m: row.Int("m"), n: row.Int("n"), k: row.Int("k"), batch: max(1, row.Int("batch")),
	}
	p.a = rt.Memory[float32](p.batch * p.m * p.k)
	p.b = rt.Memory[float32](p.batch * p.k * p.n)
	p.c = rt.Memory[float32](p.batch * p.m * p.n)
	fill(p.a, 1)
	fill(p.b, 2)
	if row["packed"] != "" {
		p.packed = rt.Memory[float32](rt.PackedLen[float32](p.k, p.n))
		_, ldb := p.leading()
		p.products.Pack(p.tB, p.k, p.n, p.b, ldb, p.packed)
	}
	return p, nil
}

// leading are the lengths of rows as A and B are stored.
func (p *product) leading() (lda, ldb int) {
	lda, ldb = p.k, p.n
	if p.tA {
		lda = p.m
	}
	if p.tB {
		ldb = p.k
	}
	return lda, ldb
}

// fill sets numbers that every program makes alike: multiples of 1/256 in
// [-0.5, 0.5), so that sums of products are exact in any order.
func fill(x []float32, seed uint32) {
	for i := range x {
		x[i] = float32((uint32(i)+seed)*2654435761>>24)/256 - 0.5
	}
}

func (p *product) once() {
	lda, ldb := p.leading()
	switch {
	case p.packed != nil:
		p.products.GemmPacked(p.tA, p.m, p.n, p.k, 1, p.a, lda, p.packed, 0, p.c, p.n)
	case p.batch == 1:
		p.products.Gemm(p.tA, p.tB, p.m, p.n, p.k, 1, p.a, lda, p.b, ldb, 0, p.c, p.n)
	default:
		p.products.GemmBatched(p.batch, p.tA, p.tB, p.m, p.n, p.k, 1,
			p.a, lda, p.m*p.k, p.b, ldb, p.k*p.n, 0, p.c, p.n, p.m*p.n)
	}
}

func (p *product) Run(n int) (time.Duration, error) {
	start := time.Now()
	for range n {
		p.once()
	}
	return time.Since(start), nil
}

func (p *product) Check(n int) ([]float64, error) {
	p.once()
	return sample(p.c, n), nil
}

// sample takes n elements of x, evenly spread, and the sum of all.
func sample(x []float32, n int) []float64 {
	values := make([]float64, n+1)
	for i := range n {
		values[i] = float64(x[i*(len(x)-1)/max(1, n-1)])
	}
	for _, v := range x {
		values[n] += float64(v)
	}
	return values
}
