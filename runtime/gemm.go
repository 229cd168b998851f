package runtime

import (
	"fmt"
	"sync/atomic"

	"gonum.org/v1/gonum/blas"

	"github.com/gtc-lang/gtc/runtime/internal/gemm"
)

// GemmFunc is the shape of BLAS's Sgemm (T float32) and Dgemm (T float64) in
// gonum's interfaces: C = alpha op(A) op(B) + beta C, row-major. With an
// implementation at hand, impl.Sgemm and impl.Dgemm are values of this type.
type GemmFunc[T Float] func(tA, tB blas.Transpose, m, n, k int, alpha T, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int)

// Products computes matrix products for one workspace: it holds the scratch
// memory, so that a product allocates nothing. One goroutine uses it at a
// time; any number of Products share a pool.
//
// A product is cut into parts by its sizes alone, and each element of C is
// summed over k in fixed blocks in order: within one kernel set the bits of
// the result depend neither on the number of threads nor on how the operands
// are stored nor on how many rows there are. NaN and Inf go through as
// arithmetic has them (0*NaN is NaN); the sign of a zero is open.
type Products[T Float] struct {
	pool   *Pool
	user   GemmFunc[T]
	own    *gemm.Work[T]
	others *packing
	call   gemm.Call[T]
	grid   grid
	rows   func(batch, i0, i1 int) // of AfterRows
	plain  []T                     // op(A) for a user's BLAS

	isPlain bool // no BLAS of a user, nothing before and after the next product
}

// NewProducts makes the products of one workspace, on the given pool.
func NewProducts[T Float](pool *Pool) *Products[T] {
	p := &Products[T]{pool: pool, own: gemm.NewWork[T]()}
	p.call.Kernels, p.isPlain = gemm.For[T](), true
	p.others = &pool.packing[0]
	if _, double := any(T(0)).(float64); double {
		p.others = &pool.packing[1]
	}
	reserve[T](p.others, pool.Threads()-1)
	return p
}

// Plug replaces the products by a user's BLAS: f is called once for each
// product, whole, and answers for threads, allocations and bits itself. A nil
// f brings the built-in ones back. What Pack made before is of no use then.
func (p *Products[T]) Plug(f GemmFunc[T]) { p.user, p.isPlain = f, f == nil }

