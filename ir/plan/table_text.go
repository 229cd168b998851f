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

// table is rows of cells; the columns that right holds are numbers.
type table struct {
	rows  [][]string
	right map[int]bool
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

// write lays the table out, two columns from the left.
func (t *table) write(b *strings.Builder) {
	widths := map[int]int{}
	for _, row := range t.rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	var out strings.Builder
	w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	for _, row := range t.rows {
		for i, cell := range row {
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
