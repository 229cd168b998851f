package codegen

import (
	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
)

// whole reports whether the rows of a batch see each other in a step, as with
// batch statistics: then a batch must not be taken in parts. They do when
// something with an axis of rows depends on something that was computed over
// rows and has none, or when a running state is updated.
func (k *train) whole() bool {
	f := k.backward.fn.IR
	for _, u := range f.Updates {
		if u.Var.Kind == ir.StateVar {
			return true
		}
	}
	w := &mixing{rows: k.batch}
	w.graph(ir.Order(f.Roots()...), map[*ir.Value]bool{}, map[*ir.Value]bool{})
	return w.found
}

// mixing looks for rows that see each other.
type mixing struct {
	rows  *dsl.Sym
	found bool
}

// has reports whether a shape has an axis of rows.
func (m *mixing) has(shape []dsl.Dim) bool {
	for _, d := range shape {
		for _, s := range d.Symbols() {
			if s == m.rows {
				return true
			}
		}
	}
	return false
}

// graph walks values in order. of marks what depends on rows, over what was
// reduced over them; both may have marks on parameters of a body.
func (m *mixing) graph(order []*ir.Value, of, over map[*ir.Value]bool) {
	for _, v := range order {
		if l, ok := v.Attr.(*ir.Leaf); ok && l.Kind == ir.InputLeaf {
			of[v] = true
		}
		for _, a := range v.Args {
			of[v] = of[v] || of[a]
			over[v] = over[v] || over[a]
			if of[a] && m.has(a.Shape) && !m.has(v.Shape) && !v.Is("out") {
				over[v] = over[v] || !v.Is("loop")
			}
		}
		if m.has(v.Shape) && over[v] {
			m.found = true
		}
		if v.Is("loop") {
			m.loop(v, of, over)
		}
	}
}

// loop walks a body until the marks on what is carried stay.
func (m *mixing) loop(v *ir.Value, of, over map[*ir.Value]bool) {
	l := v.LoopOf()
	inOf, inOver := map[*ir.Value]bool{}, map[*ir.Value]bool{}
	for i, a := range v.Args {
		inOf[l.Body.Params[i+1]], inOver[l.Body.Params[i+1]] = of[a], over[a]
	}
	for range l.Carried + 1 {
		m.graph(ir.Order(l.Body.Results...), inOf, inOver)
		for i := range l.Carried {
			p, r := l.Body.Params[i+1], l.Body.Results[i]
			inOf[p], inOver[p] = inOf[p] || inOf[r], inOver[p] || inOver[r]
		}
	}
	for _, r := range l.Body.Results {
		of[v], over[v] = of[v] || inOf[r], over[v] || inOver[r]
	}
}
