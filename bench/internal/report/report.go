// Package report prints what was measured: as text, as a table for a README,
// as JSON.
package report

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/gtc-lang/gtc/bench/internal/contest"
	"github.com/gtc-lang/gtc/bench/internal/machine"
	"github.com/gtc-lang/gtc/bench/internal/rows"
)

// Report is a whole run.
type Report struct {
	Machine  machine.CPU       `json:"machine"`
	Programs map[string]string `json:"programs"` // what each says about itself
	LeftOut  []string          `json:"left_out,omitempty"`
	Results  []*contest.Result `json:"results"`
}

// Holds tells whether every row is at its floor or above.
func (r *Report) Holds() bool {
	return !slices.ContainsFunc(r.Results, func(row *contest.Result) bool { return row.Verdict() != "ok" })
}

// JSON writes everything.
func (r *Report) JSON(w io.Writer) error {
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	return out.Encode(r)
}

// cells are the columns of a row: title, ours, rate, share, fastest peer, its
// time, ratio, floor, verdict, memory.
func cells(r *contest.Result) []string {
	if len(r.Entries) == 0 {
		line := []string{r.Title, rows.Amount(r.Value, r.Unit), "", "", "", "", "", floors(r), r.Verdict(), ""}
		if r.Beside != "" {
			line[4], line[5] = r.Beside, rows.Amount(r.Control, r.Unit)
		}
		return line
	}
	ours := r.Ours()
	line := []string{r.Title, rows.Amount(ours.Seconds, "s"), "", "", "", "", "", floors(r), r.Verdict(), rows.Amount(float64(ours.Memory), "B")}
	if ours.Rate > 0 {
		line[2], line[3] = fmt.Sprintf("%.3g", ours.Rate/1e9), fmt.Sprintf("%.0f %% of %.3g", 100*ours.Share.Median, r.Limit/1e9)
	}
	if peer := fastest(r); peer != nil {
		line[4] = fmt.Sprintf("%s, %d", peer.Name, peer.Threads)
		line[5] = rows.Amount(peer.Seconds, "s")
		line[6] = fmt.Sprintf("%.3g (%.3g to %.3g)", peer.Ratio.Median, peer.Ratio.Low, peer.Ratio.High)
		line[9] += " / " + rows.Amount(float64(peer.Memory), "B")
	}
	return line
}

// head names the columns.
var head = []string{"row", "gtc", "GFLOP/s or GB/s", "of the limit", "fastest peer, threads", "its time", "its time / ours (quartiles)", "floor", "is", "memory, ours / its"}

// fastest is the fastest peer that was measured in full, whatever its family.
func fastest(r *contest.Result) *contest.Entry {
	var best *contest.Entry
	for i := range r.Entries[1:] {
		e := &r.Entries[1+i]
		if !e.Heat && (best == nil || e.Seconds < best.Seconds) {
			best = e
		}
	}
	return best
}

func floors(r *contest.Result) string {
	var all []string
	for _, v := range r.Verdicts {
		all = append(all, v.Floor)
	}
	return strings.Join(all, "; ")
}

// Text writes a table for a terminal, everyone's times for rows with many
// peers, and remarks.
func (r *Report) Text(w io.Writer) error {
	fmt.Fprintln(w, r.heading())
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	group := ""
	for _, row := range r.Results {
		if row.Group != group {
			group = row.Group
			fmt.Fprintf(table, "\n%s\n%s\n", strings.ToUpper(group), strings.Join(head, "\t"))
		}
		fmt.Fprintln(table, strings.Join(cells(row), "\t"))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, row := range r.Results {
		r.everyone(w, row)
	}
	return r.remarks(w)
}

// everyone writes the time of each program, fastest first.
func (r *Report) everyone(w io.Writer, row *contest.Result) {
	if len(row.Entries) < 3 {
		return
	}
	entries := slices.Clone(row.Entries)
	slices.SortStableFunc(entries, func(a, b contest.Entry) int {
		if a.Seconds < b.Seconds {
			return -1
		}
		return 1
	})
	fmt.Fprintf(w, "\n%s\n", row.Title)
	table := tabwriter.NewWriter(w, 2, 0, 2, ' ', 0)
	for _, e := range entries {
		line := fmt.Sprintf("  %s, threads %d\t%s\t", e.Name, e.Threads, rows.Amount(e.Seconds, "s"))
		if e.Ratio.Median > 0 {
			line += fmt.Sprintf("%.3g (%.3g to %.3g)", e.Ratio.Median, e.Ratio.Low, e.Ratio.High)
		}
		if e.Heat {
			line += "heat only"
		}
		fmt.Fprintf(table, "%s\t%s\n", line, rows.Amount(float64(e.Memory), "B"))
	}
	table.Flush()
}

// busy is the share of the machine that others may use unremarked.
const busy = 0.03

// remarks writes what is not at its floor and why, notes, and who was left out.
func (r *Report) remarks(w io.Writer) error {
	fmt.Fprintln(w)
	for _, row := range r.Results {
		for _, v := range row.Verdicts {
			switch {
			case v.Open != "":
				fmt.Fprintf(w, "%s: open: %s (floor %s)\n", row.Name, v.Open, v.Floor)
			case !v.Holds:
				fmt.Fprintf(w, "%s: below: %s (floor %s)\n", row.Name, v.Found, v.Floor)
			}
		}
		for _, note := range row.Notes {
			fmt.Fprintf(w, "%s: %s\n", row.Name, note)
		}
		if row.Others > busy {
			fmt.Fprintf(w, "%s: other processes used %.0f %% of the machine meanwhile; %d samples were taken again\n", row.Name, 100*row.Others, row.Retaken)
		}
	}
	for _, line := range r.LeftOut {
		fmt.Fprintln(w, line)
	}
	return nil
}

// heading says what was measured on, and the versions.
func (r *Report) heading() string {
	lines := []string{fmt.Sprintf("%s (%s, family %d, model %d), %d cores", r.Machine.Model, r.Machine.Vendor, r.Machine.Family, r.Machine.Number, r.Machine.Cores)}
	for _, name := range slices.Sorted(maps.Keys(r.Programs)) {
		lines = append(lines, name+": "+r.Programs[name])
	}
	return strings.Join(lines, "\n")
}
