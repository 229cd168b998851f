package ir

import (
	"maps"
	"slices"

	"github.com/gtc-lang/gtc/dsl"
)

// What nothing calls, in a file of layers for instance, is checked against its
// own signature: its body is lowered for samples of what the signature leaves
// open, which are sizes, int and bool settings, the axes behind `...`, and
// whether it is training. Sizes are equal in one sample, and other ones in the
// next. What is said of every sample in the same words, sizes and all, holds
// whatever it is called with: that is reported. What depends on a sample is
// not. Nothing is known of an input without a type: it is poison.
//
// The run-time dimensions of the file are themselves.

// sample is one choice of what a signature leaves open.
type sample struct {
	size, setting, rank int
	flag, training      bool
}

// sampleInstances caps the calls made for a sample.
const sampleInstances = 2_000

// families are sets of samples; each set is one choice of what selects
// branches.
func families() [][]sample {
	var list [][]sample
	for k := range 8 {
		var f []sample
		for n := 1; n <= 3; n++ {
			s := sample{size: 48 * n, setting: n, rank: n - 1, flag: k&1 > 0, training: k&2 > 0}
			if k&4 > 0 {
				s.setting = s.size
			}
			f = append(f, s)
		}
		list = append(list, f)
	}
	return list
}

// uncalled checks a declaration that has not been lowered by a call.
func (l *lowerer) uncalled(d *dsl.Callable) {
	if c, right := l.globals.names[d.Name.Name].value.(*callable); !right || c.decl != d {
		return
	}
	if l.called[d] || d.Kind == dsl.Model || d.Kind == dsl.Eval {
		return
	}
	for _, family := range families() {
		common := l.mistakes(d, family[0])
		for _, s := range family[1:] {
			common = inCommon(common, l.mistakes(d, s))
		}
		for _, x := range common {
			if x.Code < "GT0401" { // a limit is reached by a size
				l.diags.Add(x)
			}
		}
	}
}

// headlines are the codes whose message names every size that decides; what
// they say beside it shows values, whose other sizes may be those of a sample.
var headlines = map[dsl.Code]bool{"GT0203": true, "GT0205": true, "GT0210": true, "GT0216": true, "GT0217": true, "GT0220": true, "GT0236": true}

// inCommon lists what is wrong in both of two samples, for the same reason: in
// the same words.
func inCommon(list, other []*dsl.Diagnostic) []*dsl.Diagnostic {
	var common []*dsl.Diagnostic
	for _, x := range list {
		k := slices.IndexFunc(other, func(y *dsl.Diagnostic) bool {
			return x.Code == y.Code && x.Message == y.Message && x.At.Same(y.At)
		})
		if k < 0 {
			continue
		}
		y := other[k]
		sameLabel := func(a, b dsl.Label) bool { return a.At.Same(b.At) && a.Text == b.Text }
		alike := x.Here == y.Here && x.Help == y.Help && slices.EqualFunc(x.Labels, y.Labels, sameLabel)
		switch {
		case alike:
			common = append(common, x)
		case headlines[x.Code]:
			common = append(common, &dsl.Diagnostic{Code: x.Code, At: x.At, Message: x.Message, Help: x.Help})
		}
	}
	return common
}

// mistakes lists what is wrong in a body for one sample.
func (l *lowerer) mistakes(d *dsl.Callable, s sample) []*dsl.Diagnostic {
	inner := newLowerer(l.file)
	inner.globals, inner.undeclared, inner.instances = l.globals, maps.Clone(l.undeclared), sampleInstances
	a := &alone{l: inner, d: d, s: s}
	inner.attempt(a.lower)
	return inner.diags.List()
}

// alone is a declaration being lowered by itself.
type alone struct {
	l     *lowerer
	d     *dsl.Callable
	s     sample
	sizes *scope // names that the signature binds
}

func (a *alone) lower() {
	l, d := a.l, a.d
	l.fn = newFunction(a.s.training)
	l.fn.initial = d.Kind == dsl.Initializer
	c := &configured{callable: &callable{decl: d, scope: l.globals}, args: a.settings(), from: l.globals}
	b := &body{path: d.Name.Name, pattern: d.Name.Name, draws: d.Name.Name, kind: d.Kind}
	s := newScope(l.globals)
	s.top, s.body = true, b
	if d.Kind == dsl.Optimizer || d.Kind == dsl.Transform {
		a.optimizer(c)
		return
	}
	a.bindSizes()
	l.invokeAs(s, c, d.Name, a.inputs(), b)
}

