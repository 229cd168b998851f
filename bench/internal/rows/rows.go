// Package rows is the table of what is measured and of the floors: what each
// row must reach. It measures nothing.
package rows

import (
	"fmt"
	"path"
	"strings"

	"github.com/gtc-lang/gtc/bench/internal/machine"
	"github.com/gtc-lang/gtc/bench/workloads"
)

// Row is one line of the table.
type Row struct {
	Name    string // by which it is chosen
	Group   string // of rows that belong together
	Title   string
	Request string // what children are asked to load, but for the number of threads

	Threads int     // that each program may use; 0: ours has all, of the peers' choices the fastest counts
	Steps   int     // of a unit of work: times are printed for one step
	Flops   float64 // of a unit, 0 where the peak of multiply-adds is no limit
	Bytes   int     // that a unit reads: its limit is the bandwidth of the cache that holds them
	Checked int     // how many numbers the programs are compared in
	Differ  float64 // by how much numbers may differ, relative to the largest

	Floors []Floor
	AtMost *Bound // instead of a contest: our own number, and what it must not exceed
}

// Floor is what a row must reach. Where both a ratio and a share are given the
// lesser of the two is the floor, so that one of them is enough.
type Floor struct {
	Against string  // the family of peers that the ratio is against; "" is every peer
	Ratio   float64 // of the fastest such peer's time to ours; 0: none is asked for
	Share   float64 // of the row's limit; 0: none is asked for
	Near    string  // the row to whose share, less 0.03, Share is set
}

// Bound is the largest value that a number of our own may have.
type Bound struct {
	Value float64
	Unit  string // "s" or "B"
	Runs  int    // what the number is taken over: collections, or steps
	// Summary names the .gt file for which the bound is the memory that gtc
	// summary prints, and 5 %, or 4 MB below 64 MB; either way.
	Summary string
	// Control asks for the same number beside something that cannot be at
	// fault: what the machine itself takes. It is told, and changes no verdict.
	Control, ControlTitle string
}

// All returns the table for a processor.
func All(cpu machine.CPU) []Row {
	var all []Row
	all = append(all, productRows(cpu)...)
	all = append(all, vectorRows()...)
	all = append(all, modelRows()...)
	all = append(all, pauseRows()...)
	return append(all, growthRows()...)
}

// Choose returns the rows whose names match one of the patterns ("nn-*"), and
// those that their floors are relative to, in the table's order; all of them
// for no pattern.
func Choose(all []Row, patterns []string) ([]Row, error) {
	if len(patterns) == 0 {
		return all, nil
	}
	chosen := map[string]bool{}
	for _, p := range patterns {
		found := false
		for _, r := range all {
			ok, err := path.Match(p, r.Name)
			if err != nil {
				return nil, fmt.Errorf("%q: %w", p, err)
			}
			if ok {
				found = true
				choose(chosen, r)
			}
		}
		if !found {
			return nil, fmt.Errorf("no row matches %q: `go run . list` prints their names", p)
		}
	}
	var some []Row
	for _, r := range all {
		if chosen[r.Name] {
			some = append(some, r)
		}
	}
	return some, nil
}

func choose(chosen map[string]bool, r Row) {
	chosen[r.Name] = true
	for _, f := range r.Floors {
		if f.Near != "" {
			chosen[f.Near] = true
		}
	}
}

// vectorRows are functions over 16 k floats: 64 KB in, 64 KB out.
func vectorRows() []Row {
	var all []Row
	for _, f := range []string{"exp", "tanh"} {
		all = append(all, Row{
			Name: f, Group: "vector functions", Title: f + " of 16,384 floats, 1 thread",
			Request: fmt.Sprintf("kind=vector function=%s n=16384", f),
			Threads: 1, Steps: 1, Checked: 64, Differ: 1e-6,
			Floors: []Floor{{Ratio: 1}},
		})
	}
	return all
}

// modelFloors are what training steps must reach, by workload.
var modelFloors = map[string][]Floor{
	"linreg":     {{Against: "pytorch", Ratio: 100}, {Against: "jax", Ratio: 20}, {Against: "gomlx", Ratio: 3}, {Against: "gorgonia", Ratio: 3}},
	"mlp-digits": {{Ratio: 2}, {Against: "gomlx", Ratio: 3}, {Against: "gorgonia", Ratio: 3}},
	"mlp-mnist":  {{Ratio: 1.25, Share: 0.60}, {Against: "gomlx", Ratio: 3}, {Against: "gorgonia", Ratio: 3}},
}

func modelRows() []Row {
	var all []Row
	for _, w := range workloads.All {
		all = append(all, Row{
			Name: w.Name, Group: "training", Title: w.Name + ": " + w.Title,
			Request: fmt.Sprintf("kind=model name=%s file=%s.safetensors rows=%d batches=%d steps=%d", w.Name, w.Name, w.Rows, w.Batches, w.Unit),
			Steps:   w.Unit, Flops: w.Flops * float64(w.Unit),
			Checked: 10, Differ: 1e-5,
			Floors: modelFloors[w.Name],
		})
	}
	return all
}

// longestStop is how long a collection may stop the world.
const longestStop = 0.5e-3 // seconds

func pauseRows() []Row {
	during := []string{"during=product m=2048 n=2048 k=2048 threads=2"}
	for _, w := range workloads.All {
		during = append(during, "during=model name="+w.Name)
	}
	var all []Row
	for i, d := range during {
		name := "product-2048"
		if i > 0 {
			name = workloads.All[i-1].Name
		}
		all = append(all, Row{
			Name: "stop-" + name, Group: "longest stop of the world", Title: "collections during " + strings.ReplaceAll(name, "product-", "a product of "),
			Request: "kind=pauses " + d,
			AtMost: &Bound{Value: longestStop, Unit: "s", Runs: 200,
				Control: "kind=pauses during=loops", ControlTitle: "two loops of plain Go"},
		})
	}
	return all
}

func growthRows() []Row {
	var all []Row
	for _, w := range workloads.All {
		all = append(all, Row{
			Name: "growth-" + w.Name, Group: "growth of the process", Title: "weights, training workspace and a batch of " + w.Name,
			Request: "kind=growth name=" + w.Name,
			AtMost:  &Bound{Unit: "B", Runs: 10, Summary: w.Source},
		})
	}
	return all
}

// Work is what a unit has of the row's limit: flops, or bytes.
func (r *Row) Work() float64 {
	if r.Bytes > 0 {
		return float64(r.Bytes)
	}
	return r.Flops
}
