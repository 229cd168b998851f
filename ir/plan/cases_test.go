package plan_test

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/irtest"
	"github.com/gtc-lang/gtc/ir/plan"
)

func (m *model) check(name string) {
	m.t.Helper()
	compare(m.t, m.ready(), &m.data)
	if name != "" {
		golden(m.t, name, m.p)
	}
}

func TestSoftmaxIsOneKernel(t *testing.T) {
	B := batch(9)
	m := newModel(t, ir.ForwardFunc, dsl.Sizes{B: 7})
	m.result("y", named("y", softmax(m.input("x", B.Dim(), dsl.N(5)))))
	m.check("softmax")
	if k := kernels(t, m.p); k != "loop" {
		t.Errorf("kernels %s", k)
	}
}

func TestLayerNormStep(t *testing.T) {
	B := batch(9)
	m := newModel(t, ir.StepFunc, dsl.Sizes{B: 4})
	x := m.input("x", B.Dim(), dsl.N(3), dsl.N(20))
	gain, shift := m.param("gain", dsl.N(20)), m.param("shift", dsl.N(20))
	y := layerNorm(x, gain, shift)
	loss := mean(op("mul", y, y), allAxes(y))
	grads := irtest.Grads(loss, gain, shift, x)
	for i, w := range []*ir.Value{gain, shift} {
		m.update(w, op("sub", w, bin("mul", grads[i], con(0.1))))
	}
	m.result("dx", grads[2])
	m.f.Finite = []*ir.Value{loss}
	m.check("")
}

func kernels(t *testing.T, p *ir.Program) string {
	t.Helper()
	pl, err := plan.Build(p, plan.Options{})
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	for _, s := range pl.Funcs[0].Steps {
		if text != "" {
			text += " "
		}
		switch k := s.Kernel.(type) {
		case *plan.Loop:
			if len(k.Space) == 0 && len(k.Stages) == 1 && len(k.Stages[0].Inner) == 0 {
				text += "scalar"
			} else {
				text += "loop"
			}
		case *plan.Gemm:
			if text += "gemm"; k.Epilogue != nil {
				text += "+"
			}
		case *plan.Repeat:
			text += "repeat"
		case *plan.Check:
			text += "check"
		}
	}
	return text
}

// attend is causal attention over [B, H, T, d].
func attend(q, k, v *ir.Value) *ir.Value {
	b, h, n, d := q.Shape[0], q.Shape[1], q.Shape[2], q.Shape[3]
	space := []dsl.Dim{b, h, n, n, d}
	s := ir.Contract(q, k, &dsl.Contraction{Space: space, A: dsl.Project(5, 0, 1, 2, 4), B: dsl.Project(5, 0, 1, 3, 4), Out: dsl.Project(5, 0, 1, 2, 3)}, space[:4])
	i := ir.Typed("iota", &dsl.Offset{}, []dsl.Dim{n})
	seen := op("le", ir.Broadcast(i, []int{3}, s.Shape), ir.Broadcast(i, []int{2}, s.Shape))
	p := softmax(op("where", seen, s, ir.Fill(ir.Float, math.Inf(-1), s.Shape)))
	return ir.Contract(p, v, &dsl.Contraction{Space: space, A: dsl.Project(5, 0, 1, 2, 3), B: dsl.Project(5, 0, 1, 3, 4), Out: dsl.Project(5, 0, 1, 2, 4)}, q.Shape)
}

// heads cuts part k of three out of [B, T, 3·H·d], as [B, H, T, d].
func heads(x *ir.Value, part, h, d int) *ir.Value {
	m := dsl.Identity(3)
	m[2].Const = dsl.N(part * h * d)
	cut := ir.View(x, m, []dsl.Dim{x.Shape[0], x.Shape[1], dsl.N(h * d)})
	return ir.Transpose(ir.Reshape(cut, []dsl.Dim{x.Shape[0], x.Shape[1], dsl.N(h), dsl.N(d)}), 0, 2, 1, 3)
}

