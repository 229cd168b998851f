package ir

import (
	"math"

	"github.com/gtc-lang/gtc/dsl"
)

// space is the iteration space of index notation: every tensor in it has one
// axis for each index, in order.
type space struct {
	names []string
	dims  []dsl.Dim
	ax    []string // the label an index took from the axis it followed
}

func (p *space) find(name string) int {
	for k, n := range p.names {
		if n == name {
			return k
		}
	}
	return -1
}

// notation is `y[b, o, i in 0..h] = …`: the value over the free indices.
func (l *lowerer) notation(s *scope, t *dsl.Target, value dsl.Expr) thing {
	outer := l.space
	defer func() { l.space = outer }()
	l.space = &space{}
	l.extend(s, t.Indices, value)
	p := l.space
	out := l.asTensor(l.expr(l.indexScope(s), value), value)
	where, err := align(tensor{v: out.v, ax: out.ax}, tensor{v: &Value{Shape: p.dims}, ax: p.names})
	if err != nil {
		l.fail("GT0243", value, "the value does not run over the free indices: "+err.Error(), "", "")
	}
	v := Broadcast(out.v, where, p.dims)
	v.named(t.Name)
	return tensor{v: v, ax: uniqueLabels(append([]string(nil), p.ax...))}
}

// indexScope makes the indices readable as numbers.
func (l *lowerer) indexScope(s *scope) *scope {
	inner := newScope(s)
	p := l.space
	for k, name := range p.names {
		v := Broadcast(Typed("iota", &dsl.Offset{}, []dsl.Dim{p.dims[k]}), []int{k}, p.dims)
		inner.names[name] = &binding{value: tensor{v: v, ax: p.names}, used: true}
	}
	return inner
}

// extend adds indices to the space; ranges that are not written follow from a
// bare use.
func (l *lowerer) extend(s *scope, vars []*dsl.IndexVar, body dsl.Expr) {
	good := true
	next := &space{names: append([]string(nil), l.space.names...), dims: append([]dsl.Dim(nil), l.space.dims...), ax: append([]string(nil), l.space.ax...)}
	for _, v := range vars {
		if next.find(v.Name.Name) >= 0 {
			l.fail("GT0233", v, "the index "+quote(v.Name.Name)+" stands twice", "", "")
		}
		d, label := dsl.N(1), ""
		good = l.attempt(func() { d, label = l.rangeOf(s, v, body) }) && good
		next.names, next.dims, next.ax = append(next.names, v.Name.Name), append(next.dims, d), append(next.ax, label)
	}
	l.space = next
	if !good {
		l.namesOnly(func() { l.expr(l.indexScope(s), body) })
		panic(bail{})
	}
}

func (l *lowerer) rangeOf(s *scope, v *dsl.IndexVar, body dsl.Expr) (dsl.Dim, string) {
	if v.Range != nil {
		if lo := l.dim(s, v.Range.Lo); !lo.Is(0) {
			l.fail("GT0233", v.Range, "the range of an index starts at 0", "this one at "+lo.String(), "add the start where the index is used")
		}
		return l.dim(s, v.Range.Hi), labelOf(v.Range.Hi)
	}
	var d dsl.Dim
	label, found := "", false
	l.bareUses(s, body, v.Name.Name, func(at dsl.Node, size dsl.Dim, ax string) {
		if found && !d.Equal(size) {
			l.fail("GT0233", at, "the index "+quote(v.Name.Name)+" runs over "+nameSize(label, d)+" and over "+nameSize(ax, size), "", "the axes of one index are the same dimension; write a range for it")
		}
		if !found || label == "" {
			label = ax
		}
		d, found = size, true
	})
	if !found {
		l.fail("GT0233", v, "the range of "+quote(v.Name.Name)+" is not known", "", "use it bare in an operand, or write "+v.Name.Name+" in 0..n")
	}
	return d, label
}

// bareUses calls f for every operand axis that the name indexes by itself.
func (l *lowerer) bareUses(s *scope, e dsl.Node, name string, f func(at dsl.Node, size dsl.Dim, label string)) {
	switch e := e.(type) {
	case *dsl.Paren:
		l.bareUses(s, e.X, name, f)
	case *dsl.Unary:
		l.bareUses(s, e.X, name, f)
	case *dsl.Binary:
		l.bareUses(s, e.X, name, f)
		l.bareUses(s, e.Y, name, f)
	case *dsl.Call:
		for _, a := range e.Args {
			l.bareUses(s, a.Value, name, f)
		}
	case *dsl.If:
		for _, b := range []dsl.Node{e.Then, e.Else} {
			if block, ok := b.(*dsl.Block); ok && block != nil && len(block.Stmts) == 1 {
				if st, ok := block.Stmts[0].(*dsl.ExprStmt); ok {
					l.bareUses(s, st.X, name, f)
				}
			}
		}
	case *dsl.Index:
		l.bareIndex(s, e, name, f)
	}
}

