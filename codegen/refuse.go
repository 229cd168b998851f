package codegen

import (
	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
)

func diagnose(code string, at dsl.Span, message, help string) error {
	var list dsl.Diagnostics
	list.Add(&dsl.Diagnostic{Code: dsl.Code(code), At: at, Message: message, Help: help})
	return list.Err()
}

// refuse reports the first part of a program that cannot be compiled yet.
func (g *generator) refuse() error {
	for _, v := range g.plan.Program.Vars {
		if v.DType != ir.Float {
			return diagnose("GT0503", v.At, "a variable of integers or truths cannot be compiled yet", "keep it as a float")
		}
	}
	for _, t := range g.plan.Program.Trains {
		if err := g.refuseTrain(t); err != nil {
			return err
		}
	}
	return nil
}

func (g *generator) refuseTrain(t *ir.Train) error {
	if len(t.Objectives) != 1 {
		return diagnose("GT0503", t.At, "a train block with several objectives cannot be compiled yet", "gtc eval runs it in the interpreter")
	}
	if g.funcOf(t.Name, ir.BackwardFunc) == nil {
		return diagnose("GT0503", t.At, "a train block whose inputs do not share one batch dimension cannot be compiled yet", "gtc eval runs it in the interpreter")
	}
	for _, in := range g.funcOf(t.Name, ir.StepFunc).IR.Inputs {
		if in.DType == ir.Bool {
			return diagnose("GT0503", in.At, "an input of truths cannot be compiled yet", "make it an int")
		}
	}
	return nil
}
