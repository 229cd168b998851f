package plan

import (
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"
	"text/tabwriter"
	"unicode/utf8"

	"github.com/gtc-lang/gtc/dsl"
)

// lineColumns is how long the lines of a summary are at most.
const lineColumns = 100

// table is rows of cells. The columns that right holds are numbers; the cells
// of column flex are clipped where lines would be too long.
type table struct {
	rows  [][]string
	right map[int]bool
	flex  int
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

// write lays the table out, two columns from the left.
func (t *table) write(b *strings.Builder) {
	widths := t.fit()
	var out strings.Builder
	w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	for _, row := range t.rows {
		for i, cell := range row {
			if i == t.flex {
				cell = clip(cell, widths[i])
			}
			if t.right[i] {
				cell = strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)) + cell
			}
			fmt.Fprint(w, cell, "\t")
		}
		fmt.Fprintln(w)
	}
	w.Flush()
	for line := range strings.Lines(out.String()) {
		b.WriteString(strings.TrimRight("  "+line, " \n") + "\n")
	}
}

// fit is the width of each column.
func (t *table) fit() []int {
	var widths []int
	for _, row := range t.rows {
		widths = append(widths, make([]int, max(0, len(row)-len(widths)))...)
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	total := 0
	for _, n := range widths {
		total += 2 + n
	}
	widths[t.flex] = max(1, widths[t.flex]-max(0, total-lineColumns))
	return widths
}

// clip shortens a text to a number of columns.
func clip(text string, columns int) string {
	r := []rune(text)
	if len(r) <= columns {
		return text
	}
	return string(r[:max(columns-1, 0)]) + "…"
}

// place is the line of the program that a kernel is from.
func place(at dsl.Span) string {
	if at.Via != nil {
		at = *at.Via
	}
	if !at.Valid() {
		return ""
	}
	return fmt.Sprintf("%s:%d", path.Base(at.Source.Name), at.Line())
}

// numberText is a number with its thousands apart.
func numberText(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

var wholeNumber = regexp.MustCompile(`\b\d+\b`)

// workText is a number of operations with its thousands apart.
func workText(d dsl.Dim) string {
	if d.Overflowed() {
		return "over " + numberText(dsl.MaxSize)
	}
	text := wholeNumber.ReplaceAllStringFunc(d.String(), func(digits string) string {
		n, _ := strconv.Atoi(digits)
		return numberText(n)
	})
	return strings.ReplaceAll(text, "+", " + ")
}

// unitText is a number of bytes in the unit that suits it, "" below a thousand.
func unitText(n int) string {
	for _, u := range []struct {
		size float64
		name string
	}{{1e12, "TB"}, {1e9, "GB"}, {1e6, "MB"}, {1e3, "KB"}} {
		if float64(n) >= u.size {
			return fmt.Sprintf("%.3g %s", float64(n)/u.size, u.name)
		}
	}
	return ""
}
