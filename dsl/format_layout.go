package dsl

import (
	"strings"
	"unicode/utf8"
)

const indentWidth = 4

// formatter writes tokens in the order of the tree, which is that of the
// source. Between two tokens it looks at what the source has there: comments
// are copied, and a newline stays a newline.
type formatter struct {
	out      strings.Builder
	src      string
	pos      int // how far the source is followed
	comments []Comment

	column int        // of the line being written
	indent int        // of the line being written
	levels []fmtLevel // open brackets
	fresh  bool       // nothing stands since an opening bracket: no empty line
	space  bool       // the next token on the line has a space before it
	blank  bool       // the line ends with a space
	pad    int        // spaces before the `=` of the statement, for alignment
}

// fmtLevel is an open bracket.
type fmtLevel struct {
	opener int  // indentation of the line that opened it
	base   int  // indentation of the lines inside
	list   bool // elements, not statements
}

func newFormatter(f *File) *formatter {
	p := &formatter{comments: f.Comments, fresh: true}
	if f.Source != nil {
		p.src = f.Source.Text
		p.pos = len(p.src) - len(strings.TrimPrefix(p.src, "\ufeff"))
	}
	p.levels = []fmtLevel{{}}
	return p
}

func (p *formatter) level() fmtLevel { return p.levels[len(p.levels)-1] }

// inside is the indentation of a line that goes on with an element or a
// statement.
func (p *formatter) inside() int {
	if l := p.level(); l.list {
		return l.base
	}
	return p.level().base + indentWidth
}

// word writes a keyword, or an operator that is one, with spaces around it.
func (p *formatter) word(text string) { p.spaced(text) }

func (p *formatter) spaced(text string) {
	p.space = true
	p.tight(text)
	p.space = true
}

// tight writes a token right after the one before, or after a space when that
// one wants it.
func (p *formatter) tight(text string) {
	p.advance(p.find(text), false, p.inside(), p.inside())
	p.write(text)
	p.space = text == ":" || text == ","
}

// at writes a token whose place is known.
func (p *formatter) at(text string, at Span) {
	p.advance(at.Start, false, p.inside(), p.inside())
	p.write(text)
}

func (p *formatter) comma(i int) {
	if i > 0 {
		p.tight(",")
	}
}

func (p *formatter) open(text string) {
	p.space = false
	p.tight(text)
	p.push(true)
}

func (p *formatter) push(list bool) {
	p.levels = append(p.levels, fmtLevel{opener: p.indent, base: p.indent + indentWidth, list: list})
	p.fresh, p.space = true, false
}

// close writes a closing bracket of a list.
func (p *formatter) close(text string) {
	l := p.level()
	p.fresh, p.space = true, false
	p.advance(p.find(text), false, l.opener, l.base)
	p.levels = p.levels[:len(p.levels)-1]
	p.write(text)
}

// write appends a token of the source to the line.
func (p *formatter) write(text string) {
	if strings.HasPrefix(p.rest(), text) {
		p.pos += len(text)
	}
	p.put(text)
	p.fresh, p.space = false, false
}

func (p *formatter) put(text string) {
	p.out.WriteString(text)
	p.column += utf8.RuneCountInString(text)
	p.blank = strings.HasSuffix(text, " ")
}

func (p *formatter) rest() string { return p.src[min(p.pos, len(p.src)):] }

// find is where the source has the next token, when it is text. Commas and
// semicolons that the tree does not keep are passed over.
func (p *formatter) find(text string) int {
	i := p.pos
	for i < len(p.src) {
		switch rest := p.src[i:]; {
		case strings.HasPrefix(rest, text):
			return i
		case strings.HasPrefix(rest, "//"):
			end := strings.IndexByte(rest, '\n')
			if end < 0 {
				return p.pos
			}
			i += end
		case strings.IndexByte(" \t\r\n,;", rest[0]) >= 0:
			i++
		default:
			return p.pos
		}
	}
	return p.pos
}

// advance follows the source to the offset of the next token: it copies the
// comments on the way, and begins a new line where the source does, or where
// one is forced. The line is indented by indent, comments before it by
// aside.
func (p *formatter) advance(to int, force bool, indent, aside int) {
	to = max(to, p.pos)
	lines := 0
	for len(p.comments) > 0 && p.comments[0].At.Start < to {
		c := p.comments[0]
		p.comments = p.comments[1:]
		lines = p.newlines(c.At.Start)
		if lines == 0 && p.column > 0 {
			p.trail(c)
		} else {
			p.newline(lines, aside)
			p.put(c.Text)
		}
		p.pos = c.At.End
		force, p.fresh = true, false
	}
	lines = p.newlines(to)
	switch {
	case lines > 0 || force:
		if p.column > 0 {
			if p.closing(to) {
				lines = 1
			}
			p.newline(lines, indent)
		}
	case p.space && p.column > p.indent && !p.blank:
		p.put(" ")
	}
	p.pos = to
}

// closing reports whether the token at an offset is a closing bracket, before
// which no empty line stands.
func (p *formatter) closing(at int) bool {
	return at < len(p.src) && strings.IndexByte(")]}", p.src[at]) >= 0
}

// newlines counts those between pos and an offset.
func (p *formatter) newlines(to int) int {
	if p.pos >= to || to > len(p.src) {
		return 0
	}
	return strings.Count(p.src[p.pos:to], "\n")
}

// newline ends the line, with an empty one after it when the source has some.
func (p *formatter) newline(lines, indent int) {
	if p.column > 0 {
		p.out.WriteByte('\n')
		if lines > 1 && !p.fresh {
			p.out.WriteByte('\n')
		}
	}
	p.column, p.indent = indent, indent
	p.out.WriteString(strings.Repeat(" ", indent))
}

// trail writes a comment behind the code of its line, in the column where it
// was when there is room.
func (p *formatter) trail(c Comment) {
	start := strings.LastIndexByte(p.src[:c.At.Start], '\n') + 1
	column := 0
	for _, r := range p.src[start:c.At.Start] {
		if r == '\t' {
			column += tabWidth - column%tabWidth
		} else {
			column++
		}
	}
	p.put(strings.Repeat(" ", max(1, column-p.column)))
	p.put(c.Text)
}

// startDecl begins a declaration on a line of its own.
func (p *formatter) startDecl(at int) {
	p.advance(at, true, 0, 0)
	p.space = false
}

// finish copies the comments at the end of the file.
func (p *formatter) finish() {
	p.fresh = false
	p.advance(len(p.src), false, 0, 0)
	text := tidy(p.out.String())
	p.out.Reset()
	p.out.WriteString(text)
}
