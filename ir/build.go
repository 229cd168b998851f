package ir

import (
	"fmt"

	"github.com/gtc-lang/gtc/dsl"
)

// New makes a value of a row whose result type follows from its operands, and
// panics when they do not fit: the lowering checks what a program's writer can
// get wrong before it builds.
func New(op string, attr dsl.Attr, args ...*Value) *Value {
	row := dsl.OpNamed(op)
	t, shape, err := infer(row, attr, args)
	if err != nil {
		panic(fmt.Sprintf("ir: %s: %v", op, err))
	}
	return Make(row, attr, t, shape, args...)
}

// Make makes a value whose type is given.
func Make(row *dsl.Op, attr dsl.Attr, t DType, shape []dsl.Dim, args ...*Value) *Value {
	v := &Value{Op: row, Args: args, Attr: attr, DType: t, Shape: shape, id: lastID.Add(1)}
	for _, a := range args { // a derived value belongs to the line of its latest operand, until told otherwise
		if a.At.Valid() {
			v.At = a.At
		}
	}
	return v
}

// Typed is New for rows whose result shape the operands do not give.
func Typed(op string, attr dsl.Attr, shape []dsl.Dim, args ...*Value) *Value {
	row := dsl.OpNamed(op)
	return Make(row, attr, resultType(row, args), shape, args...)
}

func resultType(row *dsl.Op, args []*Value) DType {
	switch row.Result.Kind {
	case 'i':
		return Int
	case 'b':
		return Bool
	case 'f':
		return Float
	}
	for k, p := range row.Params {
		if p.Kind == row.Result.Kind {
			return args[k].DType
		}
	}
	return Float
}

func infer(row *dsl.Op, attr dsl.Attr, args []*Value) (DType, []dsl.Dim, error) {
	if err := CheckArgs(row, args); err != nil {
		return 0, nil, err
	}
	t := resultType(row, args)
	switch a := attr.(type) {
	case dsl.Axes:
		return t, without(args[0].Shape, a), nil
	case dsl.Batch:
		if row.Name == "gather" {
			x, at := args[0].Shape, args[1].Shape
			return t, append(append([]dsl.Dim(nil), at...), x[int(a)+1:]...), nil
		}
	}
	if row.Class == dsl.Elementwise {
		return t, args[0].Shape, nil
	}
	if row.Result.Shape == "" {
		return t, nil, nil
	}
	return 0, nil, fmt.Errorf("the result's shape must be given")
}

func without(shape []dsl.Dim, axes dsl.Axes) []dsl.Dim {
	var kept []dsl.Dim
	for k, d := range shape {
		if len(axes) > 0 && axes[0] == k {
			axes = axes[1:]
			continue
		}
		kept = append(kept, d)
	}
	return kept
}

// CheckArgs reports operands that do not fit the row's signature.
func CheckArgs(row *dsl.Op, args []*Value) error {
	if row.Class == dsl.Structural {
		return nil
	}
	if len(args) != len(row.Params) {
		return fmt.Errorf("%d operands, not %d", len(args), len(row.Params))
	}
	same := map[byte]DType{}
	for k, p := range row.Params {
		t := args[k].DType
		if prev, ok := same[p.Kind]; ok && prev != t {
			return fmt.Errorf("operand %s is %v, an earlier one %v", p.Name, t, prev)
		}
		same[p.Kind] = t
		if !kindAllows(p.Kind, t) {
			return fmt.Errorf("operand %s is %v", p.Name, t)
		}
		if p.Shape == "S" && !SameShape(args[0].Shape, args[k].Shape) {
			return fmt.Errorf("operand %s is %v, the first %v", p.Name, args[k].Shape, args[0].Shape)
		}
		if p.Shape == "" && len(args[k].Shape) != 0 {
			return fmt.Errorf("operand %s is %v, not a scalar", p.Name, args[k].Shape)
		}
	}
	return nil
}

