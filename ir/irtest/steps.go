package irtest

import (
	"fmt"
	"slices"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
)

// step adds what a random maker makes; the simple ones come first.
func (p *pool) step() {
	makers := []func(p *pool){
		(*pool).unary, (*pool).binary, (*pool).binary, (*pool).sum, (*pool).view, (*pool).view, (*pool).product, (*pool).product,
		(*pool).contract, (*pool).fold, (*pool).reshape, (*pool).choice, (*pool).power, (*pool).extreme, (*pool).gather,
		(*pool).scatter, (*pool).maker, (*pool).loop, (*pool).loop, (*pool).derivative,
	}
	makers[p.Choose(len(makers))](p)
}

func (p *pool) unary() {
	row := []string{"neg", "tanh", "sin", "sigmoid", "abs", "stop_gradient"}[p.Choose(6)]
	p.add(ir.New(row, nil, p.any()))
}

func (p *pool) binary() {
	x := p.any()
	y := p.beside(x.Shape)
	row := []string{"add", "sub", "mul", "div", "maximum", "minimum"}[p.Choose(6)]
	if p.Choose(4) == 3 {
		x, y = y, x
	}
	if n, ok := y.Splat(); row == "div" && !(ok && n != 0) {
		y = positive(y)
	}
	p.add(ir.New(row, nil, x, y))
}

// positive is a smooth positive value near |x|.
func positive(x *ir.Value) *ir.Value {
	one := ir.Fill(ir.Float, 1, x.Shape)
	return ir.New("sqrt", nil, ir.New("add", nil, one, ir.New("mul", nil, x, x)))
}

func (p *pool) axes(rank int) dsl.Axes {
	var axes dsl.Axes
	for k := range rank {
		if p.Choose(2) == 0 {
			axes = append(axes, k)
		}
	}
	return axes
}

func (p *pool) sum() {
	x := p.any()
	if p.Choose(4) == 0 {
		x = ir.New("neg", nil, x)
	}
	p.add(ir.New("sum", p.axes(x.Rank()), x))
}

func (p *pool) extreme() {
	x := p.any()
	var axes dsl.Axes
	for k, d := range x.Shape {
		if _, known := d.Const(); known {
			axes = append(axes, k)
		}
	}
	p.add(ir.Reduce([]string{"max", "min"}[p.Choose(2)], x, axes))
}

// view reorders and repeats the axes of a value, or reads it anywhere.
func (p *pool) view() {
	x, shape := p.any(), p.shape()
	if p.Choose(2) == 0 {
		p.add(ir.View(x, p.positions(shape, x.Rank()), shape))
		return
	}
	space, m := p.spread(nil, x)
	p.add(ir.View(x, m, space))
}

// spread adds the axes of x to a space: each is an index of its size that is
// there, or a new one, put anywhere.
func (p *pool) spread(space []dsl.Dim, x *ir.Value) ([]dsl.Dim, dsl.Map) {
	var at []int
	for _, d := range x.Shape {
		j := p.Choose(len(space) + 1)
		if j == len(space) || !space[j].Equal(d) || slices.Contains(at, j) {
			space = slices.Insert(slices.Clone(space), j, d)
			for i := range at {
				if at[i] >= j {
					at[i]++
				}
			}
		}
		at = append(at, j)
	}
	if p.Choose(3) == 2 {
		space = append(slices.Clone(space), p.dim())
	}
	return space, dsl.Project(len(space), at...)
}

func (p *pool) fold() {
	x, shape := p.any(), p.shape()
	p.add(ir.Typed("fold", &dsl.Positions{Map: p.positions(x.Shape, len(shape))}, shape, x))
}

