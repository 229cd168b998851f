package pass

import (
	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
)

var foldRules = []Rule{
	{Name: "fold-product", Rows: []string{"fold"}, Rounding: true, Doc: "fold(a·b) = contract(a, b), when it is a product of matrices; see sum-product", apply: foldProduct},
	{Name: "fold-free", Rows: []string{"fold"}, Rounding: true, Doc: "fold(x) = fold(sum(x)) over the indices that the map does not use", apply: foldFree},
	{Name: "fold-reshape", Rows: []string{"fold"}, Doc: "fold(x) = reshape(x), when the map joins axes without a gap", apply: foldReshape},
	{Name: "fold-view", Rows: []string{"fold"}, Doc: "fold(x) = view(x), when each place has one source, along axes that follow one index each", apply: foldView},
}

func foldFree(_ *simplifier, v *ir.Value) *ir.Value {
	x, m := v.Args[0], mapOf(v)
	var free dsl.Axes
	for k := range x.Shape {
		if !uses(m, k) {
			free = append(free, k)
		}
	}
	if len(free) == 0 {
		return nil
	}
	kept := others(x.Rank(), free)
	return ir.Typed("fold", &dsl.Positions{Map: reindexed(m, kept)}, v.Shape, ir.Reduce("sum", x, free))
}

func foldReshape(_ *simplifier, v *ir.Value) *ir.Value {
	if x := v.Args[0]; splits(mapOf(v), v.Shape, x.Shape) {
		return ir.Reshape(x, v.Shape)
	}
	return nil
}

// foldView solves p = (c·i + d)/n for the index i of each axis of the operand.
// An axis p of the result that follows no index has one place: the operand gets
// an axis of size 1 for it.
func foldView(_ *simplifier, v *ir.Value) *ir.Value {
	x, m := v.Args[0], mapOf(v)
	back := make(dsl.Map, x.Rank())
	lead, front := 0, dsl.Map{} // the axes of size 1, put before the others
	for p, a := range m {
		k, ok := onlyIndex(a)
		if !ok || k >= 0 && back[k].Coef != nil {
			return nil
		}
		if k < 0 {
			if a.Div > 1 {
				return nil
			}
			at := dsl.Along(v.Rank(), p)
			at.Const = dsl.N(0).Sub(a.Const)
			front, lead = append(front, at), lead+1
			continue
		}
		back[k] = solved(a, k, p, v.Rank())
	}
	for _, a := range back {
		if a.Coef == nil {
			return nil // an index that the map does not use
		}
	}
	if lead > 0 {
		x = ir.View(x, shiftedIdentity(lead, x.Rank()), append(ones(lead), x.Shape...))
	}
	return ir.View(x, append(front, back...), v.Shape)
}

// onlyIndex is the one index that a position follows, -1 for none.
func onlyIndex(a dsl.Affine) (int, bool) {
	found := -1
	for k, c := range a.Coef {
		if c != 0 && found >= 0 {
			return 0, false
		}
		if c != 0 {
			found = k
		}
	}
	return found, true
}

// solved is index k as a function of the position p of a space of rank.
func solved(a dsl.Affine, k, p, rank int) dsl.Affine {
	out := dsl.Affine{Coef: make([]int, rank), Const: dsl.N(0).Sub(a.Const), Div: a.Coef[k]}
	out.Coef[p] = max(a.Div, 1)
	if out.Div < 0 {
		out.Coef[p], out.Const, out.Div = -out.Coef[p], a.Const, -out.Div
	}
	return out
}

func shiftedIdentity(lead, rank int) dsl.Map {
	list := make([]int, rank)
	for k := range list {
		list[k] = lead + k
	}
	return dsl.Project(lead+rank, list...)
}

func ones(n int) []dsl.Dim {
	shape := make([]dsl.Dim, n)
	for k := range shape {
		shape[k] = dsl.N(1)
	}
	return shape
}
