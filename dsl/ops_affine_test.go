package dsl_test

import (
	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
)

// position is a random position along an axis of a given size: plain, fixed,
// strided, reversed, a window, divided, and any of them shifted, so that some
// lie outside.
func (g *trial) position(rank, size int) dsl.Affine {
	a := dsl.Fixed(rank, dsl.N(0))
	if rank == 0 || g.rng.Intn(8) == 0 {
		a.Const = g.dim(g.rng.Intn(size + 1))
		return a
	}
	k, j := g.rng.Intn(rank), g.rng.Intn(rank)
	switch g.rng.Intn(8) {
	case 0:
		a.Coef[k] = 2
	case 1:
		a.Coef[k], a.Const = -1, g.dim(size).Sub(dsl.N(1))
	case 2:
		a.Coef[k]++
		a.Coef[j] += 1 + g.rng.Intn(2)
	case 3:
		a.Coef[k], a.Div = 1, 2
	case 4:
		a.Coef[k] += 2
		a.Coef[j]++
		a.Div = 3
	default:
		a.Coef[k] = 1
	}
	if g.rng.Intn(3) == 0 {
		a.Const = a.Const.Add(dsl.N(g.rng.Intn(3) - 1))
	}
	return a
}

// operand is the shape of an operand over a space, and where it is read.
func (g *trial) operand(space []dsl.Dim, most int) ([]dsl.Dim, dsl.Map) {
	shape := g.shape(most)
	m := make(dsl.Map, len(shape))
	for i, d := range shape {
		m[i] = g.position(len(space), d.At(g.sizes))
	}
	return shape, m
}

func (g *trial) view() *ir.Value {
	space := g.shape(4)
	shape, m := g.operand(space, 4)
	return ir.Typed("view", &dsl.Positions{Map: m}, space, g.float("x", shape))
}

func (g *trial) fold() *ir.Value {
	space := g.shape(4)
	shape, m := g.operand(space, 4)
	return ir.Typed("fold", &dsl.Positions{Map: m}, shape, g.float("x", space))
}

func (g *trial) contract() *ir.Value {
	switch g.rng.Intn(4) {
	case 0:
		return g.convolution()
	case 1:
		return g.batchedProduct()
	}
	space := g.shape(4)
	c := &dsl.Contraction{Space: space}
	var a, b, out []dsl.Dim
	a, c.A = g.operand(space, 4)
	b, c.B = g.operand(space, 4)
	out, c.Out = g.operand(space, 4)
	return ir.Contract(g.float("a", a), g.float("b", b), c, out)
}

// batchedProduct is out[n,i,j] = Σ a[n,i,k]·b[n,k,j], with the axes of the
// operands in any order.
func (g *trial) batchedProduct() *ir.Value {
	space := []dsl.Dim{g.dim(g.size()), g.dim(g.size()), g.dim(g.size()), g.dim(g.size())}
	pick := func(axes ...int) ([]dsl.Dim, dsl.Map) {
		g.rng.Shuffle(len(axes), func(i, j int) { axes[i], axes[j] = axes[j], axes[i] })
		var shape []dsl.Dim
		for _, k := range axes {
			shape = append(shape, space[k])
		}
		return shape, dsl.Project(4, axes...)
	}
	c := &dsl.Contraction{Space: space}
	var a, b, out []dsl.Dim
	a, c.A = pick(0, 1, 3)
	b, c.B = pick(0, 3, 2)
	out, c.Out = pick(0, 1, 2)
	return ir.Contract(g.float("a", a), g.float("b", b), c, out)
}

// convolution is y[b,o,i] = Σ x[b,c,s·i+d·u-p]·w[o,c,u], of random stride,
// dilation and padding.
func (g *trial) convolution() *ir.Value {
	b, o, ch := g.dim(g.size()), g.dim(g.size()), g.dim(g.size())
	length, kernel := g.dim(g.size()+2), g.dim(g.size())
	space := []dsl.Dim{b, o, g.dim(g.size() + 1), ch, kernel} // b o i c u
	at := dsl.Along(5, 2)
	at.Coef[2], at.Coef[4], at.Const = 1+g.rng.Intn(2), 1+g.rng.Intn(2), dsl.N(-g.rng.Intn(2))
	c := &dsl.Contraction{Space: space, A: dsl.Map{dsl.Along(5, 0), dsl.Along(5, 3), at},
		B: dsl.Project(5, 1, 3, 4), Out: dsl.Project(5, 0, 1, 2)}
	return ir.Contract(g.float("a", []dsl.Dim{b, ch, length}), g.float("b", []dsl.Dim{o, ch, kernel}), c, space[:3])
}
