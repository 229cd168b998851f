package ir

import "github.com/gtc-lang/gtc/dsl"

// view passes the positions of its result on to the axes that it reads them
// from. A fixed value that is read otherwise, such as a table of embeddings
// whose leading part is used, is computed at all positions, of which the new
// ones are taken.
func (g *level) view(v *Value, f form) *Value {
	x, m := v.Args[0], v.Attr.(*dsl.Positions).Map
	of, ok := g.through(x, m, f)
	if ok {
		return View(g.get(x, of), m, g.shape(v, f)).Like(v)
	}
	if !g.isFixed(v) {
		g.fail(v, "this reads other positions than its own", "what is computed for a position may depend on itself and, by a causal mask or a scan, on earlier ones")
	}
	return g.fromAll(v, f)
}

// through is the form of an operand that is read at a map: it fails when an
// axis of positions is read at anything but a result's position, or the other
// way round.
func (g *level) through(x *Value, m dsl.Map, f form) (form, bool) {
	of := make(form, len(x.Shape))
	for k, a := range m {
		i, plain := a.Plain()
		if g.along(x, x.Shape[k]) {
			if !plain || f[i] == none {
				return nil, false
			}
			of[k] = f[i]
			continue
		}
		for j, c := range a.Coef {
			if c != 0 && f[j] != none {
				return nil, false
			}
		}
	}
	return of, true
}

// fromAll is a fixed value: computed at all positions, of which the new ones
// are taken.
func (g *level) fromAll(v *Value, f form) *Value {
	wide := append(form(nil), f...)
	for k, u := range wide {
		if u == newest {
			wide[k] = all
		}
	}
	if v.Is("view") {
		x, m := v.Args[0], v.Attr.(*dsl.Positions).Map
		of := make(form, len(x.Shape))
		for k := range x.Shape {
			if g.along(x, x.Shape[k]) {
				of[k] = all
			}
		}
		w := View(g.get(x, of), m, g.shape(v, wide)).Like(v)
		for k, u := range f {
			if u == newest {
				w = taken(w, g.positions(), k)
			}
		}
		return w
	}
	g.fail(v, "this cannot be computed a few positions at a time", "")
	return nil
}

// positions are the new positions.
func (g *level) positions() *Value {
	shape := []dsl.Dim{g.n.Dim()}
	return New("add", nil, Typed("iota", &dsl.Offset{From: dsl.N(0)}, shape), Broadcast(g.position, nil, shape))
}

// contract takes the positions of its result from its operands; over an index
// that is summed it needs all of them.
func (g *level) contract(v *Value, f form) *Value {
	c := *v.Attr.(*dsl.Contraction)
	uses := make(form, len(c.Space))
	for k, a := range c.Out {
		if f[k] == none {
			continue
		}
		i, plain := a.Plain()
		if !plain {
			g.fail(v, "this reads other positions than its own", "")
		}
		uses[i] = f[k]
	}
	for k, d := range c.Space {
		if g.along(v, d) && uses[k] == none {
			uses[k] = all
			g.sums(v, &c, uses, k)
		}
	}
	args := make([]*Value, 2)
	for i, m := range []dsl.Map{c.A, c.B} {
		of, ok := g.through(v.Args[i], m, uses)
		if !ok {
			g.fail(v, "this reads other positions than its own", "")
		}
		args[i] = g.get(v.Args[i], of)
	}
	c.Space = g.dims(c.Space, uses)
	return Contract(args[0], args[1], &c, g.shape(v, f)).Like(v)
}

// sums fails unless what a contraction adds up along index k is 0 for
// positions after a new one.
func (g *level) sums(v *Value, c *dsl.Contraction, uses form, k int) {
	for i, m := range []dsl.Map{c.A, c.B} {
		late := axisOf(m, k)
		for q, u := range uses {
			early := axisOf(m, q)
			if u != newest || late < 0 || early < 0 {
				continue
			}
			if z, ok := g.after(v.Args[i], early, late); ok && z == 0 {
				return
			}
		}
	}
	g.acausal(v)
}

// axisOf is the axis that is read at exactly index k; -1 for none.
func axisOf(m dsl.Map, k int) int {
	for axis, a := range m {
		if i, plain := a.Plain(); plain && i == k {
			return axis
		}
	}
	return -1
}

func (g *level) acausal(v *Value) {
	g.fail(v, "this depends on positions that are still to come", "leave them out by a mask, such as where(j <= i, x, -inf) before a softmax over j")
}

// reduce reduces axes as they are, and over positions all of them.
func (g *level) reduce(v *Value, f form) *Value {
	x, gone := v.Args[0], v.Attr.(dsl.Axes)
	of, next := make(form, len(x.Shape)), 0
	for k := range x.Shape {
		if len(gone) > 0 && gone[0] == k {
			gone = gone[1:]
			if g.along(x, x.Shape[k]) {
				of[k] = all
			}
			continue
		}
		of[k] = f[next]
		next++
	}
	for k, u := range of {
		if u == all && !g.neutral(v, x, of, k) && !(f.has(all) && g.isFixed(v)) {
			g.acausal(v)
		}
	}
	return New(v.Op.Name, v.Attr, g.get(x, of)).Like(v)
}

// neutral reports whether an axis that is reduced holds what changes nothing
// at positions after a new one. Axes that are kept at all positions need none.
func (g *level) neutral(v, x *Value, of form, late int) bool {
	kept := true
	for _, k := range v.Attr.(dsl.Axes) {
		kept = kept && k != late
	}
	if kept {
		return true
	}
	want, ok := neutralOf[v.Op.Name]
	for early, u := range of {
		if u != newest || !ok {
			continue
		}
		if z, known := g.after(x, early, late); known && z == want {
			return true
		}
	}
	return false
}

// gather passes positions on; what is picked from has none in the axis that is
// picked along.
func (g *level) gather(v *Value, f form) *Value {
	x, at, batch := v.Args[0], v.Args[1], int(v.Attr.(dsl.Batch))
	ofX, ofAt := make(form, len(x.Shape)), append(form(nil), f[:len(at.Shape)]...)
	copy(ofX, f[:batch])
	copy(ofX[batch+1:], f[len(at.Shape):])
	if g.along(x, x.Shape[batch]) {
		g.fail(v, "this picks positions that are computed", "")
	}
	return New("gather", v.Attr, g.get(x, ofX), g.get(at, ofAt)).Like(v)
}

// reshape keeps an axis of positions whose place among the elements stays.
func (g *level) reshape(v *Value, f form) *Value {
	x := v.Args[0]
	of := make(form, len(x.Shape))
	for k := range x.Shape {
		if !g.along(x, x.Shape[k]) {
			continue
		}
		to := sameAxis(x.Shape, k, v.Shape)
		if to < 0 || f[to] == none {
			g.fail(v, "this mixes positions with other axes", "keep "+g.t.Name+" an axis of its own")
		}
		of[k] = f[to]
	}
	return Reshape(g.get(x, of), g.shape(v, f)).Like(v)
}

// sameAxis is the axis of the shape y that axis k of x is after a reshape; -1
// for none.
func sameAxis(x []dsl.Dim, k int, y []dsl.Dim) int {
	before, after := Volume(x[:k]), Volume(x[k+1:])
	for to := range y {
		if y[to].Equal(x[k]) && Volume(y[:to]).Equal(before) && Volume(y[to+1:]).Equal(after) {
			return to
		}
	}
	return -1
}
