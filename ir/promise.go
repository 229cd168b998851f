package ir

import "github.com/gtc-lang/gtc/dsl"

// promised is what a call gives whose body is wrong: a stand-in of the shape
// that the declaration says, so that mistakes in what is made of it are told
// too; poison where the declaration does not say, or where what is given does
// not fit, since the declaration may not be what is wrong then. A model is the
// exception: its result is by its declaration alone, whoever calls it.
func (k *binder) promised(fits bool) thing {
	want := k.decl.Result
	if want == nil || want.Shape == nil || !fits && k.decl.Kind != dsl.Model {
		panic(bail{})
	}
	var shape []dsl.Dim
	var ax []string
	open := false // an axis is not said
	for _, a := range want.Shape.Axes {
		switch {
		case a.Ellipsis && k.known:
			shape, ax = append(shape, k.rest...), append(ax, make([]string, len(k.rest))...)
		case a.Ellipsis || a.Wildcard:
			open = true
		default:
			shape, ax = append(shape, k.l.dim(k.scope, a.Size)), append(ax, labelOf(a.Size))
		}
	}
	if open {
		panic(bail{})
	}
	kind := map[string]DType{"int": Int, "bool": Bool}[want.Elem]
	v := BodyParam(k.decl.Name.Name, kind, shape)
	k.l.promises[v] = true
	return tensor{v: v, ax: k.returned(uniqueLabels(ax))}
}

// doubtful reports whether values depend on a stand-in, and so not on all that
// they would depend on in a right program.
func (l *lowerer) doubtful(roots ...*Value) bool {
	for _, v := range Order(roots...) {
		if l.promises[v] {
			return true
		}
		if loop, ok := v.Attr.(*Loop); ok && l.doubtful(loop.Body.Results...) {
			return true
		}
	}
	return false
}

// unbound makes the names poison that the shape of an input that is wrong
// would have bound.
func (k *binder) unbound(formal *dsl.Param) {
	if formal.Type == nil || formal.Type.Shape == nil {
		return
	}
	for _, a := range formal.Type.Shape.Axes {
		if label := labelOf(a.Size); label != "" && !k.decided(label) {
			k.scope.bind(label, poison{}, a.At).used = true
		}
	}
}
