package plan

import (
	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
)

// normal rewrites a graph into the few forms that the planner knows: reshapes
// that only split axes become views, folds that collide nowhere become views
// of sums, contractions become matrix products or reductions of products,
// argmax goes over trailing axes. It notes which values must be in memory for
// reasons that no fusion changes.
type normal struct {
	uses    map[*ir.Value]int
	stored  map[*ir.Value]bool
	general map[*ir.Value]bool // products of contractions that are no matrix products
	gemms   map[*ir.Value]*gemmForm
}

// normalise rewrites the roots.
func normalise(roots []*ir.Value) ([]*ir.Value, *normal) {
	n := &normal{uses: usesOf(roots), stored: map[*ir.Value]bool{}, general: map[*ir.Value]bool{}, gemms: map[*ir.Value]*gemmForm{}}
	return ir.Rewrite(roots, n.rule), n
}

// usesOf counts how often each value is an operand or a root.
func usesOf(roots []*ir.Value) map[*ir.Value]int {
	uses := map[*ir.Value]int{}
	for _, v := range ir.Order(roots...) {
		for _, a := range v.Args {
			uses[a]++
		}
	}
	for _, r := range roots {
		uses[r]++
	}
	return uses
}

func (n *normal) rule(v *ir.Value, args []*ir.Value) *ir.Value {
	switch v.Op.Name {
	case "stop_gradient":
		return args[0]
	case "reshape":
		return n.reshape(v, args[0])
	case "view":
		return n.view(v, args[0])
	case "fold":
		return n.fold(v, args[0])
	case "contract":
		return n.contract(v, args[0], args[1])
	case "argmax":
		return n.argmax(v, args[0])
	case "sum", "max", "min":
		if len(v.Attr.(dsl.Axes)) == 0 {
			return args[0]
		}
	case "gather":
		n.keep(args[0])
	case "scatter":
		if int(v.Attr.(dsl.Batch)) == len(args[1].Shape) {
			return oneHot(v, args[0], args[1])
		}
	case "loop":
		return n.loop(v, args)
	}
	return v.With(args)
}

// keep notes that x has to be in memory, whole.
func (n *normal) keep(x *ir.Value) {
	if x = base(x); !x.Is("leaf") && !x.Is("out") {
		n.stored[x] = true
	}
}

// base is the value whose memory a reshape sees under another shape.
func base(x *ir.Value) *ir.Value {
	for x.Is("reshape") {
		x = x.Args[0]
	}
	return x
}

// copyOf is a value of its own with the elements of x.
func copyOf(x *ir.Value) *ir.Value {
	return ir.Typed("view", &dsl.Positions{Map: dsl.Identity(len(x.Shape))}, x.Shape, x).Like(x)
}

func (n *normal) reshape(v, x *ir.Value) *ir.Value {
	for {
		if m, ok := splitMap(x.Shape, v.Shape); ok {
			return ir.View(x, m, v.Shape).Like(v)
		}
		if !x.Is("reshape") {
			break
		}
		x = x.Args[0]
	}
	n.keep(x)
	return v.With([]*ir.Value{x})
}

// splitMap is the view that a reshape is when every axis of x becomes one or
// more axes, all but the first of constant size.
func splitMap(x, y []dsl.Dim) (dsl.Map, bool) {
	m, next := make(dsl.Map, len(x)), 0
	for k, size := range x {
		first, rest := next, dsl.N(1)
		for next < len(y) && !rest.Equal(size) {
			rest = rest.Mul(y[next])
			next++
		}
		if !rest.Equal(size) {
			return nil, false
		}
		m[k] = dsl.Affine{Coef: make([]int, len(y)), Div: 1}
		for j, c := next-1, 1; j >= first; j-- {
			m[k].Coef[j] = c
			inner, ok := y[j].Const()
			if !ok && j > first {
				return nil, false
			}
			c *= inner
		}
	}
	for ; next < len(y); next++ {
		if !y[next].Is(1) {
			return nil, false
		}
	}
	return m, true
}

