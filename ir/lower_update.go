package ir

import (
	"strconv"

	"github.com/gtc-lang/gtc/dsl"
)

// Optimizers and transforms of the gradient: what with lists.

// update applies the transforms, then each parameter's optimizer, whose
// settings must be finite. The learning rate of the first optimizer that has
// one is a result.
func (k *training) update(f *entry, st *dsl.MinimizeStmt, g *goal) {
	l := k.l
	entries := k.with
	if st.With != nil {
		entries = st.With
	}
	grads := g.grads
	var optimizers []*dsl.WithEntry
	var transforms []*configured
	var places []dsl.Span
	for _, e := range entries {
		c := k.entryOf(e)
		switch {
		case c == nil: // accumulate
		case c.decl.Kind == dsl.Optimizer:
			optimizers = append(optimizers, e)
		default:
			transforms, places = append(transforms, c), append(places, e.Span())
		}
	}
	for i, part := range transformParts(transforms) {
		grads = k.transform(places[i], transforms[i], k.setPath(st, part), grads)
	}
	if len(optimizers) == 0 {
		l.fail("GT0306", st, "no optimizer is given", "", "write with adamw(lr: 1e-3)")
	}
	rated := false
	for _, n := range k.optimize(st, g, grads, optimizers) {
		if n.rate && !rated {
			f.fn.Results = append(f.fn.Results, Output{k.resultName(st, "lr"), n.value})
			rated = true
		}
		if _, constant := n.value.Splat(); !constant {
			f.fn.Finite = append(f.fn.Finite, n.value)
		}
	}
}

// entryOf is the optimizer or transform an entry calls; nil for accumulate,
// which belongs to the loop.
func (k *training) entryOf(e *dsl.WithEntry) *configured {
	l := k.l
	name := callee(e.Call)
	if name != nil && name.Name == "accumulate" {
		c, ok := e.Call.(*dsl.Call)
		if !ok || len(c.Args) != 1 {
			l.fail("GT0317", e, "accumulate takes the number of batches", "", "write accumulate(4)")
		}
		n, ok := l.dim(l.globals, c.Args[0].Value).Const()
		if !ok || n < 1 {
			l.fail("GT0317", e, "accumulate takes a positive number of batches", "", "write accumulate(4)")
		}
		k.t.Accumulate = n
		return nil
	}
	if name != nil {
		b := l.globals.find(name.Name)
		if b == nil && name.Name == "private" {
			l.fail("GT0321", e, "private training is not there yet", "", "clip_norm clips the gradient of a whole batch")
		}
		if b != nil {
			if c, ok := b.value.(*callable); ok && c.decl.Kind != dsl.Optimizer && c.decl.Kind != dsl.Transform {
				k.notForWith(e, c)
			}
		}
	}
	v := l.expr(l.globals, e.Call)
	if c, ok := v.(*callable); ok {
		v = &configured{callable: c, from: l.globals}
	}
	c, ok := v.(*configured)
	if !ok || c.decl.Kind != dsl.Optimizer && c.decl.Kind != dsl.Transform {
		k.notForWith(e, v)
	}
	return c
}

func (k *training) notForWith(e *dsl.WithEntry, v thing) {
	k.l.fail("GT0318", e.Call, "with takes optimizers and transforms of the gradient", "this is "+describe(v), "such as adamw(lr: 1e-3) and clip_norm(1.0)")
}

// transformParts are what the paths of transforms end with: their names, with a
// number where a transform is listed more than once.
func transformParts(transforms []*configured) []string {
	total, count := map[string]int{}, map[string]int{}
	parts := make([]string, len(transforms))
	for i, c := range transforms {
		parts[i] = snake(c.decl.Name.Name)
		total[parts[i]]++
	}
	for i, name := range parts {
		if count[name]++; total[name] > 1 {
			parts[i] += strconv.Itoa(count[name])
		}
	}
	return parts
}

// transform changes every gradient; it sees the norm of all of them.
func (k *training) transform(at dsl.Span, c *configured, path string, grads []*Value) []*Value {
	norm := globalNorm(grads)
	out := make([]*Value, len(grads))
	for i, d := range grads {
		out[i], _ = k.apply(at, c, path, map[string]tensor{"g": scalarLabels(d)}, norm, nil)
	}
	return out
}

func scalarLabels(v *Value) tensor { return tensor{v: v, ax: make([]string, len(v.Shape))} }

func (k *training) setPath(st *dsl.MinimizeStmt, part string) string {
	path := k.d.Name.Name
	if len(k.goals) > 1 {
		path = join(path, k.nameOf(st))
	}
	return join(path, part)
}

