package linreg_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"

	rt "github.com/gtc-lang/gtc/runtime"

	"github.com/gtc-lang/gtc/examples/linreg/linreg"
)

// seedCase is four points of y = 2x, learning rate 0.01, 1,000 epochs, in
// PyTorch: golden/reference/seed_case.py makes the files.
type seedCase struct {
	X, Y []float64
	Runs []struct {
		Variant  string
		Momentum float64
		Start    struct{ W, B float64 }
		Loss     []float64
	}
}

func readSeedCase(t *testing.T, dtype string) (c seedCase) {
	t.Helper()
	text, err := os.ReadFile("../../../golden/reference/seed_case_" + dtype + ".json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &c); err != nil {
		t.Fatal(err)
	}
	return c
}

// follow trains on the points in order, rows at a time, and compares the mean
// loss of every epoch.
func follow[T rt.Float](t *testing.T, c seedCase, rows int, losses []float64, step func(x, y []T) (float64, error), close func(got, want float64) bool) {
	t.Helper()
	x, y := convert[T](c.X), convert[T](c.Y)
	for epoch, want := range losses {
		sum := 0.0
		for at := 0; at < len(x); at += rows {
			loss, err := step(x[at:at+rows], y[at:at+rows])
			if err != nil {
				t.Fatal(err)
			}
			sum += loss * float64(rows)
		}
		if got := sum / float64(len(x)); !close(got, want) {
			t.Fatalf("epoch %d: loss %.17g, PyTorch %.17g", epoch+1, got, want)
		}
	}
}

func convert[T rt.Float](x []float64) []T {
	y := make([]T, len(x))
	for i, v := range x {
		y[i] = T(v)
	}
	return y
}

func rowsOf(variant string, c seedCase) int {
	if variant == "stochastic" {
		return 1
	}
	return len(c.X)
}

func TestSeedCase64(t *testing.T) {
	c := readSeedCase(t, "f64")
	for k, run := range c.Runs {
		t.Run(fmt.Sprint(run.Variant, k), func(t *testing.T) {
			m := New()
			m.Line.Dense1.W[0], m.Line.Dense1.B[0] = run.Start.W, run.Start.B
			cfg := FitDefaults()
			cfg.LR, cfg.Momentum = 0.01, run.Momentum
			follow(t, c, rowsOf(run.Variant, c), run.Loss, m.Fit(cfg).Step, func(got, want float64) bool {
				d := math.Abs(got - want)
				return d <= 1e-18 || d <= 1e-9*math.Abs(want)
			})
		})
	}
}

func TestSeedCase32(t *testing.T) {
	c := readSeedCase(t, "f32")
	for k, run := range c.Runs {
		t.Run(fmt.Sprint(run.Variant, k), func(t *testing.T) {
			m := linreg.New()
			m.Line.Dense1.W[0], m.Line.Dense1.B[0] = float32(run.Start.W), float32(run.Start.B)
			cfg := linreg.FitDefaults()
			cfg.LR, cfg.Momentum = 0.01, run.Momentum
			follow(t, c, rowsOf(run.Variant, c), run.Loss, m.Fit(cfg).Step, func(got, want float64) bool {
				d := math.Abs(got - want)
				return d <= 1e-5 || d <= 1e-5*math.Abs(want)
			})
		})
	}
}
