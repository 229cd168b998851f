package plan_test

import (
	"fmt"
	"math"
	"math/rand"
	"testing"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/eval"
	"github.com/gtc-lang/gtc/ir/irtest"
	"github.com/gtc-lang/gtc/ir/plan"
	"github.com/gtc-lang/gtc/ir/plan/run"
)

// setting is one run of a program: on data, compared with the interpreter.
type setting struct {
	sizes    dsl.Sizes
	inputs   map[string]dsl.Tensor
	vars     map[*ir.Var]dsl.Tensor
	settings map[string]float64
}

func (s *setting) copyVars() map[*ir.Var]dsl.Tensor {
	out := map[*ir.Var]dsl.Tensor{}
	for v, t := range s.vars {
		out[v] = dsl.Tensor{Shape: t.Shape, Data: append([]float64(nil), t.Data...)}
	}
	return out
}

// compare runs every function of p planned, fused and not, whole and in
// chunks, and by the interpreter, and fails where they differ.
func compare(t *testing.T, p *ir.Program, s *setting) {
	t.Helper()
	for _, opt := range []plan.Options{{}, {PackAll: true}, {NoFuse: true}} {
		pl, err := plan.Build(p, opt)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range pl.Funcs {
			checkMemory(t, f)
			for _, chunks := range []int{1, 3} {
				if err := compareFunc(p, f, s, chunks); err != nil {
					t.Fatalf("%+v, %d chunks: %v\n%s", opt, chunks, err, f)
				}
			}
		}
	}
}

func compareFunc(p *ir.Program, f *plan.Func, s *setting, chunks int) (err error) {
	want := &eval.Env{Sizes: s.sizes, Inputs: s.inputs, Vars: s.copyVars(), Settings: s.settings, Seed: 7}
	wantOut, wantErr := eval.Run(p, f.IR, want)
	got := &run.Env{Sizes: s.sizes, Inputs: s.inputs, Vars: s.copyVars(), Settings: s.settings, Seed: 7, Chunks: chunks}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	out, gotErr := run.Run(f, got)
	if (wantErr == nil) != (gotErr == nil) {
		return fmt.Errorf("error %v, want %v", gotErr, wantErr)
	}
	if wantErr == nil {
		for _, r := range f.IR.Results {
			if err := near(r.Name, out[r.Name], wantOut[r.Name]); err != nil {
				return err
			}
		}
	}
	for v := range want.Vars {
		if err := near(v.Name, got.Vars[v], want.Vars[v]); err != nil {
			return err
		}
	}
	return nil
}

func near(name string, got, want dsl.Tensor) error {
	if len(got.Data) != len(want.Data) {
		return fmt.Errorf("%s has %d elements, want %d", name, len(got.Data), len(want.Data))
	}
	for i, w := range want.Data {
		g := got.Data[i]
		if math.IsNaN(w) && math.IsNaN(g) || g == w {
			continue
		}
		if d := math.Abs(g - w); !(d <= 1e-10*math.Max(1, math.Abs(w))) {
			return fmt.Errorf("%s[%d] is %v, want %v", name, i, g, w)
		}
	}
	return nil
}

// checkMemory fails when two buffers that live at the same time overlap,
// unless one takes over the other's place.
func checkMemory(t *testing.T, f *plan.Func) {
	t.Helper()
	for i, a := range f.Buffers {
		if a.ID != i {
			t.Fatalf("%s is number %d, says %d", a.Name, i, a.ID)
		}
		if a.Storage != plan.InArena || a.First < 0 {
			continue
		}
		if size := []int{f.Arena.Floats, f.Arena.Ints, f.Arena.Bools}[a.DType]; a.Offset+a.Bound > size || a.Offset%16 != 0 {
			t.Fatalf("%s lies at %d+%d of %d", a.Name, a.Offset, a.Bound, size)
		}
		for _, b := range f.Buffers[:i] {
			if b.Storage != plan.InArena || b.First < 0 || a.DType != b.DType ||
				a.Offset+a.Bound <= b.Offset || b.Offset+b.Bound <= a.Offset || a.Last < b.First || b.Last < a.First {
				continue
			}
			if !heir(a, b) && !heir(b, a) {
				t.Fatalf("%s and %s meet\n%s", a.Name, b.Name, f)
			}
		}
	}
}

// heir reports whether a took over the place of b, directly or not, as it died.
func heir(a, b *plan.Buffer) bool {
	for ; a.Reuses != nil; a = a.Reuses {
		if a.Reuses == b {
			return a.First >= b.Last
		}
	}
	return false
}

func TestRandomLoops(t *testing.T) {
	T := &dsl.Sym{Name: "T", Bound: 5}
	for seed := int64(0); seed < 60; seed++ {
		rng := rand.New(rand.NewSource(seed))
		g := &irtest.Loops{Rng: rng, Grads: seed%3 == 2}
		c := g.New(T.Dim(), dsl.Sizes{T: int(seed % 5)}, seed%2 == 1)
		roots := append(irtest.Outs(c.Loop), c.Y)
		if seed%2 == 0 {
			roots = append(roots, irtest.Grads(c.Y, c.Xs...)...)
		}
		p, _, err := c.Func(roots...)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(fmt.Sprint(seed), func(t *testing.T) { compare(t, p, &setting{sizes: c.Sizes, inputs: c.In}) })
	}
}
