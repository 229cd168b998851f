package ir

import (
	"strconv"

	"github.com/gtc-lang/gtc/dsl"
)

// training is one train block on its way.
type training struct {
	l     *lowerer
	d     *dsl.TrainDecl
	t     *Train
	with  []*dsl.WithEntry // of the block
	goals []*dsl.MinimizeStmt
}

// train makes the functions of a train block.
func (l *lowerer) train(d *dsl.TrainDecl) {
	k := &training{l: l, d: d, t: &Train{Name: d.Name.Name, Accumulate: 1, At: d.At, Indexed: map[string]int{}}}
	for _, st := range d.Body.Stmts {
		l.attempt(func() { k.read(st) })
	}
	for _, p := range d.Inputs {
		k.t.Inputs = append(k.t.Inputs, p.Name.Name)
	}
	if k.t.Name == "init" {
		l.fail("GT0202", d.Name, quote("init")+" is declared already", "it makes the models' first values", "give the train block another name")
	}
	if len(k.goals) == 0 {
		l.fail("GT0302", d.Name, "the train block minimizes nothing", "", "write minimize loss")
	}
	k.conditions()
	ok := l.attempt(func() { k.step(); k.bounded() })
	if ok {
		l.attempt(func() { k.evaluate() })
		k.parts()
	}
	l.prog.Trains = append(l.prog.Trains, k.t)
}

func (k *training) read(st dsl.Stmt) {
	l := k.l
	switch st := st.(type) {
	case *dsl.MinimizeStmt:
		k.goals = append(k.goals, st)
	case *dsl.WithStmt:
		k.with = append(k.with, st.Entries...)
	case *dsl.BatchStmt:
		for _, item := range st.Items {
			k.batch(item)
		}
	case *dsl.StopStmt:
		k.t.Stop = st.Cond
	case *dsl.DataStmt:
		k.t.Data = st
	case *dsl.ReportStmt:
		k.t.Reports = append(k.t.Reports, st.Name.Name)
	case *dsl.ParamStmt, *dsl.StateStmt, *dsl.LayerStmt, *dsl.YieldStmt:
		l.fail("GT0218", st, "this statement belongs in a model or layer", "", "")
	}
}

func (k *training) batch(item dsl.BatchItem) {
	b := BatchSize{All: item.All}
	if item.Dim != nil {
		d, ok := k.l.expr(k.l.globals, &dsl.Name{Place: item.Dim.Place, Name: item.Dim.Name}).(dimension)
		if !ok || d.d.Symbol() == nil {
			k.l.fail("GT0303", item.Dim, quote(item.Dim.Name)+" is not a run-time dimension", "", "declare it: dim "+item.Dim.Name+" <= 256")
		}
		b.Dim = d.d.Symbol()
	}
	if !item.All {
		n, ok := k.l.dim(k.l.globals, item.Size).Const()
		if !ok || n < 1 {
			k.l.fail("GT0303", item.Size, "a batch is a positive whole number of rows", "", "write batch 32, or batch all")
		}
		b.N = n
	}
	k.t.Batch = append(k.t.Batch, b)
}

// goal is a lowered objective.
type goal struct {
	st     *dsl.MinimizeStmt
	name   string
	loss   *Value
	params []*Var
	grads  []*Value
	norm   *Value
}

func (k *training) body() *body {
	name := k.d.Name.Name
	return &body{path: name, pattern: name, draws: name, kind: dsl.Func, sites: k.l.sitesOf(k.d.Body)}
}

// run lowers the statements of the block in order; each objective is handed to
// on when it is reached.
func (k *training) run(e *entry, on func(st *dsl.MinimizeStmt, loss *Value)) {
	l := k.l
	good := true
	for _, st := range k.d.Body.Stmts {
		ok := l.attempt(func() {
			switch st := st.(type) {
			case *dsl.AssignStmt:
				l.assign(e.scope, st)
			case *dsl.ExprStmt:
				l.exprStmt(e.scope, st, false)
			case *dsl.MinimizeStmt:
				on(st, k.loss(e, st))
			case *dsl.ParamStmt, *dsl.StateStmt, *dsl.LayerStmt: // reported when the block was read
				l.poison(e.scope, st)
			case *dsl.ReportStmt:
				v := l.tensorOf(e.scope, st.Value)
				if len(v.ax) > 0 {
					l.fail("GT0304", st.Value, "a report is a single number", "this is "+v.String(), "reduce it with mean")
				}
				e.fn.Results = append(e.fn.Results, Output{st.Name.Name, cast(v.v, Float)})
			}
		})
		if !ok {
			good = false
			l.poison(e.scope, st)
		}
	}
	if !good {
		panic(bail{})
	}
	l.unused(e.scope)
}

