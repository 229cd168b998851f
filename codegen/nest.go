package codegen

import (
	"fmt"
	"slices"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/plan"
)

// nest writes one fused loop: for a part of its split axis, from lo to hi, or
// for all of it.
type nest struct {
	scalars
	frame    *frame
	loop     *plan.Loop
	part     bool // lo, hi and chunk say what to do
	tile     bool // i0, i1, j0 and j1 do: the part of the two axes
	inline   bool // scalar code among a function's steps
	slow     bool // has an innermost loop without assembly
	before   *block
	after    *block
	index    []string          // names of the indices of Space; "0" where the size is 1
	used     map[string]bool   // indices that are needed
	rowNames []string          // of loop.Locals
	wanted   []bool            // loop.Locals that are read
	aliases  map[string]string // what before has given a name
	sums     map[*plan.Buffer]string
}

// indexNames are the names of loop indices, outermost first.
var indexNames = []string{"i", "j", "k", "l", "m", "n", "o", "p", "q", "r"}

func (n *nest) newIndex(size dsl.Dim) string {
	if size.Is(1) {
		return "0"
	}
	for _, name := range indexNames {
		if !n.names.has(name) {
			return n.names.pick(name)
		}
	}
	return n.names.pick("i")
}

// nest returns the statements of a loop's method.
func (f *frame) nest(l *plan.Loop) *block {
	return f.write(&nest{loop: l, scalars: scalars{names: f.codeScope("f", "rt", "chunk", "lo", "hi", "inf", "nan")}})
}

// tile returns the statements of a product's epilogue, for a part of the
// product.
func (f *frame) tile(l *plan.Loop) *block {
	return f.write(&nest{loop: l, tile: true, scalars: scalars{names: f.codeScope("f", "rt", "i0", "i1", "j0", "j1", "inf", "nan")}})
}

// inlined returns the statements of scalar code among a function's steps.
func (f *frame) inlined(l *plan.Loop) *block {
	return f.write(&nest{loop: l, inline: true, scalars: scalars{names: f.locals}})
}

// isScalar reports whether a loop is scalar code.
func isScalar(l *plan.Loop) bool {
	for _, s := range l.Stages {
		if len(s.Inner) > 0 {
			return false
		}
	}
	return len(l.Space) == 0
}

// parted reports whether a loop is shared out.
func parted(l *plan.Loop) bool { return l.Split.Axis >= 0 && !l.Space[l.Split.Axis].Is(1) }

func (f *frame) write(n *nest) *block {
	l := n.loop
	n.frame, n.generator, n.part = f, f.generator, parted(l)
	n.before, n.after, n.used, n.aliases, n.sums = &block{}, &block{}, map[string]bool{}, map[string]string{}, map[*plan.Buffer]string{}
	n.rowNames, n.wanted = make([]string, len(l.Locals)), make([]bool, len(l.Locals))
	n.demand()
	for _, size := range l.Space {
		n.index = append(n.index, n.newIndex(size))
	}
	n.accumulators()
	body, all := &block{}, &block{}
	n.rows(0, body)
	if n.part {
		f.quick[l] = !n.slow
		all.line("lo, hi := rt.Split(%s, %s, chunk)", dimText(l.Space[l.Split.Axis]), f.chunksText(l))
	}
	all.append(n.before)
	all.append(body)
	all.append(n.after)
	return all
}

// accumulators prepares what the loop adds up: rows of a part's own, and
// scalars as variables.
func (n *nest) accumulators() {
	for _, s := range n.loop.Stages {
		for i := range s.Writes {
			w := &s.Writes[i]
			if w.Mode == plan.Store {
				continue
			}
			b := w.To.Buffer
			switch scalar := b.Storage == plan.InScalar; {
			case scalar:
				name := n.names.pick(n.frame.shortName(b))
				n.sums[b] = name
				n.before.line("%s := %s", name, n.neutral(w.Mode, b.DType))
				target := n.frame.scalar(b)
				if n.part && w.Partial != nil {
					target = n.frame.field(w.Partial) + "[chunk]"
				}
				n.after.line("%s = %s", target, name)
			case n.part && w.Partial != nil:
				name := n.names.pick(n.frame.shortName(b))
				n.sums[b] = name
				size := volume(b.Shape)
				n.before.line("%s := %s[%s:][:%s]", name, n.frame.field(w.Partial), times(size, "chunk"), dimText(size))
				n.fill(n.before, name, w.Mode, b.DType)
			}
		}
	}
}

