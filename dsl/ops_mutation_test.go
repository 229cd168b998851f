package dsl_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir/irtest"
)

// equivalent lists the mutants that no test can tell from the original, each
// with the reason.
var equivalent = map[string]string{
	"sin x: (dy * cos(-x))": "the cosine is even",
	"pow a: (dy * (b * (where((-b == 0), where((a == 0), 1, a), a) ^ (b - 1))))":  "0 is -0",
	"pow a: (dy * (b * (where((b == 0), where((-a == 0), 1, a), a) ^ (b - 1))))":  "0 is -0",
	"pow a: (dy * (b * (where((b == 0), where((a == 0), 2, a), a) ^ (b - 1))))":   "times b, which is 0 there",
	"pow a: (dy * (b * (where((b == 0), where((a == 0), 0.5, a), a) ^ (b - 1))))": "times b, which is 0 there",
	"pow a: (dy * (b * (where((b == 0), where((a == 0), -1, a), a) ^ (b - 1))))":  "times b, which is 0 there",
	"pow b: (dy * where((a > 0), (y * log(where((a > 0), a, 2))), 0))":            "the outer where leaves it out",
	"pow b: (dy * where((a > 0), (y * log(where((a > 0), a, 0.5))), 0))":          "the outer where leaves it out",
	"maximum a: (dy * where((y > b), 1, where((a == b), 0.5, 0)))":                "y is above b iff a is",
	"maximum b: (dy * where((y > a), 1, where((a == b), 0.5, 0)))":                "y is above a iff b is",
	"maximum a: (dy * where((a > b), 1, where((a == y), 0.5, 0)))":                "where a is not above b, it is y iff it is b",
	"maximum b: (dy * where((b > a), 1, where((y == b), 0.5, 0)))":                "where b is not above a, it is y iff it is a",
	"minimum a: (dy * where((y < b), 1, where((a == b), 0.5, 0)))":                "as for maximum",
	"minimum b: (dy * where((y < a), 1, where((a == b), 0.5, 0)))":                "as for maximum",
	"minimum a: (dy * where((a < b), 1, where((a == y), 0.5, 0)))":                "as for maximum",
	"minimum b: (dy * where((b < a), 1, where((y == b), 0.5, 0)))":                "as for maximum",
	"tanh x: (dy * (1 - (-y ^ 2)))":                                               "the square is even",
	"erf x: (dy * (1.1283791670955126 * exp(-(-x ^ 2))))":                         "the square is even",
	"max x: where((position(-x) == lift(argmax(x))), lift(dy), 0)":                "only the shape of x is used",
	"min x: where((position(-x) == lift(argmax(-x))), lift(dy), 0)":               "only the shape of x is used",
	"view x: fold_like(dy, -x)":                                                   "only the shape of x is used",
	"fold x: view_like(dy, -x)":                                                   "only the shape of x is used",
	"reshape x: reshape_like(dy, -x)":                                             "only the shape of x is used",
	"gather x: scatter_like(dy, at, -x)":                                          "only the shape of x is used",
	"scatter x: gather_like(dy, at, -x)":                                          "only the shape of x is used",
}

// TestMutants breaks every Grad of the table in every way that mutate knows,
// one at a time, and expects the proofs above to notice.
func TestMutants(t *testing.T) {
	total, alive := 0, map[string]bool{}
	for _, row := range dsl.Ops {
		if row.Grad == "" {
			continue
		}
		for k, text := range irtest.Library().Grads[row.Name] {
			if !strings.ContainsRune("fnt", rune(row.Params[k].Kind)) {
				continue // never a float: nothing flows there, whatever the text says
			}
			for _, m := range mutants(row, text) {
				total++
				if survives(row, k, m) {
					name := fmt.Sprintf("%s %s: %s", row.Name, row.Params[k].Name, show(m))
					alive[name] = true
					if equivalent[name] == "" {
						t.Errorf("not noticed: %s instead of %s", name, show(text))
					}
				}
			}
		}
	}
	for name := range equivalent {
		if !alive[name] {
			t.Errorf("noticed after all, or gone: %s", name)
		}
	}
	t.Logf("%d mutants, %d equivalent", total, len(alive))
}

// survives reports whether all proofs pass with the gradient of operand k of a
// row replaced.
func survives(row *dsl.Op, k int, text dsl.Expr) bool {
	lib := irtest.Library()
	texts := append([]dsl.Expr(nil), lib.Grads[row.Name]...)
	texts[k] = text
	lib.Grads[row.Name] = texts
	for _, e := range edges {
		if e.row == row.Name && checkEdge(e, lib) != nil {
			return false
		}
	}
	for _, e := range curves {
		if e.row == row.Name && checkCurve(e, lib) != nil {
			return false
		}
	}
	if row.Name == "stop_gradient" { // differences see through it; edges do not
		return true
	}
	for n := int64(0); n < uses; n++ {
		if checkUse(row, lib, n) != nil {
			return false
		}
	}
	return true
}

