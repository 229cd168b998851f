package pass

import (
	"fmt"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
)

// Gradient replaces every derivative that the program asks for by the values
// that compute it, in every function and in the bodies of loops, inner
// derivatives first. It needs the gradients of the op table from lib, and has
// to run before any pass that could take a value which is differentiated for
// out of the way between it and the result. A value that the result does not
// depend on has a derivative of zeros. Integers, truths and stop_gradient
// carry no derivative.
//
// Loops that are differentiated get further stacked results: what their
// reversed loops need of each iteration.
func Gradient(p *ir.Program, lib *dsl.Library) error {
	for _, f := range p.Funcs {
		if !ir.HasGrad(f.Roots()) {
			continue
		}
		d := &differ{texts: lib.Grads}
		roots, err := d.expand(f.Roots(), nil)
		if err != nil {
			return fmt.Errorf("%s %s: %w", f.Kind, f.Name, err)
		}
		f.SetRoots(roots)
	}
	return nil
}

// differ differentiates one function. Every loop it sees is a copy of its own,
// so that it may add stacked results to it: they come last, and results that
// are already in use keep their numbers.
type differ struct {
	texts ir.Derivatives
}

// expand copies what roots depend on, with loops made private and derivatives
// replaced.
func (d *differ) expand(roots []*ir.Value, given map[*ir.Value]*ir.Value) ([]*ir.Value, error) {
	var failed error
	parts, targets := map[*ir.Value][]*ir.Value{}, derivedTargets(roots)
	done := ir.Replace(roots, given, func(v *ir.Value, args []*ir.Value) *ir.Value {
		switch {
		case failed != nil:
			return v
		case v.Is("grad"):
			parts[v], failed = d.gradient(args[0], args[1:])
			return args[0]
		case v.Is("out") && v.Args[0].Is("grad"):
			part := parts[v.Args[0]][v.Attr.(ir.Result)]
			if targets[v] {
				return ir.Typed("view", &dsl.Positions{Map: dsl.Identity(part.Rank())}, part.Shape, part).Like(part)
			}
			return part
		case v.Is("loop"):
			var own *ir.Loop
			if own, failed = d.private(v.LoopOf()); failed != nil {
				return v
			}
			return v.WithLoop(own, args)
		}
		return v.With(args)
	})
	out := make([]*ir.Value, len(roots))
	for i, r := range roots {
		out[i] = done[r]
	}
	return out, failed
}

// derivedTargets are the derivatives that others are with respect to. Such a
// one has to be a value of its own: that of x*y by x is y, which may have other
// uses, and those do not depend on the derivative.
func derivedTargets(roots []*ir.Value) map[*ir.Value]bool {
	targets := map[*ir.Value]bool{}
	for _, v := range ir.Order(roots...) {
		if !v.Is("grad") {
			continue
		}
		for _, x := range v.Args[1:] {
			if x.Is("out") && x.Args[0].Is("grad") {
				targets[x] = true
			}
		}
	}
	return targets
}

// private copies a loop, with the derivatives in its body replaced.
func (d *differ) private(l *ir.Loop) (*ir.Loop, error) {
	own, given := *l, map[*ir.Value]*ir.Value{}
	own.Body = &ir.Graph{}
	for _, p := range l.Body.Params {
		q := ir.BodyParam(p.Name, p.DType, p.Shape)
		q.At = p.At
		given[p] = q
		own.Body.Params = append(own.Body.Params, q)
	}
	var err error
	own.Body.Results, err = d.expand(l.Body.Results, given)
	return &own, err
}

// gradient is the derivatives of the scalar y with respect to xs.
func (d *differ) gradient(y *ir.Value, xs []*ir.Value) ([]*ir.Value, error) {
	if y.DType != ir.Float || !y.Scalar() {
		return nil, fmt.Errorf("%v: the derivative of a %v of rank %d, not of a float scalar", y.At, y.DType, y.Rank())
	}
	one := ir.Const(1)
	one.At = y.At
	found, err := d.backward([]seed{{y, one}}, xs)
	if err != nil {
		return nil, err
	}
	out := make([]*ir.Value, len(xs))
	for k, x := range xs {
		if out[k] = found[x]; out[k] == nil {
			out[k] = zeros(x)
		}
	}
	return out, nil
}

