package ir

import (
	"slices"
	"strings"

	"github.com/gtc-lang/gtc/dsl"
)

// block lowers the statements of a body and returns the value of the last.
func (l *lowerer) block(s *scope, b *dsl.Block) thing {
	var value thing = absent{}
	for i, st := range b.Stmts {
		last := i == len(b.Stmts)-1
		if !l.attempt(func() { value = l.stmt(s, st, last) }) {
			l.poison(s, st)
			value = poison{}
		}
	}
	l.unused(s)
	return sound(value)
}

// poison follows from a statement that failed: the names that it binds, or that
// blocks in it rebind, have no value to rely on, and those that it mentions
// are used.
func (l *lowerer) poison(s *scope, st dsl.Stmt) {
	names := bound(st)
	for _, name := range names {
		s.poison(name)
		if len(names) > 1 {
			s.local(name.Name).used = true // there may be too many of them
		}
	}
	dsl.Walk(st, func(n dsl.Node) bool {
		if inner, ok := n.(dsl.Stmt); ok {
			for _, name := range bound(inner) {
				if s.local(name.Name) != nil {
					s.poison(name)
				}
			}
		}
		return true
	})
	l.mention(s, st)
	if l.fn.scan != nil && yields(st) {
		l.fn.scan.failed = true
	}
}

// mention notes the names in what is not lowered as used: by the statements
// of a branch that is not taken, and by those that failed. A name that is not
// there may stand for one that is.
func (l *lowerer) mention(s *scope, n dsl.Node) {
	inner := map[string]bool{}
	dsl.Walk(n, func(n dsl.Node) bool {
		switch n := n.(type) {
		case dsl.Stmt:
			for _, name := range bound(n) {
				inner[name.Name] = true
			}
		case *dsl.For:
			inner[n.Var.Name] = true
		case *dsl.Scan:
			inner[n.Var.Name] = true
		case *dsl.IndexVar:
			inner[n.Name.Name] = true
		}
		return true
	})
	dsl.Walk(n, func(n dsl.Node) bool {
		name, ok := n.(*dsl.Name)
		if !ok {
			return true
		}
		if b := s.find(name.Name); b != nil {
			b.used = true
		} else if _, known := l.builtinName(name.Name); !known && !inner[name.Name] {
			s.near(name.Name)
		}
		return true
	})
}

// yields reports whether a statement yields in the scan around it.
func yields(st dsl.Stmt) bool {
	found := false
	dsl.Walk(st, func(n dsl.Node) bool {
		_, inner := n.(*dsl.Scan)
		_, yield := n.(*dsl.YieldStmt)
		found = found || yield
		return !inner
	})
	return found
}

// bound lists the names that a statement binds.
func bound(st dsl.Stmt) []*dsl.Ident {
	var names []*dsl.Ident
	switch st := st.(type) {
	case *dsl.AssignStmt:
		for _, t := range st.Targets {
			names = append(names, t.Name)
		}
	case *dsl.ParamStmt:
		for _, item := range st.Items {
			names = append(names, item.Name)
		}
	case *dsl.StateStmt:
		for _, item := range st.Items {
			names = append(names, item.Name)
		}
	case *dsl.LayerStmt:
		names = append(names, st.Name)
	case *dsl.MinimizeStmt:
		if st.Name != nil {
			names = append(names, st.Name)
		}
	}
	return names
}

// poison gives a name of the body a value that fails what needs it.
func (s *scope) poison(name *dsl.Ident) {
	if b := s.local(name.Name); b != nil {
		b.value, b.state = poison{}, nil
		return
	}
	s.bind(name.Name, poison{}, name.At)
}

// unused reports names that were bound and never read.
func (l *lowerer) unused(s *scope) {
	for _, name := range s.order {
		b := s.names[name]
		if !s.lost && !b.used && b.state == nil && b.at.Valid() {
			help := "remove it, or use it"
			if hint := dsl.HintFor(name, true); hint != "" {
				help += "; " + hint
			}
			l.report(&dsl.Diagnostic{Code: "GT0211", At: b.at, Message: quote(name) + " is never used", Help: help})
		}
	}
}

func (l *lowerer) stmt(s *scope, st dsl.Stmt, last bool) thing {
	defer func(outer dsl.Span) { l.begins = outer }(l.begins)
	l.begins = st.Span()
	switch st := st.(type) {
	case *dsl.AssignStmt:
		l.assign(s, st)
	case *dsl.ParamStmt:
		l.params(s, st)
	case *dsl.StateStmt:
		l.states(s, st)
	case *dsl.LayerStmt:
		l.namedLayer(s, st)
	case *dsl.YieldStmt:
		l.yield(s, st)
	case *dsl.ExprStmt:
		return l.exprStmt(s, st, last)
	default:
		l.fail("GT0218", st, "this statement belongs in a train block", "", "write it directly in train Name(…) { … }")
	}
	return absent{}
}

