package runtime

import (
	"gonum.org/v1/gonum/blas"

	"github.com/gtc-lang/gtc/runtime/internal/gemm"
)

// Before makes the next product, and that one alone, take op(A) from f, its a
// is not looked at: f writes op(A)[i0:i1, l0:l1] of a product of the batch to
// dst, its rows ld elements apart, and is called by the threads that need the
// block, more than once for the same one if C is wide. Bind f once:
//
//	w.products.Before(w.scaled3).Gemm(false, false, m, n, k, 1, nil, 0, b, n, 0, c, n)
func (p *Products[T]) Before(f func(batch, i0, i1, l0, l1 int, dst []T, ld int)) *Products[T] {
	p.call.Before, p.isPlain = f, false
	return p
}

// After makes the next product, and that one alone, call f for each part
// C[i0:i1, j0:j1] of a product of the batch when all of k is summed, while it
// is in the cache of the thread that computed it. Every element is in one
// part; how C is cut into parts depends on its sizes alone. Bind f once:
//
//	w.products.After(w.relu3).Gemm(…)
func (p *Products[T]) After(f func(batch, i0, i1, j0, j1 int)) *Products[T] {
	p.call.After, p.isPlain = f, false
	return p
}

// AfterRows is After for what needs whole rows: f is called for C[i0:i1].
func (p *Products[T]) AfterRows(f func(batch, i0, i1 int)) *Products[T] {
	p.rows, p.isPlain = f, false
	return p
}

// PackedLen is how many elements Pack makes of op(B), [k,n]; it is the same on
// every processor.
func PackedLen[T Float](k, n int) int { return gemm.PackedLen[T](k, n) }

// Pack brings op(B), [k,n], into the order in which GemmPacked reads it, for
// matrices that many products share. What it makes is for Products with the
// same kernel set and BLAS. It panics if dst is shorter than PackedLen.
func (p *Products[T]) Pack(tB bool, k, n int, b []T, ldb int, dst []T) {
	if k <= 0 || n <= 0 {
		return
	}
	err := checkOperand("B", len(b), 1, 0, ldb, k, n, tB)
	if err == nil {
		err = checkPacked(len(dst), PackedLen[T](k, n), k, n)
	}
	if err != nil {
		panic(err)
	}
	if p.user != nil {
		packPlain(tB, k, n, b, ldb, dst)
		return
	}
	d := &p.call
	d.TB, d.K, d.N, d.B, d.LDB, d.C = tB, k, n, b, ldb, dst
	chunks := ceilDiv(d.Kernels.Panels(n), packPanels)
	if k*n < packElements {
		for c := range chunks {
			(*packTask[T])(p).Chunk(0, c)
		}
	} else {
		p.pool.RunTask(chunks, (*packTask[T])(p))
	}
	d.B, d.C = nil, nil
}

// packElements is from where on a matrix is packed in parallel.
const packElements = 32 << 10

// packPlain is Pack for a user's BLAS: op(B) without gaps.
func packPlain[T Float](tB bool, k, n int, b []T, ldb int, dst []T) {
	for l := range k {
		for j := range n {
			if tB {
				dst[l*n+j] = b[j*ldb+l]
			} else {
				dst[l*n+j] = b[l*ldb+j]
			}
		}
	}
}

// GemmPacked is Gemm with an op(B) that Pack has packed.
func (p *Products[T]) GemmPacked(tA bool, m, n, k int, alpha T, a []T, lda int, packed []T, beta T, c []T, ldc int) {
	p.call.Packed, p.isPlain = true, false
	p.Gemm(tA, false, m, n, k, alpha, a, lda, packed, n, beta, c, ldc)
}

// plugged hands the product to the user's BLAS, with what comes before and
// after around it.
func (p *Products[T]) plugged(batch int) {
	d := &p.call
	for i := range batch {
		tA, a, lda := d.TA, d.A, d.LDA
		if d.Before == nil {
			a = a[i*d.StrideA:]
		} else {
			tA, lda = false, max(1, d.K)
			if len(p.plain) < d.M*lda {
				p.plain = make([]T, d.M*lda)
			}
			a = p.plain
			d.Before(i, 0, d.M, 0, d.K, a, lda)
		}
		p.user(transpose(tA), transpose(d.TB), d.M, d.N, d.K,
			d.Alpha, a, lda, d.B[i*d.StrideB:], d.LDB, d.Beta, d.C[i*d.StrideC:], d.LDC)
		if d.After != nil {
			d.After(i, 0, d.M, 0, d.N)
		}
		if p.rows != nil {
			p.rows(i, 0, d.M)
		}
	}
}

func transpose(t bool) blas.Transpose {
	if t {
		return blas.Trans
	}
	return blas.NoTrans
}