func attention(x, w, o *ir.Value, h, d int) *ir.Value {
	qkv := matmul(x, w)
	y := attend(heads(qkv, 0, h, d), heads(qkv, 1, h, d), heads(qkv, 2, h, d))
	return matmul(ir.Reshape(ir.Transpose(y, 0, 2, 1, 3), x.Shape), o)
}

func TestAttention(t *testing.T) {
	B, T := batch(4), &dsl.Sym{Name: "T", Bound: 6}
	m := newModel(t, ir.ForwardFunc, dsl.Sizes{B: 3, T: 5})
	x := m.input("x", B.Dim(), T.Dim(), dsl.N(8))
	w, o := m.param("w", dsl.N(8), dsl.N(24)), m.param("o", dsl.N(8), dsl.N(8))
	m.result("y", attention(x, w, o, 2, 4))
	m.check("attention")
	if k := kernels(t, m.p); k != "gemm gemm loop gemm gemm" {
		t.Errorf("kernels %s: something is copied", k)
	}
}

func TestAttentionStep(t *testing.T) {
	B, T := batch(4), &dsl.Sym{Name: "T", Bound: 6}
	for _, sizes := range []dsl.Sizes{{B: 3, T: 5}, {B: 4, T: 6}, {B: 1, T: 1}} {
		m := newModel(t, ir.StepFunc, sizes)
		x, y := m.input("x", B.Dim(), T.Dim(), dsl.N(8)), m.indices("y", 8, B.Dim(), T.Dim())
		w, o := m.param("w", dsl.N(8), dsl.N(24)), m.param("o", dsl.N(8), dsl.N(8))
		h := op("add", x, attention(layerNorm(x, m.param("g", dsl.N(8)), m.param("s", dsl.N(8))), w, o, 2, 4))
		m.adam(crossEntropy(h, y), w, o)
		m.check("")
	}
}

// TestTiedWeights reads one table by rows and as a matrix.
func TestTiedWeights(t *testing.T) {
	B, T := batch(4), &dsl.Sym{Name: "T", Bound: 6}
	m := newModel(t, ir.StepFunc, dsl.Sizes{B: 2, T: 3})
	tok, next := m.indices("tok", 11, B.Dim(), T.Dim()), m.indices("next", 11, B.Dim(), T.Dim())
	wte, wpe := m.param("wte", dsl.N(11), dsl.N(4)), m.param("wpe", dsl.N(6), dsl.N(4))
	h := ir.New("gather", dsl.Batch(0), wte, tok)
	at := ir.View(wpe, dsl.Identity(2), []dsl.Dim{T.Dim(), dsl.N(4)})
	h = op("tanh", op("add", h, ir.Broadcast(at, []int{1, 2}, h.Shape)))
	m.adam(crossEntropy(matmul(h, ir.Transpose(wte, 1, 0)), next), wte, wpe)
	m.check("")
}

// stacked is a for over layers whose weights are rows of one tensor.
func TestStackedLayers(t *testing.T) {
	B := batch(8)
	m := newModel(t, ir.StepFunc, dsl.Sizes{B: 3})
	x, y := m.input("x", B.Dim(), dsl.N(4)), m.indices("y", 4, B.Dim())
	w, b := m.param("w", dsl.N(3), dsl.N(4), dsl.N(4)), m.param("b", dsl.N(3), dsl.N(4))
	h := ir.BodyParam("h", ir.Float, x.Shape)
	wi, bi := ir.BodyParam("wi", ir.Float, w.Shape[1:]), ir.BodyParam("bi", ir.Float, b.Shape[1:])
	spec := &ir.LoopSpec{Trip: dsl.N(3), Label: "layers", Index: ir.BodyParam("i", ir.Int, nil),
		Carry: []*ir.Value{h}, Init: []*ir.Value{x}, Next: []*ir.Value{op("add", h, relu(dense(h, wi, bi)))},
		Slice: []*ir.Value{wi, bi}, Sliced: []*ir.Value{w, b}}
	m.sgd(crossEntropy(ir.Out(spec.Close(), 0), y), w, b)
	m.check("stacked")
}

