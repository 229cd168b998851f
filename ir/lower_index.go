package ir

import (
	"github.com/gtc-lang/gtc/dsl"
)

// indexed is x[…]: slices, single positions, new axes, and at most one integer
// tensor of positions.
func (l *lowerer) indexed(s *scope, e *dsl.Index) thing {
	if l.space != nil {
		if t, ok := l.notationRead(s, e); ok {
			return t
		}
	}
	var whole thing
	if !l.attempt(func() { whole = l.expr(s, e.X) }) {
		l.namesOnly(func() { l.positions(s, e) })
		panic(bail{})
	}
	if many, ok := whole.(list); ok {
		return l.element(s, e, many)
	}
	x := &indexer{l: l, s: s, e: e, t: l.asTensor(whole, e.X)}
	for i, item := range l.expanded(e, len(x.t.ax)) {
		x.item(i, item)
	}
	for _, k := range x.fresh {
		x.t = newAxis(x.t, k)
	}
	return x.t
}

// positions reads the entries of an index by themselves.
func (l *lowerer) positions(s *scope, e *dsl.Index) {
	var list []dsl.Expr
	for _, item := range e.Items {
		switch {
		case item.Value != nil && !isNone(item):
			list = append(list, item.Value)
		case item.Range != nil:
			list = append(list, item.Range.Lo, item.Range.Hi)
		}
	}
	l.each(len(list), func(k int) {
		if list[k] != nil {
			l.expr(s, list[k])
		}
	})
}

func (l *lowerer) element(s *scope, e *dsl.Index, many list) thing {
	if len(e.Items) != 1 || e.Items[0].Value == nil {
		l.fail("GT0231", e, "a list has one index", "", "write "+e.X.Span().Text()+"[0] for its first value")
	}
	d := l.dim(s, e.Items[0].Value)
	k, ok := d.Const()
	if !ok {
		l.fail("GT0231", e.Items[0], "the index of a list is known at compile time", "this is "+d.String(), "")
	}
	if k < 0 || k >= len(many) {
		l.fail("GT0231", e.Items[0], "the index "+d.String()+" lies outside a list of "+plural(len(many), "value"), "", "indices run from 0 to one below the number of values")
	}
	return many[k]
}

// expanded replaces `...` by as many `:` as are missing.
func (l *lowerer) expanded(e *dsl.Index, rank int) []*dsl.IndexItem {
	used, dots := 0, 0
	for _, item := range e.Items {
		switch {
		case item.Ellipsis:
			dots++
		case !isNone(item):
			used++
		}
	}
	if used > rank || dots > 1 {
		l.fail("GT0231", e, "too many indices", "the tensor has "+axesText(rank), "")
	}
	var list []*dsl.IndexItem
	full := func(n int) {
		for ; n > 0; n-- {
			list = append(list, &dsl.IndexItem{Place: e.Place, Range: &dsl.Range{Place: e.Place}})
		}
	}
	for _, item := range e.Items {
		if item.Ellipsis {
			full(rank - used)
			continue
		}
		list = append(list, item)
	}
	if dots == 0 {
		full(rank - used)
	}
	return list
}

// N writes a small count.
func N(n int) string { return dsl.N(n).String() }

func isNone(item *dsl.IndexItem) bool {
	n, ok := item.Value.(*dsl.Name)
	return ok && n.Name == "none"
}

// indexer applies one entry after the other; axis is the next axis of t.
type indexer struct {
	l        *lowerer
	s        *scope
	e        *dsl.Index
	t        tensor
	axis     int
	fresh    []int
	gathered bool
}

func (x *indexer) item(_ int, item *dsl.IndexItem) {
	switch {
	case isNone(item):
		x.fresh = append(x.fresh, x.axis+len(x.fresh))
	case item.Range != nil:
		x.between(item.Range)
	case item.Value != nil:
		x.at(item)
	default:
		x.l.fail("GT0231", item, "this index belongs in index notation", "", "")
	}
}

func (x *indexer) between(r *dsl.Range) {
	size := x.t.v.Shape[x.axis]
	lo, hi := dsl.N(0), size
	if r.Lo != nil {
		lo = x.end(r.Lo, size)
	}
	if r.Hi != nil {
		hi = x.end(r.Hi, size)
	}
	x.inside(r, "the range "+r.At.Text(), lo, hi, size)
	x.t = slice(x.t, x.axis, lo, hi.Sub(lo), 1, "")
	x.axis++
}

