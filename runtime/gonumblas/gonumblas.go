// Package gonumblas lends the runtime's matrix products to gonum: what uses
// gonum's blas32 and blas64 (mat, stat, optimize, …) then computes its
// products with them.
//
//	impl := gonumblas.New(pool)
//	blas32.Use(impl)
//	blas64.Use(impl)
package gonumblas

import (
	"sync"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"

	"github.com/gtc-lang/gtc/runtime"
)

// Implementation is gonum's own BLAS with other products of matrices: Sgemm,
// Dgemm, and Sgemv and Dgemv of a transposed matrix. It may be used by any
// number of goroutines, and allocates nothing once it has served as many at
// the same time before.
type Implementation struct {
	gonum.Implementation
	single shelf[float32]
	double shelf[float64]
}

var (
	_ blas.Float32 = (*Implementation)(nil)
	_ blas.Float64 = (*Implementation)(nil)
)

// New makes an implementation that shares out large products on a pool.
func New(pool *runtime.Pool) *Implementation {
	i := new(Implementation)
	i.single.pool, i.double.pool = pool, pool
	return i
}

// Sgemm computes C = alpha op(A) op(B) + beta C.
func (i *Implementation) Sgemm(tA, tB blas.Transpose, m, n, k int, alpha float32, a []float32, lda int, b []float32, ldb int, beta float32, c []float32, ldc int) {
	p := i.single.take()
	defer i.single.give(p)
	p.Gemm(transposed(tA), transposed(tB), m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
}

// Dgemm computes C = alpha op(A) op(B) + beta C.
func (i *Implementation) Dgemm(tA, tB blas.Transpose, m, n, k int, alpha float64, a []float64, lda int, b []float64, ldb int, beta float64, c []float64, ldc int) {
	p := i.double.take()
	defer i.double.give(p)
	p.Gemm(transposed(tA), transposed(tB), m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
}

// Sgemv computes y = alpha op(A) x + beta y.
func (i *Implementation) Sgemv(tA blas.Transpose, m, n int, alpha float32, a []float32, lda int, x []float32, incX int, beta float32, y []float32, incY int) {
	if !asProduct(tA, m, n, incX, incY) {
		i.Implementation.Sgemv(tA, m, n, alpha, a, lda, x, incX, beta, y, incY)
		return
	}
	p := i.single.take()
	defer i.single.give(p)
	p.Gemm(false, false, 1, n, m, alpha, x, m, a, lda, beta, y, n)
}

// Dgemv computes y = alpha op(A) x + beta y.
func (i *Implementation) Dgemv(tA blas.Transpose, m, n int, alpha float64, a []float64, lda int, x []float64, incX int, beta float64, y []float64, incY int) {
	if !asProduct(tA, m, n, incX, incY) {
		i.Implementation.Dgemv(tA, m, n, alpha, a, lda, x, incX, beta, y, incY)
		return
	}
	p := i.double.take()
	defer i.double.give(p)
	p.Gemm(false, false, 1, n, m, alpha, x, m, a, lda, beta, y, n)
}

// asProduct reports whether a product with a vector is one of matrices: the
// vectors are rows without gaps, and A is read row by row.
func asProduct(tA blas.Transpose, m, n, incX, incY int) bool {
	return transposed(tA) && m > 0 && n > 0 && incX == 1 && incY == 1
}

func transposed(t blas.Transpose) bool {
	switch t {
	case blas.NoTrans:
		return false
	case blas.Trans, blas.ConjTrans:
		return true
	}
	panic("blas: illegal transpose")
}

// shelf keeps Products that nobody uses.
type shelf[T runtime.Float] struct {
	pool *runtime.Pool
	mu   sync.Mutex
	free []*runtime.Products[T]
}

func (s *shelf[T]) take() *runtime.Products[T] {
	s.mu.Lock()
	defer s.mu.Unlock()
	last := len(s.free) - 1
	if last < 0 {
		return runtime.NewProducts[T](s.pool)
	}
	p := s.free[last]
	s.free = s.free[:last]
	return p
}

func (s *shelf[T]) give(p *runtime.Products[T]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.free = append(s.free, p)
}
