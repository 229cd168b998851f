package runtime

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"

	"github.com/gtc-lang/gtc/runtime/internal/cpu"
)

// onEverySet runs a test in each kernel set that the processor has, in short
// mode in the best.
func onEverySet(t *testing.T, test func(t *testing.T)) {
	for s := cpu.Go; s <= cpu.Best(); s++ {
		if testing.Short() && s < cpu.Best() {
			continue
		}
		t.Run(s.String(), func(t *testing.T) {
			defer cpu.Force(s)()
			test(t)
		})
	}
}

// integers are small enough for all sums of products to be exact in float32.
func integers[T Float](n int, r *rand.Rand) []T {
	x := make([]T, n)
	for i := range x {
		x[i] = T(r.IntN(15) - 7)
	}
	return x
}

// Products of all sizes up to 70 (in short mode and of the slower set, of
// some) in all four forms. The products for one k are corners of one.
func TestGemmEdges(t *testing.T) {
	onEverySet(t, func(t *testing.T) {
		step := 1
		if testing.Short() || cpu.Use() == cpu.Go {
			step = 9
		}
		t.Run("float32", func(t *testing.T) { testEdges[float32](t, step) })
		t.Run("float64", func(t *testing.T) { testEdges[float64](t, 3*step) })
	})
}

func testEdges[T Float](t *testing.T, step int) {
	const most = 70
	p := NewProducts[T](testPool())
	r := rand.New(rand.NewPCG(11, 12))
	a, b := integers[T](most*most, r), integers[T](most*most, r)
	got := make([]T, most*most)
	for k := 1; k <= most; k += step {
		for form := range 4 {
			tA, tB := form&1 != 0, form&2 != 0
			whole := naive(tA, tB, most, most, k, 1, a, most, b, most, 0, nil, most)
			for m := 1; m <= most; m += step {
				for n := 1; n <= most; n += step {
					p.Gemm(tA, tB, m, n, k, 1, a, most, b, most, 0, got, n)
					for i := range m {
						for j, v := range got[i*n : i*n+n] {
							if float64(v) != whole[i*most+j] {
								t.Fatalf("%d×%d×%d, form %d: C[%d,%d] = %v, want %v", m, n, k, form, i, j, v, whole[i*most+j])
							}
						}
					}
				}
			}
		}
	}
}

// Sizes beyond one block, in all forms, packed and not, alone and with others.
func TestGemmLarge(t *testing.T) {
	onEverySet(t, func(t *testing.T) {
		t.Run("float32", testLarge[float32])
		t.Run("float64", testLarge[float64])
	})
}

func testLarge[T Float](t *testing.T) {
	pool := NewPool(3)
	defer pool.Close()
	p := NewProducts[T](pool)
	r := rand.New(rand.NewPCG(13, 14))
	for _, s := range [][3]int{{270, 530, 20}, {33, 70, 1100}, {300, 40, 520}, {1, 600, 700}, {70, 65, 512}, {530, 1, 513}, {33, 2100, 1030}, {5, 523, 700}} {
		m, n, k := s[0], s[1], s[2]
		a, b, c := integers[T](m*k, r), integers[T](k*n, r), integers[T](m*n, r)
		for form := range 4 {
			tA, tB := form&1 != 0, form&2 != 0
			lda, ldb := []int{k, m}[form&1], []int{n, k}[form>>1]
			want := naive(tA, tB, m, n, k, 2, a, lda, b, ldb, 3, c, n)
			plain, packed := slices.Clone(c), slices.Clone(c)
			p.Gemm(tA, tB, m, n, k, 2, a, lda, b, ldb, 3, plain, n)
			store := make([]T, PackedLen[T](k, n))
			p.Pack(tB, k, n, b, ldb, store)
			p.GemmPacked(tA, m, n, k, 2, a, lda, store, 3, packed, n)
			for i, w := range want {
				if float64(plain[i]) != w || float64(packed[i]) != w {
					t.Fatalf("%v form %d: C[%d] = %v, packed %v, want %v", s, form, i, plain[i], packed[i], w)
				}
			}
		}
	}
}

