package ir

import (
	"math"

	"github.com/gtc-lang/gtc/dsl"
)

const requireHelp = "write require memory(Fit) < 4MB, or require params(MLP) <= 100000"

// require reads `require memory(Fit) < 4MB`.
func (l *lowerer) require(d *dsl.RequireDecl) {
	b, ok := d.Cond.(*dsl.Binary)
	if !ok {
		l.fail("GT0316", d.Cond, "a budget is a comparison", "", requireHelp)
	}
	x, y, op := b.X, b.Y, b.Op
	if _, right := y.(*dsl.Call); right {
		x, y, op = y, x, map[string]string{">": "<", ">=": "<="}[op]
	}
	if op != "<" && op != "<=" {
		l.fail("GT0316", opNode(b), "a budget is an upper limit", "", requireHelp)
	}
	call, ok := x.(*dsl.Call)
	if !ok {
		l.fail("GT0316", x, "a budget is of memory or of params", "", requireHelp)
	}
	r := Require{Strict: op == "<", Cond: d.Cond, At: d.At}
	l.each(2, func(k int) {
		if k == 0 {
			r.What, r.Of = l.budgeted(call)
			return
		}
		r.Limit = l.constant("GT0316", y, requireHelp)
		if r.Limit <= 0 || r.Limit > math.MaxInt64 {
			l.fail("GT0316", y, "a budget is a positive number", "", requireHelp)
		}
	})
	l.prog.Requires = append(l.prog.Requires, r)
}

func (l *lowerer) budgeted(call *dsl.Call) (Quantity, string) {
	name, ok := call.Fn.(*dsl.Name)
	if !ok || Quantity(name.Name) != MemoryOf && Quantity(name.Name) != ParamsOf {
		l.fail("GT0316", call.Fn, "a budget is of memory or of params", "", requireHelp)
	}
	var of *dsl.Name
	if len(call.Args) == 1 && call.Args[0].Name == nil {
		of, _ = call.Args[0].Value.(*dsl.Name)
	}
	if of == nil {
		l.fail("GT0316", call, name.Name+" is that of one model or train block", "", requireHelp)
	}
	switch v := sound(l.name(l.globals, of)).(type) {
	case trainRef:
		return Quantity(name.Name), of.Name
	case *callable:
		if v.decl.Kind == dsl.Model {
			return Quantity(name.Name), of.Name
		}
		l.fail("GT0316", of, name.Name+" is that of a model or a train block", "this is "+describe(v), requireHelp)
	}
	l.fail("GT0316", of, name.Name+" is that of a model or a train block", "", requireHelp)
	return "", ""
}
