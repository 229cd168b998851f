package ir

import "github.com/gtc-lang/gtc/dsl"

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
	for _, v := range order {
		for k, a := range v.Args {
			if active[a] && d.Flows(v, k) {
				active[v] = true
				break
			}
		}
	}
	return active
}

// Flows reports whether v has a derivative with respect to operand k, were
// that one to change. Of loops, and of derivatives that are still to be made,
// it is taken to have one.
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
	for _, v := range order {
		if ends(v, active) {
			d.Labels = append(d.Labels, dsl.Label{At: v.At, Text: "derivatives end here, at " + stopsAt(v)})
			break
		}
	}
	k.l.report(d)
	panic(bail{})
}

// ends reports whether derivatives end at v, somewhere a person can look at.
func ends(v *Value, active map[*Value]bool) bool {
	if active[v] || !v.At.Valid() {
		return false
	}
	for _, a := range v.Args {
		if active[a] {
			return true
		}
	}
	return false
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
