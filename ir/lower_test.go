package ir_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/parser"
)

func lowerFile(t *testing.T, path string) (*ir.Program, error) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	file, err := parser.Parse(dsl.NewSource(filepath.Base(path), string(text)))
	if err != nil {
		t.Fatal(err)
	}
	return ir.Lower(file, parser.Library())
}

// refusedPrograms use what the compiler says it cannot do.
var refusedPrograms = map[string]string{"private.gt": "GT0321"}

// TestLowerPrograms lowers and verifies the programs of the language's tour.
func TestLowerPrograms(t *testing.T) {
	files, err := filepath.Glob("../golden/programs/*.gt")
	if err != nil || len(files) == 0 {
		t.Fatal("no programs", err)
	}
	for _, path := range files {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".gt"), func(t *testing.T) {
			p, err := lowerFile(t, path)
			if code := refusedPrograms[filepath.Base(path)]; code != "" {
				if err == nil || !strings.Contains(err.Error(), code) {
					t.Fatalf("want %s, got %v", code, err)
				}
				return
			}
			if err != nil {
				t.Fatal((&dsl.Renderer{}).Error(err))
			}
			if err := ir.Verify(p); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// TestSettingRanges: a setting has the ranges of all parameters that it is
// given for, under whatever path; what declares none is a number like any other.
func TestSettingRanges(t *testing.T) {
	p := lowered(t, `package p

dim B <= 4

layer Low(lr = -0.5)(x: [B, 2]) -> [B, 2] {
    x * lr
}

model M(x: [B, 2]) -> [B, 2] {
    x |> Low() |> Dense(2)
}

schedule falling(lr) {
    lr / step
}

train One(x: [B, 2]) {
    minimize mean(M(x)^2)
    with adam(lr: 1e-3, eps: 1e-8) over *.W, sgd(0.1) over rest
}

train Two(x: [B, 2]) {
    minimize mean(M(x)^2)
    with sgd(lr: falling(lr: -0.1)), clip_norm
}

schedule same(v) {
    v
}

layer Twice(rate = 0.1 in 0.05..2)(x: [B, 2]) -> [B, 2] {
    x |> Dropout(rate) |> Dropout(rate / 2)
}

train Three(x: [B, 2]) {
    minimize mean((x |> Twice |> M)^2)
    with sgd(lr: same(0.1), momentum: same(0.9))
}
`)
	ranges := map[string]string{}
	for _, s := range p.Settings {
		if s.In != nil {
			ranges[s.Path] = s.In.String()
		}
	}
	for path, want := range map[string]string{
		"M.low1.lr": "", "Two.lr.lr": "", "One.adam1.lr": "0..", "One.sgd2.lr": "0..", "One.adam1.eps": "0..", "Two.clip_norm.limit": "0<..",
		"Three.twice1.rate": "0.05..1", "Three.lr.v": "0..", "Three.momentum.v": "0..1", "step": "",
	} {
		if ranges[path] != want {
			t.Errorf("the range of %s is %q, not %q", path, ranges[path], want)
		}
	}
	rated := 0
	for _, f := range p.Funcs {
		for _, r := range f.Results {
			if r.Name == "lr" && f.Kind == ir.StepFunc {
				rated++
			}
		}
	}
	if rated != 3 {
		t.Errorf("%d train blocks tell their learning rate", rated)
	}
}

// TestClasses: class numbers are what chooses one of each row's scores, in a loss
// of one's own too; positions in a table are none.
func TestClasses(t *testing.T) {
	p := lowered(t, `package p

dim B <= 4, T <= 8

model M(tok: int[B, T], x: [B, 2]) -> [B, T, 3] {
    param table: [16, 2] ~ normal(1), places: [4, 2] ~ normal(1)
    table[tok] @ places.T @ (x |> Dense(4) |> relu |> Dense(12) |> reshape([B, 4, 3]))
}

model N(x: [B, 2]) -> [B, 5] {
    x |> Dense(5)
}

model Weight(k: int[B]) -> [B] {
    param w: [7] = 1
    w[k]
}

train Fit(tok: int[B, T], next: int[B, T], x: [B, 2], y: int[B], z: int[B], k: int[B]) {
    s = exp(N(x))
    minimize cross_entropy(M(tok, x), next) + cross_entropy(N(x), y) - mean(log(s[..., z])) * mean(Weight(k))
    with sgd(lr: 0.1)
}
`)
	if got := p.Trains[0].Classes; !slices.Equal(slices.Sorted(slices.Values(got)), []string{"next", "y", "z"}) {
		t.Errorf("class numbers are in %q", got)
	}
	if got := p.Trains[0].Indexed; got["tok"] != 16 || got["next"] != 3 || got["y"] != 5 || got["z"] != 5 || got["k"] != 7 {
		t.Errorf("positions are in %v", got)
	}
}

// TestEvaluationUpdatesNothing: a state that a step updates is read by an
// evaluation and not written, whether or not the program asks for training.
func TestEvaluationUpdatesNothing(t *testing.T) {
	p := lowered(t, `package p

dim B <= 8

model Counter(x: [B, 2]) -> [B, 1] {
    state calls: [1] = 0
    calls = calls + 1
    (x |> Dense(1)) * calls
}

train Fit(x: [B, 2], y: [B, 1]) {
    minimize mse(Counter(x), y)
    with sgd(lr: 0.1)
    batch 4
    stop when epoch >= 3
}
`)
	updates := func(f *ir.Func) (names []string) {
		for _, u := range f.Updates {
			if u.Var.Kind == ir.StateVar {
				names = append(names, u.Var.Name)
			}
		}
		return names
	}
	if step := updates(p.FuncOf("Fit", ir.StepFunc)); len(step) != 1 || step[0] != "Counter.calls" {
		t.Errorf("a step updates %v", step)
	}
	if evaluation := updates(p.FuncOf("Fit", ir.EvaluateFunc)); len(evaluation) != 0 {
		t.Errorf("an evaluation updates %v", evaluation)
	}
}
