// Package contest measures a row: ours and the peers take turns on one
// machine, sample by sample, in several processes each.
package contest

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/gtc-lang/gtc/bench/internal/machine"
	"github.com/gtc-lang/gtc/bench/internal/peer"
	"github.com/gtc-lang/gtc/bench/internal/rows"
	"github.com/gtc-lang/gtc/bench/internal/stat"
	"github.com/gtc-lang/gtc/bench/workloads"
)

// Settings say how much is measured.
type Settings struct {
	Processes int           // of each program
	Turns     int           // samples of each process
	Sample    time.Duration // how long a sample takes at least
	Retakes   int           // how many samples of a row are taken again when others disturb them
	Folder    string        // where children run, with the workloads' files
	Ours      []string      // the command of our side
	Peers     []peer.Peer
	Progress  func(string) // is told what is going on
}

// Result is a row, measured.
type Result struct {
	Name     string         `json:"name"`
	Group    string         `json:"group"`
	Title    string         `json:"title"`
	Entries  []Entry        `json:"entries,omitempty"` // ours first
	Value    float64        `json:"value,omitempty"`   // of a row with a bound
	Unit     string         `json:"unit,omitempty"`
	Beside   string         `json:"beside,omitempty"`  // what cannot be at fault,
	Control  float64        `json:"control,omitempty"` // and the same number there
	Limit    float64        `json:"limit,omitempty"`   // median of the peak, or of the bandwidth
	Others   float64        `json:"others"`            // share of the machine that other processes used meanwhile
	Retaken  int            `json:"retaken"`           // samples taken again since others disturbed them
	Verdicts []rows.Verdict `json:"verdicts"`
	Notes    []string       `json:"notes,omitempty"`
}

// Entry is what one program did in a row.
type Entry struct {
	Name    string         `json:"name"`
	Family  string         `json:"family,omitempty"`
	Threads int            `json:"threads"`
	Seconds float64        `json:"seconds"`         // a step, the median over processes of their medians
	Rate    float64        `json:"rate,omitempty"`  // flops a second, or bytes
	Share   stat.Quartiles `json:"share"`           // of the limit beside each sample
	Ratio   stat.Quartiles `json:"ratio,omitempty"` // its time to ours, turn by turn
	Memory  int64          `json:"memory"`          // bytes at most
	Heat    bool           `json:"heat,omitempty"`  // only from the heat: it was far from the fastest
}

// Ours returns our entry.
func (r *Result) Ours() *Entry { return &r.Entries[0] }

// runner is one program with a number of threads, and what it gave so far.
type runner struct {
	peer    peer.Peer
	ours    bool
	threads int

	process  *peer.Process
	units    int         // of a sample
	seconds  [][]float64 // of a unit, by process
	shares   [][]float64 // of the limit
	memory   int64
	heat     bool // it was measured in the heat only
	out      bool // it has no part in the row, or failed
	restless bool // it used the processor between its samples
}

func (r *runner) String() string { return fmt.Sprintf("%s, threads %d", r.peer.Name, r.threads) }

// Measure measures a row. An error is one of our own side; peers that fail
// are left out with a note.
func Measure(ctx context.Context, row rows.Row, s Settings) (*Result, error) {
	result := &Result{Name: row.Name, Group: row.Group, Title: row.Title}
	if row.AtMost != nil {
		return result, measureBound(ctx, row, s, result)
	}
	m := &meeting{Settings: s, row: row, result: result, began: now()}
	m.limit = limitOf(row)
	m.invite()
	if row.Threads == 0 {
		if err := m.heats(ctx); err != nil {
			return nil, err
		}
	}
	for p := range s.Processes {
		s.Progress(fmt.Sprintf("%s: process %d of %d", row.Name, p+1, s.Processes))
		if err := m.round(ctx); err != nil {
			return nil, err
		}
	}
	m.conclude()
	return result, nil
}

// meeting is the measuring of one row.
type meeting struct {
	Settings
	row       rows.Row
	result    *Result
	limit     *machine.Limit
	limits    []float64
	runners   []*runner // ours first
	want      []float64 // what ours computes
	began     moment
	retakes   int // samples that others disturbed, and that were taken again
	disturbed int // samples that were taken all the same
}

// All measures rows in order and judges them, telling each result as it comes.
// With an error come the results of the rows before.
func All(ctx context.Context, table []rows.Row, s Settings) ([]*Result, error) {
	var results []*Result
	shares := map[string]float64{} // of rows, for those that are judged by them
	for _, row := range table {
		r, err := Measure(ctx, row, s)
		if err != nil {
			return results, err
		}
		if row.AtMost == nil {
			r.judge(row.Floors, shares)
		}
		results = append(results, r)
		s.Progress(r.String())
	}
	return results, nil
}

