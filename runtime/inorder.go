package runtime

import (
	"fmt"
	"slices"
	"strings"
)

// inOrder returns an error when a spec does not say what inputs are made of, and
// the columns of a CSV file, taken in order, are more than they take: nothing
// says then that these are the right ones. A header that calls the columns as
// the inputs are called does.
func (s *DataSpec) inOrder(src raw, inputs []Input) error {
	t, ok := src.(*csvTable)
	if !ok || len(s.Pipeline.Inputs) > 0 || len(inputs) == 0 {
		return nil
	}
	used, width := inputs[len(inputs)-1].Columns.To, t.width()
	if used >= width || t.calls(inputs) {
		return nil
	}
	rest := ColumnRange(used, width).String()
	if t.header != nil {
		rest = listed(t.header[used:])
	}
	var ports, lines []string
	for _, in := range inputs {
		ports = append(ports, in.Port)
		lines = append(lines, in.Port+" = "+t.spelled(in.Columns))
	}
	return fmt.Errorf("%s: without a data line %s take the first %d columns in this order, and nothing takes %s; name the columns in a data line, such as data csv(…) { %s }",
		t.file, strings.Join(ports, ", "), used, rest, strings.Join(lines, ", "))
}

// width is how many columns there are, without empty ones at the end, of files
// whose lines end with a separator.
func (t *csvTable) width() int {
	width := len(t.cells[0])
	empty := func(row []string) bool { return row[width-1] == "" }
	for width > 0 && (t.header == nil || empty(t.header)) && !slices.ContainsFunc(t.cells, func(row []string) bool { return !empty(row) }) {
		width--
	}
	return width
}

// calls tells whether the header has the names of inputs, which take a column
// each.
func (t *csvTable) calls(inputs []Input) bool {
	for _, in := range inputs {
		if c := in.Columns; t.header == nil || c.To != c.From+1 || t.header[c.From] != in.Port {
			return false
		}
	}
	return true
}

// spelled is how a program writes a range of columns.
func (t *csvTable) spelled(c Columns) string {
	one := c.To == c.From+1
	switch {
	case t.header == nil && one:
		return fmt.Sprintf("column(%d)", c.From)
	case t.header == nil:
		return fmt.Sprintf("columns(%d..%d)", c.From, c.To)
	case one:
		return fmt.Sprintf("column(%q)", t.header[c.From])
	}
	return fmt.Sprintf("columns(%q..%q)", t.header[c.From], t.header[c.To-1])
}
