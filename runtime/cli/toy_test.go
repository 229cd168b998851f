package cli

import (
	"math"

	rt "github.com/gtc-lang/gtc/runtime"
)

// toy is a generated package written by hand: a table of scores for each of
// three classes, W[2,3], trained to approach one-hot targets.
type toy struct {
	program rt.Program[float64]
	w, g    []float64
	rate    float64
	rows    int
}

const toyBound = 4

func newToy(seed uint64) *toy {
	t := &toy{w: make([]float64, 6), g: make([]float64, 6), rate: 0.05}
	rt.FillNormal(rt.Draw{Seed: seed, Path: rt.PathHash("Toy.W")}, t.w, 0)
	t.program = rt.Program[float64]{
		Name: "Fit", Structure: "toy", Kernels: "go", MaxRows: toyBound,
		Ports:     []rt.Port{{Name: "x", Shape: []int{2}}, {Name: "y", Int: true, Limit: 3}},
		Values:    []rt.Value{{Name: "loss", Better: rt.Lower}},
		Tensors:   t.tensors(),
		Settings:  []rt.Setting{{Path: "Fit.lr", Value: &t.rate, In: &rt.Interval{Hi: math.Inf(1)}}},
		BatchRows: 2,
		MaxEpochs: 20,
		Counters:  rt.Counters{Seed: seed},
		Results:   make([]float64, 1),
		Stop:      func(p *rt.Progress) bool { return p.Epoch >= 20 },
	}
	return t
}

func (t *toy) tensors() []rt.Tensor[float64] {
	return []rt.Tensor[float64]{{Name: "Toy.W", Shape: []int{2, 3}, Data: t.w}}
}

func (t *toy) scores(x []float64, out []float64) {
	for c := range 3 {
		out[c] = x[0]*t.w[c] + x[1]*t.w[3+c]
	}
}

func (t *toy) Program() *rt.Program[float64] { return &t.program }

func (t *toy) Evaluate(b *rt.Batch[float64]) error {
	t.pass(b, false)
	return nil
}

func (t *toy) Backward(b *rt.Batch[float64]) error {
	t.pass(b, true)
	t.rows += b.Rows
	return nil
}

func (t *toy) pass(b *rt.Batch[float64], learn bool) {
	var out [3]float64
	loss := 0.0
	for r := range b.Rows {
		x := b.Floats[0][2*r : 2*r+2]
		t.scores(x, out[:])
		for c := range out {
			d := out[c]
			if int(b.Ints[1][r]) == c {
				d--
			}
			loss += d * d
			if learn {
				t.g[c] += 2 * d * x[0]
				t.g[3+c] += 2 * d * x[1]
			}
		}
	}
	t.program.Results[0] = loss / float64(b.Rows)
}

func (t *toy) Apply() error {
	for i, g := range t.g {
		t.w[i] -= t.rate * g / float64(t.rows)
	}
	t.Discard()
	t.program.Step++
	return nil
}

func (t *toy) Step(b *rt.Batch[float64]) error {
	if err := t.Backward(b); err != nil {
		return err
	}
	return t.Apply()
}

func (t *toy) Discard() {
	clear(t.g)
	t.rows = 0
}

// toyProgram is the toy with the data line
// data csv("toy.csv") { x = columns(0..2), y = column(2) |> categories }.
func toyProgram(data bool) Program[float64] {
	return Program[float64]{
		Name: "toy", Source: "package toy\n", SourceName: "toy.gt",
		New: func(seed uint64) Model[float64] {
			t := newToy(seed)
			block := Train[float64]{Name: "Fit", Job: func() rt.Job[float64] { return t }}
			if data {
				block.Data = &rt.DataSpec{File: "toy.csv", Pipeline: rt.Pipeline{
					Format: rt.Format{Kind: rt.KindCSV},
					Inputs: []rt.Input{
						{Port: "x", Columns: rt.ColumnRange(0, 2)},
						{Port: "y", Columns: rt.ColumnRange(2, 3), Ops: []rt.Op{rt.Categories()}},
					},
				}}
			}
			return Model[float64]{Structure: "toy", Tensors: t.tensors(), Trains: []Train[float64]{block}, Forwards: []Forward[float64]{t.forward()}}
		},
	}
}

func (t *toy) forward() Forward[float64] {
	return Forward[float64]{
		Name: "Toy", Ports: t.program.Ports[:1], Results: []rt.Port{{Name: "y", Shape: []int{3}}}, MaxRows: toyBound,
		Run: func(b *rt.Batch[float64], out [][]float64) error {
			for r := range b.Rows {
				t.scores(b.Floats[0][2*r:], out[0][3*r:])
			}
			return nil
		},
	}
}
