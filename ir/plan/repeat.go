package plan

import (
	"github.com/gtc-lang/gtc/ir"
)

// emitRepeat plans a loop's body. Its parameters are bound to memory: the
// state to the buffers that the first values were copied to, slices and
// stacked results to rows of tensors outside.
func (g *graph) emitRepeat(u *unit, v *ir.Value) *Repeat {
	l := v.LoopOf()
	body := &graph{builder: g.builder, depth: g.depth + 1, params: map[*ir.Value]*Buffer{}}
	index := g.buffer(l.Body.Params[0], nameOr(l.Body.Params[0], "i"), &Buffer{Storage: InScalar, depth: body.depth})
	results := body.bind(g, v, index)
	for k, r := range results {
		name, to := nameOf(r), (*Buffer)(nil)
		switch {
		case k < l.Carried:
			if to = g.homes[v.Args[k]]; body.params[r] == to {
				continue
			}
		case g.stackOf(v, k) != nil:
			of := g.stackOf(v, k)
			to = g.buffer(r, name+"_row", &Buffer{Storage: InRow, Of: of, Iter: index, Stride: ir.Volume(r.Shape), depth: body.depth})
		default:
			continue
		}
		body.roots = append(body.roots, &root{value: r, to: to, update: k < l.Carried})
	}
	rep := &Repeat{Trip: l.Trip, Reverse: l.Reverse, Label: l.Label, Index: index, Steps: body.plan()}
	g.touchRepeat(u, v, body)
	return rep
}

func nameOr(v *ir.Value, name string) string {
	if v.Name != "" {
		return v.Name
	}
	return name
}

// stackOf is where a loop stacks its result k; nil when nobody asks for it.
func (g *graph) stackOf(v *ir.Value, k int) *Buffer {
	for _, o := range g.values {
		if o.Is("out") && o.Args[0] == v && int(o.Attr.(ir.Result)) == k {
			return g.homes[o]
		}
	}
	return nil
}

// bind copies the body with parameters of this graph, and returns its results.
func (body *graph) bind(g *graph, v *ir.Value, index *Buffer) []*ir.Value {
	l := v.LoopOf()
	given := map[*ir.Value]*ir.Value{}
	for k, p := range l.Body.Params {
		q := ir.BodyParam(p.Name, p.DType, p.Shape)
		q.At = p.At
		given[p] = q
		if k == 0 {
			body.params[q] = index
			continue
		}
		a := v.Args[k-1]
		x, splat := a.Splat()
		switch k--; {
		case k < l.Carried:
			body.params[q] = g.homes[a]
		case splat:
			given[p] = ir.Fill(p.DType, x, p.Shape)
		case k < l.Carried+l.Sliced:
			r := rowsOf(a)
			body.params[q] = g.buffer(q, nameOr(q, nameOf(a)), &Buffer{Storage: InRow, Of: g.home(r.of),
				Iter: index, Stride: r.stride, Base: r.base, depth: body.depth})
		default:
			body.params[q] = g.home(a)
		}
	}
	return ir.Inline(l.Body.Results, given)
}

// touchRepeat notes what the loop uses from outside of its body.
func (g *graph) touchRepeat(u *unit, v *ir.Value, body *graph) {
	l := v.LoopOf()
	for k := 0; k < l.Carried; k++ {
		u.touches = append(u.touches, touch{buffer: g.homes[v.Args[k]], write: true})
	}
	for _, inner := range body.units {
		for _, t := range inner.touches {
			if t.buffer.Storage == InRow && t.buffer.depth > g.depth {
				t.buffer = t.buffer.Of
			}
			if t.buffer.depth <= g.depth {
				u.touches = append(u.touches, touch{buffer: t.buffer, write: t.write, old: t.old})
			}
		}
	}
}

// conflicts finds variables and carried state that cannot be written where
// their next value is computed, because the old one is still to be read; it
// orders the readers before the writer otherwise.
func (g *graph) conflicts() bool {
	found := false
	for _, r := range g.roots {
		if !r.update {
			continue
		}
		w := g.unit(r.final)
		for _, u := range g.units {
			if !u.readsOld(r.to) {
				continue
			}
			if u == w && !u.inPlace(r.to) || u != w && g.needs(u, w) {
				g.detour(r)
				found = true
				break
			}
			if u != w {
				w.deps[u] = true
			}
		}
	}
	return found
}

// detour has a root computed in memory of its own first, and copied from there
// when everybody has read the old version.
func (g *graph) detour(r *root) {
	r.copied = true
	if base(r.value).Is("leaf") {
		r.value = copyOf(r.value)
	}
	g.keep(r.value)
}

func (u *unit) readsOld(b *Buffer) bool {
	for _, t := range u.touches {
		if t.buffer == b && t.old {
			return true
		}
	}
	return false
}

// inPlace reports whether a loop reads each element of the old version before
// it writes the new one there, and never after.
func (u *unit) inPlace(b *Buffer) bool {
	var write *touch
	for i, t := range u.touches {
		if t.buffer == b && t.write {
			write = &u.touches[i]
		}
	}
	if write == nil || write.access == nil || write.mode != Store {
		return false
	}
	for _, t := range u.touches {
		if t.buffer == b && t.old && !t.before(write) {
			return false
		}
	}
	return true
}

// before reports whether a read sees only elements that the write, at each
// point of the nest, has yet to overwrite there or in a row not yet begun.
func (t *touch) before(w *touch) bool {
	return t.access != nil && t.stage <= w.stage && t.inner == w.inner && sameAccess(t.access, w.access)
}

// sameAccess reports whether two accesses without guards or picks go to the
// same element.
func sameAccess(a, b *Access) bool {
	if len(a.Guards)+len(b.Guards)+len(a.Picks)+len(b.Picks) > 0 || len(a.Map) != len(b.Map) || !ir.SameShape(a.Shape, b.Shape) {
		return false
	}
	for k := range a.Map {
		if !a.Map[k].Equal(b.Map[k]) {
			return false
		}
	}
	return true
}