// Gemm computes C = alpha op(A) op(B) + beta C, where op(A) is [m,k], op(B)
// is [k,n] and C is [m,n], all row-major with rows lda, ldb, ldc elements
// apart; tA says that A is stored as [k,m], tB that B is stored as [n,k].
// With alpha 0, A and B are not read; with beta 0, C is not.
// It panics if an operand is shorter than its sizes say.
func (p *Products[T]) Gemm(tA, tB bool, m, n, k int, alpha T, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int) {
	if p.isPlain && isSmall(m, n, k) && alpha != 0 &&
		holds(len(a), m, k, lda, tA) && holds(len(b), k, n, ldb, tB) && holds(len(c), m, n, ldc, false) {
		p.own.Small(p.call.Kernels, tA, tB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
		return
	}
	p.GemmBatched(1, tA, tB, m, n, k, alpha, a, lda, 0, b, ldb, 0, beta, c, ldc, 0)
}

// isSmall reports whether a product is for one thread and one block.
func isSmall(m, n, k int) bool {
	return uint(m-1)|uint(n-1)|uint(k-1) < 256 && m*n*k <= serialWork
}

// holds reports whether a matrix of at most 256 rows and columns lies within
// so many elements.
func holds(length, rows, cols, ld int, transposed bool) bool {
	if transposed {
		rows, cols = cols, rows
	}
	return ld >= cols && uint64(ld) < 1<<31 && uint64(rows-1)*uint64(ld)+uint64(cols) <= uint64(length)
}

// GemmBatched computes batch products of the same sizes; the operands of
// number i begin i*strideA, i*strideB and i*strideC elements in. A stride of
// 0 shares an operand (not C).
func (p *Products[T]) GemmBatched(batch int, tA, tB bool, m, n, k int, alpha T, a []T, lda, strideA int, b []T, ldb, strideB int, beta T, c []T, ldc, strideC int) {
	defer p.end() // also after a panic, in what comes before or after a product too
	if batch <= 0 || m <= 0 || n <= 0 {
		return
	}
	d := &p.call
	d.TA, d.TB, d.M, d.N, d.K, d.Alpha, d.Beta = tA, tB, m, n, max(0, k), alpha, beta
	d.A, d.LDA, d.StrideA = a, lda, strideA
	d.B, d.LDB, d.StrideB = b, ldb, strideB
	d.C, d.LDC, d.StrideC = c, ldc, strideC
	p.check(batch)
	if p.user != nil && d.K > 0 {
		p.plugged(batch)
	} else {
		p.run(batch)
	}
}

// serial counts products: a pool's scratch knows by it which one a packed block
// is of.
var serial atomic.Uint64

// run computes the product in hand.
func (p *Products[T]) run(batch int) {
	if batch == 1 && p.inSlabs() {
		return
	}
	p.call.Serial = serial.Add(1)
	p.grid = cut[T](batch, p.call.M, p.call.N, p.call.K, p.rows != nil)
	p.pool.RunTask(p.grid.chunks(), (*gemmTask[T])(p))
	if p.rows != nil && p.grid.across > 1 {
		p.pool.RunTask(p.grid.batch*p.grid.down, (*rowsTask[T])(p))
	}
}

// end forgets the product in hand.
func (p *Products[T]) end() {
	d := &p.call
	d.A, d.B, d.C, d.Packed, d.Before, d.After = nil, nil, nil, false, nil, nil
	p.rows, p.isPlain = nil, p.user == nil
}

// check panics when an operand is too short, before anything is written: the
// kernels do not look.
func (p *Products[T]) check(batch int) {
	d := &p.call
	err := checkOperand("C", len(d.C), batch, d.StrideC, d.LDC, d.M, d.N, false)
	if err == nil && d.Before == nil {
		err = checkOperand("A", len(d.A), batch, d.StrideA, d.LDA, d.M, d.K, d.TA)
	}
	if err == nil && d.Packed && p.user == nil {
		err = checkPacked(len(d.B), gemm.PackedLen[T](d.K, d.N), d.K, d.N)
	} else if err == nil {
		err = checkOperand("B", len(d.B), batch, d.StrideB, d.LDB, d.K, d.N, d.TB)
	}
	if err == nil && batch > 1 && d.StrideC == 0 {
		err = fmt.Errorf("runtime: product: strideC is 0, so that %d products would be written to one C: give the distance of theirs, such as m*ldc = %d", batch, d.M*d.LDC)
	}
	if err != nil {
		panic(err)
	}
}

// checkOperand does without products of sizes, which might overflow.
func checkOperand(name string, length, batch, stride, ld, rows, cols int, transposed bool) error {
	if transposed {
		rows, cols = cols, rows
	}
	if rows <= 0 || cols <= 0 {
		return nil
	}
	rest := length - cols
	fits := ld >= cols && rest >= 0 && rows-1 <= rest/ld
	if rest -= (rows - 1) * ld; fits && batch > 1 && stride != 0 {
		fits = stride > 0 && batch-1 <= rest/stride
	}
	if fits {
		return nil
	}
	return fmt.Errorf("runtime: product: %s is %d times [%d,%d], rows %d and matrices %d elements apart: %d elements do not hold it",
		name, batch, rows, cols, ld, stride, length)
}

func checkPacked(length, need, k, n int) error {
	if length >= need {
		return nil
	}
	return fmt.Errorf("runtime: product: a packed [%d,%d] has %d elements, not %d", k, n, need, length)
}