func kindAllows(kind byte, t DType) bool {
	switch kind {
	case 'f':
		return t == Float
	case 'i':
		return t == Int
	case 'b':
		return t == Bool
	case 'n':
		return t != Bool
	}
	return true
}

// SameShape reports whether two shapes are the same, dimension by dimension.
func SameShape(a, b []dsl.Dim) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !a[i].Equal(b[i]) {
			return false
		}
	}
	return true
}

// Volume is the number of elements of a shape.
func Volume(shape []dsl.Dim) dsl.Dim {
	n := dsl.N(1)
	for _, d := range shape {
		n = n.Mul(d)
	}
	return n
}

// Const is a float constant.
func Const(x float64) *Value { return New("const", dsl.Value(x)) }

// ConstOf is a constant of a given kind.
func ConstOf(t DType, x float64) *Value {
	return New([...]string{"const", "const_int", "const_bool"}[t], dsl.Value(x))
}

// Fill is a tensor that repeats a constant.
func Fill(t DType, x float64, shape []dsl.Dim) *Value { return Broadcast(ConstOf(t, x), nil, shape) }

// SizeOf is a dimension as a float.
func SizeOf(d dsl.Dim) *Value {
	if n, ok := d.Const(); ok {
		return Const(float64(n))
	}
	return New("float", nil, New("size", &dsl.Size{Dim: d}))
}

// View reads x at positions: element i of the result is x at m(i), 0 outside.
func View(x *Value, m dsl.Map, shape []dsl.Dim) *Value {
	if m.Identity(len(shape)) && SameShape(x.Shape, shape) {
		return x
	}
	return Typed("view", &dsl.Positions{Map: m}, shape, x)
}

// Broadcast repeats x over shape; axis k of x lies along axis axes[k] of shape.
func Broadcast(x *Value, axes []int, shape []dsl.Dim) *Value {
	return View(x, dsl.Project(len(shape), axes...), shape)
}

// Transpose reorders the axes of x: axis k of the result is axis perm[k] of x.
func Transpose(x *Value, perm ...int) *Value {
	shape, at := make([]dsl.Dim, len(perm)), make([]int, len(perm))
	for k, p := range perm {
		shape[k], at[p] = x.Shape[p], k
	}
	return Broadcast(x, at, shape)
}

// Reduce reduces x over axes by a row of the reductions: sum, max, min, argmax.
func Reduce(op string, x *Value, axes dsl.Axes) *Value {
	if len(axes) == 0 && op != "argmax" {
		return x
	}
	return New(op, axes, x)
}

// Reshape gives x another shape with as many elements.
func Reshape(x *Value, shape []dsl.Dim) *Value {
	if SameShape(x.Shape, shape) {
		return x
	}
	return Typed("reshape", nil, shape, x)
}

// Contract is Out[i] += A[i]·B[i] over c.Space.
func Contract(a, b *Value, c *dsl.Contraction, shape []dsl.Dim) *Value {
	return Typed("contract", c, shape, a, b)
}

// Out is result k of a loop or of a grad.
func Out(v *Value, k int) *Value {
	t, shape := v.OutType(k)
	return Make(dsl.OpNamed("out"), Result(k), t, shape, v)
}

// NewLeaf makes a leaf.
func NewLeaf(l *Leaf, t DType, shape []dsl.Dim) *Value {
	v := Make(dsl.OpNamed("leaf"), l, t, shape)
	v.Name = l.Name
	return v
}

// BodyParam makes a parameter of a loop's body.
func BodyParam(name string, t DType, shape []dsl.Dim) *Value {
	return NewLeaf(&Leaf{Kind: ParamLeaf, Name: name}, t, shape)
}

// Gradient asks for the derivatives of the scalar y with respect to xs, each
// a value y was computed from; use Out for the parts.
func Gradient(y *Value, xs ...*Value) *Value {
	return Make(dsl.OpNamed("grad"), nil, Float, nil, append([]*Value{y}, xs...)...)
}
