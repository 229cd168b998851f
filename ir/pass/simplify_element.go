package pass

import (
	"math"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
)

var elementRules = []Rule{
	{Name: "algebra", Rows: []string{""}, Rounding: true, Doc: "the equations of Algebra", apply: algebra},
	{Name: "fold-constants", Rows: []string{""}, Doc: "a row of numbers is a number, when it is finite", apply: foldConstants},
	{Name: "same-kind", Rows: []string{"float", "int"}, Doc: "float(x) = x of a float, int(x) = x of an integer, int(float(x)) = x of an integer", apply: sameKind},
	{Name: "stopped", Rows: []string{"stop_gradient"}, Doc: "stop_gradient(x) = x, when nothing is left to differentiate", apply: stopped},
	{Name: "div-power-of-two", Rows: []string{"div"}, Doc: "x/c = x·(1/c), when c is a power of two", apply: divByPower},
	{Name: "int-sum", Rows: []string{"add"}, Doc: "(x+c)+d = x+(c+d), of integers", apply: intSum},
	{Name: "element-repeated", Rows: []string{""}, Doc: "f(view(x), view(y)) = view(f(x, y)) along axes that all operands are repeated along: work is done at the smallest shape", apply: elementRepeated},
}

func foldConstants(_ *simplifier, v *ir.Value) *ir.Value {
	x := make([]float64, len(v.Args))
	for k, a := range v.Args {
		n, ok := a.Const()
		if !ok {
			return nil
		}
		x[k] = n
	}
	y := v.Op.Point(x)
	if math.IsNaN(y) || math.IsInf(y, 0) || v.DType == ir.Int && math.Abs(y) > 1<<53 {
		return nil
	}
	return ir.ConstOf(v.DType, y)
}

func sameKind(_ *simplifier, v *ir.Value) *ir.Value {
	x := v.Args[0]
	if x.DType == v.DType {
		return x
	}
	if v.DType == ir.Int && x.Is("float") && x.Args[0].DType == ir.Int {
		return x.Args[0]
	}
	return nil
}

func stopped(s *simplifier, v *ir.Value) *ir.Value {
	if s.derived {
		return v.Args[0]
	}
	return nil
}

// divByPower is exact: the inverse is a power of two that float32 has too.
func divByPower(_ *simplifier, v *ir.Value) *ir.Value {
	c, ok := v.Args[1].Splat()
	if fraction, exponent := math.Frexp(c); !ok || math.Abs(fraction) != 0.5 || exponent < -100 || exponent > 100 {
		return nil
	}
	return ir.New("mul", nil, v.Args[0], ir.Fill(ir.Float, 1/c, v.Shape))
}

func intSum(_ *simplifier, v *ir.Value) *ir.Value {
	x, d := v.Args[0], v.Args[1]
	m, ok := d.Splat()
	if !ok || v.DType != ir.Int || !x.Is("add") {
		return nil
	}
	if n, ok := x.Args[1].Splat(); ok {
		return ir.New("add", nil, x.Args[0], ir.Fill(ir.Int, n+m, v.Shape))
	}
	return nil
}

func elementRepeated(_ *simplifier, v *ir.Value) *ir.Value {
	var kept []int
	for k := range v.Shape {
		for _, a := range v.Args {
			if !a.Is("view") || uses(mapOf(a), k) {
				kept = append(kept, k)
				break
			}
		}
	}
	if len(kept) == v.Rank() {
		return nil
	}
	shape, args := pick(v.Shape, kept), make([]*ir.Value, len(v.Args))
	for k, a := range v.Args {
		args[k] = ir.View(a.Args[0], reindexed(mapOf(a), kept), shape)
	}
	small := ir.Make(v.Op, v.Attr, v.DType, shape, args...).Like(v)
	return ir.View(small, dsl.Project(v.Rank(), kept...), v.Shape)
}
