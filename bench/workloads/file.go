package workloads

import (
	"os"

	rt "github.com/gtc-lang/gtc/runtime"
)

// WriteFile writes the first weights and the data of all batches as a
// safetensors file of float32: weights under their names, inputs under the
// names of their ports.
func (w *Workload) WriteFile(path string) error {
	program := w.New().Job.Program()
	var tensors []rt.Tensor[float32]
	for _, t := range program.Tensors {
		if t.Role == rt.Weight {
			tensors = append(tensors, t)
		}
	}
	rows := w.Rows * w.Batches
	for _, p := range program.Ports {
		values := make([]float32, rows*p.Size())
		w.Data(p, values)
		tensors = append(tensors, rt.Tensor[float32]{Name: p.Name, Shape: append([]int{rows}, p.Shape...), Data: values})
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := rt.WriteTensors(file, tensors, nil); err != nil {
		file.Close()
		return err
	}
	return file.Close()
}

// MakeBatches cuts the data into batches for a program's ports.
func (w *Workload) MakeBatches(ports []rt.Port) []*rt.Batch[float32] {
	batches := make([]*rt.Batch[float32], w.Batches)
	for i := range batches {
		batches[i] = rt.NewBatch[float32](ports, w.Rows)
		batches[i].Rows = w.Rows
	}
	for i, p := range ports {
		values := make([]float32, w.Rows*w.Batches*p.Size())
		w.Data(p, values)
		size := w.Rows * p.Size()
		for j, b := range batches {
			part := values[j*size : (j+1)*size]
			copy(b.Floats[i], part)
			for k := range b.Ints[i] {
				b.Ints[i][k] = int32(part[k])
			}
		}
	}
	return batches
}
