package parser

import (
	"github.com/alecthomas/participle/v2"
	"github.com/alecthomas/participle/v2/lexer"

	"github.com/gtc-lang/gtc/dsl"
)

// checkStart reports a declaration that begins with no keyword.
func checkStart(src *dsl.Source, c chunk) *dsl.Diagnostic {
	first := c.tokens[0]
	if first.Type == tWord {
		return nil
	}
	at := (&converter{src: src}).at(first)
	return &dsl.Diagnostic{Code: "GT0111", Message: "a declaration is expected", At: at}
}

func diagnose(src *dsl.Source, tokens []lexer.Token, err *participle.UnexpectedTokenError) *dsl.Diagnostic {
	at := (&converter{src: src}).at(err.Unexpected)
	return &dsl.Diagnostic{Code: "GT0114", Message: err.Message(), At: at}
}
