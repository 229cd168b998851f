package parser_test

import (
	"testing"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/parser"
)

func TestParseExprErrors(t *testing.T) {
	for text, code := range map[string]dsl.Code{
		"":        "GT0113",
		"a +":     "GT0113",
		"a b":     "GT0114",
		"a; b":    "GT0114",
		"(a":      "GT0107",
		"a)":      "GT0106",
		"a\nb":    "GT0114",
		"x = 3":   "GT0119",
		"a < b<c": "GT0117",
		"3x":      "GT0104",
	} {
		e, err := parser.ParseExpr(dsl.NewSource("e", text))
		list, _ := err.(dsl.ErrorList)
		if e != nil || len(list) != 1 || list[0].Code != code {
			t.Errorf("%q: %v", text, err)
		}
	}
}
