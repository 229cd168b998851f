package ir

import (
	"github.com/gtc-lang/gtc/dsl"
)

// variable is a parameter or a state at one path. Within an iteration of a for
// it is a stand-in until the loop is rolled and its home is known.
type variable struct {
	v       *Var
	pattern string
	first   func(index *Value) *Value // its initial value; index numbers the iteration
	home    *Var                      // of the program
	row     int                       // of the home when it is stacked, else -1
}

// params is `param W: [n, out] ~ glorot_uniform, b: [out] = 0`.
func (l *lowerer) params(s *scope, st *dsl.ParamStmt) {
	if s.body.kind != dsl.Layer && s.body.kind != dsl.Model {
		l.fail("GT0222", st, "a "+string(s.body.kind)+" has no parameters", "", "make it a layer")
	}
	l.items(s, st.Items, func(item *dsl.DeclItem) {
		if item.Type == nil || item.Type.Shape == nil {
			l.fail("GT0223", item, "the shape of a parameter is written", "", "write "+item.Name.Name+": [sizes]")
		}
		l.fresh(s, item.Name)
		_, t := l.declareVar(s, item, ParamVar)
		s.bind(item.Name.Name, t, item.Name.At)
	})
}

// items declares one after the other; one that fails is poison.
func (l *lowerer) items(s *scope, items []*dsl.DeclItem, declare func(*dsl.DeclItem)) {
	for _, item := range items {
		if !l.attempt(func() { declare(item) }) {
			s.poison(item.Name)
		}
	}
}

// states is `state mu: [c] = 0`.
func (l *lowerer) states(s *scope, st *dsl.StateStmt) {
	l.items(s, st.Items, func(item *dsl.DeclItem) {
		if s.body.kind == dsl.Optimizer || s.body.kind == dsl.Transform {
			l.slot(s, item)
			return
		}
		if item.Type == nil || item.Type.Shape == nil {
			l.fail("GT0223", item, "the shape of a state is written", "", "write "+item.Name.Name+": [sizes]")
		}
		l.fresh(s, item.Name)
		v, t := l.declareVar(s, item, StateVar)
		s.bind(item.Name.Name, t, item.Name.At).state = v.v
	})
}

// declareVar finds or makes the variable of an item and returns it as seen by
// the body: where its shape has a bounded dimension, its leading part.
func (l *lowerer) declareVar(s *scope, item *dsl.DeclItem, kind VarKind) (*variable, tensor) {
	var shape []dsl.Dim
	var ax []string
	if !l.attempt(func() { shape, ax = l.writtenShape(s, item.Type.Shape) }) {
		l.initOnly(s, item)
		panic(bail{})
	}
	stored := make([]dsl.Dim, len(shape))
	for i, d := range shape {
		stored[i] = d
		if _, ok := d.Const(); ok {
			continue
		}
		sym := d.Symbol()
		if sym == nil || kind == StateVar {
			l.fail("GT0224", item.Type, "the size "+d.String()+" of "+quote(item.Name.Name)+" is not known at compile time", "",
				"a parameter may have a run-time dimension only as it is declared; then it is stored at its bound and its leading part is used")
		}
		stored[i] = dsl.N(sym.Bound)
	}
	if !fitting(stored) {
		l.fail("GT0401", item.Type, quote(item.Name.Name)+" is too large", "", tensorLimit)
	}
	v := l.variableAt(s, item, kind, stored, ax)
	whole := l.read(v.v)
	return v, tensor{v: View(whole, dsl.Identity(len(shape)), shape), ax: ax}
}

// initOnly reads the first value of a variable whose shape is wrong.
func (l *lowerer) initOnly(s *scope, item *dsl.DeclItem) {
	l.attempt(func() {
		switch {
		case item.Sampled:
			l.initializer(s, item)
		case item.Init != nil:
			l.expr(s, item.Init)
		}
	})
}

func (l *lowerer) writtenShape(s *scope, sh *dsl.Shape) ([]dsl.Dim, []string) {
	items := make([]dsl.Expr, len(sh.Axes))
	for i, a := range sh.Axes {
		if a.Ellipsis || a.Wildcard {
			l.fail("GT0223", a, "every size is written here", "", "inputs from outside, parameters and states have a shape without … and _, such as [B, 64]")
		}
		items[i] = a.Size
	}
	return l.shapeOf(s, items)
}

