package ir

import "github.com/gtc-lang/gtc/dsl"

// move is the form of elements at other places.
func (r *rowwise) move(v *Value, args []rowForm) rowForm {
	switch v.Op.Name {
	case "view":
		return r.view(v, v.Attr.(*dsl.Positions).Map, args[0])
	case "reshape":
		return r.reshape(v, args[0])
	case "gather":
		return r.gather(v, int(v.Attr.(dsl.Batch)), args[0], args[1])
	}
	return rowForm{kind: mixed} // only differentiation makes the others
}

// view is the form of what is read at positions: of rows, each at its own.
func (r *rowwise) view(v *Value, m dsl.Map, f rowForm) rowForm {
	axis, ok := r.axisOf(v.Shape)
	switch {
	case f.kind == zeros:
		return f
	case !ok || f.kind == perRow && axis < 0 || f.kind == rowSum && axis >= 0:
		return rowForm{kind: mixed}
	case axis < 0:
		return f
	case f.kind == rowless && uses(m, axis) == 0:
		return rowForm{kind: perRow, axis: axis, power: f.power}
	case f.kind == perRow && alongIndex(m, f.axis, axis) && v.Shape[axis].Equal(v.Args[0].Shape[f.axis]):
		f.axis = axis
		return f
	}
	return rowForm{kind: mixed}
}

// uses counts the positions that an index has to do with.
func uses(m dsl.Map, index int) (n int) {
	for _, a := range m {
		if a.Coef[index] != 0 {
			n++
		}
	}
	return n
}

// alongIndex reports whether the position along an axis is an index, and no
// other position has to do with it.
func alongIndex(m dsl.Map, axis, index int) bool {
	k, plain := m[axis].Plain()
	return plain && k == index && uses(m, index) == 1
}

// reshape is the form of the same elements in order: a row's stay in a run.
func (r *rowwise) reshape(v *Value, f rowForm) rowForm {
	if f.kind != perRow {
		return f
	}
	from := Volume(v.Args[0].Shape[:f.axis])
	axis, ok := r.axisOf(v.Shape)
	if !ok || axis < 0 || !Volume(v.Shape[:axis]).Equal(from) {
		return rowForm{kind: mixed}
	}
	f.axis = axis
	return f
}

// gather is the form of rows of a tensor x at integer positions; both share n
// leading axes.
func (r *rowwise) gather(v *Value, n int, x, at rowForm) rowForm {
	x, at = r.settled(x, v.Args[0]), r.settled(at, v.Args[1])
	switch {
	case at.power != 0 || at.kind == rowSum:
	case at.kind == perRow && (x.kind == rowless && at.axis >= n || x.kind == perRow && x.axis == at.axis && at.axis < n):
		return rowForm{kind: perRow, axis: at.axis, power: x.power}
	case at.kind == rowless && x.kind == perRow && x.axis > n:
		return rowForm{kind: perRow, axis: x.axis - n - 1 + v.Args[1].Rank(), power: x.power}
	case at.kind == rowless && x.kind != perRow:
		return x
	}
	return rowForm{kind: mixed}
}

// product is the form of a sum of products over a space: over rows, or of each
// apart.
func (r *rowwise) product(v *Value, args []rowForm) rowForm {
	c := v.Attr.(*dsl.Contraction)
	index, ok := r.axisOf(c.Space)
	a, b := args[0], args[1]
	switch {
	case a.kind == zeros || b.kind == zeros:
		return rowForm{}
	case !ok || index < 0 && (a.kind == perRow || b.kind == perRow):
		return rowForm{kind: mixed}
	case index < 0:
		return multiplied(a, b)
	}
	a, b = r.spread(c, c.A, v.Args[0], a, index), r.spread(c, c.B, v.Args[1], b, index)
	if a.kind == mixed || b.kind == mixed {
		return rowForm{kind: mixed}
	}
	power := a.power + b.power
	axis, ok := r.axisOf(v.Shape)
	switch {
	case ok && axis < 0 && uses(c.Out, index) == 0:
		return rowForm{kind: rowSum, power: power}
	case ok && axis >= 0 && alongIndex(c.Out, axis, index) && v.Shape[axis].Equal(c.Space[index]):
		return rowForm{kind: perRow, axis: axis, power: power}
	}
	return rowForm{kind: mixed}
}

// spread is the form of an operand over a space whose rows run along an index:
// apart, or mixed.
func (r *rowwise) spread(c *dsl.Contraction, m dsl.Map, x *Value, f rowForm, index int) rowForm {
	switch {
	case f.kind == rowless && uses(m, index) == 0:
		return rowForm{kind: perRow, axis: index, power: f.power}
	case f.kind == perRow && alongIndex(m, f.axis, index) && x.Shape[f.axis].Equal(c.Space[index]):
		f.axis = index
		return f
	}
	return rowForm{kind: mixed}
}
