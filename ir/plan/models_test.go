package plan_test

import (
	"math/rand"
	"testing"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/irtest"
	"github.com/gtc-lang/gtc/ir/pass"
	"github.com/gtc-lang/gtc/ir/plan"
)

// model builds a program by hand, with random data for it.
type model struct {
	t     *testing.T
	rng   *rand.Rand
	f     *ir.Func
	p     *ir.Program
	data  setting
	decay *ir.Value // of adam; nil for clipping
}

func newModel(t *testing.T, kind ir.FuncKind, sizes dsl.Sizes) *model {
	f := &ir.Func{Name: "F", Kind: kind}
	return &model{t: t, rng: rand.New(rand.NewSource(1)), f: f, p: &ir.Program{Funcs: []*ir.Func{f}},
		data: setting{sizes: sizes, inputs: map[string]dsl.Tensor{}, vars: map[*ir.Var]dsl.Tensor{}, settings: map[string]float64{}}}
}

func (m *model) tensor(shape []dsl.Dim, draw func() float64) dsl.Tensor {
	t := dsl.NewTensor(irtest.Shape(shape, m.data.sizes))
	for i := range t.Data {
		t.Data[i] = draw()
	}
	return t
}

func (m *model) input(name string, shape ...dsl.Dim) *ir.Value {
	x := irtest.Input(name, ir.Float, shape...)
	m.f.Inputs = append(m.f.Inputs, x)
	m.data.inputs[name] = m.tensor(shape, m.rng.NormFloat64)
	return x
}

func (m *model) indices(name string, limit int, shape ...dsl.Dim) *ir.Value {
	x := irtest.Input(name, ir.Int, shape...)
	m.f.Inputs = append(m.f.Inputs, x)
	m.data.inputs[name] = m.tensor(shape, func() float64 { return float64(m.rng.Intn(limit)) })
	return x
}

func (m *model) param(name string, shape ...dsl.Dim) *ir.Value {
	v := &ir.Var{Name: name, Kind: ir.ParamVar, Shape: shape}
	m.p.Vars = append(m.p.Vars, v)
	m.data.vars[v] = m.tensor(shape, func() float64 { return 0.3 * m.rng.NormFloat64() })
	return ir.NewLeaf(&ir.Leaf{Kind: ir.VarLeaf, Name: name, Var: v}, ir.Float, shape)
}

// slot is the optimizer's memory of a parameter.
func (m *model) slot(name string, w *ir.Value) *ir.Value {
	s := m.param(w.Name+"."+name, w.Shape...)
	v := s.Attr.(*ir.Leaf).Var
	v.Kind, v.Of = ir.SlotVar, w.Attr.(*ir.Leaf).Var
	for i, x := range m.data.vars[v].Data {
		m.data.vars[v].Data[i] = x * x
	}
	return s
}

func (m *model) setting(path string, x float64) *ir.Value {
	m.data.settings[path] = x
	return ir.NewLeaf(&ir.Leaf{Kind: ir.SettingLeaf, Name: path, Setting: &ir.Setting{Path: path}}, ir.Float, nil)
}

func (m *model) update(x, next *ir.Value) {
	m.f.Updates = append(m.f.Updates, ir.Update{Var: x.Attr.(*ir.Leaf).Var, Value: next})
}

func (m *model) result(name string, v *ir.Value) {
	m.f.Results = append(m.f.Results, ir.Output{Name: name, Value: v})
}

// ready expands derivatives.
func (m *model) ready() *ir.Program {
	m.t.Helper()
	if err := pass.Gradient(m.p, irtest.Library()); err != nil {
		m.t.Fatal(err)
	}
	return m.p
}

func op(name string, args ...*ir.Value) *ir.Value { return ir.New(name, nil, args...) }

func named(name string, v *ir.Value) *ir.Value { v.Name = name; return v }

// times, plus and so on broadcast a scalar operand.
func fit(v, to *ir.Value) *ir.Value {
	if len(v.Shape) == 0 {
		return ir.Broadcast(v, nil, to.Shape)
	}
	return v
}