func (l *lowerer) bareIndex(s *scope, e *dsl.Index, name string, f func(at dsl.Node, size dsl.Dim, label string)) {
	for k, item := range e.Items {
		if n, ok := item.Value.(*dsl.Name); ok && n.Name == name {
			t := l.operand(s, e)
			f(item, t.v.Shape[k], t.ax[k])
		}
	}
}

// notationRead is a read in index notation, over the whole space.
func (l *lowerer) notationRead(s *scope, e *dsl.Index) (tensor, bool) {
	t, m, ok := l.readMap(s, e)
	if !ok {
		return tensor{}, false
	}
	return tensor{v: View(t.v, m, l.space.dims), ax: l.space.names}, true
}

// readMap is the operand and the positions of a read, or false when e does not
// use the indices of the space.
func (l *lowerer) readMap(s *scope, e *dsl.Index) (tensor, dsl.Map, bool) {
	uses := false
	for _, item := range e.Items {
		uses = uses || item.Value != nil && l.mentions(item.Value)
	}
	if !uses {
		return tensor{}, nil, false
	}
	var t tensor
	m := make(dsl.Map, len(e.Items))
	l.each(1+len(e.Items), func(k int) {
		if k == 0 {
			t = l.operand(s, e)
		} else if at := e.Items[k-1].Value; at != nil {
			m[k-1] = l.affine(s, at)
		}
	})
	for _, item := range e.Items {
		if item.Value == nil {
			l.fail("GT0243", item, "index notation names every axis", "this is "+t.String(), "write an index, or a fixed position, for each axis")
		}
	}
	return t, m, true
}

// operand is what is read in index notation: an index for each axis.
func (l *lowerer) operand(s *scope, e *dsl.Index) tensor {
	p := l.space
	defer func() { l.space = p }()
	l.space = nil
	t := l.tensorOf(s, e.X)
	if len(e.Items) != len(t.ax) {
		l.fail("GT0243", e, "index notation names every axis", "this is "+t.String(), "write an index, or a fixed position, for each axis")
	}
	return t
}

func (l *lowerer) mentions(e dsl.Expr) bool {
	switch e := e.(type) {
	case *dsl.Name:
		return l.space.find(e.Name) >= 0
	case *dsl.Paren:
		return l.mentions(e.X)
	case *dsl.Unary:
		return l.mentions(e.X)
	case *dsl.Binary:
		return l.mentions(e.X) || l.mentions(e.Y)
	}
	return false
}

// affine reads a position: sums of indices times constants, and sizes.
func (l *lowerer) affine(s *scope, e dsl.Expr) dsl.Affine {
	rank := len(l.space.names)
	if !l.mentions(e) {
		return dsl.Fixed(rank, l.dim(s, e))
	}
	switch e := e.(type) {
	case *dsl.Name:
		return dsl.Along(rank, l.space.find(e.Name))
	case *dsl.Paren:
		return l.affine(s, e.X)
	case *dsl.Unary:
		if e.Op == "-" {
			return scaled(l.affine(s, e.X), -1)
		}
	case *dsl.Binary:
		return l.affineBinary(s, e)
	}
	l.fail("GT0244", e, "a position is a sum of indices, each times a constant, and sizes", "", "such as x[2*i + u - 1]; an int tensor of positions is used without index notation: x[tok]")
	return dsl.Affine{}
}

func (l *lowerer) affineBinary(s *scope, e *dsl.Binary) dsl.Affine {
	switch {
	case e.Op == "+" || e.Op == "-":
		a, b := l.affine(s, e.X), l.affine(s, e.Y)
		if e.Op == "-" {
			b = scaled(b, -1)
		}
		for k := range a.Coef {
			a.Coef[k] += b.Coef[k]
		}
		a.Const = a.Const.Add(b.Const)
		return a
	case e.Op == "*" && !l.mentions(e.X):
		if n, ok := l.dim(s, e.X).Const(); ok && n > -1<<20 && n < 1<<20 {
			return scaled(l.affine(s, e.Y), n)
		}
	case e.Op == "*" && !l.mentions(e.Y):
		if n, ok := l.dim(s, e.Y).Const(); ok && n > -1<<20 && n < 1<<20 {
			return scaled(l.affine(s, e.X), n)
		}
	}
	l.fail("GT0244", e, "a position is a sum of indices, each times a constant, and sizes", "", "such as x[2*i + u - 1]; an int tensor of positions is used without index notation: x[tok]")
	return dsl.Affine{}
}

func scaled(a dsl.Affine, n int) dsl.Affine {
	for k := range a.Coef {
		a.Coef[k] *= n
	}
	a.Const = a.Const.Mul(dsl.N(n))
	return a
}

// notationReduce is sum[d](…) and its kin in index notation.
func (l *lowerer) notationReduce(s *scope, e *dsl.Call, ix *dsl.Index) thing {
	name, ok := ix.X.(*dsl.Name)
	if !ok || !reducible[name.Name] || l.space == nil || len(e.Args) != 1 || e.Args[0].Name != nil {
		l.fail("GT0245", ix, "sum[…](…), mean, max, min and prod over indices stand in index notation", "", "write y[i, j] = sum[k](…)")
	}
	outer := l.space
	defer func() { l.space = outer }()
	var vars []*dsl.IndexVar
	for _, item := range ix.Items {
		vars = append(vars, l.reducedIndex(item))
	}
	body := e.Args[0].Value
	l.extend(s, vars, body)
	v := l.reduceOver(s, name.Name, body, len(outer.names))
	v.At = l.placed(e.At)
	return tensor{v: v, ax: outer.names}
}

