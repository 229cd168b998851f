package parser_test

import (
	"testing"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/parser"
)

func TestPrecedence(t *testing.T) {
	for text, want := range map[string]string{
		"a + b * c":            "(a + (b * c))",
		"a - b - c":            "((a - b) - c)",
		"-x^2":                 "(- (x ^ 2))",
		"2^-1":                 "(2 ^ (- 1))",
		"2^-1^2":               "(2 ^ (- (1 ^ 2)))",
		"a^b^c":                "(a ^ (b ^ c))",
		"-a * b":               "((- a) * b)",
		"a * -b + c":           "((a * (- b)) + c)",
		"- -a":                 "(- (- a))",
		"not a == b":           "(not (a == b))",
		"a and not b or c":     "((a and (not b)) or c)",
		"not not a":            "(not (not a))",
		"a + b |> f":           "((a + b) |> f)",
		"a or b |> f |> g(1)":  "(((a or b) |> f) |> g(1))",
		"x @ W + b":            "((x @ W) + b)",
		"a / b * c":            "((a / b) * c)",
		"a.T @ dy":             "(a.T @ dy)",
		"f(1)(x).T ^ 2":        "(f(1)(x).T ^ 2)",
		"a + 1 < b * 2":        "((a + 1) < (b * 2))",
		"a < b and c >= d - 1": "((a < b) and (c >= (d - 1)))",
		"data + next * step":   "(data + (next * step))",
	} {
		e, err := parser.ParseExpr(dsl.NewSource("test", text))
		if err != nil {
			t.Error(err)
			continue
		}
		if got := brief(e); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}
