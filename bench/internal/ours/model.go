package ours

import (
	"fmt"
	"time"

	rt "github.com/gtc-lang/gtc/runtime"

	"github.com/gtc-lang/gtc/bench/wire"
	"github.com/gtc-lang/gtc/bench/workloads"
)

// model is a training program and where it begins.
type model struct {
	workload *workloads.Workload
	trainer  workloads.Trainer
	batches  []*rt.Batch[float32]
	first    [][]float32 // of every tensor that a step changes
}

func loadModel(row wire.Row) (wire.Work, error) {
	w := workloads.Find(row["name"])
	if w == nil {
		return nil, fmt.Errorf("unknown workload %q", row["name"])
	}
	m := &model{workload: w, trainer: w.New()}
	program := m.trainer.Job.Program()
	m.batches = w.MakeBatches(program.Ports)
	for _, t := range program.Tensors {
		m.first = append(m.first, append([]float32(nil), t.Data...))
	}
	return m, nil
}

// restart goes back to the first weights.
func (m *model) restart() {
	program := m.trainer.Job.Program()
	for i, t := range program.Tensors {
		copy(t.Data, m.first[i])
	}
	program.Step = 0
}

// steps makes the first n steps.
func (m *model) steps(n int, see func(loss float64)) error {
	for i := range n {
		loss, err := m.trainer.Step(m.batches[i%len(m.batches)])
		if err != nil {
			return err
		}
		see(loss)
	}
	return nil
}

func (m *model) Run(n int) (time.Duration, error) {
	var took time.Duration
	for range n {
		m.restart()
		start := time.Now()
		if err := m.steps(m.workload.Unit, func(float64) {}); err != nil {
			return 0, err
		}
		took += time.Since(start)
	}
	return took, nil
}

func (m *model) Check(n int) (losses []float64, err error) {
	m.restart()
	err = m.steps(n, func(loss float64) { losses = append(losses, loss) })
	return losses, err
}
