package codegen

import (
	"slices"

	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/plan"
)

// Numbers that settings, counters, sizes and constants alone decide, such as a
// schedule's rate and 1 - beta2^step, are computed in float64 whatever the
// tensors are, and rounded once where they meet a tensor: in float32 the
// powers and differences among them would be wrong in the fifth digit. They
// are called wide; each is a variable of rank 0 that scalar code among the
// steps makes.

// findWide notes the wide variables of a function.
func (f *frame) findWide() {
	f.wide = map[*plan.Buffer]bool{}
	if f.Float == "float64" {
		return
	}
	written := map[*plan.Buffer]int{}
	for _, b := range f.fn.Buffers {
		f.wide[b] = b.Storage == plan.InSetting && b.DType == ir.Float
	}
	walkLoops(f.fn.Steps, func(l *plan.Loop) {
		for _, s := range l.Stages {
			for i := range s.Writes {
				written[home(s.Writes[i].To.Buffer)]++
			}
		}
	})
	walkLoops(f.fn.Steps, func(l *plan.Loop) {
		if !isScalar(l) {
			return
		}
		for _, s := range l.Stages {
			wide := f.wideInstrs(s)
			for i := range s.Writes {
				w := &s.Writes[i]
				b := w.To.Buffer
				once := b.Storage == plan.InScalar && b.DType == ir.Float && !b.Carried && written[b] == 1
				if once && w.Mode == plan.Store && len(w.To.Guards) == 0 && wideOperand(w.Value, wide) {
					f.wide[b] = true
				}
			}
		}
	})
}

// wideInstrs says which instructions of scalar code are made of wide numbers
// alone, in float64.
func (f *frame) wideInstrs(s *plan.Stage) []bool {
	wide := make([]bool, len(s.Body))
	for i := range s.Body {
		in := &s.Body[i]
		switch in.Op {
		case "read":
			wide[i] = f.wide[in.Access.Buffer] && len(in.Access.Guards) == 0
		case "size":
			wide[i] = in.DType == ir.Float
		case "guard", "iota", "uniform", "normal":
		default:
			wide[i] = !slices.ContainsFunc(in.Args, func(a plan.Operand) bool { return !wideOperand(a, wide) })
		}
	}
	return wide
}

// wideOperand reports whether an operand may stand among wide numbers: whole
// numbers and truths may.
func wideOperand(o plan.Operand, wide []bool) bool {
	return o.DType != ir.Float || o.Kind == plan.OfConst || o.Kind == plan.OfInstr && wide[o.Index]
}

// numberType is the type of a variable of rank 0.
func (f *frame) numberType(b *plan.Buffer) string {
	if f.wide[b] {
		return "float64"
	}
	return f.goType(b.DType)
}

// broad writes scalar expressions in float64.
func (t *site) broad() *scalars {
	s := t.scalars
	g := *s.generator
	g.Float = "float64"
	s.generator = &g
	return &s
}

// wideInstr is a wide instruction's expression.
func (t *site) wideInstr(in *plan.Instr, rounded bool) expr {
	s := t.broad()
	switch in.Op {
	case "read":
		return expr{text: t.frame.field(in.Access.Buffer), prec: precAtom, dtype: ir.Float, wide: true}
	case "size":
		return expr{text: "float64(" + dimText(in.Size) + ")", prec: precAtom, dtype: ir.Float, wide: true}
	}
	args := make([]expr, len(in.Args))
	for i, a := range in.Args {
		args[i] = t.wideValue(a)
	}
	e := s.apply(in.Op, args, in.DType, rounded)
	e.wide = in.DType == ir.Float
	return e
}

// wideValue is an operand in float64, if it is a float.
func (t *site) wideValue(o plan.Operand) expr {
	e := expr{fixed: true, value: o.Const, dtype: o.DType}
	if o.Kind == plan.OfInstr {
		e = t.values[o.Index]
	}
	if e.fixed {
		return t.broad().constant(e.value, e.dtype)
	}
	return e
}

// narrow rounds a wide number to what tensors have.
func (t *site) narrow(e expr) expr {
	switch {
	case !e.wide:
		return e
	case e.fixed:
		return t.constant(e.value, e.dtype)
	}
	return expr{text: t.Float + "(" + e.text + ")", prec: precAtom, dtype: e.dtype}
}

// stored is the value of a write.
func (t *site) stored(w *plan.Write) expr {
	if t.frame.wide[home(w.To.Buffer)] {
		return t.wideValue(w.Value)
	}
	return t.operand(w.Value)
}
