package f32

import (
	"flag"
	"math"
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
		at, by := farthest(func(x float32) float64 { return ulps(c.f(x), c.want(float64(x))) })
		t.Logf("%s: at most %.3f ulp, at %v", c.name, by, at)
		if !(by <= c.ulps) {
			t.Errorf("%s(%v) is %v, %.3f ulp from %v; at most %v are allowed", c.name, at, c.f(at), by, c.want(float64(at)), c.ulps)
		}
	}
}
