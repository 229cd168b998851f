package dsl_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/irtest"
)

// uses is the number of random uses of each row.
const uses = 60

// differentiable reports whether a row has floats to differentiate for.
func differentiable(row *dsl.Op) bool { return row.Grad != "" }

// squared makes second derivatives of linear rows differ from zero.
func squared(y *ir.Value) *ir.Value { return ir.New("mul", nil, y, y) }

// checkUse compares the gradients of one random use of a row with differences.
func checkUse(row *dsl.Op, lib *dsl.Library, n int64) error {
	g := newTrial(row, n)
	y := g.use()
	c := g.fixture(irtest.Total(y))
	c.Lib = lib
	if err := c.Check(1e-6); err != nil {
		return fmt.Errorf("use %d, %s: %w", n, describe(y), err)
	}
	return nil
}

func describe(y *ir.Value) string {
	text := y.Op.Name
	if y.Attr != nil {
		text += " " + y.Attr.Text()
	}
	for _, a := range y.Args {
		text += fmt.Sprint(" ", a.Shape)
	}
	return text + fmt.Sprint(" to ", y.Shape)
}

func TestGradients(t *testing.T) {
	for _, row := range dsl.Ops {
		if !differentiable(row) || row.Name == "stop_gradient" {
			continue
		}
		for n := int64(0); n < uses; n++ {
			if err := checkUse(row, nil, n); err != nil {
				t.Errorf("%s: %v", row.Name, err)
				break
			}
		}
	}
}

func TestSecondGradients(t *testing.T) {
	for _, row := range dsl.Ops {
		if !differentiable(row) || !row.Smooth {
			continue
		}
		for n := int64(0); n < uses; n += 3 {
			g := newTrial(row, n)
			y := g.use()
			c := g.fixture(irtest.Total(squared(y))).Twice()
			c.Most = 4
			if err := c.Check(1e-6); err != nil {
				t.Errorf("%s: use %d, %s: %v", row.Name, n, describe(y), err)
				break
			}
		}
	}
}

// TestEmpty uses every row on tensors without elements: shapes come out right,
// and nothing panics.
func TestEmpty(t *testing.T) {
	for _, row := range dsl.Ops {
		if len(row.Params) == 0 || row.Class == dsl.Random {
			continue
		}
		for n := int64(0); n < 20; n++ {
			g := newTrial(row, n)
			g.zero = true
			y := g.use()
			roots := []*ir.Value{y}
			if differentiable(row) && y.DType == ir.Float {
				roots = append(roots, irtest.Grads(irtest.Total(y), g.xs...)...)
			}
			if _, err := g.fixture(nil).Run(roots...); err != nil {
				t.Errorf("%s: use %d, %s: %v", row.Name, n, describe(y), err)
				break
			}
		}
	}
}

// TestEveryRowIsCovered fails for a row that no test above or below is for.
func TestEveryRowIsCovered(t *testing.T) {
	for _, row := range dsl.Ops {
		_, valued := meanings[row.Name]
		switch {
		case row.Class == dsl.Structural, row.Class == dsl.Random: // ir/pass and TestDraws
		case row.Class == dsl.Elementwise && !valued:
			t.Errorf("%s has no known values", row.Name)
		case row.Class == dsl.Maker && !valued:
			t.Errorf("%s has no known values", row.Name)
		case row.Class != dsl.Elementwise && row.Class != dsl.Maker && (makers[row.Name] == nil || !valued):
			t.Errorf("%s has no random uses or no known values", row.Name)
		}
		if floats(row) && row.Grad == "" && row.Result.Kind != 'i' && row.Result.Kind != 'b' && row.Class != dsl.Random {
			t.Errorf("%s takes and gives floats, but does not say its gradient", row.Name)
		}
	}
}

func floats(row *dsl.Op) bool {
	for _, p := range row.Params {
		if p.Kind == 'f' || p.Kind == 'n' || p.Kind == 't' {
			return true
		}
	}
	return false
}

// TestAdjoint checks ⟨Ax, y⟩ = ⟨x, A'y⟩ for the rows that are linear in each of
// their operands, with a y of its own for each use.
func TestAdjoint(t *testing.T) {
	for _, name := range []string{"neg", "float", "sum", "contract", "view", "fold", "reshape", "gather", "scatter"} {
		row := dsl.OpNamed(name)
		for n := int64(0); n < uses; n++ {
			g := newTrial(row, n)
			y := g.use()
			xs := g.xs
			weights := g.float("weights", y.Shape)
			axes := dsl.Axes{}
			for k := range y.Shape {
				axes = append(axes, k)
			}
			dot := ir.Reduce("sum", ir.New("mul", nil, y, weights), axes)
			out, err := g.fixture(dot).Run(append([]*ir.Value{dot}, irtest.Grads(dot, xs...)...)...)
			if err != nil {
				t.Fatal(err)
			}
			want := out[0].Data[0]
			for k, x := range xs {
				got := 0.0
				for i, d := range out[1+k].Data {
					got += d * g.in[x.Name].Data[i]
				}
				if math.Abs(got-want) > 1e-12*math.Max(1, math.Abs(want)) {
					t.Fatalf("%s: use %d: %v, not %v for %s", name, n, got, want, describe(y))
				}
			}
		}
	}
}

