package main

import (
	"time"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// restart goes back to the first weights.
func (t *training) restart() error {
	for _, old := range t.state {
		if err := old.FinalizeAll(); err != nil {
			return err
		}
	}
	t.state = []*tensors.Tensor{tensors.FromScalar(float32(0))}
	for _, p := range t.first {
		t.state = append(t.state, tensors.FromFlatDataAndDimensions(p.Data, p.Shape...))
	}
	for _, p := range t.first {
		for range t.kept {
			t.state = append(t.state, tensors.FromFlatDataAndDimensions(make([]float32, len(p.Data)), p.Shape...))
		}
	}
	for _, value := range t.state {
		if err := value.MaterializeOnDevice(t.backend, false, 0); err != nil {
			return err
		}
		value.FinalizeLocal() // so that the buffer can be donated
	}
	return nil
}

// once makes one step and returns its loss, which nobody need read.
func (t *training) once(i int) (*tensors.Tensor, error) {
	in := make([]any, 0, len(t.state)+2)
	for _, value := range t.state {
		buffer, err := graph.DonateTensorBuffer(value, t.backend, 0)
		if err != nil {
			return nil, err
		}
		in = append(in, buffer)
	}
	in = append(in, t.xs[i%len(t.xs)], t.ys[i%len(t.ys)])
	out, err := t.exec.Exec(in...)
	if err != nil {
		return nil, err
	}
	t.state = out[:len(out)-1]
	return out[len(out)-1], nil
}

func (t *training) Run(n int) (took time.Duration, err error) {
	for range n {
		if err := t.restart(); err != nil {
			return 0, err
		}
		start := time.Now()
		for i := range t.unit {
			loss, err := t.once(i)
			if err != nil {
				return 0, err
			}
			if err := loss.FinalizeAll(); err != nil {
				return 0, err
			}
		}
		took += time.Since(start)
	}
	return took, nil
}

func (t *training) Check(n int) (losses []float64, err error) {
	if err := t.restart(); err != nil {
		return nil, err
	}
	for i := range n {
		loss, err := t.once(i)
		if err != nil {
			return nil, err
		}
		losses = append(losses, float64(tensors.ToScalar[float32](loss)))
	}
	return losses, nil
}
