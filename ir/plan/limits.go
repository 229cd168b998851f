package plan

import (
	"fmt"
	"slices"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
)

// checkFunc refuses what the planner has no answer for.
func checkFunc(roots []*ir.Value) error {
	for _, v := range ir.Order(roots...) {
		if v.Is("grad") {
			return fmt.Errorf("%s: a derivative has not been expanded", v.At)
		}
		if ir.Volume(v.Shape).Max() > dsl.MaxElements {
			return tooLarge(v.At, "a tensor of the shape "+shapeText(v.Shape)+" is too large")
		}
		if v.Is("loop") {
			if err := checkFunc(v.LoopOf().Body.Results); err != nil {
				return err
			}
		}
	}
	if d := ir.TooWide(roots); d != nil { // a derivative has positions of its own
		return d
	}
	return nil
}

func tooLarge(at dsl.Span, message string) *dsl.Diagnostic {
	return &dsl.Diagnostic{Code: "GT0401", At: at, Message: message, Help: "lower the bound of a run-time dimension, or make the model smaller"}
}

// tooLarge is nil when the function's tensors can be in memory together, and
// the axes of its kernels, which may be several of the program's joined to
// one, are sizes.
func (f *Func) tooLarge() error {
	outside := 0
	for _, b := range f.Buffers {
		if b.Storage != InArena {
			outside = min(outside+b.Bound, dsl.MaxElements+1)
		}
	}
	if a := f.Arena; max(outside, a.Floats, a.Ints, a.Bools) > dsl.MaxElements {
		return tooLarge(f.IR.At, string(f.IR.Kind)+" "+f.IR.Name+" needs more memory than any machine has")
	}
	return longStep(f.Steps)
}

// longStep is an error about the first kernel with an axis that is too long.
func longStep(steps []*Step) error {
	for _, s := range steps {
		var axes []dsl.Dim
		switch k := s.Kernel.(type) {
		case *Repeat:
			if err := longStep(k.Steps); err != nil {
				return err
			}
		case *Gemm:
			axes = []dsl.Dim{k.M, k.N, k.K}
		case *Loop:
			axes = slices.Clone(k.Space)
			for _, stage := range k.Stages {
				axes = append(axes, stage.Inner...)
			}
		}
		for _, d := range axes {
			if d.Max() > dsl.MaxElements {
				return tooLarge(s.At, fmt.Sprintf("a loop over %s is too large", d))
			}
		}
	}
	return nil
}
