package plan

import (
	"sort"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
)

// place numbers the steps, finds how long each buffer lives, lets results take
// the place of operands that die, and gives every buffer in the arena an
// offset.
func (b *builder) place() {
	for _, buf := range b.f.Buffers {
		buf.First, buf.Last = -1, -1
	}
	b.number(b.f.Steps, 0, 0)
	b.f.Steps = b.reuse(b.f.Steps)
	b.sweep()
	b.offsets()
}

// sweep drops temporaries that nothing uses any more.
func (b *builder) sweep() {
	var kept []*Buffer
	for _, buf := range b.f.Buffers {
		if buf.First < 0 && (buf.Storage == InArena || buf.Storage == InRow) {
			continue
		}
		buf.ID = len(kept)
		kept = append(kept, buf)
	}
	b.f.Buffers = kept
}

// number walks steps from a position on and returns the position after them
// and the buffers touched.
func (b *builder) number(steps []*Step, pos, depth int) (int, []*Buffer) {
	var all []*Buffer
	for _, s := range steps {
		s.Pos, s.End = pos, pos
		pos++
		var used []*Buffer
		if r, ok := s.Kernel.(*Repeat); ok {
			var inside []*Buffer
			pos, inside = b.number(r.Steps, pos, depth+1)
			for _, buf := range inside {
				if buf.depth <= depth {
					used = append(used, buf)
				}
			}
			s.End = pos
			pos++
			live(used, s.End) // the next iteration may want it
		} else {
			for _, a := range kernelAccesses(s.Kernel) {
				used = append(used, a.buffer)
			}
		}
		used = withOuter(used)
		live(used, s.Pos)
		all = append(all, used...)
	}
	return pos, all
}

// withOuter adds the tensors that rows are rows of.
func withOuter(list []*Buffer) []*Buffer {
	for i := 0; i < len(list); i++ {
		if list[i].Storage == InRow {
			list = append(list, list[i].Of, list[i].Iter)
		}
	}
	return list
}

func live(list []*Buffer, pos int) {
	for _, b := range list {
		if b.First < 0 || pos < b.First {
			b.First = pos
		}
		b.Last = max(b.Last, pos)
	}
}

// kernelAccesses lists what a kernel touches, in the order in which the parts
// of a kernel run.
func kernelAccesses(k Kernel) []touch {
	switch k := k.(type) {
	case *Loop:
		return loopAccesses(k)
	case *Gemm:
		list := []touch{{buffer: k.A.Buffer}, {buffer: k.B.Buffer}, {buffer: k.Out.Buffer, write: true}}
		if k.Epilogue != nil {
			list = append(list, loopAccesses(k.Epilogue)...)
		}
		return list
	case *Check:
		var list []touch
		for _, b := range k.Values {
			list = append(list, touch{buffer: b})
		}
		return list
	}
	return nil
}

func loopAccesses(l *Loop) []touch {
	var list []touch
	for n, s := range l.Stages {
		for _, in := range s.Body {
			if in.Op == "read" {
				list = append(list, touch{buffer: in.Access.Buffer, access: in.Access, stage: n, inner: len(s.Inner)})
			}
		}
		for i := range s.Writes {
			w := &s.Writes[i]
			list = append(list, touch{buffer: w.To.Buffer, access: &w.To, stage: n, inner: len(s.Inner), write: true, mode: w.Mode})
			if w.Partial != nil {
				list = append(list, touch{buffer: w.Partial, write: true})
			}
		}
	}
	return list
}

// reuse lets the results of loops take the places of tensors that die there,
// and drops the copies that this leaves nothing to do for.
func (b *builder) reuse(steps []*Step) []*Step {
	var kept []*Step
	for _, s := range steps {
		var list []touch
		switch k := s.Kernel.(type) {
		case *Repeat:
			k.Steps = b.reuse(k.Steps)
		case *Loop:
			list = loopAccesses(k)
		case *Gemm:
			if k.Epilogue != nil {
				list = append(loopAccesses(k.Epilogue), touch{buffer: k.A.Buffer}, touch{buffer: k.B.Buffer})
			}
		}
		moved := reuseIn(list, s.Pos)
		if k, ok := s.Kernel.(*Gemm); ok && moved[k.Out.Buffer] != nil {
			k.Out.Buffer = moved[k.Out.Buffer]
		}
		if l, ok := s.Kernel.(*Loop); !ok || !l.copiesInPlace() {
			kept = append(kept, s)
		}
	}
	return kept
}

// reuseIn finds places for what a kernel writes, and returns which temporaries
// went into the memory of a result.
func reuseIn(list []touch, pos int) map[*Buffer]*Buffer {
	taken, moved := map[*Buffer]bool{}, map[*Buffer]*Buffer{}
	for i := range list {
		w := &list[i]
		if !w.write || w.access == nil || w.mode != Store {
			continue
		}
		switch w.buffer.Storage {
		case InArena:
			if w.buffer.First == pos {
				w.buffer.Reuses = dying(w, list, pos, taken)
			}
		case InOutput, InRow: // a step on the way to the result needs no place of its own
			if a := dying(w, list, pos, taken); a != nil && a.First == pos && a.Reuses == nil {
				become(list, a, w.buffer)
				moved[a] = w.buffer
			} else if a != nil {
				delete(taken, a)
			}
		}
	}
	return moved
}

