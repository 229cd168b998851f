package ir

import (
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
	f := l.head(s, e.Fn, e.Args)
	switch f := f.(type) {
	case builtinRef:
		return builtins[string(f)](&builtinCall{l: l, s: s, at: e, name: string(f), args: e.Args})
	case *instance:
		return l.invokeAs(s, f.configured, e, l.actuals(s, f.callable, e.Args, nil), f.body())
	case *configured:
		return l.invoke(s, f, e, l.actuals(s, f.callable, e.Args, nil))
	}
	c := f.(*callable)
	if lonelySettings(c) {
		return &configured{callable: c, args: e.Args, from: s}
	}
	return l.invoke(s, &configured{callable: c, from: s}, e, l.actuals(s, c, e.Args, nil))
}

// head is what a call calls. When there is no such thing, the arguments are
// read all the same; but a bare name may be the label of an axis.
func (l *lowerer) head(s *scope, fn dsl.Expr, args []*dsl.Arg) (f thing) {
	if l.attempt(func() {
		f = l.callee(s, fn)
		switch f.(type) {
		case builtinRef, *callable, *configured, *instance:
		default:
			l.fail("GT0212", fn, "this cannot be called", "it is "+describe(f), "")
		}
	}) {
		return f
	}
	for _, a := range args {
		if _, name := a.Value.(*dsl.Name); !name {
			l.attempt(func() { l.expr(s, a.Value) })
		}
	}
	panic(bail{})
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
	first := &actual{value: poison{}, at: e.X}
	l.attempt(func() { first.value = l.expr(s, e.X) })
	fn, args := e.Fn, []*dsl.Arg(nil)
	if c, ok := fn.(*dsl.Call); ok {
		fn, args = c.Fn, c.Args
	}
	f := l.head(s, fn, args)
	switch f := f.(type) {
	case builtinRef:
		return builtins[string(f)](&builtinCall{l: l, s: s, at: e, name: string(f), args: args, piped: first})
	case *instance:
		return l.invokeAs(s, f.configured, e, l.actuals(s, f.callable, args, first), f.body())
	case *configured:
		return l.invoke(s, f, e, l.actuals(s, f.callable, args, first))
	}
	c := f.(*callable)
	if len(c.decl.Settings) > 0 {
		return l.invoke(s, &configured{callable: c, args: args, from: s}, e, []actual{*first})
	}
	return l.invoke(s, &configured{callable: c, from: s}, e, l.actuals(s, c, args, first))
}

// actuals lowers the inputs of a call; those that fail are poison. Once the
// inputs reach a formal called axes, the rest selects axes of the first input.
func (l *lowerer) actuals(s *scope, c *callable, args []*dsl.Arg, first *actual) []actual {
	var list []actual
	if first != nil {
		list = append(list, *first)
	}
	for i, a := range args {
		if takesAxes(c, len(list)) {
			axes := actual{value: poison{}, at: a, name: "axes"}
			l.attempt(func() { axes.value = l.axesFrom(s, l.asTensor(list[0].value, list[0].at), args[i:]) })
			return append(list, axes)
		}
		one := actual{value: poison{}, expr: a.Value, at: a.Value}
		if a.Name != nil {
			one.name = a.Name.Name
		}
		l.attempt(func() { one.value = l.expr(s, a.Value) })
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
	if l.runaway[c.decl] {
		panic(bail{})
	}
	if len(l.calls) >= maxCallDepth && !c.library { // the library ends by itself
		l.runaway[c.decl] = true
		l.fail("GT0402", at, "calls nest more than "+strconv.Itoa(maxCallDepth)+" deep", "", "what calls itself needs an end that is known at compile time, such as a setting that counts down")
	}
	if l.instances--; l.instances < 0 {
		l.fail("GT0403", at, "the program makes more than "+strconv.Itoa(maxInstances)+" calls", "", "")
	}
	l.calls = append(l.calls, at.Span())
	defer func() { l.calls = l.calls[:len(l.calls)-1] }()

	b.sites = l.sitesOf(c.decl.Body)
	inner := newScope(c.scope)
	inner.body = b
	inner.top = true
	k := &binder{l: l, scope: inner, decl: c.decl, back: map[string]string{}}
	configured := k.settings(c)
	fits := l.attempt(func() { k.inputs(at, inputs) })
	l.called[c.decl] = l.called[c.decl] || configured && fits
	var value thing
	if l.attempt(func() { value = l.layer(c, b, func() thing { return k.result(at, l.block(inner, c.decl.Body)) }) }) {
		l.remember(c, value)
		return value
	}
	return k.promised(fits)
}
