package pass_test

import (
	"fmt"
	"math"
	"math/rand"
	"strings"
	"testing"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/irtest"
	"github.com/gtc-lang/gtc/ir/pass"
)

func mul(a, b *ir.Value) *ir.Value { return ir.New("mul", nil, a, b) }

// evaluate runs roots on scalar inputs.
func evaluate(t *testing.T, in map[string]float64, roots ...*ir.Value) []float64 {
	t.Helper()
	c := &irtest.Fixture{In: map[string]dsl.Tensor{}}
	for name, x := range in {
		c.In[name] = dsl.Tensor{Shape: []int{}, Data: []float64{x}}
	}
	out, err := c.Run(roots...)
	if err != nil {
		t.Fatal(err)
	}
	var list []float64
	for _, v := range out {
		list = append(list, v.Data[0])
	}
	return list
}

func expect(t *testing.T, got []float64, want ...float64) {
	t.Helper()
	for i, w := range want {
		if math.Abs(got[i]-w) > 1e-12 {
			t.Fatalf("got %v, want %v", got, want)
		}
	}
}

func TestRules(t *testing.T) {
	x, z := irtest.Input("x", ir.Float), irtest.Input("z", ir.Float)
	in := map[string]float64{"x": 3, "z": 5}
	square := mul(x, x)
	y := mul(square, x)
	// with respect to a value on the way, to a value before it, to itself, and
	// to one it does not depend on
	g := irtest.Grads(y, x, square, y, z)
	expect(t, evaluate(t, in, g...), 27, 3, 1, 0)
	// a derivative of a derivative of a derivative
	third := irtest.Grads(irtest.Grads(g[0], x)[0], x)[0]
	expect(t, evaluate(t, in, third), 6)
	// a stopped factor is a constant, an integer carries nothing
	stopped := mul(ir.New("stop_gradient", nil, x), mul(x, z))
	expect(t, evaluate(t, in, irtest.Grads(stopped, x, z)...), 15, 9)
	whole := mul(x, ir.New("float", nil, ir.New("int", nil, x)))
	expect(t, evaluate(t, in, irtest.Grads(whole, x)...), 3)
}

func TestGradientNamesItsValues(t *testing.T) {
	source := dsl.NewSource("a.gt", "y = x * x\n")
	x := irtest.Input("x", ir.Float)
	y := ir.New("exp", nil, x)
	y.Name, y.At = "y", dsl.Span{Source: source, Start: 4, End: 9}
	loss := mul(y, y)
	loss.At = y.At
	_, f, err := (&irtest.Fixture{}).Func(irtest.Grads(loss, x)...)
	if err != nil {
		t.Fatal(err)
	}
	named := 0
	for _, v := range ir.Order(f.Roots()...) {
		if v.Name == "d_y" && v.At == y.At || v.Name == "d_x" {
			named++
		}
		if v.ID() > loss.ID() && v.At != y.At {
			t.Errorf("%s of the gradient has the place %v", v.Op.Name, v.At)
		}
	}
	if named != 2 {
		t.Errorf("%d of the cotangents of x and y have names", named)
	}
}

func TestGradientRefuses(t *testing.T) {
	x := irtest.Input("x", ir.Float, dsl.N(2))
	_, _, err := (&irtest.Fixture{}).Func(irtest.Grads(x, x)...)
	if err == nil || !strings.Contains(err.Error(), "rank 1") {
		t.Errorf("the derivative of a vector: %v", err)
	}
}

// layers is h = tanh(h @ W[i]) for each row of W.
func layers(w, h *ir.Value) *ir.Value {
	i, p := ir.BodyParam("i", ir.Int, nil), ir.BodyParam("h", ir.Float, h.Shape)
	next := ir.New("tanh", nil, matmul(p, ir.New("gather", dsl.Batch(0), w, i)))
	s := &ir.LoopSpec{Trip: w.Shape[0], Index: i, Carry: []*ir.Value{p}, Init: []*ir.Value{h}, Next: []*ir.Value{next}}
	return ir.Out(s.Close(), 0)
}

func loopsOf(roots []*ir.Value) []*ir.Value {
	var loops []*ir.Value
	for _, v := range ir.Order(roots...) {
		if v.Is("loop") {
			loops = append(loops, v)
		}
	}
	return loops
}