func (l *lowerer) exprStmt(s *scope, st *dsl.ExprStmt, last bool) thing {
	switch st.X.(type) {
	case *dsl.For, *dsl.Scan, *dsl.If:
		return l.expr(s, st.X)
	}
	value := l.expr(s, st.X)
	if !last {
		l.fail("GT0219", st, "the value of this expression is lost", "", "assign it to a name, or remove it; the last expression of a body is its value")
	}
	return value
}

// assign is `a = …`, `a, b = …` and index notation.
func (l *lowerer) assign(s *scope, st *dsl.AssignStmt) {
	if len(st.Targets) == 1 {
		t := st.Targets[0]
		if t.Indices != nil {
			l.set(s, t.Name, l.notation(s, t, st.Value))
			return
		}
		v := l.expr(s, st.Value)
		if x, ok := v.(tensor); ok {
			x.v.named(t.Name)
		}
		l.set(s, t.Name, v)
		return
	}
	v, ok := l.expr(s, st.Value).(tuple)
	if !ok || len(v) != len(st.Targets) {
		l.fail("GT0220", st.Value, plural(max(1, len(v)), "value")+" for "+plural(len(st.Targets), "name"), "", "write as many names as there are values")
	}
	for i, t := range st.Targets {
		if x, ok := v[i].(tensor); ok {
			x.v.named(t.Name)
		}
		l.set(s, t.Name, v[i])
	}
}

// named gives a value the name it is first assigned to.
func (v *Value) named(name *dsl.Ident) {
	if v.Name == "" && v.Op.Class != dsl.Maker {
		v.Name = name.Name
	}
}

// local is the binding of a name within the body, or nil.
func (s *scope) local(name string) *binding {
	for ; s != nil; s = s.outer {
		if b := s.names[name]; b != nil {
			return b
		}
		if s.top {
			return nil
		}
	}
	return nil
}

// set binds a name, or rebinds it where an enclosing block of the same body
// has it.
func (l *lowerer) set(s *scope, name *dsl.Ident, v thing) {
	b := s.local(name.Name)
	if b == nil {
		s.bind(name.Name, v, name.At)
		return
	}
	if b.state != nil {
		t := l.asTensor(v, name)
		l.update(name, b.state, t, b.value.(tensor))
		return
	}
	b.value = v
}

// update makes a new version of a state.
func (l *lowerer) update(at dsl.Node, v *Var, t, like tensor) {
	where, err := align(t, like)
	if err != nil {
		l.fail("GT0210", at, "the new value of the state "+quote(v.Name)+" has another shape: "+err.Error(), "the value is "+t.String()+", the state "+like.String(), "")
	}
	l.write(v, cast(along(t, where, like).v, v.DType))
}

// read is the current version of a variable.
func (l *lowerer) read(v *Var) *Value {
	if l.fn.versions[v] == nil {
		leaf := NewLeaf(&Leaf{Kind: VarLeaf, Name: v.Name, Var: v}, v.DType, v.Shape)
		leaf.At = v.At
		l.fn.leaves[v], l.fn.versions[v] = leaf, leaf
	}
	return l.fn.versions[v]
}

func (l *lowerer) write(v *Var, value *Value) {
	l.read(v)
	l.fn.versions[v] = value
	for _, u := range l.fn.updated {
		if u == v {
			return
		}
	}
	l.fn.updated = append(l.fn.updated, v)
}

// namedLayer is `layer head = Dense(2)`.
func (l *lowerer) namedLayer(s *scope, st *dsl.LayerStmt) {
	e, args := st.Value, []*dsl.Arg(nil)
	if c, ok := e.(*dsl.Call); ok {
		e, args = c.Fn, c.Args
	}
	c, ok := l.expr(s, e).(*callable)
	if !ok || c.decl.Kind != dsl.Layer {
		l.fail("GT0242", st.Value, "a named instance is of a layer", "", "write layer name = Layer(settings)")
	}
	l.fresh(s, st.Name)
	s.bind(st.Name.Name, &instance{&configured{callable: c, args: args, from: s}, s.body.child(st.Name.Name, dsl.Layer)}, st.Name.At)
}

// ifExpr lowers both branches of a condition of run time, and only the taken
// one of a condition known at compile time.
func (l *lowerer) ifExpr(s *scope, e *dsl.If) thing {
	var cond thing
	if !l.attempt(func() { cond = l.expr(s, e.Cond) }) {
		l.namesOnly(func() { l.taken(s, e, true) })
		l.namesOnly(func() { l.taken(s, e, false) })
		panic(bail{})
	}
	if c, ok := cond.(truth); ok {
		return l.taken(s, e, bool(c))
	}
	c := l.asTensor(cond, e.Cond)
	if c.v.DType != Bool || len(c.ax) > 0 {
		l.fail("GT0221", e.Cond, "a condition is a single truth value", "this is "+describe(c), "use where(c, a, b) to choose element by element")
	}
	return l.bothBranches(s, e, c)
}

// namesOnly reads something of which it is not known whether it is meant to be
// read: of its mistakes only names are told that nothing is called by.
func (l *lowerer) namesOnly(read func()) {
	before := l.diags
	l.diags = dsl.Diagnostics{}
	l.attempt(read)
	found := l.diags.List()
	l.diags = before
	for _, d := range found {
		if d.Code == "GT0201" {
			l.diags.Add(d)
		}
	}
}

