package ir

import (
	"math"
	"strconv"

	"github.com/gtc-lang/gtc/dsl"
)

// TooWide is an error about the first whole number of a graph that may not fit
// an int, which has 32 bits: a position among too many elements, a dimension,
// an iteration, or a constant (GT0405). A dimension that is only wanted as a
// float never is one.
func TooWide(roots []*Value) *dsl.Diagnostic {
	for _, v := range roots {
		if d := wideSize(v); d != nil {
			return d
		}
	}
	for _, v := range Order(roots...) {
		if d := tooWide(v); d != nil {
			return d
		}
	}
	return nil
}

func tooWide(v *Value) *dsl.Diagnostic {
	switch a := v.Attr.(type) {
	case *dsl.Offset:
		last := a.From.Add(v.Shape[0]).Sub(dsl.N(1))
		if !fitsInt(a.From) || !fitsInt(last) {
			return wide(v.At, "positions up to "+last.String())
		}
	case dsl.Axes:
		if n := elements(v, a); v.Is("argmax") && !fitsInt(n.Sub(dsl.N(1))) {
			return wide(v.At, "the position of the largest of "+n.String()+" elements")
		}
	case dsl.Value:
		if x := float64(a); v.Is("const_int") && (x < math.MinInt32 || x > math.MaxInt32) {
			return wide(v.At, "the number "+strconv.FormatFloat(x, 'f', -1, 64))
		}
	case *Loop:
		if !fitsInt(a.Trip) {
			return wide(v.At, "the number of each of "+a.Trip.String()+" iterations")
		}
		return TooWide(a.Body.Results)
	}
	if !v.Is("float") {
		for _, a := range v.Args {
			if d := wideSize(a); d != nil {
				return d
			}
		}
	}
	return nil
}

// elements is the number of elements that a reduction over axes meets.
func elements(v *Value, axes dsl.Axes) dsl.Dim {
	n := dsl.N(1)
	for _, k := range axes {
		n = n.Mul(v.Args[0].Shape[k])
	}
	return n
}

func wideSize(v *Value) *dsl.Diagnostic {
	if s, ok := v.Attr.(*dsl.Size); ok && !fitsInt(s.Dim) {
		return wide(v.At, "the size "+s.Dim.String())
	}
	return nil
}

func fitsInt(d dsl.Dim) bool {
	low, high := d.Range()
	return low >= math.MinInt32 && high <= math.MaxInt32
}

func wide(at dsl.Span, what string) *dsl.Diagnostic {
	return &dsl.Diagnostic{Code: "GT0405", At: at, Message: what + " may not fit an integer",
		Help: "integers have 32 bits, up to 2147483647; lower the bounds of the dimensions, or work with floats"}
}
