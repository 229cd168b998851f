package parser

import (
	"strings"
	"unicode/utf8"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/gtc-lang/gtc/dsl"
)

const (
	maxSize  = 1 << 20 // bytes of a file
	maxDepth = 1000    // brackets and operators inside one another
)

// scanner cuts a source into tokens. It goes on after an error, and marks the
// declaration in which the error is.
type scanner struct {
	src     *dsl.Source
	text    string
	pos     int
	newline bool // a newline was passed since the last token

	tokens   []lexer.Token
	comments []dsl.Comment
	errs     []*dsl.Diagnostic
	frames   []frame // open brackets, below them the top level
	depth    int     // of nesting: open brackets, and operators inside them
	cuts     []cut   // where declarations begin, without the first
	bad      bool    // the current declaration has an error
	bare     bool    // an expression by itself: no declarations
}

// cut is the end of a declaration.
type cut struct {
	token int  // index of the first token after it
	bad   bool // it has an error already
}

func newScanner(src *dsl.Source) *scanner {
	return &scanner{src: src, text: src.Text, frames: []frame{{}},
		tokens: make([]lexer.Token, 0, len(src.Text)/4)}
}

// run scans the whole source.
func (s *scanner) run() {
	if !s.acceptable() {
		return
	}
	s.pos = len(s.text) - len(strings.TrimPrefix(s.text, "\ufeff"))
	for s.skipSpace() {
		s.scanToken()
	}
	s.finish()
}

// acceptable checks what must hold before anything else is looked at.
func (s *scanner) acceptable() bool {
	if len(s.text) > maxSize {
		s.fail(&dsl.Diagnostic{Code: "GT0110", Message: "the file is larger than 1 MiB", At: s.span(0, 0),
			Help: "split the program, or move data out of it"})
		return false
	}
	if !utf8.ValidString(s.text) {
		at := 0
		for at < len(s.text) {
			r, n := utf8.DecodeRuneInString(s.text[at:])
			if r == utf8.RuneError && n == 1 {
				break
			}
			at += n
		}
		s.fail(&dsl.Diagnostic{Code: "GT0102", Message: "the file is not UTF-8 text", At: s.span(at, at+1),
			Here: "not a UTF-8 character", Help: "save the file as UTF-8"})
		return false
	}
	return true
}

// skipSpace moves to the next token, past blanks and comments; false at the
// end.
func (s *scanner) skipSpace() bool {
	for s.pos < len(s.text) {
		switch c := s.text[s.pos]; {
		case c == '\n':
			s.newline = true
			s.pos++
		case c == ' ' || c == '\t':
			s.pos++
		case c == '\r' && s.peek(1) == '\n':
			s.pos++
		case c == '/' && s.peek(1) == '/':
			s.comment()
		default:
			return true
		}
	}
	return false
}

func (s *scanner) comment() {
	start := s.pos
	end := strings.IndexByte(s.text[start:], '\n')
	if end < 0 {
		end = len(s.text) - start
	}
	text := strings.TrimRight(s.text[start:start+end], " \t\r")
	for i := 0; i < len(text); i++ {
		if isControl(text[i]) && text[i] != '\t' {
			s.pos = start + i
			s.strange()
			break
		}
	}
	s.comments = append(s.comments, dsl.Comment{At: s.span(start, start+len(text)), Text: text})
	s.pos = start + end
}

// scanToken reads the token at pos, with what the newline before it means.
func (s *scanner) scanToken() {
	c := s.text[s.pos]
	switch {
	case isLetter(c):
		s.word()
	case isDigit(c):
		s.number()
	case c == '"':
		s.str()
	default:
		s.sign()
	}
	s.newline = false
}

func (s *scanner) word() {
	end := s.pos + 1
	for end < len(s.text) && (isLetter(s.text[end]) || isDigit(s.text[end])) {
		end++
	}
	if end < len(s.text) && s.text[end] >= utf8.RuneSelf {
		s.pos = end
		s.strange()
		return
	}
	text := s.text[s.pos:end]
	s.breakLine(text)
	switch {
	case text == "not":
		s.emit(tPrefix, end)
	case text == "and" || text == "or":
		s.emit(tInfix, end)
	case keywords[text]:
		s.emit(tKeyword, end)
	default:
		s.emit(tIdent, end)
	}
}

// peek is the byte n after pos, or 0.
func (s *scanner) peek(n int) byte {
	if s.pos+n < len(s.text) {
		return s.text[s.pos+n]
	}
	return 0
}

// last is the last token; the zero Token when there is none in this
// declaration.
func (s *scanner) last() lexer.Token {
	n := len(s.tokens)
	if n == 0 || len(s.cuts) > 0 && s.cuts[len(s.cuts)-1].token == n {
		return lexer.Token{}
	}
	return s.tokens[n-1]
}

func (s *scanner) span(start, end int) dsl.Span {
	return dsl.Span{Source: s.src, Start: start, End: end}
}

// fail records an error of the current declaration; only its first counts.
func (s *scanner) fail(d *dsl.Diagnostic) {
	if !s.bad {
		s.errs = append(s.errs, d)
	}
	s.bad = true
}

func isLetter(c byte) bool { return c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isControl(c byte) bool { return c < 0x20 || c == 0x7f }
