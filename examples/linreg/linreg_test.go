package main

import (
	"context"
	"math"
	"testing"

	rt "github.com/gtc-lang/gtc/runtime"
	"github.com/gtc-lang/gtc/runtime/rttest"

	"github.com/gtc-lang/gtc/examples/linreg/linreg"
)

func points(t testing.TB, fit *linreg.Fit) rt.Data[float32] {
	t.Helper()
	table, err := fit.Rows([]float32{1, 2, 3, 4}, []float32{2, 4, 6, 8})
	if err != nil {
		t.Fatal(err)
	}
	return rt.Data[float32]{Train: table}
}

func TestLearnsTheLine(t *testing.T) {
	m := linreg.New()
	fit := m.Fit(linreg.FitDefaults())
	summary, err := fit.Run(context.Background(), points(t, fit))
	if err != nil {
		t.Fatal(err)
	}
	if w := m.Line.Dense1.W[0]; math.Abs(float64(w)-2) > 1e-2 || summary.Reason != rt.Stopped {
		t.Errorf("slope %v, ended for %s", w, summary.Reason)
	}
}

func TestSurvivesKill(t *testing.T) {
	cfg := linreg.FitDefaults()
	cfg.Batch, cfg.Stop.Loss, cfg.Stop.GradNorm, cfg.Stop.Epoch = 1, 0, 0, 40
	fit := linreg.New().Fit(cfg)
	rttest.SurvivesKill(t, func() rt.Job[float32] { return linreg.New().Fit(cfg).Job() }, points(t, fit))
}

func TestSessions(t *testing.T) {
	m := linreg.New(linreg.Seed(3))
	rttest.Parallel(t, 64, func(i int) func() ([]float32, error) {
		s, x, y := m.Session(), make([]float32, 1+i), make([]float32, 1+i)
		rt.FillNormal(rt.Draw{Seed: uint64(i)}, x, 0)
		return func() ([]float32, error) { return y, s.Forward(x, y) }
	})
}