// The bits of a product depend neither on threads, nor on how operands are
// stored, nor on where they begin, nor on how many rows it has.
func TestGemmSameBits(t *testing.T) {
	onEverySet(t, func(t *testing.T) {
		t.Run("float32", testSameBits[float32])
		t.Run("float64", testSameBits[float64])
	})
}

func testSameBits[T Float](t *testing.T) {
	r := rand.New(rand.NewPCG(15, 16))
	m, n, k := 290, 310, 600
	a, b := random[T](m*k, r), random[T](k*n, r)
	aT, bT := transposedCopy(a, m, k), transposedCopy(b, k, n)
	want := make([]T, m*n)
	one := NewProducts[T](NewPool(1))
	one.Gemm(false, false, m, n, k, 1, a, k, b, n, 0, want, n)
	got := make([]T, m*n+1)
	same := func(name string, got []T) {
		t.Helper()
		if !slices.Equal(got, want[:len(got)]) {
			t.Errorf("%s: other bits", name)
		}
	}
	for _, threads := range []int{1, 2, 3, 4, 8} {
		pool := NewPool(threads)
		p := NewProducts[T](pool)
		for shift := range 2 {
			c := got[shift : shift+m*n]
			p.Gemm(false, false, m, n, k, 1, shifted(a, shift), k, shifted(b, shift), n, 0, c, n)
			same(fmt.Sprint(threads, " threads, shift ", shift), c)
			p.Gemm(true, true, m, n, k, 1, shifted(aT, shift), m, shifted(bT, shift), k, 0, c, n)
			same(fmt.Sprint(threads, " threads, transposed, shift ", shift), c)
		}
		store := make([]T, PackedLen[T](k, n))
		p.Pack(true, k, n, bT, k, store)
		p.GemmPacked(false, m, n, k, 1, a, k, store, 0, got, n)
		same(fmt.Sprint(threads, " threads, packed"), got[:m*n])
		for _, rows := range []int{1, 2, 7, 30, 289} {
			p.Gemm(false, false, rows, n, k, 1, a, k, b, n, 0, got, n)
			same(fmt.Sprint(threads, " threads, rows ", rows), got[:rows*n])
		}
		pool.Close()
	}
}

func transposedCopy[T Float](x []T, rows, cols int) []T {
	y := make([]T, len(x))
	for i := range rows {
		for j := range cols {
			y[j*rows+i] = x[i*cols+j]
		}
	}
	return y
}

// shifted is a copy of x that begins by elements behind an address for vectors.
func shifted[T Float](x []T, by int) []T { return append(make([]T, by), x...)[by:] }

// NaN and Inf go through wherever they stand, also against zeros.
func TestGemmNotFinite(t *testing.T) {
	onEverySet(t, func(t *testing.T) {
		p := NewProducts[float32](testPool())
		for _, s := range [][3]int{{1, 40, 30}, {20, 33, 40}, {300, 300, 70}} {
			m, n, k := s[0], s[1], s[2]
			a, b, c := make([]float32, m*k), make([]float32, k*n), make([]float32, m*n)
			store := make([]float32, PackedLen[float32](k, n))
			for _, bad := range []float32{float32(math.NaN()), float32(math.Inf(-1))} {
				b[(k-1)*n+n-1] = bad
				p.Gemm(false, false, m, n, k, 1, a, k, b, n, 0, c, n)
				expectBadColumn(t, c, m, n)
				p.Pack(false, k, n, b, n, store)
				p.GemmPacked(false, m, n, k, 1, a, k, store, 0, c, n)
				expectBadColumn(t, c, m, n)
			}
		}
	})
}

// expectBadColumn wants NaN in the last column of C and 0 elsewhere.
func expectBadColumn(t *testing.T, c []float32, m, n int) {
	t.Helper()
	for i := range m {
		for j, v := range c[i*n : i*n+n] {
			if j == n-1 && v == v || j < n-1 && v != 0 {
				t.Fatalf("%d×%d: C[%d,%d] = %v", m, n, i, j, v)
			}
		}
	}
}

// fuses records what the functions around a product are called with.
type fuses struct {
	mu    sync.Mutex
	c     []float32
	m, n  int
	calls []int // for each element of C, how often it was finished
	a     []float32
	k     int
}

