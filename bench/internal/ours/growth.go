package ours

import (
	"os"
	"runtime/debug"
	"time"

	"github.com/gtc-lang/gtc/bench/internal/machine"
	"github.com/gtc-lang/gtc/bench/wire"
	"github.com/gtc-lang/gtc/bench/workloads"
)

// growth is what a process grows by when it makes a workspace and trains.
type growth struct{ workload *workloads.Workload }

func loadGrowth(row wire.Row) (wire.Work, error) {
	w := workloads.Find(row["name"])
	if w == nil {
		return nil, wire.NotHere("unknown workload " + row["name"])
	}
	return growth{w}, nil
}

// Check returns the bytes that the process has grown by after the weights, a
// training workspace, one batch of inputs and n steps.
func (g growth) Check(n int) ([]float64, error) {
	one := *g.workload
	one.Batches = 1
	debug.FreeOSMemory()
	before, _ := machine.Memory(os.Getpid())
	trainer := one.New()
	batches := one.MakeBatches(trainer.Job.Program().Ports)
	m := model{workload: &one, trainer: trainer, batches: batches}
	if err := m.steps(n, func(float64) {}); err != nil {
		return nil, err
	}
	debug.FreeOSMemory() // what was needed to make the data only
	after, _ := machine.Memory(os.Getpid())
	_ = m.steps(1, func(float64) {}) // all of it is alive until here
	return []float64{float64(after - before)}, nil
}

func (g growth) Run(int) (time.Duration, error) {
	return 0, wire.NotHere("growth is not timed")
}
