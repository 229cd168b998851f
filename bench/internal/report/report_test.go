package report

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/gtc-lang/gtc/bench/internal/contest"
	"github.com/gtc-lang/gtc/bench/internal/machine"
	"github.com/gtc-lang/gtc/bench/internal/rows"
	"github.com/gtc-lang/gtc/bench/internal/stat"
)

func example() *Report {
	half := stat.Quartiles{Low: 0.5, Median: 0.5, High: 0.5}
	return &Report{
		Machine:  machine.CPU{Model: "Model T", Cores: 2},
		Programs: map[string]string{"gtc": "version 1", "OpenBLAS": "version 2"},
		LeftOut:  []string{"JAX is left out: `go run . setup jax` installs it"},
		Results: []*contest.Result{
			{
				Name: "nn", Group: "products", Title: "a product", Limit: 1e10,
				Entries: []contest.Entry{
					{Name: "gtc", Threads: 2, Seconds: 2e-3, Rate: 5e9, Share: half, Memory: 4e6},
					{Name: "far", Family: "b", Threads: 1, Seconds: 1e-6, Heat: true},
					{Name: "slow", Family: "a", Threads: 1, Seconds: 9e-3, Ratio: stat.Quartiles{Low: 4, Median: 4.5, High: 5}},
					{Name: "OpenBLAS", Family: "b", Threads: 2, Seconds: 3e-3, Ratio: stat.Quartiles{Low: 1.4, Median: 1.5, High: 1.6}, Memory: 5e6},
				},
				Verdicts: []rows.Verdict{{Floor: "2×", Found: "1.5× of OpenBLAS"}},
				Notes:    []string{"a remark"},
				Others:   0.1,
			},
			{
				Name: "stop", Group: "stops", Title: "a stop", Value: 2e-4, Unit: "s", Beside: "plain loops", Control: 3e-4,
				Verdicts: []rows.Verdict{{Floor: "at most 500 µs", Found: "200 µs", Holds: true}},
			},
		},
	}
}

func TestText(t *testing.T) {
	var out bytes.Buffer
	if err := example().Text(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"Model T", "OpenBLAS: version 2\n", "PRODUCTS\n", "STOPS\n",
		"a product  2 ms    5                50 % of 10          OpenBLAS, 2            3 ms      1.5 (1.4 to 1.6)             2×              below  4 MB / 5 MB",
		"a stop  200 µs plain loops 300 µs",
		"  far, threads 1       1 µs  heat only",
		"nn: below: 1.5× of OpenBLAS (floor 2×)\n", "nn: a remark\n", "nn: other processes used 10 %",
		"JAX is left out: `go run . setup jax` installs it\n",
	} {
		if !strings.Contains(squeeze(out.String()), squeeze(want)) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}

// squeeze makes every run of spaces one.
func squeeze(s string) string {
	var lines []string
	for line := range strings.Lines(s) {
		lines = append(lines, strings.Join(strings.Fields(line), " "))
	}
	return strings.Join(lines, "\n")
}

func TestMarkdown(t *testing.T) {
	var out bytes.Buffer
	if err := example().Markdown(&out); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(out.String(), "\n")
	for _, line := range lines[:4] {
		if got := strings.Count(line, "|"); got != len(head)+1 {
			t.Errorf("%d bars, want %d: %s", got, len(head)+1, line)
		}
	}
	for _, want := range []string{
		"| row | gtc | b | a |\n| --- | --- | --- | --- |\n",
		"| a product | 2 ms | 3 ms, 1.5× (OpenBLAS, 2) | 9 ms, 4.5× (slow, 1) |\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
	if !strings.Contains(out.String(), "JAX is left out") || !strings.Contains(out.String(), "Model T") {
		t.Errorf("machine or left-out peers are not in\n%s", out.String())
	}
}

func TestJSON(t *testing.T) {
	var out bytes.Buffer
	if err := example().JSON(&out); err != nil {
		t.Fatal(err)
	}
	var back Report
	if err := json.Unmarshal(out.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
	if e := back.Results[0].Entries[3]; e.Name != "OpenBLAS" || e.Ratio.Median != 1.5 {
		t.Errorf("read back %+v", e)
	}
}

func TestHolds(t *testing.T) {
	r := example()
	if r.Holds() {
		t.Error("a row is below its floor")
	}
	r.Results[0].Verdicts[0].Holds = true
	if !r.Holds() {
		t.Error("every row is at its floor")
	}
	r.Results[1].Verdicts = []rows.Verdict{{Floor: "1×", Open: "no peer"}}
	if r.Holds() {
		t.Error("a floor that could not be judged does not hold")
	}
}
