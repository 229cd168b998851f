// Package interpret runs the functions of small programs in the float64
// interpreter and prints their numbers, without building anything. In come a
// program after its passes and the name of a model, an eval, train or decode
// block; out comes text.
package interpret

import (
	"fmt"
	"io"
	"strings"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/eval"
)

// Options say what to run on.
type Options struct {
	Name   string  // of the block; "" for the only train block, or the last model
	Seed   uint64  // of weights, draws and random inputs
	Set    []Value // settings by path, and sizes of run-time dimensions by name
	Data   string  // file of rows; "" for the data line's, or else random ones
	Folder string  // that the data line's file is relative to
	Steps  int     // of a train block
}

// Value is a number by its path.
type Value struct {
	Path   string
	Number float64
}

// defaultRows is how large run-time dimensions are that nobody has said
// anything about.
const defaultRows = 4

// runner is a program with what it runs on.
type runner struct {
	Options
	w       io.Writer
	p       *ir.Program
	env     *eval.Env
	block   *ir.Train  // nil for what is no train block
	decode  *ir.Decode // nil for what is no decode block
	f       *ir.Func
	whole   *ir.Func          // whose inputs there are: f, or the model that a decode block is from
	given   map[*dsl.Sym]bool // sizes that Set has
	batch   int               // rows that the train block or Set asks for; 0 for none
	rows    int               // of the data; 0 when inputs are random
	dataset string            // where the inputs come from
}

// Run prints what a block of the program gives.
func Run(w io.Writer, p *ir.Program, o Options) error {
	r := &runner{Options: o, w: w, p: p, given: map[*dsl.Sym]bool{}}
	r.env = &eval.Env{Sizes: dsl.Sizes{}, Vars: map[*ir.Var]dsl.Tensor{}, Settings: map[string]float64{}, Seed: o.Seed}
	if err := r.choose(); err != nil {
		return err
	}
	if err := r.configure(); err != nil {
		return err
	}
	if err := r.inputs(); err != nil {
		return err
	}
	if err := eval.Init(p, r.env); err != nil {
		return err
	}
	fmt.Fprintf(w, "%s on %s, seed %d\n", r.f.Name, r.dataset, o.Seed)
	switch {
	case r.block != nil:
		return r.train()
	case r.decode != nil:
		return r.decodeAll()
	}
	return r.call()
}

// choose finds what to run.
func (r *runner) choose() error {
	var names []string
	for _, f := range r.p.Funcs {
		switch f.Kind {
		case ir.ForwardFunc, ir.EvalFunc, ir.StepFunc, ir.DecodeFunc:
			names = append(names, f.Name)
		default:
			continue
		}
		wanted := f.Name == r.Name
		if r.Name == "" {
			wanted = f.Kind == ir.StepFunc || r.f == nil || r.f.Kind != ir.StepFunc && f.Kind != ir.DecodeFunc
		}
		if wanted {
			r.f = f
		}
	}
	if r.f == nil {
		if len(names) == 0 {
			return fmt.Errorf("%s has no model, eval, train or decode block", r.p.Source.Name)
		}
		return fmt.Errorf("no %s to run; there are %s", r.Name, strings.Join(names, ", "))
	}
	for _, t := range r.p.Trains {
		if r.f.Kind == ir.StepFunc && t.Name == r.f.Name {
			r.block = t
		}
	}
	r.whole = r.f
	for _, d := range r.p.Decodes {
		if r.f.Kind == ir.DecodeFunc && d.Name == r.f.Name {
			r.decode, r.whole = d, r.p.FuncOf(d.Model, ir.ForwardFunc)
		}
	}
	return nil
}

// configure takes the sizes and the settings.
func (r *runner) configure() error {
	for _, s := range r.p.Syms {
		r.env.Sizes[s] = min(s.Bound, defaultRows)
	}
	if r.decode != nil {
		r.env.Sizes[r.decode.New] = 1
	}
	for _, s := range r.p.Settings {
		r.env.Settings[s.Path] = s.Default
	}
	if r.block != nil && len(r.block.Batch) > 0 {
		r.batch = r.block.Batch[0].N
	}
	for _, v := range r.Set {
		if err := r.set(v); err != nil {
			return err
		}
	}
	return nil
}

