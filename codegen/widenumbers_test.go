package codegen_test

import (
	"testing"
)

// biasProgram leaves Adam's second bias correction, times a rate, in the
// weights.
const biasProgram = `package p

dim B <= 4

model Line(x: [B, 1]) -> [B, 1] {
    param w: [1, 1] = 1
    x @ w
}

schedule falling(peak) { peak / sqrt(step) }

optimizer bias(lr = 1, beta = 0.999)(w, g) {
    w = 0 * (w + g) + lr * (1 - beta^step)
}

train Fit(x: [B, 1], y: [B, 1]) {
    minimize mse(Line(x), y)
    with bias(lr: falling(0.1))
}
`

const biasTest = `package p

import (
	"math"
	"testing"
)

func TestBias(t *testing.T) {
	m := New()
	fit := m.Fit(FitDefaults())
	x := []float32{1, 2, 3}
	for step := 1.0; step <= 100; step++ {
		if _, err := fit.Step(x, x); err != nil {
			t.Fatal(err)
		}
		want := float32(0.1 / math.Sqrt(step) * (1 - math.Pow(0.999, step)))
		if got := m.tensors[0].Data[0]; got != want {
			t.Fatalf("step %v: %v, want %v", step, got, want)
		}
	}
}
`

// TestWideNumbers: in a package of float32, what settings and the step decide
// is what float64 gives, rounded once.
func TestWideNumbers(t *testing.T) {
	m := newModule(t)
	m.add("p", compilation{}.generated(t, biasProgram))
	m.write("p/bias_test.go", []byte(biasTest))
	if out, err := m.run("test", "./p"); err != nil {
		t.Error(out)
	}
}
