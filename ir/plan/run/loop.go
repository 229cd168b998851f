package run

import (
	"fmt"
	"math"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/plan"
)

var neutral = map[plan.Mode]float64{plan.Add: 0, plan.Max: math.Inf(-1), plan.Min: math.Inf(1)}

func combine(mode plan.Mode, a, b float64) float64 {
	switch mode {
	case plan.Add:
		return a + b
	case plan.Max:
		return math.Max(a, b)
	case plan.Min:
		return math.Min(a, b)
	}
	return b
}

// nest is a loop while it runs.
type nest struct {
	*machine
	loop   *plan.Loop
	split  bool // partial sums are in use
	chunk  int
	locals []float64
	regs   []float64
	index  []int
}

func (m *machine) loop(l *plan.Loop) {
	n := &nest{machine: m, loop: l, locals: poisoned(len(l.Locals))}
	chunks, size := 1, 0
	if a := l.Split.Axis; a >= 0 {
		size = l.Space[a].At(m.Sizes)
		chunks = max(1, min(l.Split.Max, size, m.Chunks))
	}
	n.split = chunks > 1
	n.accumulated(func(w *plan.Write) { n.fill(w, chunks) })
	for n.chunk = chunks - 1; n.chunk >= 0; n.chunk-- {
		n.rows(n.chunk*size/chunks, (n.chunk+1)*size/chunks)
	}
	if n.split {
		n.accumulated(func(w *plan.Write) { n.fold(w, chunks) })
	}
}

func (n *nest) accumulated(f func(w *plan.Write)) {
	for _, s := range n.loop.Stages {
		for i := range s.Writes {
			if s.Writes[i].Mode != plan.Store {
				f(&s.Writes[i])
			}
		}
	}
}

func (n *nest) fill(w *plan.Write, chunks int) {
	for i := 0; i < n.size(w.To.Shape); i++ {
		n.set(w.To.Buffer, i, neutral[w.Mode])
	}
	if n.split && w.Partial != nil {
		x := n.memory(w.Partial)[:chunks*n.size(w.To.Shape)]
		for i := range x {
			x[i] = neutral[w.Mode]
		}
	}
}

func (n *nest) fold(w *plan.Write, chunks int) {
	if w.Partial == nil {
		return
	}
	size := n.size(w.To.Shape)
	for c := 0; c < chunks; c++ {
		for i := 0; i < size; i++ {
			n.set(w.To.Buffer, i, combine(w.Mode, n.memory(w.To.Buffer)[i], n.memory(w.Partial)[c*size+i]))
		}
	}
}

// rows runs the nest for a part of the split axis.
func (n *nest) rows(lo, hi int) {
	shape := n.shape(n.loop.Space)
	each(shape, func(row []int) {
		if a := n.loop.Split.Axis; n.split && (row[a] < lo || row[a] >= hi) {
			return
		}
		for i := range n.locals {
			n.locals[i] = math.NaN()
		}
		for _, s := range n.loop.Stages {
			n.stage(s, row)
		}
	})
}

func (n *nest) stage(s *plan.Stage, row []int) {
	if len(s.Keeps) > 0 && len(s.Inner) > 0 {
		panic("a kept value inside of a row")
	}
	best := make([]float64, len(s.Reduces))
	inner := n.shape(s.Inner)
	for _, r := range s.Reduces {
		n.locals[r.Local] = map[string]float64{"max": math.Inf(-1), "min": math.Inf(1)}[r.Op]
	}
	position := 0
	each(inner, func(in []int) {
		n.index = append(append([]int(nil), row...), in...)
		n.regs = n.regs[:0]
		for i := range s.Body {
			n.regs = append(n.regs, n.instr(&s.Body[i]))
		}
		for i := range s.Writes {
			n.write(&s.Writes[i])
		}
		for i, r := range s.Reduces {
			n.reduce(r, n.value(r.Value), position, &best[i])
		}
		for _, k := range s.Keeps {
			n.locals[k.Local] = n.value(k.Value)
		}
		position++
	})
}

func (n *nest) reduce(r plan.Reduce, x float64, position int, best *float64) {
	l := &n.locals[r.Local]
	switch r.Op {
	case "sum":
		*l += x
	case "max":
		*l = math.Max(*l, x)
	case "min":
		*l = math.Min(*l, x)
	case "argmax":
		if position == 0 || x > *best || math.IsNaN(x) && !math.IsNaN(*best) {
			*best, *l = x, float64(position)
		}
	}
}

func (n *nest) value(o plan.Operand) float64 {
	switch o.Kind {
	case plan.OfConst:
		return o.Const
	case plan.OfLocal:
		return n.locals[o.Index]
	}
	return n.regs[o.Index]
}

func (n *nest) inside(guards []plan.Guard) bool {
	for _, g := range guards {
		if p, whole := g.Pos.At(n.index, n.Sizes); !whole || p < 0 || p >= g.Size.At(n.Sizes) {
			return false
		}
	}
	return true
}

// position is the row-major position of an access; guards hold.
func (n *nest) position(a *plan.Access) int {
	flat := 0
	for k, m := range a.Map {
		p, whole := m.At(n.index, n.Sizes)
		for _, pick := range a.Picks {
			if pick.Axis == k {
				p = int(n.value(pick.At))
			}
		}
		size := a.Shape[k].At(n.Sizes)
		if !whole || p < 0 || p >= size {
			panic(fmt.Sprintf("position %d of %d along axis %d", p, size, k))
		}
		flat = flat*size + p
	}
	return flat
}

func (n *nest) instr(in *plan.Instr) float64 {
	if in.Access != nil && !n.inside(in.Access.Guards) {
		return 0
	}
	switch in.Op {
	case "guard":
		return n.value(in.Args[0])
	case "read":
		x := n.memory(in.Access.Buffer)[n.position(in.Access)]
		if in.DType != ir.Float && math.IsNaN(x) {
			panic("read of " + in.Access.Buffer.Name + ", which holds nothing")
		}
		return x
	case "iota":
		return float64(n.position(in.Access) + in.From.At(n.Sizes))
	case "size":
		return float64(in.Size.At(n.Sizes))
	case "uniform", "normal":
		return n.draw(in)
	}
	args := make([]float64, len(in.Args))
	for i, a := range in.Args {
		args[i] = n.value(a)
	}
	return dsl.OpNamed(in.Op).Point(args)
}

func (n *nest) draw(in *plan.Instr) float64 {
	at := n.position(in.Access)
	call := &dsl.OpCall{Attr: in.Draw, Shape: []int{at + 1}, Seed: n.Seed}
	for _, a := range in.Args {
		call.Args = append(call.Args, dsl.Tensor{Data: []float64{n.value(a)}})
	}
	return dsl.OpNamed(in.Op).Eval(call).Data[at]
}

func (n *nest) write(w *plan.Write) {
	if !n.inside(w.To.Guards) {
		return
	}
	at, x := n.position(&w.To), n.value(w.Value)
	if n.split && w.Partial != nil {
		at += n.chunk * n.size(w.To.Shape)
		p := n.memory(w.Partial)
		p[at] = combine(w.Mode, p[at], x)
		return
	}
	if w.Mode != plan.Store {
		x = combine(w.Mode, n.memory(w.To.Buffer)[at], x)
	}
	n.set(w.To.Buffer, at, x)
}
