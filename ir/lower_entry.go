package ir

import (
	"strconv"

	"github.com/gtc-lang/gtc/dsl"
)

// entry lowers a body as a function whose inputs are given by the caller.
type entry struct {
	l      *lowerer
	fn     *Func
	scope  *scope
	labels [][]string
}

func (l *lowerer) entry(name string, kind FuncKind, training bool, b *body, inputs []*dsl.Param, at dsl.Span) *entry {
	l.fn = newFunction(training)
	e := &entry{l: l, fn: &Func{Name: name, Kind: kind, At: at}, scope: newScope(l.globals)}
	e.scope.top, e.scope.body = true, b
	for _, p := range inputs {
		if !l.attempt(func() { e.input(p) }) {
			e.scope.bind(p.Name.Name, poison{}, p.Name.At)
		}
	}
	return e
}

func (e *entry) input(p *dsl.Param) {
	l := e.l
	if p.Type == nil || p.Type.Shape == nil {
		l.fail("GT0223", p, "the shape of an input from outside is written", "", "write "+p.Name.Name+": [B, 64]")
	}
	shape, ax := l.writtenShape(e.scope, p.Type.Shape)
	t := map[string]DType{"int": Int, "bool": Bool}[p.Type.Elem]
	leaf := NewLeaf(&Leaf{Kind: InputLeaf, Name: p.Name.Name}, t, shape)
	leaf.At = p.At
	e.fn.Inputs = append(e.fn.Inputs, leaf)
	e.labels = append(e.labels, ax)
	e.scope.bind(p.Name.Name, tensor{v: leaf, ax: uniqueLabels(append([]string(nil), ax...))}, p.Name.At)
}

// close adds the function to the program with the states it updated. Those of
// an evaluation stay as they were: it is no step, and whoever validates more
// often, or again after an interruption, must not train otherwise.
func (e *entry) close() {
	if e.fn.Kind == EvaluateFunc {
		e.l.fn.updated = nil
	}
	for _, v := range e.l.fn.updated {
		e.fn.Updates = append(e.fn.Updates, Update{v, e.l.fn.versions[v]})
	}
	e.l.prog.Funcs = append(e.l.prog.Funcs, e.fn)
}

// outputs names the parts of a result.
func (e *entry) outputs(v thing, at dsl.Node) {
	many, ok := v.(tuple)
	if !ok {
		many = tuple{v}
	}
	for i, x := range many {
		name := "y"
		if len(many) > 1 {
			name += strconv.Itoa(i + 1)
		}
		e.fn.Results = append(e.fn.Results, Output{name, e.l.asTensor(x, at).v})
	}
}

// model makes the forward function of a model.
func (l *lowerer) model(d *dsl.Callable) {
	name := d.Name.Name
	b := &body{path: name, pattern: name, draws: name, kind: dsl.Model}
	e := l.entry(name, ForwardFunc, false, b, d.Inputs, d.At)
	l.fn.layers.wanted = true
	e.outputs(e.call(d), d.Body)
	layers := l.fn.layers.list
	e.close()
	l.prog.Models = append(l.prog.Models, &Model{Name: name, Labels: e.labels, Layers: layers, At: d.At})
}

// evalBlock makes the function of an eval block.
func (l *lowerer) evalBlock(d *dsl.Callable) {
	name := d.Name.Name
	e := l.entry(name, EvalFunc, false, &body{path: name, pattern: name, draws: name, kind: dsl.Eval}, d.Inputs, d.At)
	e.outputs(e.call(d), d.Body)
	e.close()
}

// call runs a declaration's body on the inputs of the entry.
func (e *entry) call(d *dsl.Callable) thing {
	var given []actual
	for _, p := range d.Inputs {
		b := e.scope.names[p.Name.Name]
		b.used = true
		given = append(given, actual{value: b.value, at: p})
	}
	return e.l.invokeAs(e.scope, &configured{callable: &callable{decl: d, scope: e.l.globals}, from: e.scope}, d.Name, given, e.scope.body)
}