// rows writes the loops over Space from axis a inwards.
func (n *nest) rows(a int, into *block) {
	l := n.loop
	flat := len(l.Stages) == 1 && len(l.Stages[0].Inner) == 0
	if flat && a == len(l.Space)-1 {
		n.innermost(a, l.Space, l.Stages[0], n.index, into)
		return
	}
	if a < len(l.Space) {
		body := &block{}
		n.rows(a+1, body)
		n.wrap(a, body, into)
		return
	}
	for _, s := range l.Stages {
		n.stage(s, into)
	}
}

// wrap puts a body into the loop over axis a of Space.
func (n *nest) wrap(a int, body, into *block) {
	if n.index[a] == "0" {
		into.append(body)
		return
	}
	if lo, hi, ok := n.rangeOf(a); ok {
		if !n.used[n.index[a]] {
			into.nest(fmt.Sprintf("for range %s - %s", hi, lo), body)
			return
		}
		into.nest(fmt.Sprintf("for %[1]s := %[2]s; %[1]s < %[3]s; %[1]s++", n.index[a], lo, hi), body)
		return
	}
	into.nest(n.header(n.index[a], dimText(n.loop.Space[a])), body)
}

// header is a loop over all of an axis.
func (n *nest) header(index, size string) string {
	if !n.used[index] {
		return "for range " + size
	}
	return "for " + index + " := range " + size
}

// stage writes one stage of a row, if it does anything.
func (n *nest) stage(s *plan.Stage, into *block) {
	if n.site(s).idle() {
		return
	}
	outer := n.names
	if !volume(s.Inner).Is(1) {
		n.names = outer.scope()
	}
	index := append([]string{}, n.index...)
	for _, size := range s.Inner {
		name := n.newIndex(size)
		delete(n.used, name)
		index = append(index, name)
	}
	if len(s.Inner) == 1 && len(s.Reduces) > 0 && n.rowCall(len(n.loop.Space), n.site(s).space, s, index, outer, into) {
		n.names = outer
		return
	}
	folds := n.reducers(s, into, outer)
	t := n.site(s)
	if t.index = index; len(s.Inner) == 0 {
		n.body(t, into)
	} else {
		n.inner(len(n.loop.Space), t.space, s, index, into)
	}
	into.append(folds)
	n.names = outer
}

func (n *nest) inner(a int, space []dsl.Dim, s *plan.Stage, index []string, into *block) {
	if a == len(space)-1 {
		n.innermost(a, space, s, index, into)
		return
	}
	body := &block{}
	n.inner(a+1, space, s, index, body)
	if index[a] == "0" {
		into.append(body)
		return
	}
	into.nest(n.header(index[a], dimText(space[a])), body)
}

// innermost writes the last loop: what it reads in order is a slice of its own,
// which is cut once, so that Go checks no bounds in the loop.
func (n *nest) innermost(a int, space []dsl.Dim, s *plan.Stage, index []string, into *block) {
	t := n.along(a, space, s, index)
	if index[a] == "0" {
		t.inner = -1
		n.body(t, into)
		return
	}
	if len(s.Reduces) == 0 && n.rowCall(a, space, s, index, n.names, into) {
		return
	}
	n.slow = true
	if t.drawnRow(into) {
		return
	}
	body := &block{}
	n.body(t, body)
	into.append(t.hoisted)
	into.nest(n.header(index[a], t.size), body)
}

