package pass

import (
	"strconv"
	"strings"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
)

// CSE computes equal values once, in every function and in the bodies of
// loops. Two values are equal when they apply one row with one attribute to the
// same operands; two loops, when their bodies have one text.
func CSE(p *ir.Program, _ *dsl.Library) error {
	for _, f := range p.Funcs {
		s := &simplifier{derived: !ir.HasGrad(f.Roots())}
		f.SetRoots(s.settle(f.Roots()))
	}
	return nil
}

// merge is the first value equal to v.
func (s *simplifier) merge(v *ir.Value) *ir.Value {
	key := s.key(v)
	if key == "" {
		return v
	}
	first := s.pool[key]
	if first == nil {
		s.pool[key] = v
		return v
	}
	if first.Name == "" {
		first.Name = v.Name
	}
	return first
}

// key is what makes values equal, "" for a value that is like no other: a
// parameter, and while derivatives are still to come an input or a variable,
// since derivatives are with respect to one value and not to its equals.
func (s *simplifier) key(v *ir.Value) string {
	if l, ok := v.Attr.(*ir.Leaf); ok && (l.Kind == ir.ParamLeaf || l.Kind == ir.InputLeaf || !s.derived) {
		return ""
	}
	var b strings.Builder
	b.WriteString(v.Op.Name)
	if v.Attr != nil {
		b.WriteString(" " + v.Attr.Text())
	}
	b.WriteString(" " + v.DType.String())
	for _, d := range v.Shape {
		b.WriteString("," + d.String())
	}
	for _, a := range v.Args {
		b.WriteString(" " + strconv.FormatInt(a.ID(), 10))
	}
	if l, ok := v.Attr.(*ir.Loop); ok {
		b.WriteString(" " + strconv.FormatBool(l.Reverse) + " " + strconv.Itoa(l.Carried) + " " + strconv.Itoa(l.Sliced))
		b.WriteString("\n" + l.Body.Text())
	}
	return b.String()
}
