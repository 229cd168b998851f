package vector

import (
	"fmt"
	"math"
	"strings"

	"github.com/gtc-lang/gtc/dsl"
)

// Functions are definitions by name.
type Functions map[string]*dsl.Callable

// Define makes a program of a definition. Calls of other definitions stay
// calls, or become part of the program if inline is set.
func (f Functions) Define(name string, inline bool) (*Program, error) {
	fn := f[name]
	if fn == nil {
		return nil, fmt.Errorf("vector: no definition of %s", name)
	}
	d := &definer{f, newBuilder(name), inline, nil}
	d.Doc = text(fn)
	var args []Value
	for _, p := range fn.Inputs {
		args = append(args, d.param(p.Name.Name))
	}
	result, err := d.body(fn, args)
	if err != nil {
		return nil, fmt.Errorf("vector: %s: %w", name, err)
	}
	d.Results = []Value{result}
	return d.Program, nil
}

// text is a definition with the comment above it.
func text(fn *dsl.Callable) string {
	before := strings.Split(fn.At.Source.Text[:fn.At.Start], "\n")
	from := len(before) - 1
	for from > 0 && strings.HasPrefix(before[from-1], "//") {
		from--
	}
	return strings.Join(append(before[from:len(before)-1], fn.At.Text()), "\n")
}

// definer reads definitions into a program.
type definer struct {
	Functions
	*builder
	inline bool
	stack  []string // functions being inlined
}

// operand is a value, or a number that has no kind yet.
type operand struct {
	value  Value
	number float64 // when value is None
}

// named numbers of definitions.
var named = map[string]float64{"inf": math.Inf(1), "nan": math.NaN(), "sign": math.MinInt32}

// body adds what a definition computes from its arguments.
func (d *definer) body(fn *dsl.Callable, args []Value) (Value, error) {
	scope := map[string]operand{}
	for i, p := range fn.Inputs {
		scope[p.Name.Name] = operand{value: args[i]}
	}
	for _, s := range fn.Body.Stmts {
		switch s := s.(type) {
		case *dsl.AssignStmt:
			name := s.Targets[0].Name.Name
			x, err := d.expr(s.Value, scope)
			if err != nil {
				return None, err
			}
			d.name(x, name)
			scope[name] = x
		case *dsl.ExprStmt:
			if c, ok := s.X.(*dsl.Call); ok && c.Fn.(*dsl.Name).Name == "leave" {
				if err := d.leave(c, scope); err != nil {
					return None, err
				}
				continue
			}
			x, err := d.expr(s.X, scope)
			if err != nil {
				return None, err
			}
			return d.settle(x, 'f')
		default:
			return None, fmt.Errorf("%T in a definition", s)
		}
	}
	return None, fmt.Errorf("no result")
}

// name gives a value the name that the source has for it.
func (d *definer) name(x operand, name string) {
	if x.value != None && d.Instrs[x.value].Name == "" {
		d.Instrs[x.value].Name = name
	}
}

func (d *definer) leave(c *dsl.Call, scope map[string]operand) error {
	x, err := d.expr(c.Args[0].Value, scope)
	if err != nil {
		return err
	}
	mask, err := d.settle(x, 'm')
	if d.Leave != None && err == nil {
		mask = d.op(dsl.MachineOpNamed("or"), []Value{d.Leave, mask})
	}
	d.Leave = mask
	return err
}

// settle makes an operand a value of a kind.
func (d *definer) settle(x operand, kind byte) (Value, error) {
	if x.value == None {
		return d.constant(x.number, kind)
	}
	if k := d.kind(x.value); k != kind {
		return None, fmt.Errorf("a value of kind %c where %c belongs", k, kind)
	}
	return x.value, nil
}

func (d *definer) expr(e dsl.Expr, scope map[string]operand) (operand, error) {
	switch e := e.(type) {
	case *dsl.Paren:
		return d.expr(e.X, scope)
	case *dsl.Number:
		return operand{None, e.Value}, nil
	case *dsl.Name:
		if x, ok := scope[e.Name]; ok {
			return x, nil
		}
		if x, ok := named[e.Name]; ok {
			return operand{None, x}, nil
		}
		return operand{}, fmt.Errorf("no value %s", e.Name)
	case *dsl.Unary:
		return d.unary(e, scope)
	case *dsl.Binary:
		return d.binary(e, scope)
	case *dsl.Call:
		return d.call(e, scope)
	}
	return operand{}, fmt.Errorf("%T in a definition", e)
}

func (d *definer) list(exprs []dsl.Expr, scope map[string]operand) ([]operand, error) {
	var list []operand
	for _, e := range exprs {
		x, err := d.expr(e, scope)
		if err != nil {
			return nil, err
		}
		list = append(list, x)
	}
	return list, nil
}

