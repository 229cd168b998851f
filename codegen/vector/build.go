package vector

import "github.com/gtc-lang/gtc/dsl"

// Builder makes the program of a loop that is not a definition: from scalar
// expressions over its parameters and over each other's values.
type Builder struct{ d *definer }

// Build begins a program that may call these functions.
func (f Functions) Build(name string) *Builder {
	return &Builder{&definer{f, newBuilder(name), true, nil}}
}

// Param adds a parameter. Those that are slices come first.
func (b *Builder) Param(name string) Value { return b.d.param(name) }

// Number is a constant.
func (b *Builder) Number(x float64) (Value, error) { return b.d.constant(x, 'f') }

// Expr is the value of an expression over the named values. The conversion of
// a truth is 1 or 0.
func (b *Builder) Expr(e dsl.Expr, values map[string]Value) (Value, error) {
	scope := map[string]operand{}
	for name, v := range values {
		scope[name] = operand{value: v}
	}
	x, err := b.d.expr(e, scope)
	if err != nil {
		return None, err
	}
	if x.value == None {
		return b.Number(x.number)
	}
	return x.value, nil
}

// Truth is 1 where a mask holds, else 0.
func (b *Builder) Truth(mask Value) (Value, error) {
	x, err := b.d.apply(dsl.MachineOpNamed("where"), []operand{{value: mask}, {None, 1}, {None, 0}})
	if err != nil {
		return None, err
	}
	return b.d.settle(x, 'f')
}

// Add is the sum of two values.
func (b *Builder) Add(x, y Value) Value { return b.d.op(dsl.MachineOpNamed("add"), []Value{x, y}) }

// IsMask reports whether a value is a truth.
func (b *Builder) IsMask(v Value) bool { return b.d.kind(v) == 'm' }

// Loop ends the program: these are its results, and so many of its parameters
// are slices, so many lanes; what the lanes become are the last results. It is
// nil if a processor has too few registers for it.
func (b *Builder) Loop(results []Value, slices, lanes int) *Loop {
	if len(results)+slices > len(pointers) || b.d.Leave != None && lanes > 0 {
		return nil
	}
	for _, v := range results {
		if b.d.kind(v) != 'f' {
			return nil
		}
	}
	b.d.Results = results
	l := &Loop{Name: b.d.Name, Body: b.d.Program, Slices: slices, Lanes: lanes}
	for _, set := range Sets {
		if _, err := Assembly(set, []*Loop{l}); err != nil {
			return nil
		}
	}
	return l
}
