package plan

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/gtc-lang/gtc/dsl"
)

// String writes the plan's functions, one after the other.
func (p *Plan) String() string {
	var b strings.Builder
	for i, f := range p.Funcs {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(f.String())
	}
	return b.String()
}

// String writes the function's buffers and steps, for people.
func (f *Func) String() string {
	w := &printer{}
	w.line("func %s %s arena %d floats, %d ints, %d bools", f.IR.Kind, f.IR.Name, f.Arena.Floats, f.Arena.Ints, f.Arena.Bools)
	for _, b := range f.Buffers {
		if b.First >= 0 && b.Storage != InScalar {
			w.line("  %s", b)
		}
	}
	w.steps(f.Steps, "  ")
	return w.String()
}

// String is the buffer's name, type and place.
func (b *Buffer) String() string {
	text := fmt.Sprintf("%s %s%s %s", b.Name, b.DType, shapeText(b.Shape), b.Storage)
	switch b.Storage {
	case InArena:
		text += fmt.Sprintf(" @%d+%d steps %d-%d", b.Offset, b.Bound, b.First, b.Last)
		if b.Reuses != nil {
			text += " over " + b.Reuses.Name
		}
	case InRow:
		text += fmt.Sprintf(" of %s at %s*%s+%s", b.Of.Name, b.Iter.Name, b.Stride, b.Base)
	}
	return text
}

func shapeText(shape []dsl.Dim) string {
	parts := make([]string, len(shape))
	for i, d := range shape {
		parts[i] = d.String()
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

type printer struct{ strings.Builder }

func (w *printer) line(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }

func (w *printer) steps(list []*Step, indent string) {
	for _, s := range list {
		switch k := s.Kernel.(type) {
		case *Loop:
			w.loop(k, fmt.Sprintf("%s%d loop", indent, s.Pos), indent+"  ")
		case *Gemm:
			w.gemm(k, fmt.Sprintf("%s%d gemm", indent, s.Pos), indent+"  ")
		case *Check:
			names := make([]string, len(k.Values))
			for i, b := range k.Values {
				names[i] = b.Name
			}
			w.line("%s%d check %s", indent, s.Pos, strings.Join(names, ", "))
		case *Repeat:
			order := ""
			if k.Reverse {
				order = " reversed"
			}
			w.line("%s%d repeat %s<%s%s", indent, s.Pos, k.Index.Name, k.Trip, order)
			w.steps(k.Steps, indent+"  ")
		}
	}
}

func (w *printer) gemm(k *Gemm, head, indent string) {
	w.line("%s %s = %s @ %s  M=%s N=%s K=%s", head, k.Out.text(), k.A.text(), k.B.text(), k.M, k.N, k.K)
	if k.Pack != nil {
		w.line("%spacked %s once a version", indent, k.Pack.Var.Name)
	}
	for _, x := range k.Batch {
		w.line("%sbatch %s: %s, %s, %s apart", indent, x.Size, x.A, x.B, x.Out)
	}
	if k.Epilogue != nil {
		head := "epilogue"
		if k.Tiled {
			head += " of tiles"
		}
		w.loop(k.Epilogue, indent+head, indent+"  ")
	}
}

func (m Matrix) text() string {
	text := m.Buffer.Name
	if !m.Base.Is(0) {
		text += "+" + m.Base.String()
	}
	text += ":" + m.Ld.String()
	if m.Trans {
		text += "ᵀ"
	}
	return text
}

func (w *printer) loop(l *Loop, head, indent string) {
	split := ""
	if l.Split.Axis >= 0 {
		split = fmt.Sprintf(" split i%d by %d, %s each", l.Split.Axis, l.Split.Max, l.Split.Cost)
	}
	if l.General {
		head += " general"
	}
	w.line("%s %s%s", head, shapeText(l.Space), split)
	for _, s := range l.Stages {
		in := indent
		if len(l.Stages) > 1 || len(s.Inner) > 0 {
			w.line("%sstage %s", in, shapeText(s.Inner))
			in += "  "
		}
		w.stage(l, s, in)
	}
}

func (w *printer) stage(l *Loop, s *Stage, in string) {
	names := dsl.IndexNames(len(l.Space) + len(s.Inner))
	for i := range s.Body {
		w.line("%s%%%d = %s", in, i, s.Body[i].text(names))
	}
	for i := range s.Writes {
		x := &s.Writes[i]
		part := ""
		if x.Partial != nil {
			part = " by way of " + x.Partial.Name
		}
		w.line("%s%s %s %s%s", in, x.To.text(names), x.Mode, x.Value.text(), part)
	}
	for _, r := range s.Reduces {
		w.line("%sl%d = %s %s", in, r.Local, r.Op, r.Value.text())
	}
	for _, k := range s.Keeps {
		w.line("%sl%d = %s", in, k.Local, k.Value.text())
	}
}

func (o Operand) text() string {
	switch o.Kind {
	case OfConst:
		return strconv.FormatFloat(o.Const, 'g', -1, 64)
	case OfLocal:
		return "l" + strconv.Itoa(o.Index)
	}
	return "%" + strconv.Itoa(o.Index)
}

func (in *Instr) text(names []string) string {
	var args []string
	for _, a := range in.Args {
		args = append(args, a.text())
	}
	text := strings.Join(args, ", ")
	switch in.Op {
	case "read":
		return in.Access.text(names)
	case "size":
		return "size " + in.Size.String()
	case "guard":
		return "guard " + text + in.Access.text(names)
	case "iota":
		return "iota" + in.Access.text(names) + "+" + in.From.String()
	case "uniform", "normal":
		return fmt.Sprintf("%s %s %s%s", in.Op, in.Draw.Text(), text, in.Access.text(names))
	}
	return in.Op + " " + text
}

func (a *Access) text(names []string) string {
	text := ""
	if a.Buffer != nil {
		text = a.Buffer.Name
	}
	if len(a.Map) > 0 {
		parts := make([]string, len(a.Map))
		for k, m := range a.Map {
			parts[k] = m.Text(names)
			for _, p := range a.Picks {
				if p.Axis == k {
					parts[k] = p.At.text()
				}
			}
		}
		text += "[" + strings.Join(parts, ", ") + "]"
	}
	for _, g := range a.Guards {
		text += fmt.Sprintf(" if %s<%s", g.Pos.Text(names), g.Size)
	}
	return text
}
