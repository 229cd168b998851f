package main

import (
	"context"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	rt "github.com/gtc-lang/gtc/runtime"
	"github.com/gtc-lang/gtc/runtime/rttest"

	"github.com/gtc-lang/gtc/examples/digits/digits"
)

func TestAccuracy(t *testing.T) {
	fit := digits.New().Fit(digits.FitDefaults())
	data, err := load(fit)
	if err != nil {
		t.Fatal(err)
	}
	summary, err := fit.Run(context.Background(), data)
	if err != nil {
		t.Fatal(err)
	}
	if accuracy := summary.Validation[1]; accuracy < 0.97 {
		t.Errorf("validation accuracy %.4f", accuracy)
	}
	again, err := fit.Evaluate(context.Background(), data.Validation)
	if err != nil || again[0] != summary.Validation[0] || again[1] != summary.Validation[1] {
		t.Errorf("evaluated again: %v, not %v (%v)", again, summary.Validation, err)
	}
}

// TestPrepare: a row as it comes, for a server.
func TestPrepare(t *testing.T) {
	m := digits.New()
	fit := m.Fit(digits.FitDefaults())
	data, err := load(fit)
	if err != nil {
		t.Fatal(err)
	}
	m.Pipeline = data.Pipeline
	row := make([]string, 64)
	for i := range row {
		row[i] = strconv.Itoa(i % 17)
	}
	if _, err := digits.New().Prepare(nil, row); err == nil {
		t.Error("an untrained model knows what is done to cells")
	}
	rows, err := m.Prepare(nil, row)
	if err != nil {
		t.Fatal(err)
	}
	x := make([]float32, 64)
	if err := rows.Row(0, 0, x, nil); err != nil || x[8] != 0.5 || rows.Len() != 1 {
		t.Error(x, err)
	}
}

// TestSettings: a number that the library does not take stops what reads it,
// and nothing has changed.
func TestSettings(t *testing.T) {
	m := digits.New()
	fit := m.Fit(digits.FitDefaults())
	x, y := make([]float32, 64), make([]int32, 1)
	refused := func(what, want string, f func() error) {
		t.Helper()
		if err := f(); err == nil || err.Error() != want || fit.Job().Program().Step != 0 {
			t.Errorf("%s: %v", what, err)
		}
	}
	step := func() error { _, err := fit.Step(x, y); return err }
	backward := func() error { _, err := fit.Backward(x, y); return err }
	fit.Settings.Total = 10
	m.Settings.MLP.Dropout1.Rate = 50
	dropout := "the setting MLP.dropout1.rate is 0 or more and below 1, not 50"
	refused("Step", dropout, step)
	refused("Backward", dropout, backward)
	m.Settings.MLP.Dropout1.Rate = 0.1
	fit.Settings.LR.Peak = math.Inf(1)
	peak := "the setting lr.peak is 0 or more, not +Inf"
	refused("Step", peak, step)
	refused("Apply", peak, fit.Apply)
	fit.Settings.LR.Peak = 1e-3
	data, err := load(fit)
	if err != nil {
		t.Fatal(err)
	}
	fit.Settings.ClipNorm.Limit = 0
	refused("Run", "train Fit: the setting clip_norm.limit is above 0, not 0", func() error {
		_, err := fit.Run(context.Background(), data)
		return err
	})
	fit.Settings.ClipNorm.Limit = 1
	if err := step(); err != nil {
		t.Error(err)
	}
}

func TestSurvivesKill(t *testing.T) {
	cfg := digits.FitDefaults()
	cfg.Stop.Epoch = 4
	fit := func() *digits.Fit { return digits.New(digits.Seed(5)).Fit(cfg) }
	data, err := load(fit())
	if err != nil {
		t.Fatal(err)
	}
	rttest.SurvivesKill(t, func() rt.Job[float32] { return fit().Job() }, data)
}

func TestSessions(t *testing.T) {
	m := digits.New(digits.Seed(3))
	rttest.Parallel(t, 64, func(i int) func() ([]float32, error) {
		s, x, y := m.Session(), make([]float32, 64*(1+i)), make([]float32, 10*(1+i))
		rt.FillNormal(rt.Draw{Seed: uint64(i)}, x, 0)
		return func() ([]float32, error) { return y, s.Forward(x, y) }
	})
}

func BenchmarkStep(b *testing.B) {
	cfg := digits.FitDefaults()
	cfg.Total = 1350
	fit := digits.New(digits.Seed(1)).Fit(cfg)
	batch := rttest.Batch[float32](fit.Job().Program().Ports, 32, 1)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := fit.Step(batch.Floats[0], batch.Ints[1]); err != nil {
			b.Fatal(err)
		}
	}
}

// TestOwnLoop: the schedule needs the number of updates; nothing is made up.
func TestOwnLoop(t *testing.T) {
	fit := digits.New(digits.Seed(1)).Fit(digits.FitDefaults())
	batch := rttest.Batch[float32](fit.Job().Program().Ports, 8, 1)
	if _, err := fit.Step(batch.Floats[0], batch.Ints[1]); err == nil || !strings.Contains(err.Error(), "Settings.Total") {
		t.Errorf("a step without a total: %v", err)
	}
	if _, err := fit.Backward(batch.Floats[0], batch.Ints[1]); err != nil {
		t.Error(err)
	}
	if err := fit.Apply(); err == nil || fit.Job().Program().Step != 0 {
		t.Error("an update without a total")
	}
	fit.Settings.Total = 10
	if err := fit.Apply(); err != nil || fit.Job().Program().Step != 1 {
		t.Error(err)
	}
}

// TestNotFinite feeds what must not be trained on: the step says where it came
// from and changes nothing.
func TestNotFinite(t *testing.T) {
	m := digits.New(digits.Seed(1))
	cfg := digits.FitDefaults()
	cfg.Total = 1350
	fit := m.Fit(cfg)
	batch := rttest.Batch[float32](fit.Job().Program().Ports, 8, 1)
	before := slices.Clone(m.MLP.Dense1.W)
	batch.Floats[0][70] = float32(math.NaN())
	_, err := fit.Step(batch.Floats[0], batch.Ints[1])
	var bad *rt.NotFiniteError
	if !errors.As(err, &bad) || bad.Origin.What != "x" || bad.Origin.Index != 70 {
		t.Errorf("with a NaN in x: %v", err)
	}
	batch.Floats[0][70] = 0
	m.MLP.Dense1.B[3] = 3e38
	m.MLP.Dense2.W[31] = 1e30
	if _, err = fit.Step(batch.Floats[0], batch.Ints[1]); !errors.As(err, &bad) || bad.Origin.Where == "" {
		t.Errorf("with an overflow: %v", err)
	}
	t.Log(err)
	m.MLP.Dense1.B[3], m.MLP.Dense2.W[31] = 0, 0
	fit.Settings.LR.Peak = 1e42 // too large for float32, also for a hundredth of it, as the first step has
	if _, err = fit.Step(batch.Floats[0], batch.Ints[1]); !errors.As(err, &bad) || bad.What != "lr" {
		t.Errorf("with an infinite learning rate: %v", err)
	}
	if !slices.Equal(m.MLP.Dense1.W, before) || fit.Job().Program().Step != 0 {
		t.Error("something was updated")
	}
}
