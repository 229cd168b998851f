package ir

import (
	"math"

	"github.com/gtc-lang/gtc/dsl"
)

// The parts of a train block that become no value of the program are checked
// here and in the files beside this one: the stop rule, the data line and the
// budgets. Back ends get them in a form without expressions to interpret.

// conditions checks, once the statements of a train block are read, what its
// step does not need.
func (k *training) conditions() {
	k.once()
	k.distinct()
	if k.t.Data != nil {
		k.source(k.t.Data)
	}
	k.ends = k.t.Stop == nil || k.l.attempt(func() { k.stop() })
}

// once reports the second of two statements that a train block has one of.
func (k *training) once() {
	first := map[string]dsl.Stmt{}
	for _, st := range k.d.Body.Stmts {
		word := ""
		switch st.(type) {
		case *dsl.StopStmt:
			word = "stop"
		case *dsl.DataStmt:
			word = "data"
		case *dsl.BatchStmt:
			word = "batch"
		default:
			continue
		}
		if first[word] == nil {
			first[word] = st
			continue
		}
		k.l.report(&dsl.Diagnostic{Code: "GT0309", At: st.Span(), Message: "the train block has two `" + word + "` statements", Here: "the second one",
			Labels: []dsl.Label{{At: first[word].Span(), Text: "the first one"}}, Help: "keep one of them"})
	}
}

// distinct checks that objectives and reports have names of their own: these
// are what stop rules, progress and Go programs call them by.
func (k *training) distinct() {
	first := map[string]dsl.Span{}
	note := func(name string, at dsl.Span, help string) {
		if old, twice := first[name]; twice {
			k.l.report(&dsl.Diagnostic{Code: "GT0320", At: at, Message: "two values of the train block are called " + quote(name), Here: "the second one",
				Labels: []dsl.Label{{At: old, Text: "the first one"}}, Help: help})
			return
		}
		first[name] = at
	}
	for _, st := range k.d.Body.Stmts {
		switch st := st.(type) {
		case *dsl.MinimizeStmt:
			at := st.Loss.Span()
			if st.Name != nil {
				at = st.Name.At
			}
			note(k.nameOf(st), at, "give each objective a name: minimize critic = …")
			for _, r := range [...][2]string{{"grad_norm", "the norm of an objective's gradient"}, {"lr", "an optimizer's learning rate"}} {
				name := k.resultName(st, r[0])
				note(name, at, quote(name)+" is "+r[1]+": give the other value another name")
			}
		case *dsl.ReportStmt:
			note(st.Name.Name, st.Name.At, "give one of them another name")
		}
	}
}

// bounded checks, once the step is made, that a schedule that needs the number
// of all steps can have it.
func (k *training) bounded() {
	l := k.l
	total := l.settings["total"]
	if total == nil || l.fn.given[total] == nil || k.t.MaxEpochs > 0 || k.t.MaxSteps > 0 || !k.ends {
		return
	}
	d := &dsl.Diagnostic{Code: "GT0319", At: k.d.Name.At, Message: "the number of steps in total is not known", Help: "add a bound to the stop rule: stop when epoch >= 30"}
	for _, e := range k.listed() {
		if at := l.scheduleIn(e.Call); at != nil {
			d.At, d.Here = at.Span(), "this schedule needs it"
			break
		}
	}
	for _, st := range k.d.Body.Stmts {
		if st, ok := st.(*dsl.StopStmt); ok {
			d.Labels = []dsl.Label{{At: st.At, Text: "this sets no bound on epoch or step"}}
		}
	}
	l.diags.Add(d)
}

// scheduleIn is the first argument of a call that is a schedule, or nil.
func (l *lowerer) scheduleIn(e dsl.Expr) dsl.Node {
	call, ok := e.(*dsl.Call)
	if !ok {
		return nil
	}
	k := &binder{l: l}
	for _, a := range call.Args {
		if k.schedule(l.globals, a.Value) != nil {
			return a.Value
		}
	}
	return nil
}

