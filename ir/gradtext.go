package ir

import (
	"fmt"

	"github.com/gtc-lang/gtc/dsl"
)

// OperandGradient is the cotangent that reaches one operand of v when dy
// reaches its result: text, the operand's entry of the row's Grad, built as
// values. Numbers in the text take the kind and the shape of what they meet.
// It fails on a text that does not fit its row, which is the table's fault and
// never the program's. k is the operand's number.
func OperandGradient(text dsl.Expr, v *Value, k int, dy *Value) (*Value, error) {
	t := &gradText{node: v, names: map[string]*Value{"y": v, "dy": dy}}
	for i, p := range v.Op.Params {
		t.names[p.Name] = v.Args[i]
	}
	before := lastID.Load()
	out, err := t.value(text)
	if err != nil {
		return nil, fmt.Errorf("gradient of %s: %w", v.Op.Name, err)
	}
	if x := v.Args[k]; out.DType != x.DType || !SameShape(out.Shape, x.Shape) {
		return nil, fmt.Errorf("gradient of %s: %v%v for an operand %v%v", v.Op.Name, out.DType, out.Shape, x.DType, x.Shape)
	}
	stamp(out, before, v.At)
	return out, nil
}

// stamp gives the values made since an id the place of the value whose
// gradient they are.
func stamp(v *Value, before int64, at dsl.Span) {
	if v.id <= before {
		return
	}
	v.At = at
	for _, a := range v.Args {
		stamp(a, before, at)
	}
}

// gradText is one text being built for one value.
type gradText struct {
	node  *Value
	names map[string]*Value
}

// term is a value, or a number that does not have a kind and a shape yet.
type term struct {
	value  *Value
	number float64
}

func (t *gradText) value(e dsl.Expr) (*Value, error) {
	x, err := t.term(e)
	if err == nil && x.value == nil {
		return nil, fmt.Errorf("a number where a tensor has to be")
	}
	return x.value, err
}

func (t *gradText) term(e dsl.Expr) (term, error) {
	switch e := e.(type) {
	case *dsl.Paren:
		return t.term(e.X)
	case *dsl.Number:
		return term{number: e.Value}, nil
	case *dsl.Name:
		if v := t.names[e.Name]; v != nil {
			return term{value: v}, nil
		}
		return term{}, fmt.Errorf("no operand %q", e.Name)
	case *dsl.Unary:
		return t.unary(e)
	case *dsl.Binary:
		return t.binary(e)
	case *dsl.Call:
		return t.call(e)
	}
	return term{}, fmt.Errorf("a %T is not part of gradients", e)
}

func (t *gradText) unary(e *dsl.Unary) (term, error) {
	x, err := t.term(e.X)
	if err != nil {
		return term{}, err
	}
	return t.apply(map[string]string{"-": "neg", "not": "not"}[e.Op], x)
}

func (t *gradText) binary(e *dsl.Binary) (term, error) {
	x, err := t.term(e.X)
	if err != nil {
		return term{}, err
	}
	y, err := t.term(e.Y)
	if err != nil {
		return term{}, err
	}
	op := arithmetic[e.Op]
	if op.swaps {
		x, y = y, x
	}
	v, err := t.apply(op.row, x, y)
	if err != nil || !op.negated {
		return v, err
	}
	return t.apply("not", v)
}

func (t *gradText) call(e *dsl.Call) (term, error) {
	fn, ok := e.Fn.(*dsl.Name)
	if !ok {
		return term{}, fmt.Errorf("a call of something without a name")
	}
	terms := make([]term, len(e.Args))
	for i, a := range e.Args {
		var err error
		if terms[i], err = t.term(a.Value); err != nil {
			return term{}, err
		}
	}
	build := gradBuilders[fn.Name]
	if build == nil {
		return t.apply(fn.Name, terms...)
	}
	args := make([]*Value, len(terms))
	for i, x := range terms {
		if args[i] = x.value; x.value == nil {
			return term{}, fmt.Errorf("%s of a number", fn.Name)
		}
	}
	if len(args) != build.args {
		return term{}, fmt.Errorf("%s takes %d, not %d", fn.Name, build.args, len(args))
	}
	v, err := build.make(t.node, args)
	return term{value: v}, err
}

// apply makes a value of a row. A reduction in the gradient of a reduction is
// over the same axes.
func (t *gradText) apply(name string, terms ...term) (term, error) {
	row := dsl.OpNamed(name)
	if row == nil || row.Class != dsl.Elementwise && row.Class != dsl.Reduction {
		return term{}, fmt.Errorf("no row %q for gradients", name)
	}
	if len(terms) != len(row.Params) {
		return term{}, fmt.Errorf("%s takes %d, not %d", name, len(row.Params), len(terms))
	}
	args := settle(row, terms)
	if args == nil {
		return fold(row, terms)
	}
	var attr dsl.Attr
	if row.Class == dsl.Reduction {
		attr = t.node.Attr
		if x := args[0]; !SameShape(x.Shape, t.node.Args[0].Shape) {
			return term{}, fmt.Errorf("%s of %v", name, x.Shape)
		}
	}
	kind, shape, err := infer(row, attr, args)
	if err != nil {
		return term{}, fmt.Errorf("%s: %w", name, err)
	}
	return term{value: Make(row, attr, kind, shape, args...)}, nil
}

