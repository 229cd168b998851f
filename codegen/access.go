package codegen

import (
	"fmt"
	"slices"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/plan"
)

// element is the number of the element that an access names.
func (t *site) element(a *plan.Access) *sum {
	s := newSum(len(t.space))
	for k, step := range strides(a.Shape) {
		if at, ok := t.picked(a, k); ok {
			s.terms = append(s.terms, times(step, at))
			continue
		}
		if a.Map[k].Div > 1 {
			s.terms = append(s.terms, times(step, "("+affineText(a.Map[k], t.positions())+")"))
			continue
		}
		s.addAffine(a.Map[k], step)
	}
	return s
}

// picked is the position along axis k that the body computes.
func (t *site) picked(a *plan.Access, k int) (string, bool) {
	for _, p := range a.Picks {
		if p.Axis != k {
			continue
		}
		at := t.operand(p.At)
		if t.frame.checked(t.stage, p, a.Shape[k]) {
			return "int(" + at.text + ")", true
		}
		return fmt.Sprintf("f.outside.Index(%s, %s)", at.text, dimText(a.Shape[k])), true
	}
	return "", false
}

// read is the value of an element; done says that it has a name already.
func (t *site) read(in *plan.Instr) (expr, bool) {
	a := in.Access
	cond := t.condition(a.Guards)
	if cond == "" {
		text, named := t.place(a, true)
		return expr{text: text, prec: precAtom, dtype: in.DType, live: !named && t.overwrites(a.Buffer)}, named
	}
	text, _ := t.place(a, false)
	v := t.variable(t.frame.shortName(a.Buffer), t.constant(0, in.DType))
	inside := &block{}
	inside.line("%s = %s", v.text, text)
	t.into.nest("if "+cond, inside)
	return v, true
}

// place is an element of a buffer as Go. With hoist its row, or itself, may be
// taken out of the innermost loop; named then says that it is a variable.
func (t *site) place(a *plan.Access, hoist bool) (text string, named bool) {
	b := home(a.Buffer)
	if name, ok := t.sums[b]; ok && b.Storage == plan.InScalar {
		return name, false
	}
	if isNumber(b) {
		if t.inline || t.writesTo(b) {
			return t.frame.scalar(b), false
		}
		return t.alias(b), true
	}
	s := t.element(a)
	if !hoist || t.inner < 0 || len(s.terms) > 0 {
		return t.direct(b, s), false
	}
	switch c := s.coef[t.inner]; {
	case c.Is(1):
		return t.row(b, s) + "[" + t.use(t.index[t.inner]) + "]", false
	case c.Is(0) && !t.writesTo(b):
		return t.fixed(b, s), true
	}
	return t.direct(b, s), false
}

// writesTo reports whether the loop writes to the memory of a buffer.
func (n *nest) writesTo(b *plan.Buffer) bool {
	for _, s := range n.loop.Stages {
		for i := range s.Writes {
			if overlap(s.Writes[i].To.Buffer, b) {
				return true
			}
		}
	}
	return false
}

// overlap reports whether two buffers may share memory.
func overlap(a, b *plan.Buffer) bool {
	a, b = root(a), root(b)
	if a == b {
		return true
	}
	if a.Storage == plan.InVar && b.Storage == plan.InVar {
		return a.Var == b.Var
	}
	return a.Storage == plan.InArena && b.Storage == plan.InArena && a.DType == b.DType &&
		a.Offset < b.Offset+b.Bound && b.Offset < a.Offset+a.Bound
}

func root(b *plan.Buffer) *plan.Buffer {
	for b.Storage == plan.InRow {
		b = b.Of
	}
	return b
}

// direct indexes the whole buffer.
func (t *site) direct(b *plan.Buffer, s *sum) string {
	return t.alias(b) + "[" + t.use(s.text(t.positions())) + "]"
}

// alias is a buffer, or a number, under a short name that is set up before the
// loops.
func (n *nest) alias(b *plan.Buffer) string {
	if name, ok := n.sums[b]; ok {
		return name
	}
	if n.inline {
		return n.frame.whole(b)
	}
	key := fmt.Sprint("buffer ", b.ID)
	if name, ok := n.aliases[key]; ok {
		return name
	}
	name := n.top().pick(n.frame.shortName(b))
	n.aliases[key] = name
	text := n.frame.whole(b)
	if isNumber(b) {
		text = n.frame.scalar(b)
	}
	n.before.line("%s := %s", name, text)
	return name
}

