package runtime

import (
	"math"
	"time"
)

// EventKind says what has happened.
type EventKind uint8

const (
	RunStarted   EventKind = iota
	StepDone               // an update was made
	StepSkipped            // an update was left out: NotFinite says why
	EpochDone              // before its validation, if there is one
	Validated              // validation means are in Progress
	Checkpointed           // the state was saved to Path
	RunEnded               // Summary is set
)

var eventNames = [...]string{"start", "step", "skip", "epoch", "validation", "checkpoint", "end"}

// String returns the kind's name in logs: "step", "epoch", …
func (k EventKind) String() string { return eventNames[k] }

// Event is what an observer gets. It is reused: keep copies, not pointers.
type Event struct {
	Kind          EventKind
	Program       string
	Values        []Value   // what Results and Progress.Train hold, and which are means of parts
	Results       []float64 // of the last update: means over its rows
	Progress      *Progress
	Total         int           // steps of the whole run, 0 if unbounded
	StepsPerEpoch int           // the last one may have fewer rows
	StepInEpoch   int           // updates of the running epoch so far, with the one that the event is of
	Rows          int64         // trained on so far, resumed runs included
	Elapsed       time.Duration // since Run was called
	Notes         []string      // of RunStarted: what is no mistake in the data, but hardly meant
	Path          string
	NotFinite     *NotFiniteError
	Summary       *Summary
}

// Observer follows a run. It is called from the loop's goroutine, which waits
// for it.
type Observer interface{ Observe(e *Event) }

// Reason says why a run ended.
type Reason string

// The reasons.
const (
	Stopped   Reason = "stop rule"
	Cancelled Reason = "cancelled"
	Failed    Reason = "error"
)

// Summary is what a run came to.
type Summary struct {
	Program    string
	Reason     Reason
	Held       string // the part of the stop rule that ended the run, "epoch >= 30"; "" for none
	Resumed    bool
	Epochs     int   // completed, resumed ones included
	Steps      int   // updates, those before a further run included
	Rows       int64 // trained on
	Skipped    int   // steps left out for NaN or Inf
	Values     []Value
	Train      []float64 // means, by Values, over the rows of the epoch that the run ended in, as far as it went, else of the last one
	Unfinished int       // rows that Train is over when the run ended within an epoch, else 0
	Validation []float64 // of the last validation, which is one at the end unless the run failed or was cancelled; nil if there is nothing to validate with
	Best       string    // with KeepBest the value whose best epoch the weights and the numbers from Train to LR are of
	BestEpoch  int
	StepLoss   float64 // of the last update
	GradNorm   float64
	LR         float64 // learning rate of the last update, of the first optimizer that has one; NaN for none
	Elapsed    time.Duration
	Checkpoint string // the file written last, "" for none
}

// Value returns a number of the summary by the name that a stop rule uses:
// "loss", "accuracy", "val.accuracy", "grad_norm", "step.loss". It is NaN for
// an unknown name, and for one of a validation that there was not.
func (s *Summary) Value(name string) float64 {
	p := Progress{
		Epoch: s.Epochs, Step: s.Steps, StepLoss: s.StepLoss, GradNorm: s.GradNorm,
		Train: s.Train, Validation: s.Validation, values: s.Values,
	}
	if s.Validation == nil && p.find(name) >= len(s.Values) {
		return math.NaN()
	}
	return p.Value(name)
}
