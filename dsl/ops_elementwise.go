package dsl

import "math"

// unary and binary make the Point of a row from an ordinary function.
func unary(f func(float64) float64) func([]float64) float64 {
	return func(x []float64) float64 { return f(x[0]) }
}

func binary(f func(a, b float64) float64) func([]float64) float64 {
	return func(x []float64) float64 { return f(x[0], x[1]) }
}

func truth(f func(a, b float64) bool) func([]float64) float64 {
	return func(x []float64) float64 { return number(f(x[0], x[1])) }
}

// larger is NaN if either is; math.Max prefers +Inf to NaN.
func larger(a, b float64) float64 {
	if math.IsNaN(a) || math.IsNaN(b) {
		return math.NaN()
	}
	return math.Max(a, b)
}

func number(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// At ties and at the edges of domains the gradients follow these rules:
// maximum and minimum give half to each side; abs and sign give 0 at 0; sqrt
// gives +Inf at 0; a power gives 0 to a zero exponent's base, and 0 to the
// exponent of a base that is not positive.
var elementwise = []*Op{
	{Sig: "add(a: n[S], b: n[S]) n[S]", Doc: "a + b", Scalar: "a + b", Smooth: true,
		Point: binary(func(a, b float64) float64 { return a + b }), Grad: "dy; dy"},
	{Sig: "sub(a: n[S], b: n[S]) n[S]", Doc: "a - b", Scalar: "a - b", Smooth: true,
		Point: binary(func(a, b float64) float64 { return a - b }), Grad: "dy; -dy"},
	{Sig: "mul(a: n[S], b: n[S]) n[S]", Doc: "a * b", Scalar: "a * b", Smooth: true,
		Point: binary(func(a, b float64) float64 { return a * b }), Grad: "dy*b; dy*a"},
	{Sig: "div(a: f[S], b: f[S]) f[S]", Doc: "a / b", Scalar: "a / b", Smooth: true, Domain: [2]float64{0.5, 2},
		Point: binary(func(a, b float64) float64 { return a / b }), Grad: "dy/b; -(dy*y/b)"},
	{Sig: "neg(x: n[S]) n[S]", Doc: "-x", Scalar: "-x", Smooth: true,
		Point: unary(func(x float64) float64 { return -x }), Grad: "-dy"},
	{Sig: "pow(a: f[S], b: f[S]) f[S]", Doc: "a to the power b", Scalar: "pow(a, b)", Smooth: true, Domain: [2]float64{0.5, 2},
		Point: binary(math.Pow),
		Grad:  "dy * (b * where(b == 0, where(a == 0, 1, a), a)^(b - 1)); dy * where(a > 0, y * log(where(a > 0, a, 1)), 0)"},
	{Sig: "abs(x: n[S]) n[S]", Doc: "absolute value", Scalar: "abs(x)",
		Point: unary(math.Abs), Grad: "dy * sign(x)"},
	{Sig: "sign(x: n[S]) n[S]", Doc: "-1, 0 or 1 by the sign of x; NaN stays", Scalar: "where(x > 0, 1, where(x < 0, -1, x))",
		Point: unary(func(x float64) float64 {
			switch {
			case x > 0:
				return 1
			case x < 0:
				return -1
			}
			return x
		}), Grad: "none"},
	{Sig: "exp(x: f[S]) f[S]", Doc: "e to the x", Scalar: "exp(x)", Smooth: true, Point: unary(math.Exp), Grad: "dy*y"},
	{Sig: "log(x: f[S]) f[S]", Doc: "natural logarithm", Scalar: "log(x)", Smooth: true, Domain: [2]float64{0.3, 3},
		Point: unary(math.Log), Grad: "dy/x"},
	{Sig: "sqrt(x: f[S]) f[S]", Doc: "square root", Scalar: "sqrt(x)", Smooth: true, Domain: [2]float64{0.3, 3},
		Point: unary(math.Sqrt), Grad: "dy * (0.5 / y)"},
	{Sig: "sin(x: f[S]) f[S]", Doc: "sine, of radians", Scalar: "sin(x)", Smooth: true, Point: unary(math.Sin), Grad: "dy * cos(x)"},
	{Sig: "cos(x: f[S]) f[S]", Doc: "cosine, of radians", Scalar: "cos(x)", Smooth: true, Point: unary(math.Cos), Grad: "-(dy * sin(x))"},
	{Sig: "tanh(x: f[S]) f[S]", Doc: "hyperbolic tangent", Scalar: "tanh(x)", Smooth: true, Point: unary(math.Tanh), Grad: "dy * (1 - y^2)"},
	{Sig: "sigmoid(x: f[S]) f[S]", Doc: "1 / (1 + e^-x)", Scalar: "sigmoid(x)", Smooth: true,
		Point: unary(func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }), Grad: "dy * (y * (1 - y))"},
	{Sig: "erf(x: f[S]) f[S]", Doc: "error function", Scalar: "erf(x)", Smooth: true,
		Point: unary(math.Erf), Grad: "dy * (1.1283791670955126 * exp(-(x^2)))"},
	{Sig: "floor(x: f[S]) f[S]", Doc: "largest whole number not above x", Scalar: "floor(x)", Point: unary(math.Floor), Grad: "none"},
	{Sig: "ceil(x: f[S]) f[S]", Doc: "smallest whole number not below x", Scalar: "ceil(x)", Point: unary(math.Ceil), Grad: "none"},
	{Sig: "round(x: f[S]) f[S]", Doc: "nearest whole number, halves to even", Scalar: "round(x)", Point: unary(math.RoundToEven), Grad: "none"},
	{Sig: "maximum(a: n[S], b: n[S]) n[S]", Doc: "the larger of two; NaN if either is", Scalar: "maximum(a, b)",
		Point: binary(larger), Grad: "dy * where(a > b, 1, where(a == b, 0.5, 0)); dy * where(b > a, 1, where(a == b, 0.5, 0))"},
	{Sig: "minimum(a: n[S], b: n[S]) n[S]", Doc: "the smaller of two; NaN if either is", Scalar: "minimum(a, b)",
		Point: binary(func(a, b float64) float64 { return -larger(-a, -b) }), Grad: "dy * where(a < b, 1, where(a == b, 0.5, 0)); dy * where(b < a, 1, where(a == b, 0.5, 0))"},
	{Sig: "lt(a: n[S], b: n[S]) b[S]", Doc: "a < b", Scalar: "a < b", Point: truth(func(a, b float64) bool { return a < b })},
	{Sig: "le(a: n[S], b: n[S]) b[S]", Doc: "a <= b", Scalar: "a <= b", Point: truth(func(a, b float64) bool { return a <= b })},
	{Sig: "eq(a: t[S], b: t[S]) b[S]", Doc: "a == b", Scalar: "a == b", Point: truth(func(a, b float64) bool { return a == b })},
	{Sig: "and(a: b[S], b: b[S]) b[S]", Doc: "both", Scalar: "a and b", Point: truth(func(a, b float64) bool { return a != 0 && b != 0 })},
	{Sig: "or(a: b[S], b: b[S]) b[S]", Doc: "either", Scalar: "a or b", Point: truth(func(a, b float64) bool { return a != 0 || b != 0 })},
	{Sig: "not(x: b[S]) b[S]", Doc: "the opposite", Scalar: "not x", Point: unary(func(x float64) float64 { return number(x == 0) })},
	{Sig: "where(c: b[S], a: t[S], b: t[S]) t[S]", Doc: "a where c holds, else b", Scalar: "where(c, a, b)", Smooth: true,
		Point: func(x []float64) float64 {
			if x[0] != 0 {
				return x[1]
			}
			return x[2]
		}, Grad: "none; where(c, dy, 0); where(c, 0, dy)"},
	{Sig: "float(x: t[S]) f[S]", Doc: "an integer, or a truth as 0 or 1, as a float", Scalar: "float(x)", Smooth: true,
		Point: unary(func(x float64) float64 { return x }), Grad: "dy"},
	{Sig: "int(x: t[S]) i[S]", Doc: "a float without its fraction, or a truth as 0 or 1, as an integer", Scalar: "int(x)",
		Point: unary(math.Trunc)},
	{Sig: "div_floor(a: i[S], b: i[S]) i[S]", Doc: "integer division, rounded down", Scalar: "div_floor(a, b)", Hidden: true,
		Point: binary(func(a, b float64) float64 { return math.Floor(a / b) })},
	{Sig: "stop_gradient(x: t[S]) t[S]", Doc: "x, as a constant to differentiation", Scalar: "x",
		Point: unary(func(x float64) float64 { return x }), Grad: "none"},
}
