package dsl

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// mark is a label in a source; the primary one is what the message is about.
type mark struct {
	Label
	primary bool
}

// stroke is the part of a mark on one line, by byte offsets in the line.
type stroke struct {
	line, start, end int
	text             string
	primary          bool
	elided           bool // lines are left out after it
}

// strokes splits a mark at its lines: only the first and the last of them are
// shown.
func (m mark) strokes() []stroke {
	src := m.At.Source
	first, column := src.Position(m.At.Start)
	last := lastLine(m.At)
	s := stroke{line: first, start: column - 1, text: m.Text, primary: m.primary}
	if last == first {
		s.end = s.start + m.At.End - m.At.Start
		return []stroke{s}
	}
	s.end, s.text, s.elided = len(src.Line(first)), "", last > first+1
	text := src.Line(last)
	_, end := src.Position(m.At.End - 1)
	indent := len(text) - len(strings.TrimLeft(text, " \t"))
	return []stroke{s, {line: last, start: min(indent, end-1), end: end, text: m.Text, primary: m.primary}}
}

// lastLine is the line of a span's last character.
func lastLine(s Span) int {
	end := max(s.Start, s.End-1)
	line, _ := s.Source.Position(end)
	return line
}

const (
	tabWidth = 4
	maxWidth = 160 // columns of a source line
)

// view is a line as it is shown: tabs expanded, wide characters counted twice,
// what a terminal would obey replaced, and no wider than maxWidth.
type view struct {
	cells []cell
	from  int // the first column shown
	end   int // width of the whole line
}

// cell is a character: its offset in the line, and its column.
type cell struct {
	offset, column int
	shown          string
}

// newView lays a line out so that the byte at focus can be seen. Of a very
// long line only the neighbourhood is looked at.
func newView(line string, focus int) view {
	start, stop := max(0, focus-8*maxWidth), min(len(line), focus+8*maxWidth)
	for start > 0 && !utf8.RuneStart(line[start]) {
		start--
	}
	v := view{}
	for i, r := range line[start:stop] {
		c := cell{start + i, v.end, string(r)}
		switch {
		case r == '\t':
			c.shown = strings.Repeat(" ", tabWidth-v.end%tabWidth)
		case r == utf8.RuneError || unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r):
			c.shown = "\ufffd"
		}
		v.cells = append(v.cells, c)
		v.end += displayWidth(c.shown)
	}
	if v.end > maxWidth {
		v.from = max(0, min(v.absolute(focus)-maxWidth/2, v.end-maxWidth))
	}
	return v
}

func (v view) text() string {
	var b strings.Builder
	if v.from > 0 {
		b.WriteString("…")
	}
	for _, c := range v.cells {
		if c.column >= v.from && c.column < v.from+maxWidth {
			b.WriteString(c.shown)
		}
	}
	if v.end > v.from+maxWidth {
		b.WriteString("…")
	}
	return strings.TrimRight(b.String(), " ")
}

// column is where the byte at offset is shown.
func (v view) column(offset int) int {
	at := min(max(v.absolute(offset)-v.from, 0), maxWidth)
	if v.from > 0 {
		at++ // for the sign of what is left out
	}
	return at
}

// absolute is the column of the byte at offset in the whole line.
func (v view) absolute(offset int) int {
	i := sort.Search(len(v.cells), func(i int) bool { return v.cells[i].offset >= offset })
	if i == len(v.cells) {
		return v.end
	}
	return v.cells[i].column
}

func displayWidth(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case wide(r):
			n += 2
		default:
			n++
		}
	}
	return n
}

// wide reports whether terminals give a character two columns: the East Asian
// scripts, their full-width forms, and emoji (Unicode Standard Annex 11).
func wide(r rune) bool {
	switch {
	case r < 0x1100:
		return false
	case r <= 0x115f, r >= 0x2e80 && r <= 0xa4cf, r >= 0xac00 && r <= 0xd7a3, r >= 0xf900 && r <= 0xfaff,
		r >= 0xfe30 && r <= 0xfe6f, r >= 0xff00 && r <= 0xff60, r >= 0xffe0 && r <= 0xffe6,
		r >= 0x1f300 && r <= 0x1f64f, r >= 0x1f680 && r <= 0x1f9ff, r >= 0x20000 && r <= 0x3fffd:
		return true
	}
	return false
}

// clean replaces what a terminal would obey in a text of one line.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return '\ufffd'
		}
		return r
	}, s)
}
