package runtime

import (
	"fmt"
	"math"
)

// Port is a named input of a training program: what one row of it holds.
// Rows lie along axis 0, the batch.
type Port struct {
	Name  string
	Int   bool  // integers (labels, tokens), else numbers
	Shape []int // of one row, without the batch axis; empty for a scalar
	Limit int   // integers must lie in [0, Limit); 0 means any
	Class bool  // integers are class numbers: each chooses one of Limit scores of its row
}

// Size returns the number of elements in one row.
func (p Port) Size() int { return Elements(p.Shape) }

// Batch is the rows of one step (or of one part of it): for port i either
// Floats[i] or Ints[i] holds Rows*Ports[i].Size() elements, row after row;
// the other is nil.
type Batch[T Float] struct {
	Rows   int
	First  int // where these rows begin in the step's whole batch: random draws are offset by it
	Floats [][]T
	Ints   [][]int32
}

// NewBatch makes a batch with room for the given number of rows.
func NewBatch[T Float](ports []Port, rows int) *Batch[T] {
	b := &Batch[T]{Floats: make([][]T, len(ports)), Ints: make([][]int32, len(ports))}
	for i, p := range ports {
		if p.Int {
			b.Ints[i] = make([]int32, rows*p.Size())
		} else {
			b.Floats[i] = make([]T, rows*p.Size())
		}
	}
	return b
}

// Role says what a persistent tensor is, and so how a checkpoint names it.
type Role uint8

const (
	Weight    Role = iota // a parameter: saved under its plain name
	State                 // running state that inference reads: saved as gtc.state.NAME
	Optimizer             // what only training reads: saved as gtc.optimizer.NAME
	bestOf                // a copy of a weight or a state: in checkpoints alone, under that one's name in a file
)

// prefix is what a role's tensors are called with in a file.
func (r Role) prefix() string {
	switch r {
	case State:
		return "gtc.state."
	case Optimizer:
		return "gtc.optimizer."
	case bestOf:
		return "gtc.best."
	}
	return ""
}

// Tensor is a view of one persistent tensor of a model or a workspace.
type Tensor[T Float] struct {
	Name  string // the path of names: "layers.0.dense1.W"
	Shape []int
	Role  Role
	Data  []T // Elements(Shape) long; the live memory
}

// fileName is the tensor's name in a checkpoint.
func (t *Tensor[T]) fileName() string { return t.Role.prefix() + t.Name }

// Setting is a run-time number of a program: a hyper-parameter by its path.
type Setting struct {
	Path  string // "lr.peak"
	Value *float64
	Whole bool // a number of rows, batches or epochs: whole, and not below Least
	Least float64
	In    *Interval // what it may be, if that is declared
}

// Check returns an error for a value that the setting cannot have.
func (s *Setting) Check(value float64) error {
	if !s.In.Has(value) {
		return s.outside(value)
	}
	if s.Whole && !(value == math.Trunc(value) && value >= s.Least && value <= math.MaxInt32) {
		note := ""
		if s.Path == "batch" {
			note = " (all rows)"
		}
		return fmt.Errorf("%s is a whole number from %v%s to %d, not %v", s.Path, s.Least, note, math.MaxInt32, value)
	}
	return nil
}

// SetSetting sets the setting of the given path; the error for an unknown one
// lists those there are.
func SetSetting(settings []Setting, path string, value float64) error {
	known := make([]string, len(settings))
	for i, s := range settings {
		if s.Path == path {
			if err := s.Check(value); err != nil {
				return err
			}
			*s.Value = value
			return nil
		}
		known[i] = s.Path
	}
	return fmt.Errorf("no setting %q; there are %v", path, known)
}

// SettingValues are the settings by path; nil for none.
func SettingValues(settings []Setting) map[string]float64 {
	if len(settings) == 0 {
		return nil
	}
	values := map[string]float64{}
	for _, s := range settings {
		values[s.Path] = *s.Value
	}
	return values
}

// DefaultSeed is the seed of those who choose none, from Go and from the
// command alike.
const DefaultSeed = 1

// Counters is where a training program stands; a step reads all three.
type Counters struct {
	Seed  uint64 `json:"seed"`
	Step  int    `json:"step"`  // optimizer updates made; the step in progress is Step+1
	Total int    `json:"total"` // updates of the whole run as the stop rule and the data bound it, 0 if unbounded
}

// Value describes one of the numbers that a step reports.
type Value struct {
	Name   string // "loss", "accuracy"
	Better Direction

	// Whole is why the value of a batch is not the mean of what parts of it
	// give, with the place in the program; "" where it is. WholeValidation is
	// the same for evaluation.
	Whole, WholeValidation string

	// OfParts and ValidationOfParts are set in a run that gives such means
	// although they are not what the whole would give.
	OfParts, ValidationOfParts bool
}

