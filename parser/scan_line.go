package parser

import (
	"github.com/alecthomas/participle/v2/lexer"

	"github.com/gtc-lang/gtc/dsl"
)

// frame is an open bracket; the first is the top level.
type frame struct {
	bracket string      // "(", "[", "{", "" at top level
	token   lexer.Token // the bracket
	start   int         // index of the statement's first token
	run     int         // operators since the last comma or statement
}

func (s *scanner) top() *frame { return &s.frames[len(s.frames)-1] }

// inBlock reports whether newlines end statements here.
func (s *scanner) inBlock() bool { b := s.top().bracket; return b == "" || b == "{" }

// breakLine settles what the newlines before the next token mean.
func (s *scanner) breakLine(next string) {
	if !s.newline {
		return
	}
	s.newline = false
	if !s.bare {
		s.recover(next)
	}
	if !s.inBlock() || !endsOperand(s.last()) || joins(next) {
		return
	}
	if next == "{" && s.last().Type != 0 {
		s.fail(&dsl.Diagnostic{Code: "GT0122", Message: "`{` stands at the start of a line", At: s.span(s.pos, s.pos+1),
			Help: "put it at the end of the line before, after what it belongs to"})
		return
	}
	if c := s.peek(1); next == "-" && (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
		s.fail(&dsl.Diagnostic{Code: "GT0108", Message: "a line begins with a minus and a space", At: s.span(s.pos, s.pos+1),
			Help: "to go on with the line before, end it with the minus; for a negative value write -x without the space"})
	}
	if s.headAlone() {
		s.missingBody()
		return
	}
	s.end("\n", s.pos)
}

// headAlone reports whether the line that ends is the head of a declaration
// that has to have a body.
func (s *scanner) headAlone() bool {
	if len(s.frames) > 1 || s.bare || s.last().Value != ")" && s.last().Value != "]" {
		return false
	}
	first := s.tokens[s.top().start]
	return first.Type == tWord && bodyWords[first.Value]
}

// missingBody reports that a body does not begin, and goes on as if it had.
func (s *scanner) missingBody() {
	end := s.last().Pos.Offset + len(s.last().Value)
	s.fail(&dsl.Diagnostic{Code: "GT0114", Message: "expected `{`, found the end of the line", At: s.span(end, end), Help: forms[s.tokens[s.top().start].Value]})
	s.frames = append(s.frames, frame{bracket: "{", start: len(s.tokens), token: s.last()})
}

// end ends a statement. Its token lies after the last one and is empty.
func (s *scanner) end(value string, next int) {
	at := s.last().Pos.Offset + len(s.last().Value)
	s.tokens = append(s.tokens, lexer.Token{Type: tEnd, Value: value, Pos: lexer.Position{Offset: at}})
	s.settle()
	s.top().start = len(s.tokens)
	if len(s.frames) == 1 && !s.bare {
		s.cut()
	}
}

// cut ends a declaration.
func (s *scanner) cut() {
	s.cuts = append(s.cuts, cut{len(s.tokens), s.bad})
	s.bad = false
	s.frames, s.depth = []frame{{start: len(s.tokens)}}, 0
}

// recover ends a declaration that is not complete when another one begins at
// the start of a line.
func (s *scanner) recover(next string) {
	whole := len(s.frames) == 1 && (s.last().Type == 0 || endsOperand(s.last()))
	if whole || !declWords[next] || s.column() > 1 || !s.declares(next) {
		return
	}
	if len(s.frames) > 1 {
		s.unclosed(s.span(s.pos, s.pos+len(next)))
	}
	s.cut()
}

// declares reports whether what stands at pos can only be a declaration: no
// name follows another anywhere else, but for `layer head = …`.
func (s *scanner) declares(word string) bool {
	rest := newScanner(dsl.NewSource("", s.text[s.pos:min(len(s.text), s.pos+200)]))
	for len(rest.tokens) < 3 && rest.skipSpace() && !rest.newline {
		rest.scanToken()
	}
	t := rest.tokens
	return len(t) > 1 && isName(t[1]) && (word != "layer" || len(t) > 2 && t[2].Value == "(")
}

// column is the place of pos in its line, from 1.
func (s *scanner) column() int {
	_, c := s.src.Position(s.pos)
	return c
}

func (s *scanner) unclosed(at dsl.Span) {
	f := s.top()
	s.fail(&dsl.Diagnostic{Code: "GT0107", Message: f.bracket + " is never closed", At: s.tokenSpan(f.token),
		Labels: []dsl.Label{{At: at, Text: "reached without " + closer(f.bracket)}},
		Help:   "add " + closer(f.bracket)})
}

// semicolon ends a statement; one that follows nothing is passed over.
func (s *scanner) semicolon() {
	last := s.last()
	if s.inBlock() && (last.Type == tEnd || last.Type == 0 || last.Value == "{") {
		s.pos++
		return
	}
	if !s.inBlock() {
		s.emit(tPunct, s.pos+1)
		return
	}
	s.pos++
	s.end(";", s.pos)
}

// finish closes the last declaration.
func (s *scanner) finish() {
	if len(s.frames) > 1 {
		end := s.tokenSpan(s.last()).End
		s.unclosed(s.span(end, end))
	}
	if endsOperand(s.last()) {
		s.end("\n", len(s.text))
	}
	if n := len(s.cuts); n == 0 || s.cuts[n-1].token < len(s.tokens) {
		s.cut()
	}
}

func (s *scanner) tokenSpan(t lexer.Token) dsl.Span {
	return s.span(t.Pos.Offset, t.Pos.Offset+len(t.Value))
}
