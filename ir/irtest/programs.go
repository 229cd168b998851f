package irtest

import (
	"fmt"
	"slices"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
)

// Programs makes random valid programs of one function: every kind of row,
// views and folds of all kinds, loops within loops, derivatives, run-time
// dimensions, an update. Values stay of moderate size and where rows are
// smooth, so that two ways of computing them agree closely.
type Programs struct {
	// Choose is a number in [0, n): the only source of what is made. Smaller
	// numbers make simpler programs.
	Choose func(n int) int
	// Suffix is added to the name of all that is declared, so that several
	// programs can be made one.
	Suffix string

	syms  []*dsl.Sym
	depth int // of loops
}

// Random is a program with data to run it on.
type Random struct {
	Program *ir.Program
	Sizes   map[string]int // of run-time dimensions, by name
	Inputs  map[string]dsl.Tensor
	Vars    map[string]dsl.Tensor
}

// New makes a program.
func (g *Programs) New() *Random {
	B, T := &dsl.Sym{Name: "B" + g.Suffix, Bound: 3}, &dsl.Sym{Name: "T" + g.Suffix, Bound: 4}
	g.syms = []*dsl.Sym{B, T}
	f := &ir.Func{Name: "F" + g.Suffix, Kind: ir.StepFunc}
	w := &ir.Var{Name: "W" + g.Suffix, Kind: ir.ParamVar, Shape: []dsl.Dim{dsl.N(2), dsl.N(3)}}
	rate := &ir.Setting{Path: "rate" + g.Suffix, Default: 0.1}
	r := &Random{Program: &ir.Program{Package: "random", Syms: g.syms, Vars: []*ir.Var{w}, Settings: []*ir.Setting{rate}, Funcs: []*ir.Func{f}},
		Sizes: map[string]int{B.Name: (2 + g.Choose(4)) % 4, T.Name: (2 + g.Choose(5)) % 5}, Inputs: map[string]dsl.Tensor{}, Vars: map[string]dsl.Tensor{}}
	p := &pool{Programs: g}
	for k := range 3 {
		f.Inputs = append(f.Inputs, Input(fmt.Sprintf("x%d", k), ir.Float, g.shape()...))
	}
	p.floats = append(p.floats, f.Inputs...)
	p.floats = append(p.floats, ir.NewLeaf(&ir.Leaf{Kind: ir.VarLeaf, Name: w.Name, Var: w}, ir.Float, w.Shape),
		ir.NewLeaf(&ir.Leaf{Kind: ir.SettingLeaf, Name: rate.Path, Setting: rate}, ir.Float, nil))
	p.index = Input("at", ir.Int, dsl.N(2))
	f.Inputs = append(f.Inputs, p.index)
	for range 2 + g.Choose(14) {
		p.step()
	}
	for k, v := range p.ends() {
		f.Results = append(f.Results, ir.Output{Name: fmt.Sprint(k), Value: v})
	}
	f.Updates = []ir.Update{{Var: w, Value: p.like(p.any(), w.Shape)}}
	f.Finite = []*ir.Value{p.total(p.any())}
	r.draw(f)
	return r
}

// draw gives every input and variable data that is far from special.
func (r *Random) draw(f *ir.Func) {
	sizes := dsl.Sizes{}
	for _, s := range r.Program.Syms {
		sizes[s] = r.Sizes[s.Name]
	}
	fill := func(seed int, shape []dsl.Dim, whole bool) dsl.Tensor {
		t := dsl.NewTensor(Shape(shape, sizes))
		for i := range t.Data {
			if t.Data[i] = float64((37*i+29*seed+11)%101)/50.1 - 1.003; whole {
				t.Data[i] = float64((i + seed) % 2)
			}
		}
		return t
	}
	for k, v := range f.Inputs {
		r.Inputs[v.Name] = fill(k, v.Shape, v.DType == ir.Int)
	}
	for k, v := range r.Program.Vars {
		r.Vars[v.Name] = fill(10+k, v.Shape, false)
	}
}

// dim is a random size.
func (g *Programs) dim() dsl.Dim {
	switch n := g.Choose(8); n {
	case 6, 7:
		return g.syms[n-6].Dim()
	default:
		return dsl.N([]int{2, 3, 1, 4, 2, 3}[n])
	}
}

func (g *Programs) shape() []dsl.Dim {
	var shape []dsl.Dim
	for range g.Choose(4) {
		shape = append(shape, g.dim())
	}
	return shape
}

// position is a random function of an iteration space.
func (g *Programs) position(space []dsl.Dim) dsl.Affine {
	a := dsl.Fixed(len(space), dsl.N(g.Choose(5)-2))
	switch k := g.Choose(8); {
	case k == 0 || len(space) == 0:
		return a
	case k == 1:
		a.Div = 2
	}
	for range 1 + g.Choose(2)*g.Choose(2) {
		a.Coef[g.Choose(len(space))] = []int{1, 1, 1, -1, 2, -2}[g.Choose(6)]
	}
	if g.Choose(2) == 0 {
		a.Const = dsl.N(0)
	}
	return a
}

// positions is a random map: often a reordering, sometimes anything.
func (g *Programs) positions(space []dsl.Dim, rank int) dsl.Map {
	m := make(dsl.Map, rank)
	for k := range m {
		if m[k] = g.position(space); len(space) > 0 && g.Choose(3) > 0 {
			m[k] = dsl.Along(len(space), g.Choose(len(space)))
		}
	}
	return m
}

// pool is the values of a graph so far.
type pool struct {
	*Programs
	floats []*ir.Value
	index  *ir.Value // int [2] of 0 and 1
}

// any is a value, a new one more often than an old one.
func (p *pool) any() *ir.Value {
	return p.floats[len(p.floats)-1-p.Choose(1+p.Choose(len(p.floats)))]
}

// ends lists the values that no other depends on.
func (p *pool) ends() []*ir.Value {
	inner := map[*ir.Value]bool{}
	for _, v := range ir.Order(p.floats...) {
		for _, a := range v.Args {
			inner[a] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(p.floats), func(v *ir.Value) bool { return inner[v] || v.Is("leaf") })
}

func (p *pool) add(v *ir.Value) { p.floats = append(p.floats, v) }

// like is x with another shape: read at random places.
func (p *pool) like(x *ir.Value, shape []dsl.Dim) *ir.Value {
	if ir.SameShape(x.Shape, shape) {
		return x
	}
	m := make(dsl.Map, x.Rank())
	for k := range m {
		m[k] = dsl.Fixed(len(shape), dsl.N(0))
		for j := range shape {
			if shape[j].Equal(x.Shape[k]) {
				m[k] = dsl.Along(len(shape), j)
			}
		}
	}
	return ir.View(x, m, shape)
}

// beside is an operand of a given shape: a value, or a number.
func (p *pool) beside(shape []dsl.Dim) *ir.Value {
	if p.Choose(3) == 2 {
		return ir.Fill(ir.Float, []float64{1, 0, -1, 2, 0.5}[p.Choose(5)], shape)
	}
	return p.like(p.any(), shape)
}

// total is a scalar of a value.
func (p *pool) total(x *ir.Value) *ir.Value { return ir.Reduce("sum", x, all(x.Rank())) }

func all(rank int) []int {
	var axes []int
	for k := range rank {
		axes = append(axes, k)
	}
	return axes
}
