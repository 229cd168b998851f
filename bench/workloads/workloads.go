// Package workloads has the training programs that are compared: for each a
// .gt file, the package that gtc makes of it, and an entry in the table All.
package workloads

import (
	"math/rand/v2"

	rt "github.com/gtc-lang/gtc/runtime"

	"github.com/gtc-lang/gtc/bench/workloads/linreg"
	"github.com/gtc-lang/gtc/bench/workloads/mlpdigits"
	"github.com/gtc-lang/gtc/bench/workloads/mlpmnist"
)

//go:generate go run -C ../.. ./cmd/gtc compile bench/workloads/linreg.gt
//go:generate go run -C ../.. ./cmd/gtc compile bench/workloads/mlpdigits.gt
//go:generate go run -C ../.. ./cmd/gtc compile bench/workloads/mlpmnist.gt

// Workload is a training program with its data.
type Workload struct {
	Name    string // by which the peers know it
	Title   string
	Source  string  // the .gt file beside this one
	Rows    int     // of a batch; the program's bound is the same
	Batches int     // which the steps go through in turn
	Unit    int     // steps from the first weights on that one unit of work has
	Flops   float64 // of the matrix products of one step: forward, and the gradients that it needs
	New     func() Trainer
	Data    func(port rt.Port, values []float32) // fills an input of all batches; integers as floats
}

// Trainer is a workspace as a user of the generated package has it.
type Trainer struct {
	Job  rt.Job[float32]
	Step func(*rt.Batch[float32]) (loss float64, err error) // the generated Step
}

// All are the workloads, in the order of the table.
var All = []Workload{
	{
		Name: "linreg", Title: "linear regression, 4 points, 1,000 epochs", Source: "linreg.gt",
		Rows: 4, Batches: 1, Unit: 1000,
		Data: func(port rt.Port, values []float32) {
			for i := range values {
				values[i] = float32(i + 1) // y = 2x
				if port.Name == "y" {
					values[i] *= 2
				}
			}
		},
		New: func() Trainer {
			fit := linreg.New(linreg.Seed(1)).Fit(linreg.FitDefaults())
			return Trainer{fit.Job(), func(b *rt.Batch[float32]) (float64, error) { return fit.Step(b.Floats[0], b.Floats[1]) }}
		},
	},
	{
		Name: "mlp-digits", Title: "64-128-10, batch 32, Adam", Source: "mlpdigits.gt",
		Rows: 32, Batches: 64, Unit: 256, Flops: mlpFlops(32, 64, 128, 10), Data: Random,
		New: func() Trainer {
			fit := mlpdigits.New(mlpdigits.Seed(1)).Fit(mlpdigits.FitDefaults())
			return Trainer{fit.Job(), func(b *rt.Batch[float32]) (float64, error) { return fit.Step(b.Floats[0], b.Ints[1]) }}
		},
	},
	{
		Name: "mlp-mnist", Title: "784-512-256-10, batch 128, Adam", Source: "mlpmnist.gt",
		Rows: 128, Batches: 16, Unit: 32, Flops: mlpFlops(128, 784, 512, 256, 10), Data: Random,
		New: func() Trainer {
			fit := mlpmnist.New(mlpmnist.Seed(1)).Fit(mlpmnist.FitDefaults())
			return Trainer{fit.Job(), func(b *rt.Batch[float32]) (float64, error) { return fit.Step(b.Floats[0], b.Ints[1]) }}
		},
	},
}

// Find returns the workload of a name, nil if there is none.
func Find(name string) *Workload {
	for i := range All {
		if All[i].Name == name {
			return &All[i]
		}
	}
	return nil
}

// mlpFlops are the flops of a step through layers of the given widths: each
// layer's product, its weights' gradient and, but for the first, its input's.
func mlpFlops(rows int, widths ...int) float64 {
	flops := 0
	for i := range len(widths) - 1 {
		products := 3
		if i == 0 {
			products = 2
		}
		flops += products * 2 * rows * widths[i] * widths[i+1]
	}
	return float64(flops)
}

// Random fills an input with numbers from [0, 1) or with random classes.
// Nothing is zero and nothing can be learned but by heart: gradients stay far
// from the denormal numbers that slow some programs down.
func Random(port rt.Port, values []float32) {
	source := rand.New(rand.NewPCG(1, uint64(len(port.Name))))
	for i := range values {
		if port.Int {
			values[i] = float32(source.IntN(port.Limit))
		} else {
			values[i] = source.Float32()
		}
	}
}
