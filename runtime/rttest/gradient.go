package rttest

import (
	"math"
	"testing"

	rt "github.com/gtc-lang/gtc/runtime"
)

// Gradients compares the gradient of every parameter with central differences
// of the loss, in random directions. grad gives a parameter's gradient by name
// after a Backward, summed over the rows; nil for one that is not trained.
// Directions in which the loss has a kink are left out; half of them must be
// smooth.
func Gradients(t testing.TB, job rt.Job[float64], grad func(name string) []float64) {
	t.Helper()
	p := ready(job)
	g := &gradients{job: job, batch: Batch[float64](p.Ports, rowsFor(p, 5), 3)}
	before := copies(p.Tensors)
	tried, smooth := 0, 0
	for i, tensor := range p.Tensors {
		if tensor.Role != rt.Weight || grad(tensor.Name) == nil {
			continue
		}
		for n := range 4 {
			direction := make([]float64, len(tensor.Data))
			rt.FillNormal(rt.Draw{Seed: 11, Path: uint32(i), Step: uint32(n)}, direction, 0)
			tried++
			if g.agrees(t, tensor, direction, grad) {
				smooth++
			}
		}
	}
	sameBits(t, "after looking", weights(p.Tensors), weights(before))
	if tried == 0 || 2*smooth < tried {
		t.Errorf("of %d directions %d are smooth", tried, smooth)
	}
}

func weights(list []rt.Tensor[float64]) []rt.Tensor[float64] {
	var out []rt.Tensor[float64]
	for _, x := range list {
		if x.Role == rt.Weight {
			out = append(out, x)
		}
	}
	return out
}

type gradients struct {
	job   rt.Job[float64]
	batch *rt.Batch[float64]
}

// loss is the mean loss of the batch, training: the same random draws each
// time, for the step is the same.
func (g *gradients) loss(t testing.TB) float64 {
	t.Helper()
	if refresh := g.job.Program().Refresh; refresh != nil {
		refresh() // weights were written: they are of another version
	}
	if err := g.job.Backward(g.batch); err != nil {
		t.Fatal(err)
	}
	return g.job.Program().Results[0]
}

// agrees compares one direction; false when the loss is not smooth there.
func (g *gradients) agrees(t testing.TB, tensor rt.Tensor[float64], direction []float64, grad func(string) []float64) bool {
	t.Helper()
	g.job.Discard()
	g.loss(t)
	slope := rt.Dot(grad(tensor.Name), direction) / float64(g.batch.Rows)
	g.job.Discard()
	coarse, fine := g.difference(t, tensor, direction, 1e-5), g.difference(t, tensor, direction, 5e-6)
	scale := math.Max(1e-3, math.Abs(slope))
	if math.Abs(coarse-fine) > 1e-6*scale {
		return false
	}
	if math.Abs(slope-fine) > 1e-6*scale {
		t.Errorf("gradient of %s: slope %v, by differences %v", tensor.Name, slope, fine)
	}
	return true
}

func (g *gradients) difference(t testing.TB, tensor rt.Tensor[float64], direction []float64, h float64) float64 {
	t.Helper()
	old := append([]float64{}, tensor.Data...)
	at := func(h float64) float64 {
		for i := range old {
			tensor.Data[i] = old[i] + h*direction[i]
		}
		loss := g.loss(t)
		g.job.Discard()
		copy(tensor.Data, old)
		return loss
	}
	return (at(h) - at(-h)) / (2 * h)
}