// optimizer applies an optimizer or a transform to a parameter.
func (a *alone) optimizer(c *configured) {
	p := &Var{Name: "w", Kind: ParamVar, DType: Float, Shape: a.rest(a.s.rank)}
	in := map[string]tensor{}
	for _, formal := range a.d.Inputs {
		in[formal.Name.Name] = a.tensor(formal, Float, p.Shape)
	}
	if a.d.Kind == dsl.Transform {
		p = nil
	}
	k := &training{l: a.l, d: &dsl.TrainDecl{Place: a.d.Place, Name: a.d.Name}}
	k.apply(a.d.Name.At, c, a.d.Name.Name, in, Const(1), p)
}

func (a *alone) tensor(formal *dsl.Param, kind DType, shape []dsl.Dim) tensor {
	leaf := NewLeaf(&Leaf{Kind: InputLeaf, Name: formal.Name.Name}, kind, shape)
	leaf.At = formal.At
	return scalarLabels(leaf)
}

// rest is the axes that `...` stands for.
func (a *alone) rest(rank int) []dsl.Dim {
	return slices.Repeat([]dsl.Dim{dsl.N(a.s.size)}, rank)
}

// settings gives the settings that have to be given, and those that choose.
func (a *alone) settings() []*dsl.Arg {
	var args []*dsl.Arg
	for _, formal := range a.d.Settings {
		var value dsl.Expr
		switch kind := kindOf(formal); {
		case kind == "bool":
			value = &dsl.Name{Name: map[bool]string{true: "true", false: "false"}[a.s.flag]}
		case formal.Default != nil:
			continue
		case kind == "int":
			value = &dsl.Number{Value: float64(a.s.setting), Int: true}
		default:
			value = &dsl.Number{Value: 0.5}
		}
		args = append(args, &dsl.Arg{Name: formal.Name, Value: value})
	}
	return args
}

// bindSizes gives the names of sizes in the signature their values.
func (a *alone) bindSizes() {
	a.sizes = newScope(a.l.globals)
	a.sizes.body = &body{}
	bind := func(name *dsl.Ident, n int) {
		a.sizes.bind(name.Name, number{f: float64(n), whole: true}, name.At)
	}
	for _, list := range [][]*dsl.Param{a.d.Settings, a.d.Inputs} {
		for _, formal := range list {
			if kindOf(formal) == "int" {
				bind(formal.Name, a.s.setting)
			}
		}
	}
	for _, formal := range a.d.Inputs {
		for _, axis := range shapeOf(formal) {
			if label := labelOf(axis.Size); label != "" && !capital(label) && a.sizes.names[label] == nil {
				bind(&dsl.Ident{Place: axis.Place, Name: label}, a.s.size)
			}
		}
	}
}

// shapeOf is the axes of a formal as written.
func shapeOf(formal *dsl.Param) []dsl.Axis {
	if formal.Type == nil || formal.Type.Shape == nil {
		return nil
	}
	return formal.Type.Shape.Axes
}

// inputs gives the inputs that have no default.
func (a *alone) inputs() []actual {
	var list []actual
	for _, formal := range a.d.Inputs {
		one := actual{name: formal.Name.Name, value: poison{}, at: formal}
		switch {
		case kindOf(formal) == "bool":
			one.value = truth(a.s.flag)
		case formal.Default != nil:
			continue
		case kindOf(formal) == "int":
			one.value = number{f: float64(a.s.setting), whole: true}
		case formal.Type != nil && formal.Type.Shape != nil:
			a.l.attempt(func() { one.value = a.shaped(formal) })
		case a.d.Kind == dsl.Initializer:
			one.value = a.tensor(formal, Float, a.rest(a.s.rank))
		}
		list = append(list, one)
	}
	return list
}

// shaped is an input with a declared shape.
func (a *alone) shaped(formal *dsl.Param) tensor {
	var shape []dsl.Dim
	for _, axis := range formal.Type.Shape.Axes {
		switch {
		case axis.Ellipsis:
			shape = append(shape, a.rest(a.s.rank)...)
		case axis.Wildcard:
			shape = append(shape, dsl.N(a.s.size))
		default:
			shape = append(shape, a.l.size(a.sizes, axis.Size))
		}
	}
	return a.tensor(formal, map[string]DType{"int": Int, "bool": Bool}[formal.Type.Elem], shape)
}