// view lets a matrix product write its result permuted when nobody wants it
// otherwise.
func (n *normal) view(v, x *ir.Value) *ir.Value {
	form, m := n.gemms[x], v.Attr.(*dsl.Positions).Map
	list, ok := m.Projection()
	if form == nil || !ok || n.uses[v.Args[0]] != 1 || len(list) != len(v.Shape) || !m.Inside(v.Shape, x.Shape) {
		return v.With([]*ir.Value{x})
	}
	c := *x.Attr.(*dsl.Contraction)
	out := make(dsl.Map, len(list))
	for k, axis := range list {
		if !x.Shape[k].Equal(v.Shape[axis]) {
			return v.With([]*ir.Value{x})
		}
		out[axis] = c.Out[k]
	}
	c.Out = out
	if w := n.product(ir.Contract(x.Args[0], x.Args[1], &c, v.Shape).Like(v)); w != nil {
		return w
	}
	return v.With([]*ir.Value{x})
}

// fold is the view of a sum when no two elements that differ in more than the
// indices summed over meet.
func (n *normal) fold(v, x *ir.Value) *ir.Value {
	m := v.Attr.(*dsl.Positions).Map
	axisOf := make([]int, len(x.Shape)) // the result's axis that an index moves along
	for k := range axisOf {
		axisOf[k] = -1
	}
	for axis, a := range m {
		k, count := -1, 0
		for j, c := range a.Coef {
			if c != 0 {
				k, count = j, count+1
			}
		}
		if a.Div > 1 || count > 1 || count == 1 && axisOf[k] >= 0 {
			return v.With([]*ir.Value{x})
		}
		if count == 1 {
			axisOf[k] = axis
		}
	}
	return n.unfold(v, x, m, axisOf)
}

func (n *normal) unfold(v, x *ir.Value, m dsl.Map, axisOf []int) *ir.Value {
	var gone dsl.Axes
	var inverse dsl.Map
	for k, axis := range axisOf {
		if axis < 0 {
			gone = append(gone, k)
			continue
		}
		a := dsl.Affine{Coef: make([]int, len(v.Shape)), Const: m[axis].Const.Mul(dsl.N(-1)), Div: m[axis].Coef[k]}
		a.Coef[axis] = 1
		if a.Div < 0 {
			a.Coef[axis], a.Const, a.Div = -1, m[axis].Const, -a.Div
		}
		inverse = append(inverse, a)
	}
	sum := ir.Reduce("sum", x, gone)
	if sum != x {
		sum.Like(v)
	}
	for axis, a := range m { // an axis that holds everything at one position
		if !a.IsFixed() || v.Shape[axis].Is(1) && a.Const.Is(0) {
			continue
		}
		sum = ir.Broadcast(sum, axes(len(sum.Shape)), append(append([]dsl.Dim(nil), sum.Shape...), dsl.N(1)))
		at := dsl.Along(len(v.Shape), axis)
		at.Const = a.Const.Mul(dsl.N(-1))
		inverse = append(inverse, at)
	}
	return ir.View(sum, inverse, v.Shape).Like(v)
}

// oneHot is a scatter of one row for each of the shared axes, as a choice: no
// two rows meet.
func oneHot(v, x, at *ir.Value) *ir.Value {
	batch := len(at.Shape)
	rest := append(axes(batch), axes(len(v.Shape))[batch+1:]...)
	row := ir.Broadcast(ir.Typed("iota", &dsl.Offset{}, v.Shape[batch:batch+1]), []int{batch}, v.Shape)
	here := ir.New("eq", nil, row, ir.Broadcast(at, axes(batch), v.Shape)).Like(v)
	return ir.New("where", nil, here, ir.Broadcast(x, rest, v.Shape), ir.Fill(v.DType, 0, v.Shape)).Like(v)
}

// axes is 0, 1, …, n-1.
func axes(n int) []int {
	list := make([]int, n)
	for k := range list {
		list[k] = k
	}
	return list
}

