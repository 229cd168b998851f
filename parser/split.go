package parser

import (
	"io"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/gtc-lang/gtc/dsl"
)

// chunk is the tokens of one declaration.
type chunk struct {
	tokens []lexer.Token
	bad    bool // reported already
}

// split returns the declarations of a scanned text.
func (s *scanner) split() []chunk {
	var out []chunk
	from := 0
	for _, c := range s.cuts {
		if c.token > from {
			out = append(out, chunk{s.tokens[from:c.token], c.bad})
		}
		from = c.token
	}
	return out
}

// replay is a lexer over tokens that are there already.
type replay struct {
	tokens []lexer.Token
	next   int
}

// Next is the next token, at last EOF.
func (r *replay) Next() (lexer.Token, error) {
	if r.next == len(r.tokens) {
		at := 0
		if r.next > 0 {
			last := r.tokens[r.next-1]
			at = last.Pos.Offset + len(last.Value)
			if last.Type == tEnd {
				at = last.Pos.Offset
			}
		}
		return lexer.Token{Type: tEOF, Pos: lexer.Position{Offset: at}}, nil
	}
	r.next++
	return r.tokens[r.next-1], nil
}

// definition is the scanner as participle sees it.
type definition struct{}

// Symbols are the types of tokens by name.
func (definition) Symbols() map[string]lexer.TokenType { return tokenNames }

// Lex scans what r holds.
func (d definition) Lex(name string, r io.Reader) (lexer.Lexer, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	s := newScanner(dsl.NewSource(name, string(text)))
	s.run()
	if len(s.errs) > 0 {
		return nil, s.errs[0]
	}
	return &replay{tokens: s.tokens}, nil
}
