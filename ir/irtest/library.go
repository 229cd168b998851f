package irtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"

	"github.com/gtc-lang/gtc/dsl"
)

// Library is the gradients of the op table.
func Library() *dsl.Library {
	lib := &dsl.Library{Grads: map[string][]dsl.Expr{}}
	for _, op := range dsl.Ops {
		if op.Grad != "" {
			lib.Grads[op.Name] = Texts(op.Grad)
		}
	}
	return lib
}

// Texts reads the Grad of a row, nil for `none`. The texts are a part of the
// language that Go's own parser reads too, so that the proofs of the op table
// do not rest on the parser of the language.
func Texts(grad string) []dsl.Expr {
	var out []dsl.Expr
	for _, text := range strings.Split(grad, ";") {
		if text = strings.TrimSpace(text); text == "none" {
			out = append(out, nil)
			continue
		}
		e, err := parser.ParseExpr(text)
		if err != nil {
			panic(text + ": " + err.Error())
		}
		out = append(out, fromGo(e))
	}
	return out
}

func fromGo(e ast.Expr) dsl.Expr {
	switch e := e.(type) {
	case *ast.Ident:
		return &dsl.Name{Name: e.Name}
	case *ast.BasicLit:
		x, err := strconv.ParseFloat(e.Value, 64)
		if err != nil {
			panic(err)
		}
		return &dsl.Number{Text: e.Value, Value: x, Int: e.Kind == token.INT}
	case *ast.ParenExpr:
		return &dsl.Paren{X: fromGo(e.X)}
	case *ast.UnaryExpr:
		return &dsl.Unary{Op: e.Op.String(), X: fromGo(e.X)}
	case *ast.BinaryExpr:
		return &dsl.Binary{Op: e.Op.String(), X: fromGo(e.X), Y: fromGo(e.Y)}
	case *ast.CallExpr:
		c := &dsl.Call{Fn: fromGo(e.Fun)}
		for _, a := range e.Args {
			c.Args = append(c.Args, &dsl.Arg{Value: fromGo(a)})
		}
		return c
	}
	panic("not an expression of gradients")
}
