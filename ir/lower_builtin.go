package ir

import (
	"math"
	"slices"
	"strconv"

	"github.com/gtc-lang/gtc/dsl"
)

// builtinCall is one call of a function of the compiler.
type builtinCall struct {
	l     *lowerer
	s     *scope
	at    dsl.Node
	name  string
	args  []*dsl.Arg
	piped *actual
}

// builtins are the functions that the library stands on: the visible rows of
// the op table, and those that need more than values.
var builtins map[string]func(*builtinCall) thing

func init() {
	builtins = map[string]func(*builtinCall) thing{
		"sum": reduceCall, "max": reduceCall, "min": reduceCall, "argmax": reduceCall, "prod": prodCall,
		"count": countCall, "lift": liftCall, "where": whereCall,
		"zeros": fillCall, "ones": fillCall, "rand": drawCall, "randn": drawCall, "iota": iotaCall,
		"split": splitCall, "concat": concatCall, "stack": stackCall, "reshape": reshapeCall, "flatten": flattenCall,
		"pad": padCall, "reverse": reverseCall, "permute": permuteCall,
		"grad": gradCall, "fan_in": fanCall, "fan_out": fanCall, "float": castCall, "int": castCall,
	}
	for _, op := range dsl.Ops {
		if op.Class == dsl.Elementwise && !op.Hidden && builtins[op.Name] == nil && !isOperator[op.Name] {
			builtins[op.Name] = elementwiseCall
		}
	}
}

var isOperator = map[string]bool{"add": true, "sub": true, "mul": true, "div": true, "neg": true, "pow": true,
	"lt": true, "le": true, "eq": true, "and": true, "or": true, "not": true}

// things lowers the positional arguments; named ones, which are allowed ones,
// are returned apart.
func (c *builtinCall) things(allowed ...string) (values []thing, nodes []dsl.Node, named map[string]*dsl.Arg) {
	named = map[string]*dsl.Arg{}
	if c.piped != nil {
		values, nodes = append(values, c.piped.value), append(nodes, c.piped.at)
	}
	c.l.each(len(c.args), func(k int) {
		a := c.args[k]
		if a.Name != nil {
			c.only(a, allowed)
			named[a.Name.Name] = a
			return
		}
		values, nodes = append(values, c.l.expr(c.s, a.Value)), append(nodes, a.Value)
	})
	if c.piped != nil {
		sound(c.piped.value)
	}
	return values, nodes, named
}

func (c *builtinCall) wrong(expected string) {
	c.l.fail("GT0214", c.at, c.name+" takes "+expected, "", "")
}

func (c *builtinCall) only(a *dsl.Arg, allowed []string) {
	if !slices.Contains(allowed, a.Name.Name) {
		help := "its inputs are given by position"
		if len(allowed) > 0 {
			help = "by name it takes " + listText(allowed)
		}
		c.l.fail("GT0214", a, c.name+" has no argument "+quote(a.Name.Name), "", help)
	}
}

func elementwiseCall(c *builtinCall) thing {
	row := dsl.OpNamed(c.name)
	values, nodes, _ := c.things()
	if len(values) != len(row.Params) {
		c.wrong(plural(len(row.Params), "input"))
	}
	if t, ok := c.constant(row, values); ok {
		return t
	}
	ts := make([]tensor, len(values))
	for i, v := range values {
		ts[i] = c.l.asTensor(v, nodes[i])
	}
	ts = c.l.match(c.at, c.name, ts...)
	if promote(ts) == Bool || row.Params[0].Kind == 'f' {
		for i := range ts {
			if row.Params[i].Kind != 't' {
				ts[i].v = cast(ts[i].v, Float)
			}
		}
	}
	args := make([]*Value, len(ts))
	for i := range ts {
		args[i] = ts[i].v
	}
	v := New(c.name, nil, args...)
	v.At = c.l.placed(c.at.Span())
	return tensor{v: v, ax: mergeLabels(ts)}
}

