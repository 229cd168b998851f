package codegen

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
)

// Precedences of Go's operators, and of what needs no parentheses.
const (
	precOr = iota + 1
	precAnd
	precCompare
	precAdd
	precMul
	precUnary
	precAtom
)

// expr is a Go expression of one number.
type expr struct {
	text  string
	prec  int
	dtype ir.DType
	fixed bool // a constant, with its value in number
	value float64
	live  bool // reads memory that is written after the body
	wide  bool // a float64 where tensors have float32
}

// at is the expression where an operator of the given precedence stands.
func (e expr) at(prec int) string {
	if e.prec < prec {
		return "(" + e.text + ")"
	}
	return e.text
}

// simple reports whether the expression may be written twice.
func (e expr) simple() bool {
	return e.fixed || e.prec == precAtom && !strings.ContainsAny(e.text, "([")
}

// goType is the element type of tensors of a kind.
func (g *generator) goType(t ir.DType) string {
	switch t {
	case ir.Int:
		return "int32"
	case ir.Bool:
		return "bool"
	}
	return g.Float
}

// constant is a number as a Go constant of the given kind.
func (g *generator) constant(x float64, t ir.DType) expr {
	e := expr{prec: precAtom, dtype: t, fixed: true, value: x}
	switch {
	case t == ir.Bool:
		e.text = strconv.FormatBool(x != 0)
	case t == ir.Int:
		e.text = strconv.FormatInt(int64(max(math.MinInt32, min(math.MaxInt32, x))), 10)
	case math.IsNaN(x):
		e.text = g.nan()
	case math.IsInf(x, 0) || g.Float == "float32" && math.Abs(x) > math.MaxFloat32:
		e.text = g.inf()
		if x < 0 {
			e.text, e.prec = "-"+e.text, precUnary
		}
	case x == 0 && math.Signbit(x):
		e.text = "rt.NegativeZero[" + g.Float + "]()" // -0 is 0 in Go
	case g.Float == "float32":
		e.text = strconv.FormatFloat(x, 'g', -1, 32)
	default:
		e.text = strconv.FormatFloat(x, 'g', -1, 64)
	}
	if strings.HasPrefix(e.text, "-") {
		e.prec = precUnary
	}
	return e
}

// scalars writes scalar expressions into a block.
type scalars struct {
	*generator
	names *names
	into  *block
}

// variable gives an expression a name.
func (s *scalars) variable(hint string, e expr) expr {
	name := s.names.pick(hint)
	text := e.text
	if e.fixed {
		text = s.goType(e.dtype) + "(" + text + ")"
	}
	s.into.line("%s := %s", name, text)
	return expr{text: name, prec: precAtom, dtype: e.dtype}
}

// call is the Go function for each of the machine's operations that is one.
var calls = map[string]string{
	"exp": "rt.Exp", "log": "rt.Log", "sqrt": "rt.Sqrt", "sin": "rt.Sin", "cos": "rt.Cos", "tanh": "rt.Tanh", "erf": "rt.Erf", "sigmoid": "rt.Sigmoid",
	"floor": "rt.Floor", "ceil": "rt.Ceil", "round": "rt.Round", "abs": "rt.Abs", "pow": "rt.Pow",
	"maximum": "max", "minimum": "min", "div_floor": "rt.DivFloor",
}

var operators = map[string]struct {
	text string
	prec int
}{
	"or": {"||", precOr}, "and": {"&&", precAnd},
	"==": {"==", precCompare}, "!=": {"!=", precCompare}, "<": {"<", precCompare}, "<=": {"<=", precCompare},
	">": {">", precCompare}, ">=": {">=", precCompare},
	"+": {"+", precAdd}, "-": {"-", precAdd}, "*": {"*", precMul}, "/": {"/", precMul},
}

// apply writes an elementwise row of the op table over its arguments. A
// rounded result is never fused with what is added to it.
func (s *scalars) apply(op string, args []expr, t ir.DType, rounded bool) expr {
	if e, ok := s.folded(op, args, t); ok {
		return e
	}
	row := dsl.OpNamed(op)
	bound := map[string]expr{}
	body := s.Library.Scalars[op]
	uses := map[string]int{}
	countNames(body, uses)
	for i, p := range row.Params {
		a := args[i]
		if uses[p.Name] > 1 && !a.simple() {
			a = s.variable(p.Name, a)
		}
		bound[p.Name] = a
	}
	e := s.scalar(body, bound, t)
	if top, ok := body.(*dsl.Binary); ok && top.Op == "*" && rounded && t == ir.Float {
		e = expr{text: s.Float + "(" + e.text + ")", prec: precAtom, dtype: t}
	}
	return e
}

