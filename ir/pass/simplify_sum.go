package pass

import (
	"slices"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
)

var (
	extremes   = []string{"max", "min"}
	reductions = []string{"sum", "max", "min"}
)

var sumRules = []Rule{
	{Name: "reduce-none", Rows: reductions, Doc: "a reduction over no axes, or over axes of size 1, is a view", apply: reduceNone},
	{Name: "sum-product", Rows: []string{"sum"}, Rounding: true,
		Doc:   "sum(a·b) = contract(a, b), when it is a product of matrices: a sum over what both have, with an axis of each alone. What a view reads as 0 is left out of the sum",
		apply: sumProduct},
	{Name: "reduce-twice", Rows: reductions, Rounding: true, Doc: "sum(sum(x)) = sum(x) over both's axes; so max, min, once their derivatives, which go by order, are made", apply: reduceTwice},
	{Name: "reduce-moved", Rows: reductions, Rounding: true, Doc: "sum(view(x)) = view(sum(x)), when the view reorders or repeats axes; so max, min, when what they go over keeps its order", apply: reduceMoved},
	{Name: "sum-repeated", Rows: []string{"sum"}, Rounding: true, Doc: "the sum of n times x is n·x", apply: sumRepeated},
	{Name: "extreme-repeated", Rows: extremes, Doc: "the max or min of n > 0 times x is x", apply: extremeRepeated},
	{Name: "sum-neg", Rows: []string{"sum"}, Doc: "sum(-x) = -sum(x)", apply: sumNeg},
	{Name: "sum-factor", Rows: []string{"sum"}, Rounding: true, Doc: "sum(x·c) = sum(x)·c and sum(x/c) = sum(x)/c, when c is the same along the axes", apply: sumFactor},
}

func axesOf(v *ir.Value) dsl.Axes { return v.Attr.(dsl.Axes) }

func reduceNone(_ *simplifier, v *ir.Value) *ir.Value {
	x := v.Args[0]
	var long dsl.Axes
	for _, k := range axesOf(v) {
		if !x.Shape[k].Is(1) {
			long = append(long, k)
		}
	}
	if len(long) == len(axesOf(v)) && len(long) > 0 {
		return nil
	}
	kept := others(x.Rank(), axesOf(v))
	short := others(x.Rank(), others(x.Rank(), append(append([]int(nil), kept...), long...)))
	m := make(dsl.Map, x.Rank())
	for k := range m { // the axes of size 1 are read at 0
		m[k] = dsl.Fixed(len(short), dsl.N(0))
		if n := slices.Index(short, k); n >= 0 {
			m[k] = dsl.Along(len(short), n)
		}
	}
	narrow := ir.View(x, m, pick(x.Shape, short))
	var axes dsl.Axes
	for n, k := range short {
		if slices.Contains(long, k) {
			axes = append(axes, n)
		}
	}
	return ir.Reduce(v.Op.Name, narrow, axes)
}

func reduceTwice(s *simplifier, v *ir.Value) *ir.Value {
	x := v.Args[0]
	if x.Op != v.Op || !v.Is("sum") && !s.derived {
		return nil
	}
	axes := slices.Clone(axesOf(x))
	kept := others(x.Args[0].Rank(), axes)
	for _, k := range axesOf(v) {
		axes = append(axes, kept[k])
	}
	slices.Sort(axes)
	return ir.Reduce(v.Op.Name, x.Args[0], axes)
}

// reduceMoved reduces before it reorders and repeats.
func reduceMoved(_ *simplifier, v *ir.Value) *ir.Value {
	x := v.Args[0]
	if !x.Is("view") {
		return nil
	}
	y := x.Args[0]
	list, ok := projection(mapOf(x), x.Shape, y.Shape)
	if !ok {
		return nil
	}
	var axes dsl.Axes
	var at, gone []int // along which axis of the result a kept one lies; what is reduced, in y's order
	kept := others(x.Rank(), axesOf(v))
	for j, k := range list {
		if slices.Contains(axesOf(v), k) {
			axes, gone = append(axes, j), append(gone, k)
		} else {
			at = append(at, slices.Index(kept, k))
		}
	}
	if len(axes) < len(axesOf(v)) || !v.Is("sum") && !slices.IsSorted(gone) {
		return nil // it also goes over repeated axes, or the first extreme one would be another
	}
	return ir.Broadcast(ir.Reduce(v.Op.Name, y, axes), at, v.Shape)
}

// repeated splits off the axes of a reduction along which a view repeats: what
// is left to reduce, nil when there are none, and how often it is repeated.
func repeated(v *ir.Value) (left *ir.Value, times dsl.Dim) {
	x := v.Args[0]
	if !x.Is("view") {
		return nil, times
	}
	var gone []int
	times = dsl.N(1)
	for _, k := range axesOf(v) {
		if !uses(mapOf(x), k) {
			gone = append(gone, k)
			times = times.Mul(x.Shape[k])
		}
	}
	if len(gone) == 0 {
		return nil, times
	}
	kept := others(x.Rank(), gone)
	narrow := ir.View(x.Args[0], reindexed(mapOf(x), kept), pick(x.Shape, kept))
	var axes dsl.Axes
	for n, k := range kept {
		if slices.Contains(axesOf(v), k) {
			axes = append(axes, n)
		}
	}
	return ir.Reduce(v.Op.Name, narrow, axes), times
}

func sumRepeated(_ *simplifier, v *ir.Value) *ir.Value {
	left, times := repeated(v)
	if left == nil {
		return nil
	}
	n := ir.SizeOf(times)
	if v.DType == ir.Int {
		n = ir.New("size", &dsl.Size{Dim: times})
	}
	return ir.New("mul", nil, left, ir.Broadcast(n, nil, v.Shape))
}

func extremeRepeated(_ *simplifier, v *ir.Value) *ir.Value {
	left, times := repeated(v)
	if n, known := times.Const(); left == nil || !known || n < 1 {
		return nil
	}
	return left
}

func sumNeg(_ *simplifier, v *ir.Value) *ir.Value {
	if x := v.Args[0]; x.Is("neg") {
		return ir.New("neg", nil, ir.Reduce("sum", x.Args[0], axesOf(v)))
	}
	return nil
}

// sumFactor moves a factor or a divisor that the sum does not go over out of
// it.
func sumFactor(_ *simplifier, v *ir.Value) *ir.Value {
	x := v.Args[0]
	if v.DType != ir.Float || !x.Is("mul") && !x.Is("div") {
		return nil
	}
	for k := 1; k >= 0; k-- {
		if k == 0 && x.Is("div") {
			break
		}
		if c := constantAlong(x.Args[k], axesOf(v)); c != nil {
			return ir.New(x.Op.Name, nil, ir.Reduce("sum", x.Args[1-k], axesOf(v)), c)
		}
	}
	return nil
}

// constantAlong is x without axes that a view repeats it along, nil when one
// of them is none such.
func constantAlong(x *ir.Value, axes dsl.Axes) *ir.Value {
	if !x.Is("view") {
		return nil
	}
	for _, k := range axes {
		if uses(mapOf(x), k) {
			return nil
		}
	}
	kept := others(x.Rank(), axes)
	return ir.View(x.Args[0], reindexed(mapOf(x), kept), pick(x.Shape, kept))
}
