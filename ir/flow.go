package ir

import (
	"slices"

	"github.com/gtc-lang/gtc/dsl"
)

// Derivatives are the gradients of the op table: for each row one text an
// operand, nil for one that a derivative does not go through.
type Derivatives map[string][]dsl.Expr

// Active marks the values that a derivative with respect to xs flows through.
// The list has operands before what they are used by.
func (d Derivatives) Active(order, xs []*Value) map[*Value]bool {
	active := map[*Value]bool{}
	for _, x := range xs {
		active[x] = x.DType == Float
	}
	results := map[*Value][]bool{} // of loops
	for _, v := range order {
		switch {
		case v.Is("loop"):
			results[v] = d.throughLoop(v, active)
			active[v] = slices.Contains(results[v], true)
		case v.Is("out") && v.Args[0].Is("loop"):
			active[v] = active[v] || v.DType == Float && results[v.Args[0]][v.Attr.(Result)]
		default:
			active[v] = active[v] || d.flowsInto(v, active)
		}
	}
	return active
}

func (d Derivatives) flowsInto(v *Value, active map[*Value]bool) bool {
	for k, a := range v.Args {
		if active[a] && d.Flows(v, k) {
			return true
		}
	}
	return false
}

// throughLoop are the results of a loop that a derivative flows through. What
// is carried stays what it is before the loop when that has no iterations.
func (d Derivatives) throughLoop(v *Value, active map[*Value]bool) []bool {
	l := v.LoopOf()
	inside := d.insideLoop(v, active)
	list := make([]bool, len(l.Body.Results))
	for i, r := range l.Body.Results {
		list[i] = inside[r] || i < l.Carried && active[v.Args[i]] && !atLeast(l.Trip, dsl.N(1))
	}
	return list
}

// insideLoop is Active of a loop's body, where what is carried is active when
// an iteration makes it so.
func (d Derivatives) insideLoop(v *Value, active map[*Value]bool) map[*Value]bool {
	l := v.LoopOf()
	given := make([]bool, len(v.Args))
	for i, a := range v.Args {
		given[i] = active[a]
	}
	order := Order(l.Body.Results...)
	for {
		var xs []*Value
		for i, p := range l.Body.Params[1:] {
			if given[i] {
				xs = append(xs, p)
			}
		}
		inside, grown := d.Active(order, xs), false
		for i, r := range l.Body.Results[:l.Carried] {
			if inside[r] && !given[i] {
				given[i], grown = true, true
			}
		}
		if !grown {
			return inside
		}
	}
}

// Flows reports whether v has a derivative with respect to operand k, were
// that one to change. Of loops, whose results Active tells apart, and of
// derivatives that are still to be made, it is taken to have one.
func (d Derivatives) Flows(v *Value, k int) bool {
	inside := func(v *Value) bool { return v.Is("loop") || v.Is("grad") }
	switch {
	case inside(v), v.Is("out") && v.DType == Float:
		return true
	case v.DType != Float || v.Args[k].DType != Float && !inside(v.Args[k]):
		return false
	}
	texts := d[v.Op.Name]
	return k < len(texts) && texts[k] != nil
}

// reached checks that the objective has a derivative with respect to some of
// the parameters that are to change.
func (k *training) reached(st *dsl.MinimizeStmt, loss *Value, params []*Value) {
	order := Order(loss)
	active := k.l.derivatives.Active(order, params)
	if active[loss] {
		return
	}
	d := &dsl.Diagnostic{Code: "GT0326", At: st.Loss.Span(), Message: "no derivative of the objective reaches what is trained",
		Help: "minimize what follows smoothly from the parameters, such as cross_entropy(logits, y), and report the rest"}
	if v := k.l.derivatives.end(order, active); v != nil {
		d.Labels = append(d.Labels, dsl.Label{At: v.At, Text: "derivatives end here, at " + stopsAt(v)})
	}
	k.l.report(d)
	panic(bail{})
}

// end is the first value that derivatives end at, somewhere a person can look
// at: of a loop, a value of its body. It is nil when there is none.
func (d Derivatives) end(order []*Value, active map[*Value]bool) *Value {
	for _, v := range order {
		if !slices.ContainsFunc(v.Args, func(a *Value) bool { return active[a] }) {
			continue
		}
		switch {
		case v.Is("loop"):
			if inside := d.end(Order(v.LoopOf().Body.Results...), d.insideLoop(v, active)); inside != nil {
				return inside
			}
		case !active[v] && !v.Is("out") && v.At.Valid():
			return v
		}
	}
	return nil
}

// stopsAt is the word for an operation that derivatives end at.
func stopsAt(v *Value) string {
	switch name := v.Op.Name; name {
	case "lt", "le", "eq":
		return "a comparison"
	default:
		return name
	}
}
