package runtime

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"gonum.org/v1/gonum/blas"
)

// naive computes op(A) op(B) alpha + beta C in float64, term by term.
func naive[T Float](tA, tB bool, m, n, k int, alpha T, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int) []float64 {
	out := make([]float64, m*n)
	for i := range m {
		for j := range n {
			s := 0.0
			for l := range k {
				s += float64(at(a, lda, i, l, tA)) * float64(at(b, ldb, l, j, tB))
			}
			if alpha == 0 {
				s = 0
			} else {
				s *= float64(alpha)
			}
			if beta != 0 {
				s += float64(beta) * float64(c[i*ldc+j])
			}
			out[i*n+j] = s
		}
	}
	return out
}

func at[T Float](x []T, ld, i, j int, transposed bool) T {
	if transposed {
		i, j = j, i
	}
	return x[i*ld+j]
}

func random[T Float](n int, r *rand.Rand) []T {
	x := make([]T, n)
	for i := range x {
		x[i] = T(r.NormFloat64())
		if r.IntN(5) == 0 {
			x[i] = 0
		}
	}
	return x
}

var gemmSizes = [][3]int{
	{1, 1, 1}, {1, 7, 300}, {3, 200, 5}, {4, 193, 129}, {5, 5, 5}, {65, 193, 129},
	{130, 70, 40}, {128, 10, 64}, {2, 3, 0}, {33, 400, 17}, {70, 200, 130}, {1, 400, 300},
}

func testGemm[T Float](t *testing.T, eps float64) {
	pool := NewPool(3)
	defer pool.Close()
	p := NewProducts[T](pool)
	r := rand.New(rand.NewPCG(1, 2))
	for _, s := range gemmSizes {
		for form := range 4 {
			m, n, k := s[0], s[1], s[2]
			tA, tB := form&1 != 0, form&2 != 0
			lda, ldb, ldc := k+3, n+2, n+1
			if tA {
				lda = m + 3
			}
			if tB {
				ldb = k + 2
			}
			a, b, c := random[T]((m+k)*(m+k+3), r), random[T]((n+k)*(n+k+3), r), random[T](m*ldc, r)
			for _, ab := range [][2]T{{1, 0}, {0.5, 1}, {1, 2}, {0, 0.5}} {
				want := naive(tA, tB, m, n, k, ab[0], a, lda, b, ldb, ab[1], c, ldc)
				got := append([]T(nil), c...)
				p.Gemm(tA, tB, m, n, k, ab[0], a, lda, b, ldb, ab[1], got, ldc)
				for i := range m {
					for j := range n {
						if d := math.Abs(float64(got[i*ldc+j]) - want[i*n+j]); !(d <= eps*float64(k+2)) {
							t.Fatalf("%v tA=%v tB=%v %v: C[%d,%d] = %v, want %v", s, tA, tB, ab, i, j, got[i*ldc+j], want[i*n+j])
						}
					}
					if got[i*ldc+n] != c[i*ldc+n] {
						t.Fatalf("%v: wrote behind row %d", s, i)
					}
				}
			}
		}
	}
}

func TestGemm32(t *testing.T) { testGemm[float32](t, 1e-6) }
func TestGemm64(t *testing.T) { testGemm[float64](t, 1e-14) }

func TestGemmLetsNaNThrough(t *testing.T) {
	p := NewProducts[float32](testPool())
	for _, m := range []int{2, 20} {
		for form := range 4 {
			for _, bad := range []float32{float32(math.NaN()), float32(math.Inf(1))} {
				n, k := 30, 40
				a, b, c := make([]float32, m*k), make([]float32, k*n), make([]float32, m*n)
				b[0] = bad // B[0,0] in both layouts
				p.Gemm(form&1 != 0, form&2 != 0, m, n, k, 1, a, []int{k, m}[form&1], b, []int{n, k}[form>>1], 0, c, n)
				for i := range m {
					if c[i*n] == c[i*n] || c[i*n+1] != 0 {
						t.Fatalf("m=%d form=%d: 0*%v gave row %v", m, form, bad, c[i*n:i*n+2])
					}
				}
			}
		}
	}
}

// Sixty-four workspaces share a pool and get the same bits.
func TestGemmFromManyGoroutines(t *testing.T) {
	pool := NewPool(4)
	defer pool.Close()
	r := rand.New(rand.NewPCG(7, 8))
	const n = 70
	a, b, want := random[float32](n*n, r), random[float32](n*n, r), make([]float32, n*n)
	NewProducts[float32](pool).Gemm(true, false, n, n, n, 1, a, n, b, n, 0, want, n)
	var callers sync.WaitGroup
	for range 64 {
		callers.Go(func() {
			p, c := NewProducts[float32](pool), make([]float32, n*n)
			for range 3 {
				p.Gemm(true, false, n, n, n, 1, a, n, b, n, 0, c, n)
				if !slices.Equal(c, want) {
					t.Error("another result")
				}
			}
		})
	}
	callers.Wait()
}

func TestGemmBatched(t *testing.T) {
	p := NewProducts[float64](testPool())
	r := rand.New(rand.NewPCG(5, 6))
	batch, m, n, k := 5, 9, 11, 13
	a, b := random[float64](batch*m*k, r), random[float64](k*n, r)
	c := make([]float64, batch*m*n)
	p.GemmBatched(batch, false, false, m, n, k, 1, a, k, m*k, b, n, 0, 0, c, n, m*n)
	for i := range batch {
		want := naive(false, false, m, n, k, 1, a[i*m*k:], k, b, n, 0, nil, n)
		for j := range want {
			if math.Abs(c[i*m*n+j]-want[j]) > 1e-12 {
				t.Fatalf("product %d differs at %d", i, j)
			}
		}
	}
}

func TestGemmAllocatesNothing(t *testing.T) {
	pool := NewPool(2)
	defer pool.Close()
	for _, m := range []int{1, 32, 300} {
		t.Run(fmt.Sprint(m), func(t *testing.T) {
			p := NewProducts[float32](pool)
			a, b, c := make([]float32, m*200), make([]float32, 200*300), make([]float32, m*300)
			expectNoAllocs(t, 100, func() {
				p.Gemm(false, false, m, 300, 200, 1, a, 200, b, 300, 0, c, 300)
			})
		})
	}
}

func TestGemmUsesAPluggedBLAS(t *testing.T) {
	p := NewProducts[float64](testPool())
	calls := 0
	p.Plug(func(tA, tB blas.Transpose, m, n, k int, alpha float64, a []float64, lda int, b []float64, ldb int, beta float64, c []float64, ldc int) {
		calls++
		if tA != blas.Trans || tB != blas.NoTrans || m != 2 || n != 3 || k != 4 {
			t.Errorf("got %c %c %d %d %d", tA, tB, m, n, k)
		}
	})
	p.GemmBatched(2, true, false, 2, 3, 4, 1, make([]float64, 16), 2, 8, make([]float64, 12), 3, 0, 0, make([]float64, 12), 3, 6)
	if calls != 2 {
		t.Fatalf("%d calls", calls)
	}
}

func TestGemmRefusesShortOperands(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Fatal("no panic")
		}
	}()
	NewProducts[float32](testPool()).Gemm(false, false, 4, 4, 4, 1, make([]float32, 15), 4, make([]float32, 16), 4, 0, make([]float32, 16), 4)
}