// formals checks that the settings and inputs of a declaration have names of
// their own.
func (l *lowerer) formals(lists ...[]*dsl.Param) {
	first := map[string]dsl.Span{}
	for _, list := range lists {
		for _, p := range list {
			if old, twice := first[p.Name.Name]; twice {
				l.twice(p.Name, old)
			}
			first[p.Name.Name] = p.Name.At
		}
	}
}

// fresh checks that a parameter, state or instance has a name of its own in
// the body: it is a part of paths.
func (l *lowerer) fresh(s *scope, name *dsl.Ident) {
	if b := s.local(name.Name); b != nil && b.at.Valid() {
		l.twice(name, b.at)
		panic(bail{})
	}
}

// tooLarge reports, for each function, the first tensor that is larger than
// arithmetic on sizes allows, and the first whole number that is wider than an
// integer.
func (l *lowerer) tooLarge() {
	for _, f := range l.prog.Funcs {
		if v := firstTooLarge(f.Roots()); v != nil {
			l.within(f, &dsl.Diagnostic{Code: "GT0401", At: v.At, Message: "a tensor of the shape " + tensorShape(v.Shape) + " is too large", Help: tensorLimit})
		}
		if d := TooWide(f.Roots()); d != nil {
			l.within(f, d)
		}
	}
}

// within reports what is wrong in a function; where that is a line of the
// library, at the function.
func (l *lowerer) within(f *Func, d *dsl.Diagnostic) {
	if d.At.Source != l.file.Source {
		d.Labels = []dsl.Label{{At: d.At, Text: "here"}}
		d.At = f.At
	}
	l.diags.Add(d)
}

func firstTooLarge(roots []*Value) *Value {
	for _, v := range Order(roots...) {
		if !fitting(v.Shape) {
			return v
		}
		if loop, ok := v.Attr.(*Loop); ok {
			if inner := firstTooLarge(loop.Body.Results); inner != nil {
				return inner
			}
		}
	}
	return nil
}

// rule checks the inputs of optimizers and transforms.
func (l *lowerer) rule(d *dsl.Callable) {
	want := map[dsl.CallableKind][]string{dsl.Optimizer: {"w", "g"}, dsl.Transform: {"g"}}[d.Kind]
	if want == nil {
		return
	}
	const message, help = "the inputs of an optimizer are w and g, that of a transform g", "w is the parameter, g its gradient; name them so"
	for i, p := range d.Inputs {
		if i >= len(want) || p.Name.Name != want[i] {
			l.fail("GT0308", p, message, "", help)
		}
	}
	if len(d.Inputs) < len(want) {
		l.fail("GT0308", d.Name, message, "", help)
	}
}

// rests checks that a shape of a signature has one `...` at most: with two of
// them there would be several ways to fit.
func (l *lowerer) rests(d *dsl.Callable) {
	types := []*dsl.Type{d.Result}
	for _, p := range d.Inputs {
		types = append(types, p.Type)
	}
	l.each(len(types), func(k int) {
		if types[k] == nil || types[k].Shape == nil {
			return
		}
		rests := 0
		for _, a := range types[k].Shape.Axes {
			if a.Ellipsis {
				rests++
			}
		}
		if rests > 1 {
			l.fail("GT0216", types[k], "... stands twice in a shape", "", "give the other axes names")
		}
	})
}

// twice reports a name that is declared a second time.
func (l *lowerer) twice(name *dsl.Ident, first dsl.Span) {
	l.report(&dsl.Diagnostic{Code: "GT0202", At: name.At, Message: quote(name.Name) + " is declared twice",
		Labels: []dsl.Label{{At: first, Text: "first here"}}, Help: "give one of them another name"})
}

// constant is the value of an expression that is a number at compile time.
func (l *lowerer) constant(code dsl.Code, e dsl.Expr, help string) float64 {
	v := l.expr(l.globals, e)
	n, ok := plain(v)
	if !ok || math.IsNaN(n) || math.IsInf(n, 0) {
		l.fail(code, e, "a plain number is needed here", "this is "+describe(v), help)
	}
	return n
}
