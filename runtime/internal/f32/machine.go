package f32

import "math"

// The operations of the definitions that are no operators of Go.

var inf, nan = float32(math.Inf(1)), float32(math.NaN())

// fma is x·y + z, rounded once. The product of two float32 is exact in
// float64, and so the sum is rounded twice, which differs from once only
// where the first rounding ends half way between two float32.
func fma(x, y, z float32) float32 {
	s := float64(x)*float64(y) + float64(z)
	if math.Float64bits(s)<<36 == 0 { // no float32 lies half way if these bits are not all 0
		return fmaTied(x, y, z)
	}
	return float32(s)
}

// fmaTied is fma where the float64 sum may lie half way: if it is not exact,
// its last bit is made to say on which side of it the exact one is (rounding
// to odd; Boldo and Melquiond, 2008).
func fmaTied(x, y, z float32) float32 {
	p, c := float64(float64(x)*float64(y)), float64(z)
	s := p + c
	t := s - p
	e := (p - (s - t)) + (c - t) // s + e is exact (Knuth's sum of two)
	if e == 0 || e != e || s-s != 0 {
		return float32(s)
	}
	b := math.Float64bits(s)
	switch {
	case b&1 == 1:
	case (e > 0) == (s > 0):
		b++
	default:
		b--
	}
	return float32(math.Float64frombits(b))
}

// lesser is a if a < b, else b: b if one is NaN.
func lesser(a, b float32) float32 {
	if a < b {
		return a
	}
	return b
}

// greater is a if a > b, else b: b if one is NaN.
func greater(a, b float32) float32 {
	if a > b {
		return a
	}
	return b
}

func abs(x float32) float32 { return fromBits(bits(x) & math.MaxInt32) }

func sqrt(x float32) float32 { return float32(math.Sqrt(float64(x))) }

func floor(x float32) float32 { return float32(math.Floor(float64(x))) }

func round(x float32) float32 { return float32(math.RoundToEven(float64(x))) }

// sinFar and cosFar are sin and cos where more of pi is needed than their
// definitions have.
func sinFar(x float32) float32 { return float32(math.Sin(float64(x))) }

func cosFar(x float32) float32 { return float32(math.Cos(float64(x))) }

// scale is y·2^n, rounded once, for |y| in [1/2, 2) or NaN and whole n in
// [-160, 160].
func scale(y, n float32) float32 {
	a := int32(n) >> 1
	b := int32(n) - a
	return float32(y*power(a)) * power(b) // the first product is exact
}

// power is 2^n for n in [-126, 127].
func power(n int32) float32 { return fromBits((n + 127) << 23) }

func bits(x float32) int32 { return int32(math.Float32bits(x)) }

func fromBits(b int32) float32 { return math.Float32frombits(uint32(b)) }