func (f *fuses) before(batch, i0, i1, l0, l1 int, dst []float32, ld int) {
	for i := i0; i < i1; i++ {
		for l := l0; l < l1; l++ {
			dst[(i-i0)*ld+l-l0] = 2 * f.a[(batch*f.m+i)*f.k+l]
		}
	}
}

func (f *fuses) after(batch, i0, i1, j0, j1 int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := i0; i < i1; i++ {
		for j := j0; j < j1; j++ {
			at := (batch*f.m+i)*f.n + j
			f.calls[at]++
			f.c[at]++
		}
	}
}

func (f *fuses) afterRows(batch, i0, i1 int) { f.after(batch, i0, i1, 0, f.n) }

// What comes before and after a product sees each block it should, on any
// number of threads and with a user's BLAS.
func TestGemmFused(t *testing.T) {
	onEverySet(t, func(t *testing.T) {
		for _, threads := range []int{1, 3} {
			pool := NewPool(threads)
			p := NewProducts[float32](pool)
			testFused(t, p)
			p.Plug(gonum.Implementation{}.Sgemm)
			testFused(t, p)
			pool.Close()
		}
	})
}

func testFused(t *testing.T, p *Products[float32]) {
	r := rand.New(rand.NewPCG(17, 18))
	for _, s := range [][4]int{{1, 2, 3, 4}, {1, 300, 130, 600}, {3, 40, 50, 60}, {1, 100, 3000, 70}, {2, 9, 8, 0}} {
		batch, m, n, k := s[0], s[1], s[2], s[3]
		a, b := integers[float32](batch*m*k, r), integers[float32](k*n, r)
		for mode := range 4 {
			f := &fuses{c: make([]float32, batch*m*n), m: m, n: n, k: k, calls: make([]int, batch*m*n), a: a}
			factor, more := 1.0, 0.0
			operand := a
			if mode&1 != 0 {
				factor, operand = 2, nil
				p.Before(f.before)
			}
			if mode&2 != 0 {
				more = 1
				if mode == 2 {
					p.After(f.after)
				} else {
					p.AfterRows(f.afterRows)
				}
			}
			p.GemmBatched(batch, false, false, m, n, k, 1, operand, k, m*k, b, n, 0, 0, f.c, n, m*n)
			for i := range batch {
				want := naive(false, false, m, n, k, 1, a[i*m*k:], k, b, n, 0, nil, n)
				for j, w := range want {
					at := i*m*n + j
					if float64(f.c[at]) != factor*w+more || float64(f.calls[at]) != more {
						t.Fatalf("%v mode %d: C[%d] = %v after %d calls, want %v", s, mode, at, f.c[at], f.calls[at], factor*w+more)
					}
				}
			}
		}
	}
}

// A product that is refused leaves nothing behind for the next one.
func TestGemmForgetsWhatIsRefused(t *testing.T) {
	p := NewProducts[float32](testPool())
	func() {
		defer func() {
			if recover() == nil {
				t.Error("no panic")
			}
		}()
		p.After(func(_, _, _, _, _ int) { t.Error("called") }).Gemm(false, false, 2, 2, 2, 1, nil, 2, nil, 2, 0, nil, 2)
	}()
	p.Gemm(false, false, 1, 1, 1, 1, []float32{2}, 1, []float32{3}, 1, 0, make([]float32, 1), 1)
}

// What was asked of a product that panicked is not asked of the next one, and
// what it packed is not taken for the next one's.
func TestGemmForgetsAfterAPanic(t *testing.T) {
	p := NewProducts[float32](testPool())
	const n = 150
	r := rand.New(rand.NewPCG(5, 6))
	a, b := random[float32](n*n, r), random[float32](n*n, r)
	want, store := make([]float32, n*n), make([]float32, PackedLen[float32](n, n))
	p.Gemm(false, false, n, n, n, 1, a, n, b, n, 0, want, n)
	p.Pack(false, n, n, b, n, store)
	for name, ask := range map[string]func(c []float32){
		"before": func(c []float32) {
			p.Before(func(_, _, _, _, _ int, _ []float32, _ int) { panic("before") }).Gemm(false, false, n, n, n, 1, nil, 0, b, n, 0, c, n)
		},
		"after": func(c []float32) {
			p.After(func(_, _, _, _, _ int) { panic("after") }).GemmPacked(false, n, n, n, 1, a, n, store, 0, c, n)
		},
		"rows": func(c []float32) {
			p.AfterRows(func(_, _, _ int) { panic("rows") }).Gemm(false, false, n, n, n, 1, b, n, b, n, 0, c, n)
		},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Error(name, "has not panicked")
				}
			}()
			ask(make([]float32, n*n))
		}()
		got := make([]float32, n*n)
		p.Gemm(false, false, n, n, n, 1, a, n, b, n, 0, got, n)
		if !slices.Equal(got, want) {
			t.Error(name, "left something behind")
		}
	}
}