func zeros(x *ir.Value) *ir.Value {
	z := ir.Fill(x.DType, 0, x.Shape)
	if z.At = x.At; x.Name != "" {
		z.Name = "d_" + x.Name
	}
	return z
}

// seed is a value and the cotangent it starts with.
type seed struct{ value, cotangent *ir.Value }

// sweep is one walk from results back to what they depend on.
type sweep struct {
	*differ
	active     map[*ir.Value]bool
	cotangents map[*ir.Value]*ir.Value
	outs       map[*ir.Value][]*ir.Value // of each result of a loop; nil for none
}

// backward is the cotangents of xs, and of what lies between; nothing for what
// the seeds do not depend on.
func (d *differ) backward(seeds []seed, xs []*ir.Value) (map[*ir.Value]*ir.Value, error) {
	var roots []*ir.Value
	for _, s := range seeds {
		roots = append(roots, s.value)
	}
	order := ir.Order(roots...)
	w := &sweep{differ: d, active: d.texts.Active(order, xs),
		cotangents: map[*ir.Value]*ir.Value{}, outs: map[*ir.Value][]*ir.Value{}}
	for _, s := range seeds {
		w.add(s.value, s.cotangent)
	}
	for i := len(order) - 1; i >= 0; i-- {
		if v := order[i]; w.active[v] {
			if err := w.visit(v); err != nil {
				return nil, err
			}
		}
	}
	return w.cotangents, nil
}

// add sums the cotangents that reach a value, in the order they come.
func (w *sweep) add(v, cotangent *ir.Value) {
	if cotangent == nil {
		return
	}
	if prev := w.cotangents[v]; prev != nil {
		cotangent = ir.New("add", nil, prev, cotangent)
		cotangent.At = v.At
	}
	w.cotangents[v] = cotangent
}

// visit passes the cotangent of v, now complete, on to its operands.
func (w *sweep) visit(v *ir.Value) error {
	if v.Is("loop") {
		return w.visitLoop(v)
	}
	dy := w.cotangents[v]
	if dy == nil {
		return nil
	}
	label(dy, v)
	if v.Is("out") {
		w.visitOut(v, dy)
		return nil
	}
	for k, a := range v.Args {
		if !w.active[a] || !w.texts.Flows(v, k) {
			continue
		}
		dx, err := ir.OperandGradient(w.texts[v.Op.Name][k], v, k, dy)
		if err != nil {
			return err
		}
		w.add(a, dx)
	}
	return nil
}

// label names a cotangent after its value, unless it is another value's too.
func label(dy, v *ir.Value) {
	if dy.Name == "" && v.Name != "" {
		dy.Name = "d_" + v.Name
		if v.At.Valid() {
			dy.At = v.At
		}
	}
}

func (w *sweep) visitOut(v, dy *ir.Value) {
	loop, k := v.Args[0], int(v.Attr.(ir.Result))
	if w.outs[loop] == nil {
		w.outs[loop] = make([]*ir.Value, len(loop.LoopOf().Body.Results))
	}
	if prev := w.outs[loop][k]; prev != nil {
		dy = ir.New("add", nil, prev, dy)
		dy.At = v.At
	}
	w.outs[loop][k] = dy
}

func (w *sweep) visitLoop(v *ir.Value) error {
	results := w.outs[v]
	if results == nil {
		return nil
	}
	active := make([]bool, len(v.Args))
	for k, a := range v.Args {
		active[k] = w.active[a]
	}
	operands, err := w.reverse(v, results, active)
	if err != nil {
		return err
	}
	for k, a := range v.Args {
		w.add(a, operands[k])
	}
	return nil
}
