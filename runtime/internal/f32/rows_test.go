package f32

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gtc-lang/gtc/runtime/internal/cpu"
)

// rows are the functions over slices, with what they are of one element.
var rows = []rowTest{
	unaryRow("exp", ExpRow, Exp), unaryRow("log", LogRow, Log), unaryRow("tanh", TanhRow, Tanh), unaryRow("sigmoid", SigmoidRow, Sigmoid),
	unaryRow("erf", ErfRow, Erf), unaryRow("rsqrt", RsqrtRow, Rsqrt), unaryRow("sin", SinRow, Sin), unaryRow("cos", CosRow, Cos),
	{"pow", 2, func(dst []float32, x [2][]float32) { PowRow(dst, x[0], x[1]) }, func(x [2]float32) float32 { return Pow(x[0], x[1]) }},
}

// reductions are the steps of reductions, and what takes them for slices.
var reductions = []struct {
	name  string
	lanes func(l *[16]float32, x, y []float32)
	step  func(x, y, l float32) float32
}{
	{"sum", func(l *[16]float32, x, _ []float32) { SumLanes(l, x) }, func(x, _, l float32) float32 { return l + x }},
	{"dot", DotLanes, func(x, y, l float32) float32 { return l + float32(x*y) }},
	{"most", func(l *[16]float32, x, _ []float32) { MostLanes(l, x) }, func(x, _, l float32) float32 { return max(l, x) }},
	{"least", func(l *[16]float32, x, _ []float32) { LeastLanes(l, x) }, func(x, _, l float32) float32 { return min(l, x) }},
}

type rowTest struct {
	name   string
	args   int
	row    func(dst []float32, x [2][]float32)
	scalar func(x [2]float32) float32
}

func unaryRow(name string, row func(dst, x []float32), f func(float32) float32) rowTest {
	return rowTest{name, 1, func(dst []float32, x [2][]float32) { row(dst, x[0]) }, func(x [2]float32) float32 { return f(x[0]) }}
}

// eachSet runs a test with each kernel set that the processor has.
func eachSet(t *testing.T, test func(t *testing.T)) {
	for s := cpu.Go; s <= cpu.Best(); s++ {
		t.Run(s.String(), func(t *testing.T) {
			defer cpu.Force(s)()
			test(t)
		})
	}
}

// same reports whether two numbers have the same bits; all NaN are the same.
func same(a, b float32) bool { return bits(a) == bits(b) || a != a && b != b }

// special are numbers at which functions have edges.
var special = []float32{
	0, float32(math.Copysign(0, -1)), inf, -inf, nan, 1, -1, 0.5, -0.5, 2, -2, 3, -3, 1e-30, -1e-30, 1e30, -1e30,
	math.SmallestNonzeroFloat32, -math.SmallestNonzeroFloat32, 0x1p-126, -0x1p-126, 0x1.fffffep-127, math.MaxFloat32, -math.MaxFloat32,
	88.72283, 88.72284, 89, -87.33654, -87.4, -103.97, -103.98, -104, -105, 0x1p-12, 0x1p23, 0x1p24, 0x1p31, -0x1p31, 0x1p32,
}

// mixed fills a slice with numbers of all sizes: specials, small ones as in
// networks, and any bits.
func mixed(x []float32, r *rand.Rand) {
	for i := range x {
		switch r.IntN(4) {
		case 0:
			x[i] = special[r.IntN(len(special))]
		case 1:
			x[i] = math.Float32frombits(r.Uint32())
		default:
			x[i] = float32(r.NormFloat64() * 4)
		}
	}
}

// longest is the longest slice that is tested at every alignment.
const longest = 257

// TestRowsGuarded calls every function with slices of every length, and every
// alignment, whose elements lie directly before and behind memory that may not
// be touched; in place, too.
func TestRowsGuarded(t *testing.T) {
	const args = 3
	var memory [args][]float32
	for k := range memory {
		memory[k] = guarded(t, longest)
	}
	r := rand.New(rand.NewPCG(1, 2))
	eachSet(t, func(t *testing.T) {
		for _, c := range rows {
			for n := range longest + 1 {
				end := len(memory[0]) - n
				for _, at := range []int{0, end, min(n%16, end)} {
					place := func(k int) []float32 { return memory[k][at:][:n] }
					for k := range c.args {
						mixed(place(k), r)
					}
					checkRow(t, c, memory[args-1][end-at:][:n], [2][]float32{place(0), place(1)})
					checkRow(t, c, place(0), [2][]float32{place(0), place(1)})
				}
			}
		}
	})
}

