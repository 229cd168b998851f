package ir

import "github.com/gtc-lang/gtc/dsl"

// With is v on other operands; v itself when they are the same. The result's
// type is v's: operands must have the types of the old ones.
func (v *Value) With(args []*Value) *Value {
	same := true
	for i, a := range args {
		same = same && a == v.Args[i]
	}
	if same {
		return v
	}
	w := Make(v.Op, v.Attr, v.DType, v.Shape, args...)
	w.Name, w.At = v.Name, v.At
	return w
}

// WithLoop is a loop node with another attribute and operands.
func (v *Value) WithLoop(l *Loop, args []*Value) *Value {
	w := Make(v.Op, l, v.DType, v.Shape, args...)
	w.Name, w.At = v.Name, v.At
	return w
}

// Like marks v as coming from the same place in the source as w, and returns v.
func (v *Value) Like(w *Value) *Value {
	v.At = w.At
	if v.Name == "" {
		v.Name = w.Name
	}
	return v
}

// A Rule replaces one value, given its operands already replaced; it returns
// v.With(args) to leave it as it is.
type Rule func(v *Value, args []*Value) *Value

// Rewrite applies rule to every value that roots depend on, operands first,
// and returns what became of the roots. Bodies of loops are not entered.
func Rewrite(roots []*Value, rule Rule) []*Value {
	done := Replace(roots, nil, rule)
	out := make([]*Value, len(roots))
	for i, r := range roots {
		out[i] = done[r]
	}
	return out
}

// Replace is Rewrite with some values' replacements given; it returns what
// became of every value. A nil rule changes nothing else.
func Replace(roots []*Value, given map[*Value]*Value, rule Rule) map[*Value]*Value {
	if rule == nil {
		rule = func(v *Value, args []*Value) *Value { return v.With(args) }
	}
	done := map[*Value]*Value{}
	for from, to := range given {
		done[from] = to
	}
	for _, v := range Order(roots...) {
		if done[v] != nil {
			continue
		}
		args := make([]*Value, len(v.Args))
		for i, a := range v.Args {
			args[i] = done[a]
		}
		done[v] = rule(v, args)
	}
	return done
}

// Rewrite applies rule to the whole function.
func (f *Func) Rewrite(rule Rule) {
	f.SetRoots(Rewrite(f.Roots(), rule))
}

// SetRoots puts replaced roots back, in the order of Roots.
func (f *Func) SetRoots(roots []*Value) {
	for i := range f.Results {
		f.Results[i].Value, roots = roots[0], roots[1:]
	}
	for i := range f.Updates {
		f.Updates[i].Value, roots = roots[0], roots[1:]
	}
	copy(f.Finite, roots)
}

// Bodies wraps a function on graphs so that it enters every loop's body,
// innermost first: the rule gets the body's results and returns the new ones.
func Bodies(v *Value, args []*Value, on func(g *Graph) *Graph) *Value {
	if !v.Is("loop") {
		return v.With(args)
	}
	l := *v.LoopOf()
	l.Body = on(l.Body)
	return v.WithLoop(&l, args)
}

// Clone copies a graph with fresh parameters.
func (g *Graph) Clone() *Graph {
	given := map[*Value]*Value{}
	fresh := &Graph{}
	for _, p := range g.Params {
		q := BodyParam(p.Name, p.DType, p.Shape)
		q.At = p.At
		given[p] = q
		fresh.Params = append(fresh.Params, q)
	}
	fresh.Results = Inline(g.Results, given)
	return fresh
}

// Inline copies what roots depend on with the given values replaced.
func Inline(roots []*Value, given map[*Value]*Value) []*Value {
	done := Replace(roots, given, nil)
	out := make([]*Value, len(roots))
	for i, r := range roots {
		out[i] = done[r]
	}
	return out
}

// free reports whether a value may stand in a loop's body without being an
// operand of the loop: it costs nothing and depends on nothing.
func free(v *Value) bool { return v.Op.Class == dsl.Maker }

// HasGrad reports whether anything that roots depend on, the bodies of loops
// included, is a derivative that is still to be replaced.
func HasGrad(roots []*Value) bool {
	for _, v := range Order(roots...) {
		if v.Is("grad") || v.Is("loop") && HasGrad(v.LoopOf().Body.Results) {
			return true
		}
	}
	return false
}
