package plan

import (
	"math/bits"
	"sort"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
)

// contract turns a contraction into a matrix product, or into a reduction of
// products.
func (n *normal) contract(v, a, b *ir.Value) *ir.Value {
	c := *v.Attr.(*dsl.Contraction)
	list, plain := c.Out.Projection()
	for k, i := range list {
		plain = plain && c.Space[i].Equal(v.Shape[k])
	}
	if !plain {
		return n.scattered(v, a, b, &c)
	}
	a, okA := untangle(a, &c.A, c.Space)
	b, okB := untangle(b, &c.B, c.Space)
	if okA && okB && classify(&c).gemm() {
		w := ir.Contract(a, b, &c, v.Shape).Like(v)
		if p := n.product(w); p != nil {
			return p
		}
		return n.canonical(w)
	}
	return n.reduction(v, a, b, &c, okA && okB)
}

// untangle makes a map a projection, by a view of the operand, when no element
// is read at two indices, unless all along, and nothing is read outside.
func untangle(x *ir.Value, m *dsl.Map, space []dsl.Dim) (*ir.Value, bool) {
	var used []int
	seen := map[int]bool{}
	for _, a := range *m {
		count := 0
		for k, c := range a.Coef {
			if c == 0 {
				continue
			}
			if count++; !seen[k] {
				seen[k] = true
				used = append(used, k)
			}
		}
		if count > 1 && !digits(a, space) {
			return x, false
		}
	}
	if !m.Inside(space, x.Shape) {
		return x, false
	}
	shape, narrow := make([]dsl.Dim, len(used)), make(dsl.Map, len(*m))
	for i, k := range used {
		shape[i] = space[k]
	}
	for axis, a := range *m {
		narrow[axis] = dsl.Affine{Coef: make([]int, len(used)), Const: a.Const, Div: a.Div}
		for i, k := range used {
			narrow[axis].Coef[i] = a.Coef[k]
		}
	}
	*m = dsl.Project(len(space), used...)
	return ir.View(x, narrow, shape), true
}

// digits reports whether a position is a number whose digits are the indices,
// as 16*i + j is with j < 16: each position is that of one choice of them.
func digits(a dsl.Affine, space []dsl.Dim) bool {
	var order []int
	for k, c := range a.Coef {
		if c < 0 {
			return false
		}
		if c > 0 {
			order = append(order, k)
		}
	}
	sort.Slice(order, func(i, j int) bool { return a.Coef[order[i]] < a.Coef[order[j]] })
	for i := range order[:len(order)-1] {
		k, next := order[i], order[i+1]
		if a.Coef[next]%a.Coef[k] != 0 || space[k].Max() > a.Coef[next]/a.Coef[k] {
			return false
		}
	}
	return true
}

// classes sorts the indices of a contraction whose maps are projections by
// where they occur; indices that run over one position count nowhere.
type classes struct{ batch, m, n, k, other []int }

func (c classes) gemm() bool {
	return len(c.m) > 0 && len(c.n) > 0 && len(c.k) > 0 && len(c.other) == 0
}

func classify(c *dsl.Contraction) classes {
	var out classes
	in := func(m dsl.Map, k int) int {
		for _, a := range m {
			if a.Coef[k] != 0 {
				return 1
			}
		}
		return 0
	}
	for k, size := range c.Space {
		if size.Is(1) {
			continue
		}
		switch in(c.A, k)<<2 | in(c.B, k)<<1 | in(c.Out, k) {
		case 7:
			out.batch = append(out.batch, k)
		case 5:
			out.m = append(out.m, k)
		case 3:
			out.n = append(out.n, k)
		case 6:
			out.k = append(out.k, k)
		default:
			out.other = append(out.other, k)
		}
	}
	return out
}

// scattered is a contraction whose results go to computed positions.
func (n *normal) scattered(v, a, b *ir.Value, c *dsl.Contraction) *ir.Value {
	mul := ir.New("mul", nil, ir.View(a, c.A, c.Space), ir.View(b, c.B, c.Space)).Like(v)
	n.general[mul] = true
	return n.fold(ir.Typed("fold", &dsl.Positions{Map: c.Out}, v.Shape, mul).Like(v), mul)
}

// reduction is a contraction as a sum of products. The indices summed over
// come last, unless the larger operand lies the other way round in memory.
func (n *normal) reduction(v, a, b *ir.Value, c *dsl.Contraction, plain bool) *ir.Value {
	kept, _ := c.Out.Projection()
	gone := others(kept, len(c.Space))
	order := append(append([]int(nil), kept...), gone...)
	from := len(kept)
	big, m := a, c.A
	if ir.Volume(b.Shape).Max() > ir.Volume(a.Shape).Max() {
		big, m = b, c.B
	}
	if last := len(m) - 1; last >= 0 && len(big.Shape) > 1 && len(gone) > 0 && !c.Space[gone[len(gone)-1]].Is(1) {
		if m[last].Coef[gone[len(gone)-1]] == 0 {
			order, from = append(append([]int(nil), gone...), kept...), 0
		}
	}
	space, where := make([]dsl.Dim, len(order)), make([]int, len(order))
	for i, k := range order {
		space[i], where[k] = c.Space[k], i
	}
	mul := ir.New("mul", nil, ir.View(a, permuted(c.A, where), space), ir.View(b, permuted(c.B, where), space)).Like(v)
	if !plain {
		n.general[mul] = true
	}
	if len(gone) == 0 {
		return mul
	}
	return ir.Reduce("sum", mul, axes(from + len(gone))[from:]).Like(v)
}