func (k *training) loss(e *entry, st *dsl.MinimizeStmt) *Value {
	v := k.l.tensorOf(e.scope, st.Loss)
	if len(v.ax) > 0 || v.v.DType != Float {
		k.l.fail("GT0304", st.Loss, "an objective is a single number", "this is "+v.String(), "reduce it with mean or sum")
	}
	name := k.nameOf(st)
	e.fn.Results = append(e.fn.Results, Output{name, v.v})
	if st.Name != nil {
		e.scope.bind(st.Name.Name, v, st.Name.At).used = true
	}
	return v.v
}

func (k *training) nameOf(st *dsl.MinimizeStmt) string {
	if st.Name != nil {
		return st.Name.Name
	}
	return "loss"
}

// step is forward, backward and update.
func (k *training) step() {
	l := k.l
	e := l.entry(k.d.Name.Name, StepFunc, true, k.body(), k.d.Inputs, k.d.At)
	k.run(e, func(st *dsl.MinimizeStmt, loss *Value) {
		k.t.Objectives = append(k.t.Objectives, k.nameOf(st))
		g := k.differentiate(st, loss)
		e.fn.Finite = append(e.fn.Finite, loss, g.norm)
		e.fn.Results = append(e.fn.Results, Output{k.normName(st), g.norm})
		k.update(e, st, g)
	})
	k.t.Indexed = indexedInputs(e.fn)
	e.close()
}

func (k *training) normName(st *dsl.MinimizeStmt) string {
	if len(k.goals) == 1 {
		return "grad_norm"
	}
	return k.nameOf(st) + "_grad_norm"
}

// differentiate asks for the gradients of an objective by the parameters it is
// over.
func (k *training) differentiate(st *dsl.MinimizeStmt, loss *Value) *goal {
	l := k.l
	g := &goal{st: st, name: k.nameOf(st), loss: loss}
	g.params = l.chosen(st.Over, l.paramsOf(loss), nil)
	if len(g.params) == 0 {
		l.fail("GT0305", st, "the objective depends on no parameter", "", "minimize something that a model computes")
	}
	xs := make([]*Value, len(g.params))
	for i, p := range g.params {
		xs[i] = l.read(p)
	}
	node := Gradient(loss, xs...)
	node.At = st.At
	for i, p := range g.params {
		d := Out(node, i)
		d.Name = "d_" + p.Name
		d.At = p.At
		g.grads = append(g.grads, d)
	}
	g.norm = globalNorm(g.grads)
	g.norm.At = st.At
	return g
}

// paramsOf lists the parameters a value depends on, in order of creation.
func (l *lowerer) paramsOf(loss *Value) []*Var {
	deps := map[*Value]bool{}
	for _, v := range Order(loss) {
		deps[v] = true
	}
	var list []*Var
	for _, v := range l.prog.Vars {
		if v.Kind == ParamVar && v.DType == Float && l.fn.versions[v] != nil && deps[l.fn.versions[v]] {
			list = append(list, v)
		}
	}
	return list
}

func globalNorm(grads []*Value) *Value {
	total := Const(0)
	for i, g := range grads {
		s := Reduce("sum", New("mul", nil, g, g), dsl.Axes(upTo(len(g.Shape))))
		if i == 0 {
			total = s
		} else {
			total = New("add", nil, total, s)
		}
	}
	v := New("sqrt", nil, total)
	v.Name = "grad_norm"
	return v
}

