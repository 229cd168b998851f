package dsl_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir/irtest"
)

// signs are the rows behind the operators of a text; an exclamation mark
// exchanges the sides.
var signs = map[string]string{"+": "add", "-": "sub", "*": "mul", "/": "div", "<": "lt", "<=": "le", ">": "!lt", "==": "eq", "and": "and", "or": "or"}

// scalar evaluates a text over one number for each name.
func scalar(e dsl.Expr, names map[string]float64) float64 {
	point := func(row string, args ...dsl.Expr) float64 {
		x := make([]float64, len(args))
		for i, a := range args {
			x[i] = scalar(a, names)
		}
		return dsl.OpNamed(row).Point(x)
	}
	switch e := e.(type) {
	case *dsl.Paren:
		return scalar(e.X, names)
	case *dsl.Name:
		return names[e.Name]
	case *dsl.Number:
		return e.Value
	case *dsl.Unary:
		return point(map[string]string{"-": "neg", "not": "not"}[e.Op], e.X)
	case *dsl.Binary:
		if row, turned := strings.CutPrefix(signs[e.Op], "!"); turned {
			return point(row, e.Y, e.X)
		}
		return point(signs[e.Op], e.X, e.Y)
	case *dsl.Call:
		var args []dsl.Expr
		for _, a := range e.Args {
			args = append(args, a.Value)
		}
		return point(e.Fn.(*dsl.Name).Name, args...)
	}
	panic(fmt.Sprintf("%T in a scalar text", e))
}

// TestScalars compares each elementwise row's text for back ends with its
// meaning, where the text is more than the row itself.
func TestScalars(t *testing.T) {
	lib := irtest.Library()
	special := []float64{0, 1, -1, 0.5, -2.5, 3, 700, -700, inf, -inf, nan}
	for _, row := range dsl.Ops {
		if row.Class != dsl.Elementwise {
			continue
		}
		if row.Scalar == "" {
			t.Errorf("%s has no text for back ends", row.Name)
		}
		e := lib.Scalars[row.Name]
		x := make([]float64, len(row.Params))
		names := map[string]float64{}
		var try func(k int)
		try = func(k int) {
			if k == len(x) {
				got, want := scalar(e, names), row.Point(x)
				if got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
					t.Errorf("%s%v: the text gives %v, the row %v", row.Name, x, got, want)
				}
				return
			}
			for _, s := range special {
				x[k], names[row.Params[k].Name] = s, s
				try(k + 1)
			}
		}
		try(0)
	}
}
