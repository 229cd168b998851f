package eval

import (
	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
)

// graph is a list of steps in order of execution. Each writes one slot; all
// sizes are known, since they do not change within a run.
type graph struct {
	env    *Env
	steps  []step
	slots  int
	params []int // slots to fill before the first step
	result []int
}

type step struct {
	v    *ir.Value
	args []int
	slot int
	last []int // slots that no later step reads
	run  func(args []cell) (cell, error)
}

// cell is what a slot holds: one tensor, or the results of a loop.
type cell struct {
	dsl.Tensor
	many []dsl.Tensor
}

// compile orders the values that results depend on. A loop's body is compiled
// once, however often it runs.
func compile(params, results []*ir.Value, env *Env) (*graph, error) {
	g := &graph{env: env}
	slot := map[*ir.Value]int{}
	take := func(v *ir.Value) int {
		slot[v] = g.slots
		g.slots++
		return slot[v]
	}
	for _, p := range params {
		g.params = append(g.params, take(p))
	}
	for _, v := range ir.Order(results...) {
		if _, ok := slot[v]; ok {
			continue
		}
		s := step{v: v}
		for _, a := range v.Args {
			s.args = append(s.args, slot[a])
		}
		var err error
		if s.run, err = g.kernel(v); err != nil {
			return nil, err
		}
		s.slot = take(v)
		g.steps = append(g.steps, s)
	}
	for _, r := range results {
		g.result = append(g.result, slot[r])
	}
	g.findLast()
	return g, nil
}

// findLast notes after which step each slot is read for the last time, so that
// a run holds no more memory than it needs.
func (g *graph) findLast() {
	seen := make([]bool, g.slots)
	for _, r := range g.result {
		seen[r] = true
	}
	for i := len(g.steps) - 1; i >= 0; i-- {
		s := &g.steps[i]
		for _, a := range s.args {
			if !seen[a] {
				seen[a] = true
				s.last = append(s.last, a)
			}
		}
	}
}

// run executes the steps on the given parameters and returns the results.
func (g *graph) run(params []dsl.Tensor) ([]dsl.Tensor, error) {
	frame := make([]cell, g.slots)
	for i, p := range params {
		frame[g.params[i]].Tensor = p
	}
	var args []cell
	for i := range g.steps {
		s := &g.steps[i]
		args = args[:0]
		for _, a := range s.args {
			args = append(args, frame[a])
		}
		out, err := s.guarded(args)
		if err != nil {
			return nil, err
		}
		if g.env.Check && out.many == nil {
			if err := g.verify(s.v, out.Tensor); err != nil {
				return nil, err
			}
		}
		frame[s.slot] = out
		for _, a := range s.last {
			frame[a] = cell{}
		}
	}
	results := make([]dsl.Tensor, len(g.result))
	for i, r := range g.result {
		results[i] = frame[r].Tensor
	}
	return results, nil
}

func (g *graph) verify(v *ir.Value, t dsl.Tensor) error {
	what := "the result of " + v.Op.Name
	if err := fits(v, what, t, g.env.shape(v.Shape)); err != nil {
		return err
	}
	return typed(v, what, t)
}

// guarded runs the step and turns a position outside of an axis into an error.
func (s *step) guarded(args []cell) (out cell, err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case dsl.IndexError:
			err = failAt(s.v.At, "position %v of an axis of size %d", r.Value, r.Size)
		default:
			panic(r)
		}
	}()
	return s.run(args)
}

// kernel prepares the evaluation of one value.
func (g *graph) kernel(v *ir.Value) (func([]cell) (cell, error), error) {
	switch v.Op.Name {
	case "leaf":
		return func([]cell) (cell, error) {
			t, err := g.env.leaf(v)
			return cell{Tensor: t}, err
		}, nil
	case "out":
		k := int(v.Attr.(ir.Result))
		return func(args []cell) (cell, error) { return cell{Tensor: args[0].many[k]}, nil }, nil
	case "loop":
		return g.loop(v)
	case "grad":
		return nil, failAt(v.At, "a derivative is left that the gradient pass has to replace")
	}
	return g.plain(v), nil
}

// plain evaluates a row of the op table by its meaning there, or faster and to
// the same bits.
func (g *graph) plain(v *ir.Value) func([]cell) (cell, error) {
	shape := g.env.shape(v.Shape)
	operands := make([][]int, len(v.Args))
	for i, a := range v.Args {
		operands[i] = g.env.shape(a.Shape)
	}
	if fast := strided(v, shape, operands, g.env.Sizes); fast != nil {
		return func(args []cell) (cell, error) { return cell{Tensor: fast(g.env.noisy(v, args))}, nil }
	}
	return func(args []cell) (cell, error) {
		args = g.env.noisy(v, args)
		c := &dsl.OpCall{Attr: v.Attr, Shape: shape, Sizes: g.env.Sizes, Seed: g.env.Seed}
		for _, a := range args {
			c.Args = append(c.Args, a.Tensor)
		}
		return cell{Tensor: v.Op.Run(c)}, nil
	}
}

// noisy is the operands of v after Noise.
func (env *Env) noisy(v *ir.Value, args []cell) []cell {
	if env.Noise == nil {
		return args
	}
	list := append([]cell{}, args...)
	for i, a := range v.Args {
		if a.DType == ir.Float {
			list[i].Tensor = copied(list[i].Tensor)
			for k, x := range list[i].Data {
				list[i].Data[k] = env.Noise(x)
			}
		}
	}
	return list
}
