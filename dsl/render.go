package dsl

import (
	"errors"
	"fmt"
	"sort"
	"strings"
)

// Renderer writes diagnostics for people: the one place that knows how they
// look. The zero value writes plain text.
type Renderer struct {
	Color bool // ANSI escapes
}

// mostShown is how many diagnostics of an error are written: nobody reads more.
const mostShown = 20

// Error writes the diagnostics of an error, with an empty line between them,
// and how many more there are than a person would read; an error of another
// kind is written as it is.
func (r Renderer) Error(err error) string {
	var list ErrorList
	var one *Diagnostic
	switch {
	case errors.As(err, &list):
	case errors.As(err, &one):
		list = ErrorList{one}
	default:
		return r.paint(red, "error") + ": " + clean(err.Error()) + "\n"
	}
	var parts []string
	for _, d := range list[:min(len(list), mostShown)] {
		parts = append(parts, r.Diagnostic(d))
	}
	switch more := len(list) - mostShown; {
	case more == 1:
		parts = append(parts, "and 1 more error\n")
	case more > 1:
		parts = append(parts, fmt.Sprintf("and %d more errors\n", more))
	}
	return strings.Join(parts, "\n")
}

// Diagnostic writes one message: its headline, where it is, the lines it is
// about with marks under them, and what to do.
func (r Renderer) Diagnostic(d *Diagnostic) string {
	var b strings.Builder
	b.WriteString(r.paint(red, "error["+string(d.Code)+"]") + r.paint(bold, ": "+clean(d.Message)) + "\n")
	if d.At.Valid() {
		p := &sheet{Renderer: r, out: &b, width: gutter(d)}
		p.write(d)
	}
	if d.Help != "" {
		b.WriteString(r.paint(cyan, "help") + ": " + clean(d.Help) + "\n")
	}
	return b.String()
}

// gutter is the width of the largest line number shown.
func gutter(d *Diagnostic) int {
	width := len(fmt.Sprint(lastLine(d.At)))
	for _, l := range d.Labels {
		if l.At.Valid() {
			width = max(width, len(fmt.Sprint(lastLine(l.At))))
		}
	}
	return width
}

// sheet writes the lines of a diagnostic, those of its own source first.
type sheet struct {
	Renderer
	out   *strings.Builder
	width int
}

func (p *sheet) write(d *Diagnostic) {
	bySource := map[*Source][]mark{d.At.Source: {{Label{d.At, d.Here}, true}}}
	sources := []*Source{d.At.Source}
	for _, l := range d.Labels {
		src := l.At.Source
		if src == nil {
			continue
		}
		if bySource[src] == nil {
			sources = append(sources, src)
		}
		bySource[src] = append(bySource[src], mark{l, false})
	}
	for i, src := range sources {
		marks := bySource[src]
		arrow := "-->"
		if i > 0 {
			arrow = ":::"
		}
		fmt.Fprintf(p.out, "%*s%s %s\n", p.width+1, "", p.paint(blue, arrow), clean(marks[0].At.String()))
		p.row("", "", "")
		p.lines(src, marks)
	}
}

// lines writes each line that a mark touches once, in order, with a row for
// each mark below it.
func (p *sheet) lines(src *Source, marks []mark) {
	rows := map[int][]stroke{}
	for _, m := range marks {
		for _, s := range m.strokes() {
			rows[s.line] = append(rows[s.line], s)
		}
	}
	var numbers []int
	for n := range rows {
		numbers = append(numbers, n)
	}
	sort.Ints(numbers)
	for _, n := range numbers {
		view := newView(src.Line(n), rows[n][0].start)
		p.row(fmt.Sprint(n), view.text(), "")
		for _, s := range rows[n] {
			p.stroke(view, s)
		}
	}
}

func (p *sheet) stroke(v view, s stroke) {
	color, sign := blue, "-"
	if s.primary {
		color, sign = red, "^"
	}
	from, to := v.column(s.start), v.column(s.end)
	text := strings.Repeat(sign, max(1, to-from))
	if s.text != "" {
		text += " " + clean(s.text)
	}
	p.row("", strings.Repeat(" ", from), p.paint(color, text))
	if s.elided {
		fmt.Fprintf(p.out, "%s\n", p.paint(blue, "..."))
	}
}

// row writes a line of the page behind its gutter.
func (p *sheet) row(number, text, painted string) {
	line := p.paint(blue, fmt.Sprintf("%*s |", p.width, number))
	if text+painted != "" {
		line += " " + text + painted
	}
	p.out.WriteString(strings.TrimRight(line, " ") + "\n")
}

const (
	red  = "1;31"
	blue = "1;34"
	cyan = "1;36"
	bold = "1"
)

func (r Renderer) paint(color, text string) string {
	if !r.Color {
		return text
	}
	return "\x1b[" + color + "m" + text + "\x1b[0m"
}

// Sorted is the list in order of place, each code once a place.
func (l ErrorList) Sorted() ErrorList {
	var ds Diagnostics
	for _, d := range l {
		ds.Add(d)
	}
	sort.SliceStable(ds.list, func(i, j int) bool { return ds.list[i].At.Start < ds.list[j].At.Start })
	return ds.list
}
