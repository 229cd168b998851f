package parser

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gtc-lang/gtc/dsl"
)

// units multiply a size literal.
var units = map[string]float64{
	"KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12,
	"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40,
}

// number reads `12`, `0.5`, `1e-3` or `4MB`.
func (s *scanner) number() {
	start := s.pos
	end := digits(s.text, start)
	if end < len(s.text) && s.text[end] == '.' && !strings.HasPrefix(s.text[end:], "..") {
		if end+1 == len(s.text) || !isDigit(s.text[end+1]) {
			s.badNumber(start, end+1, "a number needs digits on both sides of its point", "write "+s.text[start:end]+".0")
			return
		}
		end = digits(s.text, end+1)
	}
	end = exponent(s.text, end)
	if r := typographic(s.text, end); r > 0 {
		s.pos = r
		s.strange()
		return
	}
	tail := end
	for tail < len(s.text) && (isLetter(s.text[tail]) || isDigit(s.text[tail])) {
		tail++
	}
	if unit := s.text[end:tail]; unit != "" && units[unit] == 0 {
		s.badNumber(start, tail, "a number runs into a name", numberHelp(s.text[start:end], unit))
		return
	}
	if _, _, problem := numberValue(s.text[start:tail]); problem != "" {
		s.badNumber(start, tail, problem, "")
		return
	}
	s.breakLine("")
	s.emit(tLiteral, tail)
}

func (s *scanner) badNumber(start, end int, message, help string) {
	s.fail(&dsl.Diagnostic{Code: "GT0104", Message: message, At: s.span(start, end), Help: help})
	s.breakLine("")
	s.emit(tLiteral, end)
}

func numberHelp(number, unit string) string {
	switch {
	case number == "0" && strings.ContainsAny(unit[:1], "xXbBoO"):
		return "numbers are decimal"
	case strings.HasPrefix(unit, "_"):
		return "digits are written without separators"
	case strings.HasSuffix(strings.ToLower(unit), "b"):
		return "the units of sizes are KB, MB, GB, TB and KiB, MiB, GiB, TiB"
	}
	return "write " + number + "*" + unit + " for a product; a name begins with a letter"
}

// numberValue reads a literal whose form is right. An integer is exact.
func numberValue(text string) (value float64, whole bool, problem string) {
	number := strings.TrimRight(text, "KMGTiB")
	scale := 1.0
	if unit := text[len(number):]; unit != "" {
		scale = units[unit]
	}
	value, err := strconv.ParseFloat(number, 64)
	value *= scale
	whole = scale != 1 || !strings.ContainsAny(number, ".eE")
	switch {
	case err != nil || math.IsInf(value, 0):
		return 0, false, "the number is too large"
	case whole && value != math.Trunc(value):
		return 0, false, "the size is not a whole number of bytes"
	case whole && value >= 1<<53:
		return 0, false, "the integer is too large: it has to be below 2^53"
	}
	return value, whole, ""
}

func digits(text string, at int) int {
	for at < len(text) && isDigit(text[at]) {
		at++
	}
	return at
}

// exponent skips `e-3`; without digits there is none.
func exponent(text string, at int) int {
	if at == len(text) || text[at]|0x20 != 'e' {
		return at
	}
	from := at + 1
	if from < len(text) && (text[from] == '-' || text[from] == '+') {
		from++
	}
	if end := digits(text, from); end > from {
		return end
	}
	return at
}

// typographic is the place of a typographic minus in `e−3`; 0 for none.
func typographic(text string, at int) int {
	if at == len(text) || text[at]|0x20 != 'e' {
		return 0
	}
	if r, _ := utf8.DecodeRuneInString(text[at+1:]); strings.ContainsRune(dashes, r) {
		return at + 1
	}
	return 0
}

// str reads a string, to its closing quote on the same line.
func (s *scanner) str() {
	s.breakLine("")
	for end := s.pos + 1; end < len(s.text); end++ {
		switch c := s.text[end]; {
		case c == '"':
			s.emit(tLiteral, end+1)
			return
		case c == '\\' && end+1 < len(s.text) && s.text[end+1] != '\n':
			end++
			if escape(s.text[end]) == 0 {
				s.fail(&dsl.Diagnostic{Code: "GT0105", Message: "unknown escape in a string", At: s.span(end-1, end+1),
					Help: `the escapes are \", \\, \n, \t and \r`})
			}
		case isControl(c) && c != '\t':
			s.unterminated(end)
			return
		}
	}
	s.unterminated(len(s.text))
}

func (s *scanner) unterminated(end int) {
	s.fail(&dsl.Diagnostic{Code: "GT0103", Message: "the string has no closing quote", At: s.span(s.pos, end),
		Here: "begins here", Help: `close it with " on the same line; write \n for a newline inside`})
	s.emit(tLiteral, end)
}

// unquote is the value of a well-formed string token.
func unquote(text string) string {
	text = text[1 : len(text)-1]
	if !strings.Contains(text, `\`) {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c == '\\' {
			i++
			c = escape(text[i])
		}
		b.WriteByte(c)
	}
	return b.String()
}

// escape is the character that a backslash and c stand for, 0 for none.
func escape(c byte) byte {
	switch c {
	case '"', '\\':
		return c
	case 'n':
		return '\n'
	case 't':
		return '\t'
	case 'r':
		return '\r'
	}
	return 0
}
