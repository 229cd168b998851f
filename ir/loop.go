package ir

import "github.com/gtc-lang/gtc/dsl"

// LoopSpec describes a loop whose body was built from values in scope, with
// placeholders (BodyParam) for what changes from iteration to iteration.
type LoopSpec struct {
	Trip    dsl.Dim
	Reverse bool
	Label   string
	Index   *Value   // placeholder of the iteration's number, an int scalar
	Carry   []*Value // placeholders of the carried values
	Init    []*Value // their first values
	Next    []*Value // their values after an iteration
	Slice   []*Value // placeholders of rows of sliced tensors
	Sliced  []*Value // those tensors, [Trip, …]
	Stack   []*Value // values to stack, one row an iteration

	labels [][]string // of what is carried, for the lowering
	At     dsl.Span
}

// Close makes the loop. What the body uses from outside becomes an operand;
// what does not change from iteration to iteration is thereby computed once,
// before the loop. A row of an outer tensor at the iteration's number becomes
// a slice.
func (s *LoopSpec) Close() *Value {
	c := &closer{spec: s, inside: map[*Value]*Value{}}
	c.keep(s.Index)
	for _, p := range s.Carry {
		c.keep(p)
	}
	for _, p := range s.Slice {
		c.keep(p)
	}
	roots := append(append([]*Value(nil), s.Next...), s.Stack...)
	params := append(append([]*Value{s.Index}, s.Carry...), s.Slice...)
	c.changing, c.fixed = differentiated(roots, params)
	c.slices, c.sliced = s.Slice, s.Sliced
	results := make([]*Value, len(roots))
	for i, r := range roots {
		results[i] = c.value(r)
	}
	return c.loop(results)
}

// differentiated marks the values that the body has to compute: those that
// depend on its parameters, and those that depend on what a derivative in the
// body is with respect to, or the body would not see how the result it
// differentiates comes from there. The second map marks what they depend on.
func differentiated(roots, params []*Value) (changing, fixed map[*Value]bool) {
	order := Order(roots...)
	fixed = map[*Value]bool{}
	for grown := true; grown; {
		grown, changing = false, map[*Value]bool{}
		for _, p := range params {
			changing[p] = true
		}
		for _, v := range order {
			for _, a := range v.Args {
				changing[v] = changing[v] || changing[a] || fixed[a]
			}
			if !v.Is("grad") || !changing[v] {
				continue
			}
			for _, x := range v.Args[1:] {
				if !changing[x] && !fixed[x] {
					fixed[x], grown = true, true
				}
			}
		}
	}
	return changing, fixed
}

type closer struct {
	spec          *LoopSpec
	changing      map[*Value]bool
	fixed         map[*Value]bool   // what derivatives in the body are with respect to
	inside        map[*Value]*Value // a value of the surroundings, as the body sees it
	slices        []*Value
	sliced        []*Value
	wholes, outer []*Value // parameters for invariants, and the invariants
}

func (c *closer) keep(v *Value) { c.inside[v] = v }

// value is v as seen in the body. Recursion is as deep as the body's longest
// chain of dependent values, so it walks in order instead.
func (c *closer) value(root *Value) *Value {
	for _, v := range Order(root) {
		if c.inside[v] != nil || !c.changing[v] {
			continue
		}
		if row := c.row(v); row != nil {
			c.inside[v] = row
			continue
		}
		args := make([]*Value, len(v.Args))
		for i, a := range v.Args {
			args[i] = c.operand(a)
		}
		c.inside[v] = v.With(args)
	}
	return c.operand(root)
}

// operand is a value that the body uses. Views of outer values cost nothing,
// so they move into the body and only what they read is passed in.
func (c *closer) operand(v *Value) *Value {
	if in := c.inside[v]; in != nil {
		return in
	}
	var in *Value
	switch {
	case free(v):
		in = v
	case v.Is("view"):
		in = v.With([]*Value{c.operand(v.Args[0])})
	default:
		in = BodyParam(v.Name, v.DType, v.Shape)
		in.At = v.At
		c.wholes, c.outer = append(c.wholes, in), append(c.outer, v)
	}
	c.inside[v] = in
	return in
}

// row makes a slice of gather(x, index) when x does not change in the loop.
func (c *closer) row(v *Value) *Value {
	if !v.Is("gather") || v.Attr.(dsl.Batch) != 0 || c.changing[v.Args[0]] || c.fixed[v.Args[0]] {
		return nil
	}
	from, ok := c.offset(v.Args[1])
	if !ok {
		return nil
	}
	x := v.Args[0]
	shape := append([]dsl.Dim{c.spec.Trip}, x.Shape[1:]...)
	m := dsl.Identity(len(shape))
	m[0].Const = from
	if !m.Inside(shape, x.Shape) {
		return nil
	}
	p := BodyParam(v.Name, v.DType, v.Shape)
	p.At = v.At
	c.slices, c.sliced = append(c.slices, p), append(c.sliced, View(x, m, shape))
	return p
}

// offset returns d when at is the iteration's number plus d.
func (c *closer) offset(at *Value) (dsl.Dim, bool) {
	if at == c.spec.Index {
		return dsl.N(0), true
	}
	if at.Is("add") && at.Args[0] == c.spec.Index {
		if n, ok := at.Args[1].Const(); ok {
			return dsl.N(int(n)), true
		}
		if s, ok := at.Args[1].Attr.(*dsl.Size); ok {
			return s.Dim, true
		}
	}
	return dsl.Dim{}, false
}

func (c *closer) loop(results []*Value) *Value {
	s := c.spec
	params := append(append([]*Value{s.Index}, s.Carry...), c.slices...)
	args := append(append([]*Value(nil), s.Init...), c.sliced...)
	l := &Loop{
		Trip: s.Trip, Reverse: s.Reverse, Label: s.Label,
		Carried: len(s.Carry), Sliced: len(c.sliced),
		Body: &Graph{Params: append(params, c.wholes...), Results: results},
	}
	v := Make(dsl.OpNamed("loop"), l, Float, nil, append(args, c.outer...)...)
	v.At, v.Name = s.At, s.Label
	return v
}