// edge is a rule for a tie or the edge of a domain: operands, each a vector,
// and the derivatives of the sum of the results.
type edge struct {
	row  string
	args [][]float64
	want [][]float64
}

var inf, nan = math.Inf(1), math.NaN()

var edges = []edge{
	{"maximum", [][]float64{{3, 2, 0, nan}, {3, 0, 2, 1}}, [][]float64{{0.5, 1, 0, 0}, {0.5, 0, 1, 0}}},
	{"minimum", [][]float64{{3, 2, 0, nan}, {3, 0, 2, 1}}, [][]float64{{0.5, 0, 1, 0}, {0.5, 1, 0, 0}}},
	{"abs", [][]float64{{0, -3, 3}}, [][]float64{{0, -1, 1}}},
	{"sqrt", [][]float64{{0}}, [][]float64{{inf}}},
	{"pow", [][]float64{{0, 0, 0, -2, -2, 3}, {0, 1, 2, 3, 0, 0}}, [][]float64{{0, 1, 0, 12, 0, 0}, {0, 0, 0, 0, 0, math.Log(3)}}},
	{"pow", [][]float64{{0, -2}, {-1, 0.5}}, [][]float64{{-inf, nan}, {0, 0}}},
	{"max", [][]float64{{1, 2, 2, 0}}, [][]float64{{0, 1, 0, 0}}},
	{"max", [][]float64{{1, nan, 2, nan}}, [][]float64{{0, 1, 0, 0}}},
	{"min", [][]float64{{1, 0, 2, 0}}, [][]float64{{0, 1, 0, 0}}},
	{"max", [][]float64{{-inf, -inf}}, [][]float64{{1, 0}}},
	{"stop_gradient", [][]float64{{1, 2}}, [][]float64{{0, 0}}},
}

// curves is the same for second derivatives: those of the sum of the first
// operand's first derivatives.
var curves = []edge{
	{"pow", [][]float64{{2, 4, 3}, {0, 0, 2}}, [][]float64{{0, 0, 2}, {0.5, 0.25, 3 + 6*math.Log(3)}}},
}

// checkEdge compares the derivatives with the rule's. Where all is finite, the
// second ones have to be too: what a where leaves out may not come back.
func checkEdge(e edge, lib *dsl.Library) error {
	c, finite := e.fixture(lib)
	if err := compareEdge(e, c); err != nil {
		return err
	}
	if finite && dsl.OpNamed(e.row).Smooth {
		return finiteTwice(c)
	}
	return nil
}

// checkCurve compares the second derivatives.
func checkCurve(e edge, lib *dsl.Library) error {
	c, _ := e.fixture(lib)
	c.Y = ir.Reduce("sum", irtest.Grads(c.Y, c.Xs[0])[0], dsl.Axes{0})
	return compareEdge(e, c)
}

// fixture is the sum of the row's results, and whether all numbers are finite.
func (e edge) fixture(lib *dsl.Library) (c *irtest.Fixture, finite bool) {
	c = &irtest.Fixture{In: map[string]dsl.Tensor{}, Lib: lib}
	finite = true
	for k, data := range e.args {
		name := fmt.Sprint("x", k)
		c.In[name] = dsl.Tensor{Shape: []int{len(data)}, Data: data}
		c.Xs = append(c.Xs, irtest.Input(name, ir.Float, dsl.N(len(data))))
		for i := range data {
			finite = finite && !math.IsNaN(data[i]) && !math.IsInf(data[i], 0) && !math.IsInf(e.want[k][i], 0) && !math.IsNaN(e.want[k][i])
		}
	}
	if dsl.OpNamed(e.row).Class == dsl.Reduction {
		c.Y = ir.New(e.row, dsl.Axes{0}, c.Xs...)
	} else {
		c.Y = ir.Reduce("sum", ir.New(e.row, nil, c.Xs...), dsl.Axes{0})
	}
	return c, finite
}

func compareEdge(e edge, c *irtest.Fixture) error {
	got, err := c.Run(irtest.Grads(c.Y, c.Xs...)...)
	if err != nil {
		return err
	}
	for k, want := range e.want {
		for i, w := range want {
			g := got[k].Data[i]
			if math.Abs(g-w) > 1e-14*math.Abs(w) || math.IsNaN(g) != math.IsNaN(w) || math.IsInf(g, 0) && g != w {
				return fmt.Errorf("%s%v: derivative %d[%d] is %v, not %v", e.row, e.args, k, i, g, w)
			}
		}
	}
	return nil
}

// finiteTwice checks that second derivatives are finite.
func finiteTwice(c *irtest.Fixture) error {
	twice := c.Twice()
	got, err := c.Run(irtest.Grads(twice.Y, c.Xs...)...)
	if err != nil {
		return err
	}
	for _, g := range got {
		for _, x := range g.Data {
			if math.IsNaN(x) || math.IsInf(x, 0) {
				return fmt.Errorf("a second derivative is %v", x)
			}
		}
	}
	return nil
}

func TestEdges(t *testing.T) {
	for _, e := range edges {
		if err := checkEdge(e, nil); err != nil {
			t.Error(err)
		}
	}
	for _, e := range curves {
		if err := checkCurve(e, nil); err != nil {
			t.Error("twice: ", err)
		}
	}
}