// end is one end of a range; a negative one counts from the end of the axis.
func (x *indexer) end(e dsl.Expr, size dsl.Dim) dsl.Dim {
	d := x.l.dim(x.s, e)
	if n, ok := d.Const(); ok && n < 0 {
		return size.Add(d)
	}
	return d
}

// inside fails for positions from lo to hi, written as what says, that are not
// those of an axis.
func (x *indexer) inside(at dsl.Node, what string, lo, hi, size dsl.Dim) {
	low, _ := lo.Range()
	room, _ := size.Sub(hi).Range()
	if _, fixed := size.Const(); !fixed {
		_, room = size.Sub(hi).Range()
	}
	length, _ := hi.Sub(lo).Range()
	if _, fixed := hi.Sub(lo).Const(); !fixed {
		_, length = hi.Sub(lo).Range()
	}
	if low < 0 || room < 0 || length < 0 {
		x.l.fail("GT0232", at, what+" lies outside an axis of size "+nameSize(x.t.ax[x.axis], size), "this is "+x.t.String(), "indices run from 0 to one below the size; ranges are half open, and -1 is the last")
	}
}

// at is a single position, known now, the number of a scan's iteration, or a
// tensor of positions.
func (x *indexer) at(item *dsl.IndexItem) {
	v := x.l.expr(x.s, item.Value)
	if d, ok := sizeOf(v); ok {
		size := x.t.v.Shape[x.axis]
		if n, fixed := d.Const(); fixed && n < 0 {
			d = size.Add(d)
		}
		x.inside(item, "the index "+item.At.Text(), d, d.Add(dsl.N(1)), size)
		x.t = x.pick(d)
		return
	}
	at := x.l.asTensor(v, item)
	if at.v.DType != Int {
		x.l.fail("GT0205", item, "an index is a whole number or an integer tensor", "this is "+at.String(), "")
	}
	if x.gathered {
		x.l.fail("GT0231", item, "only one index can be a tensor", "", "")
	}
	x.gathered = len(at.ax) > 0
	if st := x.l.fn.scan; st != nil && len(at.ax) == 0 && !st.placed {
		st.place, st.placed = x.axis, true
	}
	x.gather(at)
}

// pick drops the axis at a fixed position.
func (x *indexer) pick(d dsl.Dim) tensor {
	shape := append(append([]dsl.Dim(nil), x.t.v.Shape[:x.axis]...), x.t.v.Shape[x.axis+1:]...)
	m := make(dsl.Map, len(x.t.ax))
	for k := range m {
		switch {
		case k < x.axis:
			m[k] = dsl.Along(len(shape), k)
		case k == x.axis:
			m[k] = dsl.Fixed(len(shape), d)
		default:
			m[k] = dsl.Along(len(shape), k-1)
		}
	}
	return tensor{v: View(x.t.v, m, shape), ax: dropAxes(x.t.ax, axisSet{x.axis})}
}

// gather reads rows of the axis at the positions. Leading axes that positions
// and tensor have in common are shared.
func (x *indexer) gather(at tensor) {
	shared := 0
	for shared < x.axis && shared < len(at.ax) && x.t.v.Shape[shared].Equal(at.v.Shape[shared]) &&
		(x.t.ax[shared] == at.ax[shared] || x.t.ax[shared] == "" || at.ax[shared] == "") {
		shared++
	}
	order := append(upTo(shared), x.axis)
	for k := range x.t.ax {
		if k >= shared && k != x.axis {
			order = append(order, k)
		}
	}
	out := New("gather", dsl.Batch(shared), Transpose(x.t.v, order...), at.v)
	out.At = x.l.placed(x.e.At)
	picks, between := len(at.ax)-shared, x.axis-shared
	ax := append([]string(nil), at.ax...)
	for _, k := range order[shared+1:] {
		ax = append(ax, x.t.ax[k])
	}
	perm := upTo(shared)
	for k := 0; k < between; k++ {
		perm = append(perm, shared+picks+k)
	}
	for k := 0; k < picks; k++ {
		perm = append(perm, shared+k)
	}
	for k := shared + picks + between; k < len(ax); k++ {
		perm = append(perm, k)
	}
	placed := make([]string, len(ax))
	for i, k := range perm {
		placed[i] = ax[k]
	}
	x.t = tensor{v: Transpose(out, perm...), ax: uniqueLabels(placed)}
	x.axis += picks
}
