package runtime

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/gtc-lang/gtc/runtime/internal/cpu"
)

// Metadata entries that a checkpoint has beside a model file's. A checkpoint
// is a model file: whoever reads the weights need not know the rest.
const (
	programKey  = "gtc.program"
	countersKey = "gtc.counters"
	settingsKey = "gtc.settings"
	loopKey     = "gtc.loop"
)

// exact is a float64 that JSON brings back bit for bit, NaN and Inf too.
type exact float64

// MarshalJSON writes the shortest text that reads back as the same number.
func (x exact) MarshalJSON() ([]byte, error) {
	return strconv.AppendQuote(nil, strconv.FormatFloat(float64(x), 'g', -1, 64)), nil
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (x *exact) UnmarshalJSON(b []byte) error {
	text, err := strconv.Unquote(string(b))
	if err != nil {
		return err
	}
	v, err := strconv.ParseFloat(text, 64)
	*x = exact(v)
	return err
}

// loopState is the loop's own part of a checkpoint.
type loopState struct {
	Begun      int         `json:"begun,omitempty"` // updates made before the run
	Epoch      int         `json:"epoch"`           // completed
	Position   int         `json:"position"`        // rows of the running epoch that are used up
	TrainRows  int         `json:"train_rows"`
	BatchRows  int         `json:"batch_rows"`
	UpdateRows int         `json:"update_rows"`
	InOrder    bool        `json:"in_order"`
	Sums       []exact     `json:"sums"` // of the running epoch: values times rows
	SumRows    int         `json:"sum_rows"`
	Rows       int64       `json:"rows"` // trained on in all
	Skipped    int         `json:"skipped"`
	InARow     int         `json:"skipped_in_a_row"`
	Loss       exact       `json:"loss"`
	StepLoss   exact       `json:"step_loss"`
	GradNorm   exact       `json:"grad_norm"`
	LR         *exact      `json:"lr,omitempty"` // nil in files of older versions
	Train      []exact     `json:"train"`
	Validation []exact     `json:"validation"`
	Best       []seriesEnd `json:"best"`
	Kept       *bestState  `json:"kept,omitempty"` // what KeepBest keeps, nil without it
	Data       *dataPrint  `json:"data,omitempty"`
}

type seriesEnd struct {
	Best  exact `json:"best"`
	Stale int   `json:"stale"`
}

func exacts(x []float64) []exact {
	out := make([]exact, len(x))
	for i, v := range x {
		out[i] = exact(v)
	}
	return out
}

// restore copies saved numbers back.
func restore(dst []float64, src []exact) {
	for i, v := range src {
		dst[i] = float64(v)
	}
}

// writeCheckpoint saves everything that an exact resume needs.
func writeCheckpoint[T Float](path string, p *Program[T], pipeline *Pipeline, state *loopState, copies []Tensor[T]) error {
	meta, err := ModelInfo{
		Structure: p.Structure, Kernels: p.Kernels, Pipeline: pipeline, Source: p.Source, SourceName: p.File, Train: p.Name,
	}.metadata()
	if err != nil {
		return err
	}
	settings := map[string]exact{}
	for _, s := range p.Settings {
		settings[s.Path] = exact(*s.Value)
	}
	meta[programKey] = p.Name
	for key, v := range map[string]any{countersKey: p.Counters, settingsKey: settings, loopKey: state} {
		text, err := json.Marshal(v)
		if err != nil {
			return err
		}
		meta[key] = string(text)
	}
	return WriteFileAtomic(path, func(w io.Writer) error { return WriteTensors(w, slices.Concat(p.Tensors, copies), meta) })
}

// savedRun is a checkpoint's text, checked but not yet applied.
type savedRun struct {
	counters Counters
	settings map[string]exact
	loop     loopState
	pipeline string
}

// readCheckpoint loads a checkpoint into a job: settings, counters, tensors.
// configure is called when the settings are there, and has the last word on
// the saved run. On an error tensors, counters and settings are as before.
func readCheckpoint[T Float](path string, p *Program[T], anyKernels bool, configure func(*savedRun) error, copies func(*loopState) []Tensor[T]) (state *loopState, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	defer func() {
		if err != nil {
			err = fmt.Errorf("%s: %w", path, err)
		}
	}()
	f, info, err := openModel(file)
	if err != nil {
		return nil, err
	}
	run, err := parseRun(f.Metadata)
	if err != nil {
		return nil, err
	}
	if err := checkRun(p, info, f.Metadata[programKey], run, anyKernels); err != nil {
		return nil, err
	}
	undo := run.applySettings(p.Settings)
	if err := configure(run); err != nil {
		undo()
		return nil, err
	}
	if err := loadTensors(f, slices.Concat(p.Tensors, copies(&run.loop)), LoadOptions{}); err != nil {
		undo()
		return nil, err
	}
	p.Counters = run.counters
	return &run.loop, nil
}

// applySettings sets what the checkpoint has values for.
func (r *savedRun) applySettings(settings []Setting) (undo func()) {
	before := make([]float64, len(settings))
	for i, s := range settings {
		before[i] = *s.Value
		if v, ok := r.settings[s.Path]; ok {
			*s.Value = float64(v)
		}
	}
	return func() {
		for i, s := range settings {
			*s.Value = before[i]
		}
	}
}

func parseRun(meta map[string]string) (*savedRun, error) {
	run := &savedRun{pipeline: meta[pipelineKey]}
	for _, e := range []struct {
		key string
		to  any
	}{{countersKey, &run.counters}, {settingsKey, &run.settings}, {loopKey, &run.loop}} {
		text, ok := meta[e.key]
		if !ok {
			return nil, fmt.Errorf("this is a model, not a checkpoint: it has no %s", e.key)
		}
		if err := json.Unmarshal([]byte(text), e.to); err != nil {
			return nil, fmt.Errorf("%s: %w", e.key, err)
		}
	}
	return run, nil
}

func checkRun[T Float](p *Program[T], info ModelInfo, program string, run *savedRun, anyKernels bool) error {
	if info.Structure != p.Structure {
		return fmt.Errorf("saved by a model of another structure (%s, this one is %s): a run goes on with the model that it began with", info.Structure, p.Structure)
	}
	if err := sameProgram(info, p.Source, p.File); err != nil {
		return err
	}
	n := len(p.Values)
	l := &run.loop
	switch double := any(T(0)) == any(float64(0)); {
	case info.Double != double:
		return fmt.Errorf("saved by a program of float%d, this one is of float%d", bitsOf(info.Double), bitsOf(double))
	case program != p.Name:
		return fmt.Errorf("a checkpoint of train %s, not of %s", program, p.Name)
	case info.Kernels != p.Kernels && !anyKernels:
		return fmt.Errorf("saved with the kernel set %q, this run has %q: the continuation would differ in its last bits; run with %s=%s where the processor has it, or allow another kernel set (-any-kernels, in Go AnyKernels)", info.Kernels, p.Kernels, cpu.Variable, info.Kernels)
	case len(l.Sums) != n || len(l.Train) != n || len(l.Validation) != n || len(l.Best) != 2*n:
		return fmt.Errorf("the checkpoint reports other values than the program's %d", n)
	case l.Kept != nil && (len(l.Kept.Train) != n || len(l.Kept.Validation) != n || l.Kept.Epoch < 0):
		return fmt.Errorf("the checkpoint's best epoch, %d, is impossible", l.Kept.Epoch)
	case l.Begun < 0 || l.Epoch < 0 || l.Position < 0 || l.SumRows < 0 || run.counters.Step < 0:
		return fmt.Errorf("the checkpoint's position (epoch %d, row %d, step %d) is impossible", l.Epoch, l.Position, run.counters.Step)
	}
	return nil
}

func bitsOf(double bool) int {
	if double {
		return 64
	}
	return 32
}

// sameProgram returns an error if a run began with another text than it is to
// go on with; comments and spaces do not count.
func sameProgram(info ModelInfo, source, file string) error {
	if info.Source == "" || source == "" {
		return nil
	}
	was, is := statements(info.Source), statements(source)
	for i := range max(len(was), len(is)) {
		before, now := line{text: "nothing"}, line{text: "nothing"}
		if i < len(was) {
			before = was[i]
		}
		if i < len(is) {
			now = is[i]
		}
		if before.text != now.text {
			return fmt.Errorf("the program has changed since the run began: %s:%d: was %q and is %q; take that back (settings are changed with -set, in Go with Set), or begin anew",
				file, max(before.number, now.number), before.text, now.text)
		}
	}
	return nil
}

// line is a line of a program without its comment.
type line struct {
	text   string
	number int
}

// statements are the lines of a program that say something.
func statements(source string) (list []line) {
	for i, text := range strings.Split(source, "\n") {
		text, _, _ = strings.Cut(text, "//")
		if text = strings.Join(strings.Fields(text), " "); text != "" {
			list = append(list, line{text, i + 1})
		}
	}
	return list
}

// ReadCounters reads where a checkpoint stands, and which seed it began with.
func ReadCounters(path string) (Counters, error) {
	file, err := os.Open(path)
	if err != nil {
		return Counters{}, err
	}
	defer file.Close()
	f, _, err := openModel(file)
	if err != nil {
		return Counters{}, fmt.Errorf("%s: %w", path, err)
	}
	run, err := parseRun(f.Metadata)
	if err != nil {
		return Counters{}, fmt.Errorf("%s: %w", path, err)
	}
	return run.counters, nil
}
