package pass

import (
	"slices"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
)

var moveRules = []Rule{
	{Name: "reshape-twice", Rows: []string{"reshape"}, Doc: "reshape(reshape(x)) = reshape(x), also where the inner one is written as a view", apply: reshapeTwice},
	{Name: "reshape-view", Rows: []string{"reshape"}, Doc: "reshape(x) = view(x), when it only splits axes, or adds or takes those of size 1",
		apply: reshapeView},
	{Name: "reshape-splat", Rows: []string{"reshape"}, Doc: "reshape of a repeated number repeats it", apply: reshapeSplat},
	{Name: "gather-iota", Rows: []string{"gather"}, Doc: "gather(x, from, from+1, …) = view(x), when nothing is outside", apply: gatherIota},
	{Name: "gather-const", Rows: []string{"gather"}, Doc: "gather(x, a constant) = view(x)", apply: gatherConst},
	{Name: "iota-one", Rows: []string{"iota"}, Doc: "iota of one number is that number", apply: iotaOne},
	{Name: "size-known", Rows: []string{"size"}, Doc: "size of a known dimension is a number", apply: sizeKnown},
}

func reshapeTwice(_ *simplifier, v *ir.Value) *ir.Value {
	x := v.Args[0]
	if x.Is("reshape") || x.Is("view") && splits(mapOf(x), x.Args[0].Shape, x.Shape) {
		return ir.Reshape(x.Args[0], v.Shape)
	}
	return nil
}

// splits reports whether a map from y to x is that of a reshape of x to y.
func splits(m dsl.Map, x, y []dsl.Dim) bool {
	split, ok := regroup(x, y)
	return ok && slices.EqualFunc(m, split, dsl.Affine.Equal)
}

func reshapeView(_ *simplifier, v *ir.Value) *ir.Value {
	if m, ok := regroup(v.Args[0].Shape, v.Shape); ok {
		return ir.View(v.Args[0], m, v.Shape)
	}
	return nil
}

func reshapeSplat(_ *simplifier, v *ir.Value) *ir.Value {
	if n, ok := v.Args[0].Splat(); ok {
		return ir.Fill(v.DType, n, v.Shape)
	}
	return nil
}

// regroup is the map of the view from y to x that a reshape of x to y is, when
// each axis of x is split into axes of y of which all but the first have known
// sizes. Axes of size 1 count nowhere.
func regroup(x, y []dsl.Dim) (dsl.Map, bool) {
	m, next := make(dsl.Map, len(x)), 0
	for k, size := range x {
		m[k] = dsl.Fixed(len(y), dsl.N(0))
		if size.Is(1) {
			continue
		}
		first, product := next, dsl.N(1)
		for ; !product.Equal(size); next++ {
			if next == len(y) {
				return nil, false
			}
			product = product.Mul(y[next])
		}
		stride, known := 1, true
		for j := next - 1; j >= first; j-- {
			if y[j].Is(1) {
				continue
			}
			if !known {
				return nil, false
			}
			m[k].Coef[j] = stride
			var n int
			n, known = y[j].Const()
			known = known && n > 0
			stride *= n
		}
	}
	for _, size := range y[next:] {
		if !size.Is(1) {
			return nil, false
		}
	}
	return m, true
}

func gatherIota(_ *simplifier, v *ir.Value) *ir.Value {
	x, at := v.Args[0], v.Args[1]
	from, ok := at.Attr.(*dsl.Offset)
	if !ok || v.Attr.(dsl.Batch) != 0 {
		return nil
	}
	m := dsl.Identity(v.Rank())
	m[0].Const = from.From
	if !m.Inside(v.Shape, x.Shape) {
		return nil
	}
	return ir.View(x, m, v.Shape)
}

func gatherConst(_ *simplifier, v *ir.Value) *ir.Value {
	x, batch := v.Args[0], int(v.Attr.(dsl.Batch))
	n, ok := v.Args[1].Splat()
	if !ok || n < 0 {
		return nil
	}
	m, width := make(dsl.Map, x.Rank()), x.Rank()-batch-1
	for k := range m {
		switch {
		case k < batch:
			m[k] = dsl.Along(v.Rank(), k)
		case k == batch:
			m[k] = dsl.Fixed(v.Rank(), dsl.N(int(n)))
		default:
			m[k] = dsl.Along(v.Rank(), v.Rank()-width+k-batch-1)
		}
	}
	if !m.Inside(v.Shape, x.Shape) {
		return nil
	}
	return ir.View(x, m, v.Shape)
}

func iotaOne(_ *simplifier, v *ir.Value) *ir.Value {
	if n, ok := v.Attr.(*dsl.Offset).From.Const(); ok && v.Shape[0].Is(1) {
		return ir.Fill(ir.Int, float64(n), v.Shape)
	}
	return nil
}

func sizeKnown(_ *simplifier, v *ir.Value) *ir.Value {
	if n, ok := v.Attr.(*dsl.Size).Dim.Const(); ok {
		return ir.ConstOf(ir.Int, float64(n))
	}
	return nil
}
