package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/gtc-lang/gtc/bench/internal/contest"
	"github.com/gtc-lang/gtc/bench/internal/rows"
)

// Markdown writes tables for a README: the rows, then the fastest of each
// family for rows in which several compete, then machine and versions.
func (r *Report) Markdown(w io.Writer) error {
	writeRow(w, head)
	writeRow(w, slices.Repeat([]string{"---"}, len(head)))
	for _, result := range r.Results {
		writeRow(w, cells(result))
	}
	r.families(w)
	fmt.Fprintf(w, "\n%s\n", strings.ReplaceAll(r.heading(), "\n", "; "))
	for _, line := range r.LeftOut {
		fmt.Fprintf(w, "\n%s\n", line)
	}
	return nil
}

func writeRow(w io.Writer, cells []string) {
	fmt.Fprintf(w, "| %s |\n", strings.Join(cells, " | "))
}

// families writes the fastest of each family of peers, a column each.
func (r *Report) families(w io.Writer) {
	var names []string
	for _, result := range r.Results {
		best := fastestOf(result)
		if len(best) < 2 {
			continue
		}
		for _, e := range result.Entries[1:] {
			if !slices.Contains(names, e.Family) {
				names = append(names, e.Family)
			}
		}
	}
	if len(names) == 0 {
		return
	}
	columns := append([]string{"row", "gtc"}, names...)
	fmt.Fprintln(w)
	writeRow(w, columns)
	writeRow(w, slices.Repeat([]string{"---"}, len(columns)))
	for _, result := range r.Results {
		if best := fastestOf(result); len(best) >= 2 {
			writeRow(w, familyCells(result, names, best))
		}
	}
}

func familyCells(result *contest.Result, names []string, best map[string]contest.Entry) []string {
	line := []string{result.Title, rows.Amount(result.Ours().Seconds, "s")}
	for _, name := range names {
		e, ok := best[name]
		if !ok {
			line = append(line, "")
			continue
		}
		line = append(line, fmt.Sprintf("%s, %.3g× (%s, %d)", rows.Amount(e.Seconds, "s"), e.Ratio.Median, e.Name, e.Threads))
	}
	return line
}

// fastestOf returns the fastest of each family that was measured in full.
func fastestOf(r *contest.Result) map[string]contest.Entry {
	best := map[string]contest.Entry{}
	if len(r.Entries) == 0 {
		return best
	}
	for _, e := range r.Entries[1:] {
		if old, ok := best[e.Family]; !e.Heat && (!ok || e.Seconds < old.Seconds) {
			best[e.Family] = e
		}
	}
	return best
}