// constant evaluates a function of plain numbers at compile time.
func (c *builtinCall) constant(row *dsl.Op, values []thing) (thing, bool) {
	x := make([]float64, len(values))
	for i, v := range values {
		n, ok := plain(v)
		if !ok {
			return nil, false
		}
		x[i] = n
	}
	y := row.Point(x)
	return number{f: y, whole: (c.name == "maximum" || c.name == "minimum" || c.name == "abs") && y == math.Trunc(y)}, true
}

func castCall(c *builtinCall) thing {
	values, nodes, _ := c.things()
	if len(values) != 1 {
		c.wrong("1 input")
	}
	t := c.l.asTensor(values[0], nodes[0])
	return tensor{v: cast(t.v, map[string]DType{"float": Float, "int": Int}[c.name]), ax: t.ax}
}

func whereCall(c *builtinCall) thing {
	values, nodes, _ := c.things()
	if len(values) != 3 {
		c.wrong("a condition and two values")
	}
	if b, ok := values[0].(truth); ok {
		if b {
			return values[1]
		}
		return values[2]
	}
	cond := c.l.asTensor(values[0], nodes[0])
	if cond.v.DType != Bool {
		c.l.fail("GT0205", nodes[0], "where needs a truth value", "this is "+cond.String(), "compare it with something")
	}
	a, b := c.l.asTensor(values[1], nodes[1]), c.l.asTensor(values[2], nodes[2])
	both := []tensor{wholeBeside(values[1], a, b), wholeBeside(values[2], b, a)}
	promote(both)
	ts := c.l.match(c.at, "where", cond, both[0], both[1])
	return tensor{v: New("where", nil, ts[0].v, ts[1].v, ts[2].v), ax: mergeLabels(ts)}
}

// axesFrom reads the arguments that select axes: labels, except: label, a
// position axis: 1; none means every axis.
func (l *lowerer) axesFrom(s *scope, t tensor, args []*dsl.Arg) axisSet {
	chosen := map[int]bool{}
	except := false
	for _, a := range args {
		if a.Name != nil && a.Name.Name == "except" {
			except = true
		} else if a.Name != nil && a.Name.Name != "axis" && a.Name.Name != "axes" {
			l.fail("GT0214", a, "axes are chosen by label, except: label, or axis: position", "found "+a.Name.Name, "")
		}
		for _, k := range l.axesOf(s, t, a) {
			chosen[k] = true
		}
	}
	var set axisSet
	for k := range t.ax {
		if chosen[k] != except || len(args) == 0 {
			set = append(set, k)
		}
	}
	return set
}

func (l *lowerer) axesOf(s *scope, t tensor, a *dsl.Arg) axisSet {
	if n, ok := a.Value.(*dsl.Name); ok && (a.Name == nil || a.Name.Name != "axis") {
		for k, label := range t.ax {
			if label == n.Name {
				if b := s.find(n.Name); b != nil {
					b.used = true
				}
				return axisSet{k}
			}
		}
		if b := s.find(n.Name); b != nil {
			if set, ok := sound(b.value).(axisSet); ok {
				b.used = true
				return set
			}
		}
		l.fail("GT0227", a.Value, "no axis is labelled "+quote(n.Name), "this is "+t.String(), "labels come from signatures; choose by position with axis: 1")
	}
	k, ok := l.dim(s, a.Value).Const()
	if ok && k < 0 {
		k += len(t.ax)
	}
	if !ok || k < 0 || k >= len(t.ax) {
		l.noAxis(a.Value, len(t.ax), "this is "+t.String())
	}
	return axisSet{k}
}

// noAxis reports a number that is none of an axis.
func (l *lowerer) noAxis(at dsl.Node, rank int, here string) {
	help := "a single number has no axes"
	if rank > 0 {
		help = "axes are numbered from 0; the last is " + strconv.Itoa(rank-1) + ", or -1"
	}
	l.fail("GT0227", at, "there is no axis "+at.Span().Text(), here, help)
}