// set takes one value: batch, a size, or a setting with or without the name
// of the train block.
func (r *runner) set(v Value) error {
	whole := v.Number >= 1 && v.Number <= 1<<30 && v.Number == float64(int(v.Number))
	if v.Path == "batch" {
		if !whole {
			return fmt.Errorf("a batch of %v rows", v.Number)
		}
		r.batch = int(v.Number)
		return nil
	}
	known := []string{"batch"}
	for _, s := range r.p.Syms {
		if s.Name != v.Path {
			known = append(known, s.Name)
			continue
		}
		if !whole || v.Number > float64(s.Bound) {
			return fmt.Errorf("%s = %v is not a whole number from 1 to %d", s.Name, v.Number, s.Bound)
		}
		r.env.Sizes[s], r.given[s] = int(v.Number), true
		return nil
	}
	for _, s := range r.p.Settings {
		if s.Path == v.Path || s.Path == r.f.Name+"."+v.Path {
			if s.In != nil && !s.In.Has(v.Number) {
				return fmt.Errorf("the setting %s is %s, not %v", v.Path, s.In.Words(), v.Number)
			}
			r.env.Settings[s.Path] = v.Number
			return nil
		}
		if !s.Driven {
			known = append(known, strings.TrimPrefix(s.Path, r.f.Name+"."))
		}
	}
	text := fmt.Sprintf("no setting or dimension %s", v.Path)
	if near := dsl.DidYouMean(v.Path, known); near != "" {
		text += "; did you mean " + near + "?"
	}
	return fmt.Errorf("%s\nthere are %s", text, strings.Join(known, ", "))
}

// train evaluates once and makes some steps on the same rows.
func (r *runner) train() error {
	names := r.block.Values()
	if f := r.p.FuncOf(r.block.Name, ir.EvaluateFunc); f != nil {
		out, err := eval.Run(r.p, f, r.env)
		if err != nil {
			return err
		}
		r.results("before", names, out)
	}
	for step := 1; step <= r.Steps; step++ {
		r.env.Settings["step"], r.env.Settings["total"] = float64(step), float64(r.total())
		out, err := eval.Run(r.p, r.f, r.env)
		if err != nil {
			return err
		}
		r.results(fmt.Sprintf("step %d", step), append(names, "lr"), out)
	}
	for _, v := range r.p.Vars {
		if v.Kind == ir.ParamVar {
			show(r.w, v.Name, r.env.Vars[v])
		}
	}
	return nil
}

// total is the length of the whole run, as far as it is known, for schedules.
func (r *runner) total() int {
	n := r.block.MaxSteps
	if byEpochs := r.block.MaxEpochs * r.stepsPerEpoch(); byEpochs > 0 && (n == 0 || byEpochs < n) {
		n = byEpochs
	}
	return max(n, r.Steps)
}

func (r *runner) stepsPerEpoch() int {
	if r.batch == 0 || r.rows == 0 {
		return 1
	}
	return (r.rows + r.batch - 1) / r.batch
}

// results is a line of the scalars of a step.
func (r *runner) results(title string, names []string, out map[string]dsl.Tensor) {
	fmt.Fprintf(r.w, "%-8s", title)
	for _, name := range names {
		if t, ok := out[name]; ok && len(t.Data) == 1 {
			fmt.Fprintf(r.w, "  %s %.6g", name, t.Data[0])
		}
	}
	fmt.Fprintln(r.w)
}

// call prints the inputs and the results of a model or an eval block.
func (r *runner) call() error {
	out, err := eval.Run(r.p, r.f, r.env)
	if err != nil {
		return err
	}
	r.print(out)
	return nil
}

// print shows the inputs and the results of a call.
func (r *runner) print(out map[string]dsl.Tensor) {
	for _, in := range r.whole.Inputs {
		name := in.Attr.(*ir.Leaf).Name
		show(r.w, name, r.env.Inputs[name])
	}
	for _, o := range r.f.Results {
		show(r.w, o.Name, out[o.Name])
	}
}
