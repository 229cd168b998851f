package f32

import (
	"flag"
	"math"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
)

var all = flag.Bool("f32.all", false, "test the functions of one argument over all 2^32 inputs")

// unary are the functions of one argument, with what they are in float64 and
// how far they may be from it, in units in the last place.
var unary = []struct {
	name string
	f    func(float32) float32
	want func(float64) float64
	ulps float64
}{
	{"exp", Exp, math.Exp, 2},
	{"log", Log, math.Log, 2},
	{"tanh", Tanh, math.Tanh, 2},
	{"sigmoid", Sigmoid, func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }, 4},
	{"erf", Erf, math.Erf, 2.5},
	{"rsqrt", Rsqrt, func(x float64) float64 { return 1 / math.Sqrt(x) }, 2},
	{"sin", Sin, math.Sin, 2},
	{"cos", Cos, math.Cos, 2},
}

// ulps is how far got is from the exact result, in units in the last place of
// the float32 nearest to that. NaN is 0 away from NaN, and infinitely far from
// anything else.
func ulps(got float32, want float64) float64 {
	if math.IsNaN(want) || got != got {
		if math.IsNaN(want) && got != got {
			return 0
		}
		return math.Inf(1)
	}
	near := float32(want)
	if near == got {
		if near == 0 && math.Signbit(want) != math.Signbit(float64(got)) {
			return math.Inf(1)
		}
		return 0
	}
	if math.IsInf(want, 0) {
		return math.Inf(1)
	}
	_, e := math.Frexp(want)
	unit := math.Ldexp(1, max(e, -125)-24)
	g := float64(got)
	if math.IsInf(g, 0) {
		g = math.Copysign(math.MaxFloat32+math.Ldexp(1, 104), g)
	}
	return math.Abs(g-want) / unit
}

// farthest calls f with every input, or with a part of them, on all
// processors, and returns the input that it is farthest off at.
func farthest(off func(x float32) float64) (at float32, by float64) {
	stride := uint64(997)
	if *all {
		stride = 1
	}
	parts := runtime.GOMAXPROCS(0)
	var mu sync.Mutex
	var wg sync.WaitGroup
	for p := range parts {
		wg.Go(func() {
			var a float32
			var b float64
			for i := uint64(p) * stride; i < 1<<32; i += uint64(parts) * stride {
				x := math.Float32frombits(uint32(i))
				if d := off(x); d > b {
					a, b = x, d
				}
			}
			mu.Lock()
			defer mu.Unlock()
			if b > by {
				at, by = a, b
			}
		})
	}
	wg.Wait()
	return at, by
}

func TestUlps(t *testing.T) {
	for _, c := range unary {
		t.Run(c.name, func(t *testing.T) {
			at, by := farthest(func(x float32) float64 { return ulps(c.f(x), c.want(float64(x))) })
			t.Logf("at most %.3f ulp, at %v", by, at)
			if !(by <= c.ulps) {
				t.Errorf("%s(%v) is %v, %.3f ulp from %v; at most %v are allowed", c.name, at, c.f(at), by, c.want(float64(at)), c.ulps)
			}
		})
	}
}

// TestPow compares pow with math.Pow at all pairs of special numbers, and at
// numbers whose power is neither 0 nor infinite.
func TestPow(t *testing.T) {
	worst, at := 0.0, [2]float32{}
	check := func(x, y float32) {
		if d := ulps(Pow(x, y), math.Pow(float64(x), float64(y))); d > worst {
			worst, at = d, [2]float32{x, y}
		}
	}
	whole := []float32{4, -4, 5, -5, 0x1p24 - 1, 1 - 0x1p24, 0x1p24, 127, -126, -149, 1.5, -1.5, 0.99999994, 1.0000001}
	for _, x := range append(whole, special...) {
		for _, y := range append(whole, special...) {
			check(x, y)
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 1 << 22 {
		x := math.Float32frombits(r.Uint32() & math.MaxInt32)
		if r.IntN(2) == 0 {
			x = float32(math.Exp(r.NormFloat64() * 0.1)) // near 1, where y may be large
		}
		check(x, float32((r.Float64()*300-160)/math.Log2(float64(x))))
		check(-x, float32(r.IntN(40)-20))
	}
	t.Logf("pow: at most %.3f ulp, at %v", worst, at)
	if !(worst <= 1.06) {
		t.Errorf("pow(%v, %v) is %v, %.3f ulp from %v", at[0], at[1], Pow(at[0], at[1]), worst, math.Pow(float64(at[0]), float64(at[1])))
	}
}
