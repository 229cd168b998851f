package codegen_test

import (
	"fmt"
	"math"
	"math/rand"
	"strconv"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/eval"
	"github.com/gtc-lang/gtc/ir/irtest"
	"github.com/gtc-lang/gtc/ir/pass"
	"github.com/gtc-lang/gtc/parser"
)

// calls is how often a function is called in a row: each call makes a new
// version of its variable, which the next one reads.
const calls = 3

// sample is a random program with what the interpreter says it computes.
type sample struct {
	choices irtest.Choices
	want    []outcome // of each call
	bound   []outcome // in float32: how far each may be off, one number a tensor
	wild    bool      // not finite, too large, or rounding decides what comes out
}

// outcome is what a call makes: a tensor for each result, then the variable.
type outcome [][]float64

// combined makes one program of several: function k is Fk, its variable Wk.
func combined(list []irtest.Choices) (*ir.Program, []*irtest.Random) {
	init := &ir.Func{Name: "init", Kind: ir.InitFunc}
	p := &ir.Program{Package: "random", Source: dsl.NewSource("random.gt", "package random\n"), Funcs: []*ir.Func{init}}
	var data []*irtest.Random
	for k, c := range list {
		r := (&irtest.Programs{Choose: c.Replay(), Suffix: strconv.Itoa(k)}).New()
		f := r.Program.Funcs[0]
		f.Kind, f.Finite = ir.EvalFunc, nil
		for i := range f.Results {
			f.Results[i].Name = fmt.Sprint("r", i)
		}
		w := r.Program.Vars[0]
		init.Updates = append(init.Updates, ir.Update{Var: w, Value: ir.Fill(ir.Float, 0, w.Shape)})
		p.Syms, p.Vars = append(p.Syms, r.Program.Syms...), append(p.Vars, w)
		p.Settings, p.Funcs = append(p.Settings, r.Program.Settings...), append(p.Funcs, f)
		data = append(data, r)
	}
	return p, data
}

// newSample makes a program and runs it in the interpreter; nil when a size is
// 0, which generated code refuses.
func newSample(c irtest.Choices) (*sample, error) {
	p, data := combined([]irtest.Choices{c})
	for _, n := range data[0].Sizes {
		if n == 0 {
			return nil, nil
		}
	}
	if err := pass.Gradient(p, parser.Library()); err != nil {
		return nil, err
	}
	s := &sample{choices: c}
	var err error
	if s.want, err = interpreted(p, data[0], nil); err != nil {
		return nil, err
	}
	return s, s.analyse(p, data[0])
}

// interpreted is what the calls make, with noise or without.
func interpreted(p *ir.Program, r *irtest.Random, noise func(float64) float64) (list []outcome, err error) {
	f, w := p.Funcs[1], p.Vars[0]
	env := &eval.Env{Inputs: r.Inputs, Sizes: dsl.Sizes{}, Vars: map[*ir.Var]dsl.Tensor{w: r.Vars[w.Name]}, Seed: seed, Check: true, Noise: noise}
	for _, s := range p.Syms {
		env.Sizes[s] = r.Sizes[s.Name]
	}
	for range calls {
		results, err := eval.Run(p, f, env)
		if err != nil {
			return nil, err
		}
		var o outcome
		for _, r := range f.Results {
			o = append(o, results[r.Name].Data)
		}
		list = append(list, append(o, env.Vars[w].Data))
	}
	return list, nil
}

// noisy rounds every number at random: by up to a relative unit, but for whole
// numbers, with which arithmetic is exact.
func noisy(seed int64, unit float64) func(float64) float64 {
	rng := rand.New(rand.NewSource(seed))
	return func(x float64) float64 {
		if x == math.Trunc(x) && math.Abs(x) < 1<<24 {
			return x
		}
		return x * (1 + unit*(2*rng.Float64()-1))
	}
}

const (
	noiseRuns   = 12
	unit32      = 0x1p-23
	unit64      = 0x1p-50
	tolerance64 = 1e-10
	largest     = 1e6 // what is compared
)

// analyse finds out how far rounding may lead: the interpreter runs again with
// every operand of every row rounded at random (stochastic arithmetic; J.
// Vignes, 1993), and what float32 may be off by is a multiple of the spread.
func (s *sample) analyse(p *ir.Program, r *irtest.Random) error {
	s.bound = make([]outcome, calls)
	for call, o := range s.want {
		for _, x := range o {
			s.wild = s.wild || !(size(x) <= largest)
			s.bound[call] = append(s.bound[call], []float64{0})
		}
	}
	if s.wild {
		return nil
	}
	for n := range noiseRuns {
		spread, err := s.spread(p, r, noisy(int64(n), unit32))
		if err != nil {
			return err
		}
		for call, o := range spread {
			for k, d := range o {
				s.bound[call][k][0] = math.Max(s.bound[call][k][0], 8*d[0]+1e-6*size(s.want[call][k]))
			}
		}
	}
	for n := range 3 {
		spread, err := s.spread(p, r, noisy(int64(n), unit64))
		if err != nil {
			return err
		}
		for call, o := range spread {
			for k, d := range o {
				s.wild = s.wild || d[0] > tolerance64*size(s.want[call][k])
			}
		}
	}
	return nil
}

// spread is how far each tensor is off with noise.
func (s *sample) spread(p *ir.Program, r *irtest.Random, noise func(float64) float64) ([]outcome, error) {
	got, err := interpreted(p, r, noise)
	if err != nil {
		return nil, err
	}
	list := make([]outcome, calls)
	for call, o := range got {
		for k, x := range o {
			_, d := farthest(x, s.want[call][k])
			list[call] = append(list[call], []float64{d})
		}
	}
	return list, nil
}

// size is the largest element, but at least 1; NaN when there is one.
func size(x []float64) float64 {
	m := 1.0
	for _, v := range x {
		m = math.Max(m, math.Abs(v))
	}
	return m
}

// farthest is the element where two tensors differ most, and by how much:
// infinitely where only one of them is finite.
func farthest(got, want []float64) (at int, by float64) {
	for i, w := range want {
		d := math.Abs(got[i] - w)
		if finite := !math.IsInf(w, 0) && !math.IsNaN(w); math.IsNaN(d) || math.IsInf(d, 0) {
			if d = math.Inf(1); !finite && math.IsNaN(got[i]-got[i]) {
				d = 0
			}
		}
		if d > by {
			at, by = i, d
		}
	}
	return at, by
}

// compare fails where calls have made something else than the interpreter.
func (s *sample) compare(got []outcome, float string) error {
	for call, want := range s.want {
		for k, w := range want {
			if len(got[call]) != len(want) || len(got[call][k]) != len(w) {
				return fmt.Errorf("call %d: result %d is missing, or has another size", call, k)
			}
			limit := tolerance64 * size(w)
			switch {
			case s.wild:
				limit = math.MaxFloat64
			case float == "float32":
				limit = s.bound[call][k][0]
			}
			if at, by := farthest(got[call][k], w); by > limit && !(s.wild && float == "float32") {
				return fmt.Errorf("call %d: element %d of result %d is %v, not %v: off by %.2g, allowed is %.2g", call, at, k, got[call][k][at], w[at], by, limit)
			}
		}
	}
	return nil
}