// become puts b in the place of a.
func become(list []touch, a, b *Buffer) {
	for i := range list {
		if list[i].buffer == a {
			list[i].buffer, list[i].access.Buffer = b, b
		}
	}
	a.First, a.Last = -1, -1
}

// copiesInPlace reports whether a loop only copies buffers to where they are.
func (l *Loop) copiesInPlace() bool {
	for _, s := range l.Stages {
		for _, w := range s.Writes {
			if w.Mode != Store || w.Value.Kind != OfInstr || w.To.Buffer.Reuses == nil {
				return false
			}
			in := s.Body[w.Value.Index]
			if in.Op != "read" || in.Access.Buffer != w.To.Buffer.Reuses || !sameAccess(in.Access, &w.To) {
				return false
			}
		}
	}
	return true
}

// dying finds a tensor whose place a result can take: of the same kind and
// size, not needed after this step, and each element used for the last time
// before the result's is written.
func dying(w *touch, list []touch, pos int, taken map[*Buffer]bool) *Buffer {
	for _, t := range list {
		a := t.buffer
		if a == w.buffer || a.Storage != InArena || a.Last != pos || taken[a] || a.DType != w.buffer.DType ||
			a.Carried || a.depth != w.buffer.depth && w.buffer.Storage != InOutput || !ir.Volume(a.Shape).Equal(ir.Volume(w.buffer.Shape)) {
			continue
		}
		if ends(a, w, list) {
			taken[a] = true
			return a
		}
	}
	return nil
}

func ends(a *Buffer, w *touch, list []touch) bool {
	for i := range list {
		t := &list[i]
		if t.buffer == a && (!t.before(w) || t.write && t.stage == w.stage) {
			return false
		}
	}
	return true
}

// span is the place of a buffer and of those that take it over.
type span struct {
	buffers     []*Buffer
	first, last int
	size        int
}

// offsets places the largest spans first, each at the lowest offset where it
// meets no other that lives at the same time.
func (b *builder) offsets() {
	f := b.f
	for _, t := range []struct {
		dtype       ir.DType
		align       int
		total, peak *int
	}{{ir.Float, 16, &f.Arena.Floats, &f.Peak.Floats}, {ir.Int, 16, &f.Arena.Ints, &f.Peak.Ints}, {ir.Bool, 64, &f.Arena.Bools, &f.Peak.Bools}} {
		spans := b.spans(t.dtype, t.align)
		sort.SliceStable(spans, func(i, j int) bool { return spans[i].size > spans[j].size })
		for i, s := range spans {
			at := lowest(s, spans[:i])
			for _, buf := range s.buffers {
				buf.Offset = at
			}
			*t.total = max(*t.total, at+s.size)
			if *t.total > dsl.MaxElements {
				return // refused
			}
		}
		*t.peak = peakOf(spans)
	}
}

// peakOf is the most that spans take at once.
func peakOf(spans []*span) int {
	peak := 0
	for _, at := range spans { // a peak is reached where some span begins
		now := 0
		for _, s := range spans {
			if s.first <= at.first && at.first <= s.last {
				now += s.size
			}
		}
		peak = max(peak, now)
	}
	return peak
}

func (b *builder) spans(dtype ir.DType, align int) []*span {
	var list []*span
	of := map[*Buffer]*span{}
	var ordered []*Buffer
	for _, buf := range b.f.Buffers {
		if buf.Storage == InArena && buf.DType == dtype && buf.First >= 0 {
			ordered = append(ordered, buf)
		}
	}
	sort.SliceStable(ordered, func(i, j int) bool { return ordered[i].First < ordered[j].First })
	var find func(buf *Buffer) *span
	find = func(buf *Buffer) *span {
		if of[buf] == nil {
			if buf.Reuses != nil {
				of[buf] = find(buf.Reuses)
			} else {
				of[buf] = &span{first: buf.First, last: buf.Last}
				list = append(list, of[buf])
			}
			s := of[buf]
			s.buffers = append(s.buffers, buf)
			s.first, s.last = min(s.first, buf.First), max(s.last, buf.Last)
			s.size = max(s.size, (buf.Bound+align-1)/align*align)
		}
		return of[buf]
	}
	for _, buf := range ordered {
		find(buf)
	}
	return list
}

// lowest is the lowest offset where s overlaps none of the placed spans that
// live at the same time.
func lowest(s *span, placed []*span) int {
	var busy []*span
	for _, p := range placed {
		if p.first <= s.last && s.first <= p.last {
			busy = append(busy, p)
		}
	}
	sort.SliceStable(busy, func(i, j int) bool { return busy[i].buffers[0].Offset < busy[j].buffers[0].Offset })
	at := 0
	for _, p := range busy {
		if from := p.buffers[0].Offset; at+s.size <= from {
			break
		} else {
			at = max(at, from+p.size)
		}
	}
	return at
}
