package ir

import (
	"fmt"

	"github.com/gtc-lang/gtc/dsl"
)

func (g *graphVerifier) loop(v *Value) error {
	l := v.LoopOf()
	switch {
	case l.Body == nil:
		return fmt.Errorf("there is no body")
	case l.Carried < 0 || l.Sliced < 0 || l.Carried+l.Sliced > len(v.Args) || l.Carried > len(l.Body.Results):
		return fmt.Errorf("%d carried and %d sliced of %d operands", l.Carried, l.Sliced, len(v.Args))
	case len(l.Body.Params) != 1+len(v.Args):
		return fmt.Errorf("%d parameters for %d operands", len(l.Body.Params), len(v.Args))
	case g.depth >= maxTextDepth:
		return fmt.Errorf("loops nest too deep")
	}
	inner := &graphVerifier{verifier: g.verifier, f: g.f, leaves: map[*Value]bool{}, body: true, depth: g.depth + 1}
	for k, p := range l.Body.Params {
		if leaf, ok := p.Attr.(*Leaf); !ok || leaf.Kind != ParamLeaf || inner.leaves[p] {
			return fmt.Errorf("parameter %d is not a parameter's leaf", k)
		}
		inner.leaves[p] = true
		if err := l.checkParam(k, v.Args); err != nil {
			return fmt.Errorf("parameter %d is %s: %w", k, typeText(p.DType, p.Shape), err)
		}
	}
	for k, r := range l.Body.Results[:l.Carried] {
		if p := l.Body.Params[1+k]; r != nil && (r.DType != p.DType || !SameShape(r.Shape, p.Shape)) {
			return fmt.Errorf("%s is carried as %s", typeText(r.DType, r.Shape), typeText(p.DType, p.Shape))
		}
	}
	return inner.graph(append(append([]*Value(nil), l.Body.Params...), l.Body.Results...))
}

// checkParam compares a parameter's type with that of its operand.
func (l *Loop) checkParam(k int, args []*Value) error {
	p := l.Body.Params[k]
	if k == 0 {
		if p.DType != Int || !p.Scalar() {
			return fmt.Errorf("the iteration's number is an integer")
		}
		return nil
	}
	a := args[k-1]
	shape := p.Shape
	if k > l.Carried && k <= l.Carried+l.Sliced {
		shape = append([]dsl.Dim{l.Trip}, shape...)
	}
	if a.DType != p.DType || !SameShape(a.Shape, shape) {
		return fmt.Errorf("the operand is %s", typeText(a.DType, a.Shape))
	}
	return nil
}
