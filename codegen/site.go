package codegen

import (
	"fmt"
	"slices"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/plan"
)

// site is the place where a stage's body is written: the indices there, and
// what can be taken out of the innermost loop.
type site struct {
	*nest
	stage   *plan.Stage
	space   []dsl.Dim
	index   []string
	inner   int               // axis of the innermost loop, -1 for none
	size    string            // of the innermost loop
	from    string            // what its index begins with besides 0, "" for 0
	hoisted *block            // statements before the innermost loop
	slices  map[string]string // rows and numbers that hoisted has given a name

	values []expr // of the body so far
	wide   []bool // instructions of scalar code that are made of wide numbers; nil in loops
}

// positions are the names of the indices as positions in their axes.
func (t *site) positions() []string {
	if t.from == "" {
		return t.index
	}
	list := append([]string{}, t.index...)
	list[t.inner] = t.from + "+" + list[t.inner]
	return list
}

// use notes which indices a text names and returns it.
func (t *site) use(text string) string {
	for _, id := range identifier.FindAllString(text, -1) {
		t.used[id] = true
	}
	return text
}

// body writes the instructions, the writes and the reductions.
func (n *nest) body(t *site, into *block) {
	saved, scope := n.into, n.names
	n.into = into
	if t.inner >= 0 {
		n.names = scope.scope() // the body of a loop
	}
	uses, rounded := t.count()
	t.values = make([]expr, len(t.stage.Body))
	if n.inline && n.Float != "float64" {
		t.wide = n.frame.wideInstrs(t.stage)
	}
	for i := range t.stage.Body {
		if uses[i] > 0 {
			t.values[i] = t.instr(i, uses[i], rounded[i])
		}
	}
	t.writes()
	for _, r := range t.stage.Reduces {
		if t.wanted[r.Local] {
			t.reduce(r)
		}
	}
	n.names = scope
	for _, k := range t.stage.Keeps {
		if !n.wanted[k.Local] {
			continue
		}
		name := n.names.pick(t.hint(k.Value))
		n.rowNames[k.Local] = name
		into.line("%s := %s", name, t.typed(k.Value))
	}
	n.into = saved
}

// count is how often each instruction is used, and whether its result must be
// rounded: whether it may reach an addition.
func (t *site) count() (uses []int, rounded []bool) {
	s := t.stage
	uses, rounded = make([]int, len(s.Body)), make([]bool, len(s.Body))
	note := func(o plan.Operand, adds bool) {
		if o.Kind == plan.OfInstr {
			uses[o.Index]++
			rounded[o.Index] = rounded[o.Index] || adds
		}
	}
	picks := func(a *plan.Access) {
		if a != nil {
			for _, p := range a.Picks {
				note(p.At, false)
			}
		}
	}
	for i := range s.Writes {
		if !t.outside(&s.Writes[i].To) {
			note(s.Writes[i].Value, true)
			picks(&s.Writes[i].To)
		}
	}
	for _, r := range s.Reduces {
		if t.wanted[r.Local] {
			note(r.Value, true)
		}
	}
	for _, k := range s.Keeps {
		if t.wanted[k.Local] {
			note(k.Value, true)
		}
	}
	for i := len(s.Body) - 1; i >= 0; i-- {
		if uses[i] == 0 {
			continue
		}
		in := &s.Body[i]
		if t.outside(in.Access) {
			continue
		}
		for _, a := range in.Args {
			note(a, !exact[in.Op])
		}
		picks(in.Access)
	}
	return uses, rounded
}

