package ir

import "github.com/gtc-lang/gtc/dsl"

// loopDecoding is a loop on its way: the spec of the one that is made, what of
// the old one is needed, and the caches that its iterations keep.
type loopDecoding struct {
	spec   *LoopSpec
	old    *Loop
	args   []*Value
	caches []func(stacked *Value) // to be told what each stacked
	level  *level                 // outside of the loop
}

// out is a result of a loop.
func (g *level) out(v *Value, f form) *Value {
	loop := v.Args[0]
	if f.has(all) {
		g.fail(v, "a tensor with two axes of positions would be needed as a whole", "")
	}
	return Out(g.get(loop, nil), int(v.Attr.(Result))).Like(v)
}

// loopOf is a loop over layers, or a scan over the positions.
func (g *level) loopOf(v *Value) *Value {
	l := v.LoopOf()
	d := &loopDecoding{old: l, args: v.Args, level: g}
	d.spec = &LoopSpec{Trip: l.Trip, Reverse: l.Reverse, Label: l.Label, At: v.At, Index: BodyParam(l.Body.Params[0].Name, Int, nil)}
	if g.along(v, l.Trip) {
		return g.scan(v, d)
	}
	inner := newLevel(g.decoding, g)
	inner.loop = d
	inner.done[formed{l.Body.Params[0], ""}] = d.spec.Index
	for k := range l.Carried {
		p := l.Body.Params[1+k]
		f := g.newest(p)
		d.spec.Carry = append(d.spec.Carry, BodyParam(p.Name, p.DType, g.shape(p, f)).Like(p))
		inner.done[formed{p, f.key()}] = d.spec.Carry[k]
		d.spec.Init = append(d.spec.Init, g.get(v.Args[k], f))
	}
	for k, r := range l.Body.Results {
		w := inner.get(r, g.newest(r))
		if k < l.Carried {
			d.spec.Next = append(d.spec.Next, w)
		} else {
			d.spec.Stack = append(d.spec.Stack, w)
		}
	}
	return d.close(len(l.Body.Results))
}

// close makes the loop and keeps what its iterations cached, which is stacked
// after the results.
func (d *loopDecoding) close(results int) *Value {
	node := d.spec.Close()
	for k, keep := range d.caches {
		keep(Out(node, results+k))
	}
	return node
}

// store keeps a variable for each iteration, as rows of one.
func (d *loopDecoding) store(v *Value, shape []dsl.Dim, first *Value) (old *Value, keep func(*Value)) {
	rows, keepRows := d.level.store(v, append([]dsl.Dim{d.old.Trip}, shape...), first)
	row := BodyParam(v.Name, v.DType, shape)
	d.spec.Slice, d.spec.Sliced = append(d.spec.Slice, row), append(d.spec.Sliced, rows)
	return row, func(next *Value) {
		d.spec.Stack = append(d.spec.Stack, next)
		d.caches = append(d.caches, keepRows)
	}
}

// place is the number of a body's parameter among the loop's operands; -1 for
// the iteration's number.
func (d *loopDecoding) place(p *Value) int {
	for k, q := range d.old.Body.Params {
		if p == q {
			return k - 1
		}
	}
	return -1
}

// param is a parameter of a loop's body that is not carried: a row of an
// operand, or the whole of one.
func (g *level) param(p *Value, f form) *Value {
	d := g.loop
	k := d.place(p)
	switch l := d.old; {
	case k < l.Carried:
		g.fail(p, "this needs positions of another iteration", "")
	case k < l.Carried+l.Sliced:
		rows := g.outer.get(d.args[k], append(form{none}, f...))
		row := BodyParam(p.Name, p.DType, g.shape(p, f)).Like(p)
		d.spec.Slice, d.spec.Sliced = append(d.spec.Slice, row), append(d.spec.Sliced, rows)
		return row
	}
	return g.outer.get(d.args[k], f)
}

// fixedParam reports whether a parameter is fixed: what is carried is not.
func (g *level) fixedParam(p *Value) bool {
	k := g.loop.place(p)
	return k < 0 || k >= g.loop.old.Carried && g.outer.isFixed(g.loop.args[k])
}

// whole is the operand that a parameter of a body is, if it is one whole.
func (g *level) whole(p *Value) *Value {
	if p.Attr.(*Leaf).Kind != ParamLeaf || g.loop == nil {
		return nil
	}
	if k := g.loop.place(p); k >= g.loop.old.Carried+g.loop.old.Sliced {
		return g.loop.args[k]
	}
	return nil
}

// scan is a loop over the positions: it goes on from where the last call left
// it.
func (g *level) scan(v *Value, d *loopDecoding) *Value {
	l, s := d.old, d.spec
	if l.Reverse {
		g.fail(v, "a scan that runs backwards begins with positions that are still to come", "")
	}
	for _, w := range Order(l.Body.Results...) {
		if f := g.newest(w); f.has(newest) {
			g.fail(w, "a step of the scan looks at all positions", "use what the scan has seen so far")
		}
	}
	s.Trip = g.n.Dim()
	given := map[*Value]*Value{l.Body.Params[0]: New("add", nil, s.Index, g.position)}
	var keeps []func(*Value)
	for k := range l.Carried {
		p := l.Body.Params[1+k]
		s.Carry = append(s.Carry, BodyParam(p.Name, p.DType, p.Shape).Like(p))
		given[p] = s.Carry[k]
		left, keep := g.left(p)
		begin := Broadcast(New("le", nil, g.position, ConstOf(Int, 0)), nil, p.Shape)
		s.Init = append(s.Init, New("where", nil, begin, g.get(v.Args[k], g.newest(v.Args[k])), left))
		keeps = append(keeps, keep)
	}
	for k := l.Carried; k < len(v.Args); k++ {
		p, a := l.Body.Params[1+k], g.get(v.Args[k], g.newest(v.Args[k]))
		if k >= l.Carried+l.Sliced {
			given[p] = a
			continue
		}
		row := BodyParam(p.Name, p.DType, p.Shape).Like(p)
		s.Slice, s.Sliced = append(s.Slice, row), append(s.Sliced, a)
		given[p] = row
	}
	results := Inline(l.Body.Results, given)
	s.Next, s.Stack = results[:l.Carried], results[l.Carried:]
	node := s.Close()
	for k, keep := range keeps {
		keep(Out(node, k))
	}
	return node
}

// left is the state that the last call left a scan in.
func (g *level) left(p *Value) (*Value, func(*Value)) {
	bound := make([]dsl.Dim, len(p.Shape))
	for k, n := range p.Shape {
		bound[k] = dsl.N(n.Max())
	}
	old, keep := g.store(p, bound, ConstOf(p.DType, 0))
	return View(old, dsl.Identity(len(bound)), p.Shape), func(next *Value) {
		keep(View(next, dsl.Identity(len(bound)), bound))
	}
}
