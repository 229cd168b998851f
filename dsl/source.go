package dsl

import (
	"fmt"
	"sort"
)

// Source is one text of the language with the name that messages show for it.
type Source struct {
	Name string // as shown to the user: a relative path, or "library/dense.gt"
	Text string

	lines []int // byte offset of each line's first character
}

// NewSource indexes the lines of text once.
func NewSource(name, text string) *Source {
	s := &Source{Name: name, Text: text, lines: []int{0}}
	for i := 0; i < len(text); i++ {
		if text[i] == '\n' {
			s.lines = append(s.lines, i+1)
		}
	}
	return s
}

// Position returns the line and column, both from 1, of a byte offset; the
// column counts bytes.
func (s *Source) Position(offset int) (line, column int) {
	i := sort.SearchInts(s.lines, offset+1) - 1
	return i + 1, offset - s.lines[i] + 1
}

// Lines is the number of lines.
func (s *Source) Lines() int { return len(s.lines) }

// Line returns the text of a line, from 1, without its newline.
func (s *Source) Line(n int) string {
	start, end := s.lines[n-1], len(s.Text)
	if n < len(s.lines) {
		end = s.lines[n] - 1
	}
	if end > start && s.Text[end-1] == '\r' {
		end--
	}
	return s.Text[start:end]
}

// Span is a stretch of a source, by byte offsets: [Start, End). The zero Span
// belongs to no source.
type Span struct {
	Source     *Source
	Start, End int
	// Via is the call in the user's program that this place, in the body of
	// something from the library, was reached by; nil in the program itself.
	Via *Span
}

// Valid reports whether the span lies in a source.
func (s Span) Valid() bool { return s.Source != nil }

// Same reports whether two spans are the same stretch of text.
func (s Span) Same(t Span) bool { return s.Source == t.Source && s.Start == t.Start && s.End == t.End }

// To is the span from the start of s to the end of t.
func (s Span) To(t Span) Span {
	if !t.Valid() {
		return s
	}
	return Span{Source: s.Source, Start: s.Start, End: t.End}
}

// Line is the line of the span's start, from 1, or 0 for the zero Span.
func (s Span) Line() int {
	if !s.Valid() {
		return 0
	}
	line, _ := s.Source.Position(s.Start)
	return line
}

// Text is the source text covered.
func (s Span) Text() string {
	if !s.Valid() {
		return ""
	}
	return s.Source.Text[s.Start:s.End]
}

// String is "file:line:column".
func (s Span) String() string {
	if !s.Valid() {
		return "-"
	}
	line, column := s.Source.Position(s.Start)
	return fmt.Sprintf("%s:%d:%d", s.Source.Name, line, column)
}
