package pass_test

import (
	"math/rand"
	"testing"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/eval"
	"github.com/gtc-lang/gtc/ir/irtest"
	"github.com/gtc-lang/gtc/ir/pass"
)

func checkTwice(t *testing.T, c *irtest.Fixture) {
	t.Helper()
	if err := c.Check(1e-7); err != nil {
		t.Fatal(err)
	}
	if err := c.Twice().Check(1e-6); err != nil {
		t.Fatal("second derivatives: ", err)
	}
}

func matmul(a, b *ir.Value) *ir.Value {
	space := []dsl.Dim{a.Shape[0], b.Shape[1], a.Shape[1]}
	return ir.Contract(a, b, &dsl.Contraction{Space: space, A: dsl.Project(3, 0, 2), B: dsl.Project(3, 2, 1),
		Out: dsl.Project(3, 0, 1)}, []dsl.Dim{a.Shape[0], b.Shape[1]})
}

func TestGradientOfMLP(t *testing.T) {
	B := &dsl.Sym{Name: "B", Bound: 3}
	x, w := irtest.Input("x", ir.Float, B.Dim(), dsl.N(4)), irtest.Input("w", ir.Float, dsl.N(4), dsl.N(2))
	b := irtest.Input("b", ir.Float, dsl.N(2))
	h := ir.New("tanh", nil, ir.New("add", nil, matmul(x, w), ir.Broadcast(b, []int{1}, []dsl.Dim{B.Dim(), dsl.N(2)})))
	c := &irtest.Fixture{Y: irtest.Total(ir.New("mul", nil, h, ir.New("exp", nil, h))), Xs: []*ir.Value{x, w, b},
		Sizes: dsl.Sizes{B: 2}}
	c.Fill(rand.New(rand.NewSource(1)), -1, 1)
	checkTwice(t, c)
}

func TestGradientOfLoops(t *testing.T) {
	T := &dsl.Sym{Name: "T", Bound: 4}
	for n := int64(0); n < 150; n++ {
		rng := rand.New(rand.NewSource(n))
		g := &irtest.Loops{Rng: rng, Grads: n%3 == 0}
		trip, sizes := dsl.N(rng.Intn(4)), dsl.Sizes(nil)
		if n%2 == 0 {
			trip, sizes = T.Dim(), dsl.Sizes{T: rng.Intn(5)}
		}
		c := g.New(trip, sizes, n%5 < 2)
		if err := c.Check(1e-7); err != nil {
			t.Fatalf("case %d: %v", n, err)
		}
		if n%4 == 0 {
			if err := c.Twice().Check(1e-6); err != nil {
				t.Fatalf("case %d, second derivatives: %v", n, err)
			}
		}
	}
}

// TestGradientByDerivative differentiates ux*ux*y by ux, the derivative of x*y
// by x: ux is y, but the y beside it is held.
func TestGradientByDerivative(t *testing.T) {
	x, y := irtest.Input("x", ir.Float), irtest.Input("y", ir.Float)
	ux := ir.Out(ir.Gradient(ir.New("mul", nil, x, y), x), 0)
	g := ir.Out(ir.Gradient(ir.New("mul", nil, ir.New("mul", nil, ux, ux), y), ux), 0)
	f := &ir.Func{Name: "F", Kind: ir.EvalFunc, Inputs: []*ir.Value{x, y}, Results: []ir.Output{{Name: "g", Value: g}}}
	p := &ir.Program{Package: "p", Funcs: []*ir.Func{f}}
	if err := pass.Run(p, irtest.Library(), pass.Options{}); err != nil {
		t.Fatal(err)
	}
	out, err := eval.Run(p, f, &eval.Env{Inputs: map[string]dsl.Tensor{"x": {Data: []float64{2}}, "y": {Data: []float64{3}}}})
	if err != nil || out["g"].Data[0] != 18 {
		t.Errorf("%v (%v), wanted 2*ux*y = 18", out["g"].Data, err)
	}
}
