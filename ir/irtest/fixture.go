package irtest

import (
	"fmt"
	"math"
	"math/rand"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/eval"
	"github.com/gtc-lang/gtc/ir/pass"
)

// Fixture is a scalar function of float inputs, with data.
type Fixture struct {
	Y     *ir.Value
	Xs    []*ir.Value // what it is differentiated for
	In    map[string]dsl.Tensor
	Sizes dsl.Sizes
	Lib   *dsl.Library // nil: Library()
	Most  int          // check at most so many elements of each input; 0: all
}

// Input is an input leaf.
func Input(name string, t ir.DType, shape ...dsl.Dim) *ir.Value {
	return ir.NewLeaf(&ir.Leaf{Kind: ir.InputLeaf, Name: name}, t, shape)
}

// Func makes a function of roots, with the derivatives replaced; its results
// are named "0", "1", ….
func (c *Fixture) Func(roots ...*ir.Value) (*ir.Program, *ir.Func, error) {
	f := &ir.Func{Name: "F", Kind: ir.EvalFunc}
	for i, r := range roots {
		f.Results = append(f.Results, ir.Output{Name: fmt.Sprint(i), Value: r})
	}
	p := &ir.Program{Funcs: []*ir.Func{f}}
	lib := c.Lib
	if lib == nil {
		lib = Library()
	}
	return p, f, pass.Gradient(p, lib)
}

// Run evaluates roots.
func (c *Fixture) Run(roots ...*ir.Value) ([]dsl.Tensor, error) {
	p, f, err := c.Func(roots...)
	if err != nil {
		return nil, err
	}
	return c.eval(p, f)
}

func (c *Fixture) eval(p *ir.Program, f *ir.Func) ([]dsl.Tensor, error) {
	out, err := eval.Run(p, f, &eval.Env{Sizes: c.Sizes, Inputs: c.In, Seed: 7, Check: true})
	if err != nil {
		return nil, err
	}
	list := make([]dsl.Tensor, len(f.Results))
	for i, r := range f.Results {
		list[i] = out[r.Name]
	}
	return list, nil
}

// Fill draws every input of Xs that has no data from a range.
func (c *Fixture) Fill(rng *rand.Rand, lo, hi float64) {
	if c.In == nil {
		c.In = map[string]dsl.Tensor{}
	}
	for _, x := range c.Xs {
		if _, ok := c.In[x.Name]; ok {
			continue
		}
		v := dsl.NewTensor(Shape(x.Shape, c.Sizes))
		for i := range v.Data {
			v.Data[i] = lo + (hi-lo)*rng.Float64()
		}
		c.In[x.Name] = v
	}
}

// Shape is a shape at given sizes.
func Shape(dims []dsl.Dim, sizes dsl.Sizes) []int {
	shape := make([]int, len(dims))
	for k, d := range dims {
		shape[k] = d.At(sizes)
	}
	return shape
}

// Grads is the derivatives of the scalar y.
func Grads(y *ir.Value, xs ...*ir.Value) []*ir.Value {
	g := ir.Gradient(y, xs...)
	out := make([]*ir.Value, len(xs))
	for k := range xs {
		out[k] = ir.Out(g, k)
	}
	return out
}

// Total is a scalar of any float tensor to which each element contributes with
// a weight of its own, so that nothing cancels.
func Total(v *ir.Value) *ir.Value {
	w, axes := ir.Fill(ir.Float, 0.7, v.Shape), dsl.Axes{}
	for k := range v.Shape {
		axes = append(axes, k)
		at := ir.New("float", nil, ir.Typed("iota", &dsl.Offset{From: dsl.N(1 + k)}, v.Shape[k:k+1]))
		w = ir.New("mul", nil, w, ir.New("sin", nil, ir.Broadcast(at, []int{k}, v.Shape)))
	}
	return ir.Reduce("sum", ir.New("mul", nil, v, w), axes)
}

// Check compares the derivatives of Y with central differences: the relative
// error of each, derivatives below 0.01 counting as 0.01, must be below the
// tolerance. The differences are of fourth order, which leaves errors of about
// 1e-11.
func (c *Fixture) Check(tolerance float64) error {
	got, err := c.Run(Grads(c.Y, c.Xs...)...)
	if err != nil {
		return err
	}
	p, f, err := c.Func(c.Y)
	if err != nil {
		return err
	}
	for k, x := range c.Xs {
		data := c.In[x.Name].Data
		for i := 0; i < len(data); i += c.stride(len(data)) {
			want, err := c.difference(p, f, &data[i])
			if err != nil {
				return err
			}
			if diff := math.Abs(got[k].Data[i] - want); diff > tolerance*math.Max(0.01, math.Abs(want)) || math.IsNaN(diff) {
				return fmt.Errorf("d/d%s[%d] is %v, by differences %v", x.Name, i, got[k].Data[i], want)
			}
		}
	}
	return nil
}

// stride is the step between the elements that are checked of n.
func (c *Fixture) stride(n int) int {
	if c.Most == 0 {
		return 1
	}
	return 1 + (n-1)/c.Most
}

// difference is the derivative of a function with respect to one number.
func (c *Fixture) difference(p *ir.Program, f *ir.Func, x *float64) (float64, error) {
	const h = 1e-3
	old, sum := *x, 0.0
	for _, s := range []struct{ at, weight float64 }{{-2, 1}, {-1, -8}, {1, 8}, {2, -1}} {
		*x = old + s.at*h
		out, err := c.eval(p, f)
		*x = old
		if err != nil {
			return 0, err
		}
		sum += s.weight * out[0].Data[0]
	}
	return sum / (12 * h), nil
}

// Twice is the fixture of a function of the first derivatives, whose own
// derivatives are second ones.
func (c *Fixture) Twice() *Fixture {
	twice := *c
	twice.Y = ir.Const(0)
	for _, g := range Grads(c.Y, c.Xs...) {
		twice.Y = ir.New("add", nil, twice.Y, Total(ir.New("mul", nil, g, g)))
	}
	return &twice
}
