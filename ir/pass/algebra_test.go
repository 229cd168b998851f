package pass_test

import (
	"math"
	"strings"
	"testing"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/pass"
)

// special is numbers that rules may treat wrongly.
var special = map[ir.DType][]float64{
	ir.Float: {0, math.Copysign(0, -1), 1, -1, 0.3, 2.5, -2.5, 7, math.Inf(1), math.Inf(-1), math.NaN()},
	ir.Int:   {0, 1, -1, 5, -7},
	ir.Bool:  {0, 1},
}

// TestAlgebra computes both sides of every equation, element by element, for
// every combination of special numbers. NaN is as good as NaN, -0 as 0; sides
// that round differently are compared for ordinary numbers, which are positive.
func TestAlgebra(t *testing.T) {
	for _, e := range pass.Algebra {
		tried := 0
		for _, kind := range []ir.DType{ir.Float, ir.Int, ir.Bool} {
			if left, letters := pass.Side(e, 0, kind); left != nil && (e.Only == "" || e.Only == left.DType.String()) {
				right, _ := pass.Side(e, 1, kind)
				tried++
				combine(letters, map[*ir.Value]float64{}, func(at map[*ir.Value]float64) {
					x, y := point(left, at), point(right, at)
					if e.Rounding && !(ordinary(at) && math.Abs(x-y) > 1e-14*math.Abs(x)) {
						return
					}
					if x != y && !(math.IsNaN(x) && math.IsNaN(y)) {
						t.Errorf("%s: %v is not %v for %v", e.Text, x, y, values(letters, at))
					}
				})
			}
		}
		if tried == 0 {
			t.Errorf("%s fits no kind of element", e.Text)
		}
	}
}

func ordinary(at map[*ir.Value]float64) bool {
	for _, x := range at {
		if !(x > 0 && x < 100) {
			return false
		}
	}
	return true
}

func values(letters []*ir.Value, at map[*ir.Value]float64) []float64 {
	var list []float64
	for _, v := range letters {
		list = append(list, at[v])
	}
	return list
}

// combine calls f with every combination of special numbers for letters.
func combine(letters []*ir.Value, at map[*ir.Value]float64, f func(at map[*ir.Value]float64)) {
	if len(letters) == 0 {
		f(at)
		return
	}
	for _, x := range special[letters[0].DType] {
		at[letters[0]] = x
		combine(letters[1:], at, f)
	}
}

// point is a scalar value by the meaning of its rows.
func point(v *ir.Value, at map[*ir.Value]float64) float64 {
	if x, ok := at[v]; ok {
		return x
	}
	if x, ok := v.Const(); ok {
		return x
	}
	args := make([]float64, len(v.Args))
	for k, a := range v.Args {
		args[k] = point(a, at)
	}
	return v.Op.Point(args)
}

// TestAlgebraApplies simplifies the left side of every equation: it becomes
// something as short as the right side, or shorter.
func TestAlgebraApplies(t *testing.T) {
	for _, e := range pass.Algebra {
		for _, kind := range []ir.DType{ir.Float, ir.Int, ir.Bool} {
			left, letters := pass.Side(e, 0, kind)
			if left == nil || e.Only != "" && e.Only != left.DType.String() {
				continue
			}
			right, _ := pass.Side(e, 1, kind)
			f := &ir.Func{Name: "F", Kind: ir.EvalFunc, Inputs: letters, Results: []ir.Output{{Name: "y", Value: left}}}
			before := f.String()
			if err := pass.Simplify(&ir.Program{Funcs: []*ir.Func{f}}, nil); err != nil {
				t.Fatal(err)
			}
			if got, want := len(ir.Order(f.Roots()...)), len(ir.Order(right)); got > want {
				t.Errorf("%s:\n%s\nfrom\n%s", e.Text, f, before)
			}
		}
	}
}

// TestRulesSayWhatTheyDo looks at the texts of the rules.
func TestRulesSayWhatTheyDo(t *testing.T) {
	names := map[string]bool{}
	for _, r := range pass.Rules {
		if names[r.Name] || r.Name == "" || len(r.Doc) < 10 || strings.HasSuffix(r.Doc, ".") {
			t.Errorf("rule %q: %q", r.Name, r.Doc)
		}
		names[r.Name] = true
		for _, row := range r.Rows {
			if row != "" && dsl.OpNamed(row) == nil {
				t.Errorf("rule %s is for a row %q that does not exist", r.Name, row)
			}
		}
	}
}