// Products of a batch each have a C of their own.
func TestGemmBatchedRefusesOneC(t *testing.T) {
	defer func() {
		if err, _ := recover().(error); err == nil || !strings.Contains(err.Error(), "such as m*ldc = 4") {
			t.Error("two products are written to one C: ", err)
		}
	}()
	x := make([]float32, 8)
	NewProducts[float32](testPool()).GemmBatched(2, false, false, 2, 2, 2, 1, x, 2, 4, x, 2, 4, 0, x, 2, 0)
}

// A user's BLAS gets packed matrices as they are.
func TestGemmPackedForAPluggedBLAS(t *testing.T) {
	p := NewProducts[float64](testPool())
	p.Plug(func(tA, tB blas.Transpose, m, n, k int, alpha float64, a []float64, lda int, b []float64, ldb int, beta float64, c []float64, ldc int) {
		gonum.Implementation{}.Dgemm(tA, tB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
	})
	b, c := []float64{1, 2, 3, 4, 5, 6}, make([]float64, 2)
	store := make([]float64, PackedLen[float64](3, 2))
	p.Pack(true, 3, 2, b, 3, store)
	p.GemmPacked(false, 1, 2, 3, 1, []float64{1, 10, 100}, 3, store, 0, c, 2)
	if c[0] != 321 || c[1] != 654 {
		t.Error(c)
	}
}

func TestGemmFusedAllocatesNothing(t *testing.T) {
	pool := NewPool(2)
	defer pool.Close()
	p := NewProducts[float32](pool)
	const n = 200
	a, b, c := make([]float32, n*n), make([]float32, n*n), make([]float32, n*n)
	store := make([]float32, PackedLen[float32](n, n))
	after := func(_, _, _, _, _ int) {}
	before := func(_, _, _, _, _ int, dst []float32, ld int) { clear(dst) }
	rows := func(_, _, _ int) {}
	expectNoAllocs(t, 50, func() {
		p.Pack(false, n, n, b, n, store)
		p.After(after).GemmPacked(false, n, n, n, 1, a, n, store, 0, c, n)
		p.Before(before).AfterRows(rows).Gemm(false, true, n, n, n, 1, nil, n, b, n, 0, c, n)
		p.GemmBatched(4, true, false, 10, 10, 10, 1, a, 10, 100, b, 10, 100, 0, c, 10, 100)
	})
}

// Many workspaces on one pool while the collector runs all the time.
func TestGemmStressFromManyGoroutines(t *testing.T) {
	pool := NewPool(3)
	defer pool.Close()
	r := rand.New(rand.NewPCG(19, 20))
	const m, n, k = 90, 100, 150
	a, b := integers[float32](m*k, r), integers[float32](k*n, r)
	want := naive(false, false, m, n, k, 1, a, k, b, n, 0, nil, n)
	stop := make(chan struct{})
	var collector, callers sync.WaitGroup
	collector.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				runtime.GC()
			}
		}
	})
	for range 16 {
		callers.Go(func() {
			for range 10 {
				p, c := NewProducts[float32](pool), make([]float32, m*n)
				p.Gemm(false, false, m, n, k, 1, slices.Clone(a), k, slices.Clone(b), n, 0, c, n)
				for i, w := range want {
					if float64(c[i]) != w {
						t.Errorf("C[%d] = %v, want %v", i, c[i], w)
						return
					}
				}
			}
		})
	}
	callers.Wait()
	close(stop)
	collector.Wait()
}
