package codegen

import (
	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
)

// Refused is a list of *dsl.Diagnostic of the parts of a program that cannot be
// compiled yet, nil for none: where it has what the rows of dsl.Refusals name.
func Refused(p *ir.Program) error {
	var list dsl.Diagnostics
	for _, v := range p.Vars {
		if v.DType != ir.Float {
			list.Add(dsl.RefusedState.At(v.At))
		}
	}
	for _, f := range p.Funcs {
		if f.Kind == ir.DecodeFunc {
			list.Add(dsl.RefusedDecode.At(f.At))
		}
	}
	for _, t := range p.Trains {
		refuseTrain(&list, p, t)
	}
	return list.Err()
}

func refuseTrain(list *dsl.Diagnostics, p *ir.Program, t *ir.Train) {
	switch {
	case len(t.Objectives) != 1:
		list.Add(dsl.RefusedObjectives.At(t.At))
		return
	case p.FuncOf(t.Name, ir.BackwardFunc) == nil:
		list.Add(dsl.RefusedBatches.At(t.At))
		return
	}
	for _, in := range p.FuncOf(t.Name, ir.StepFunc).Inputs {
		if in.DType == ir.Bool {
			list.Add(dsl.RefusedTruths.At(in.At))
		}
	}
}