// locals notes what the row's scalars the stage reads: they are wanted of
// earlier stages.
func (t *site) locals(uses []int) {
	note := func(o plan.Operand) {
		if o.Kind == plan.OfLocal {
			t.wanted[o.Index] = true
		}
	}
	picks := func(a *plan.Access) {
		if a != nil {
			for _, p := range a.Picks {
				note(p.At)
			}
		}
	}
	for i := range t.stage.Body {
		if in := &t.stage.Body[i]; uses[i] > 0 && !t.outside(in.Access) {
			for _, a := range in.Args {
				note(a)
			}
			picks(in.Access)
		}
	}
	for i := range t.stage.Writes {
		if w := &t.stage.Writes[i]; !t.outside(&w.To) {
			note(w.Value)
			picks(&w.To)
		}
	}
	for _, r := range t.stage.Reduces {
		if t.wanted[r.Local] {
			note(r.Value)
		}
	}
	for _, k := range t.stage.Keeps {
		if t.wanted[k.Local] {
			note(k.Value)
		}
	}
}

// idle reports whether nothing of the stage is wanted.
func (t *site) idle() bool {
	for i := range t.stage.Writes {
		if !t.outside(&t.stage.Writes[i].To) {
			return false
		}
	}
	return !slices.ContainsFunc(t.stage.Reduces, func(r plan.Reduce) bool { return t.wanted[r.Local] }) &&
		!slices.ContainsFunc(t.stage.Keeps, func(k plan.Keep) bool { return t.wanted[k.Local] })
}

// outside reports whether an access has a guard that always fails: nothing of
// it is computed.
func (t *site) outside(a *plan.Access) bool {
	return a != nil && slices.ContainsFunc(a.Guards, func(g plan.Guard) bool { return never(g, t.space) })
}

// exact operations round their operands before they use them, whatever the
// compiler fuses.
var exact = map[string]bool{
	"mul": true, "div": true, "lt": true, "le": true, "eq": true, "exp": true, "log": true, "sqrt": true, "sin": true, "cos": true,
	"tanh": true, "erf": true, "sigmoid": true, "floor": true, "ceil": true, "round": true, "pow": true, "int": true,
}

// hint is a name for an operand.
func (t *site) hint(o plan.Operand) string {
	if o.Kind == plan.OfInstr {
		in := &t.stage.Body[o.Index]
		switch {
		case in.Value != nil && in.Value.Name != "":
			return local(in.Value.Name)
		case in.Op == "read":
			return t.frame.shortName(in.Access.Buffer)
		}
	}
	return "t"
}

// operand is an operand's expression.
func (t *site) operand(o plan.Operand) expr {
	switch o.Kind {
	case plan.OfInstr:
		return t.narrow(t.values[o.Index])
	case plan.OfLocal:
		return expr{text: t.rowNames[o.Index], prec: precAtom, dtype: o.DType}
	}
	return t.constant(o.Const, o.DType)
}

// typed is an operand's text where nothing else says of what type it is.
func (t *site) typed(o plan.Operand) string {
	if x := t.operand(o); !x.fixed {
		return x.text
	}
	return t.goType(o.DType) + "(" + t.operand(o).text + ")"
}

// longest is how long an expression may grow before it gets a name.
const longest = 60

// instr writes one instruction. What is used twice, or has grown long, gets a
// variable.
func (t *site) instr(i, uses int, rounded bool) expr {
	in := &t.stage.Body[i]
	e, done := expr{}, false
	if t.wide != nil && t.wide[i] {
		e = t.wideInstr(in, rounded)
	} else {
		e, done = t.compute(in, rounded)
	}
	for _, a := range in.Args {
		e.live = e.live || !done && t.operand(a).live
	}
	switch {
	case done || e.fixed || e.simple():
		return e
	case uses == 1 && len(e.text) <= longest && !(in.Op == "read" && len(t.stage.Writes) > 1):
		return e
	}
	v := t.variable(t.hint(plan.Operand{Kind: plan.OfInstr, Index: i}), e)
	v.wide = e.wide
	return v
}