// TestResiduals looks at the loops: two objectives over one loop give one
// forward loop, which stacks what the products and tanh need and nothing else,
// and two reversed ones; a function that shares the loop is left alone.
func TestResiduals(t *testing.T) {
	w, h := irtest.Input("w", ir.Float, dsl.N(5), dsl.N(3), dsl.N(3)), irtest.Input("h", ir.Float, dsl.N(2), dsl.N(3))
	out := layers(w, h)
	one, two := irtest.Total(out), irtest.Total(mul(out, out))
	f := &ir.Func{Name: "F"}
	for k, g := range append(irtest.Grads(one, w), append(irtest.Grads(two, w), out)...) {
		f.Results = append(f.Results, ir.Output{Name: fmt.Sprint(k), Value: g})
	}
	other := &ir.Func{Name: "G", Results: []ir.Output{{Name: "y", Value: out}}}
	if err := pass.Gradient(&ir.Program{Funcs: []*ir.Func{f, other}}, irtest.Library()); err != nil {
		t.Fatal(err)
	}
	loops := loopsOf(f.Roots())
	if len(loops) != 3 {
		t.Fatalf("%d loops, not one and two reversed ones", len(loops))
	}
	if n := len(loops[0].LoopOf().Body.Results); n != 3 {
		t.Errorf("the loop has %d results, not the carried one, what tanh gave and what came in", n)
	}
	for _, l := range loops[1:] {
		if s := l.LoopOf(); !s.Reverse || s.Carried != 1 || len(s.Body.Results) != 2 {
			t.Errorf("a reversed loop carries %d and has %d results", s.Carried, len(s.Body.Results))
		}
	}
	if other.Results[0].Value != out || len(out.Args[0].LoopOf().Body.Results) != 1 {
		t.Error("the function without a derivative changed")
	}
}

// TestGradientInBody differentiates, in a body, for a tensor outside of which
// the loop would otherwise take slices, and from which an invariant comes.
func TestGradientInBody(t *testing.T) {
	w := irtest.Input("w", ir.Float, dsl.N(3))
	i, sum := ir.BodyParam("i", ir.Int, nil), ir.BodyParam("sum", ir.Float, w.Shape)
	row := ir.New("gather", dsl.Batch(0), w, i)
	y := mul(mul(row, row), ir.Reduce("sum", mul(w, w), dsl.Axes{0})) // w[i]² · Σ w²
	s := &ir.LoopSpec{Trip: dsl.N(3), Index: i, Carry: []*ir.Value{sum}, Init: []*ir.Value{ir.Fill(ir.Float, 0, w.Shape)},
		Next: []*ir.Value{ir.New("add", nil, sum, irtest.Grads(y, w)[0])}}
	c := &irtest.Fixture{In: map[string]dsl.Tensor{"w": {Shape: []int{3}, Data: []float64{1, 2, 3}}}}
	out, err := c.Run(ir.Out(s.Close(), 0))
	if err != nil {
		t.Fatal(err)
	}
	expect(t, out[0].Data, 4*14, 8*14, 12*14) // the gradient of (Σ w²)²
}

// TestThirdThroughLoop compares third derivatives through a loop.
func TestThirdThroughLoop(t *testing.T) {
	w, h := irtest.Input("w", ir.Float, dsl.N(2), dsl.N(2), dsl.N(2)), irtest.Input("h", ir.Float, dsl.N(1), dsl.N(2))
	c := &irtest.Fixture{Y: irtest.Total(layers(w, h)), Xs: []*ir.Value{w, h}, Most: 3}
	c.Fill(rand.New(rand.NewSource(3)), -1, 1)
	if err := c.Twice().Twice().Check(1e-6); err != nil {
		t.Fatal(err)
	}
}

// TestLongChain differentiates a graph much deeper than a stack of calls
// should be.
func TestLongChain(t *testing.T) {
	x := irtest.Input("x", ir.Float)
	y := x
	for range 50000 {
		y = ir.New("neg", nil, y)
	}
	expect(t, evaluate(t, map[string]float64{"x": 2}, irtest.Grads(y, x)...), 1)
}

// TestDeterministic expands the same thing twice, to the same graph.
func TestDeterministic(t *testing.T) {
	text := func() string {
		g := &irtest.Loops{Rng: rand.New(rand.NewSource(6)), Grads: true}
		c := g.New(dsl.N(3), nil, true)
		_, f, err := c.Func(irtest.Grads(c.Y, c.Xs...)...)
		if err != nil {
			t.Fatal(err)
		}
		return outline(f.Roots())
	}
	if first, second := text(), text(); first != second {
		t.Error("two runs differ")
	}
}

func outline(roots []*ir.Value) string {
	var b strings.Builder
	number := map[*ir.Value]int{}
	for n, v := range ir.Order(roots...) {
		number[v] = n
		b.WriteString(v.Op.Name)
		for _, a := range v.Args {
			fmt.Fprint(&b, " ", number[a])
		}
		if v.Is("loop") {
			b.WriteString("{" + outline(v.LoopOf().Body.Results) + "}")
		}
		b.WriteString("\n")
	}
	return b.String()
}