// along is the site of a stage whose innermost loop runs along axis a.
func (n *nest) along(a int, space []dsl.Dim, s *plan.Stage, index []string) *site {
	t := &site{nest: n, stage: s, space: space, index: index, inner: a, size: dimText(space[a]), hoisted: &block{}, slices: map[string]string{}}
	if lo, hi, ok := n.rangeOf(a); ok {
		t.from, t.size = lo, hi+"-"+lo
	}
	return t
}

// rangeOf is the part of axis a that is to be done, if not all of it is.
func (n *nest) rangeOf(a int) (lo, hi string, ok bool) {
	switch {
	case n.tile && a == 0:
		return "i0", "i1", true
	case n.tile && a == 1:
		return "j0", "j1", true
	case n.part && a == n.loop.Split.Axis:
		return "lo", "hi", true
	}
	return "", "", false
}

// rowCall writes the innermost loop of a stage as a call of a row kernel, if
// it can be one.
func (n *nest) rowCall(a int, space []dsl.Dim, s *plan.Stage, index []string, row *names, into *block) bool {
	return index[a] != "0" && n.along(a, space, s, index).call(into, row)
}

// reducers declares what the stage reduces into, in the row, and returns the
// statements that end the reductions.
func (n *nest) reducers(s *plan.Stage, into *block, row *names) *block {
	end := &block{}
	for _, r := range s.Reduces {
		if !n.wanted[r.Local] {
			continue
		}
		name := row.pick(r.Op)
		n.rowNames[r.Local] = name
		dtype := n.loop.Locals[r.Local]
		switch r.Op {
		case "sum":
			if volume(s.Inner).Is(1) {
				continue // addLane declares it
			}
			if dtype == ir.Int {
				into.line("%s := int32(0)", name)
				continue
			}
			kind, total := "Lanes", "Fold"
			if long(s.Inner) {
				kind, total = "Runs", "Total"
			}
			lanes := row.pick(name + "s")
			into.line("var %s rt.%s[%s]", lanes, kind, n.Float)
			end.line("%s := %s.%s()", name, lanes, total)
			n.aliases[reducerKey(r)] = lanes
		case "argmax":
			best := row.pick("best")
			n.aliases[reducerKey(r)] = best
			into.line("%s, %s := %s, int32(0)", best, name, n.neutral(plan.Max, r.Value.DType))
		default:
			mode := plan.Max
			if r.Op == "min" {
				mode = plan.Min
			}
			into.line("%s := %s", name, n.neutral(mode, dtype))
		}
	}
	return end
}

func reducerKey(r plan.Reduce) string { return fmt.Sprintf("reduce %d", r.Local) }

// long reports whether a reduction over a space may have more than one run.
func long(inner []dsl.Dim) bool { return volume(inner).Max() > reduceRun }

// reduceRun is runtime.ReduceRun.
const reduceRun = 1 << 14

// neutral is what an accumulation begins with.
func (g *generator) neutral(m plan.Mode, t ir.DType) string {
	switch {
	case m == plan.Add:
		return g.goType(t) + "(0)"
	case t == ir.Int && m == plan.Max:
		return "int32(-1 << 31)"
	case t == ir.Int:
		return "int32(1<<31 - 1)"
	case m == plan.Max:
		return "-" + g.inf()
	}
	return g.inf()
}

func volume(shape []dsl.Dim) dsl.Dim { return ir.Volume(shape) }

// demand finds the scalars of a row that something reads, from the last stage
// backwards.
func (n *nest) demand() {
	for i := len(n.loop.Stages) - 1; i >= 0; i-- {
		t := n.site(n.loop.Stages[i])
		uses, _ := t.count()
		t.locals(uses)
	}
}

// idle reports whether a loop does nothing: all that it would write lies
// outside.
func (f *frame) idle(l *plan.Loop) bool {
	n := &nest{loop: l, wanted: make([]bool, len(l.Locals))}
	n.demand()
	return !slices.ContainsFunc(l.Stages, func(s *plan.Stage) bool { return !n.site(s).idle() })
}

// site is a stage without its indices.
func (n *nest) site(s *plan.Stage) *site {
	return &site{nest: n, stage: s, space: append(append([]dsl.Dim{}, n.loop.Space...), s.Inner...), inner: -1}
}
