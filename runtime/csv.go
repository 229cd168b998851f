package runtime

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// csvTable is a CSV file in memory.
type csvTable struct {
	file   string
	header []string
	cells  [][]string
	lines  []int32   // by row
	starts [][]int32 // by row and column, in bytes from 1
}

// readCSV reads a CSV file (RFC 4180, with the separator, comments and header
// that f says), gzipped or not, at most so many lines. All rows have the same
// number of cells.
func readCSV(spec *DataSpec, file string, f Format, most int) (*csvTable, error) {
	in, err := spec.openText(file)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	t := &csvTable{file: file}
	if err := t.read(withoutMark(in), f, most); err != nil {
		return nil, err
	}
	if len(t.cells) > 0 && (f.Header == HeaderYes || f.Header == HeaderAuto && allText(t.cells[0])) {
		t.header, t.cells, t.lines, t.starts = t.cells[0], t.cells[1:], t.lines[1:], t.starts[1:]
	}
	return t, nil
}

// withoutMark skips the byte order mark that spreadsheets begin UTF-8 with.
func withoutMark(in io.Reader) io.Reader {
	const mark = "\ufeff"
	b := bufio.NewReader(in)
	if head, err := b.Peek(len(mark)); err == nil && string(head) == mark {
		_, _ = b.Discard(len(mark))
	}
	return b
}

func (t *csvTable) read(in io.Reader, f Format, most int) error {
	r := csv.NewReader(in)
	r.TrimLeadingSpace = true
	if f.Separator != "" {
		r.Comma, _ = utf8.DecodeRuneInString(f.Separator)
	}
	if f.Comment != "" {
		r.Comment, _ = utf8.DecodeRuneInString(f.Comment)
	}
	for len(t.cells) < most {
		record, err := r.Read()
		if err == io.EOF {
			return nil
		}
		var bad *csv.ParseError
		if errors.As(err, &bad) && errors.Is(err, csv.ErrFieldCount) {
			return fmt.Errorf("%s:%d:1: %d cells, the rows before have %d", t.file, bad.Line, len(record), len(t.cells[0]))
		}
		if errors.As(err, &bad) {
			return fmt.Errorf("%s:%d:%d: %w", t.file, bad.Line, bad.Column, bad.Err)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", t.file, err)
		}
		line, _ := r.FieldPos(0)
		starts := make([]int32, len(record))
		for i := range record {
			_, column := r.FieldPos(i)
			starts[i] = int32(column)
			record[i] = strings.TrimSpace(record[i])
		}
		t.cells, t.lines, t.starts = append(t.cells, record), append(t.lines, int32(line)), append(t.starts, starts)
	}
	return nil
}

// CheckColumns looks at the beginning of a CSV file: whether it has the columns
// that are asked for. Of other files it only says whether they can be opened.
func (s DataSpec) CheckColumns() error {
	if kind := s.Pipeline.Format.Kind; kind != KindCSV && kind != "" {
		in, err := s.open(s.File)
		if err != nil {
			return err
		}
		return in.Close()
	}
	t, err := readCSV(&s, s.File, s.Pipeline.Format, 2)
	if err != nil {
		return err
	}
	for _, in := range s.Pipeline.Inputs {
		if _, err := t.resolve(in.Columns); err != nil {
			return fmt.Errorf("%s: %w", in.Port, err)
		}
	}
	return nil
}

// allText tells whether a row looks like a header: no cell is a number, were it
// one that may not stand here.
func allText(row []string) bool {
	for _, cell := range row {
		if _, err := strconv.ParseFloat(cell, 64); !errors.Is(err, strconv.ErrSyntax) {
			return false
		}
	}
	return true
}

func (t *csvTable) rows() int { return len(t.cells) }

func (t *csvTable) resolve(c Columns) ([]int, error) {
	if err := t.spread(&c); err != nil {
		return nil, err
	}
	var out []int
	for _, name := range c.Names {
		n, err := t.column(name)
		if err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	if len(c.Names) > 0 || len(t.cells) == 0 {
		return out, nil
	}
	width := len(t.cells[0])
	if c.From < 0 || c.To <= c.From || c.To > width {
		return nil, fmt.Errorf("%s has columns 0..%d, wanted %s%s", t.file, width, c, t.otherSeparator())
	}
	for n := c.From; n < c.To; n++ {
		out = append(out, n)
	}
	return out, nil
}

// column is the number of the column of a name.
func (t *csvTable) column(name string) (int, error) {
	n := slices.Index(t.header, name)
	if n >= 0 {
		return n, nil
	}
	if t.header == nil {
		return 0, fmt.Errorf("%s has no header, so no column %q", t.file, name)
	}
	near := ""
	if x := nearest(name, t.header); x != "" {
		near = fmt.Sprintf("; did you mean %q?", x)
	}
	return 0, fmt.Errorf("%s has no column %q%s; there are %s%s", t.file, name, near, listed(t.header), t.otherSeparator())
}

// spread names the columns between a first and a last one.
func (t *csvTable) spread(c *Columns) error {
	if c.First == "" || len(c.Names) > 0 {
		return nil
	}
	from, err := t.column(c.First)
	if err != nil {
		return err
	}
	to, err := t.column(c.Last)
	switch {
	case err != nil:
		return err
	case to < from:
		return fmt.Errorf("%s: %q is column %d and %q, column %d, stands before it: write columns(%q..%q)", t.file, c.First, from, c.Last, to, c.Last, c.First)
	}
	c.Names = slices.Clone(t.header[from : to+1])
	for i, name := range c.Names {
		if slices.Index(t.header, name) != from+i {
			return fmt.Errorf("%s has two columns %q, and %s has both: choose columns by number", t.file, name, c)
		}
	}
	return nil
}

// otherSeparator is a hint where a whole row has become one cell.
func (t *csvTable) otherSeparator() string {
	first := t.header
	if first == nil {
		first = t.cells[0]
	}
	if len(first) != 1 {
		return ""
	}
	return separatorHint(first[0])
}

// separatorHint is what to write for a cell in which something else than the
// separator seems to divide cells; "" when nothing does.
func separatorHint(cell string) string {
	for _, s := range []string{";", "\t", "|"} {
		if strings.Contains(cell, s) {
			return fmt.Sprintf("; for cells separated by %q write csv(…, separator: %q)", s, s)
		}
	}
	return ""
}

func (t *csvTable) load(b *block) {
	b.text = make([]string, 0, len(b.at)*len(b.columns))
	for _, row := range b.at {
		for _, column := range b.columns {
			b.text = append(b.text, t.cells[row][column])
		}
	}
}

func (t *csvTable) cell(row, column int) string { return t.cells[row][column] }

func (t *csvTable) columnName(column int) string {
	if t.header == nil {
		return fmt.Sprintf("column %d of %s", column, t.file)
	}
	return fmt.Sprintf("column %q of %s", t.header[column], t.file)
}

func (t *csvTable) place(row, column int) string {
	if t.lines == nil { // cells in memory
		return fmt.Sprintf("%s:%d:%d", t.file, row, column)
	}
	return fmt.Sprintf("%s:%d:%d", t.file, t.lines[row], t.starts[row][column])
}
