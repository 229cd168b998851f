package ir

import (
	"strconv"

	"github.com/gtc-lang/gtc/dsl"
)

// decode derives the function of a decode block from a model's forward
// function: the same results, a few positions of a run-time axis at a time.
//
// Every use of the axis in the graph is one of two kinds. New positions are
// those of this call, n of them, from the input position on. All positions are
// those so far, in tensors as long as the axis's bound: makers and parameters
// compute them, what depends on the inputs keeps them in a cache, a variable
// that each call adds its new positions to. What a result needs is found by
// demand, from its new positions backwards: elementwise rows and products take
// the new positions of their operands, a reduction over the axis takes all of
// them, a scan goes on from the state it was left in.
//
// A reduction sees what is not there yet, too. It has to leave that out by
// itself, as a causal mask does: see causal.go. What cannot be computed a few
// positions at a time is an error at its line.
func (l *lowerer) decode(d *dsl.DecodeDecl) {
	model := l.attempt(func() { l.decodedModel(d.Model) })
	t := l.decodedAxis(d.Axis)
	forward := l.prog.FuncOf(d.Model.Name, ForwardFunc)
	if !model || forward == nil || l.doubtful(forward.Roots()...) {
		return // the model's mistakes have been told
	}
	if HasGrad(forward.Roots()) {
		l.fail("GT0501", d, "a model with derivatives in it cannot be decoded", "", "")
	}
	x := &decoding{l: l, name: d.Name.Name, t: t, n: &dsl.Sym{Name: l.freeSym("N"), Bound: t.Bound}, at: d.At}
	l.prog.Syms = append(l.prog.Syms, x.n)
	x.fn = &Func{Name: d.Name.Name, Kind: DecodeFunc, At: d.At}
	x.run(forward)
	l.prog.Funcs = append(l.prog.Funcs, x.fn)
	l.prog.Decodes = append(l.prog.Decodes, &Decode{Name: x.name, Model: forward.Name, Axis: t, New: x.n, Position: x.position.Attr.(*Leaf).Name})
}

func (l *lowerer) decodedModel(name *dsl.Ident) {
	v := l.expr(l.globals, &dsl.Name{Place: name.Place, Name: name.Name})
	if c, ok := v.(*callable); !ok || c.decl.Kind != dsl.Model {
		l.fail("GT0501", name, quote(name.Name)+" is not a model", "this is "+describe(v), "name a model of this file")
	}
}

func (l *lowerer) decodedAxis(name *dsl.Ident) *dsl.Sym {
	axis, ok := l.expr(l.globals, &dsl.Name{Place: name.Place, Name: name.Name}).(dimension)
	if !ok || axis.d.Symbol() == nil {
		l.fail("GT0501", name, quote(name.Name)+" is not a run-time dimension", "", "declare it: dim "+name.Name+" <= 64")
	}
	return axis.d.Symbol()
}

// freeSym is a name for a dimension that the file has not declared.
func (l *lowerer) freeSym(name string) string {
	free := name
	for k := 2; l.globals.names[free] != nil; k++ {
		free = name + strconv.Itoa(k)
	}
	return free
}

// decoding is a decode block on its way.
type decoding struct {
	l        *lowerer
	name     string
	t, n     *dsl.Sym // the axis, and the number of new positions
	at       dsl.Span
	fn       *Func
	position *Value // how many positions there are already
	causes   map[cause]zeroed
	names    map[string]int // of caches
}

func (x *decoding) run(forward *Func) {
	x.causes, x.names = map[cause]zeroed{}, map[string]int{}
	top := newLevel(x, nil)
	taken := map[string]bool{}
	for _, in := range forward.Inputs {
		leaf := *in.Attr.(*Leaf)
		taken[leaf.Name] = true
		shape := x.shape(in, x.newest(in))
		fresh := NewLeaf(&leaf, in.DType, shape).Like(in)
		x.fn.Inputs = append(x.fn.Inputs, fresh)
		top.done[formed{in, x.newest(in).key()}] = fresh
	}
	name := "position"
	for taken[name] {
		name += "_"
	}
	x.position = NewLeaf(&Leaf{Kind: InputLeaf, Name: name}, Int, nil)
	x.position.At = x.at
	x.fn.Inputs = append(x.fn.Inputs, x.position)
	for _, r := range forward.Results {
		x.fn.Results = append(x.fn.Results, Output{r.Name, top.get(r.Value, x.newest(r.Value))})
	}
}

// form says of each axis of a value that runs over the decoded dimension
// whether it is wanted at the new positions or at all of them.
type form []use

type use uint8

const (
	none   use = iota // another axis
	newest            // the new positions
	all               // all positions so far
)

func (f form) key() string {
	b := make([]byte, len(f))
	for i, u := range f {
		b[i] = '0' + byte(u)
	}
	return string(b)
}

func (f form) has(u use) bool {
	for _, x := range f {
		if x == u {
			return true
		}
	}
	return false
}

// along is the decoded axis of a dimension: whether d is exactly the symbol.
// It fails for sizes that contain it otherwise.
func (x *decoding) along(v *Value, d dsl.Dim) bool {
	if d.Symbol() == x.t {
		return true
	}
	for _, s := range d.Symbols() {
		if s == x.t {
			x.fail(v, "the size "+d.String()+" mixes the decoded dimension with others", "keep "+x.t.Name+" an axis of its own")
		}
	}
	return false
}

// newest is the form with the new positions of every axis.
func (x *decoding) newest(v *Value) form {
	f := make(form, len(v.Shape))
	for k, d := range v.Shape {
		if x.along(v, d) {
			f[k] = newest
		}
	}
	return f
}

// shape is a value's shape in a form.
func (x *decoding) shape(v *Value, f form) []dsl.Dim { return x.dims(v.Shape, f) }

func (x *decoding) dims(shape []dsl.Dim, f form) []dsl.Dim {
	out := append([]dsl.Dim(nil), shape...)
	for k, u := range f {
		out[k] = x.dim(u, shape[k])
	}
	return out
}

// dim is the size of an axis in use.
func (x *decoding) dim(u use, d dsl.Dim) dsl.Dim {
	switch u {
	case newest:
		return x.n.Dim()
	case all:
		return dsl.N(x.t.Bound)
	}
	return d
}

// fail reports that a value cannot be decoded, at its line of the program.
func (x *decoding) fail(v *Value, message, help string) {
	at, labels := v.At, []dsl.Label(nil)
	if at.Via != nil {
		labels = append(labels, dsl.Label{At: at, Text: "here"})
		at = *at.Via
	}
	if !at.Valid() {
		at = x.at
	}
	if at != x.at {
		labels = append(labels, dsl.Label{At: x.at, Text: "decoded here"})
	}
	x.l.fail("GT0501", dsl.Place{At: at}, message, "", help, labels...)
}

// cacheName is the path of a variable that belongs to the decode block.
func (x *decoding) cacheName(v *Value) string {
	name := v.Name
	if name == "" {
		name = v.Op.Name
	}
	name = join(x.name, snake(name))
	x.names[name]++
	if n := x.names[name]; n > 1 {
		name += strconv.Itoa(n)
	}
	return name
}