// defaultAxes is what a formal `axes = last` or `axes = all` means when no axes
// are chosen.
func (k *binder) defaultAxes(formal *dsl.Param) thing {
	b := k.scope.names[k.decl.Inputs[0].Name.Name]
	if b == nil {
		return axisSet(nil)
	}
	first, ok := b.value.(tensor)
	if !ok {
		return axisSet(nil)
	}
	if n, is := formal.Default.(*dsl.Name); is && n.Name == "last" && len(first.ax) > 0 {
		return axisSet{len(first.ax) - 1}
	}
	return axisSet(upTo(len(first.ax)))
}

// target splits a reduction's arguments into the tensor and the axes.
func (c *builtinCall) target() (tensor, axisSet) {
	args := c.args
	var t tensor
	if c.piped != nil {
		t = c.l.asTensor(c.piped.value, c.piped.at)
	} else {
		if len(args) == 0 || args[0].Name != nil {
			c.wrong("a tensor and axes")
		}
		t = c.l.tensorOf(c.s, args[0].Value)
		args = args[1:]
	}
	set := c.l.axesFrom(c.s, t, args)
	if len(args) == 0 && c.name == "argmax" && len(t.ax) > 0 {
		set = axisSet{len(t.ax) - 1}
	}
	return t, set
}

func reduceCall(c *builtinCall) thing {
	t, set := c.target()
	v := t.v
	if v.DType == Bool {
		v = cast(v, Float)
	}
	if len(t.ax) == 0 && c.name == "argmax" {
		return scalarOf(ConstOf(Int, 0))
	}
	out := Reduce(c.name, v, dsl.Axes(set))
	return tensor{v: out, ax: dropAxes(t.ax, set)}
}

func dropAxes(ax []string, set axisSet) []string {
	var kept []string
	for k, label := range ax {
		if len(set) > 0 && set[0] == k {
			set = set[1:]
			continue
		}
		kept = append(kept, label)
	}
	return kept
}

// prodCall multiplies in a loop, so that its gradient is right where factors
// are zero.
func prodCall(c *builtinCall) thing {
	t, set := c.target()
	return c.product(t, set)
}

func (c *builtinCall) product(t tensor, set axisSet) tensor {
	t.v = cast(t.v, Float)
	for i := len(set) - 1; i >= 0; i-- {
		k := set[i]
		order := append([]int{k}, dropIndex(len(t.ax), k)...)
		x := Transpose(t.v, order...)
		one := Fill(Float, 1, x.Shape[1:])
		spec := &LoopSpec{Trip: x.Shape[0], Index: BodyParam("i", Int, nil), At: c.at.Span(), Init: []*Value{one},
			Carry: []*Value{BodyParam("product", Float, x.Shape[1:])}, Slice: []*Value{BodyParam("factor", Float, x.Shape[1:])}, Sliced: []*Value{x}}
		spec.Next = []*Value{New("mul", nil, spec.Carry[0], spec.Slice[0])}
		t = tensor{v: Out(spec.Close(), 0), ax: dropAxes(t.ax, axisSet{k})}
	}
	return t
}

func dropIndex(n, k int) []int {
	var list []int
	for i := 0; i < n; i++ {
		if i != k {
			list = append(list, i)
		}
	}
	return list
}

// countCall is the number of elements that a reduction over the axes meets.
func countCall(c *builtinCall) thing {
	t, set := c.target()
	n := dsl.N(1)
	for _, k := range set {
		n = n.Mul(t.v.Shape[k])
	}
	return dimension{d: n}
}

