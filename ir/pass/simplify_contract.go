package pass

import (
	"slices"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
)

var contractRules = []Rule{
	{Name: "contract-view", Rows: []string{"contract"}, Doc: "contract(view(x), b) = contract(x, b), when the maps compose", apply: contractView},
	{Name: "contract-neg", Rows: []string{"contract"}, Doc: "contract(-a, b) = -contract(a, b)", apply: contractNeg},
	{Name: "contract-moved", Rows: []string{"view"}, Doc: "view(contract(a, b)) = contract(a, b), when the view reorders all axes and the product has no other use", apply: contractMoved},
	{Name: "contract-splat", Rows: []string{"contract"}, Rounding: true, Doc: "contract(a, c) = c·sum(a), of a number c", apply: contractSplat},
	{Name: "contract-lonely", Rows: []string{"contract"}, Rounding: true, Doc: "contract(a, b) = contract(sum(a), b) over an index that only a has", apply: contractLonely},
	{Name: "contract-repeated", Rows: []string{"contract"}, Doc: "a product that is the same along axes of its result is made once and repeated", apply: contractRepeated},
	{Name: "contract-mul", Rows: []string{"contract"}, Doc: "contract(a, b) = a·b, when nothing is summed", apply: contractMul},
}

// factor is an operand of a product as it is read over a space of indices.
func factor(x *ir.Value) (*ir.Value, dsl.Map) {
	if x.Is("view") {
		return x.Args[0], mapOf(x)
	}
	return x, dsl.Identity(x.Rank())
}

// product is the contraction of a·b into places given by out, nil unless it is
// a product of matrices.
func product(mul *ir.Value, out dsl.Map, shape []dsl.Dim) *ir.Value {
	if !mul.Is("mul") || mul.DType != ir.Float {
		return nil
	}
	c := &dsl.Contraction{Space: mul.Shape, Out: out}
	var a, b *ir.Value
	a, c.A = factor(mul.Args[0])
	b, c.B = factor(mul.Args[1])
	var rows, columns, summed bool
	for k := range c.Space {
		inA, inB, inOut := uses(c.A, k), uses(c.B, k), uses(out, k)
		rows = rows || inA && !inB && inOut
		columns = columns || inB && !inA && inOut
		summed = summed || inA && inB && !inOut
	}
	if !rows || !columns || !summed {
		return nil
	}
	return ir.Contract(a, b, c, shape)
}

func sumProduct(_ *simplifier, v *ir.Value) *ir.Value {
	x := v.Args[0]
	return product(x, dsl.Project(x.Rank(), others(x.Rank(), axesOf(v))...), v.Shape)
}

func foldProduct(_ *simplifier, v *ir.Value) *ir.Value { return product(v.Args[0], mapOf(v), v.Shape) }

func contraction(v *ir.Value) dsl.Contraction { return *v.Attr.(*dsl.Contraction) }

// operand is the map of operand k.
func operand(c *dsl.Contraction, k int) *dsl.Map {
	if k == 0 {
		return &c.A
	}
	return &c.B
}

func contractView(_ *simplifier, v *ir.Value) *ir.Value {
	c, args, changed := contraction(v), slices.Clone(v.Args), false
	for k, x := range args {
		if !x.Is("view") {
			continue
		}
		if m, ok := through(*operand(&c, k), c.Space, x); ok {
			*operand(&c, k), args[k], changed = m, x.Args[0], true
		}
	}
	if !changed {
		return nil
	}
	return ir.Contract(args[0], args[1], &c, v.Shape)
}

func contractNeg(_ *simplifier, v *ir.Value) *ir.Value {
	c := contraction(v)
	for k, x := range v.Args {
		if x.Is("neg") {
			args := slices.Clone(v.Args)
			args[k] = x.Args[0]
			return ir.New("neg", nil, ir.Contract(args[0], args[1], &c, v.Shape))
		}
	}
	return nil
}

func contractMoved(s *simplifier, v *ir.Value) *ir.Value {
	x := v.Args[0]
	if !x.Is("contract") || !s.alone(0) {
		return nil
	}
	list, ok := projection(mapOf(v), v.Shape, x.Shape)
	if !ok || len(list) != v.Rank() {
		return nil
	}
	c := contraction(x)
	out := make(dsl.Map, len(c.Out))
	for j, k := range list {
		out[k] = c.Out[j]
	}
	c.Out = out
	return ir.Contract(x.Args[0], x.Args[1], &c, v.Shape)
}