// permuted is a map over indices that have moved: old index k is now where[k].
func permuted(m dsl.Map, where []int) dsl.Map {
	out := make(dsl.Map, len(m))
	for axis, a := range m {
		out[axis] = dsl.Affine{Coef: make([]int, len(where)), Const: a.Const, Div: a.Div}
		for k, c := range a.Coef {
			out[axis].Coef[where[k]] = c
		}
	}
	return out
}

// gemmForm is a recognised product: the Gemm without its buffers, and the
// values whose memory it reads.
type gemmForm struct {
	Gemm
	a, b    *ir.Value
	swapped bool // the A of the product is the second operand
}

// product recognises v, a contraction of projections, as a matrix product. It
// reads its operands through as many views as BLAS can express. It is nil
// when the operands lie in memory as no product can read them.
func (n *normal) product(v *ir.Value) *ir.Value {
	c := v.Attr.(*dsl.Contraction)
	o, _, _ := stridesOf(c.Out, v.Shape, len(c.Space))
	levelsA, levelsB := n.levels(v.Args[0], c.A, c.Space), n.levels(v.Args[1], c.B, c.Space)
	for i := len(levelsA) - 1; i >= 0; i-- {
		for j := len(levelsB) - 1; j >= 0; j-- {
			a, b := levelsA[i], levelsB[j]
			form := matchGemm(c.Space, a.strides, b.strides, o)
			if form == nil {
				continue
			}
			form.a, form.b = a.of, b.of
			form.place(a.from, b.from)
			n.gemms[v] = form
			n.keep(a.of)
			n.keep(b.of)
			return v
		}
	}
	return nil
}

// level is one way to read an operand: in the memory of a value.
type level struct {
	of      *ir.Value
	strides []dsl.Dim
	from    dsl.Dim
}

// levels lists the ways to read x at m, from x's own memory to what it is a
// view of.
func (n *normal) levels(x *ir.Value, m dsl.Map, space []dsl.Dim) []level {
	var list []level
	for {
		strides, from, ok := stridesOf(m, x.Shape, len(space))
		if !ok || !m.Inside(space, x.Shape) {
			return list
		}
		list = append(list, level{x, strides, from})
		if !x.Is("view") || n.stored[x] {
			return list
		}
		if m, ok = x.Attr.(*dsl.Positions).Map.Compose(m, len(space)); !ok {
			return list
		}
		x = x.Args[0]
	}
}

// canonical gives the operands, and the result if it must be, a layout that a
// product can work on: as few copies as will do.
func (n *normal) canonical(v *ir.Value) *ir.Value {
	c := v.Attr.(*dsl.Contraction)
	k := classify(c)
	tries := []int{1, 2, 4, 3, 5, 6, 7}
	sort.SliceStable(tries, func(i, j int) bool { return bits.OnesCount(uint(tries[i])) < bits.OnesCount(uint(tries[j])) })
	for _, which := range tries {
		d, a, b, shape := *c, v.Args[0], v.Args[1], v.Shape
		var kept []*ir.Value
		if which&1 != 0 {
			a, d.A = arranged(a, c.A, c.Space, k.batch, k.m, k.k)
			kept = append(kept, a)
		}
		if which&2 != 0 {
			b, d.B = arranged(b, c.B, c.Space, k.batch, k.k, k.n)
			kept = append(kept, b)
		}
		if which&4 != 0 {
			d.Out, shape = arrangedOut(c.Out, c.Space, k)
		}
		for _, x := range kept {
			n.stored[x] = true
		}
		if p := n.product(ir.Contract(a, b, &d, shape).Like(v)); p != nil {
			return backTo(p, d.Out, c.Out, v)
		}
		for _, x := range kept {
			delete(n.stored, x)
		}
	}
	return n.reduction(v, v.Args[0], v.Args[1], c, true)
}

// arranged is a copy of an operand with its axes in the order of the lists.
func arranged(x *ir.Value, m dsl.Map, space []dsl.Dim, lists ...[]int) (*ir.Value, dsl.Map) {
	var order []int
	for _, list := range lists {
		order = append(order, list...)
	}
	shape, back := make([]dsl.Dim, len(order)), make([]int, len(space))
	for i, k := range order {
		shape[i], back[k] = space[k], i
	}
	narrow := make(dsl.Map, len(m))
	for axis, a := range m {
		narrow[axis] = dsl.Fixed(len(order), dsl.N(0))
		for k, coef := range a.Coef {
			if coef != 0 && !space[k].Is(1) {
				narrow[axis].Coef[back[k]] = coef
			}
		}
	}
	copied := ir.Typed("view", &dsl.Positions{Map: narrow}, shape, x).Like(x)
	return copied, dsl.Project(len(space), order...)
}

func arrangedOut(out dsl.Map, space []dsl.Dim, k classes) (dsl.Map, []dsl.Dim) {
	order := append(append(append([]int(nil), k.batch...), k.m...), k.n...)
	shape := make([]dsl.Dim, len(order))
	for i, s := range order {
		shape[i] = space[s]
	}
	return dsl.Project(len(space), order...), shape
}

// backTo is the result as v has it, of a product that made it under another
// order of axes.
func backTo(p *ir.Value, made, want dsl.Map, v *ir.Value) *ir.Value {
	if len(made) == len(want) {
		same := true
		for k := range made {
			same = same && made[k].Equal(want[k])
		}
		if same {
			return p
		}
	}
	wanted, _ := want.Projection()
	axisOf := map[int]int{}
	for axis, k := range wanted {
		axisOf[k] = axis
	}
	list, _ := made.Projection()
	at := make([]int, len(list))
	for i, k := range list {
		at[i] = axisOf[k]
	}
	return ir.Broadcast(p, at, v.Shape).Like(v)
}
