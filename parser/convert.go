package parser

import (
	"github.com/alecthomas/participle/v2/lexer"

	"github.com/gtc-lang/gtc/dsl"
)

// converter makes dsl nodes of the grammar's structs. Of the errors it finds
// in a declaration only the first counts.
type converter struct {
	src      *dsl.Source
	err      *dsl.Diagnostic
	training bool // directly in the body of a train declaration
}

func (c *converter) fail(d *dsl.Diagnostic) {
	if c.err == nil {
		c.err = d
	}
}

// at is the place of a token.
func (c *converter) at(t lexer.Token) dsl.Span {
	return dsl.Span{Source: c.src, Start: t.Pos.Offset, End: t.Pos.Offset + len(t.Value)}
}

// place is the place of a stretch of tokens, the end of a statement not
// counted.
func (c *converter) place(tokens []lexer.Token) dsl.Place {
	n := len(tokens)
	for n > 1 && tokens[n-1].Type == tEnd {
		n--
	}
	return dsl.Place{At: c.at(tokens[0]).To(c.at(tokens[n-1]))}
}

func there(t lexer.Token) bool { return t.Type != 0 }

func (c *converter) ident(t lexer.Token) *dsl.Ident {
	return &dsl.Ident{Place: dsl.Place{At: c.at(t)}, Name: t.Value}
}

// binding is a name being given a meaning.
func (c *converter) binding(t lexer.Token) *dsl.Ident {
	if literals[t.Value] {
		c.fail(&dsl.Diagnostic{Code: "GT0115", Message: t.Value + " cannot be the name of something else", At: c.at(t),
			Help: "choose another name"})
	}
	return c.ident(t)
}

func (c *converter) optional(t lexer.Token) *dsl.Ident {
	if !there(t) {
		return nil
	}
	return c.binding(t)
}
