package parser

import (
	"github.com/alecthomas/participle/v2/lexer"

	"github.com/gtc-lang/gtc/dsl"
)

// How tightly operators bind, loosest first.
const (
	pPipe = iota + 1
	pOr
	pAnd
	pNot
	pCompare // does not associate
	pAdd
	pMul
	pNeg
	pPow // associates to the right
)

var binding = map[string]int{
	"|>": pPipe, "or": pOr, "and": pAnd,
	"==": pCompare, "!=": pCompare, "<": pCompare, "<=": pCompare, ">": pCompare, ">=": pCompare,
	"+": pAdd, "-": pAdd, "*": pMul, "/": pMul, "@": pMul, "^": pPow,
}

// climber reads a flat row of operands and operators by precedence.
type climber struct {
	*converter
	operands []*operandC
	ops      []lexer.Token // ops[i] stands before operands[i+1]
	at       int           // the next operand, without the prefixes that are read already
}

func (c *converter) expr(e *exprC) dsl.Expr {
	if len(e.Rest) == 0 && e.First.Of == nil {
		return c.operand(e.First)
	}
	k := &climber{converter: c, operands: []*operandC{e.First}}
	for _, t := range e.Rest {
		k.ops = append(k.ops, t.Op)
		k.operands = append(k.operands, t.X)
	}
	return k.climb(pPipe)
}

// op is the operator before the next operand, and how it binds; 0 at the end.
func (k *climber) op() (lexer.Token, int) {
	if k.at == 0 || k.at > len(k.ops) {
		return lexer.Token{}, 0
	}
	op := k.ops[k.at-1]
	return op, binding[op.Value]
}

// climb reads an expression of operators that bind at least as tightly as
// least.
func (k *climber) climb(least int) dsl.Expr {
	x := k.unary(least)
	for {
		op, p := k.op()
		if p == 0 || p < least {
			return x
		}
		switch p {
		case pPipe:
			x = k.pipe(x)
		case pPow:
			x = k.binary(op, x, k.climb(pPow))
		case pCompare:
			x = k.binary(op, x, k.climb(pAdd))
			if next, p := k.op(); p == pCompare {
				k.chained(x, next)
			}
		default:
			x = k.binary(op, x, k.climb(p+1))
		}
	}
}

func (k *climber) binary(op lexer.Token, x, y dsl.Expr) dsl.Expr {
	return &dsl.Binary{Place: dsl.Place{At: x.Span().To(y.Span())}, Op: op.Value, OpAt: k.converter.at(op), X: x, Y: y}
}

// unary reads the next operand with its prefix operators.
func (k *climber) unary(least int) dsl.Expr {
	o := k.operands[k.at]
	if o.Of == nil {
		k.at++
		return k.operand(o)
	}
	op := o.Tokens[0]
	k.operands[k.at] = o.Of
	var x dsl.Expr
	if op.Value == "not" {
		if least > pNot {
			k.fail(&dsl.Diagnostic{Code: "GT0118", Message: "`not` needs brackets here", At: k.converter.at(op), Help: "write (not …)"})
		}
		x = k.climb(pNot)
	} else {
		x = k.climb(pNeg)
	}
	return &dsl.Unary{Place: dsl.Place{At: k.converter.at(op).To(x.Span())}, Op: op.Value, X: x}
}

// pipe reads what stands right of |>: a postfix expression, nothing looser.
func (k *climber) pipe(x dsl.Expr) dsl.Expr {
	o := k.operands[k.at]
	for ; o.Of != nil; o = o.Of {
		k.loose(o.Tokens[0])
	}
	k.at++
	fn := k.operand(o)
	switch fn.(type) {
	case *dsl.Name, *dsl.Call, *dsl.Select, *dsl.Index:
	default:
		k.fail(&dsl.Diagnostic{Code: "GT0118", Message: "right of |> stands a function or a layer, with its settings", At: fn.Span(),
			Help: "write x |> f, or x |> f(setting: 1)"})
	}
	if next, p := k.op(); p > pPipe {
		k.loose(next)
	}
	return &dsl.Pipe{Place: dsl.Place{At: x.Span().To(fn.Span())}, X: x, Fn: fn}
}

func (k *climber) loose(op lexer.Token) {
	k.fail(&dsl.Diagnostic{Code: "GT0118", Message: "right of |> stands a function, and nothing looser: " + op.Value + " needs brackets",
		At: k.converter.at(op), Help: "put the chain in brackets: (x |> f) " + op.Value + " …"})
}

func (k *climber) chained(x dsl.Expr, op lexer.Token) {
	left := x.(*dsl.Binary)
	k.fail(&dsl.Diagnostic{Code: "GT0117", Message: "comparisons do not chain", At: k.converter.at(op),
		Labels: []dsl.Label{{At: left.OpAt, Text: "the first comparison"}},
		Help:   "write a " + left.Op + " b and b " + op.Value + " c"})
}
