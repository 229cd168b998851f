package parser

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/gtc-lang/gtc/dsl"
)

// signs of two to four characters, longest first.
var longSigns = []string{"<..=", "...", "..=", "<..", "|>", "->", "==", "!=", "<=", ">=", ".."}

const dashes = "−–—"

const shortSigns = "()[]{},:;.=<>+-*/@^~"

// foreign are signs of other languages, with what to write instead.
var foreign = []struct{ sign, help string }{
	{"&&", "write `and`"}, {"||", "write `or`"}, {"**", "write `^` for a power"},
	{"+=", "write x = x + …"}, {"-=", "write x = x - …"}, {"*=", "write x = x * …"}, {"/=", "write x = x / …"},
	{":=", "write `=`"}, {"/*", "comments are written // to the end of the line"},
	{"=>", "write `->` before a result, `>=` for a comparison"},
	{"!", "write `not`"}, {"%", "there is no remainder of floats; sizes are divided with /"},
	{"#", "comments begin with //"}, {"'", `strings are written "…"`}, {"`", `strings are written "…"`},
	{"|", "write `|>` for a chain, `or` for a condition"}, {"&", "write `and`"},
	{"?", "write if c { a } else { b }"}, {"$", ""}, {"\\", ""},
}

// sign reads punctuation.
func (s *scanner) sign() {
	text := s.signAt()
	rest := s.text[s.pos:]
	for _, f := range foreign {
		if text != "..." && strings.HasPrefix(rest, f.sign) && len(f.sign) > len(text) {
			s.fail(&dsl.Diagnostic{Code: "GT0124", Message: fmt.Sprintf("%s is not a sign of this language", f.sign),
				At: s.span(s.pos, s.pos+len(f.sign)), Help: f.help})
			s.breakLine("")
			s.skipForeign(f.sign)
			return
		}
	}
	if text == "" {
		s.strange()
		return
	}
	if text == "." && isDigit(s.peek(1)) && !endsOperand(s.last()) {
		end := digits(s.text, s.pos+1)
		s.badNumber(s.pos, end, "a number needs digits on both sides of its point", "write 0"+s.text[s.pos:end])
		return
	}
	s.breakLine(text)
	s.punct(text)
}

// signAt is the longest sign at pos, or "".
func (s *scanner) signAt() string {
	for _, l := range longSigns {
		if strings.HasPrefix(s.text[s.pos:], l) {
			return l
		}
	}
	if strings.IndexByte(shortSigns, s.text[s.pos]) >= 0 {
		return s.text[s.pos : s.pos+1]
	}
	return ""
}

func (s *scanner) skipForeign(sign string) {
	s.pos += len(sign)
	switch sign {
	case "#":
		for s.pos < len(s.text) && s.text[s.pos] != '\n' {
			s.pos++
		}
	case "/*":
		if end := strings.Index(s.text[s.pos:], "*/"); end >= 0 {
			s.pos += end + 2
		}
	}
}

// punct emits a sign with the type that its place gives it.
func (s *scanner) punct(text string) {
	end := s.pos + len(text)
	after := endsOperand(s.last()) && !ranging[s.last().Value]
	switch text {
	case "(", "[":
		s.open(text, kind(after, tSuffix, tPunct))
	case "{":
		s.open(text, tPunct)
	case ")", "]", "}":
		s.close(text)
	case ";":
		s.semicolon()
	case ".":
		s.emit(kind(after, tSuffix, tPunct), end)
	case "-":
		s.emit(kind(after, tInfix, tPrefix), end)
	case "*":
		s.emit(kind(after, tInfix, tPunct), end)
	case "|>", "==", "!=", "<", "<=", ">", ">=", "+", "/", "@", "^":
		s.emit(tInfix, end)
	case "=":
		s.equals()
	default:
		s.emit(tPunct, end)
	}
}

func kind(c bool, yes, no lexer.TokenType) lexer.TokenType {
	if c {
		return yes
	}
	return no
}

// strange reports the character at pos, and skips it.
func (s *scanner) strange() {
	s.breakLine("")
	r, n := utf8.DecodeRuneInString(s.text[s.pos:])
	d := &dsl.Diagnostic{Code: "GT0101", At: s.span(s.pos, s.pos+n)}
	switch {
	case r == 0:
		d.Message, d.Help = "a NUL character", "the file may not be text"
	case n == 1 && isControl(byte(r)):
		d.Message, d.Help = fmt.Sprintf("a control character, U+%04X", r), "remove it"
	case r == '\u00a0' || r == '\u200b' || r == '\ufeff' || r == '\u2028' || r == '\u2029':
		d.Message, d.Help = fmt.Sprintf("an invisible character, U+%04X", r), "replace it by a space"
	case strings.ContainsRune("“”„‘’", r):
		d.Message, d.Help = fmt.Sprintf("a typographic quote, %c", r), `strings are written "…"`
	case strings.ContainsRune(dashes, r):
		d.Message, d.Help = fmt.Sprintf("a typographic minus or dash, %c", r), "write -"
	case r == '×' || r == '·':
		d.Message, d.Help = fmt.Sprintf("a sign that is not of this language, %c", r), "write *, or @ for a matrix product"
	default:
		d.Message, d.Help = fmt.Sprintf("a character that does not belong here, %q", r),
			"names are written with the letters a to z, digits and _; any character may stand in a comment or a string"
	}
	s.fail(d)
	s.pos += n
}
