package ir

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/gtc-lang/gtc/dsl"
)

// Caps against programs that would not end.
const (
	maxCallDepth = 100
	maxInstances = 200_000
)

// actual is one argument, lowered.
type actual struct {
	name  string // "" by position
	value thing
	expr  dsl.Expr // nil for what a pipe inserts
	at    dsl.Node
}

// call lowers f(inputs) and f(settings)(inputs).
func (l *lowerer) call(s *scope, e *dsl.Call) thing {
	if ix, ok := e.Fn.(*dsl.Index); ok {
		return l.notationReduce(s, e, ix)
	}
	f := l.callee(s, e.Fn)
	if b, ok := f.(builtinRef); ok {
		return builtins[string(b)](&builtinCall{l: l, s: s, at: e, name: string(b), args: e.Args})
	}
	c, ok := f.(*configured)
	if !ok {
		if d, is := f.(*callable); is && lonelySettings(d) {
			return &configured{callable: d, args: e.Args, from: s}
		} else if is {
			c = &configured{callable: d, from: s}
		}
	}
	if c != nil {
		return l.invoke(s, c, e, l.actuals(s, c.callable, e.Args, nil))
	}
	if i, ok := f.(*instance); ok {
		return l.invokeAs(s, i.configured, e, l.actuals(s, i.callable, e.Args, nil), i.body())
	}
	l.fail("GT0212", e.Fn, "this cannot be called", "it is "+describe(f), "")
	return nil
}

// lonelySettings reports whether a lone list of a callable holds settings.
func lonelySettings(c *callable) bool {
	switch c.decl.Kind {
	case dsl.Schedule, dsl.Optimizer, dsl.Transform, dsl.Initializer:
		return true
	}
	return false
}

// callee lowers what stands before a list of inputs: Dense(10) in Dense(10)(x).
func (l *lowerer) callee(s *scope, e dsl.Expr) thing {
	inner, ok := e.(*dsl.Call)
	if !ok {
		return l.expr(s, e)
	}
	f := l.callee(s, inner.Fn)
	if c, ok := f.(*callable); ok && len(c.decl.Settings) > 0 {
		return &configured{callable: c, args: inner.Args, from: s}
	}
	l.fail("GT0212", inner.Fn, describe(f)+" has no settings, so a second list has no meaning", "", "give it its inputs in one list")
	return nil
}

// pipe lowers x |> f and x |> f(…): the list holds the settings of what has
// settings, else the inputs after the first.
func (l *lowerer) pipe(s *scope, e *dsl.Pipe) thing {
	first := &actual{value: l.expr(s, e.X), at: e.X}
	fn, args := e.Fn, []*dsl.Arg(nil)
	if c, ok := fn.(*dsl.Call); ok {
		fn, args = c.Fn, c.Args
	}
	f := l.callee(s, fn)
	switch f := f.(type) {
	case builtinRef:
		return builtins[string(f)](&builtinCall{l: l, s: s, at: e, name: string(f), args: args, piped: first})
	case *instance:
		return l.invokeAs(s, f.configured, e, l.actuals(s, f.callable, args, first), f.body())
	case *configured:
		return l.invoke(s, f, e, l.actuals(s, f.callable, args, first))
	case *callable:
		if len(f.decl.Settings) > 0 {
			return l.invoke(s, &configured{callable: f, args: args, from: s}, e, []actual{*first})
		}
		return l.invoke(s, &configured{callable: f, from: s}, e, l.actuals(s, f, args, first))
	}
	l.fail("GT0212", e.Fn, "this cannot be called", "it is "+describe(f), "")
	return nil
}

// actuals lowers the inputs of a call. Once the inputs reach a formal called
// axes, the rest selects axes of the first input.
func (l *lowerer) actuals(s *scope, c *callable, args []*dsl.Arg, first *actual) []actual {
	var list []actual
	if first != nil {
		list = append(list, *first)
	}
	for i, a := range args {
		if takesAxes(c, len(list)) {
			t := l.asTensor(list[0].value, list[0].at)
			return append(list, actual{value: l.axesFrom(s, t, args[i:]), at: a, name: "axes"})
		}
		one := actual{expr: a.Value, at: a.Value}
		if a.Name != nil {
			one.name = a.Name.Name
		}
		one.value = l.expr(s, a.Value)
		list = append(list, one)
	}
	return list
}

func takesAxes(c *callable, k int) bool {
	return k > 0 && k < len(c.decl.Inputs) && c.decl.Inputs[k].Name.Name == "axes"
}

