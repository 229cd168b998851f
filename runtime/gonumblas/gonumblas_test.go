package gonumblas

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/blas/gonum"

	"github.com/gtc-lang/gtc/runtime"
)

// pool is one for all tests.
var pool = sync.OnceValue(func() *runtime.Pool { return runtime.NewPool(2) })

var forms = []blas.Transpose{blas.NoTrans, blas.Trans}

func TestAgainstGonum(t *testing.T) {
	impl := New(pool())
	r := rand.New(rand.NewPCG(1, 2))
	for _, s := range [][3]int{{1, 1, 1}, {3, 5, 7}, {40, 33, 65}, {70, 80, 300}} {
		for _, tA := range forms {
			for _, tB := range forms {
				t.Run(fmt.Sprint(s, tA, tB), func(t *testing.T) { compareGemm(t, impl, r, tA, tB, s[0], s[1], s[2]) })
			}
			t.Run(fmt.Sprint("gemv", s, tA), func(t *testing.T) { compareGemv(t, impl, r, tA, s[0], s[2]) })
		}
	}
}

func compareGemm(t *testing.T, impl *Implementation, r *rand.Rand, tA, tB blas.Transpose, m, n, k int) {
	lda, ldb, ldc := k+1, n+2, n+3
	if tA == blas.Trans {
		lda = m
	}
	if tB == blas.Trans {
		ldb = k
	}
	a, b, c := numbers((m+k)*(m+k+1), r), numbers((n+k)*(n+k+2), r), numbers(m*ldc, r)
	want := append([]float64(nil), c...)
	a32, b32, c32 := single(a), single(b), single(c)
	gonum.Implementation{}.Dgemm(tA, tB, m, n, k, 0.5, a, lda, b, ldb, 2, want, ldc)
	impl.Dgemm(tA, tB, m, n, k, 0.5, a, lda, b, ldb, 2, c, ldc)
	impl.Sgemm(tA, tB, m, n, k, 0.5, a32, lda, b32, ldb, 2, c32, ldc)
	near(t, c, want, 1e-12)
	near(t, c32, want, 1e-3)
}

func compareGemv(t *testing.T, impl *Implementation, r *rand.Rand, tA blas.Transpose, m, n int) {
	for _, inc := range []int{1, 2} {
		a, x, y := numbers(m*n, r), numbers(2*(m+n), r), numbers(2*(m+n), r)
		want := append([]float64(nil), y...)
		y32 := single(y)
		gonum.Implementation{}.Dgemv(tA, m, n, 0.5, a, n, x, inc, 2, want, inc)
		impl.Dgemv(tA, m, n, 0.5, a, n, x, inc, 2, y, inc)
		impl.Sgemv(tA, m, n, 0.5, single(a), n, single(x), inc, 2, y32, inc)
		near(t, y, want, 1e-12)
		near(t, y32, want, 1e-3)
	}
}

func numbers(n int, r *rand.Rand) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = r.NormFloat64()
	}
	return x
}

func single(x []float64) []float32 {
	y := make([]float32, len(x))
	for i, v := range x {
		y[i] = float32(v)
	}
	return y
}

func near[T float32 | float64](t *testing.T, got []T, want []float64, eps float64) {
	t.Helper()
	for i := range got {
		if !(math.Abs(float64(got[i])-want[i]) <= eps) {
			t.Fatalf("%d: %v, want %v", i, got[i], want[i])
		}
	}
}

// Users call it through blas32 and blas64, from many goroutines.
func TestUse(t *testing.T) {
	impl := New(pool())
	blas32.Use(impl)
	blas64.Use(impl)
	defer blas32.Use(gonum.Implementation{})
	defer blas64.Use(gonum.Implementation{})
	var callers sync.WaitGroup
	for range 8 {
		callers.Go(func() {
			a := blas32.General{Rows: 2, Cols: 2, Stride: 2, Data: []float32{1, 2, 3, 4}}
			c := blas32.General{Rows: 2, Cols: 2, Stride: 2, Data: make([]float32, 4)}
			d := blas64.General{Rows: 1, Cols: 2, Stride: 2, Data: []float64{5, 6}}
			e := blas64.General{Rows: 1, Cols: 1, Stride: 1, Data: make([]float64, 1)}
			for range 100 {
				blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, a, a, 0, c)
				blas64.Gemm(blas.NoTrans, blas.Trans, 1, d, d, 0, e)
				if c.Data[0] != 7 || c.Data[3] != 22 || e.Data[0] != 61 {
					t.Errorf("%v %v", c.Data, e.Data)
				}
			}
		})
	}
	callers.Wait()
}

func TestAllocatesNothing(t *testing.T) {
	impl := New(pool())
	a, b, c := make([]float32, 300*300), make([]float32, 300*300), make([]float32, 300*300)
	run := func() {
		impl.Sgemm(blas.NoTrans, blas.Trans, 300, 300, 300, 1, a, 300, b, 300, 0, c, 300)
		impl.Sgemv(blas.Trans, 300, 300, 1, a, 300, b, 1, 0, c, 1)
	}
	run()
	if n := testing.AllocsPerRun(10, run); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestRefusesWhatIsNoTransposition(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	New(pool()).Sgemm('x', blas.NoTrans, 1, 1, 1, 1, []float32{1}, 1, []float32{1}, 1, 0, []float32{1}, 1)
}