// factors is the iteration space of a product of two values, and their maps:
// as index notation makes them, or anything.
func (p *pool) factors(a, b *ir.Value) (space []dsl.Dim, mapA, mapB dsl.Map) {
	space = append(p.shape(), p.dim())
	if p.Choose(3) == 0 {
		return space, p.positions(space, a.Rank()), p.positions(space, b.Rank())
	}
	space = slices.Clone(a.Shape)
	at := make([]int, b.Rank())
	for k, d := range b.Shape {
		at[k] = slices.IndexFunc(space, d.Equal)
		if at[k] < 0 || slices.Contains(at[:k], at[k]) || p.Choose(3) == 0 {
			space, at[k] = append(space, d), len(space)
		}
	}
	return space, dsl.Project(len(space), all(a.Rank())...), dsl.Project(len(space), at...)
}

// product is a sum of products in index notation.
func (p *pool) product() {
	a, b := p.any(), p.any()
	space, mapA, mapB := p.factors(a, b)
	mul := ir.New("mul", nil, ir.View(a, mapA, space), ir.View(b, mapB, space))
	if p.Choose(4) == 0 {
		shape := p.shape()
		p.add(ir.Typed("fold", &dsl.Positions{Map: p.positions(space, len(shape))}, shape, mul))
		return
	}
	p.add(ir.Reduce("sum", mul, p.axes(len(space))))
}

func (p *pool) contract() {
	a, b := p.any(), p.any()
	c := &dsl.Contraction{}
	c.Space, c.A, c.B = p.factors(a, b)
	out := others(len(c.Space), p.axes(len(c.Space)))
	if len(out) > 1 && p.Choose(2) == 0 {
		out[0], out[1] = out[1], out[0]
	}
	shape := make([]dsl.Dim, len(out))
	for k, i := range out {
		shape[k] = c.Space[i]
	}
	if c.Out = dsl.Project(len(c.Space), out...); p.Choose(3) == 2 {
		shape = p.shape()
		c.Out = p.positions(c.Space, len(shape))
	}
	y := ir.Contract(a, b, c, shape)
	if y.Rank() > 1 && p.Choose(3) == 0 {
		order := all(y.Rank())
		slices.Reverse(order)
		y = ir.Transpose(y, order...)
	}
	p.add(y)
}

func others(rank int, axes dsl.Axes) []int {
	return slices.DeleteFunc(all(rank), func(k int) bool { return slices.Contains(axes, k) })
}

// reshape makes one axis of all, or adds and takes axes of size 1, or splits
// what was joined.
func (p *pool) reshape() {
	x := p.any()
	var shape []dsl.Dim
	if p.Choose(2) == 0 {
		x = ir.Reshape(x, []dsl.Dim{ir.Volume(x.Shape)})
		p.add(x)
	}
	for k, d := range x.Shape {
		n, known := d.Const()
		switch {
		case known && n == 1 && p.Choose(2) == 0:
		case known && n%2 == 0 && p.Choose(2) == 0:
			shape = append(shape, dsl.N(n/2), dsl.N(2))
		default:
			shape = append(shape, x.Shape[k])
		}
		if p.Choose(3) == 2 {
			shape = append(shape, dsl.N(1))
		}
	}
	if ir.Volume(shape).Equal(ir.Volume(x.Shape)) {
		p.add(ir.Reshape(x, shape))
	}
}

func (p *pool) choice() {
	x := p.any()
	c := ir.New("lt", nil, p.beside(x.Shape), ir.Fill(ir.Float, 0.31372, x.Shape))
	if p.Choose(2) == 0 {
		c = ir.New("not", nil, c)
	}
	p.add(ir.New("where", nil, c, x, p.beside(x.Shape)))
}

func (p *pool) power() {
	x := positive(p.any())
	p.add(ir.New("pow", nil, x, ir.Fill(ir.Float, []float64{2, 3, 0, 1, 0.5, -1, -2, -0.5, 1.7}[p.Choose(9)], x.Shape)))
}

// rows is a value of whose first axis 0 and 1 are positions.
func (p *pool) rows() *ir.Value {
	x := p.any()
	return p.like(x, append([]dsl.Dim{dsl.N(2 + p.Choose(2))}, x.Shape...))
}

