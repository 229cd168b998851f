package irtest

import (
	"math/rand"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
)

// Loops makes random loops over vectors of three: bodies of smooth operations
// that mix carried values, rows, rows at integer positions, what every
// iteration sees whole, the iteration's number, draws, inner loops and
// derivatives.
type Loops struct {
	Rng *rand.Rand
	// Grads lets bodies hold derivatives.
	Grads bool
}

var (
	width  = dsl.N(3)
	vector = []dsl.Dim{width}
)

// Case is a loop with the inputs it reads.
type Case struct {
	Fixture
	Loop *ir.Value
}

// New makes a loop of given trip and draws its data.
func (g *Loops) New(trip dsl.Dim, sizes dsl.Sizes, nested bool) *Case {
	x, at := Input("x", ir.Float, trip, width), Input("at", ir.Int, trip)
	h, s := Input("h", ir.Float, width), Input("s", ir.Float)
	w, table := Input("w", ir.Float, width, width), Input("table", ir.Float, dsl.N(4), width)
	c := &Case{Fixture: Fixture{Xs: []*ir.Value{x, h, s, w, table}, Sizes: sizes, In: map[string]dsl.Tensor{}}}
	n := trip.At(sizes)
	positions := dsl.NewTensor([]int{n})
	for i := range positions.Data {
		positions.Data[i] = float64(g.Rng.Intn(4))
	}
	c.In["at"] = positions
	c.Fill(g.Rng, -1, 1)
	c.Loop = g.loop(&scope{trip: trip, sliced: []*ir.Value{x, at}, h: h, s: s, w: w, table: table, nested: nested})
	c.Y = Sum(Outs(c.Loop))
	return c
}

// Outs lists the results of a loop.
func Outs(loop *ir.Value) []*ir.Value {
	outs := make([]*ir.Value, len(loop.LoopOf().Body.Results))
	for k := range outs {
		outs[k] = ir.Out(loop, k)
	}
	return outs
}

// Sum is a scalar of all the float values of a list.
func Sum(list []*ir.Value) *ir.Value {
	y := ir.Const(0)
	for _, v := range list {
		if v.DType == ir.Float {
			y = ir.New("add", nil, y, Total(v))
		}
	}
	return y
}

// scope is what a loop may read of its surroundings.
type scope struct {
	trip           dsl.Dim
	sliced         []*ir.Value // float [trip, 3], int [trip]
	h, s, w, table *ir.Value
	nested         bool
}

func (g *Loops) loop(o *scope) *ir.Value {
	i := ir.BodyParam("i", ir.Int, nil)
	row, pick := ir.BodyParam("row", ir.Float, vector), ir.BodyParam("pick", ir.Int, nil)
	h, s := ir.BodyParam("h", ir.Float, vector), ir.BodyParam("s", ir.Float, nil)
	n, odd := ir.BodyParam("n", ir.Int, nil), ir.BodyParam("odd", ir.Bool, nil)
	b := &body{Loops: g, scope: o, i: i, odd: odd, row: row}
	b.pool = []*ir.Value{h, row, h, ir.Broadcast(s, nil, vector), ir.New("gather", dsl.Batch(0), o.table, pick),
		o.h, ir.Broadcast(ir.New("float", nil, n), nil, vector), ir.New("gather", dsl.Batch(0), o.sliced[0], i),
		ir.Typed("uniform", &dsl.Draw{Path: "p"}, vector, n, i)}
	for k := 0; k < 7; k++ {
		b.pool = append(b.pool, b.step())
	}
	last := len(b.pool) - 1
	spec := &ir.LoopSpec{Trip: o.trip, Reverse: g.Rng.Intn(2) == 0, Index: i,
		Carry: []*ir.Value{h, s, n, odd},
		Init:  []*ir.Value{o.h, o.s, ir.ConstOf(ir.Int, 2), ir.ConstOf(ir.Bool, 1)},
		Next: []*ir.Value{b.pool[last], ir.New("tanh", nil, ir.New("add", nil, s, Total(b.pool[last-1]))),
			ir.New("add", nil, n, pick), ir.New("not", nil, odd)},
		Slice: []*ir.Value{row, pick}, Sliced: o.sliced,
		Stack: []*ir.Value{b.pool[last-2], n, b.pool[g.Rng.Intn(last)]},
	}
	if g.Rng.Intn(3) == 0 {
		spec.Next[0] = h // a value that is carried through
	}
	return spec.Close()
}

// body is a loop's body in the making.
type body struct {
	*Loops
	*scope
	i, odd, row *ir.Value
	pool        []*ir.Value
}

func (b *body) any() *ir.Value { return b.pool[b.Rng.Intn(len(b.pool))] }

// step is a new vector, of moderate size, from those there are.
func (b *body) step() *ir.Value {
	x, y := b.any(), b.any()
	switch b.Rng.Intn(10) {
	case 0:
		return ir.New("tanh", nil, ir.New("add", nil, x, y))
	case 1:
		return ir.New("sin", nil, ir.New("mul", nil, x, y))
	case 2:
		return ir.New("where", nil, ir.Broadcast(b.odd, nil, vector), x, ir.New("neg", nil, y))
	case 3:
		m := dsl.Map{dsl.Along(1, 0)}
		m[0].Coef[0], m[0].Const = -1, dsl.N(3) // reversed, one outside
		return ir.New("sub", nil, x, ir.View(y, m, vector))
	case 4:
		return ir.New("sigmoid", nil, ir.New("add", nil, x, ir.Broadcast(ir.New("float", nil, b.i), nil, vector)))
	case 5:
		return ir.New("cos", nil, ir.New("sub", nil, x, y))
	case 6:
		if b.nested {
			return b.inner(x)
		}
	case 7:
		if b.Grads {
			return b.derivative(x)
		}
	}
	space := []dsl.Dim{width, width}
	c := &dsl.Contraction{Space: space, A: dsl.Project(2, 0, 1), B: dsl.Project(2, 1), Out: dsl.Project(2, 0)}
	return ir.New("tanh", nil, ir.Contract(b.w, x, c, vector))
}

// inner is a loop within the loop, that starts from x and sees this body's
// row, and goes over the table.
func (b *body) inner(x *ir.Value) *ir.Value {
	at := ir.Typed("iota", &dsl.Offset{}, []dsl.Dim{dsl.N(4)})
	in := &scope{trip: dsl.N(4), sliced: []*ir.Value{b.table, at}, h: x, s: Total(b.row), w: b.w, table: b.table}
	loop := (&Loops{Rng: b.Rng}).loop(in)
	rows := ir.Reduce("sum", ir.Out(loop, 4), dsl.Axes{0})
	return ir.New("tanh", nil, ir.New("add", nil, ir.Out(loop, 0), rows))
}

// derivative is a gradient within the body, for a value of the body, or for
// one of its surroundings that other invariants are computed from.
func (b *body) derivative(x *ir.Value) *ir.Value {
	y, for_ := ir.New("mul", nil, ir.New("sin", nil, x), b.any()), x
	if b.Rng.Intn(2) == 0 {
		for_ = b.h
		y = ir.New("mul", nil, y, ir.New("exp", nil, ir.New("mul", nil, b.h, b.h)))
	}
	return ir.New("sin", nil, Grads(Total(y), for_)[0])
}