func (n *normal) argmax(v, x *ir.Value) *ir.Value {
	gone := v.Attr.(dsl.Axes)
	if len(gone) == 0 {
		return ir.Fill(ir.Int, 0, v.Shape).Like(v)
	}
	if isSuffix(gone, len(x.Shape)) {
		return v.With([]*ir.Value{x})
	}
	return ir.Reduce("argmax", ir.Transpose(x, append(others(gone, len(x.Shape)), gone...)...),
		dsl.Axes(axes(len(x.Shape))[len(x.Shape)-len(gone):])).Like(v)
}

// isSuffix reports whether axes are the last ones.
func isSuffix(axes dsl.Axes, rank int) bool {
	for i, k := range axes {
		if k != rank-len(axes)+i {
			return false
		}
	}
	return true
}

// others lists the axes that are not in the list.
func others(list dsl.Axes, rank int) []int {
	gone := map[int]bool{}
	for _, k := range list {
		gone[k] = true
	}
	var kept []int
	for k := 0; k < rank; k++ {
		if !gone[k] {
			kept = append(kept, k)
		}
	}
	return kept
}

// loop copies what is carried, so that the loop may change it, and keeps the
// other operands in memory, unless they repeat a constant.
func (n *normal) loop(v *ir.Value, args []*ir.Value) *ir.Value {
	l, args := v.LoopOf(), append([]*ir.Value(nil), args...)
	for k, a := range args {
		switch _, splat := a.Splat(); {
		case k < l.Carried:
			args[k] = copyOf(a)
			n.stored[args[k]] = true
		case splat:
		case k < l.Carried+l.Sliced:
			if r := rowsOf(a); r != nil {
				n.keep(r.of)
			} else {
				n.keep(a)
			}
		default:
			n.keep(a)
		}
	}
	return v.With(args)
}

// rows says how the rows of a sliced tensor lie in the memory of another.
type rows struct {
	of           *ir.Value
	base, stride dsl.Dim // in elements
}

// rowsOf finds the memory that holds each row of x in one piece; nil when x
// has to be put there first.
func rowsOf(x *ir.Value) *rows {
	r := &rows{of: x, stride: ir.Volume(x.Shape[1:])}
	m := dsl.Identity(len(x.Shape))
	for y := x; y.Is("view"); {
		next, ok := y.Attr.(*dsl.Positions).Map.Compose(m, len(x.Shape))
		if y = y.Args[0]; !ok || !next.Inside(x.Shape, y.Shape) {
			break
		}
		m = next
		strides, from, ok := stridesOf(m, y.Shape, len(x.Shape))
		if ok && compact(strides[1:], x.Shape[1:]) {
			r = &rows{of: y, base: from, stride: strides[0]}
		}
	}
	return r
}

// compact reports whether strides are those of a tensor of that shape.
func compact(strides, shape []dsl.Dim) bool {
	want := dsl.N(1)
	for k := len(shape) - 1; k >= 0; k-- {
		if !shape[k].Is(1) && !strides[k].Equal(want) {
			return false
		}
		want = want.Mul(shape[k])
	}
	return true
}

// stridesOf is how far, in elements, each index moves in a tensor read at m,
// and where index 0 is. It fails for maps that divide.
func stridesOf(m dsl.Map, shape []dsl.Dim, rank int) (strides []dsl.Dim, from dsl.Dim, ok bool) {
	strides = make([]dsl.Dim, rank)
	step := dsl.N(1)
	for axis := len(m) - 1; axis >= 0; axis-- {
		a := m[axis]
		if a.Div > 1 {
			return nil, from, false
		}
		for k, c := range a.Coef {
			if c != 0 {
				strides[k] = strides[k].Add(step.Mul(dsl.N(c)))
			}
		}
		from = from.Add(step.Mul(a.Const))
		step = step.Mul(shape[axis])
	}
	return strides, from, true
}
