package dsl_test

import (
	"math/rand"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/irtest"
)

// trial makes one random use of a row: shapes, an attribute and operands.
type trial struct {
	rng   *rand.Rand
	row   *dsl.Op
	zero  bool // let sizes be 0
	sizes dsl.Sizes
	in    map[string]dsl.Tensor
	xs    []*ir.Value // the float operands
}

// newTrial is use n of a row; the same n gives the same use.
func newTrial(row *dsl.Op, n int64) *trial {
	return &trial{rng: rand.New(rand.NewSource(n)), row: row, sizes: dsl.Sizes{}, in: map[string]dsl.Tensor{}}
}

// makers makes the use of a row that is not elementwise.
var makers = map[string]func(*trial) *ir.Value{
	"sum": (*trial).reduction, "max": (*trial).reduction, "min": (*trial).reduction, "argmax": (*trial).reduction,
	"view": (*trial).view, "fold": (*trial).fold, "contract": (*trial).contract,
	"reshape": (*trial).reshape, "gather": (*trial).gather, "scatter": (*trial).scatter,
}

// use is the row applied to fresh inputs.
func (g *trial) use() *ir.Value {
	if make := makers[g.row.Name]; make != nil {
		return make(g)
	}
	return g.elementwise()
}

// fixture wraps a scalar of the inputs.
func (g *trial) fixture(y *ir.Value) *irtest.Fixture {
	return &irtest.Fixture{Y: y, Xs: g.xs, In: g.in, Sizes: g.sizes, Most: 8}
}

// dim is a size, known at compile time or at run time only.
func (g *trial) dim(n int) dsl.Dim {
	if g.rng.Intn(3) > 0 {
		return dsl.N(n)
	}
	s := &dsl.Sym{Name: string(rune('A' + len(g.sizes))), Bound: n + g.rng.Intn(3)}
	g.sizes[s] = n
	return s.Dim()
}

// size is small, and often 1.
func (g *trial) size() int {
	if g.zero && g.rng.Intn(2) == 0 {
		return 0
	}
	return []int{1, 1, 2, 2, 3}[g.rng.Intn(5)]
}

func (g *trial) shape(most int) []dsl.Dim {
	shape := make([]dsl.Dim, g.rng.Intn(most+1))
	if g.zero && len(shape) == 0 {
		shape = make([]dsl.Dim, 1)
	}
	for k := range shape {
		shape[k] = g.dim(g.size())
	}
	return shape
}

// float is a float operand. Rows that are not smooth get numbers that are away
// from whole and half ones and from each other, an operand's from another's.
func (g *trial) float(name string, shape []dsl.Dim) *ir.Value {
	v := dsl.NewTensor(irtest.Shape(shape, g.sizes))
	domain := g.row.Domain
	if domain == [2]float64{} {
		domain = [2]float64{-2, 2}
	}
	places := g.rng.Perm(len(v.Data))
	for i := range v.Data {
		if g.row.Smooth {
			v.Data[i] = domain[0] + (domain[1]-domain[0])*g.rng.Float64()
			continue
		}
		v.Data[i] = 0.25*float64(places[i]-len(places)/2) + 0.1 + 0.05*float64(len(g.xs)) + 0.03*g.rng.Float64()
	}
	x := irtest.Input(name, ir.Float, shape...)
	g.in[name] = v
	g.xs = append(g.xs, x)
	return x
}

// whole is an int or bool operand below a limit.
func (g *trial) whole(name string, t ir.DType, shape []dsl.Dim, limit int) *ir.Value {
	v := dsl.NewTensor(irtest.Shape(shape, g.sizes))
	for i := range v.Data {
		v.Data[i] = float64(g.rng.Intn(limit))
	}
	g.in[name] = v
	return irtest.Input(name, t, shape...)
}

func (g *trial) elementwise() *ir.Value {
	shape := g.shape(4)
	var args []*ir.Value
	for _, p := range g.row.Params {
		switch p.Kind {
		case 'b':
			args = append(args, g.whole(p.Name, ir.Bool, shape, 2))
		case 'i':
			args = append(args, g.whole(p.Name, ir.Int, shape, 5))
		default:
			args = append(args, g.float(p.Name, shape))
		}
	}
	return ir.New(g.row.Name, nil, args...)
}

func (g *trial) reduction() *ir.Value {
	x := g.float("x", g.shape(4))
	axes := dsl.Axes{}
	for k := range x.Shape {
		if g.rng.Intn(2) == 0 {
			axes = append(axes, k)
		}
	}
	return ir.New(g.row.Name, axes, x)
}

// reshape groups the same sizes in two ways.
func (g *trial) reshape() *ir.Value {
	base := g.shape(5)
	return ir.Typed("reshape", nil, g.grouped(base), g.float("x", g.grouped(base)))
}

func (g *trial) grouped(base []dsl.Dim) []dsl.Dim {
	var shape []dsl.Dim
	for _, d := range base {
		if len(shape) > 0 && g.rng.Intn(2) == 0 {
			shape[len(shape)-1] = shape[len(shape)-1].Mul(d)
			continue
		}
		if g.rng.Intn(4) == 0 {
			shape = append(shape, dsl.N(1))
		}
		shape = append(shape, d)
	}
	return shape
}

// table is the shapes of a gather: of the table, of the positions, of the rows
// that are taken.
func (g *trial) table() (x, at, rows []dsl.Dim, batch, limit int) {
	shared := g.shape(2)
	limit = 1 + g.rng.Intn(3)
	at = append(append(at, shared...), g.shape(2)...)
	row := g.shape(1)
	x = append(append(append(x, shared...), g.dim(limit)), row...)
	rows = append(append(rows, at...), row...)
	return x, at, rows, len(shared), limit
}

func (g *trial) gather() *ir.Value {
	x, at, _, batch, limit := g.table()
	return ir.New("gather", dsl.Batch(batch), g.float("x", x), g.whole("at", ir.Int, at, limit))
}

func (g *trial) scatter() *ir.Value {
	x, at, rows, batch, limit := g.table()
	return ir.Typed("scatter", dsl.Batch(batch), x, g.float("x", rows), g.whole("at", ir.Int, at, limit))
}