func contractSplat(_ *simplifier, v *ir.Value) *ir.Value {
	c := contraction(v)
	for k, x := range v.Args {
		if n, ok := x.Splat(); ok && operand(&c, k).Inside(c.Space, x.Shape) {
			rest := ir.View(v.Args[1-k], *operand(&c, 1-k), c.Space)
			return ir.New("mul", nil, put(rest, c.Out, v.Shape), ir.Fill(ir.Float, n, v.Shape))
		}
	}
	return nil
}

// put adds x up at places.
func put(x *ir.Value, at dsl.Map, shape []dsl.Dim) *ir.Value {
	list, ok := projection(at, x.Shape, shape)
	if !ok {
		return ir.Typed("fold", &dsl.Positions{Map: at}, shape, x)
	}
	kept := slices.Sorted(slices.Values(list))
	where := make([]int, len(kept))
	for n, k := range kept {
		where[n] = slices.Index(list, k)
	}
	return ir.Broadcast(ir.Reduce("sum", x, others(x.Rank(), kept)), where, shape)
}

// contractLonely sums an operand over indices that nothing else has before it
// multiplies.
func contractLonely(_ *simplifier, v *ir.Value) *ir.Value {
	c := contraction(v)
	for k, x := range v.Args {
		mine, other := operand(&c, k), operand(&c, 1-k)
		var axes dsl.Axes
		var gone []int
		for axis, i := range followed(*mine, c.Space, x.Shape) {
			if i >= 0 && !uses(c.Out, i) && !uses(*other, i) {
				axes, gone = append(axes, axis), append(gone, i)
			}
		}
		if len(axes) == 0 {
			continue
		}
		args := slices.Clone(v.Args)
		args[k] = ir.Reduce("sum", x, axes)
		*mine = without(*mine, axes)
		return ir.Contract(args[0], args[1], narrowed(c, gone), v.Shape)
	}
	return nil
}

// contractRepeated makes a product that does not differ along axes of its
// result once, and repeats it.
func contractRepeated(_ *simplifier, v *ir.Value) *ir.Value {
	c := contraction(v)
	var axes, gone []int
	for axis, i := range followed(c.Out, c.Space, v.Shape) {
		if i >= 0 && !uses(c.A, i) && !uses(c.B, i) {
			axes, gone = append(axes, axis), append(gone, i)
		}
	}
	if len(axes) == 0 {
		return nil
	}
	kept := others(v.Rank(), axes)
	c.Out = without(c.Out, axes)
	return ir.Broadcast(ir.Contract(v.Args[0], v.Args[1], narrowed(c, gone), pick(v.Shape, kept)), kept, v.Shape)
}

// followed lists, for each axis, the index that it follows over all its places
// and that no other axis follows; -1 for none.
func followed(m dsl.Map, space, shape []dsl.Dim) []int {
	list := make([]int, len(m))
	for axis, a := range m {
		list[axis] = -1
		i, plain := a.Plain()
		if !plain || !space[i].Equal(shape[axis]) {
			continue
		}
		if !uses(without(m, []int{axis}), i) {
			list[axis] = i
		}
	}
	return list
}

// without is a map without some axes.
func without(m dsl.Map, axes []int) dsl.Map {
	left := dsl.Map{}
	for axis, a := range m {
		if !slices.Contains(axes, axis) {
			left = append(left, a)
		}
	}
	return left
}

// narrowed is a contraction without indices that its maps no longer use.
func narrowed(c dsl.Contraction, gone []int) *dsl.Contraction {
	kept := others(len(c.Space), gone)
	return &dsl.Contraction{Space: pick(c.Space, kept), A: reindexed(c.A, kept), B: reindexed(c.B, kept), Out: reindexed(c.Out, kept)}
}

func contractMul(_ *simplifier, v *ir.Value) *ir.Value {
	c := contraction(v)
	list, ok := projection(c.Out, c.Space, v.Shape)
	if !ok || len(list) != len(c.Space) {
		return nil
	}
	return ir.New("mul", nil, ir.View(v.Args[0], reindexed(c.A, list), v.Shape), ir.View(v.Args[1], reindexed(c.B, list), v.Shape))
}
