package codegen

import (
	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
)

func diagnose(code string, at dsl.Span, message, help string) *dsl.Diagnostic {
	return &dsl.Diagnostic{Code: dsl.Code(code), At: at, Message: message, Help: help}
}

const interpreted = "gtc eval runs it in the interpreter"

// Refused is a list of *dsl.Diagnostic of the parts of a program that cannot be
// compiled yet, nil for none.
func Refused(p *ir.Program) error {
	var list dsl.Diagnostics
	no := func(at dsl.Span, what, help string) {
		list.Add(diagnose("GT0503", at, what+" cannot be compiled yet", help))
	}
	for _, v := range p.Vars {
		if v.DType != ir.Float {
			no(v.At, "a variable of integers or truths", "keep it as a float")
		}
	}
	for _, f := range p.Funcs {
		if f.Kind == ir.DecodeFunc {
			no(f.At, "a decode block", interpreted)
		}
	}
	for _, t := range p.Trains {
		refuseTrain(p, t, no)
	}
	return list.Err()
}

func refuseTrain(p *ir.Program, t *ir.Train, no func(at dsl.Span, what, help string)) {
	switch {
	case len(t.Objectives) != 1:
		no(t.At, "a train block with several objectives", interpreted)
		return
	case p.FuncOf(t.Name, ir.BackwardFunc) == nil:
		no(t.At, "a train block whose inputs do not share one batch dimension", interpreted)
		return
	}
	for _, in := range p.FuncOf(t.Name, ir.StepFunc).Inputs {
		if in.DType == ir.Bool {
			no(in.At, "an input of truths", "make it an int")
		}
	}
}
