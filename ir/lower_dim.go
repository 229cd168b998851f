package ir

import (
	"math"

	"github.com/gtc-lang/gtc/dsl"
)

// dim lowers an expression in a place where a size stands; there `/` is
// division rounded down.
func (l *lowerer) dim(s *scope, e dsl.Expr) dsl.Dim {
	d := l.dimAt(s, e)
	if d.Overflowed() {
		l.fail("GT0401", e, "this size is too large", "", "sizes must stay below 2^46")
	}
	return d
}

// dims lowers sizes that stand side by side.
func (l *lowerer) dims(s *scope, list ...dsl.Expr) []dsl.Dim {
	sizes := make([]dsl.Dim, len(list))
	l.each(len(list), func(k int) { sizes[k] = l.dim(s, list[k]) })
	return sizes
}

// size is a dimension that is not negative whatever the run-time ones are.
func (l *lowerer) size(s *scope, e dsl.Expr) dsl.Dim {
	d := l.dim(s, e)
	if _, high := d.Range(); high < 0 {
		l.fail("GT0209", e, "a size is not negative", "this is "+d.String(), "")
	}
	return d
}

// fitting reports whether the number of elements stays in bounds.
func fitting(shape []dsl.Dim) bool { return Volume(shape).Max() <= dsl.MaxElements }

// tensorLimit is the help for a tensor that is not fitting.
const tensorLimit = "a tensor has at most 2^40 elements at the bounds of its run-time dimensions, 2^24 where an int has 32 bits"

func (l *lowerer) dimAt(s *scope, e dsl.Expr) dsl.Dim {
	switch e := e.(type) {
	case *dsl.Paren:
		return l.dim(s, e.X)
	case *dsl.Unary:
		if e.Op == "-" {
			return dsl.N(0).Sub(l.dim(s, e.X))
		}
	case *dsl.Binary:
		return l.dimBinary(s, e)
	case *dsl.If:
		return l.dimOf(l.ifExpr(s, e), e)
	case *dsl.Name:
		l.sizeName(s, e)
	}
	return l.dimOf(l.expr(s, e), e)
}

// sizeName reports a name of a size that is not there; once where it is one
// that the file has to declare.
func (l *lowerer) sizeName(s *scope, e *dsl.Name) {
	if s.find(e.Name) != nil {
		return
	}
	if l.undeclared[e.Name] {
		panic(bail{})
	}
	l.undeclared[e.Name] = capital(e.Name)
	if _, known := l.builtinName(e.Name); known || dsl.DidYouMean(e.Name, s.visible()) != "" {
		return
	}
	s.lose()
	help := "a size is a const, a dim, an int setting, or a name that the shape of an input binds"
	if hint := dsl.HintFor(e.Name, false); hint != "" {
		help = hint
	} else if capital(e.Name) {
		help = "declare it: dim " + e.Name + " <= 256 for a size of run time, const " + e.Name + " = 256 for a fixed one"
	}
	l.fail("GT0201", e, "no size is called "+quote(e.Name), "not found", help)
}

func (l *lowerer) dimOf(t thing, at dsl.Node) dsl.Dim {
	if d, ok := sizeOf(sound(t)); ok {
		return d
	}
	if n, ok := t.(number); ok && n.f == math.Trunc(n.f) && math.Abs(n.f) < dsl.MaxSize {
		return dsl.N(int(n.f))
	}
	help := "sizes are whole numbers, dimensions and arithmetic on them, known at compile time"
	if name, ok := at.(*dsl.Name); ok && isSetting(t) {
		help = "a setting that is a size is declared as one: " + name.Name + ": int"
	}
	l.fail("GT0209", at, "a size is needed here", "this is "+describe(t), help)
	return dsl.Dim{}
}

// isSetting reports whether a value is a setting that is no int.
func isSetting(t thing) bool {
	x, ok := t.(tensor)
	if !ok {
		return false
	}
	leaf, ok := x.v.Attr.(*Leaf)
	return ok && leaf.Kind == SettingLeaf
}

func (l *lowerer) dimBinary(s *scope, e *dsl.Binary) dsl.Dim {
	d := l.dims(s, e.X, e.Y)
	x, y := d[0], d[1]
	switch e.Op {
	case "+":
		return x.Add(y)
	case "-":
		return x.Sub(y)
	case "*":
		return x.Mul(y)
	case "/":
		return l.dimQuotient(e, x, y)
	}
	l.fail("GT0209", e, "sizes have + - * / only", "found "+e.Op, "")
	return dsl.Dim{}
}

func (l *lowerer) dimQuotient(e *dsl.Binary, x, y dsl.Dim) dsl.Dim {
	n, ok := y.Const()
	if !ok || n <= 0 {
		l.fail("GT0209", e, "a size is divided by a positive number known at compile time", "this is "+y.String(), "")
	}
	if a, ok := x.Const(); ok {
		return dsl.N(int(math.Floor(float64(a) / float64(n))))
	}
	q, ok := x.Div(n)
	if !ok {
		l.fail("GT0209", e, x.String()+" is not known to be divisible by "+y.String(), "", "make the dimension a multiple in its declaration, or compute with compile-time sizes")
	}
	return q
}

// shapeOf lowers a list of sizes, such as `[B, 4, n/4]`, with labels where a
// plain name stands.
func (l *lowerer) shapeOf(s *scope, items []dsl.Expr) ([]dsl.Dim, []string) {
	shape, ax := make([]dsl.Dim, len(items)), make([]string, len(items))
	l.each(len(items), func(i int) {
		shape[i] = l.size(s, items[i])
		ax[i] = labelOf(items[i])
		s.body.writes(ax[i], items[i])
	})
	if len(items) > 0 && !fitting(shape) {
		l.fail("GT0401", dsl.Place{At: items[0].Span().To(items[len(items)-1].Span())}, "this shape is too large", "", tensorLimit)
	}
	return shape, ax
}

// labelOf is the label an axis gets from the expression of its size.
func labelOf(e dsl.Expr) string {
	if n, ok := e.(*dsl.Name); ok {
		return n.Name
	}
	return ""
}
