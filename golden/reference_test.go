package golden

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/eval"
	"github.com/gtc-lang/gtc/ir/pass"
	"github.com/gtc-lang/gtc/parser"
)

func compile(t *testing.T, text string) *ir.Program {
	t.Helper()
	file, err := parser.Parse(dsl.NewSource("test.gt", text))
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
	return p
}

func start(t *testing.T, p *ir.Program, rows int) *eval.Env {
	t.Helper()
	env := &eval.Env{Sizes: dsl.Sizes{}, Vars: map[*ir.Var]dsl.Tensor{}, Settings: map[string]float64{}, Seed: 1}
	for _, s := range p.Syms {
		env.Sizes[s] = rows
	}
	for _, s := range p.Settings {
		env.Settings[s.Path] = s.Default
	}
	if err := eval.Init(p, env); err != nil {
		t.Fatal(err)
	}
	return env
}

func readJSON(t *testing.T, path string, into any) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}

func set(t *testing.T, p *ir.Program, env *eval.Env, name string, data ...float64) *ir.Var {
	t.Helper()
	for _, v := range p.Vars {
		if v.Name == name {
			copy(env.Vars[v].Data, data)
			return v
		}
	}
	t.Fatalf("no variable %s", name)
	return nil
}

// TestSeedCase trains y = 2x for 1,000 epochs and compares every epoch's loss
// with PyTorch's.
func TestSeedCase(t *testing.T) {
	var ref struct {
		X, Y []float64
		LR   float64
		Runs []struct {
			Variant  string
			Momentum float64
			Batch    json.RawMessage
			Start    struct{ W, B float64 }
			Loss     []float64
		}
	}
	readJSON(t, "reference/seed_case_f64.json", &ref)
	for k, run := range ref.Runs {
		t.Run(fmt.Sprint(run.Variant, k), func(t *testing.T) {
			rows := len(ref.X)
			if run.Variant == "stochastic" {
				rows = 1
			}
			p := compile(t, strings.ReplaceAll(`package seed

dim B <= 4

model Line(x: [B, 1]) -> [B, 1] {
    x |> Dense(1)
}

train Fit(x: [B, 1], y: [B, 1]) {
    minimize mse(Line(x), y)
    with sgd(lr: 0.01, momentum: MOMENTUM)
    stop when epoch >= 1000
}
`, "MOMENTUM", fmt.Sprintf("%.1f", run.Momentum)))
			env := start(t, p, rows)
			set(t, p, env, "Line.dense1.W", run.Start.W)
			set(t, p, env, "Line.dense1.b", run.Start.B)
			step := p.FuncOf("Fit", ir.StepFunc)
			updates := 0
			for epoch, want := range run.Loss {
				sum := 0.0
				for at := 0; at < len(ref.X); at += rows {
					updates++
					env.Settings["step"] = float64(updates)
					env.Inputs = map[string]dsl.Tensor{
						"x": {Shape: []int{rows, 1}, Data: ref.X[at : at+rows]},
						"y": {Shape: []int{rows, 1}, Data: ref.Y[at : at+rows]},
					}
					out, err := eval.Run(p, step, env)
					if err != nil {
						t.Fatal(err)
					}
					sum += out["loss"].Data[0] * float64(rows)
				}
				got := sum / float64(len(ref.X))
				if d := math.Abs(got - want); d > 1e-18 && d > 1e-9*math.Abs(want) {
					t.Fatalf("epoch %d: loss %.17g, PyTorch %.17g", epoch+1, got, want)
				}
			}
		})
	}
}

// optimizers maps PyTorch's options to ours; runs with an option that is not
// here are not compared.
var optimizers = map[string]map[string]string{
	"sgd":     {"momentum": "momentum", "dampening": "dampening", "weight_decay": "decay", "nesterov": "nesterov"},
	"adagrad": {"lr_decay": "lr_decay", "weight_decay": "decay", "eps": "eps", "initial_accumulator_value": "initial"},
	"rmsprop": {"alpha": "alpha", "eps": "eps", "weight_decay": "decay", "momentum": "momentum", "centered": "centered"},
	"adam":    {"eps": "eps", "weight_decay": "decay", "amsgrad": "amsgrad"},
	"adamw":   {"eps": "eps", "weight_decay": "decay", "amsgrad": "amsgrad"},
}

// TestOptimizers replays 50 steps of each optimizer, option by option, against
// PyTorch's parameters. The gradient of sum(w·g) is g.
func TestOptimizers(t *testing.T) {
	for name, options := range optimizers {
		var ref struct {
			Start []float64
			G     [][]float64
			Runs  []struct {
				Options  map[string]any
				Gradient string
				W        [][]float64
			}
		}
		readJSON(t, "reference/optimizer_"+name+".json", &ref)
		compared := 0
		for _, run := range ref.Runs {
			args, ok := settingsOf(run.Options, options)
			if !ok || run.Gradient != "list" {
				continue
			}
			compared++
			p := compile(t, "package opt\n\nmodel M(g: [7]) -> [] {\n    param w: [7] = 0\n    sum(w * g)\n}\n\ntrain Fit(g: [7]) {\n    minimize M(g)\n    with "+name+"("+args+")\n    stop when step >= 50\n}\n")
			env := start(t, p, 1)
			w := set(t, p, env, "M.w", ref.Start...)
			for i, g := range ref.G {
				env.Settings["step"] = float64(i + 1)
				env.Inputs = map[string]dsl.Tensor{"g": {Shape: []int{7}, Data: g}}
				if _, err := eval.Run(p, p.FuncOf("Fit", ir.StepFunc), env); err != nil {
					t.Fatal(err)
				}
				for k, want := range run.W[i] {
					if got := env.Vars[w].Data[k]; math.Abs(got-want) > 1e-9*math.Max(1, math.Abs(want)) {
						t.Fatalf("%s(%s) step %d: w[%d] = %.17g, PyTorch %.17g", name, args, i+1, k, got, want)
					}
				}
			}
		}
		t.Logf("%s: %d of %d runs compared", name, compared, len(ref.Runs))
		if compared < 2 {
			t.Errorf("%s: only %d runs compared", name, compared)
		}
	}
}

// settingsOf writes a run's options as settings; false when one has no
// counterpart.
func settingsOf(options map[string]any, known map[string]string) (string, bool) {
	neutral := map[string]bool{"dampening": true, "centered": true, "amsgrad": true, "initial_accumulator_value": true, "maximize": true}
	var list []string
	for _, key := range slices.Sorted(maps.Keys(options)) {
		value := options[key]
		switch ours := known[key]; {
		case key == "lr":
			list = append(list, fmt.Sprintf("lr: %.17f", value))
		case key == "betas":
			b := value.([]any)
			list = append(list, fmt.Sprintf("beta1: %.17f, beta2: %.17f", b[0], b[1]))
		case ours != "":
			if b, is := value.(bool); is {
				list = append(list, fmt.Sprintf("%s: %t", ours, b))
			} else {
				list = append(list, fmt.Sprintf("%s: %.17f", ours, value))
			}
		case value == nil || neutral[key] && (value == 0.0 || value == false):
		default:
			return "", false
		}
	}
	return strings.Join(list, ", "), true
}
