package runtime

import (
	"math"
	"unsafe"

	"github.com/gtc-lang/gtc/runtime/internal/f32"
)

// Float is the element type of a generated package's tensors.
type Float interface{ float32 | float64 }

// The scalar functions below are the meaning of the language's elementwise
// operations. Those of float32 have definitions of their own (internal/f32),
// at most 4 units in the last place from the exact result,
// tried at every float32 with -all of their test; those of float64 are Go's.

// Exp returns e to the x.
func Exp[T Float](x T) T {
	if unsafe.Sizeof(x) == 4 {
		return T(f32.Exp(float32(x)))
	}
	return T(math.Exp(float64(x)))
}

// Log returns the natural logarithm of x: -Inf at 0, NaN below.
func Log[T Float](x T) T {
	if unsafe.Sizeof(x) == 4 {
		return T(f32.Log(float32(x)))
	}
	return T(math.Log(float64(x)))
}

// Sqrt returns the square root of x, correctly rounded: NaN below 0.
func Sqrt[T Float](x T) T { return T(math.Sqrt(float64(x))) }

// Sin returns the sine of x radians.
func Sin[T Float](x T) T {
	if unsafe.Sizeof(x) == 4 {
		return T(f32.Sin(float32(x)))
	}
	return T(math.Sin(float64(x)))
}

// Cos returns the cosine of x radians.
func Cos[T Float](x T) T {
	if unsafe.Sizeof(x) == 4 {
		return T(f32.Cos(float32(x)))
	}
	return T(math.Cos(float64(x)))
}

// Tanh returns the hyperbolic tangent of x.
func Tanh[T Float](x T) T {
	if unsafe.Sizeof(x) == 4 {
		return T(f32.Tanh(float32(x)))
	}
	return T(math.Tanh(float64(x)))
}

// Erf returns the error function of x.
func Erf[T Float](x T) T {
	if unsafe.Sizeof(x) == 4 {
		return T(f32.Erf(float32(x)))
	}
	return T(math.Erf(float64(x)))
}

// Pow returns x to the y, with math.Pow's special cases. The float32 one cannot
// be tried at every pair: of eight million none is more than 1.06 units off.
func Pow[T Float](x, y T) T {
	if unsafe.Sizeof(x) == 4 {
		return T(f32.Pow(float32(x), float32(y)))
	}
	return T(math.Pow(float64(x), float64(y)))
}

// Floor returns the largest integer not above x.
func Floor[T Float](x T) T { return T(math.Floor(float64(x))) }

// Ceil returns the smallest integer not below x.
func Ceil[T Float](x T) T { return T(math.Ceil(float64(x))) }

// Round returns the nearest integer, halves to the even one.
func Round[T Float](x T) T { return T(math.RoundToEven(float64(x))) }

// Abs returns x without its sign.
func Abs[T Float](x T) T { return T(math.Abs(float64(x))) }

// Max returns the larger of x and y; NaN if either is NaN.
func Max[T Float](x, y T) T { return max(x, y) }

// Min returns the smaller of x and y; NaN if either is NaN.
func Min[T Float](x, y T) T { return min(x, y) }

// Sigmoid returns 1/(1+exp(-x)), without overflow at either end.
func Sigmoid[T Float](x T) T {
	if unsafe.Sizeof(x) == 4 {
		return T(f32.Sigmoid(float32(x)))
	}
	e := math.Exp(-math.Abs(float64(x)))
	if x >= 0 {
		return T(1 / (1 + e))
	}
	return T(e / (1 + e))
}

// Sign returns -1, 0 or 1; NaN for NaN.
func Sign[T Float](x T) T {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return x // 0, -0 or NaN
}

// IsFinite tells whether x is neither NaN nor infinite.
func IsFinite[T Float](x T) bool { return x-x == 0 }

// FirstNotFinite returns the index of the first NaN or Inf in x, -1 if none.
// Sixteen values are tested at a time: a finite number times 0 is 0, so their
// sum is 0 unless one of them is not finite.
func FirstNotFinite[T Float](x []T) int {
	i := 0
	for ; i+16 <= len(x); i += 16 {
		var s T
		for _, v := range x[i : i+16] {
			s += T(v * 0)
		}
		if s != 0 {
			break
		}
	}
	for ; i < len(x); i++ {
		if !IsFinite(x[i]) {
			return i
		}
	}
	return -1
}
