package ir

import (
	"slices"

	"github.com/gtc-lang/gtc/dsl"
)

// training is one train block on its way.
type training struct {
	l       *lowerer
	d       *dsl.TrainDecl
	t       *Train
	with    []*dsl.WithEntry // of the block
	goals   []*dsl.MinimizeStmt
	ends    bool // the stop rule is right
	sourced bool // the source of the data is right
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
		l.report(&dsl.Diagnostic{Code: "GT0202", At: d.Name.At, Message: quote("init") + " is declared already", Here: "it makes the models' first values", Help: "give the train block another name"})
	}
	if len(k.goals) == 0 {
		l.report(&dsl.Diagnostic{Code: "GT0302", At: d.Name.At, Message: "the train block minimizes nothing", Help: "write minimize loss"})
	}
	k.conditions()
	ok := l.attempt(func() { k.step(); k.bounded() })
	if !ok {
		k.entries()
	}
	if l.attempt(func() { k.evaluate() }) && ok {
		k.parts()
	}
	l.prog.Trains = append(l.prog.Trains, k.t)
}

// entries checks what with lists, where no step could be made that uses it.
func (k *training) entries() {
	l := k.l
	l.fn = newFunction(true)
	for _, e := range k.listed() {
		l.attempt(func() {
			if c := k.entryOf(e); c != nil {
				k.opened(e.Span(), c, k.d.Name.Name)
			}
		})
	}
	k.bounded()
}

// listed is what with lists, of the block and of its objectives.
func (k *training) listed() []*dsl.WithEntry {
	entries := slices.Clone(k.with)
	for _, g := range k.goals {
		entries = append(entries, g.With...)
	}
	return entries
}

func (k *training) read(st dsl.Stmt) {
	l := k.l
	switch st := st.(type) {
	case *dsl.MinimizeStmt:
		k.goals = append(k.goals, st)
	case *dsl.WithStmt:
		k.with = append(k.with, st.Entries...)
	case *dsl.BatchStmt:
		l.each(len(st.Items), func(i int) { k.batch(st.Items[i]) })
	case *dsl.StopStmt:
		k.t.Stop = st.Cond
	case *dsl.DataStmt:
		k.t.Data = st
	case *dsl.ReportStmt:
		k.t.Reports = append(k.t.Reports, Report{st.Name.Name, st.Better, st.Name.At})
	case *dsl.ParamStmt, *dsl.StateStmt, *dsl.LayerStmt, *dsl.YieldStmt:
		l.fail("GT0218", st, "this statement belongs in a model or layer", "", "")
	}
}

// batch reads `32`, `all` or `N = 32`.
func (k *training) batch(item dsl.BatchItem) {
	b := BatchSize{All: item.All}
	k.l.each(2, func(i int) {
		switch {
		case i == 0 && item.Dim != nil:
			b.Dim = k.batchDim(item.Dim)
		case i == 1 && !item.All:
			b.N = k.rowsOf(item.Size)
		}
	})
	k.t.Batch = append(k.t.Batch, b)
}

func (k *training) batchDim(name *dsl.Ident) *dsl.Sym {
	d, ok := k.l.expr(k.l.globals, &dsl.Name{Place: name.Place, Name: name.Name}).(dimension)
	if !ok || d.d.Symbol() == nil {
		k.l.fail("GT0303", name, quote(name.Name)+" is not a run-time dimension", "", "declare it: dim "+name.Name+" <= 256")
	}
	return d.d.Symbol()
}

func (k *training) rowsOf(size dsl.Expr) int {
	n, ok := k.l.dim(k.l.globals, size).Const()
	if !ok || n < 1 {
		k.l.fail("GT0303", size, "a batch is a positive whole number of rows", "", "write batch 32, or batch all")
	}
	return n
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
	if len(k.goals) > 0 { // else what they would use is not known
		l.unused(e.scope)
	}
	if !good {
		panic(bail{})
	}
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
		e.fn.Results = append(e.fn.Results, Output{k.resultName(st, "grad_norm"), g.norm})
		k.update(e, st, g)
	})
	k.t.Indexed, k.t.Classes = indexedInputs(e.fn)
	e.close()
}

// resultName is what a number of an objective's update is called: grad_norm, lr.
func (k *training) resultName(st *dsl.MinimizeStmt, of string) string {
	if len(k.goals) == 1 {
		return of
	}
	return k.nameOf(st) + "_" + of
}

// differentiate asks for the gradients of an objective by the parameters it is
// over.
func (k *training) differentiate(st *dsl.MinimizeStmt, loss *Value) *goal {
	l := k.l
	if l.doubtful(loss) {
		panic(bail{})
	}
	g := &goal{st: st, name: k.nameOf(st), loss: loss}
	g.params = l.chosen(st.Over, l.paramsOf(loss), nil)
	if len(g.params) == 0 {
		l.fail("GT0305", st, "the objective depends on no parameter", "", "minimize something that a model computes")
	}
	xs := make([]*Value, len(g.params))
	for i, p := range g.params {
		xs[i] = l.read(p)
	}
	k.reached(st, loss, xs)
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
	k.l.attempt(func() { k.backward(rows); k.applyGradients(); k.whole(rows) })
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
// size of the axis they index, and which of them choose a class.
func indexedInputs(f *Func) (limits map[string]int, classes []string) {
	limits = map[string]int{}
	for _, v := range Order(f.Roots()...) {
		name := indexedBy(v)
		if name == "" {
			continue
		}
		shared := int(v.Attr.(dsl.Batch)) // axes of rows, of which each has its own numbers
		n, fixed := v.Args[0].Shape[shared].Const()
		if old, seen := limits[name]; fixed && (!seen || n < old) {
			limits[name] = n
		}
		if fixed && shared > 0 && !slices.Contains(classes, name) {
			classes = append(classes, name)
		}
	}
	return limits, classes
}

// indexedBy is the input whose integers are the positions of a gather; "" for
// none.
func indexedBy(v *Value) string {
	if !v.Is("gather") {
		return ""
	}
	at := v.Args[1]
	for at.Is("view") {
		at = at.Args[0]
	}
	if leaf, ok := at.Attr.(*Leaf); ok && leaf.Kind == InputLeaf {
		return leaf.Name
	}
	return ""
}
