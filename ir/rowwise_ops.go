package ir

import "github.com/gtc-lang/gtc/dsl"

// made is the form of a value without operands, or of random numbers: those
// are keyed by their row's number within the update.
func (r *rowwise) made(v *Value) rowForm {
	switch a := v.Attr.(type) {
	case dsl.Value:
		if a == 0 {
			return rowForm{}
		}
	case *dsl.Size:
		if n := r.powerOf(a.Dim); n >= 0 {
			return rowForm{kind: rowless, power: n}
		}
		return rowForm{kind: mixed}
	case *dsl.Offset: // the number of a row is another one in a part
		if r.within(v.Shape[0]) || r.within(a.From) {
			return rowForm{kind: mixed}
		}
	}
	return r.likeShape(v.Shape, 0)
}

// elementwise is the form of a function of elements. Operands have the same
// shape, and so their rows along the same axis.
func (r *rowwise) elementwise(v *Value, args []rowForm) rowForm {
	switch v.Op.Name {
	case "neg", "float", "stop_gradient":
		return args[0]
	case "add", "sub":
		return joined(args[0], args[1])
	case "mul":
		return multiplied(args[0], args[1])
	case "div":
		if d := r.settled(args[1], v); d.kind == rowless || d.kind == perRow {
			return multiplied(args[0], d.raised(-2*d.power))
		}
		return rowForm{kind: mixed}
	case "where":
		if c := args[0]; c.kind != rowSum && c.power == 0 {
			return joined(args[1], args[2])
		}
	case "abs", "maximum", "minimum": // of what the number of rows only scales
		if f := joined(args[0], args[len(args)-1]); f.kind == rowless || f.kind == perRow {
			return f
		}
	}
	return r.pointwise(v, args)
}

// pointwise is the form of any function of elements: of each row apart, or of
// none.
func (r *rowwise) pointwise(v *Value, args []rowForm) rowForm {
	f := rowForm{kind: rowless}
	for _, a := range args {
		switch a = r.settled(a, v); {
		case a.kind == rowSum || a.kind == mixed || a.power != 0:
			return rowForm{kind: mixed}
		case a.kind == perRow:
			f = a
		}
	}
	return f
}

// settled is a form for a value of v's shape that is not zeros.
func (r *rowwise) settled(f rowForm, v *Value) rowForm {
	if f.kind == zeros {
		return r.likeShape(v.Shape, 0)
	}
	return f
}

// multiplied is the form of a product of elements.
func multiplied(a, b rowForm) rowForm {
	switch {
	case a.kind == zeros || b.kind == zeros:
		return rowForm{}
	case a.kind == b.kind && a.kind != rowSum && a.kind != mixed:
		return a.raised(b.power)
	case a.kind == rowless && b.kind == rowSum:
		return b.raised(a.power)
	case a.kind == rowSum && b.kind == rowless:
		return a.raised(b.power)
	}
	return rowForm{kind: mixed}
}

// reduction is the form of a sum or an extreme over axes.
func (r *rowwise) reduction(v *Value, f rowForm) rowForm {
	before, over := 0, false
	for _, k := range v.Attr.(dsl.Axes) {
		over = over || f.kind == perRow && k == f.axis
		if k < f.axis {
			before++
		}
	}
	sum := v.Is("sum")
	switch {
	case f.kind == zeros && sum:
		return f
	case f.kind == zeros: // of none an extreme is infinite
		return r.likeShape(v.Shape, 0)
	case over && sum:
		return rowForm{kind: rowSum, power: f.power}
	case over || f.kind == rowSum && !sum:
		return rowForm{kind: mixed}
	case f.kind == perRow:
		f.axis -= before
	}
	if v.Is("argmax") {
		f.power = 0
	}
	return f
}

// structural is the form of leaves, derivatives and loops.
func (r *rowwise) structural(v *Value, args []rowForm, m forms) []rowForm {
	switch a := v.Attr.(type) {
	case *Leaf:
		return []rowForm{r.likeShape(v.Shape, 0)}
	case *Loop:
		return r.loop(v, a, args)
	case Result:
		return []rowForm{m[v.Args[0]][a]}
	}
	list := make([]rowForm, len(args)-1) // a grad
	for k := range list {
		list[k] = derivative(args[0], args[1+k])
	}
	return list
}

// derivative is the form of the derivative of a scalar.
func derivative(y, x rowForm) rowForm {
	switch {
	case y.kind == mixed || x.kind == mixed || x.kind == zeros:
		return rowForm{kind: mixed}
	case y.kind == zeros || y.kind == rowless && x.kind != rowless:
		return rowForm{}
	case x.kind == rowSum:
		return rowForm{kind: mixed}
	case x.kind == perRow: // only its own term of the sum has a row's element in it
		return x.raised(y.power - 2*x.power)
	}
	return y.raised(-x.power)
}

// loop finds the forms of a loop's results: those of what is carried are joined
// until they stay.
func (r *rowwise) loop(v *Value, l *Loop, args []rowForm) []rowForm {
	list := make([]rowForm, len(l.Body.Results))
	if r.within(l.Trip) {
		for k := range list {
			list[k].kind = mixed
		}
		return list
	}
	known := forms{l.Body.Params[0]: {{kind: rowless}}}
	for i, f := range args {
		if f.kind == perRow && i >= l.Carried && i < l.Carried+l.Sliced {
			f.axis--
		}
		known[l.Body.Params[i+1]] = []rowForm{f}
	}
	for changed := true; changed; {
		body := r.graph(Order(l.Body.Results...), known)
		changed = false
		for i, result := range l.Body.Results {
			list[i] = body.of(result)
			if i < l.Carried {
				p := l.Body.Params[i+1]
				list[i] = joined(known.of(p), list[i])
				changed = changed || list[i] != known.of(p)
				known[p] = []rowForm{list[i]}
			} else if list[i].kind == perRow {
				list[i].axis++
			}
		}
	}
	return list
}