// optimize updates each parameter by the one optimizer it belongs to. It
// returns the numbers that the optimizers are set by.
func (k *training) optimize(st *dsl.MinimizeStmt, g *goal, grads []*Value, entries []*dsl.WithEntry) (numbers []ruleNumber) {
	l := k.l
	taken := map[*Var]bool{}
	next := map[*Var]*Value{}
	for n, e := range entries {
		c := k.entryOf(e)
		part := ""
		if len(entries) > 1 {
			part = snake(c.decl.Name.Name) + strconv.Itoa(n+1)
		}
		for first, p := range l.chosen(e.Over, g.params, taken) {
			if taken[p] {
				l.fail("GT0307", e, quote(p.Name)+" has two optimizers", "", "name the parameters of each with over, and rest for the last")
			}
			taken[p] = true
			for i := range g.params {
				if g.params[i] == p {
					in := map[string]tensor{"w": scalarLabels(l.read(p)), "g": scalarLabels(grads[i])}
					value, settings := k.apply(e.Span(), c, k.setPath(st, part), in, g.norm, p)
					next[p] = value
					if first == 0 { // they are the same for each
						numbers = append(numbers, settings...)
					}
				}
			}
		}
	}
	for _, p := range g.params {
		if !taken[p] {
			l.fail("GT0307", st, quote(p.Name)+" has no optimizer", "", "add an entry for what is left, adamw(lr: 1e-3) over rest, or leave it as it is with minimize … over")
		}
		l.write(p, next[p])
	}
	return numbers
}

// ruleNumber is a float setting of an optimizer or a transform: a leaf, or what
// a schedule computes.
type ruleNumber struct {
	rate  bool // an optimizer's learning rate
	value *Value
}

// numbersOf are the float settings of a rule as its scope has them bound.
func numbersOf(c *configured, s *scope) (list []ruleNumber) {
	for _, formal := range c.decl.Settings {
		t, ok := s.names[formal.Name.Name].value.(tensor)
		if !ok || t.v.DType != Float || !t.v.Scalar() {
			continue
		}
		if t.v.Name == "" && !t.v.Is("leaf") {
			t.v.Name = formal.Name.Name
		}
		list = append(list, ruleNumber{c.decl.Kind == dsl.Optimizer && formal.Name.Name == "lr", t.v})
	}
	return list
}

// apply runs an optimizer's or a transform's body on one tensor. What it gives
// its first input, or the value of the body, is the result; settings
// are the rule's numbers.
func (k *training) apply(at dsl.Span, c *configured, path string, in map[string]tensor, norm *Value, p *Var) (result *Value, settings []ruleNumber) {
	l := k.l
	s := k.opened(at, c, path)
	l.called[c.decl] = true
	settings = numbersOf(c, s)
	l.calls = append(l.calls, at)
	defer func() { l.calls = l.calls[:len(l.calls)-1] }()
	s.names["grad_norm"] = &binding{value: scalarOf(norm), used: true}
	for _, formal := range c.decl.Inputs {
		s.bind(formal.Name.Name, in[formal.Name.Name], formal.At).used = true
	}
	outer := l.slot
	defer func() { l.slot = outer }()
	l.slot = func(s *scope, item *dsl.DeclItem) {
		if p == nil {
			l.fail("GT0308", item, "a transform has no state", "", "an optimizer may have some: it knows which parameter it is for")
		}
		k.slot(s, c.decl, item, p)
	}
	value := l.block(s, c.decl.Body)
	name := c.decl.Inputs[0].Name
	first, like := s.names[name.Name].value, in[name.Name]
	if _, none := value.(absent); !none {
		first = value
	} else if t, ok := first.(tensor); ok && t.v == like.v {
		l.fail("GT0308", name, quote(name.Name)+" is never assigned", "",
			"give it its new value, "+map[dsl.CallableKind]string{dsl.Optimizer: "w = w - lr * g", dsl.Transform: "g = 0.5 * g"}[c.decl.Kind]+", or end the body with that value")
	}
	t := l.asTensor(first, c.decl.Body)
	where, err := align(t, like)
	if err != nil {
		l.fail("GT0210", c.decl.Body, "the new value has another shape: "+err.Error(), "", "")
	}
	return cast(along(t, where, like).v, like.v.DType), settings
}

// opened is the scope of an optimizer or a transform, with its settings.
func (k *training) opened(at dsl.Span, c *configured, path string) *scope {
	l := k.l
	b := &body{path: path, pattern: path, draws: path, kind: c.decl.Kind, sites: l.sitesOf(c.decl.Body)}
	if len(path) > 0 && path[len(path)-1] == '.' {
		b.path, b.pattern = path[:len(path)-1], path[:len(path)-1]
	}
	s := newScope(c.scope)
	s.top, s.body = true, b
	l.calls = append(l.calls, at)
	defer func() { l.calls = l.calls[:len(l.calls)-1] }()
	bind := &binder{l: l, scope: s, decl: c.decl, back: map[string]string{}}
	bind.settings(c)
	return s
}

// slot is the optimizer's memory of one parameter.
func (k *training) slot(s *scope, d *dsl.Callable, item *dsl.DeclItem, p *Var) {
	l := k.l
	name := s.body.path + "." + snake(d.Name.Name) + "." + item.Name.Name + "/" + p.Name
	v := l.vars[name]
	if v == nil {
		slot := &Var{Name: name, Kind: SlotVar, DType: p.DType, Shape: p.Shape, At: l.placed(item.Name.At), Stacked: p.Stacked, First: p.First, Of: p, Train: k.d.Name.Name}
		v = &variable{v: slot, home: slot, row: -1}
		v.first = l.initial(s, item, name, slot, make([]string, len(p.Shape)))
		l.vars[name] = v
		l.settle(slot, v.first(ConstOf(Int, 0)))
	}
	s.bind(item.Name.Name, scalarLabels(l.read(v.v)), item.Name.At).state = v.v
}
