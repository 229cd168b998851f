// Command gorgonia trains the workloads with Gorgonia: a graph, its tape
// machine, and one of its solvers.
package main

import (
	"fmt"
	"os"
	"runtime"
	"time"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/gtc-lang/gtc/bench/wire"
)

// workload is a model of dense layers with relu between them.
type workload struct {
	layers  []string
	classes int // cross entropy of classes; 0: the mean square
	solver  func() G.Solver
}

var workloads = map[string]workload{
	"linreg":     {layers: []string{"Line.dense1"}, solver: momentum},
	"mlp-digits": {layers: []string{"MLP.dense1", "MLP.dense2"}, classes: 10, solver: adam},
	"mlp-mnist":  {layers: []string{"MLP.dense1", "MLP.dense2", "MLP.dense3"}, classes: 10, solver: adam},
}

func momentum() G.Solver { return G.NewMomentum(G.WithLearnRate(0.01), G.WithMomentum(0.9)) }

func adam() G.Solver { return G.NewAdamSolver(G.WithLearnRate(1e-3)) }

func main() {
	about := "Gorgonia 0.9.18, " + runtime.Version()
	if err := wire.Serve(os.Stdin, os.Stdout, wire.Server{About: about, Load: load}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// training is a workload that has been loaded.
type training struct {
	workload
	unit       int
	xs, ys     []*tensor.Dense
	first      []wire.Tensor
	x, y, cost *G.Node
	value      G.Value // of cost
	parameters G.Nodes
	machine    G.VM
	optimizer  G.Solver
}

func load(row wire.Row) (wire.Work, error) {
	w, ok := workloads[row["name"]]
	if row["kind"] != "model" || !ok {
		return nil, wire.NotHere("not a workload of peers/gorgonia")
	}
	file, err := wire.ReadTensors(row["file"])
	if err != nil {
		return nil, err
	}
	t := &training{workload: w, unit: row.Int("steps")}
	t.cut(file["x"], file["y"], row.Int("rows"))
	return t, t.build(file, row.Int("rows"))
}

// cut makes the batches, with classes as rows of zeros and a one.
func (t *training) cut(x, y wire.Tensor, rows int) {
	width, classes := len(x.Data)/x.Shape[0], max(1, t.classes)
	for i := 0; i < x.Shape[0]; i += rows {
		target := make([]float32, rows*classes)
		for j, v := range y.Data[i : i+rows] {
			if t.classes > 0 {
				target[j*classes+int(v)] = 1
			} else {
				target[j] = v
			}
		}
		t.xs = append(t.xs, dense(x.Data[i*width:(i+rows)*width], rows, width))
		t.ys = append(t.ys, dense(target, rows, classes))
	}
}

func dense(data []float32, shape ...int) *tensor.Dense {
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(data))
}

// build makes the graph and its machine.
func (t *training) build(file map[string]wire.Tensor, rows int) (err error) {
	g := G.NewGraph()
	t.x = G.NewMatrix(g, tensor.Float32, G.WithShape(t.xs[0].Shape()...), G.WithName("x"))
	t.y = G.NewMatrix(g, tensor.Float32, G.WithShape(t.ys[0].Shape()...), G.WithName("y"))
	out := t.x
	for i, layer := range t.layers {
		weight, bias := file[layer+".W"], file[layer+".b"]
		w := G.NewMatrix(g, tensor.Float32, G.WithShape(weight.Shape...), G.WithName(layer+".W"), G.WithValue(dense(clone(weight.Data), weight.Shape...)))
		b := G.NewMatrix(g, tensor.Float32, G.WithShape(1, len(bias.Data)), G.WithName(layer+".b"), G.WithValue(dense(clone(bias.Data), 1, len(bias.Data))))
		t.first = append(t.first, weight, bias)
		t.parameters = append(t.parameters, w, b)
		if i > 0 {
			out = G.Must(G.Rectify(out))
		}
		out = G.Must(G.BroadcastAdd(G.Must(G.Mul(out, w)), b, nil, []byte{0}))
	}
	t.cost = t.loss(out)
	G.Read(t.cost, &t.value)
	if _, err = G.Grad(t.cost, t.parameters...); err != nil {
		return err
	}
	t.machine = G.NewTapeMachine(g, G.BindDualValues(t.parameters...))
	return nil
}

func (t *training) loss(out *G.Node) *G.Node {
	if t.classes == 0 {
		return G.Must(G.Mean(G.Must(G.Square(G.Must(G.Sub(out, t.y))))))
	}
	logs := G.Must(G.Log(G.Must(G.SoftMax(out))))
	chosen := G.Must(G.Sum(G.Must(G.HadamardProd(logs, t.y)), 1))
	return G.Must(G.Neg(G.Must(G.Mean(chosen))))
}

func clone(x []float32) []float32 { return append([]float32(nil), x...) }

// restart goes back to the first weights.
func (t *training) restart() {
	for i, p := range t.parameters {
		copy(p.Value().Data().([]float32), t.first[i].Data)
	}
	t.optimizer = t.solver()
}

func (t *training) once(i int) error {
	if err := G.Let(t.x, t.xs[i%len(t.xs)]); err != nil {
		return err
	}
	if err := G.Let(t.y, t.ys[i%len(t.ys)]); err != nil {
		return err
	}
	if err := t.machine.RunAll(); err != nil {
		return err
	}
	if err := t.optimizer.Step(G.NodesToValueGrads(t.parameters)); err != nil {
		return err
	}
	t.machine.Reset()
	return nil
}

func (t *training) Run(n int) (took time.Duration, err error) {
	for range n {
		t.restart()
		start := time.Now()
		for i := range t.unit {
			if err := t.once(i); err != nil {
				return 0, err
			}
		}
		took += time.Since(start)
	}
	return took, nil
}

func (t *training) Check(n int) (losses []float64, err error) {
	t.restart()
	for i := range n {
		if err := t.once(i); err != nil {
			return nil, err
		}
		losses = append(losses, float64(t.value.Data().(float32)))
	}
	return losses, nil
}