// Direction says which values are better, for Progress.Stalls and KeepBest.
type Direction uint8

// The directions.
const (
	Neither Direction = iota
	Lower
	Higher
)

// improves reports whether a number is better than another.
func (d Direction) improves(x, on float64) bool {
	return d == Lower && x < on || d == Higher && x > on
}

// Program is what the loop knows and shares of a job: fixed facts, run-time
// numbers, and live memory. A generated workspace fills it once.
type Program[T Float] struct {
	Name      string // of the train block
	Structure string // hash of the model's structure
	Source    string // text of the program, "" if there is none: a run resumes with the same
	File      string // the text's file: "digits.gt"
	Kernels   string // kernel set: "go", "avx2", "avx512"
	Ports     []Port
	MaxRows   int     // rows that one call of Step, Backward or Evaluate can take
	Values    []Value // what Results holds: the loss first, then the reports

	Tensors  []Tensor[T] // everything that persists
	Settings []Setting

	BatchRows  int // rows of a batch; 0 means all
	Accumulate int // batches of one update; 0 is 1
	MaxEpochs  int // bounds that the stop rule gives, 0 for none: they make Counters.Total
	MaxSteps   int
	Stop       func(*Progress) bool   // the stop rule; nil never stops
	StopsBy    []string               // the reports that the stop rule looks at: "accuracy", "val.accuracy"
	Why        func(*Progress) string // which part of the stop rule holds: "epoch >= 30"; may be nil
	Awaits     string                 // what the stop rule never holds without, of the validation part: "val.loss"; "" for none
	Refresh    func()                 // takes BatchRows, Accumulate, MaxEpochs and MaxSteps from changed Settings; may be nil

	Counters
	Results  []float64 // by Values: means over the rows of the last Step, Backward or Evaluate
	GradNorm float64   // of the last update's whole gradient, before clipping
	LR       float64   // the learning rate that the last update was made with, of the first optimizer that has one; NaN if none has
}

// Job is a training workspace. One goroutine uses it at a time. No method
// allocates, none keeps the batch.
//
// A step in parts is Backward for each part, then Apply; Step is both for one
// part. The parts of a batch give what the whole batch would, because a part
// adds the gradient of its mean loss times its rows, and Apply divides by the
// sum of rows.
//
// When the loss or the gradient has a NaN or Inf, Step, Backward and Apply
// return a *NotFiniteError and leave parameters, optimizer, running state and
// counters as they were before the step.
type Job[T Float] interface {
	// Program returns the job's facts and live numbers, always the same pointer.
	Program() *Program[T]
	// Step runs forward, backward and update for a whole batch; it sets
	// Results, GradNorm and LR and adds one to Counters.Step.
	Step(b *Batch[T]) error
	// Backward runs forward and backward for a part and adds its gradient,
	// times its rows, to what Apply will use; it sets Results.
	Backward(b *Batch[T]) error
	// Apply divides the gradient by the rows that it is of, updates, sets
	// GradNorm and adds one to Counters.Step.
	Apply() error
	// Discard forgets the gradients since the last Apply.
	Discard()
	// Evaluate runs forward with training off; it sets Results.
	Evaluate(b *Batch[T]) error
}

// NotFiniteError says where the first NaN or Inf of a step was found.
// A workspace keeps one and returns its address, so that failing steps that
// are skipped allocate nothing.
type NotFiniteError struct {
	What  string  // "loss", "gradient of dense1.W"
	Where string  // the source line: "digits.gt:9"
	Value float64 // what was found
	Index int     // at which element
	Step  int     // the step in progress, from 1

	// Origin is the first tensor of the step that had a NaN or Inf: an input,
	// a parameter, or what was computed from finite numbers. What is "" when
	// it was not looked for.
	Origin Origin
}

// Origin is where a NaN or Inf came from.
type Origin struct {
	What  string // "x", "logits"
	Where string // "digits.gt:10"
	Value float64
	Index int
}

func (e *NotFiniteError) Error() string {
	text := fmt.Sprintf("%s: %s is %v at element %d in step %d; nothing was updated", e.Where, e.What, e.Value, e.Index, e.Step)
	if o := e.Origin; o.What != "" {
		text += fmt.Sprintf("; the first was %s[%d], %v", o.What, o.Index, o.Value)
		if o.Where != "" {
			text += ", made at " + o.Where
		}
	}
	return text
}

// CheckFinite returns nil if all of x is finite; else it fills e in (but for
// Step, which is the caller's) and returns it.
func CheckFinite[T Float](e *NotFiniteError, what, where string, x []T) error {
	i := FirstNotFinite(x)
	if i < 0 {
		return nil
	}
	e.What, e.Where, e.Index, e.Value, e.Origin = what, where, i, float64(x[i]), Origin{}
	return e
}
