// Package draw shows how a training goes. In come the lines of JSON that a
// program prints (runtime.JSONLines); out go a bar on a terminal, plain lines
// elsewhere, or the lines as they are, and at the end a summary.
package draw

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"time"

	rt "github.com/gtc-lang/gtc/runtime"
)

// line is one line of JSON.
type line struct {
	Event         string
	Program       string
	Epoch         int
	Step          int
	Total         int
	Rows          int64
	Seconds       float64
	StepsPerEpoch int `json:"steps_per_epoch"`
	StepInEpoch   int `json:"step_in_epoch"`
	Names         []string
	MeansOfParts  []string `json:"means_of_parts"`
	Notes         []string
	Values        map[string]*float64
	Validation    map[string]*float64
	GradNorm      *float64 `json:"grad_norm"`
	LR            *float64
	Path          string
	Reason        string
	Held          string
	Best          string
	BestEpoch     int `json:"best_epoch"`
	Skipped       int
	Unfinished    int
	Resumed       bool
}

var kinds = map[string]rt.EventKind{
	"start": rt.RunStarted, "step": rt.StepDone, "epoch": rt.EpochDone,
	"validation": rt.Validated, "checkpoint": rt.Checkpointed, "end": rt.RunEnded,
}

// decoder makes events of lines again. Like those of the loop they are reused.
type decoder struct {
	event rt.Event
	model string // file that the model was saved to
	saved string // file that the state was saved to last
	step  int    // at which
	notes []string
}

// decode returns a line's event, nil for one that is none of the loop's.
func (d *decoder) decode(text []byte) (*rt.Event, error) {
	var l line
	if err := json.Unmarshal(text, &l); err != nil {
		return nil, fmt.Errorf("the program printed %q: %w", text, err)
	}
	if l.Event == "model" {
		d.model = l.Path
	}
	kind, known := kinds[l.Event]
	if !known {
		return nil, nil
	}
	e := &d.event
	if e.Progress == nil {
		d.begin(&l)
	}
	e.Kind, e.Program, e.Total, e.Rows, e.Path, e.StepInEpoch = kind, l.Program, l.Total, l.Rows, l.Path, l.StepInEpoch
	e.Elapsed = time.Duration(l.Seconds * float64(time.Second))
	e.Progress.Epoch, e.Progress.Step = l.Epoch, l.Step
	switch kind {
	case rt.StepDone:
		d.values(e.Results, l.Values)
		e.Progress.GradNorm, e.Progress.LR = value(l.GradNorm), value(l.LR)
	case rt.EpochDone:
		d.values(e.Progress.Train, l.Values)
	case rt.Validated:
		d.values(e.Progress.Validation, l.Values)
	case rt.Checkpointed:
		d.saved, d.step = l.Path, l.Step
	case rt.RunEnded:
		d.end(&l)
	}
	return e, nil
}

// begin takes the facts of the first line.
func (d *decoder) begin(l *line) {
	e := &d.event
	e.StepsPerEpoch, d.notes = l.StepsPerEpoch, l.Notes
	for _, name := range l.Names {
		e.Values = append(e.Values, rt.Value{Name: name,
			OfParts: slices.Contains(l.MeansOfParts, name), ValidationOfParts: slices.Contains(l.MeansOfParts, "val."+name)})
	}
	n := len(e.Values)
	e.Results = make([]float64, n)
	e.Progress = &rt.Progress{LR: math.NaN(), Train: make([]float64, n), Validation: make([]float64, n)}
	d.values(e.Results, nil)
	d.values(e.Progress.Train, nil)
	d.values(e.Progress.Validation, nil)
}

func (d *decoder) end(l *line) {
	n := len(d.event.Values)
	s := &rt.Summary{
		Program: l.Program, Reason: rt.Reason(l.Reason), Held: l.Held, Best: l.Best, BestEpoch: l.BestEpoch, Resumed: l.Resumed, Epochs: l.Epoch, Steps: l.Step, Rows: l.Rows,
		Skipped: l.Skipped, Unfinished: l.Unfinished, Values: d.event.Values, Elapsed: d.event.Elapsed, Checkpoint: l.Path, LR: value(l.LR), Train: make([]float64, n),
	}
	d.values(s.Train, l.Values)
	if l.Validation != nil {
		s.Validation = make([]float64, n)
		d.values(s.Validation, l.Validation)
	}
	d.event.Summary = s
}

// values sorts a line's values; what it does not have is NaN.
func (d *decoder) values(to []float64, from map[string]*float64) {
	for i, v := range d.event.Values {
		to[i] = value(from[v.Name])
	}
}

func value(x *float64) float64 {
	if x == nil {
		return math.NaN()
	}
	return *x
}
