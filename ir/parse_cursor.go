package ir

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/gtc-lang/gtc/dsl"
)

// cursor reads one line of the IR's text. After the first error every method
// returns a zero value.
type cursor struct {
	text string
	pos  int
	line int // from 1
	err  error
}

func (c *cursor) fail(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf("line %d: %s", c.line, fmt.Sprintf(format, args...))
	}
	c.pos = len(c.text)
}

// rest is the unread part of the line.
func (c *cursor) rest() string {
	for c.pos < len(c.text) && (c.text[c.pos] == ' ' || c.text[c.pos] == '\t') {
		c.pos++
	}
	return c.text[c.pos:]
}

// peek is the next character, 0 at the end.
func (c *cursor) peek() byte {
	if rest := c.rest(); rest != "" {
		return rest[0]
	}
	return 0
}

// take reads a mark or a word if it is next.
func (c *cursor) take(mark string) bool {
	rest := c.rest()
	if !strings.HasPrefix(rest, mark) || wordByte(mark[0], true) && len(rest) > len(mark) && wordByte(rest[len(mark)], false) {
		return false
	}
	c.pos += len(mark)
	return true
}

func (c *cursor) expect(mark string) {
	if !c.take(mark) {
		c.fail("%q is expected at %q", mark, c.rest())
	}
}

func wordByte(b byte, first bool) bool {
	return b == '_' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || !first && (b >= '0' && b <= '9' || b == '.')
}

// word reads a name.
func (c *cursor) word() string {
	rest := c.rest()
	n := 0
	for n < len(rest) && wordByte(rest[n], n == 0) {
		n++
	}
	if n == 0 {
		c.fail("a word is expected at %q", rest)
	}
	c.pos = min(c.pos+n, len(c.text))
	return rest[:n]
}

func (c *cursor) quoted() string {
	rest := c.rest()
	q, err := strconv.QuotedPrefix(rest)
	if err != nil || rest[0] != '"' {
		c.fail("a quoted text is expected at %q", rest)
		return ""
	}
	c.pos += len(q)
	text, _ := strconv.Unquote(q) // QuotedPrefix has checked it
	return text
}

// integer reads a number without a sign.
func (c *cursor) integer() int {
	rest := c.rest()
	n := 0
	for n < len(rest) && rest[n] >= '0' && rest[n] <= '9' {
		n++
	}
	value, err := strconv.Atoi(rest[:n])
	if err != nil || dsl.N(value).Overflowed() {
		c.fail("a number is expected at %q", rest)
		return 0
	}
	c.pos += n
	return value
}

func (c *cursor) float() float64 {
	rest := c.rest()
	text, _, _ := strings.Cut(rest, " ")
	x, err := strconv.ParseFloat(text, 64)
	if err != nil && !math.IsInf(x, 0) || text == "" {
		c.fail("a number is expected at %q", rest)
		return 0
	}
	c.pos += len(text)
	return x
}

// list reads items between two brackets, separated by commas.
func (c *cursor) list(open, shut string, item func()) {
	c.expect(open)
	for n := 0; c.err == nil && !c.take(shut); n++ {
		if n > 0 {
			c.expect(",")
		}
		item()
	}
}

// reference reads the number of a value.
func (c *cursor) reference() int {
	c.expect("%")
	return c.integer()
}

// ref reads a value that is known.
func (c *cursor) ref(known map[int]*Value) *Value {
	n := c.reference()
	v := known[n]
	if v == nil {
		c.fail("no value %%%d here", n)
	}
	return v
}

// refs reads values up to something else.
func (c *cursor) refs(known map[int]*Value) []*Value {
	var list []*Value
	for c.peek() == '%' && c.err == nil {
		list = append(list, c.ref(known))
	}
	return list
}