// liftCall is lift(v, x, axes): v, from which the axes of x have gone, repeated
// over them again.
func liftCall(c *builtinCall) thing {
	if len(c.args) < 2 {
		c.wrong("a reduced tensor, the tensor it came from, and the axes")
	}
	v, x := c.l.tensorOf(c.s, c.args[0].Value), c.l.tensorOf(c.s, c.args[1].Value)
	set := c.l.axesFrom(c.s, x, c.args[2:])
	var at []int
	for k := range x.ax {
		if len(set) > 0 && set[0] == k {
			set = set[1:]
			continue
		}
		at = append(at, k)
	}
	if len(at) != len(v.ax) {
		c.l.fail("GT0210", c.at, "lift: the ranks do not fit", v.String()+" over "+x.String(), "")
	}
	return along(v, at, x)
}

// shapeArg reads sizes given one by one, as a list, or by like: tensor.
func (c *builtinCall) shapeArg() ([]dsl.Dim, []string) {
	var items []dsl.Expr
	for _, a := range c.args {
		if a.Name != nil {
			c.only(a, []string{"like"})
			if len(c.args) > 1 {
				c.wrong("sizes, or like: a tensor")
			}
			t := c.l.tensorOf(c.s, a.Value)
			return t.v.Shape, t.ax
		}
		if list, ok := a.Value.(*dsl.List); ok {
			items = append(items, list.Items...)
			continue
		}
		items = append(items, a.Value)
	}
	return c.l.shapeOf(c.s, items)
}

func fillCall(c *builtinCall) thing {
	shape, ax := c.shapeArg()
	x := 0.0
	if c.name == "ones" {
		x = 1
	}
	return tensor{v: Fill(Float, x, shape), ax: uniqueLabels(ax)}
}

func drawCall(c *builtinCall) thing {
	shape, ax := c.shapeArg()
	l := c.l
	path := c.s.body.draws
	if name := c.s.body.sites[c.at]; name != "" {
		path = join(path, name)
	}
	step := ConstOf(Int, 0)
	if !l.fn.initial {
		step = cast(l.setting("step", 0, dsl.Span{}, true), Int)
	}
	row := map[string]string{"rand": "uniform", "randn": "normal"}[c.name]
	return tensor{v: Typed(row, &dsl.Draw{Path: path}, shape, step, l.fn.index), ax: uniqueLabels(append([]string(nil), ax...))}
}

func iotaCall(c *builtinCall) thing {
	if len(c.args) != 1 {
		c.wrong("1 size")
	}
	d := c.l.size(c.s, c.args[0].Value)
	return tensor{v: Typed("iota", &dsl.Offset{}, []dsl.Dim{d}), ax: []string{labelOf(c.args[0].Value)}}
}

// gradCall is grad(y, x): the derivative of the scalar y by x.
func gradCall(c *builtinCall) thing {
	values, nodes, _ := c.things()
	if len(values) != 2 {
		c.wrong("a scalar and what it is differentiated by")
	}
	y, x := c.l.asTensor(values[0], nodes[0]), c.l.asTensor(values[1], nodes[1])
	if len(y.ax) > 0 || y.v.DType != Float {
		c.l.fail("GT0228", nodes[0], "only a single float can be differentiated", "this is "+y.String(), "reduce it with sum or mean")
	}
	if x.v.DType != Float {
		c.l.fail("GT0228", nodes[1], "derivatives are by floats", "this is "+x.String(), "")
	}
	return tensor{v: Out(Gradient(y.v, x.v), 0), ax: x.ax}
}

// fanCall is the number of inputs or outputs of one unit of a weight: [in, out],
// or [out, in, window…] of a convolution.
func fanCall(c *builtinCall) thing {
	values, nodes, _ := c.things()
	if len(values) != 1 {
		c.wrong("1 input")
	}
	shape := c.l.asTensor(values[0], nodes[0]).v.Shape
	at := map[string]int{"fan_in": 0, "fan_out": 1}[c.name]
	if len(shape) < 2 {
		return dimension{d: Volume(shape)}
	}
	if len(shape) == 2 {
		return dimension{d: shape[at]}
	}
	return dimension{d: shape[1-at].Mul(Volume(shape[2:]))}
}