var reducible = map[string]bool{"sum": true, "mean": true, "max": true, "min": true, "prod": true}

func (l *lowerer) reducedIndex(item *dsl.IndexItem) *dsl.IndexVar {
	if item.Bind != nil {
		return item.Bind
	}
	if n, ok := item.Value.(*dsl.Name); ok {
		return &dsl.IndexVar{Place: n.Place, Name: &dsl.Ident{Place: n.Place, Name: n.Name}}
	}
	l.fail("GT0245", item, "an index is a name, or name in 0..n", "", "write sum[k](…) or sum[k in 0..3](…)")
	return nil
}

// reduceOver reduces the axes of the space from keep on. A product of two
// reads under sum is a contraction.
func (l *lowerer) reduceOver(s *scope, name string, body dsl.Expr, keep int) *Value {
	if name == "sum" {
		if v := l.contraction(s, body, keep); v != nil {
			return v
		}
	}
	p := l.space
	term := l.asTensor(l.expr(l.indexScope(s), body), body)
	if term.v.DType != Float {
		term.v = cast(term.v, Float)
	}
	where, err := align(term, tensor{v: &Value{Shape: p.dims}, ax: p.names})
	if err != nil {
		l.fail("GT0243", body, "a term in index notation is a number for each index: "+err.Error(), "", "name every axis of its operands by indices")
	}
	full := Broadcast(term.v, where, p.dims)
	inside := l.allInside(s, body)
	axes := dsl.Axes(upTo(len(p.names))[keep:])
	return l.masked(name, full, inside, axes, body)
}

func (l *lowerer) masked(name string, x, inside *Value, axes dsl.Axes, at dsl.Node) *Value {
	neutral := map[string]float64{"max": math.Inf(-1), "min": math.Inf(1), "prod": 1}[name]
	if inside != nil {
		x = New("where", nil, inside, x, Fill(Float, neutral, x.Shape))
	}
	switch name {
	case "sum", "max", "min":
		return Reduce(name, x, axes)
	case "prod":
		call := &builtinCall{l: l, at: at, name: "prod"}
		return call.product(tensor{v: x, ax: make([]string, len(x.Shape))}, axisSet(axes)).v
	}
	total := Reduce("sum", x, axes)
	if inside == nil {
		n := dsl.N(1)
		for _, k := range axes {
			n = n.Mul(x.Shape[k])
		}
		return New("div", nil, total, Broadcast(SizeOf(n), nil, total.Shape))
	}
	return New("div", nil, total, Reduce("sum", cast(inside, Float), axes))
}

// allInside is true where every read of the term lies inside its operand; nil
// when all reads always do.
func (l *lowerer) allInside(s *scope, e dsl.Node) *Value {
	var all *Value
	l.reads(s, e, func(t tensor, m dsl.Map) {
		if m.Inside(l.space.dims, t.v.Shape) {
			return
		}
		in := View(Fill(Bool, 1, t.v.Shape), m, l.space.dims)
		if all == nil {
			all = in
		} else {
			all = New("and", nil, all, in)
		}
	})
	return all
}

func (l *lowerer) reads(s *scope, e dsl.Node, f func(t tensor, m dsl.Map)) {
	switch e := e.(type) {
	case *dsl.Paren:
		l.reads(s, e.X, f)
	case *dsl.Unary:
		l.reads(s, e.X, f)
	case *dsl.Binary:
		l.reads(s, e.X, f)
		l.reads(s, e.Y, f)
	case *dsl.Call:
		if _, nested := e.Fn.(*dsl.Index); nested {
			return // a reduction inside leaves its own terms out
		}
		for _, a := range e.Args {
			l.reads(s, a.Value, f)
		}
	case *dsl.Index:
		if t, m, ok := l.readMap(s, e); ok {
			f(t, m)
		}
	}
}

// contraction recognises A[…] * B[…].
func (l *lowerer) contraction(s *scope, body dsl.Expr, keep int) *Value {
	for {
		p, ok := body.(*dsl.Paren)
		if !ok {
			break
		}
		body = p.X
	}
	b, ok := body.(*dsl.Binary)
	if !ok || b.Op != "*" {
		return nil
	}
	x, okx := b.X.(*dsl.Index)
	y, oky := b.Y.(*dsl.Index)
	if !okx || !oky {
		return nil
	}
	t, m, okx := l.readMap(s, x)
	u, n, oky := l.readMap(s, y)
	if !okx || !oky {
		return nil
	}
	p := l.space
	c := &dsl.Contraction{Space: p.dims, A: m, B: n, Out: dsl.Project(len(p.dims), upTo(keep)...)}
	return Contract(cast(t.v, Float), cast(u.v, Float), c, p.dims[:keep])
}