func (l *lowerer) variableAt(s *scope, item *dsl.DeclItem, kind VarKind, shape []dsl.Dim, ax []string) *variable {
	path, pattern := join(s.body.path, item.Name.Name), join(s.body.pattern, item.Name.Name)
	elem := Float
	if item.Type != nil {
		elem = map[string]DType{"int": Int, "bool": Bool}[item.Type.Elem]
	}
	if known := l.vars[path]; known != nil {
		if !SameShape(known.v.Shape, shape) {
			l.fail("GT0225", item, quote(path)+" has the shape "+tensorShape(shape)+" here and "+tensorShape(known.v.Shape)+" elsewhere", "", "a shared instance has one shape")
		}
		return known
	}
	v := &variable{v: &Var{Name: path, Kind: kind, DType: elem, Shape: shape, At: l.placed(item.Name.At)}, pattern: pattern, row: -1}
	v.first = l.initial(s, item, pattern, v.v, ax)
	l.vars[path] = v
	if !l.attempt(func() { v.first(ConstOf(Int, 0)) }) { // mistakes are reported once, here
		v.first = func(*Value) *Value { return Fill(elem, 0, shape) }
	}
	if l.fn.iter != nil {
		l.fn.iter.made = append(l.fn.iter.made, v)
		return v
	}
	v.home = v.v
	l.settle(v.home, v.first(ConstOf(Int, 0)))
	return v
}

func tensorShape(shape []dsl.Dim) string {
	return tensor{v: &Value{Shape: shape}, ax: make([]string, len(shape))}.String()
}

// settle makes a variable part of the program.
func (l *lowerer) settle(v *Var, first *Value) {
	l.prog.Vars = append(l.prog.Vars, v)
	l.inits = append(l.inits, Update{Var: v, Value: first})
}

// initial is the first value of a variable, as a function of the number of the
// iteration it is for.
func (l *lowerer) initial(s *scope, item *dsl.DeclItem, pattern string, v *Var, ax []string) func(*Value) *Value {
	return func(index *Value) *Value {
		outer := l.fn
		defer func() { l.fn = outer }()
		l.fn = newFunction(false)
		l.fn.initial, l.fn.index = true, index
		like := tensor{v: Fill(v.DType, 0, v.Shape), ax: make([]string, len(v.Shape))}
		if item.Init == nil {
			return like.v
		}
		from := newScope(s)
		from.body = &body{path: pattern, pattern: pattern, draws: pattern, kind: dsl.Initializer, sites: sites{}}
		var t tensor
		if item.Sampled {
			t = l.sampled(from, item, like)
		} else {
			t = l.tensorOf(from, item.Init)
		}
		like.ax = ax
		where, err := align(t, like)
		if err != nil {
			l.fail("GT0210", item.Init, "the first value of "+quote(v.Name)+" has another shape: "+err.Error(), "this is "+t.String(), "")
		}
		if v.DType == Bool && t.v.DType != Bool {
			l.fail("GT0205", item.Init, quote(v.Name)+" holds truth values", "this is "+describe(t), "write true or false")
		}
		l.independent(item, t.v)
		return cast(along(t, where, like).v, v.DType)
	}
}

// sampled is `~ normal(0.02)`: an initializer applied to a tensor of the
// variable's shape.
func (l *lowerer) sampled(s *scope, item *dsl.DeclItem, like tensor) tensor {
	v := l.invokeAs(s, l.initializer(s, item), item.Init, []actual{{value: like, at: item}}, s.body)
	return l.asTensor(v, item.Init)
}

// initializer is what stands after ~.
func (l *lowerer) initializer(s *scope, item *dsl.DeclItem) *configured {
	e, args := item.Init, []*dsl.Arg(nil)
	if c, ok := e.(*dsl.Call); ok {
		e, args = c.Fn, c.Args
	}
	c, ok := l.expr(s, e).(*callable)
	if !ok || c.decl.Kind != dsl.Initializer {
		l.fail("GT0226", item.Init, "after ~ stands an initializer", "", "use normal(0.02), uniform(-1, 1), glorot_uniform, …, or = for a plain value")
	}
	return &configured{callable: c, args: args, from: s}
}

// setting is the leaf of a number that can be set between steps.
func (l *lowerer) setting(path string, first float64, at dsl.Span, driven bool) *Value {
	set := l.settings[path]
	if set == nil {
		set = &Setting{Path: path, Default: first, At: at, Driven: driven}
		l.settings[path] = set
	}
	if l.fn.given[set] == nil {
		leaf := NewLeaf(&Leaf{Kind: SettingLeaf, Name: path, Setting: set}, Float, nil)
		leaf.At = at
		l.fn.given[set] = leaf
	}
	return l.fn.given[set]
}
