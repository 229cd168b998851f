package ir

import (
	"slices"

	"github.com/gtc-lang/gtc/dsl"
)

// What a loop's body makes of the names around it: each rebinding is seen by
// the next step and after the loop. A for is lowered iteration by iteration, so
// that a number stays known while it is one; the one body of a scan stands for
// every step, so that a number it rebinds is a tensor there.

// assigned lists the names that a block rebinds, in order, nested blocks
// included.
func assigned(b *dsl.Block) []string {
	var names []string
	dsl.Walk(b, func(n dsl.Node) bool {
		if st, ok := n.(*dsl.AssignStmt); ok {
			for _, t := range st.Targets {
				names = append(names, t.Name.Name)
			}
		}
		return true
	})
	return names
}

// carriable reports whether a scan can carry a thing: as one tensor.
func carriable(v thing) bool {
	switch v.(type) {
	case tensor, number, dimension, truth:
		return true
	}
	return false
}

// outerName is a name of an enclosing block that a loop cannot carry, and what
// it stands for before the body.
type outerName struct {
	b      *binding
	before thing
}

// keptBy lists the names around a scan that its body assigns to and that it
// does not carry.
func keptBy(s *scope, body *dsl.Block, carried []*binding) []outerName {
	var list []outerName
	for _, name := range assigned(body) {
		if b := s.local(name); b != nil && b.state == nil && !slices.Contains(carried, b) {
			list = append(list, outerName{b, b.value})
		}
	}
	return list
}

// unchanged refuses a new value for a name that a loop cannot carry.
func (l *lowerer) unchanged(at dsl.Node, loop string, o outerName) {
	now := o.b.value
	if same(o.before, now) {
		return
	}
	o.b.value = poison{}
	sound(o.before)
	sound(now)
	help := "give what the body makes a name of its own"
	if _, several := o.before.(tuple); several {
		help = "give each of the values a name of its own, as in a, b = split(x, 2)"
	}
	l.fail("GT0236", at, quote(o.b.name)+" cannot change from step to step of a "+loop, "before it, this is "+describe(o.before), help,
		dsl.Label{At: o.b.at, Text: "bound here"})
}

// holdsTensor reports whether a thing that is no tensor has one in it.
func holdsTensor(v thing) bool {
	switch v := v.(type) {
	case tensor:
		return true
	case tuple:
		return slices.ContainsFunc(v, holdsTensor)
	case list:
		return slices.ContainsFunc(v, holdsTensor)
	}
	return false
}

// carryIn gives an iteration of a for placeholders for the tensors it carries
// in. What is no tensor is known, and seen as it is.
func (f *forState) carryIn(it *iteration) {
	for i, b := range f.carried {
		now := f.now[i]
		if now.v != nil {
			p := BodyParam(now.v.Name, now.v.DType, now.v.Shape)
			p.At = now.v.At
			now.v = p
			b.value = now
		}
		it.carry, it.before = append(it.carry, now), append(it.before, b.value)
	}
}

// carryOut notes what the iteration has made of what it carries: a number may
// have become a tensor.
func (f *forState) carryOut(it *iteration) {
	for i, b := range f.carried {
		switch _, isTensor := b.value.(tensor); {
		case isTensor || it.carry[i].v != nil:
			f.now[i] = f.l.asTensor(b.value, f.e)
		case holdsTensor(b.value):
			f.l.attempt(func() { f.l.unchanged(header(f.e, f.e.Body), "for", outerName{b, it.before[i]}) })
		}
		it.out = append(it.out, f.now[i])
	}
}

// valuesOf are the values of those tensors that have one.
func valuesOf(list []tensor) []*Value {
	var values []*Value
	for _, t := range list {
		if t.v != nil {
			values = append(values, t.v)
		}
	}
	return values
}

// present are the values that are there.
func present(list []*Value) []*Value {
	return slices.DeleteFunc(slices.Clone(list), func(v *Value) bool { return v == nil })
}

// inSlots puts values in the places of those tensors that have one.
func inSlots(slots []tensor, values []*Value) []*Value {
	list := make([]*Value, len(slots))
	for i, t := range slots {
		if t.v != nil {
			list[i], values = values[0], values[1:]
		}
	}
	return list
}