// invoke calls a layer, model, func or schedule at a node of the calling body.
func (l *lowerer) invoke(s *scope, c *configured, at dsl.Node, inputs []actual) thing {
	name := s.body.sites[at]
	if name == "" {
		name = snake(c.decl.Name.Name)
	}
	if c.decl.Kind != dsl.Model {
		return l.invokeAs(s, c, at, inputs, s.body.child(name, c.decl.Kind))
	}
	path := c.decl.Name.Name // a model is a singleton
	l.fn.uses[path]++
	b := &body{path: path, pattern: path, draws: path, kind: dsl.Model}
	if n := l.fn.uses[path]; n > 1 {
		b.draws += "#" + strconv.Itoa(n)
	}
	return l.invokeAs(s, c, at, inputs, b)
}

// body is where a named instance lives, whoever calls it.
func (i *instance) body() *body { b := *i.at; return &b }

// invokeAs calls c as the instance that b says.
func (l *lowerer) invokeAs(s *scope, c *configured, at dsl.Node, inputs []actual, b *body) thing {
	if len(l.calls) >= maxCallDepth {
		l.fail("GT0402", at, "calls nest more than "+strconv.Itoa(maxCallDepth)+" deep", "", "what calls itself needs an end that is known at compile time, such as a setting that counts down")
	}
	if l.elements++; l.elements > maxInstances {
		l.fail("GT0403", at, "the program makes more than "+strconv.Itoa(maxInstances)+" calls", "", "")
	}
	l.calls = append(l.calls, at.Span())
	defer func() { l.calls = l.calls[:len(l.calls)-1] }()

	b.sites = l.sitesOf(c.decl.Body)
	inner := newScope(c.scope)
	inner.body = b
	inner.top = true
	k := &binder{l: l, scope: inner, decl: c.decl, back: map[string]string{}}
	k.settings(c)
	k.inputs(at, inputs)
	return l.layer(c, b, func() thing { return k.result(at, l.block(inner, c.decl.Body)) })
}

// binder matches the arguments of a call with the formals of a declaration.
type binder struct {
	l     *lowerer
	scope *scope // of the callee
	decl  *dsl.Callable
	back  map[string]string // the caller's label for each of the callee's
	rest  []dsl.Dim         // what `...` stands for
	known bool              // rest is known
}

// settings binds the settings: compile-time integers and booleans, and floats
// that become settings of the program.
func (k *binder) settings(c *configured) {
	taken := k.assign("setting", c.args, k.decl.Settings)
	for i, formal := range k.decl.Settings {
		arg, from := taken[i], c.from
		if arg == nil {
			if formal.Default == nil {
				k.l.fail("GT0213", k.call(c), k.title()+" needs the setting "+quote(formal.Name.Name), "", k.usage(formal),
					dsl.Label{At: formal.At, Text: "declared here"})
			}
			arg, from = formal.Default, k.scope
		}
		k.bind(formal, k.setting(formal, arg, from))
	}
}

func (k *binder) call(c *configured) dsl.Node {
	if n := len(k.l.calls); n > 0 {
		return dsl.Place{At: k.l.calls[n-1]}
	}
	return k.decl.Name
}

// usage shows how a setting is given.
func (k *binder) usage(formal *dsl.Param) string {
	call := k.decl.Name.Name + "(" + formal.Name.Name + ": …)"
	if k.decl.Kind == dsl.Model {
		return "give it a default where it is declared: a model is also run by itself"
	}
	if len(k.decl.Inputs) == 0 || lonelySettings(&callable{decl: k.decl}) {
		return "write " + call
	}
	first := k.decl.Inputs[0].Name.Name
	return "write " + first + " |> " + call + ", or " + call + "(" + first + "); a lone list holds inputs"
}

// listed is "its settings are out and bias".
func listed(what string, formals []*dsl.Param) string {
	var names []string
	for _, f := range formals {
		names = append(names, f.Name.Name)
	}
	switch len(names) {
	case 0:
		return "it has no " + what + "s"
	case 1:
		return "its " + what + " is " + names[0]
	}
	return "its " + what + "s are " + listText(names)
}

func (k *binder) title() string { return string(k.decl.Kind) + " " + k.decl.Name.Name }

func (k *binder) bind(formal *dsl.Param, value thing) *binding {
	b := k.scope.bind(formal.Name.Name, value, formal.Name.At)
	b.used = true
	return b
}

