package eval

import (
	"fmt"
	"math"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
)

// Env is what a function runs on.
type Env struct {
	Sizes    dsl.Sizes              // of the run-time dimensions; one that is missing counts at its bound
	Inputs   map[string]dsl.Tensor  // by the input's name
	Vars     map[*ir.Var]dsl.Tensor // the current versions
	Settings map[string]float64     // by path; one that is missing has its default
	Seed     uint64                 // of the random rows
	Check    bool                   // verify the shape and the kind of every value: slower
	// Noise, when it is not nil, changes every float that a row of the op table
	// reads: for the analysis of rounding errors.
	Noise func(x float64) float64
}

// Error is a failure of a run at a place of the program.
type Error struct {
	At      dsl.Span
	Message string
}

// Error is "file:line:column: message".
func (e *Error) Error() string { return e.At.String() + ": " + e.Message }

func failAt(at dsl.Span, format string, args ...any) error {
	return &Error{At: at, Message: fmt.Sprintf(format, args...)}
}

// Run evaluates f and returns its results by name. When every value that must
// be finite is, the Env's variables become their next versions, all at once;
// after an error none has changed. Results and variables share no memory with
// what was given.
func Run(p *ir.Program, f *ir.Func, env *Env) (map[string]dsl.Tensor, error) {
	if d := p.FuncOf(f.Name, ir.DeriveFunc); d != nil && f.Kind != ir.DeriveFunc {
		if _, err := Run(p, d, env); err != nil {
			return nil, err
		}
	}
	roots := f.Roots()
	g, err := compile(nil, roots, env)
	if err != nil {
		return nil, err
	}
	values, err := g.run(nil)
	if err != nil {
		return nil, err
	}
	results := map[string]dsl.Tensor{}
	for i, r := range f.Results {
		results[r.Name] = copied(values[i])
	}
	updates, finite := values[len(f.Results):], values[len(f.Results)+len(f.Updates):]
	for i, v := range f.Finite {
		if err := checkFinite(v, finite[i]); err != nil {
			return results, err
		}
	}
	for i, u := range f.Updates {
		if env.Vars == nil {
			env.Vars = map[*ir.Var]dsl.Tensor{}
		}
		env.Vars[u.Var] = copied(updates[i])
	}
	return results, nil
}

// copied is a tensor that shares nothing: a result may be an input as it came.
func copied(t dsl.Tensor) dsl.Tensor {
	return dsl.Tensor{Shape: t.Shape, Data: append([]float64{}, t.Data...)}
}

// Init gives every variable of the program its first version, by running the
// functions that make them.
func Init(p *ir.Program, env *Env) error {
	for _, f := range p.Funcs {
		if f.Kind != ir.InitFunc {
			continue
		}
		if _, err := Run(p, f, env); err != nil {
			return err
		}
	}
	for _, v := range p.Vars {
		if _, ok := env.Vars[v]; !ok && v.Kind != ir.DerivedVar {
			return failAt(v.At, "variable %s has no first version", v.Name)
		}
	}
	return nil
}

func checkFinite(v *ir.Value, t dsl.Tensor) error {
	for i, x := range t.Data {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			name := v.Name
			if name == "" {
				name = "a " + v.Op.Name
			}
			return failAt(v.At, "%s is %v at element %d: nothing was updated", name, x, i)
		}
	}
	return nil
}

// leaf reads an input, a variable or a setting.
func (env *Env) leaf(v *ir.Value) (dsl.Tensor, error) {
	l := v.Attr.(*ir.Leaf)
	shape := env.shape(v.Shape)
	switch l.Kind {
	case ir.InputLeaf:
		t, ok := env.Inputs[l.Name]
		if !ok {
			return t, failAt(v.At, "input %s is missing", l.Name)
		}
		return t, fits(v, "input "+l.Name, t, shape)
	case ir.VarLeaf:
		t, ok := env.Vars[l.Var]
		if !ok {
			return t, failAt(v.At, "variable %s has no value", l.Var.Name)
		}
		return t, fits(v, "variable "+l.Var.Name, t, shape)
	case ir.SettingLeaf:
		x, ok := env.Settings[l.Setting.Path]
		if !ok {
			x = l.Setting.Default
		}
		t := dsl.NewTensor(shape)
		for i := range t.Data {
			t.Data[i] = x
		}
		return t, nil
	}
	return dsl.Tensor{}, failAt(v.At, "%s stands outside of a loop", l.Text())
}

func (env *Env) shape(dims []dsl.Dim) []int {
	shape := make([]int, len(dims))
	for k, d := range dims {
		shape[k] = d.At(env.Sizes)
	}
	return shape
}

// fits reports a tensor that is not of a value's type.
func fits(v *ir.Value, what string, t dsl.Tensor, shape []int) error {
	if len(t.Shape) != len(shape) {
		return failAt(v.At, "%s has shape %v, not %v", what, t.Shape, shape)
	}
	n := 1
	for k, d := range shape {
		n *= d
		if t.Shape[k] != d {
			return failAt(v.At, "%s has shape %v, not %v", what, t.Shape, shape)
		}
	}
	if len(t.Data) != n {
		return failAt(v.At, "%s has %d elements, not %d", what, len(t.Data), n)
	}
	return nil
}

// typed reports elements that a value's kind does not have.
func typed(v *ir.Value, what string, t dsl.Tensor) error {
	for i, x := range t.Data {
		if v.DType == ir.Int && x != math.Trunc(x) || v.DType == ir.Bool && x != 0 && x != 1 {
			return failAt(v.At, "%s is of kind %v, its element %d is %v", what, v.DType, i, x)
		}
	}
	return nil
}
