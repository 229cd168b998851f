package codegen_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/gtc-lang/gtc/ir/plan"
)

const derivedProgram = `package p

dim B <= 8

model M(x: [B, 6]) -> [B, 2] {
    h = x |> Dense(5) |> BatchNorm |> tanh
    for i in 0..4 {
        h = h |> Dense(5) |> BatchNorm |> tanh
    }
    param mix: [5, 5] ~ glorot_uniform
    h @ softmax(mix).T |> Dense(2)
}

model Counter(x: [B, 6]) -> [B, 6] {
    state calls: [6] = 0
    calls = calls + 1
    x / sqrt(calls*calls + 1)
}

train Fit(x: [B, 6], y: [B, 2]) {
    minimize mse(M(x), y)
    with sgd(lr: 0.1)
    batch 8
    stop when epoch >= 3
}
`

// derivedDriver prints what a session says, and what an evaluation does, after
// everything that makes a new version of the weights.
const derivedDriver = `package main

import (
	"fmt"
	"log"
	"os"
	"testing"

	p "generated/PACKAGE"
	"github.com/gtc-lang/gtc/runtime/rttest"
)

func main() {
	m := p.New(p.Seed(4))
	s, fit := m.Session(), m.Fit(p.FitDefaults())
	job := fit.Job()
	batch := rttest.Batch[float32](job.Program().Ports, 8, 1)
	y, counted := make([]float32, 16), make([]float32, 48)
	tell := func(what string) {
		for _, err := range []error{s.ForwardM(batch.Floats[0], y), s.ForwardCounter(batch.Floats[0], counted), job.Evaluate(batch)} {
			if err != nil {
				log.Fatal(err)
			}
		}
		fmt.Println(what, y, counted, fit.Results())
	}
	tell("new")
	if _, err := fit.Step(batch.Floats[0], batch.Floats[1]); err != nil {
		log.Fatal(err)
	}
	tell("step")
	m.Settings.M.BatchNorm1.Eps = 0.5
	tell("setting")
	file := os.Args[1]
	if err := m.Save(file); err != nil {
		log.Fatal(err)
	}
	for i := range m.M.BatchNorm1.Var {
		m.M.BatchNorm1.Var[i] = float32(i + 2)
	}
	CHANGED
	tell("written")
	if err := m.Load(file); err != nil {
		log.Fatal(err)
	}
	tell("loaded")
	fmt.Println(testing.AllocsPerRun(10, func() { CHANGED; s.ForwardM(batch.Floats[0], y); job.Evaluate(batch) }))
}
`

// TestDerived holds programs that keep what they compute from the weights to
// the bits of those that compute it in every call.
func TestDerived(t *testing.T) {
	m := newModule(t)
	said := map[string]string{}
	for name, off := range map[string][]string{"kept": nil, "plain": {"derive"}} {
		c := compilation{off: off, plan: plan.Options{PackAll: off == nil}}
		m.add(name, c.generated(t, derivedProgram))
		changed := ""
		if off == nil {
			changed = "m.Changed()"
		}
		m.write("run"+name+"/main.go", []byte(strings.NewReplacer("PACKAGE", name, "CHANGED", changed).Replace(derivedDriver)))
		out, err := m.command("run", "./run"+name, filepath.Join(t.TempDir(), "m")).CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		said[name] = string(out)
	}
	if said["kept"] != said["plain"] || !strings.HasSuffix(said["kept"], "\n0\n") {
		t.Errorf("kept:\n%s\ncomputed in every call:\n%s", said["kept"], said["plain"])
	}
}