func (l *lowerer) taken(s *scope, e *dsl.If, yes bool) thing {
	if yes {
		if e.Else != nil {
			l.mention(s, e.Else)
		}
		return l.block(newScope(s), e.Then)
	}
	l.mention(s, e.Then)
	switch other := e.Else.(type) {
	case *dsl.If:
		return l.expr(s, other)
	case *dsl.Block:
		if other != nil {
			return l.block(newScope(s), other)
		}
	}
	return absent{}
}

// bothBranches evaluates both and chooses: branches are pure but for names and
// states they rebind, which are chosen too.
func (l *lowerer) bothBranches(s *scope, e *dsl.If, c tensor) thing {
	before := l.snapshot(s)
	var yes, no thing = poison{}, poison{}
	l.attempt(func() { yes = l.taken(s, e, true) })
	then := l.snapshot(s)
	before.restore(l)
	l.attempt(func() { no = l.taken(s, e, false) })
	other := l.snapshot(s)
	l.choose(e, c, then, other)
	sound(no)
	if _, none := sound(yes).(absent); none {
		return absent{}
	}
	return l.where(header(e, e.Then), c, yes, no)
}

// header is a node without its body.
func header(e dsl.Node, body *dsl.Block) dsl.Node {
	at := e.Span()
	if body != nil && body.At.Source == at.Source && body.At.Start > at.Start {
		at.End = at.Start + len(strings.TrimRight(at.Source.Text[at.Start:body.At.Start], " \t"))
	}
	return dsl.Place{At: at}
}

func (l *lowerer) where(at dsl.Node, c tensor, yes, no thing) thing {
	if a, ok := sound(yes).(tuple); ok {
		b, ok := sound(no).(tuple)
		if !ok || len(a) != len(b) {
			l.fail("GT0220", at, "the branches give different numbers of values", describe(yes)+" and "+describe(no), "an if has one kind of value, whichever branch is taken")
		}
		out := make(tuple, len(a))
		for i := range a {
			out[i] = l.where(at, c, a[i], b[i])
		}
		return out
	}
	ts := l.match(at, "the branches", l.asTensor(yes, at), l.asTensor(no, at))
	promote(ts)
	cs := along(c, nil, ts[0])
	if len(c.ax) > 0 {
		cs = l.match(at, "where", c, ts[0])[0]
	}
	return tensor{v: New("where", nil, cs.v, ts[0].v, ts[1].v), ax: mergeLabels(ts)}
}

// snapshot is what a branch can rebind: the names of the body and the versions
// of its states.
type snapshot struct {
	bindings map[*binding]thing
	order    []*binding
	versions map[*Var]*Value
	updated  []*Var
}

func (l *lowerer) snapshot(s *scope) *snapshot {
	n := &snapshot{bindings: map[*binding]thing{}, versions: map[*Var]*Value{}, updated: append([]*Var(nil), l.fn.updated...)}
	for ; s != nil; s = s.outer {
		for _, name := range s.order {
			b := s.names[name]
			n.bindings[b] = b.value
			n.order = append(n.order, b)
		}
		if s.top {
			break
		}
	}
	for v, x := range l.fn.versions {
		n.versions[v] = x
	}
	return n
}

func (n *snapshot) restore(l *lowerer) {
	for b, v := range n.bindings {
		b.value = v
	}
	l.fn.versions = map[*Var]*Value{}
	for v, x := range n.versions {
		l.fn.versions[v] = x
	}
}

// choose merges what two branches rebound.
func (l *lowerer) choose(at dsl.Node, c tensor, then, other *snapshot) {
	for _, b := range then.order {
		x, y := then.bindings[b], other.bindings[b]
		if y == nil || same(x, y) {
			continue
		}
		b.value = poison{}
		l.attempt(func() { b.value = l.where(at, c, x, y) })
	}
	for _, v := range l.fn.updated {
		x, y := then.versions[v], other.versions[v]
		if x == nil {
			x = l.fn.leaves[v]
		}
		if y == nil {
			y = l.fn.leaves[v]
		}
		if x != y {
			full := tensor{v: x, ax: make([]string, len(x.Shape))}
			cs := along(c, nil, full)
			l.fn.versions[v] = New("where", nil, cs.v, x, y)
		}
	}
}

// same reports whether two things are one and the same.
func same(x, y thing) bool {
	switch a := x.(type) {
	case tensor:
		b, ok := y.(tensor)
		return ok && a.v == b.v
	case dimension:
		b, ok := y.(dimension)
		return ok && a.d.Equal(b.d)
	case span:
		b, ok := y.(span)
		return ok && a.lo.Equal(b.lo) && a.hi.Equal(b.hi)
	case tuple:
		b, ok := y.(tuple)
		return ok && slices.EqualFunc(a, b, same)
	case list:
		b, ok := y.(list)
		return ok && slices.EqualFunc(a, b, same)
	case axisSet:
		b, ok := y.(axisSet)
		return ok && slices.Equal(a, b)
	}
	return x == y // what is left can be compared, and is of one type or differs
}
