package codegen

import (
	"fmt"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir/plan"
)

// drawnRow writes an innermost loop that does nothing but draw numbers in the
// order of their generator as one call, which makes four numbers of a block
// instead of one. It is false for any other loop.
func (t *site) drawnRow(into *block) bool {
	in, w := t.onlyDraw()
	if in == nil {
		return false
	}
	number, place := t.element(in.Access), t.element(&w.To)
	for _, s := range []*sum{number, place} {
		if len(s.terms) > 0 || !s.coef[t.inner].Is(1) {
			return false
		}
	}
	t.into = into
	t.values = make([]expr, len(t.stage.Body))
	for _, a := range in.Args {
		if a.Kind == plan.OfInstr {
			t.values[a.Index] = t.instr(a.Index, 1, false)
		}
	}
	row := t.row(w.To.Buffer, place)
	into.append(t.hoisted)
	number.coef[t.inner] = dsl.Dim{}
	for _, term := range []string{t.from, t.frame.rowsIn(in.Access.Shape)} {
		if term != "" {
			number.terms = append(number.terms, term)
		}
	}
	first := t.use(number.text(t.index))
	into.line("rt.Fill%s(%s, %s, %s)", exported(in.Op), t.drawText(in), row, first)
	return true
}

// onlyDraw is the draw and the write of a stage that has nothing else but
// numbers of the call as a whole.
func (t *site) onlyDraw() (*plan.Instr, *plan.Write) {
	s := t.stage
	if len(s.Writes) != 1 || len(s.Reduces)+len(s.Keeps) > 0 {
		return nil, nil
	}
	w := &s.Writes[0]
	if w.Mode != plan.Store || len(w.To.Guards)+len(w.To.Picks) > 0 || w.Value.Kind != plan.OfInstr {
		return nil, nil
	}
	in := &s.Body[w.Value.Index]
	if in.Draw == nil || len(in.Access.Guards) > 0 {
		return nil, nil
	}
	for _, a := range in.Args {
		if a.Kind == plan.OfInstr && !callWide(&s.Body[a.Index]) {
			return nil, nil
		}
	}
	return in, w
}

// callWide reports whether an instruction is the same number all through a
// call.
func callWide(in *plan.Instr) bool {
	if in.Op != "read" {
		return false
	}
	b := in.Access.Buffer
	return b.Storage == plan.InScalar || b.Storage == plan.InSetting
}

// drawText is a draw as Go.
func (t *site) drawText(in *plan.Instr) string {
	text := fmt.Sprintf("rt.Draw{Seed: f.seed, Path: %#x", in.Draw.Key())
	for i, name := range []string{"Step", "Index"} {
		if x := t.operand(in.Args[i]); !x.fixed || x.value != 0 {
			text += fmt.Sprintf(", %s: uint32(%s)", name, x.text)
		}
	}
	return text + "}"
}
