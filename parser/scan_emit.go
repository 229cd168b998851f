package parser

import (
	"fmt"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/gtc-lang/gtc/dsl"
)

// emit appends the token from pos to end, and settles what it means for the
// tokens before it.
func (s *scanner) emit(typ lexer.TokenType, end int) {
	t := lexer.Token{Type: typ, Value: s.text[s.pos:end], Pos: lexer.Position{Offset: s.pos}}
	s.pos = end
	if n := len(s.tokens); n > 0 && n-1 == s.top().start {
		s.settleWord(t)
	}
	switch {
	case t.Value == ":" && typ == tPunct:
		s.colon()
	case t.Value == "," && typ == tPunct:
		s.settle()
	case typ == tInfix || typ == tPrefix || typ == tSuffix || t.Value == "else":
		s.deepen(t)
	}
	if typ == tIdent && len(s.tokens) == s.top().start && len(s.frames) == 1 && declWords[t.Value] {
		t.Type = tWord
	}
	s.tokens = append(s.tokens, t)
}

// settleWord makes the first token of a statement a keyword when it is a
// contextual one and what follows could not follow a name.
func (s *scanner) settleWord(next lexer.Token) {
	first := &s.tokens[s.top().start]
	if first.Type != tIdent || !stmtWords[first.Value] || !s.inBlock() || len(s.frames) == 1 {
		return
	}
	switch {
	case isName(next), next.Type == tLiteral:
		first.Type = tWord
	case next.Type == tKeyword && next.Value != "in" && next.Value != "over" && next.Value != "else":
		first.Type = tWord
	}
}

// colon makes the name before it a label where labels stand.
func (s *scanner) colon() {
	n := len(s.tokens)
	if n == 0 || s.tokens[n-1].Type != tIdent {
		return
	}
	if f := s.top(); f.bracket == "(" || f.bracket == "{" && f.start == n-1 {
		s.tokens[n-1].Type = tLabel
	}
}

// equals makes the name before it, and the first name of the statement, names
// that are bound.
func (s *scanner) equals() {
	n, f := len(s.tokens), s.top()
	if n > 0 && s.tokens[n-1].Type == tIdent {
		s.tokens[n-1].Type = tBind
	}
	if s.inBlock() && f.start < n && s.tokens[f.start].Type == tIdent {
		s.tokens[f.start].Type = tBind
	}
	s.emit(tPunct, s.pos+1)
}

// deepen counts what may nest: each operator can be one level of the tree.
func (s *scanner) deepen(t lexer.Token) {
	s.top().run++
	s.depth++
	if s.depth > maxDepth {
		s.fail(&dsl.Diagnostic{Code: "GT0109", Message: fmt.Sprintf("more than %d brackets and operators inside one another", maxDepth),
			At: s.tokenSpan(t), Help: "give parts of the expression names, or write a `for`"})
		s.pos = len(s.text) // nothing sensible follows
	}
}

// settle forgets the operators of an element of a list or a statement.
func (s *scanner) settle() {
	f := s.top()
	s.depth -= f.run
	f.run = 0
}

// open opens a bracket.
func (s *scanner) open(text string, typ lexer.TokenType) {
	t := lexer.Token{Value: text, Pos: lexer.Position{Offset: s.pos}}
	s.emit(typ, s.pos+1)
	s.frames = append(s.frames, frame{bracket: text, start: len(s.tokens), token: t})
	s.deepen(t)
}

// close closes a bracket. A comma before it is dropped, and a statement before
// `}` is ended.
func (s *scanner) close(text string) {
	if text == "}" && s.top().bracket == "{" && endsOperand(s.last()) {
		s.end("}", s.pos)
	}
	s.dropComma()
	f := s.top()
	if len(s.frames) == 1 || closer(f.bracket) != text {
		s.mismatch(text, *f)
		return
	}
	s.settle()
	s.frames = s.frames[:len(s.frames)-1]
	s.emit(tPunct, s.pos+1)
}

// dropComma forgets a comma at the end of a list.
func (s *scanner) dropComma() {
	n := len(s.tokens)
	if s.last().Value == "," && n >= 2 && endsOperand(s.tokens[n-2]) {
		s.tokens = s.tokens[:n-1]
		if s.top().bracket == "{" {
			s.end("}", s.pos)
		}
	}
}

func (s *scanner) mismatch(text string, f frame) {
	d := &dsl.Diagnostic{Code: "GT0106", Message: text + " closes nothing", At: s.span(s.pos, s.pos+1), Help: "remove it"}
	if f.bracket != "" {
		d.Message = fmt.Sprintf("%s where %s is expected", text, closer(f.bracket))
		d.Labels = []dsl.Label{{At: s.tokenSpan(f.token), Text: "opened here"}}
		d.Help = fmt.Sprintf("close %s with %s first", f.bracket, closer(f.bracket))
	}
	s.fail(d)
	s.unwind(text)
	s.pos++
}

// unwind closes the brackets inside the innermost one that text closes, so
// that one slip is one error.
func (s *scanner) unwind(text string) {
	for i := len(s.frames) - 1; i > 0; i-- {
		if closer(s.frames[i].bracket) == text {
			for len(s.frames) > i {
				s.settle()
				s.frames = s.frames[:len(s.frames)-1]
			}
			s.tokens = append(s.tokens, lexer.Token{Type: tPunct, Value: text, Pos: lexer.Position{Offset: s.pos}})
			return
		}
	}
}

func closer(bracket string) string {
	switch bracket {
	case "(":
		return ")"
	case "[":
		return "]"
	case "{":
		return "}"
	}
	return ""
}