// update applies the transforms, then each parameter's optimizer, whose
// settings must be finite.
func (k *training) update(f *entry, st *dsl.MinimizeStmt, g *goal) {
	l := k.l
	entries := k.with
	if st.With != nil {
		entries = st.With
	}
	grads := g.grads
	var optimizers []*dsl.WithEntry
	for _, e := range entries {
		c := k.entryOf(e)
		switch {
		case c == nil: // accumulate
		case c.decl.Kind == dsl.Optimizer:
			optimizers = append(optimizers, e)
		default:
			grads = k.transform(st, e.Span(), c, grads)
		}
	}
	if len(optimizers) == 0 {
		l.fail("GT0306", st, "no optimizer is given", "", "write with adamw(lr: 1e-3)")
	}
	for _, v := range k.optimize(st, g, grads, optimizers) {
		if _, constant := v.Splat(); !constant {
			f.fn.Finite = append(f.fn.Finite, v)
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

// transform changes every gradient; it sees the norm of all of them.
func (k *training) transform(st *dsl.MinimizeStmt, at dsl.Span, c *configured, grads []*Value) []*Value {
	norm := globalNorm(grads)
	out := make([]*Value, len(grads))
	for i, d := range grads {
		out[i], _ = k.apply(at, c, k.setPath(st, snake(c.decl.Name.Name)), map[string]tensor{"g": scalarLabels(d)}, norm, nil)
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
func (k *training) optimize(st *dsl.MinimizeStmt, g *goal, grads []*Value, entries []*dsl.WithEntry) (numbers []*Value) {
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

// numbersOf are the float settings of a rule as its scope has them bound: leaves,
// or what a schedule computes.
func numbersOf(c *configured, s *scope) (list []*Value) {
	for _, formal := range c.decl.Settings {
		t, ok := s.names[formal.Name.Name].value.(tensor)
		if !ok || t.v.DType != Float || !t.v.Scalar() {
			continue
		}
		if t.v.Name == "" && !t.v.Is("leaf") {
			t.v.Name = formal.Name.Name
		}
		list = append(list, t.v)
	}
	return list
}

// apply runs an optimizer's or a transform's body on one tensor. What it gives
// its first input, or the value of the body, is the result; settings
// are the rule's numbers.
func (k *training) apply(at dsl.Span, c *configured, path string, in map[string]tensor, norm *Value, p *Var) (result *Value, settings []*Value) {
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
	settings = numbersOf(c, s)
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

// evaluate is the objective and the reports, not training.
func (k *training) evaluate() {
	e := k.l.entry(k.d.Name.Name, EvaluateFunc, false, k.body(), k.d.Inputs, k.d.At)
	k.run(e, func(*dsl.MinimizeStmt, *Value) {})
	e.close()
}

// parts is the step in parts, for accumulation and for callers who want to see
// the gradients: possible with one objective over one run-time dimension.
func (k *training) parts() {
	rows := k.rows()
	if len(k.goals) != 1 || rows == nil {
		return
	}
	k.l.attempt(func() { k.backward(rows); k.applyGradients() })
}

// rows is the dimension that batches run along.
func (k *training) rows() *dsl.Sym {
	step := k.l.prog.FuncOf(k.d.Name.Name, StepFunc)
	var rows *dsl.Sym
	for _, in := range step.Inputs {
		if len(in.Shape) == 0 {
			return nil
		}
		s := in.Shape[0].Symbol()
		if s == nil || rows != nil && s != rows {
			return nil
		}
		rows = s
	}
	return rows
}

func (k *training) gradVar(name string, p *Var) *Var {
	v := k.l.vars[name]
	if v == nil {
		g := &Var{Name: name, Kind: GradVar, DType: Float, Of: p, Train: k.d.Name.Name, At: k.d.At}
		if p != nil {
			g.Shape, g.Stacked, g.First = p.Shape, p.Stacked, p.First
		}
		v = &variable{v: g, home: g, row: -1}
		k.l.vars[name] = v
		k.l.settle(g, Fill(Float, 0, g.Shape))
	}
	return v.v
}

func (k *training) gradName(p *Var) string { return k.d.Name.Name + ".grad/" + p.Name }

// backward adds rows × gradient to the grad variables.
func (k *training) backward(rows *dsl.Sym) {
	l := k.l
	e := l.entry(k.d.Name.Name, BackwardFunc, true, k.body(), k.d.Inputs, k.d.At)
	k.run(e, func(st *dsl.MinimizeStmt, loss *Value) {
		g := k.differentiate(st, loss)
		e.fn.Finite = append(e.fn.Finite, loss, g.norm)
		n := SizeOf(rows.Dim())
		for i, p := range g.params {
			sum := k.gradVar(k.gradName(p), p)
			l.write(sum, New("add", nil, l.read(sum), New("mul", nil, g.grads[i], Broadcast(n, nil, p.Shape))))
		}
		count := k.gradVar(k.d.Name.Name+".rows", nil)
		l.write(count, New("add", nil, l.read(count), n))
	})
	e.close()
}

// applyGradients updates from the grad variables and clears them.
func (k *training) applyGradients() {
	l := k.l
	st := k.goals[0]
	e := l.entry(k.d.Name.Name, ApplyFunc, true, k.body(), nil, k.d.At)
	count := k.gradVar(k.d.Name.Name+".rows", nil)
	rows := l.read(count)
	g := &goal{st: st, name: k.nameOf(st)}
	for _, p := range l.prog.Vars {
		if known := l.vars[k.gradName(p)]; known != nil && known.v.Of == p {
			g.params = append(g.params, p)
			g.grads = append(g.grads, New("div", nil, l.read(known.v), Broadcast(rows, nil, p.Shape)))
		}
	}
	g.norm = globalNorm(g.grads)
	e.fn.Finite = append(e.fn.Finite, g.norm)
	e.fn.Results = append(e.fn.Results, Output{"grad_norm", g.norm})
	k.update(e, st, g)
	for _, p := range g.params {
		l.write(l.vars[k.gradName(p)].v, Fill(Float, 0, p.Shape))
	}
	l.write(count, Const(0))
	e.close()
}

// indexedInputs finds the integer inputs that are used as positions, with the
// size of the axis they index.
func indexedInputs(f *Func) map[string]int {
	limits := map[string]int{}
	for _, v := range Order(f.Roots()...) {
		if !v.Is("gather") {
			continue
		}
		at := v.Args[1]
		for at.Is("view") {
			at = at.Args[0]
		}
		leaf, ok := at.Attr.(*Leaf)
		if !ok || leaf.Kind != InputLeaf {
			continue
		}
		n, fixed := v.Args[0].Shape[int(v.Attr.(dsl.Batch))].Const()
		if old, seen := limits[leaf.Name]; fixed && (!seen || n < old) {
			limits[leaf.Name] = n
		}
	}
	return limits
}