func (d *definer) unary(e *dsl.Unary, scope map[string]operand) (operand, error) {
	x, err := d.expr(e.X, scope)
	if err != nil || x.value == None && e.Op == "-" {
		return operand{None, -x.number}, err
	}
	return d.apply(signed(e.Op, 1, 'f'), []operand{x})
}

func (d *definer) binary(e *dsl.Binary, scope map[string]operand) (operand, error) {
	args, err := d.list([]dsl.Expr{e.X, e.Y}, scope)
	if err != nil {
		return operand{}, err
	}
	sign := e.Op
	if sign == ">" || sign == ">=" {
		sign = map[string]string{">": "<", ">=": "<="}[sign]
		args[0], args[1] = args[1], args[0]
	}
	kind := byte('f')
	for _, x := range args {
		if x.value != None {
			kind = d.kind(x.value)
		}
	}
	op := signed(sign, 2, kind)
	if op == nil {
		return operand{}, fmt.Errorf("no operation %s of kind %c", e.Op, kind)
	}
	return d.apply(op, args)
}

// signed is the operation that is written as a sign.
func signed(sign string, operands int, kind byte) *dsl.MachineOp {
	for i := range dsl.MachineOps {
		op := &dsl.MachineOps[i]
		if op.Sign == sign && len(op.Params) == operands && (op.Params[0] == kind || operands == 1) {
			return op
		}
	}
	return nil
}

func (d *definer) call(e *dsl.Call, scope map[string]operand) (operand, error) {
	name := e.Fn.(*dsl.Name).Name
	var exprs []dsl.Expr
	for _, a := range e.Args {
		exprs = append(exprs, a.Value)
	}
	args, err := d.list(exprs, scope)
	if err != nil {
		return operand{}, err
	}
	switch name {
	case "poly":
		return d.poly(args)
	case "table":
		return d.table(args)
	}
	if op := dsl.MachineOpNamed(name); op != nil {
		return d.apply(op, args)
	}
	return d.callee(name, args)
}

// callee calls another definition.
func (d *definer) callee(name string, args []operand) (operand, error) {
	fn := d.Functions[name]
	if fn == nil || len(args) != len(fn.Inputs) || len(d.stack) > 8 {
		return operand{}, fmt.Errorf("no call of %s with %d operands", name, len(args))
	}
	var values []Value
	for _, a := range args {
		v, err := d.settle(a, 'f')
		if err != nil {
			return operand{}, err
		}
		values = append(values, v)
	}
	if !d.inline {
		p, err := d.Define(name, false)
		if err != nil {
			return operand{}, err
		}
		return operand{value: d.add(Instr{Op: "call", Kind: 'f', Args: values, Callee: p})}, nil
	}
	d.stack = append(d.stack, name)
	v, err := d.body(fn, values)
	d.stack = d.stack[:len(d.stack)-1]
	return operand{value: v}, err
}

// apply applies an operation to operands, whose kinds it settles.
func (d *definer) apply(op *dsl.MachineOp, args []operand) (operand, error) {
	if op == nil || len(args) != len(op.Params) {
		return operand{}, fmt.Errorf("an operation over %d operands that there is not", len(args))
	}
	t := byte('f')
	for i, x := range args {
		if op.Params[i] == 't' && x.value != None {
			t = d.kind(x.value)
		}
	}
	values := make([]Value, len(args))
	for i, x := range args {
		kind := op.Params[i]
		if kind == 't' {
			kind = t
		}
		var err error
		if values[i], err = d.settle(x, kind); err != nil {
			return operand{}, fmt.Errorf("%s: %w", op.Name, err)
		}
	}
	return operand{value: d.op(op, values)}, nil
}

// poly is a polynomial by Horner's rule; args are the variable and the
// coefficients, the constant one first.
func (d *definer) poly(args []operand) (operand, error) {
	if len(args) < 3 {
		return operand{}, fmt.Errorf("poly of %d operands", len(args))
	}
	fma := dsl.MachineOpNamed("fma")
	p := args[len(args)-1]
	for i := len(args) - 2; i > 0; i-- {
		var err error
		if p, err = d.apply(fma, []operand{p, args[0], args[i]}); err != nil {
			return p, err
		}
		d.name(p, "p")
	}
	return p, nil
}

// table is a choice among eight or sixteen numbers; args are the index and the
// numbers.
func (d *definer) table(args []operand) (operand, error) {
	if n := len(args) - 1; n != 8 && n != 16 {
		return operand{}, fmt.Errorf("a table of %d numbers, not of 8 or 16", n)
	}
	in := Instr{Op: "table", Kind: 'f'}
	k, err := d.settle(args[0], 'i')
	if err != nil {
		return operand{}, fmt.Errorf("table: %w", err)
	}
	in.Args = []Value{k}
	for _, x := range args[1:] {
		if x.value != None {
			return operand{}, fmt.Errorf("a table of what is no number")
		}
		in.Table = append(in.Table, float32(x.number))
	}
	return operand{value: d.add(in)}, nil
}