// folded is an operation on constants alone.
func (s *scalars) folded(op string, args []expr, t ir.DType) (expr, bool) {
	values := make([]float64, len(args))
	for i, a := range args {
		if !a.fixed {
			return expr{}, false
		}
		values[i] = a.value
	}
	return s.constant(dsl.OpNamed(op).Point(values), t), true
}

// scalar writes a row's body. All of its intermediate numbers are of kind t,
// but for conditions and for what compares.
func (s *scalars) scalar(e dsl.Expr, bound map[string]expr, t ir.DType) expr {
	switch e := e.(type) {
	case *dsl.Paren:
		return s.scalar(e.X, bound, t)
	case *dsl.Name:
		return bound[e.Name]
	case *dsl.Number:
		return s.constant(e.Value, t)
	case *dsl.Unary:
		return s.unary(e, bound, t)
	case *dsl.Binary:
		return s.binary(e, bound, t)
	case *dsl.Call:
		args := make([]expr, len(e.Args))
		for i, a := range e.Args {
			args[i] = s.scalar(a.Value, bound, t)
		}
		return s.call(e.Fn.(*dsl.Name).Name, args, t)
	}
	panic(fmt.Sprintf("codegen: %T in the body of a row", e))
}

func (s *scalars) unary(e *dsl.Unary, bound map[string]expr, t ir.DType) expr {
	x := s.scalar(e.X, bound, t)
	if e.Op == "not" {
		return expr{text: "!" + x.at(precUnary), prec: precUnary, dtype: ir.Bool}
	}
	if x.prec == precUnary {
		return expr{text: "-(" + x.text + ")", prec: precUnary, dtype: x.dtype}
	}
	return expr{text: "-" + x.at(precUnary), prec: precUnary, dtype: x.dtype}
}

func (s *scalars) binary(e *dsl.Binary, bound map[string]expr, t ir.DType) expr {
	op := operators[e.Op]
	x, y := s.scalar(e.X, bound, t), s.scalar(e.Y, bound, t)
	right := op.prec + 1
	if op.prec == precCompare || op.prec <= precAnd {
		t = ir.Bool
	}
	return expr{text: x.at(op.prec) + " " + op.text + " " + y.at(right), prec: op.prec, dtype: t}
}

func (s *scalars) call(name string, args []expr, t ir.DType) expr {
	switch name {
	case "where":
		return s.where(args, t)
	case "float", "int":
		return s.convert(args[0], t)
	case "abs":
		if t == ir.Int {
			x := args[0]
			if !x.simple() {
				x = s.variable("x", x)
			}
			return expr{text: "max(" + x.text + ", -" + x.at(precUnary) + ")", prec: precAtom, dtype: t}
		}
	}
	texts := make([]string, len(args))
	for i, a := range args {
		texts[i] = a.text
		if a.fixed && strings.HasPrefix(calls[name], "rt.") {
			texts[i] = s.goType(a.dtype) + "(" + a.text + ")"
		}
	}
	return expr{text: calls[name] + "(" + strings.Join(texts, ", ") + ")", prec: precAtom, dtype: t}
}

// where chooses between two numbers that have both been computed.
func (s *scalars) where(args []expr, t ir.DType) expr {
	c, a, b := args[0], args[1], args[2]
	if c.fixed {
		kept, left := a, b
		if c.value == 0 {
			kept, left = b, a
		}
		if !left.fixed {
			s.into.line("_ = %s", left.text)
		}
		return kept
	}
	v := s.variable("v", b)
	v.dtype = t
	choice := &block{}
	choice.line("%s = %s", v.text, a.text)
	s.into.nest("if "+c.text, choice)
	return v
}

// convert makes a number of kind t of any other.
func (s *scalars) convert(x expr, t ir.DType) expr {
	if x.dtype == t {
		return x
	}
	if x.dtype == ir.Bool {
		return s.where([]expr{x, s.constant(1, t), s.constant(0, t)}, t)
	}
	if t == ir.Int {
		return expr{text: "rt.Int(" + x.text + ")", prec: precAtom, dtype: t}
	}
	return expr{text: s.goType(t) + "(" + x.text + ")", prec: precAtom, dtype: t}
}

func countNames(e dsl.Expr, uses map[string]int) {
	switch e := e.(type) {
	case *dsl.Paren:
		countNames(e.X, uses)
	case *dsl.Name:
		uses[e.Name]++
	case *dsl.Unary:
		countNames(e.X, uses)
	case *dsl.Binary:
		countNames(e.X, uses)
		countNames(e.Y, uses)
	case *dsl.Call:
		for _, a := range e.Args {
			countNames(a.Value, uses)
		}
	}
}
