package runtime

import (
	"fmt"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"
)

// GemmFunc is the shape of BLAS's Sgemm (T float32) and Dgemm (T float64) in
// gonum's interfaces: C = alpha op(A) op(B) + beta C, row-major. With an
// implementation at hand, impl.Sgemm and impl.Dgemm are values of this type.
type GemmFunc[T Float] func(tA, tB blas.Transpose, m, n, k int, alpha T, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int)

// Products computes matrix products for one workspace: it holds the scratch
// memory, so that a product allocates nothing. One goroutine uses it at a
// time; any number of Products share a pool.
//
// A product is cut into tiles of C by its sizes alone, and each tile sums over
// k in fixed blocks in order: the bits of the result depend neither on the
// number of threads nor on where the operands lie in memory. NaN and Inf go
// through as arithmetic has them (0*NaN is NaN); the sign of a zero is open.
type Products[T Float] struct {
	pool   *Pool
	user   GemmFunc[T]
	kernel GemmFunc[T]
	own    *packBuffer[T]
	others *packing
	call   gemmCall[T]
	chunks int
}

// gemmCall is the product in hand, and the grid of tiles it is cut into.
type gemmCall[T Float] struct {
	tA, tB                    bool
	m, n, k                   int
	alpha, beta               T
	a, b, c                   []T
	lda, ldb, ldc             int
	strideA, strideB, strideC int
	tileN                     int // width of a tile
	rows, cols                int // tiles of one matrix, downwards and across
	tiles                     int // of the whole batch
}

// NewProducts makes the products of one workspace, on the given pool.
func NewProducts[T Float](pool *Pool) *Products[T] {
	p := &Products[T]{pool: pool, own: new(packBuffer[T])}
	switch kernel := any(&p.kernel).(type) {
	case *GemmFunc[float32]:
		*kernel = gonum.Implementation{}.Sgemm
		p.others = &pool.packing[0]
	case *GemmFunc[float64]:
		*kernel = gonum.Implementation{}.Dgemm
		p.others = &pool.packing[1]
	}
	reserve[T](p.others, len(pool.workers))
	return p
}

// Plug replaces the products by a user's BLAS: f is called once for each
// product, whole, and answers for threads, allocations and bits itself. A nil
// f brings the built-in ones back.
func (p *Products[T]) Plug(f GemmFunc[T]) { p.user = f }

// Gemm computes C = alpha op(A) op(B) + beta C, where op(A) is [m,k], op(B)
// is [k,n] and C is [m,n], all row-major with rows lda, ldb, ldc elements
// apart; tA says that A is stored as [k,m], tB that B is stored as [n,k].
// With alpha 0, A and B are not read; with beta 0, C is not.
// It panics if an operand is shorter than its sizes say.
func (p *Products[T]) Gemm(tA, tB bool, m, n, k int, alpha T, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int) {
	p.GemmBatched(1, tA, tB, m, n, k, alpha, a, lda, 0, b, ldb, 0, beta, c, ldc, 0)
}

// GemmBatched computes batch products of the same sizes; the operands of
// number i begin i*strideA, i*strideB and i*strideC elements in. A stride of
// 0 shares an operand (not C).
func (p *Products[T]) GemmBatched(batch int, tA, tB bool, m, n, k int, alpha T, a []T, lda, strideA int, b []T, ldb, strideB int, beta T, c []T, ldc, strideC int) {
	if batch <= 0 || m <= 0 || n <= 0 {
		return
	}
	p.call = gemmCall[T]{
		tA: tA, tB: tB, m: m, n: n, k: k, alpha: alpha, beta: beta,
		a: a, b: b, c: c, lda: lda, ldb: ldb, ldc: ldc,
		strideA: strideA, strideB: strideB, strideC: strideC,
	}
	p.call.check(batch)
	if p.user != nil {
		p.plugged(batch)
	} else {
		p.chunks = p.call.cut(batch)
		p.pool.RunTask(p.chunks, (*gemmTask[T])(p))
	}
	p.call.a, p.call.b, p.call.c = nil, nil, nil
}

// plugged hands the product to the user's BLAS.
func (p *Products[T]) plugged(batch int) {
	d := &p.call
	for i := range batch {
		p.user(transpose(d.tA), transpose(d.tB), d.m, d.n, d.k,
			d.alpha, d.a[i*d.strideA:], d.lda, d.b[i*d.strideB:], d.ldb, d.beta, d.c[i*d.strideC:], d.ldc)
	}
}

func transpose(t bool) blas.Transpose {
	if t {
		return blas.Trans
	}
	return blas.NoTrans
}

// check panics when an operand is too short, before anything is written.
func (d *gemmCall[T]) check(batch int) {
	checkOperand("A", len(d.a), batch, d.strideA, d.lda, d.m, d.k, d.tA)
	checkOperand("B", len(d.b), batch, d.strideB, d.ldb, d.k, d.n, d.tB)
	checkOperand("C", len(d.c), batch, d.strideC, d.ldc, d.m, d.n, false)
}

func checkOperand(name string, length, batch, stride, ld, rows, cols int, transposed bool) {
	if transposed {
		rows, cols = cols, rows
	}
	if rows <= 0 || cols <= 0 {
		return
	}
	need := (batch-1)*stride + (rows-1)*ld + cols
	if ld < cols || length < need {
		panic(fmt.Sprintf("runtime: product: %s is %d products of [%d,%d], rows %d apart: needs %d elements, has %d",
			name, batch, rows, cols, ld, need, length))
	}
}
