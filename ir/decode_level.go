package ir

import (
	"strings"

	"github.com/gtc-lang/gtc/dsl"
)

// level is the graph that values are decoded in: the function's, or the body
// of a loop.
type level struct {
	*decoding
	outer *level
	loop  *loopDecoding // nil at the top
	done  map[formed]*Value
	fixed map[*Value]bool // depends on nothing that has positions
}

// formed is a value in a form.
type formed struct {
	v    *Value
	form string
}

func newLevel(x *decoding, outer *level) *level {
	return &level{decoding: x, outer: outer, done: map[formed]*Value{}, fixed: map[*Value]bool{}}
}

// get is a value in a form.
func (g *level) get(v *Value, f form) *Value {
	key := formed{v, f.key()}
	if w := g.done[key]; w != nil {
		return w
	}
	w := g.make(v, f)
	if w.Name == "" && !w.Is("leaf") {
		w.Like(v)
	}
	g.done[key] = w
	return w
}

func (g *level) make(v *Value, f form) *Value {
	if f.has(all) && !f.has(newest) && !g.isFixed(v) {
		return g.cached(v, f)
	}
	switch v.Op.Name {
	case "leaf":
		return g.leaf(v, f)
	case "view":
		return g.view(v, f)
	case "contract":
		return g.contract(v, f)
	case "gather":
		return g.gather(v, f)
	case "reshape":
		return g.reshape(v, f)
	case "iota":
		return g.iota(v, f)
	case "sum", "max", "min", "argmax":
		return g.reduce(v, f)
	case "loop":
		return g.loopOf(v)
	case "out":
		return g.out(v, f)
	case "const", "const_int", "const_bool":
		return v
	case "size":
		g.along(v, v.Attr.(*dsl.Size).Dim)
		if v.Attr.(*dsl.Size).Dim.Symbol() == g.t {
			g.fail(v, "the number of positions changes from call to call", "a mean over positions that are still to come cannot be decoded")
		}
		return v
	}
	if v.Op.Class == dsl.Elementwise {
		args := make([]*Value, len(v.Args))
		for i, a := range v.Args {
			args[i] = g.get(a, f)
		}
		return Make(v.Op, v.Attr, v.DType, g.shape(v, f), args...).Like(v)
	}
	if v.Op.Class == dsl.Random || len(f) == 0 || f.has(newest) {
		g.fail(v, "`"+v.Op.Name+"` cannot be computed a few positions at a time", "")
	}
	args := make([]*Value, len(v.Args))
	for i, a := range v.Args {
		args[i] = g.get(a, g.newest(a))
	}
	return v.With(args)
}

// isFixed reports whether a value depends on no input that has positions: it
// may be computed at all of them whenever it is wanted.
func (g *level) isFixed(v *Value) bool {
	if known, ok := g.fixed[v]; ok {
		return known
	}
	for _, w := range Order(v) {
		if _, ok := g.fixed[w]; ok {
			continue
		}
		fixed := true
		if l, ok := w.Attr.(*Leaf); ok {
			fixed = l.Kind != InputLeaf && (l.Kind != ParamLeaf || g.fixedParam(w))
		}
		for _, a := range w.Args {
			fixed = fixed && g.fixed[a]
		}
		g.fixed[w] = fixed
	}
	return g.fixed[v]
}

// leaf is a variable, a setting or a parameter of a loop's body.
func (g *level) leaf(v *Value, f form) *Value {
	if v.Attr.(*Leaf).Kind == ParamLeaf {
		return g.param(v, f)
	}
	if len(v.Shape) > 0 && (f.has(newest) || f.has(all)) {
		g.fail(v, "this input cannot be taken a few positions at a time", "")
	}
	return v
}

// iota counts from the first new position, or from the first of all.
func (g *level) iota(v *Value, f form) *Value {
	from := v.Attr.(*dsl.Offset)
	g.along(v, from.From)
	shape := g.shape(v, f)
	w := Typed("iota", from, shape)
	if f[0] == newest {
		w = New("add", nil, w, Broadcast(g.position, nil, shape))
	}
	return w.Like(v)
}

// cached is a value at all positions: those of earlier calls are in a variable,
// to which this call adds the new ones.
func (g *level) cached(v *Value, f form) *Value {
	axis := strings.IndexByte(f.key(), '0'+byte(all))
	if strings.Count(f.key(), string('0'+byte(all))) > 1 {
		g.fail(v, "a tensor with two axes of positions would be needed as a whole", "")
	}
	fresh := g.get(v, g.newest(v))
	shape := g.shape(v, f)
	bound := make([]dsl.Dim, len(shape))
	for k, d := range shape {
		bound[k] = dsl.N(d.Max())
	}
	old, keep := g.store(v, bound, ConstOf(v.DType, 0))
	now := View(old, dsl.Identity(len(shape)), shape)
	w := g.inserted(now, fresh, axis).Like(v)
	keep(View(w, dsl.Identity(len(shape)), bound))
	return w
}

// inserted is old with fresh in the place of the new positions along an axis.
func (g *level) inserted(old, fresh *Value, axis int) *Value {
	shape := old.Shape
	all := Typed("iota", &dsl.Offset{From: dsl.N(0)}, shape[axis:axis+1])
	place := shape[axis : axis+1]
	since := New("sub", nil, all, Broadcast(g.position, nil, place))
	last := New("sub", nil, New("size", &dsl.Size{Dim: g.n.Dim()}), ConstOf(Int, 1))
	zero := Fill(Int, 0, place)
	inside := New("and", nil, New("le", nil, zero, since), New("le", nil, since, Broadcast(last, nil, place)))
	at := New("maximum", nil, zero, New("minimum", nil, since, Broadcast(last, nil, place)))
	return New("where", nil, Broadcast(inside, []int{axis}, shape), taken(fresh, at, axis), old)
}

// taken is x at positions of one of its axes.
func taken(x, at *Value, axis int) *Value {
	order := []int{axis}
	back := make([]int, len(x.Shape))
	for k := range x.Shape {
		if k != axis {
			back[k] = len(order)
			order = append(order, k)
		}
	}
	return Transpose(New("gather", dsl.Batch(0), Transpose(x, order...), at), back...)
}

// store makes a variable of the decode block with a first value. It returns
// its version at the start of the call, and what sets the next one. In the
// body of a loop there is one for each iteration.
func (g *level) store(v *Value, shape []dsl.Dim, first *Value) (old *Value, keep func(*Value)) {
	if g.loop != nil {
		return g.loop.store(v, shape, first)
	}
	cache := &Var{Name: g.cacheName(v), Kind: CacheVar, DType: v.DType, Shape: shape, At: v.At, Train: g.name}
	g.l.prog.Vars = append(g.l.prog.Vars, cache)
	g.l.inits = append(g.l.inits, Update{Var: cache, Value: Broadcast(first, nil, shape)})
	leaf := NewLeaf(&Leaf{Kind: VarLeaf, Name: cache.Name, Var: cache}, v.DType, shape)
	return leaf, func(next *Value) { g.fn.Updates = append(g.fn.Updates, Update{Var: cache, Value: next}) }
}
