package eval_test

import (
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/eval"
	"github.com/gtc-lang/gtc/ir/pass"
	"github.com/gtc-lang/gtc/parser"
)

var optimizer = regexp.MustCompile(`with (adam|adamw|sgd)\([^\n]*`)

// trained are the programs of the tour whose gradients are compared with
// finite differences, with the number of parameters that stay as they are.
var trained = map[string]struct{ frozen bool }{
	"digits": {}, "linreg": {}, "index": {}, "layers": {}, "lstm": {}, "heat": {}, "gan": {}, "gpt": {}, "finetune": {frozen: true}, "saliency": {},
}

// TestGradients takes one step of plain gradient descent with a rate of 1, so
// that what is subtracted is the gradient, and compares it with central
// differences of the loss along random directions: convolution, recurrence,
// batch statistics, derivatives within the loss, several objectives.
func TestGradients(t *testing.T) {
	for name, c := range trained {
		t.Run(name, func(t *testing.T) {
			text := optimizer.ReplaceAllString(programText(t, "../../golden/programs/"+name+".gt"), "with sgd(lr: 1.0)")
			file, err := parser.Parse(dsl.NewSource(name+".gt", text))
			if err != nil {
				t.Fatal(err)
			}
			p, err := ir.Lower(file, parser.Library())
			if err != nil {
				t.Fatal((&dsl.Renderer{}).Error(err))
			}
			if err := pass.Run(p, parser.Library(), pass.Options{}); err != nil {
				t.Fatal(err)
			}
			if len(p.Trains) == 0 {
				t.Skip("nothing is trained")
			}
			for _, objective := range p.Trains[0].Objectives {
				checkObjective(t, p, objective, c.frozen)
			}
		})
	}
}

// slopes compares the gradient of one objective.
type slopes struct {
	t         *testing.T
	p         *ir.Program
	step      *ir.Func
	env       *eval.Env
	objective string
}

func checkObjective(t *testing.T, p *ir.Program, objective string, frozen bool) {
	train := p.Trains[0]
	env := environment(t, p)
	for path := range env.Settings { // other objectives do not move anything
		if strings.HasSuffix(path, "lr") && len(train.Objectives) > 1 && !strings.Contains(path, "."+objective+".") {
			env.Settings[path] = 0
		}
	}
	s := &slopes{t, p, p.FuncOf(train.Name, ir.StepFunc), env, objective}
	env.Inputs = fill(s.step, env.Sizes)
	for name, x := range env.Inputs {
		if name == "mask" {
			for i := range x.Data {
				x.Data[i] = 1
			}
		}
	}
	before := copyVars(env.Vars)
	s.loss()
	grads := map[*ir.Var][]float64{}
	still := 0
	for v, x := range before {
		if v.Kind != ir.ParamVar {
			continue
		}
		g, moved := make([]float64, len(x.Data)), false
		for i := range g {
			g[i] = x.Data[i] - env.Vars[v].Data[i]
			moved = moved || g[i] != 0
		}
		if moved {
			grads[v] = g
		} else {
			still++
		}
	}
	if len(grads) == 0 || frozen != (still > 0) && len(train.Objectives) == 1 {
		t.Fatalf("%s: %d parameters moved, %d did not", objective, len(grads), still)
	}
	smooth := 0
	for try := range 6 {
		if s.agrees(before, grads, try) {
			smooth++
		}
	}
	if smooth < 3 {
		t.Errorf("%s: %d of 6 directions are smooth", objective, smooth)
	}
}

func copyVars(vars map[*ir.Var]dsl.Tensor) map[*ir.Var]dsl.Tensor {
	out := map[*ir.Var]dsl.Tensor{}
	for v, x := range vars {
		out[v] = dsl.Tensor{Shape: x.Shape, Data: append([]float64(nil), x.Data...)}
	}
	return out
}

// loss runs a step, which moves the variables.
func (s *slopes) loss() float64 {
	s.t.Helper()
	out, err := eval.Run(s.p, s.step, s.env)
	if err != nil {
		s.t.Fatal(err)
	}
	return out[s.objective].Data[0]
}

// agrees compares one direction; false when the loss has a kink there.
func (s *slopes) agrees(before map[*ir.Var]dsl.Tensor, grads map[*ir.Var][]float64, try int) bool {
	s.t.Helper()
	slope := 0.0
	toward := func(v *ir.Var, i int) float64 { return math.Sin(float64(i*(try+3)+len(v.Name)) * 0.7) }
	for v, g := range grads {
		for i := range g {
			slope += g[i] * toward(v, i)
		}
	}
	at := func(h float64) float64 {
		s.env.Vars = copyVars(before)
		for v := range grads {
			for i := range s.env.Vars[v].Data {
				s.env.Vars[v].Data[i] += h * toward(v, i)
			}
		}
		return s.loss()
	}
	difference := func(h float64) float64 { return (at(h) - at(-h)) / (2 * h) }
	coarse, fine := difference(2e-5), difference(1e-5)
	scale := math.Max(1e-2, math.Abs(slope))
	if math.Abs(coarse-fine) > 1e-6*scale {
		return false
	}
	if math.Abs(slope-fine) > 1e-6*scale {
		s.t.Errorf("%s: slope %v, by differences %v", s.objective, slope, fine)
	}
	return true
}