// TestScan is a recurrent net over time with the gradient through all steps.
func TestScan(t *testing.T) {
	B, T := batch(4), &dsl.Sym{Name: "T", Bound: 5}
	m := newModel(t, ir.StepFunc, dsl.Sizes{B: 3, T: 4})
	x := m.input("x", B.Dim(), T.Dim(), dsl.N(3))
	wx, wh := m.param("wx", dsl.N(3), dsl.N(4)), m.param("wh", dsl.N(4), dsl.N(4))
	z := ir.Transpose(matmul(x, wx), 1, 0, 2)
	h, zt := ir.BodyParam("h", ir.Float, z.Shape[1:]), ir.BodyParam("zt", ir.Float, z.Shape[1:])
	next := op("tanh", op("add", zt, matmul(h, wh)))
	spec := &ir.LoopSpec{Trip: T.Dim(), Index: ir.BodyParam("t", ir.Int, nil),
		Carry: []*ir.Value{h}, Init: []*ir.Value{ir.Fill(ir.Float, 0, h.Shape)}, Next: []*ir.Value{next},
		Slice: []*ir.Value{zt}, Sliced: []*ir.Value{z}, Stack: []*ir.Value{next}}
	y := ir.Out(spec.Close(), 1)
	m.adam(mean(op("mul", y, y), allAxes(y)), wx, wh)
	m.result("y", y)
	m.check("")
}

// TestVariables covers what may not be written where it is computed.
func TestVariables(t *testing.T) {
	two := []dsl.Dim{dsl.N(3), dsl.N(3)}
	build := map[string]func(m *model, a, b *ir.Value){
		"swapped": func(m *model, a, b *ir.Value) { m.update(a, b); m.update(b, a) },
		"crossed": func(m *model, a, b *ir.Value) {
			m.update(a, op("sin", op("add", a, b)))
			m.update(b, op("cos", op("mul", a, b)))
		},
		"transposed": func(m *model, a, b *ir.Value) { m.update(a, op("sin", ir.Transpose(a, 1, 0))) },
		"product":    func(m *model, a, b *ir.Value) { m.update(a, matmul(a, b)); m.update(b, matmul(b, a)) },
		"constant":   func(m *model, a, b *ir.Value) { m.update(a, ir.Fill(ir.Float, 2, two)); m.result("y", a) },
		"later": func(m *model, a, b *ir.Value) {
			next := op("exp", op("neg", a))
			m.update(a, next)
			m.update(b, matmul(next, a))
			m.result("y", next)
		},
		"normalised": func(m *model, a, b *ir.Value) {
			m.update(a, softmax(a))
			m.update(b, op("div", b, lift(ir.Reduce("sum", b, dsl.Axes{1}), two)))
		},
		"accumulated": func(m *model, a, b *ir.Value) {
			row := m.param("row", dsl.N(3))
			m.update(row, ir.Reduce("sum", op("mul", a, along(row, two)), dsl.Axes{0}))
			m.update(a, op("mul", a, b))
		},
		"summed": func(m *model, a, b *ir.Value) { m.update(a, along(ir.Reduce("sum", a, dsl.Axes{0}), two)) },
	}
	for name, f := range build {
		for _, bad := range []float64{0, math.Inf(1)} {
			t.Run(name, func(t *testing.T) {
				m := newModel(t, ir.StepFunc, nil)
				a, b := m.param("a", two...), m.param("b", two...)
				loss := ir.Reduce("sum", op("mul", a, b), dsl.Axes{0, 1})
				m.f.Finite = []*ir.Value{op("add", loss, m.setting("bad", bad))}
				f(m, a, b)
				m.check("")
			})
		}
	}
}

// TestUpdatedTwice is two objectives in a row: the second sees the variable
// that the first has changed, and both are checked before anything changes.
func TestUpdatedTwice(t *testing.T) {
	m := newModel(t, ir.StepFunc, nil)
	x := m.input("x", dsl.N(4), dsl.N(3))
	w, c := m.param("w", dsl.N(3), dsl.N(3)), m.param("c", dsl.N(3), dsl.N(3))
	first := mean(op("tanh", matmul(x, w)), dsl.Axes{0, 1})
	next := op("sub", w, irtest.Grads(first, w)[0])
	second := mean(op("sin", matmul(matmul(x, next), c)), dsl.Axes{0, 1})
	m.update(w, next)
	m.update(c, op("sub", c, irtest.Grads(second, c)[0]))
	m.f.Finite = []*ir.Value{first, second}
	m.check("")
}