// mutants is the text changed in one place, in every way, and left out; nil is
// no gradient at all.
func mutants(row *dsl.Op, text dsl.Expr) []dsl.Expr {
	if text == nil {
		return []dsl.Expr{&dsl.Name{Name: "dy"}}
	}
	names := []string{"y", "dy"}
	for _, p := range row.Params {
		names = append(names, p.Name)
	}
	return append(mutate(text, names), nil)
}

// mutate is every version of e that differs in one place: a sign, an operator,
// sides exchanged, a part dropped, another name, another number.
func mutate(e dsl.Expr, names []string) []dsl.Expr {
	out := []dsl.Expr{&dsl.Unary{Op: "-", X: e}}
	switch e := e.(type) {
	case *dsl.Paren:
		return mutate(e.X, names)
	case *dsl.Name:
		for _, n := range names {
			if n != e.Name {
				out = append(out, &dsl.Name{Name: n})
			}
		}
	case *dsl.Number:
		out = append(out, &dsl.Number{Value: e.Value + 1}, &dsl.Number{Value: e.Value / 2})
		if e.Value == 0 {
			out = []dsl.Expr{&dsl.Number{Value: 1}}
		}
	case *dsl.Unary:
		out = append([]dsl.Expr{e.X}, within(e.X, names, func(x dsl.Expr) dsl.Expr { return &dsl.Unary{Op: e.Op, X: x} })...)
	case *dsl.Binary:
		out = append(out, mutateBinary(e, names)...)
	case *dsl.Call:
		out = append(out, mutateCall(e, names)...)
	}
	return out
}

func within(e dsl.Expr, names []string, wrap func(dsl.Expr) dsl.Expr) []dsl.Expr {
	var out []dsl.Expr
	for _, m := range mutate(e, names) {
		out = append(out, wrap(m))
	}
	return out
}

// siblings are the operators that one may be taken for.
var siblings = map[string][]string{"+": {"-"}, "-": {"+"}, "*": {"/", "+"}, "/": {"*"}, "^": {"*"},
	">": {"<", ">="}, "<": {">", "<="}, "==": {"!=", "<", ">"}}

func mutateBinary(e *dsl.Binary, names []string) []dsl.Expr {
	out := []dsl.Expr{e.X, e.Y}
	for _, op := range siblings[e.Op] {
		out = append(out, &dsl.Binary{Op: op, X: e.X, Y: e.Y})
	}
	if e.Op == "-" || e.Op == "/" || e.Op == "^" {
		out = append(out, &dsl.Binary{Op: e.Op, X: e.Y, Y: e.X})
	}
	out = append(out, within(e.X, names, func(x dsl.Expr) dsl.Expr { return &dsl.Binary{Op: e.Op, X: x, Y: e.Y} })...)
	return append(out, within(e.Y, names, func(y dsl.Expr) dsl.Expr { return &dsl.Binary{Op: e.Op, X: e.X, Y: y} })...)
}

func mutateCall(e *dsl.Call, names []string) []dsl.Expr {
	var out []dsl.Expr
	with := func(args []*dsl.Arg) *dsl.Call { return &dsl.Call{Fn: e.Fn, Args: args} }
	for i := range e.Args {
		out = append(out, e.Args[i].Value)
		for j := i + 1; j < len(e.Args); j++ {
			args := append([]*dsl.Arg(nil), e.Args...)
			args[i], args[j] = args[j], args[i]
			out = append(out, with(args))
		}
		out = append(out, within(e.Args[i].Value, names, func(x dsl.Expr) dsl.Expr {
			args := append([]*dsl.Arg(nil), e.Args...)
			args[i] = &dsl.Arg{Value: x}
			return with(args)
		})...)
	}
	return out
}

// show writes a text with every bracket.
func show(e dsl.Expr) string {
	switch e := e.(type) {
	case nil:
		return "none"
	case *dsl.Paren:
		return show(e.X)
	case *dsl.Name:
		return e.Name
	case *dsl.Number:
		return fmt.Sprint(e.Value)
	case *dsl.Unary:
		return e.Op + show(e.X)
	case *dsl.Binary:
		return "(" + show(e.X) + " " + e.Op + " " + show(e.Y) + ")"
	case *dsl.Call:
		var args []string
		for _, a := range e.Args {
			args = append(args, show(a.Value))
		}
		return show(e.Fn) + "(" + strings.Join(args, ", ") + ")"
	}
	return "?"
}