func (p *pool) gather() {
	at := p.index
	switch p.Choose(4) {
	case 2:
		at = ir.Typed("iota", &dsl.Offset{}, []dsl.Dim{dsl.N(1 + p.Choose(2))})
	case 3:
		at = ir.Fill(ir.Int, float64(p.Choose(2)), []dsl.Dim{dsl.N(2)})
	}
	p.add(ir.New("gather", dsl.Batch(0), p.rows(), at))
}

func (p *pool) scatter() {
	x := p.any()
	x = p.like(x, append([]dsl.Dim{dsl.N(2)}, x.Shape...))
	p.add(ir.Typed("scatter", dsl.Batch(0), append([]dsl.Dim{dsl.N(3)}, x.Shape[1:]...), x, p.index))
}

func (p *pool) maker() {
	switch d := p.dim(); p.Choose(4) {
	case 0:
		p.add(ir.New("sin", nil, ir.New("float", nil, ir.Typed("iota", &dsl.Offset{From: dsl.N(p.Choose(3))}, []dsl.Dim{d}))))
	case 1:
		step, k := ir.ConstOf(ir.Int, 3), p.Choose(2)
		p.add(ir.Typed([]string{"uniform", "normal"}[k], &dsl.Draw{Path: fmt.Sprint("p", k)}, p.shape(), step, step))
	case 2:
		p.add(ir.New("float", nil, ir.New("size", &dsl.Size{Dim: d})))
	default:
		n := ir.New("add", nil, p.index, ir.Fill(ir.Int, 2, p.index.Shape))
		n = ir.New("add", nil, n, ir.Fill(ir.Int, float64(p.Choose(3)), p.index.Shape))
		p.add(ir.New("float", nil, ir.New("int", nil, ir.New("float", nil, n))))
	}
}

// derivative adds the derivatives of a scalar for two values it may depend on.
// Of a scalar that has derivatives in it, these are inputs: through what else
// of the values in between a derivative goes is for its rule to say.
func (p *pool) derivative() {
	y, a, b := p.total(ir.New("sin", nil, p.any())), p.any(), p.any()
	if a == b || ir.HasGrad([]*ir.Value{y, a, b}) && !(a.Is("leaf") && b.Is("leaf")) {
		return
	}
	for _, d := range Grads(y, a, b) {
		p.add(d)
	}
}

// loop adds the results of a loop whose body is made like everything else, of
// the carried values, the rows, and what is around.
func (p *pool) loop() {
	if p.depth == 2 {
		return
	}
	p.depth++
	defer func() { p.depth-- }()
	s := &ir.LoopSpec{Trip: p.dim(), Reverse: p.Choose(2) == 1, Label: "l", Index: ir.BodyParam("i", ir.Int, nil)}
	in := &pool{Programs: p.Programs, index: p.index}
	for range 1 + p.Choose(2) {
		in.add(p.any())
	}
	in.add(ir.New("sin", nil, ir.New("float", nil, s.Index)))
	for range p.Choose(3) {
		x := p.any()
		s.Sliced = append(s.Sliced, p.like(x, append([]dsl.Dim{s.Trip}, x.Shape...)))
		s.Slice = append(s.Slice, ir.BodyParam("row", ir.Float, x.Shape))
	}
	for range 1 + p.Choose(2) {
		s.Init = append(s.Init, p.any())
		s.Carry = append(s.Carry, ir.BodyParam("c", ir.Float, s.Init[len(s.Init)-1].Shape))
	}
	in.floats = append(append(in.floats, s.Slice...), s.Carry...)
	for range 1 + p.Choose(5) {
		in.step()
	}
	for _, c := range s.Carry {
		next := c
		if p.Choose(4) > 0 {
			next = ir.New("tanh", nil, in.like(in.any(), c.Shape))
		}
		s.Next = append(s.Next, next)
	}
	s.Stack = append(in.ends(), in.any())
	for _, out := range Outs(s.Close()) {
		p.add(out)
	}
}
