package pass_test

import (
	"flag"
	"fmt"
	"math"
	"testing"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/eval"
	"github.com/gtc-lang/gtc/ir/irtest"
	"github.com/gtc-lang/gtc/ir/pass"
)

var programs = flag.Int("programs", 400, "random programs to run the passes on")

// copyOf is the program, read again from its text.
func copyOf(p *ir.Program) (*ir.Program, error) {
	text := p.String()
	q, err := ir.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%w\n%s", err, text)
	}
	if again := q.String(); again != text {
		return nil, fmt.Errorf("printed again:\n%s\nbefore:\n%s", again, text)
	}
	return q, nil
}

// outcome is what a program gives on data: its results, then the new versions
// of its variables.
func outcome(p *ir.Program, r *irtest.Random) ([]dsl.Tensor, error) {
	p, err := copyOf(p)
	if err != nil {
		return nil, err
	}
	if err := pass.Gradient(p, irtest.Library()); err != nil {
		return nil, err
	}
	env := &eval.Env{Inputs: r.Inputs, Sizes: dsl.Sizes{}, Vars: map[*ir.Var]dsl.Tensor{}, Seed: 7, Check: true}
	for _, s := range p.Syms {
		env.Sizes[s] = r.Sizes[s.Name]
	}
	for _, v := range p.Vars {
		env.Vars[v] = r.Vars[v.Name]
	}
	f := p.Funcs[0]
	f.Finite = nil
	out, err := eval.Run(p, f, env)
	if err != nil {
		return nil, err
	}
	var list []dsl.Tensor
	for _, o := range f.Results {
		list = append(list, out[o.Name])
	}
	for _, v := range p.Vars {
		list = append(list, env.Vars[v])
	}
	return list, nil
}

// differ compares outcomes to 1e-9 of the largest element.
func differ(got, want []dsl.Tensor) error {
	for k, w := range want {
		scale := 1.0
		for _, x := range w.Data {
			if a := math.Abs(x); !math.IsInf(a, 0) {
				scale = math.Max(scale, a)
			}
		}
		for i, x := range w.Data {
			y := got[k].Data[i]
			if same := x == y || math.IsNaN(x) && math.IsNaN(y); !same && !(math.Abs(x-y) <= 1e-9*scale) {
				return fmt.Errorf("result %d element %d is %v, not %v", k, i, y, x)
			}
		}
	}
	return nil
}

// passes runs the passes on a random program, verified after each, and
// compares what it computes after each with what it computed before.
func passes(choices irtest.Choices) (failed error) {
	r := (&irtest.Programs{Choose: choices.Replay()}).New()
	if err := ir.Verify(r.Program); err != nil {
		return err
	}
	before := r.Program.String()
	want, err := outcome(r.Program, r)
	if err != nil {
		return fmt.Errorf("%w\n%s", err, before)
	}
	err = pass.Run(r.Program, irtest.Library(), pass.Options{Dump: func(n int, name, text string) {
		got, err := outcome(r.Program, r)
		if err == nil {
			err = differ(got, want)
		}
		if err != nil && failed == nil {
			failed = fmt.Errorf("after %s: %w\n%s\nbefore:\n%s", name, err, text, before)
		}
	}})
	if err != nil {
		return fmt.Errorf("%w\n%s\nbefore:\n%s", err, r.Program, before)
	}
	return failed
}

// TestPassesOnRandomPrograms prints and reads random programs, and runs the
// passes on them. Every rule of the simplifier comes to be applied.
func TestPassesOnRandomPrograms(t *testing.T) {
	hits := map[string]int{}
	defer pass.Watch(func(name string) { hits[name]++ })()
	for n := range *programs {
		var choices irtest.Choices
		(&irtest.Programs{Choose: choices.Record(int64(n))}).New()
		if passes(choices) != nil {
			choices = choices.Shrink(func(c irtest.Choices) bool { return passes(c) != nil })
			t.Fatalf("program %d: %v", n, passes(choices))
		}
	}
	for _, r := range pass.Rules {
		if hits[r.Name] == 0 {
			t.Errorf("the rule %s was never applied", r.Name)
		}
	}
}