// judge holds a contest's result against its floors.
func (r *Result) judge(floors []rows.Floor, shares map[string]float64) {
	m := rows.Measured{Share: r.Ours().Share.Median, Near: shares}
	for _, e := range r.Entries[1:] {
		if !e.Heat {
			m.Peers = append(m.Peers, rows.Peer{Name: e.Name, Family: e.Family, Seconds: e.Seconds, Ratio: e.Ratio})
		}
	}
	shares[r.Name] = m.Share
	for _, f := range floors {
		r.Verdicts = append(r.Verdicts, f.Judge(m))
	}
}

// Verdict is one word for all floors.
func (r *Result) Verdict() string {
	word := "ok"
	for _, v := range r.Verdicts {
		switch {
		case v.Holds:
		case v.Open != "":
			word = "open"
		default:
			return "below"
		}
	}
	return word
}

// String is the result in one line.
func (r *Result) String() string {
	line := fmt.Sprintf("%s: %s", r.Name, r.Verdict())
	for _, v := range r.Verdicts {
		line += fmt.Sprintf("; %s (floor %s)", cmp.Or(v.Found, v.Open), v.Floor)
	}
	return line
}

// About starts each program once and returns what it says about itself, by
// name. A peer that does not start is left out of the settings.
func About(ctx context.Context, s *Settings) (map[string]string, error) {
	about := map[string]string{}
	var kept []peer.Peer
	for i, p := range append([]peer.Peer{{Name: ourName, Command: s.Ours}}, s.Peers...) {
		process, err := peer.Start(ctx, s.Folder, p.CommandFor(1), p.EnvFor(1))
		if err == nil {
			about[p.Name], err = process.About()
			process.Stop()
		}
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case err != nil && i == 0:
			return nil, fmt.Errorf("%s: %w", p.Name, err)
		case err != nil:
			about[p.Name] = "left out: " + err.Error()
		case i > 0:
			kept = append(kept, p)
		}
	}
	s.Peers = kept
	return about, nil
}

// ourName is our side in tables.
const ourName = "gtc"

// WriteFiles writes the workloads' first weights and data into a folder.
func WriteFiles(folder string) error {
	for i := range workloads.All {
		w := &workloads.All[i]
		if err := w.WriteFile(filepath.Join(folder, w.Name+".safetensors")); err != nil {
			return err
		}
	}
	return nil
}

// limitOf is the limit of a row: the bandwidth of the cache that holds what it
// reads, the peak of multiply-adds, or none.
func limitOf(row rows.Row) *machine.Limit {
	threads := row.Threads
	if threads == 0 {
		threads = machine.ThisCPU().Cores
	}
	switch {
	case row.Bytes > 0:
		return machine.ReadBandwidth(threads, row.Bytes)
	case row.Flops > 0:
		return machine.Peak(threads)
	}
	return nil
}

// invite lists who may take part: ours, and the peers for such rows with each
// number of threads that is theirs to choose.
func (m *meeting) invite() {
	cores := machine.ThisCPU().Cores
	choices := []int{m.row.Threads}
	mine := m.row.Threads
	if m.row.Threads == 0 {
		choices, mine = []int{1}, cores
		if cores > 1 {
			choices = append(choices, cores)
		}
	}
	m.runners = []*runner{{peer: peer.Peer{Name: ourName, Command: m.Ours}, ours: true, threads: mine}}
	for _, p := range m.Peers {
		if p.Joins(m.row.Request) {
			for _, n := range choices {
				m.runners = append(m.runners, &runner{peer: p, threads: n})
			}
		}
	}
}

// env is the environment of a runner: ours gets none of the settings that
// peers need, since a user of generated code sets none.
func (r *runner) env() []string {
	if r.ours {
		return peer.CleanEnv()
	}
	return r.peer.EnvFor(r.threads)
}

// start starts the runner's process and loads the row.
func (m *meeting) start(ctx context.Context, r *runner) (err error) {
	r.process, err = peer.Start(ctx, m.Folder, r.peer.CommandFor(r.threads), r.env())
	if err != nil {
		return err
	}
	return r.process.Load(fmt.Sprintf("%s threads=%d", m.row.Request, r.threads))
}

func (r *runner) stop() {
	if r.process != nil {
		r.memory = max(r.memory, r.process.PeakMemory())
		r.process.Stop()
		r.process = nil
	}
}

// note adds a remark to the result.
func (m *meeting) note(format string, arguments ...any) {
	m.result.Notes = append(m.result.Notes, fmt.Sprintf(format, arguments...))
}

// summaryOf runs gtc summary on a workload's source and returns the bytes of
// training: variables, inputs and arena.
func summaryOf(ctx context.Context, source string) (float64, error) {
	cmd := exec.CommandContext(ctx, "go", "run", "-C", "..", "./cmd/gtc", "summary", "bench/workloads/"+source)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return 0, fmt.Errorf("gtc summary %s: %w", source, err)
	}
	return parseSummary(string(out))
}