func TestOddResults(t *testing.T) {
	B := batch(4)
	m := newModel(t, ir.EvalFunc, dsl.Sizes{B: 3})
	x := m.input("x", B.Dim(), dsl.N(3))
	y := op("exp", x)
	m.result("x", x)
	m.result("y", y)
	m.result("again", y)
	m.result("flat", ir.Reshape(y, []dsl.Dim{B.Dim().Mul(dsl.N(3))}))
	m.result("turned", ir.Transpose(y, 1, 0))
	m.result("one", con(1))
	m.result("rate", m.setting("rate", 0.5))
	m.result("ones", ir.Fill(ir.Int, 1, x.Shape))
	m.result("rows", ir.SizeOf(B.Dim()))
	m.result("cut", op("neg", ir.View(y, dsl.Identity(2), []dsl.Dim{B.Dim(), dsl.N(2)})))
	m.result("best", ir.Reduce("argmax", x, dsl.Axes{0}))
	m.result("none", ir.Reduce("argmax", x, nil))
	m.check("")
}

// TestConvolution is a contraction that is no product, and its gradients.
func TestConvolution(t *testing.T) {
	B := batch(3)
	m := newModel(t, ir.EvalFunc, dsl.Sizes{B: 2})
	x, w := m.input("x", B.Dim(), dsl.N(2), dsl.N(7)), m.input("w", dsl.N(3), dsl.N(2), dsl.N(3))
	space := []dsl.Dim{B.Dim(), dsl.N(3), dsl.N(4), dsl.N(2), dsl.N(3)}
	at := dsl.Affine{Coef: []int{0, 0, 2, 0, 1}, Const: dsl.N(-1), Div: 1} // stride 2, pad 1
	y := ir.Contract(x, w, &dsl.Contraction{Space: space, A: dsl.Map{dsl.Along(5, 0), dsl.Along(5, 3), at},
		B: dsl.Project(5, 1, 3, 4), Out: dsl.Project(5, 0, 1, 2)}, space[:3])
	m.result("y", y)
	for i, g := range irtest.Grads(irtest.Total(op("tanh", y)), x, w) {
		m.result(string(rune('a'+i)), g)
	}
	m.check("")
}

// TestProducts counts the kernels of products under layouts and views.
func TestProducts(t *testing.T) {
	out := func(order ...int) *dsl.Contraction { // i, j, k: A[i,k]·B[k,j]
		return &dsl.Contraction{Space: []dsl.Dim{dsl.N(3), dsl.N(4), dsl.N(5)}, A: dsl.Project(3, 0, 2), B: dsl.Project(3, 2, 1), Out: dsl.Project(3, order...)}
	}
	window := dsl.Map{{Coef: []int{1, 1}, Div: 1}}
	for name, c := range map[string]struct {
		build func(m *model, a, b *ir.Value) *ir.Value
		want  string
	}{
		"plain": {func(m *model, a, b *ir.Value) *ir.Value {
			return ir.Contract(a, b, out(0, 1), []dsl.Dim{dsl.N(3), dsl.N(4)})
		}, "gemm"},
		"turned result": {func(m *model, a, b *ir.Value) *ir.Value {
			return ir.Contract(a, b, out(1, 0), []dsl.Dim{dsl.N(4), dsl.N(3)})
		}, "gemm"},
		"turned afterwards": {func(m *model, a, b *ir.Value) *ir.Value {
			return ir.Transpose(ir.Contract(a, b, out(0, 1), []dsl.Dim{dsl.N(3), dsl.N(4)}), 1, 0)
		}, "gemm"},
		"epilogue": {func(m *model, a, b *ir.Value) *ir.Value {
			return op("tanh", ir.Contract(a, b, out(0, 1), []dsl.Dim{dsl.N(3), dsl.N(4)}))
		}, "gemm+"},
		"with its transpose": {func(m *model, a, b *ir.Value) *ir.Value {
			p := matmul(a, m.input("q", dsl.N(5), dsl.N(3)))
			return op("add", p, ir.Transpose(p, 1, 0))
		}, "gemm loop"},
		"windows": {func(m *model, a, b *ir.Value) *ir.Value {
			return matmul(ir.View(m.input("x", dsl.N(9)), window, []dsl.Dim{dsl.N(5), dsl.N(5)}), b)
		}, "loop gemm"},
		"columns": {func(m *model, a, b *ir.Value) *ir.Value {
			return matmul(ir.View(a, dsl.Identity(2), []dsl.Dim{dsl.N(3), dsl.N(5)}), b)
		}, "gemm"},
		"vector": {func(m *model, a, b *ir.Value) *ir.Value {
			return matmul(a, m.input("w", dsl.N(5), dsl.N(1)))
		}, "loop"},
		"outer": {func(m *model, a, b *ir.Value) *ir.Value {
			return matmul(m.input("u", dsl.N(3), dsl.N(1)), m.input("v", dsl.N(1), dsl.N(4)))
		}, "loop"},
	} {
		t.Run(name, func(t *testing.T) {
			m := newModel(t, ir.EvalFunc, nil)
			m.result("y", c.build(m, m.input("a", dsl.N(3), dsl.N(5)), m.input("b", dsl.N(5), dsl.N(4))))
			m.check("")
			if got := kernels(t, m.p); got != c.want {
				t.Errorf("kernels %s, want %s", got, c.want)
			}
		})
	}
}