func bin(name string, a, b *ir.Value) *ir.Value { return op(name, fit(a, b), fit(b, a)) }

func con(x float64) *ir.Value { return ir.Const(x) }

func matmul(a, b *ir.Value) *ir.Value {
	r := len(a.Shape) - 1
	space := append(append([]dsl.Dim(nil), a.Shape...), b.Shape[1])
	c := &dsl.Contraction{Space: space, A: dsl.Identity(r + 2)[:r+1], B: dsl.Project(r+2, r, r+1)}
	shape := append(append([]dsl.Dim(nil), a.Shape[:r]...), b.Shape[1])
	for k := 0; k < r; k++ {
		c.Out = append(c.Out, dsl.Along(r+2, k))
	}
	c.Out = append(c.Out, dsl.Along(r+2, r+1))
	return ir.Contract(a, b, c, shape)
}

// along repeats a vector along the last axis of a shape.
func along(v *ir.Value, shape []dsl.Dim) *ir.Value {
	return ir.Broadcast(v, []int{len(shape) - 1}, shape)
}

// lift repeats what a reduction over the last axis gave.
func lift(v *ir.Value, shape []dsl.Dim) *ir.Value {
	axes := make([]int, len(shape)-1)
	for k := range axes {
		axes[k] = k
	}
	return ir.Broadcast(v, axes, shape)
}

func lastAxis(v *ir.Value) dsl.Axes { return dsl.Axes{len(v.Shape) - 1} }

func dense(x, w, b *ir.Value) *ir.Value {
	y := matmul(x, w)
	return op("add", y, along(b, y.Shape))
}

func softmax(x *ir.Value) *ir.Value {
	e := op("exp", op("sub", x, lift(ir.Reduce("max", x, lastAxis(x)), x.Shape)))
	return op("div", e, lift(ir.Reduce("sum", e, lastAxis(x)), x.Shape))
}

func logsumexp(x *ir.Value) *ir.Value {
	top := ir.Reduce("max", x, lastAxis(x))
	e := op("exp", op("sub", x, lift(top, x.Shape)))
	return op("add", op("log", ir.Reduce("sum", e, lastAxis(x))), top)
}

func mean(x *ir.Value, axes dsl.Axes) *ir.Value {
	n := dsl.N(1)
	for _, k := range axes {
		n = n.Mul(x.Shape[k])
	}
	return bin("div", ir.Reduce("sum", x, axes), ir.SizeOf(n))
}

func allAxes(x *ir.Value) (axes dsl.Axes) {
	for k := range x.Shape {
		axes = append(axes, k)
	}
	return axes
}

func layerNorm(x, gain, shift *ir.Value) *ir.Value {
	d := op("sub", x, lift(mean(x, lastAxis(x)), x.Shape))
	v := op("sqrt", bin("add", mean(op("mul", d, d), lastAxis(x)), con(1e-5)))
	return op("add", op("mul", op("div", d, lift(v, x.Shape)), along(gain, x.Shape)), along(shift, x.Shape))
}

func relu(x *ir.Value) *ir.Value { return op("maximum", x, ir.Fill(ir.Float, 0, x.Shape)) }

// crossEntropy is the mean over rows of -log softmax(logits)[y].
func crossEntropy(logits, y *ir.Value) *ir.Value {
	picked := ir.New("gather", dsl.Batch(len(logits.Shape)-1), logits, y)
	loss := op("sub", logsumexp(logits), picked)
	return mean(loss, allAxes(loss))
}

