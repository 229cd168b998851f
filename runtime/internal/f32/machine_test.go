package f32

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// exactFMA is x·y + z by exact arithmetic, for finite numbers and a sum that
// is not 0.
func exactFMA(x, y, z float32) float32 {
	exact := func(v float32) *big.Float { return new(big.Float).SetPrec(1000).SetFloat64(float64(v)) }
	s := exact(x)
	s.Mul(s, exact(y)).Add(s, exact(z))
	f, _ := s.Float32()
	return f
}

// TestFMA compares fma with exact arithmetic, above all where rounding twice
// goes wrong: sums half way between two float32, or nearly so.
func TestFMA(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	any := func() float32 {
		for {
			if x := math.Float32frombits(r.Uint32()); x-x == 0 {
				return x
			}
		}
	}
	tied := 0
	for range 1000000 {
		x, y, z := any(), any(), any()
		switch r.IntN(4) {
		case 0: // alike in size
			_, ex := math.Frexp(float64(x) * float64(y))
			_, ez := math.Frexp(float64(z))
			z = float32(math.Ldexp(float64(z), ex-ez+r.IntN(80)-40))
		case 1: // the product is half a unit of z, and very little
			z = math.Float32frombits(r.Uint32()&0x3fffffff + 0x20000000)
			_, e := math.Frexp(float64(z))
			x, y = float32(math.Ldexp(1+math.Ldexp(float64(r.IntN(3)-1), -23), e-25)), 1+float32(r.IntN(3)-1)*0x1p-23
		case 2: // denormal sums
			x, y = float32(math.Ldexp(float64(r.IntN(1<<24)), -90)), float32(math.Ldexp(float64(r.IntN(1<<24)), -85-r.IntN(10)))
			z = math.Float32frombits(r.Uint32() & 0x807fffff)
		}
		want := exactFMA(x, y, z)
		if x-x != 0 || y-y != 0 || z-z != 0 || want == 0 {
			continue
		}
		s := float64(x)*float64(y) + float64(z)
		if float32(s) != want {
			tied++
		}
		if got := fma(x, y, z); got != want {
			t.Fatalf("fma(%v, %v, %v) is %v, not %v", x, y, z, got, want)
		}
	}
	if tied < 1000 {
		t.Errorf("rounding twice would have gone wrong %d times only", tied)
	}
}

func TestFMASpecials(t *testing.T) {
	zero := float32(math.Copysign(0, -1))
	for _, c := range [][4]float32{
		{inf, 1, 1, inf}, {-inf, 1, 1, -inf}, {1, 1, inf, inf}, {inf, 0, 1, nan}, {inf, 1, -inf, nan}, {nan, 1, 1, nan}, {1, 1, nan, nan},
		{math.MaxFloat32, 2, 0, inf}, {math.MaxFloat32, 2, -math.MaxFloat32, math.MaxFloat32}, {math.MaxFloat32, math.MaxFloat32, -inf, -inf},
		{1, 0, zero, 0}, {1, zero, zero, zero}, {1, -1, 1, 0}, {0x1p-80, 0x1p-80, 0, 0}, {0x1p-80, -0x1p-80, 0, zero},
		{0x1p-75, 0x1p-75, 0, 0}, {0x1.000002p-75, 0x1p-75, 0, 0x1p-149}, {0x1p-75, 0x1p-75, 0x1p-149, 0x1p-148},
	} {
		got := fma(c[0], c[1], c[2])
		if bits(got) != bits(c[3]) && (got == got || c[3] == c[3]) {
			t.Errorf("fma(%v, %v, %v) is %v, not %v", c[0], c[1], c[2], got, c[3])
		}
	}
}

func TestScale(t *testing.T) {
	for n := -160; n <= 160; n++ {
		for _, y := range []float32{0.5, 0.75, 1, 1.5, 0x1.fffffep0, 0x1.000002p0, 0x1.8p-1, -1.25} {
			if got, want := scale(y, float32(n)), float32(math.Ldexp(float64(y), n)); got != want {
				t.Fatalf("scale(%v, %d) is %v, not %v", y, n, got, want)
			}
		}
	}
	if x := scale(nan, 3); x == x {
		t.Errorf("scale(NaN, 3) is %v", x)
	}
}
