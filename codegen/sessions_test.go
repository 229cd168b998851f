package codegen_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/gtc-lang/gtc/ir/plan"
)

// sessionsProgram has what sessions keep of the weights (M), a scan (Walk),
// random draws and a gradient; and a model whose calls change a state, which
// is said where it is called.
const sessionsProgram = derivedProgram + `
model Walk(x: [B, 6]) -> [B, 6] {
    param U: [6, 6] ~ glorot_uniform
    h = x
    scan t over 5 {
        h = tanh(h @ U)
    }
    h
}

eval Noisy(x: [B, 6]) -> [B, 2] {
    M(x + 0.1 * randn(B, 6))
}

eval Slope(x: [B, 6]) -> [B, 6] {
    grad(sum(M(x)), x)
}
`

// sessionsTest calls everything from many goroutines at once, for the first
// time too after each new version of the weights.
const sessionsTest = `package p

import (
	"slices"
	"sync"
	"testing"

	rt "github.com/gtc-lang/gtc/runtime"
	"github.com/gtc-lang/gtc/runtime/rttest"
)

// results of one session on rows of its own.
func results(s *Session, i int) ([]float32, error) {
	rows := 1 + i%8
	x := make([]float32, 6*rows)
	rt.FillNormal(rt.Draw{Seed: uint64(i)}, x, 0)
	var all []float32
	for _, call := range []struct {
		f    func(x, out []float32) error
		size int
	}{{s.ForwardM, 2}, {s.ForwardWalk, 6}, {s.Noisy, 2}, {s.Slope, 6}} {
		out := make([]float32, call.size*rows)
		if err := call.f(x, out); err != nil {
			return nil, err
		}
		all = append(all, out...)
	}
	return all, nil
}

func TestSessionsAtOnce(t *testing.T) {
	m := New()
	fit := m.Fit(FitDefaults())
	sessions := make([]*Session, 32)
	for i := range sessions {
		sessions[i] = m.Session()
	}
	batch := rttest.Batch[float32](fit.Job().Program().Ports, 8, 1)
	for version := range 3 {
		found := make([][]float32, len(sessions))
		var wait sync.WaitGroup
		for i, s := range sessions {
			wait.Go(func() {
				for range 3 {
					got, err := results(s, i)
					if err != nil {
						t.Error(err)
					}
					if found[i] != nil && !slices.Equal(found[i], got) {
						t.Errorf("session %d says another thing later", i)
					}
					found[i] = got
				}
			})
		}
		wait.Wait()
		for i := range sessions {
			alone, err := results(m.Session(), i)
			if err != nil || !slices.Equal(alone, found[i]) {
				t.Fatalf("version %d: session %d says %v among others, %v alone, %v", version, i, found[i], alone, err)
			}
		}
		if _, err := fit.Step(batch.Floats[0], batch.Floats[1]); err != nil {
			t.Fatal(err)
		}
	}
}
`

// TestSessions runs many sessions at once, under the race detector when this
// test is.
func TestSessions(t *testing.T) {
	m := newModule(t)
	m.add("p", compilation{plan: plan.Options{PackAll: true}}.generated(t, sessionsProgram))
	m.write("p/sessions_test.go", []byte(sessionsTest))
	if out, err := m.run(append([]string{"test", "./p"}, raceFlag...)...); err != nil {
		t.Error(out)
	}
	const warning = "It changes Counter.calls, which all sessions share"
	if text := read(t, filepath.Join(m.dir, "p", "session.gen.go")); strings.Count(text, warning) != 1 {
		t.Errorf("not once in the generated code: %s", warning)
	}
}