// compute is an instruction's expression; done when it needs no variable.
func (t *site) compute(in *plan.Instr, rounded bool) (e expr, done bool) {
	if t.outside(in.Access) {
		return t.constant(0, in.DType), true
	}
	switch in.Op {
	case "read":
		return t.read(in)
	case "guard":
		return t.guarded(in.Access.Guards, t.operand(in.Args[0]), in.DType), true
	case "iota":
		s := newSum(len(t.space))
		s.addAffine(in.Access.Map[0], dsl.N(1))
		s.base = s.base.Add(in.From)
		if in.Access.Map[0].Div > 1 {
			s = newSum(len(t.space))
			s.terms = []string{affineText(in.Access.Map[0], t.positions())}
			s.base = in.From
		}
		e = expr{text: "int32(" + t.use(s.text(t.positions())) + ")", prec: precAtom, dtype: ir.Int}
		return t.guarded(in.Access.Guards, e, in.DType), false
	case "size":
		return expr{text: t.goType(in.DType) + "(" + dimText(in.Size) + ")", prec: precAtom, dtype: in.DType}, false
	case "uniform", "normal":
		return t.draw(in), false
	}
	args := make([]expr, len(in.Args))
	for i, a := range in.Args {
		args[i] = t.operand(a)
	}
	return t.apply(in.Op, args, in.DType, rounded), false
}

// guarded is x, or 0 where a guard fails.
func (t *site) guarded(guards []plan.Guard, x expr, dtype ir.DType) expr {
	cond := t.condition(guards)
	if cond == "" {
		return x
	}
	return t.where([]expr{{text: cond, prec: precAnd}, x, t.constant(0, dtype)}, dtype)
}

func (t *site) condition(guards []plan.Guard) string {
	return t.use(conjunction(guards, t.space, t.positions()))
}

// draw is a random number.
func (t *site) draw(in *plan.Instr) expr {
	method := "Uniform"
	if in.Op == "normal" {
		method = "Normal"
	}
	at := t.element(in.Access)
	position := t.use(at.text(t.positions()))
	if rows := t.frame.rowsIn(in.Access.Shape); rows != "" {
		position += "+" + rows
	}
	text := fmt.Sprintf("%s.%s(%s)", t.drawText(in), method, position)
	if t.Float != "float64" {
		text = t.Float + "(" + text + ")"
	}
	return t.guarded(in.Access.Guards, expr{text: text, prec: precAtom, dtype: ir.Float}, ir.Float)
}

// reduce writes the step of a reduction.
func (t *site) reduce(r plan.Reduce) {
	x, name := t.operand(r.Value).text, t.rowNames[r.Local]
	at := newSum(len(t.space))
	for k, step := range strides(t.stage.Inner) {
		at.addAffine(dsl.Along(len(t.space), len(t.loop.Space)+k), step)
	}
	position := at.text(t.positions())
	switch r.Op {
	case "sum":
		t.addLane(r, x, t.use(position))
	case "argmax":
		best := t.aliases[reducerKey(r)]
		value := t.variable("x", t.operand(r.Value))
		step := &block{}
		step.line("%s, %s = %s, int32(%s)", best, name, value.text, t.use(position))
		t.into.nest(fmt.Sprintf("if !(%s <= %s) && %s == %s", value.text, best, best, best), step)
	default:
		t.into.line("%s = %s(%s, %s)", name, r.Op, name, x)
	}
}

// addLane adds x to the lane of its position.
func (t *site) addLane(r plan.Reduce, x, position string) {
	if volume(t.stage.Inner).Is(1) {
		t.into.line("%s := %s", t.rowNames[r.Local], t.typed(r.Value))
		return
	}
	lanes, ok := t.aliases[reducerKey(r)]
	if !ok {
		t.into.line("%s += %s", t.rowNames[r.Local], x)
		return
	}
	if len(t.stage.Inner) > 1 && position != "0" {
		position = "(" + position + ")"
	}
	if !long(t.stage.Inner) {
		t.into.line("%s[%s&15] += %s", lanes, position, x)
		return
	}
	t.into.line("%s.Lanes[%s&15] += %s", lanes, position, x)
	end := &block{}
	end.line("%s.EndRun()", lanes)
	t.into.nest(fmt.Sprintf("if %s&(rt.ReduceRun-1) == rt.ReduceRun-1", position), end)
}