// assign pairs arguments with formals, by name or in order.
func (k *binder) assign(what string, args []*dsl.Arg, formals []*dsl.Param) []dsl.Expr {
	taken := make([]dsl.Expr, len(formals))
	next := 0
	for _, a := range args {
		i := next
		if a.Name != nil {
			i = k.formal(what, a.Name, formals)
		} else {
			next++
		}
		if i >= len(formals) {
			k.l.fail("GT0214", a, k.title()+" has "+plural(len(formals), what), "one too many", listed(what, formals))
		}
		if taken[i] != nil {
			k.l.fail("GT0214", a, quote(formals[i].Name.Name)+" is given twice", "", listed(what, formals)+"; the first of them are given by position")
		}
		taken[i] = a.Value
	}
	return taken
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

func (k *binder) formal(what string, name *dsl.Ident, formals []*dsl.Param) int {
	var names []string
	for i, f := range formals {
		if f.Name.Name == name.Name {
			return i
		}
		names = append(names, f.Name.Name)
	}
	help := listed(what, formals)
	if near := dsl.DidYouMean(name.Name, names); near != "" {
		help = "did you mean " + near + "?"
	}
	k.l.fail("GT0214", name, k.title()+" has no "+what+" "+quote(name.Name), "", help)
	return 0
}

// setting lowers one setting in the scope it is written in.
func (k *binder) setting(formal *dsl.Param, arg dsl.Expr, from *scope) thing {
	l, name := k.l, formal.Name.Name
	switch kindOf(formal) {
	case "int":
		if label := labelOf(arg); label != "" && from != k.scope {
			k.back[name] = label
		}
		return dimension{d: l.dim(from, arg), name: name, from: k.setBy(formal, arg)}
	case "bool":
		v := l.expr(from, arg)
		if _, ok := v.(truth); !ok {
			l.fail("GT0215", arg, "the setting "+quote(name)+" is true or false, known at compile time", "this is "+describe(v), "")
		}
		return v
	}
	path := join(k.scope.body.pattern, name)
	if sched := k.schedule(from, arg); sched != nil {
		b := &body{path: path, pattern: path, draws: path, kind: dsl.Schedule}
		return l.invokeAs(from, sched, arg, nil, b)
	}
	v := l.expr(from, arg)
	if n, ok := v.(number); ok && !l.fn.initial && k.decl.Kind != dsl.Func && k.decl.Kind != dsl.Initializer {
		return scalarOf(l.setting(path, n.f, arg.Span(), false))
	}
	return v
}

// setBy says what set a setting: "MLP(hidden: 128) at digits.gt:21".
func (k *binder) setBy(formal *dsl.Param, arg dsl.Expr) string {
	at := arg.Span()
	if arg == formal.Default || !at.Valid() {
		return ""
	}
	return k.decl.Name.Name + "(" + formal.Name.Name + ": " + at.Text() + ") at " + at.Source.Name + ":" + strconv.Itoa(at.Line())
}

// schedule is the schedule that an argument calls, or nil.
func (k *binder) schedule(from *scope, arg dsl.Expr) *configured {
	e, args := arg, []*dsl.Arg(nil)
	if c, ok := arg.(*dsl.Call); ok {
		e, args = c.Fn, c.Args
	}
	n, ok := e.(*dsl.Name)
	if !ok {
		return nil
	}
	b := from.find(n.Name)
	if b == nil {
		return nil
	}
	if c, ok := b.value.(*callable); ok && c.decl.Kind == dsl.Schedule {
		b.used = true
		return &configured{callable: c, args: args, from: from}
	}
	return nil
}

// kindOf is the word a formal is typed by: "int", "bool", or "".
func kindOf(formal *dsl.Param) string {
	if formal.Type == nil || formal.Type.Shape != nil {
		return ""
	}
	return formal.Type.Elem
}

// inputs binds the inputs, matching shapes.
func (k *binder) inputs(at dsl.Node, given []actual) {
	formals := k.decl.Inputs
	taken := make([]*actual, len(formals))
	next := 0
	for i := range given {
		a := &given[i]
		j := next
		if a.name != "" {
			j = k.formal("input", &dsl.Ident{Place: dsl.Place{At: a.at.Span()}, Name: a.name}, formals)
		} else {
			next++
		}
		if j >= len(formals) {
			k.l.fail("GT0214", a.at, k.title()+" has "+plural(len(formals), "input"), "one too many", k.settingsHelp())
		}
		if taken[j] != nil {
			k.l.fail("GT0214", a.at, quote(formals[j].Name.Name)+" is given twice", "", "")
		}
		taken[j] = a
	}
	for j, formal := range formals {
		b := k.bind(formal, k.input(at, formal, taken[j]))
		b.used = k.decl.Kind != dsl.Model && k.decl.Kind != dsl.Eval // what is run by itself reads all that it is given
	}
}

func (k *binder) settingsHelp() string {
	if len(k.decl.Settings) == 0 {
		return ""
	}
	n := k.decl.Name.Name
	return "a lone list holds inputs; settings go to the right of |> or before a second list: x |> " + n + "(…), " + n + "(…)(x)"
}

func (k *binder) input(at dsl.Node, formal *dsl.Param, a *actual) thing {
	l := k.l
	if a == nil {
		if formal.Default == nil {
			l.fail("GT0213", at, k.title()+" needs the input "+quote(formal.Name.Name), "", k.settingsHelp(), dsl.Label{At: formal.At, Text: "declared here"})
		}
		if formal.Name.Name == "axes" {
			return k.defaultAxes(formal)
		}
		return l.expr(k.scope, formal.Default)
	}
	switch {
	case kindOf(formal) == "int":
		return dimension{d: l.dimOf(a.value, a.at), name: formal.Name.Name}
	case kindOf(formal) == "bool":
		if _, ok := a.value.(truth); !ok {
			l.fail("GT0215", a.at, "the input "+quote(formal.Name.Name)+" is true or false, known at compile time", "this is "+describe(a.value), "")
		}
		return a.value
	case formal.Type == nil || formal.Type.Shape == nil:
		return k.untyped(a.value)
	}
	return k.shaped(formal, a)
}

// untyped passes a value as it is; a tensor's labels become the caller's.
func (k *binder) untyped(v thing) thing {
	switch v := v.(type) {
	case tensor:
		return tensor{v: v.v, ax: foreign(v.ax)}
	case tuple:
		out := make(tuple, len(v))
		for i, x := range v {
			out[i] = k.untyped(x)
		}
		return out
	}
	return v
}

// foreign puts a tick before the labels of a caller's own scope. Capitals are
// the file's and mean the same everywhere.
func foreign(ax []string) []string {
	out := make([]string, len(ax))
	for i, label := range ax {
		out[i] = label
		if label != "" && !capital(label) {
			out[i] = "'" + label
		}
	}
	return out
}

func capital(label string) bool { return label[0] >= 'A' && label[0] <= 'Z' }

// shaped matches a tensor with a declared shape.
func (k *binder) shaped(formal *dsl.Param, a *actual) thing {
	t := k.l.asTensor(a.value, a.at)
	want := formal.Type
	switch {
	case want.Elem == "int" && t.v.DType != Int, want.Elem == "bool" && t.v.DType != Bool:
		k.l.fail("GT0205", a.at, quote(formal.Name.Name)+" of "+k.title()+" is "+want.Elem, "this is "+describe(t), kindHelp[want.Elem],
			dsl.Label{At: formal.At, Text: "declared here"})
	case want.Elem == "" || want.Elem == "float":
		t.v = cast(t.v, Float)
	}
	ax, err := k.matchShape(want.Shape, t, true)
	if err != nil {
		help := ""
		var rest *restError
		if errors.As(err, &rest) {
			help = rest.help()
		}
		k.l.fail("GT0216", a.at, quote(formal.Name.Name)+" of "+k.title()+" does not fit: "+err.Error(), "this is "+t.String(), help,
			dsl.Label{At: formal.At, Text: "declared here"})
	}
	return tensor{v: t.v, ax: ax}
}

// kindHelp says how a tensor of another kind is had.
var kindHelp = map[string]string{"int": "declare the input that it comes from as int[…], or convert it with int(…)", "bool": "compare it with something"}

// matchShape unifies a written shape with a tensor's and returns the labels
// the axes have under the written names. With bind, lower-case names and a
// model's run-time dimensions take the size they meet.
func (k *binder) matchShape(sh *dsl.Shape, t tensor, bind bool) ([]string, error) {
	ax := foreign(t.ax)
	fixed, dots := 0, -1
	for i, a := range sh.Axes {
		if a.Ellipsis && dots >= 0 {
			return nil, fmt.Errorf("... stands twice in %s", describeShape(sh))
		}
		if a.Ellipsis {
			dots = i
		} else {
			fixed++
		}
	}
	if len(t.ax) < fixed || dots < 0 && len(t.ax) != fixed {
		return nil, fmt.Errorf("it has %s, not those of %s", axesText(len(t.ax)), describeShape(sh))
	}
	spread := len(t.ax) - fixed
	j := 0
	for _, a := range sh.Axes {
		if a.Ellipsis {
			if err := k.matchRest(t.v.Shape[j : j+spread]); err != nil {
				return nil, err
			}
			j += spread
			continue
		}
		if err := k.matchAxis(a, t, j, ax, bind); err != nil {
			return nil, err
		}
		j++
	}
	return ax, nil
}

func axesText(n int) string {
	if n == 1 {
		return "1 axis"
	}
	return strconv.Itoa(n) + " axes"
}

func describeShape(sh *dsl.Shape) string { return sh.At.Text() }

func (k *binder) matchRest(dims []dsl.Dim) error {
	if !k.known {
		k.rest, k.known = dims, true
		return nil
	}
	if !SameShape(k.rest, dims) {
		return &restError{here: dims, before: k.rest}
	}
	return nil
}

// restError is two tensors that differ in what … stands for.
type restError struct{ here, before []dsl.Dim }

func (e *restError) Error() string {
	return "... stands for " + tensorShape(e.here) + " here and for " + tensorShape(e.before) + " before"
}

// help says how the common case is mended: a column that is declared as a
// vector, or the other way round.
func (e *restError) help() string {
	isColumn := func(x, y []dsl.Dim) bool { return len(x) == len(y)+1 && x[len(y)].Is(1) && SameShape(x[:len(y)], y) }
	switch {
	case isColumn(e.before, e.here):
		return "nothing stretches to another shape: declare it as " + tensorShape(e.before) + ", or write [..., none] after it for an axis of 1"
	case isColumn(e.here, e.before):
		return "nothing stretches to another shape: declare the one before as " + tensorShape(e.here) + ", or write [..., 0] after this one to drop its axis of 1"
	}
	return ""
}

func (k *binder) matchAxis(a dsl.Axis, t tensor, j int, ax []string, bind bool) error {
	if a.Wildcard {
		return nil
	}
	size, label := t.v.Shape[j], labelOf(a.Size)
	if label == "" {
		want := k.l.dim(k.scope, a.Size)
		ax[j] = ""
		if !want.Equal(size) {
			return fmt.Errorf("axis %d is %s, not %s", j, nameSize(t.ax[j], size), nameSize(a.At.Text(), want))
		}
		return nil
	}
	if bind && !k.decided(label) {
		k.scope.bind(label, dimension{d: size, name: label}, a.At).used = true
		k.back[label] = t.ax[j]
	}
	want := k.l.dim(k.scope, a.Size)
	if !want.Equal(size) {
		return fmt.Errorf("axis %d is %s, not %s", j, nameSize(t.ax[j], size), nameSize(label, want))
	}
	ax[j] = label
	return nil
}

// decided reports whether a name in a shape already has a size: lower-case
// names bind once a call, and so do the run-time dimensions in a model's or a
// layer's shapes, which stand for any run-time dimension.
func (k *binder) decided(label string) bool {
	if k.scope.names[label] != nil {
		return true
	}
	if !capital(label) {
		return false
	}
	b := k.scope.find(label)
	if b == nil {
		return true // an error: capitals must be declared
	}
	d, ok := b.value.(dimension)
	return !ok || d.d.Symbol() == nil
}

// result checks the value of a body against the declared result and gives its
// labels back to the caller.
func (k *binder) result(at dsl.Node, v thing) thing {
	if many, ok := v.(tuple); ok {
		out := make(tuple, len(many))
		for i, x := range many {
			out[i] = k.result(at, x)
		}
		return out
	}
	if k.decl.Result != nil && k.decl.Result.Shape != nil {
		v = k.declared(v)
	}
	t, ok := v.(tensor)
	if !ok {
		return v
	}
	return tensor{v: t.v, ax: k.returned(t.ax)}
}

func (k *binder) declared(v thing) thing {
	t := k.l.asTensor(v, k.decl.Body)
	if k.decl.Result.Elem == "" || k.decl.Result.Elem == "float" {
		t.v = cast(t.v, Float)
	}
	inside := tensor{v: t.v, ax: t.ax}
	ax, err := k.matchShape(k.decl.Result.Shape, inside, false)
	if err != nil {
		k.l.fail("GT0217", k.decl.Result, "the result of "+k.title()+" does not fit: "+err.Error(), "the body gives "+t.String(), "")
	}
	for j := range ax { // what no name was written for keeps its label
		if len(ax[j]) > 0 && ax[j][0] == '\'' {
			ax[j] = ax[j][1:]
		}
	}
	return tensor{v: t.v, ax: ax}
}

// returned translates the callee's labels into the caller's.
func (k *binder) returned(ax []string) []string {
	out := make([]string, len(ax))
	for i, label := range ax {
		switch {
		case label == "":
		case label[0] == '\'':
			out[i] = label[1:]
		default:
			if back, ok := k.back[label]; ok {
				out[i] = back
			} else if capital(label) {
				out[i] = label
			}
		}
	}
	return uniqueLabels(out)
}