// fold applies a row to numbers.
func fold(row *dsl.Op, terms []term) (term, error) {
	if row.Point == nil {
		return term{}, fmt.Errorf("%s of numbers only", row.Name)
	}
	x := make([]float64, len(terms))
	for k, n := range terms {
		x[k] = n.number
	}
	return term{number: row.Point(x)}, nil
}

// settle gives numbers the shape of the other operands, and the kind of those
// that the row wants to be alike; nil when all are numbers.
func settle(row *dsl.Op, terms []term) []*Value {
	var like *Value
	kinds := map[byte]DType{'f': Float, 'i': Int, 'b': Bool, 'n': Float, 't': Float}
	for k, x := range terms {
		if x.value == nil {
			continue
		}
		like = x.value
		kinds[row.Params[k].Kind] = x.value.DType
	}
	if like == nil {
		return nil
	}
	args := make([]*Value, len(terms))
	for k, x := range terms {
		if args[k] = x.value; x.value == nil {
			args[k] = Fill(kinds[row.Params[k].Kind], x.number, like.Shape)
		}
	}
	return args
}

// gradBuilder is a function that only texts of gradients know: it sees the
// value whose gradient is built.
type gradBuilder struct {
	args int
	make func(node *Value, args []*Value) (*Value, error)
}

var gradBuilders = map[string]*gradBuilder{
	"lift":         {1, lift},
	"position":     {1, position},
	"turn_a":       {2, turnA},
	"turn_b":       {2, turnB},
	"fold_like":    {2, like("fold")},
	"view_like":    {2, like("view")},
	"reshape_like": {2, like("reshape")},
	"scatter_like": {3, like("scatter")},
	"gather_like":  {3, like("gather")},
}

// like applies a row with the node's own attribute; the last argument gives
// the shape of the result.
func like(op string) func(*Value, []*Value) (*Value, error) {
	row := dsl.OpNamed(op)
	return func(node *Value, args []*Value) (*Value, error) {
		last := len(args) - 1
		if err := CheckArgs(row, args[:last]); err != nil {
			return nil, fmt.Errorf("%s: %w", op, err)
		}
		shapes := make([][]dsl.Dim, last)
		for k, a := range args[:last] {
			shapes[k] = a.Shape
		}
		if err := row.Check(shapes, node.Attr, args[last].Shape); err != nil {
			return nil, fmt.Errorf("%s: %w", op, err)
		}
		return Make(row, node.Attr, args[0].DType, args[last].Shape, args[:last]...), nil
	}
}

// lift repeats a reduced tensor along the axes that the node reduced.
func lift(node *Value, args []*Value) (*Value, error) {
	axes, ok := node.Attr.(dsl.Axes)
	if !ok {
		return nil, fmt.Errorf("lift needs a reduction")
	}
	shape := node.Args[0].Shape
	if !SameShape(args[0].Shape, without(shape, axes)) {
		return nil, fmt.Errorf("lift of %v", args[0].Shape)
	}
	var kept []int
	for k := range shape {
		if len(axes) > 0 && axes[0] == k {
			axes = axes[1:]
			continue
		}
		kept = append(kept, k)
	}
	return Broadcast(args[0], kept, shape), nil
}

// position is the row-major position of each element within the axes that the
// node reduces, as argmax counts.
func position(node *Value, args []*Value) (*Value, error) {
	axes, ok := node.Attr.(dsl.Axes)
	if !ok {
		return nil, fmt.Errorf("position needs a reduction")
	}
	shape := args[0].Shape
	if !SameShape(shape, node.Args[0].Shape) {
		return nil, fmt.Errorf("position of %v", shape)
	}
	at := Fill(Int, 0, shape)
	for n, k := range axes {
		along := Typed("iota", &dsl.Offset{}, []dsl.Dim{shape[k]})
		if n > 0 {
			at = New("mul", nil, at, Broadcast(count(shape[k]), nil, shape))
		}
		at = New("add", nil, at, Broadcast(along, []int{k}, shape))
	}
	return at, nil
}

// count is a dimension as an integer.
func count(d dsl.Dim) *Value {
	if n, ok := d.Const(); ok {
		return ConstOf(Int, float64(n))
	}
	return New("size", &dsl.Size{Dim: d})
}

// turnA is the gradient of a contraction's first operand: the contraction with
// the maps of that operand and of the result exchanged.
func turnA(node *Value, args []*Value) (*Value, error) {
	return turn(node, args, 0, func(c *dsl.Contraction) { c.A, c.Out = c.Out, c.A })
}

// turnB is the same for the second operand.
func turnB(node *Value, args []*Value) (*Value, error) {
	return turn(node, args, 1, func(c *dsl.Contraction) { c.B, c.Out = c.Out, c.B })
}

func turn(node *Value, args []*Value, k int, exchange func(*dsl.Contraction)) (*Value, error) {
	c, ok := node.Attr.(*dsl.Contraction)
	if !ok {
		return nil, fmt.Errorf("turn needs a contraction")
	}
	turned := *c
	exchange(&turned)
	shape := node.Args[k].Shape
	if err := CheckArgs(node.Op, args); err != nil {
		return nil, err
	}
	if err := node.Op.Check([][]dsl.Dim{args[0].Shape, args[1].Shape}, &turned, shape); err != nil {
		return nil, err
	}
	return Contract(args[0], args[1], &turned, shape), nil
}