// TestSomeLayers goes over a part of the stacked weights, in turned order of
// axes too, which a row cannot be read from.
func TestSomeLayers(t *testing.T) {
	m := newModel(t, ir.EvalFunc, nil)
	x, w := m.input("x", dsl.N(2), dsl.N(3)), m.param("w", dsl.N(4), dsl.N(3), dsl.N(3))
	part := dsl.Identity(3)
	part[0].Const = dsl.N(1)
	shape := []dsl.Dim{dsl.N(3), dsl.N(3), dsl.N(3)}
	for k, sliced := range []*ir.Value{ir.View(w, part, shape), ir.Transpose(ir.View(w, part, shape), 0, 2, 1), ir.Fill(ir.Float, 0.5, shape)} {
		h, wi := ir.BodyParam("h", ir.Float, x.Shape), ir.BodyParam("wi", ir.Float, shape[1:])
		spec := &ir.LoopSpec{Trip: dsl.N(3), Index: ir.BodyParam("i", ir.Int, nil), Carry: []*ir.Value{h}, Init: []*ir.Value{x},
			Next: []*ir.Value{op("tanh", matmul(h, wi))}, Slice: []*ir.Value{wi}, Sliced: []*ir.Value{sliced}}
		m.result(string(rune('a'+k)), ir.Out(spec.Close(), 0))
	}
	m.check("")
}

// TestPartialSums stay small however long the rows are that are added up.
func TestPartialSums(t *testing.T) {
	B := batch(128)
	for _, n := range []int{3, 1 << 13, 1 << 19} {
		m := newModel(t, ir.EvalFunc, dsl.Sizes{B: 2})
		x := irtest.Input("x", ir.Float, B.Dim(), dsl.N(n))
		m.f.Inputs = []*ir.Value{x}
		m.result("y", ir.Reduce("sum", x, dsl.Axes{0}))
		pl, err := plan.Build(m.p, plan.Options{})
		if err != nil {
			t.Fatal(err)
		}
		l := pl.Funcs[0].Steps[0].Kernel.(*plan.Loop)
		if pl.Funcs[0].Arena.Floats > 1<<18 || l.Split.Max < 2 || l.Split.Axis < 0 {
			t.Errorf("rows of %d: %+v, arena %+v", n, l.Split, pl.Funcs[0].Arena)
		}
	}
}

