package golden

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/eval"
	"github.com/gtc-lang/gtc/ir/pass"
	"github.com/gtc-lang/gtc/parser"
)

// TestTour runs every program of the tour in the interpreter, on a few random
// rows: each model, each eval and decode block once, and of each train block an
// evaluation and a step, which changes parameters.
func TestTour(t *testing.T) {
	const page = "examples/TOUR.md"
	list := programs(t, page)
	for _, s := range snippets(t, page) {
		if s.lang == "gt" && strings.HasPrefix(s.info, "from ") && strings.HasPrefix(s.text, "package ") {
			list = append(list, s) // a whole file
		}
	}
	if len(list) < 15 {
		t.Fatalf("%d programs", len(list))
	}
	steps := 0
	for _, s := range list {
		t.Run(s.String(), func(t *testing.T) {
			r := newRehearsal(t, s)
			for _, f := range r.p.Funcs {
				switch f.Kind {
				case ir.StepFunc:
					steps++
					r.step(f)
				case ir.ForwardFunc, ir.EvalFunc, ir.EvaluateFunc, ir.DecodeFunc:
					r.run(f)
				}
			}
		})
	}
	if steps < 10 {
		t.Errorf("%d steps", steps)
	}
}

// rehearsal is a program with what the interpreter runs it on.
type rehearsal struct {
	t   *testing.T
	p   *ir.Program
	env *eval.Env
	rng *rand.Rand
}

func newRehearsal(t *testing.T, s snippet) *rehearsal {
	t.Helper()
	file, err := parser.Parse(dsl.NewSource(s.page, s.text))
	if err != nil {
		t.Fatal((&dsl.Renderer{}).Error(err))
	}
	p, err := ir.Lower(file, parser.Library())
	if err != nil {
		t.Fatal((&dsl.Renderer{}).Error(err))
	}
	if err := pass.Run(p, parser.Library(), pass.Options{}); err != nil {
		t.Fatal(err)
	}
	env := &eval.Env{Sizes: dsl.Sizes{}, Vars: map[*ir.Var]dsl.Tensor{}, Settings: map[string]float64{}, Seed: 1}
	for _, sym := range p.Syms {
		env.Sizes[sym] = min(sym.Bound, 3)
	}
	for _, x := range p.Settings {
		env.Settings[x.Path] = x.Default
	}
	env.Settings["step"], env.Settings["total"] = 1, 100
	if err := eval.Init(p, env); err != nil {
		t.Fatal(err)
	}
	return &rehearsal{t, p, env, rand.New(rand.NewPCG(1, 1))}
}

// run calls a function on random inputs; its results are numbers.
func (r *rehearsal) run(f *ir.Func) {
	r.t.Helper()
	r.env.Inputs = map[string]dsl.Tensor{}
	for _, in := range f.Inputs {
		name, shape := in.Attr.(*ir.Leaf).Name, []int{}
		for _, d := range in.Shape {
			shape = append(shape, d.At(r.env.Sizes))
		}
		x := dsl.NewTensor(shape)
		for i := range x.Data {
			x.Data[i] = r.rng.NormFloat64()
			if in.DType != ir.Float {
				x.Data[i] = float64(r.rng.IntN(2))
			}
		}
		r.env.Inputs[name] = x
	}
	for _, d := range r.p.Decodes {
		if f.Kind == ir.DecodeFunc {
			r.env.Inputs[d.Position] = dsl.Tensor{Shape: []int{}, Data: []float64{0}}
		}
	}
	out, err := eval.Run(r.p, f, r.env)
	if err != nil {
		r.t.Fatalf("%s of %s: %v", f.Kind, f.Name, err)
	}
	for name, x := range out {
		for _, v := range x.Data {
			if math.IsNaN(v) {
				r.t.Fatalf("%s of %s: %s is NaN", f.Kind, f.Name, name)
			}
		}
	}
}

// step makes an update, after which a parameter is another one.
func (r *rehearsal) step(f *ir.Func) {
	r.t.Helper()
	before := map[*ir.Var]dsl.Tensor{}
	for v, x := range r.env.Vars {
		before[v] = dsl.Tensor{Shape: x.Shape, Data: append([]float64{}, x.Data...)}
	}
	r.run(f)
	for v, x := range r.env.Vars {
		for i := range x.Data {
			if v.Kind == ir.ParamVar && x.Data[i] != before[v].Data[i] {
				return
			}
		}
	}
	r.t.Errorf("a step of %s has changed no parameter", f.Name)
}