// adam updates parameters from the loss, with the gradients clipped together,
// or with decay.
func (m *model) adam(loss *ir.Value, params ...*ir.Value) {
	grads := irtest.Grads(loss, params...)
	norm := con(0)
	for _, g := range grads {
		norm = op("add", norm, ir.Reduce("sum", op("mul", g, g), allAxes(g)))
	}
	norm = named("grad_norm", op("sqrt", norm))
	scale := op("div", con(1), op("maximum", norm, con(1)))
	lr, step := m.setting("lr", 0.01), m.setting("step", 3)
	fix := func(beta float64) *ir.Value { return op("sub", con(1), op("pow", con(beta), step)) }
	c1, c2 := fix(0.9), fix(0.999)
	for i, w := range params {
		g := bin("mul", grads[i], scale)
		if m.decay != nil {
			g = op("add", grads[i], bin("mul", w, m.decay))
		}
		m1, m2 := m.slot("m", w), m.slot("v", w)
		n1 := op("add", bin("mul", m1, con(0.9)), bin("mul", g, con(0.1)))
		n2 := op("add", bin("mul", m2, con(0.999)), bin("mul", op("mul", g, g), con(0.001)))
		d := op("div", bin("div", n1, c1), bin("add", op("sqrt", bin("div", n2, c2)), con(1e-8)))
		m.update(m1, n1)
		m.update(m2, n2)
		m.update(w, op("sub", w, bin("mul", d, lr)))
	}
	m.result("loss", loss)
	m.f.Finite = []*ir.Value{loss, norm}
}

func batch(bound int) *dsl.Sym { return &dsl.Sym{Name: "B", Bound: bound} }

// sgd updates parameters from the loss.
func (m *model) sgd(loss *ir.Value, params ...*ir.Value) {
	lr := m.setting("lr", 0.1)
	for i, g := range irtest.Grads(loss, params...) {
		m.update(params[i], op("sub", params[i], bin("mul", g, lr)))
	}
	m.result("loss", loss)
	m.f.Finite = []*ir.Value{loss}
}

func mlp(t *testing.T) (m *model, loss *ir.Value, params []*ir.Value) {
	B := batch(16)
	m = newModel(t, ir.StepFunc, dsl.Sizes{B: 5})
	x, y := m.input("x", B.Dim(), dsl.N(6)), m.indices("y", 4, B.Dim())
	w1, b1 := m.param("w1", dsl.N(6), dsl.N(8)), m.param("b1", dsl.N(8))
	w2, b2 := m.param("w2", dsl.N(8), dsl.N(4)), m.param("b2", dsl.N(4))
	h := named("h", relu(dense(x, w1, b1)))
	logits := named("logits", dense(h, w2, b2))
	m.result("hit", mean(op("float", op("eq", ir.Reduce("argmax", logits, dsl.Axes{1}), y)), dsl.Axes{0}))
	return m, named("loss", crossEntropy(logits, y)), []*ir.Value{w1, b1, w2, b2}
}

func TestMLPWithSGD(t *testing.T) {
	m, loss, params := mlp(t)
	m.sgd(loss, params...)
	m.check("mlp")
}

func TestMLPWithAdamAndClipping(t *testing.T) {
	m, loss, params := mlp(t)
	m.adam(loss, params...)
	m.check("")
	fourUpdates(t, m.p)
}

// With decay the gradient that the moments are of is computed from two
// tensors; nothing else joins the two moments but the parameter's update.
func TestMLPWithAdamAndDecay(t *testing.T) {
	m, loss, params := mlp(t)
	m.decay = m.setting("decay", 0.01)
	m.adam(loss, params...)
	m.check("")
	for _, s := range fourUpdates(t, m.p) {
		for _, w := range s.Kernel.(*plan.Loop).Stages[0].Writes {
			if w.To.Buffer.Storage != plan.InVar {
				t.Errorf("%s goes through memory", w.To.Buffer.Name)
			}
		}
	}
}

// fourUpdates are the loops behind the check: one for each parameter.
func fourUpdates(t *testing.T, p *ir.Program) (list []*plan.Step) {
	t.Helper()
	pl, err := plan.Build(p, plan.Options{})
	if err != nil {
		t.Fatal(err)
	}
	seen := false
	for _, s := range pl.Funcs[0].Steps {
		if _, loop := s.Kernel.(*plan.Loop); loop && seen {
			list = append(list, s)
		}
		if _, check := s.Kernel.(*plan.Check); check {
			seen = true
		}
	}
	if len(list) != 4 {
		t.Errorf("%d loops update four parameters and their moments: %s", len(list), kernels(t, p))
	}
	return list
}