// Sums over rows are shared out by columns, where there are enough of them: no
// part then has a sum of its own.
func TestColumnSumsAreSharedOutByColumns(t *testing.T) {
	B := batch(128)
	for columns, want := range map[int]plan.Split{1024: {Axis: 1, Max: 16, Grain: 64}, 128: {Axis: 0, Max: 16, Grain: 8}} {
		m := newModel(t, ir.EvalFunc, dsl.Sizes{B: 20})
		x := m.input("x", B.Dim(), dsl.N(columns))
		y := op("mul", x, x)
		m.result("y", y)
		m.result("sum", ir.Reduce("sum", y, dsl.Axes{0}))
		m.check("")
		pl, err := plan.Build(m.p, plan.Options{})
		if err != nil {
			t.Fatal(err)
		}
		got := pl.Funcs[0].Steps[0].Kernel.(*plan.Loop).Split
		if want.Cost = got.Cost; !reflect.DeepEqual(got, want) {
			t.Errorf("%d columns: %+v, want %+v", columns, got, want)
		}
	}
}

// TestSumsOfWholeTensors: a tensor that is read in the order of memory and
// reduced to a number is one row, unless it is long enough to be shared out or
// something is not in that order.
func TestSumsOfWholeTensors(t *testing.T) {
	for _, c := range []struct {
		name       string
		rows, cols int
		other      string
		want       string
	}{
		{"short", 64, 128, "", "[] [8192]"},
		{"long", 65, 128, "", "[65] [128]"},
		{"with a bias along its columns", 64, 128, "bias", "[64] [128]"},
		{"with its transposition", 64, 64, "transposed", "[64] [64]"},
	} {
		m := newModel(t, ir.EvalFunc, dsl.Sizes{})
		x := m.input("x", dsl.N(c.rows), dsl.N(c.cols))
		y := x
		switch c.other {
		case "bias":
			y = op("add", x, ir.Broadcast(m.input("b", dsl.N(c.cols)), []int{1}, x.Shape))
		case "transposed":
			y = op("add", x, ir.Transpose(x, 1, 0))
		}
		m.result("sum", ir.Reduce("sum", op("mul", y, y), dsl.Axes{0, 1}))
		m.check("")
		pl, err := plan.Build(m.p, plan.Options{})
		if err != nil {
			t.Fatal(err)
		}
		l := pl.Funcs[0].Steps[0].Kernel.(*plan.Loop)
		if got := fmt.Sprint(l.Space, " ", l.Stages[0].Inner); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// TestSameProgramSamePlan builds plans of equal programs, whose values have
// other numbers.
func TestSameProgramSamePlan(t *testing.T) {
	texts := map[string]bool{}
	for i := 0; i < 5; i++ {
		m, loss, params := mlp(t)
		m.adam(loss, params...)
		p := m.ready()
		for j := 0; j < 2; j++ {
			pl, err := plan.Build(p, plan.Options{})
			if err != nil {
				t.Fatal(err)
			}
			texts[pl.String()+pl.Summary(4)] = true
		}
	}
	if len(texts) != 1 {
		t.Errorf("%d different plans", len(texts))
	}
}

func TestRefused(t *testing.T) {
	m := newModel(t, ir.EvalFunc, nil)
	x := m.input("x", dsl.N(2))
	y := op("sin", ir.Reduce("sum", x, dsl.Axes{0}))
	m.result("g", irtest.Grads(y, x)[0])
	if _, err := plan.Build(m.p, plan.Options{}); err == nil {
		t.Error("a derivative was planned")
	}
}

// TestTooLarge: what is beyond all bounds is refused with a code, whichever of
// the sizes makes it so.
func TestTooLarge(t *testing.T) {
	I, J, K := &dsl.Sym{Name: "I", Bound: 1 << 30}, &dsl.Sym{Name: "J", Bound: 1 << 30}, &dsl.Sym{Name: "K", Bound: 1 << 30}
	row := func(m *model, name string, d dsl.Dim) *ir.Value {
		x := irtest.Input(name, ir.Float, d)
		m.f.Inputs = append(m.f.Inputs, x)
		return x
	}
	for name, program := range map[string]func(m *model){
		"tensor": func(m *model) { m.result("y", ir.Fill(ir.Float, 1, []dsl.Dim{dsl.N(1 << 30), dsl.N(1 << 30)})) },
		"bounds": func(m *model) {
			m.result("y", ir.Reduce("sum", op("exp", ir.Broadcast(row(m, "x", I.Dim()), []int{0}, []dsl.Dim{I.Dim(), J.Dim(), K.Dim()})), dsl.Axes{0, 1, 2}))
		},
		"memory": func(m *model) { // each is fine by itself
			row(m, "x", dsl.N(dsl.MaxElements))
			row(m, "z", dsl.N(dsl.MaxElements))
			m.result("y", ir.Fill(ir.Float, 1, []dsl.Dim{dsl.N(1 << 10)}))
		},
		"loop": func(m *model) { // a product that is added up J*K*K times, axes joined
			x := row(m, "x", I.Dim())
			space := []dsl.Dim{I.Dim(), J.Dim(), K.Dim(), K.Dim()}
			m.result("y", ir.Contract(x, x, &dsl.Contraction{Space: space, A: dsl.Project(4, 0), B: dsl.Project(4, 0), Out: dsl.Project(4, 0)}, []dsl.Dim{I.Dim()}))
		},
		"positions": func(m *model) { // in the derivative alone
			x := irtest.Input("x", ir.Float, dsl.N(1<<20), dsl.N(1<<12))
			m.f.Inputs = []*ir.Value{x}
			m.result("g", irtest.Grads(ir.Reduce("max", x, dsl.Axes{0, 1}), x)[0])
			m.p = m.ready()
		},
	} {
		m := newModel(t, ir.EvalFunc, nil)
		m.p.Syms = []*dsl.Sym{I, J, K}
		program(m)
		code := dsl.Code("GT0401")
		if name == "positions" {
			code = "GT0405"
		}
		var refused *dsl.Diagnostic
		if _, err := plan.Build(m.p, plan.Options{}); !errors.As(err, &refused) || refused.Code != code {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestDeepPrograms bounds the time to plan a net of many layers.
func TestDeepPrograms(t *testing.T) {
	B := batch(8)
	m := newModel(t, ir.StepFunc, dsl.Sizes{B: 2})
	x := m.input("x", B.Dim(), dsl.N(4))
	var params []*ir.Value
	for k := 0; k < 150; k++ {
		w, b := m.param("w", dsl.N(4), dsl.N(4)), m.param("b", dsl.N(4))
		x = op("add", x, relu(dense(x, w, b)))
		params = append(params, w, b)
	}
	m.adam(mean(op("mul", x, x), allAxes(x)), params...)
	start := time.Now()
	if _, err := plan.Build(m.ready(), plan.Options{}); err != nil {
		t.Fatal(err)
	}
	if d := time.Since(start); d > 20*time.Second {
		t.Errorf("%v", d)
	} else {
		t.Log(d)
	}
}

func TestSummary(t *testing.T) {
	m, loss, params := mlp(t)
	m.sgd(loss, params...)
	pl, err := plan.Build(m.ready(), plan.Options{})
	if err != nil {
		t.Fatal(err)
	}
	f := pl.Funcs[0]
	if got := pl.VarBytes(ir.ParamVar, 4); got != 4*(6*8+8+8*4+4) {
		t.Errorf("parameters take %d bytes", got)
	}
	if got := f.Bytes(plan.InInput, 4); got != 16*6*4+16*4 {
		t.Errorf("inputs take %d bytes", got)
	}
	products := dsl.N(2 * (2*6*8 + 3*8*4)) // two of the first layer, three of the second
	rest := f.FLOPs().Sub(products.Mul(batch(16).Dim()))
	if n := f.FLOPs().At(nil); n < products.Max()*16 || n > products.Max()*16+6000 {
		t.Errorf("%s FLOPs, %s beside the products", f.FLOPs(), rest)
	}
	if text := pl.Summary(4); !strings.Contains(text, "product   h (maximum, where)  ") || !strings.Contains(text, "loop × 2  b1 (sub)  ") {
		t.Error(text)
	}
	if f.Peak.Floats > f.Arena.Floats || f.Peak.Floats == 0 {
		t.Errorf("peak %d, arena %d", f.Peak.Floats, f.Arena.Floats)
	}
}
