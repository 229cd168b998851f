package pass

import (
	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
)

var viewRules = []Rule{
	{Name: "view-of-view", Rows: []string{"view"},
		Doc:   "view(view(x, n), m) = view(x, n∘m), when m leaves the middle only for places outside of x",
		apply: viewOfView},
	{Name: "view-same", Rows: []string{"view"}, Doc: "view(x, identity) = x", apply: viewSame},
}

// mapOf is the map of a view or a fold.
func mapOf(v *ir.Value) dsl.Map { return v.Attr.(*dsl.Positions).Map }

func viewOfView(_ *simplifier, v *ir.Value) *ir.Value {
	x := v.Args[0]
	if !x.Is("view") {
		return nil
	}
	m, ok := through(mapOf(v), v.Shape, x)
	if !ok {
		return nil
	}
	return ir.View(x.Args[0], m, v.Shape)
}

func viewSame(_ *simplifier, v *ir.Value) *ir.Value {
	x := v.Args[0]
	if !ir.SameShape(x.Shape, v.Shape) {
		return nil
	}
	for k, a := range mapOf(v) {
		i, plain := a.Plain()
		only := x.Shape[k].Is(1) && a.IsFixed() && a.Const.Is(0)
		if !only && (!plain || i != k) {
			return nil
		}
	}
	return x
}

// through is the map of a read at m, over space, of the view: where it reads
// what the view is of. It fails when the read may leave the view, and so give
// 0, at a place where what the view is of has an element.
func through(m dsl.Map, space []dsl.Dim, view *ir.Value) (dsl.Map, bool) {
	inner, x := mapOf(view), view.Args[0]
	for k := range m {
		if !within(m, k, space, view.Shape) && !leavesToo(inner, k, view.Shape[k], x.Shape) {
			return nil, false
		}
	}
	return inner.Compose(m, len(space))
}

// within reports whether position k of a map is always in its axis.
func within(m dsl.Map, k int, space, shape []dsl.Dim) bool {
	return m[k:k+1].Inside(space, shape[k:k+1])
}

// leavesToo reports whether an index k outside of [0, size) takes the map
// outside of shape: some axis follows it alone, forwards or backwards, and does
// not reach further.
func leavesToo(m dsl.Map, k int, size dsl.Dim, shape []dsl.Dim) bool {
	for j, a := range m {
		if a.Div > 1 || !followsOnly(a, k) {
			continue
		}
		switch a.Coef[k] {
		case 1: // k + Const
			if neverNegative(dsl.N(0).Sub(a.Const)) && neverNegative(size.Add(a.Const).Sub(shape[j])) {
				return true
			}
		case -1: // Const - k
			if neverNegative(size.Sub(a.Const).Sub(dsl.N(1))) && neverNegative(a.Const.Add(dsl.N(1)).Sub(shape[j])) {
				return true
			}
		}
	}
	return false
}

// followsOnly reports whether a position depends on index k and on no other.
func followsOnly(a dsl.Affine, k int) bool {
	for i, c := range a.Coef {
		if (c != 0) != (i == k) {
			return false
		}
	}
	return true
}

func neverNegative(d dsl.Dim) bool {
	low, _ := d.Range()
	return low >= 0
}

// uses reports whether a map depends on index k.
func uses(m dsl.Map, k int) bool {
	for _, a := range m {
		if a.Coef[k] != 0 {
			return true
		}
	}
	return false
}

// reindexed is a map over the indices of a list, in its order, that a map over
// rank indices does not go beyond.
func reindexed(m dsl.Map, list []int) dsl.Map {
	out := make(dsl.Map, len(m))
	for i, a := range m {
		out[i] = dsl.Affine{Coef: make([]int, len(list)), Const: a.Const, Div: a.Div}
		for n, k := range list {
			out[i].Coef[n] = a.Coef[k]
		}
	}
	return out
}

// pick is the sizes of a list of axes.
func pick(shape []dsl.Dim, list []int) []dsl.Dim {
	out := make([]dsl.Dim, len(list))
	for n, k := range list {
		out[n] = shape[k]
	}
	return out
}

// others lists the axes below rank that are not in a list.
func others(rank int, list []int) []int {
	in := make([]bool, rank)
	for _, k := range list {
		in[k] = true
	}
	var out []int
	for k, is := range in {
		if !is {
			out = append(out, k)
		}
	}
	return out
}

// projection returns the index that each axis of x follows when a map goes
// over all of x, each axis along an index of its own.
func projection(m dsl.Map, space, shape []dsl.Dim) ([]int, bool) {
	list, ok := m.Projection()
	return list, ok && ir.SameShape(pick(space, list), shape)
}
