package main

import (
	"testing"

	rt "github.com/gtc-lang/gtc/runtime"
	"github.com/gtc-lang/gtc/runtime/rttest"

	"github.com/gtc-lang/gtc/examples/mnist/mnist"
)

func TestSurvivesKill(t *testing.T) {
	cfg := mnist.FitDefaults()
	cfg.Stop.Epoch = 2
	job := func() rt.Job[float32] { return mnist.New(mnist.Seed(5)).Fit(cfg).Job() }
	data := rt.Data[float32]{Train: rttest.Table[float32](job().Program().Ports, 1000, 1)}
	rttest.SurvivesKill(t, job, data)
}

func TestSessions(t *testing.T) {
	m := mnist.New(mnist.Seed(3))
	rttest.Parallel(t, 64, func(i int) func() ([]float32, error) {
		s, x, y := m.Session(), make([]float32, 784*(1+i%7)), make([]float32, 10*(1+i%7))
		rt.FillNormal(rt.Draw{Seed: uint64(i)}, x, 0)
		return func() ([]float32, error) { return y, s.Forward(x, y) }
	})
}
