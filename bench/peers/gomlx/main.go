// Command gomlx trains the workloads with GoMLX and its backend in pure Go:
// one graph for a whole step, which is given its state as donated buffers.
package main

import (
	"fmt"
	"os"
	"runtime/debug"
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/train/loss"

	"github.com/gtc-lang/gtc/bench/wire"
)

// workload is a model of dense layers with relu between them.
type workload struct {
	layers    []string
	classes   bool // cross entropy of classes; else the mean square
	optimizer func(p, g, step *graph.Node, kept []*graph.Node) (*graph.Node, []*graph.Node)
	kept      int // tensors that the optimizer keeps for each parameter
}

var workloads = map[string]workload{
	"linreg":     {layers: []string{"Line.dense1"}, optimizer: sgd, kept: 1},
	"mlp-digits": {layers: []string{"MLP.dense1", "MLP.dense2"}, classes: true, optimizer: adam, kept: 2},
	"mlp-mnist":  {layers: []string{"MLP.dense1", "MLP.dense2", "MLP.dense3"}, classes: true, optimizer: adam, kept: 2},
}

func main() {
	err := wire.Serve(os.Stdin, os.Stdout, wire.Server{About: about(), Load: load})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// about names GoMLX and whether it was built with vectors.
func about() string {
	text := "GoMLX"
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return text
	}
	for _, m := range info.Deps {
		if m.Path == "github.com/gomlx/gomlx" || m.Path == "github.com/gomlx/compute" {
			text += fmt.Sprintf(", %s %s", m.Path, m.Version)
		}
	}
	for _, s := range info.Settings {
		if s.Key == "GOEXPERIMENT" {
			text += ", GOEXPERIMENT=" + s.Value
		}
	}
	return text + ", " + info.GoVersion
}

func load(row wire.Row) (wire.Work, error) {
	w, ok := workloads[row["name"]]
	if row["kind"] != "model" || !ok {
		return nil, wire.NotHere("not a workload of peers/gomlx")
	}
	file, err := wire.ReadTensors(row["file"])
	if err != nil {
		return nil, err
	}
	backend, err := gobackend.New("")
	if err != nil {
		return nil, err
	}
	t := &training{workload: w, backend: backend, unit: row.Int("steps")}
	for _, layer := range w.layers {
		t.first = append(t.first, file[layer+".W"], file[layer+".b"])
	}
	t.cut(file["x"], file["y"], row.Int("rows"))
	t.exec, err = graph.NewExec(backend, t.step)
	return t, err
}

// cut makes the batches.
func (t *training) cut(x, y wire.Tensor, rows int) {
	width := len(x.Data) / x.Shape[0]
	for i := 0; i < x.Shape[0]; i += rows {
		t.xs = append(t.xs, tensors.FromFlatDataAndDimensions(x.Data[i*width:(i+rows)*width], rows, width))
		part := y.Data[i : i+rows]
		if !t.workload.classes {
			t.ys = append(t.ys, tensors.FromFlatDataAndDimensions(part, rows, 1))
			continue
		}
		classes := make([]int32, rows)
		for j, v := range part {
			classes[j] = int32(v)
		}
		t.ys = append(t.ys, tensors.FromFlatDataAndDimensions(classes, rows, 1))
	}
}

// training is a workload that has been loaded.
type training struct {
	workload
	backend compute.Backend
	exec    *graph.Exec
	unit    int
	xs, ys  []*tensors.Tensor
	first   []wire.Tensor
	state   []*tensors.Tensor // the number of the step, parameters, what the optimizer keeps of each
}

// step is the graph: state and a batch in, state and the loss out.
func (t *training) step(in []*graph.Node) []*graph.Node {
	n := len(t.first)
	number, parameters, kept := graph.AddScalar(in[0], 1), in[1:1+n], in[1+n:len(in)-2]
	x, y := in[len(in)-2], in[len(in)-1]
	mean := graph.ReduceAllMean(t.loss(t.logits(parameters, x), y))
	grads := graph.Gradient(mean, parameters...)
	var updated, keptNow []*graph.Node
	for i, p := range parameters {
		q, k := t.optimizer(p, grads[i], number, kept[i*t.kept:(i+1)*t.kept])
		updated, keptNow = append(updated, q), append(keptNow, k...)
	}
	return slices.Concat([]*graph.Node{number}, updated, keptNow, []*graph.Node{mean})
}

func (t *training) logits(parameters []*graph.Node, x *graph.Node) *graph.Node {
	for i := 0; i < len(parameters); i += 2 {
		if i > 0 {
			x = graph.Max(x, graph.ZerosLike(x))
		}
		x = graph.Add(graph.MatMul(x, parameters[i]), graph.ExpandAxes(parameters[i+1], 0))
	}
	return x
}

func (t *training) loss(logits, y *graph.Node) *graph.Node {
	if t.classes {
		return loss.SparseCategoricalCrossEntropyLogits([]*graph.Node{y}, []*graph.Node{logits})
	}
	return graph.Square(graph.Sub(logits, y))
}

func sgd(p, g, _ *graph.Node, kept []*graph.Node) (*graph.Node, []*graph.Node) {
	v := graph.Add(graph.MulScalar(kept[0], 0.9), g)
	return graph.Sub(p, graph.MulScalar(v, 0.01)), []*graph.Node{v}
}

func adam(p, g, step *graph.Node, kept []*graph.Node) (*graph.Node, []*graph.Node) {
	const lr, b1, b2, eps = 1e-3, 0.9, 0.999, 1e-8
	m := graph.Add(graph.MulScalar(kept[0], b1), graph.MulScalar(g, 1-b1))
	v := graph.Add(graph.MulScalar(kept[1], b2), graph.MulScalar(graph.Square(g), 1-b2))
	correct := func(x *graph.Node, b float64) *graph.Node {
		return graph.Div(x, graph.OneMinus(graph.Pow(graph.Scalar(x.Graph(), x.DType(), b), step)))
	}
	change := graph.Div(correct(m, b1), graph.AddScalar(graph.Sqrt(correct(v, b2)), eps))
	return graph.Sub(p, graph.MulScalar(change, lr)), []*graph.Node{m, v}
}
