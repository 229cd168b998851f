package codegen_test

import (
	"strings"
	"testing"
)

// partsProgram draws for each row; OBJECTIVE may be one that parts add up to.
const partsProgram = `package p

dim B <= 8

model M(x: [B, 6]) -> [B, 2] {
    x |> Dense(5) |> tanh |> Dropout(0.5) |> Dense(2)
}

train Fit(x: [B, 6], y: [B, 2]) {
    minimize OBJECTIVE
    with sgd(lr: 0.1)
    batch 8
    stop when epoch >= 3
}
`

// partsTest drives parts by hand.
const partsTest = `package p

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/gtc-lang/gtc/runtime/rttest"
)

const addUp = ADDUP

func rows() (x, y []float32, fit *Fit) {
	fit = New().Fit(FitDefaults())
	batch := rttest.Batch[float32](fit.Job().Program().Ports, 8, 1)
	return batch.Floats[0], batch.Floats[1], fit
}

func TestPartsByHand(t *testing.T) {
	x, y, fit := rows()
	if err := fit.Apply(); err == nil || !strings.Contains(err.Error(), "no gradient to apply") {
		t.Fatal("an update from nothing: ", err)
	}
	if _, err := fit.Backward(x, y); err != nil {
		t.Fatal(err)
	}
	whole := slices.Clone(fit.Grad("M.dense1.W"))
	fit.Job().Discard()
	if _, err := fit.Backward(x[:5*6], y[:5*2]); err != nil {
		t.Fatal(err)
	}
	_, err := fit.Backward(x[5*6:], y[5*2:])
	if !addUp {
		if err == nil || !strings.Contains(err.Error(), "train Fit has the gradient of 5 rows") || !strings.Contains(err.Error(), "p.gt:10") {
			t.Fatal("a second part: ", err)
		}
		for _, next := range []func() error{fit.Apply, func() error { _, err := fit.Backward(x, y); return err }} {
			if err := next(); err != nil {
				t.Error("after the refusal: ", err)
			}
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	for i, g := range fit.Grad("M.dense1.W") {
		if math.Abs(float64(g-whole[i])) > 1e-5 {
			t.Fatalf("gradient %d is %v in parts, %v of the whole", i, g, whole[i])
		}
	}
	// a step begins at its first row again
	if err := fit.Apply(); err != nil {
		t.Fatal(err)
	}
	other := New().Fit(FitDefaults())
	if _, err := other.Step(x, y); err != nil {
		t.Fatal(err)
	}
	one, err := fit.Step(x, y)
	two, again := other.Step(x, y)
	if err != nil || again != nil || math.Abs(one-two) > 1e-5 {
		t.Errorf("after an update in parts the loss is %v, %v, after one of the whole %v, %v", one, err, two, again)
	}
}

func TestPartsAllocateNothing(t *testing.T) {
	x, y, fit := rows()
	if n := testing.AllocsPerRun(10, func() { fit.Backward(x, y); fit.Apply() }); n != 0 {
		t.Error(n, "allocations")
	}
}
`

// TestPartsByHand: who drives Backward and Apply gets the gradient of the whole
// batch, or an error where parts have not got it.
func TestPartsByHand(t *testing.T) {
	m := newModule(t)
	for name, objective := range map[string]string{"true": "mse(M(x), y)", "false": "sum((M(x) - y)^2)"} {
		m.add(name, compilation{}.generated(t, strings.Replace(partsProgram, "OBJECTIVE", objective, 1)))
		m.write(name+"/parts_test.go", []byte(strings.Replace(partsTest, "ADDUP", name, 1)))
		if out, err := m.run("test", "./"+name); err != nil {
			t.Errorf("%s: %s", objective, out)
		}
	}
}