// TestLanesGuarded calls every reduction with slices of every length that end,
// or begin, where memory may not be touched.
func TestLanesGuarded(t *testing.T) {
	memory := [2][]float32{guarded(t, longest), guarded(t, longest)}
	r := rand.New(rand.NewPCG(1, 2))
	eachSet(t, func(t *testing.T) {
		for _, c := range reductions {
			for n := range longest + 1 {
				for _, at := range []int{0, len(memory[0]) - n} {
					x, y := memory[0][at:][:n], memory[1][at:][:n]
					mixed(x, r)
					mixed(y, r)
					var got, want [16]float32
					mixed(got[:], r)
					want = got
					for i := range x {
						want[i%16] = c.step(x[i], y[i], want[i%16])
					}
					c.lanes(&got, x, y)
					for i := range got {
						if !same(got[i], want[i]) {
							t.Fatalf("%s of %d elements: lane %d is %v, not %v", c.name, n, i, got[i], want[i])
						}
					}
				}
			}
		}
	})
}

// checkRow compares a row with its scalar function.
func checkRow(t *testing.T, c rowTest, dst []float32, x [2][]float32) {
	t.Helper()
	want := make([]float32, len(dst))
	var at [2][]float32
	for k := range c.args {
		at[k] = append([]float32{}, x[k]...)
	}
	arg := func(i int) (v [2]float32) {
		for k := range c.args {
			v[k] = at[k][i]
		}
		return v
	}
	for i := range want {
		want[i] = c.scalar(arg(i))
	}
	c.row(dst, x)
	for i := range want {
		if !same(dst[i], want[i]) {
			t.Fatalf("%s of %d elements: element %d, of %v, is %v (%x), not %v (%x)", c.name, len(dst), i, arg(i), dst[i], bits(dst[i]), want[i], bits(want[i]))
		}
	}
}

// TestRowsAll compares the functions of one argument over all inputs, or a
// part of them.
func TestRowsAll(t *testing.T) {
	eachSet(t, func(t *testing.T) {
		if cpu.Use() == cpu.Go {
			t.Skip("is what the others are compared with")
		}
		stride := uint64(1009)
		if *all {
			stride = 1
		}
		for _, c := range rows {
			if c.args > 1 {
				continue
			}
			x, dst := make([]float32, 1<<12), make([]float32, 1<<12)
			for from := uint64(0); from < 1<<32; from += stride << 12 {
				for i := range x {
					x[i] = math.Float32frombits(uint32(from + uint64(i)*stride))
				}
				checkRow(t, c, dst, [2][]float32{x})
			}
		}
	})
}

func TestRowsLong(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	eachSet(t, func(t *testing.T) {
		for _, c := range rows {
			x := [2][]float32{make([]float32, 3*chunk+5), make([]float32, 3*chunk+5)}
			mixed(x[0], r)
			mixed(x[1], r)
			checkRow(t, c, make([]float32, len(x[0])), x)
		}
	})
}

// BenchmarkRows measures a function over 1 k and 16 k elements, normal and
// denormal ones.
func BenchmarkRows(b *testing.B) {
	for _, c := range rows {
		for _, n := range []int{1 << 10, 1 << 14} {
			for _, kind := range []string{"normal", "denormal"} {
				b.Run(fmt.Sprintf("%s/%d/%s", c.name, n, kind), func(b *testing.B) {
					r := rand.New(rand.NewPCG(1, 2))
					x := [2][]float32{make([]float32, n), make([]float32, n)}
					for k := range x {
						for i := range x[k] {
							x[k][i] = float32(r.NormFloat64() * 2)
							if kind == "denormal" {
								x[k][i] *= 0x1p-140
							}
						}
					}
					dst := make([]float32, n)
					for b.Loop() {
						c.row(dst, x)
					}
					b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/element")
				})
			}
		}
	}
}
