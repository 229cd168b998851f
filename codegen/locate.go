package codegen

import (
	"fmt"
	"math"
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/plan"
)

// locate writes the method that finds where the NaN or Inf of a failed step
// came from: it computes the step again, up to the check, and looks at all
// that it reads and makes.
func (f *frame) locate() jen.Code {
	b := &block{}
	var given []*plan.Buffer
	for _, x := range f.fn.Buffers {
		if x.First >= 0 && x.DType == ir.Float && x.Storage == plan.InInput {
			given = append(given, x)
		}
	}
	f.lookAt(given, false, b)
	stop := &block{}
	stop.line("return")
	b.nest(fmt.Sprintf("if rt.LocateTensor(&f.bad, f.%s.program.Tensors)", f.owner.field), stop)
	var before []*plan.Step
	for _, s := range f.fn.Steps {
		if _, ok := s.Kernel.(*plan.Check); ok {
			break
		}
		before = append(before, s)
	}
	f.locating, f.locals = true, f.codeScope("f", "rt", "err", "inf", "nan")
	f.steps(before, b)
	f.locating = false
	return doc("locate finds where the NaN or Inf that stopped the call came from: it computes it", "again, and looks at all that it reads and makes.").
		Func().Params(jen.Id("f").Op("*").Id(f.name)).Id("locate").Params().Block(b.code...)
}

// look writes a look at what a step has made.
func (f *frame) look(s *plan.Step, b *block) {
	switch k := s.Kernel.(type) {
	case *plan.Loop:
		f.lookAtLoop(k, b)
	case *plan.Gemm:
		if k.Epilogue != nil {
			f.lookAtLoop(k.Epilogue, b)
		} else {
			f.lookAt([]*plan.Buffer{k.Out.Buffer}, false, b)
		}
	}
}

func (f *frame) lookAtLoop(l *plan.Loop, b *block) {
	var list []*plan.Buffer
	for _, s := range l.Stages {
		for i := range s.Writes {
			if to := s.Writes[i].To.Buffer; to.DType == ir.Float && !slices.Contains(list, to) {
				list = append(list, to)
			}
		}
	}
	f.lookAt(list, hasInfinity(l), b)
}

// hasInfinity reports whether a loop writes infinities on purpose, as masks do.
func hasInfinity(l *plan.Loop) bool {
	for _, s := range l.Stages {
		for i := range s.Body {
			for _, a := range s.Body[i].Args {
				if a.Kind == plan.OfConst && math.IsInf(a.Const, 0) {
					return true
				}
			}
		}
	}
	return false
}

// lookAt writes a look at buffers. Where infinities belong, only NaN counts.
func (f *frame) lookAt(list []*plan.Buffer, masks bool, b *block) {
	if len(list) == 0 {
		return
	}
	found := jen.Empty()
	for i, x := range list {
		if i > 0 {
			found.Op("||").Line()
		}
		text := f.scalar(x)
		if x.Storage != plan.InScalar && x.Storage != plan.InSetting {
			text = f.whole(x) + "[:" + dimText(volume(x.Shape)) + "]..."
		}
		name := x.Name
		if x.Value != nil && x.Value.Name != "" {
			name = x.Value.Name
		}
		found.Qual(rtPath, "Locate").Call(jen.Op("&f.bad"), jen.Lit(name), jen.Lit(where(x.At)), jen.Lit(masks), jen.Op(text))
	}
	stop := &block{}
	stop.line("return")
	b.add(jen.If(found).Block(stop.code...))
}