// top is the outermost scope of the method, with what inner ones use reserved.
func (n *nest) top() *names {
	used := map[string]bool{}
	s := n.names
	for ; s.outer != nil && s.outer.taken != nil; s = s.outer {
		for id := range s.taken {
			used[id] = true
		}
	}
	for id := range used {
		s.taken[id] = true
	}
	return s
}

// row is the slice of a buffer that the innermost loop runs along.
func (t *site) row(b *plan.Buffer, s *sum) string {
	rest := *s
	rest.coef = append([]dsl.Dim{}, s.coef...)
	rest.coef[t.inner] = dsl.Dim{}
	base := t.use(rest.text(t.index))
	if t.from != "" {
		base = t.from
		if text := t.use(rest.text(t.index)); text != "0" {
			base += "+" + text
		}
	}
	key := fmt.Sprint("row ", b.ID, " ", base)
	if name, ok := t.slices[key]; ok {
		return name
	}
	name := t.top().pick(t.frame.shortName(b))
	t.slices[key] = name
	source := t.frame.whole(b)
	if sum, ok := t.sums[b]; ok {
		source = sum
	}
	if base == "0" {
		t.hoisted.line("%s := %s[:%s]", name, source, t.size)
	} else {
		t.hoisted.line("%s := %s[%s:][:%s]", name, source, base, t.size)
	}
	return name
}

// fixed is an element that the innermost loop does not move along.
func (t *site) fixed(b *plan.Buffer, s *sum) string {
	at := t.use(s.text(t.index))
	key := fmt.Sprint("element ", b.ID, " ", at)
	if name, ok := t.slices[key]; ok {
		return name
	}
	name := t.top().pick(t.frame.shortName(b))
	t.slices[key] = name
	t.hoisted.line("%s := %s[%s]", name, t.frame.whole(b), at)
	return name
}

// overwrites reports whether the stage itself writes to the memory of a buffer.
func (t *site) overwrites(b *plan.Buffer) bool {
	return slices.ContainsFunc(t.stage.Writes, func(w plan.Write) bool { return overlap(w.To.Buffer, b) })
}

// writes stores the results. With more than one, a value that reads what is
// written is computed before the first is stored, and so is what is used after
// them.
func (t *site) writes() {
	var list []*plan.Write
	for i := range t.stage.Writes {
		if w := &t.stage.Writes[i]; !t.outside(&w.To) {
			list = append(list, w)
		}
	}
	values := make([]expr, len(list))
	for i, w := range list {
		values[i] = t.stored(w)
		if len(list) > 1 && values[i].live {
			values[i] = t.variable(t.hint(w.Value), values[i])
		}
		for _, p := range w.To.Picks {
			t.settle(p.At)
		}
	}
	for _, r := range t.stage.Reduces {
		if t.wanted[r.Local] {
			t.settle(r.Value)
		}
	}
	for _, k := range t.stage.Keeps {
		if t.wanted[k.Local] {
			t.settle(k.Value)
		}
	}
	for i, w := range list {
		t.write(w, values[i].text)
	}
}

// settle gives an operand a name that would be something else after the writes.
func (t *site) settle(o plan.Operand) {
	if o.Kind == plan.OfInstr && t.values[o.Index].live {
		t.values[o.Index] = t.variable(t.hint(o), t.values[o.Index])
	}
}

func (t *site) write(w *plan.Write, x string) {
	cond := t.condition(w.To.Guards)
	place, into := "", t.into
	if cond != "" {
		into = &block{}
	}
	if b := home(w.To.Buffer); isNumber(b) {
		place = t.frame.field(b)
		if name, ok := t.sums[b]; ok {
			place = name
		}
	} else {
		place, _ = t.place(&w.To, cond == "")
	}
	switch w.Mode {
	case plan.Store:
		into.line("%s = %s", place, x)
	case plan.Add:
		into.line("%s += %s", place, x)
	default:
		into.line("%s = %s(%s, %s)", place, map[plan.Mode]string{plan.Max: "max", plan.Min: "min"}[w.Mode], place, x)
	}
	if cond != "" {
		t.into.nest("if "+cond, into)
	}
}

// fill sets a slice to the neutral element of a mode.
func (g *generator) fill(into *block, slice string, m plan.Mode, t ir.DType) {
	if m == plan.Add {
		into.line("clear(%s)", slice)
		return
	}
	into.line("rt.SetAll(%s, %s)", slice, g.neutral(m, t))
}
