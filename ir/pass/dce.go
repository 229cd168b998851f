package pass

import (
	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
)

// DCE drops what loops compute, carry and read for nobody, in every function
// and in the bodies of loops. Values outside of loops that nothing depends on
// are not part of a program anyway. Variables and settings stay declared.
func DCE(p *ir.Program, _ *dsl.Library) error {
	for _, f := range p.Funcs {
		s := &simplifier{prunes: true, derived: !ir.HasGrad(f.Roots())}
		f.SetRoots(s.settle(f.Roots()))
	}
	return nil
}

// prune drops the results of a loop that are not used, the carried values that
// only such results depend on, and the operands that are then not needed. It
// returns the values that stand for the results, nil for those dropped; nil
// when nothing is.
func prune(v *ir.Value, used []bool) (*ir.Value, []*ir.Value) {
	l := v.LoopOf()
	results, reached := live(l, used)
	n := ir.Loop{Trip: l.Trip, Reverse: l.Reverse, Label: l.Label, Body: &ir.Graph{Params: l.Body.Params[:1:1]}}
	var args []*ir.Value
	for k, p := range l.Body.Params[1:] {
		if k < l.Carried && !results[k] || k >= l.Carried && !reached[p] {
			continue
		}
		args, n.Body.Params = append(args, v.Args[k]), append(n.Body.Params, p)
		switch {
		case k < l.Carried:
			n.Carried++
		case k < l.Carried+l.Sliced:
			n.Sliced++
		}
	}
	for k, r := range l.Body.Results {
		if results[k] {
			n.Body.Results = append(n.Body.Results, r)
		}
	}
	if len(args) == len(v.Args) && len(n.Body.Results) == len(l.Body.Results) {
		return v, nil
	}
	w, outs := v.WithLoop(&n, args), make([]*ir.Value, len(results))
	next := 0
	for k := range outs {
		if results[k] {
			outs[k] = ir.Out(w, next)
			next++
		}
	}
	return w, outs
}

// live marks the results of a loop that are used, or carried into such, and
// the values of the body that they depend on.
func live(l *ir.Loop, used []bool) (results []bool, reached map[*ir.Value]bool) {
	results = append([]bool(nil), used...)
	for grown := true; grown; {
		grown, reached = false, map[*ir.Value]bool{}
		var roots []*ir.Value
		for k, r := range l.Body.Results {
			if results[k] {
				roots = append(roots, r)
			}
		}
		for _, v := range ir.Order(roots...) {
			reached[v] = true
		}
		for k, p := range l.Body.Params[1:][:l.Carried] {
			if reached[p] && !results[k] {
				results[k], grown = true, true
			}
		}
	}
	return results, reached
}
