package runtime

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func untilEpoch(n int) func(*Progress) bool { return func(p *Progress) bool { return p.Epoch >= n } }

func untilStep(n int) func(*Progress) bool { return func(p *Progress) bool { return p.Step >= n } }

func toyParts(n, val int) Data[float64] {
	return Data[float64]{Train: toyData[float64](n), Validation: toyData[float64](val)}
}

func TestRunLearns(t *testing.T) {
	m := newToy[float64](1)
	m.program.Stop = untilEpoch(40)
	m.program.MaxEpochs = 40
	s, err := Run(t.Context(), m, toyParts(50, 11))
	if err != nil || s.Reason != Stopped || s.Epochs != 40 || s.Steps != 40*13 || m.program.Total != 40*13 || s.Rows != 40*50 {
		t.Fatalf("%+v, total %d, %v", s, m.program.Total, err)
	}
	for name, want := range map[string]float64{"loss": s.Train[0], "bias": s.Train[1], "val.loss": s.Validation[0], "val.bias": s.Validation[1], "grad_norm": s.GradNorm, "epoch": 40} {
		if s.Value(name) != want {
			t.Errorf("%s is %v, not %v", name, s.Value(name), want)
		}
	}
	if math.Abs(m.W[0]-2) > 0.02 || math.Abs(m.W[1]+1) > 0.02 || math.Abs(m.b[0]-0.5) > 0.02 || s.Validation[0] > 1e-3 {
		t.Fatalf("W %v b %v, %+v", m.W, m.b, s)
	}
	s.Validation = nil
	if x, y := s.Value("val.loss"), s.Value("accuracy"); x == x || y == y {
		t.Error(x, y)
	}
}

// A stop rule that waits for a validation is refused when there is none.
func TestRunWithoutEnd(t *testing.T) {
	m := newToy[float64](1)
	m.program.Stop, m.program.Awaits = untilEpoch(2), "val.loss"
	if _, err := Run(t.Context(), m, toyParts(20, 0)); err == nil || !strings.Contains(err.Error(), "would never end") || m.program.Step != 0 {
		t.Error(err)
	}
	if _, err := Run(t.Context(), m, toyParts(20, 3)); err != nil {
		t.Error(err)
	}
}

// TestRunGoesOn: a further run adds to the steps and to the total, also when it
// is interrupted and taken up by a new workspace.
func TestRunGoesOn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state")
	m := newToy[float64](1)
	m.program.Stop, m.program.MaxEpochs = untilEpoch(2), 2
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for run := 1; run <= 2; run++ {
		stop := observe(func(e *Event) {
			if run == 2 && e.Kind == StepDone && e.Progress.Step == 13 {
				cancel()
			}
		})
		s, err := Run(ctx, m, toyParts(20, 0), Checkpoints(path), Observe(stop))
		if want := 10 * run; m.program.Total != want || run == 1 && (err != nil || s.Epochs != 2 || s.Steps != 10) {
			t.Fatalf("run %d: total %d, %+v, %v", run, m.program.Total, s, err)
		}
	}
	other := newToy[float64](1)
	other.program.Stop, other.program.MaxEpochs = untilEpoch(2), 2
	if s, err := Run(t.Context(), other, toyParts(20, 0), Checkpoints(path), Resume()); err != nil || s.Steps != 20 || s.Epochs != 2 || other.program.Total != 20 {
		t.Fatalf("total %d, %+v, %v", other.program.Total, s, err)
	}
}

// A batch gives the same whatever it is cut into: by the bound, by
// accumulation, or not at all.
func TestPartsGiveWhatTheWholeGives(t *testing.T) {
	train := func(rows, accumulate, bound int) *toy[float64] {
		m := newToy[float64](1)
		m.program.BatchRows, m.program.Accumulate, m.program.MaxRows = rows, accumulate, bound
		m.pred = make([]float64, bound)
		m.program.Stop = untilEpoch(6)
		if _, err := Run(t.Context(), m, toyParts(22, 0), InOrder()); err != nil {
			t.Fatal(err)
		}
		return m
	}
	whole := train(8, 1, 8)
	for _, c := range [][3]int{{4, 2, 8}, {2, 4, 2}, {8, 0, 3}} {
		m := train(c[0], c[1], c[2])
		if math.Abs(m.W[0]-whole.W[0]) > 1e-12 || m.program.Step != whole.program.Step {
			t.Errorf("batch %d x %d in parts of %d: W %v after %d, whole %v after %d", c[0], c[1], c[2], m.W, m.program.Step, whole.W, whole.program.Step)
		}
	}
	all, cut := train(0, 1, 22), train(0, 1, 5)
	if math.Abs(all.W[0]-cut.W[0]) > 1e-12 || all.program.Step != 6 {
		t.Errorf("batch all: %v whole, %v in parts", all.W, cut.W)
	}
}

func TestWholeBatchesAreNotCut(t *testing.T) {
	for _, c := range []struct {
		batch, accumulate, bound int
		cut                      bool
	}{{0, 1, 8, true}, {0, 1, 9, false}, {3, 2, 8, true}, {3, 1, 8, false}, {9, 1, 8, true}, {20, 1, 9, false}, {8, 4, 8, true}} {
		m := newToy[float64](1)
		p := &m.program
		p.Values[0].Whole, p.BatchRows, p.Accumulate, p.MaxRows = "toy.gt:1:2: a sum", c.batch, c.accumulate, c.bound
		m.pred = make([]float64, c.bound)
		p.Stop = untilEpoch(1)
		before := m.W[0]
		_, err := Run(t.Context(), m, toyParts(9, 0))
		switch {
		case !c.cut && err != nil:
			t.Errorf("%+v: %v", c, err)
		case c.cut && (err == nil || !strings.Contains(err.Error(), "toy.gt:1:2: a sum") || m.W[0] != before || p.Step != 0):
			t.Errorf("%+v: %v; W %v, was %v", c, err, m.W[0], before)
		}
	}
}

func TestStopRuleSeesSteps(t *testing.T) {
	m := newToy[float64](1)
	m.program.Stop = untilStep(17)
	s, err := Run(t.Context(), m, toyParts(50, 5))
	if err != nil || s.Steps != 17 || s.Epochs != 1 {
		t.Fatalf("%+v %v", s, err)
	}
}

// A run that ends within an epoch sums up the rows of that epoch, and
// validates the weights that it ends with.
func TestSummaryOfAnUnfinishedEpoch(t *testing.T) {
	for _, steps := range []int{5, 17} { // of 13 an epoch, the last of 2 rows
		m, whole := newToy[float64](1), &trace{}
		m.program.Stop = untilStep(steps)
		data := toyParts(50, 5)
		s, err := Run(t.Context(), m, data, Observe(whole))
		if err != nil || s.Reason != Stopped || s.Epochs != steps/13 || s.Unfinished != 4*(steps%13) {
			t.Fatalf("%+v %v", s, err)
		}
		sum := 0.0
		for _, loss := range whole.losses[steps-steps%13:] {
			sum += loss * 4
		}
		if want := sum / float64(s.Unfinished); s.Train[0] != want {
			t.Errorf("%d steps: loss %v, want %v", steps, s.Train[0], want)
		}
		want, err := Evaluate(t.Context(), m, data.Validation)
		if err != nil || !slices.Equal(s.Validation, want) {
			t.Errorf("%d steps: validation %v, want %v, %v", steps, s.Validation, want, err)
		}
	}
}

// A cancelled run returns at once, unless it is told to validate; one that
// ends with its epoch has done so.
func TestValidateCancelled(t *testing.T) {
	for _, c := range []struct {
		step    int
		options []Option
		want    bool
	}{{5, nil, false}, {5, []Option{ValidateCancelled()}, true}, {13, nil, true}, {0, []Option{ValidateCancelled()}, false}} {
		m := newToy[float64](1)
		ctx, cancel := context.WithCancel(t.Context())
		stop := func(step int) bool {
			if step == c.step {
				cancel()
			}
			return false
		}
		stop(0)
		m.program.Stop = func(p *Progress) bool { return stop(p.Step) }
		s, err := Run(ctx, m, toyParts(50, 5), c.options...)
		if !errors.Is(err, context.Canceled) || s.Reason != Cancelled || s.Steps != c.step {
			t.Fatalf("%+v %v", s, err)
		}
		if IsFinite(s.Validation[0]) != c.want || IsFinite(s.Train[0]) != (c.step > 0) {
			t.Errorf("cancelled at %d: training %v, validation %v", c.step, s.Train, s.Validation)
		}
	}
}

func TestStopRuleBeforeValuesAreKnown(t *testing.T) {
	p := newProgress([]Value{{Name: "loss", Better: Lower}, {Name: "accuracy", Better: Higher}, {Name: "size"}})
	if p.Value("val.loss") < 1e9 || p.Loss < 1e9 || p.Stalls("val.loss", 0) || p.Value("nothing") == 0 {
		t.Fatal("a condition on an unknown value held")
	}
	for _, v := range []float64{3, 2, 2.5, 2, 2.1} {
		p.endEpoch([]float64{v, v, v})
	}
	if p.Loss != 2.1 || p.Stalls("size", 0) || !p.Stalls("loss", 3) || p.Stalls("loss", 4) || !p.Stalls("accuracy", 4) || p.Stalls("accuracy", 5) || p.Epoch != 5 {
		t.Fatalf("%+v", p)
	}
}

func TestBadRowsAreFoundBeforeTraining(t *testing.T) {
	m := newToy[float64](1)
	data := toyData[float64](20)
	data.Ints[2][13] = 3
	_, err := Run(t.Context(), m, Data[float64]{Train: data})
	if err == nil || err.Error() != "data for group, row 13: 3 is outside 0 to 2" || m.program.Step != 0 {
		t.Fatal(err)
	}
}

func TestNotFiniteStopsBeforeTheUpdate(t *testing.T) {
	m := newToy[float64](1)
	data := toyData[float64](20)
	data.Floats[1][9] = math.NaN()
	_, err := Run(t.Context(), m, Data[float64]{Train: data}, InOrder())
	var bad *NotFiniteError
	if !errors.As(err, &bad) || bad.What != "loss" || bad.Where != "toy.gt:9" || bad.Step != 3 || m.program.Step != 2 || !IsFinite(m.W[0]) {
		t.Fatalf("%v after %d steps, W %v", err, m.program.Step, m.W)
	}
}

// TestOverflowOfTheLastUpdate: what only the update makes is found before it is
// saved or validated.
func TestOverflowOfTheLastUpdate(t *testing.T) {
	for _, stop := range []func(*Progress) bool{untilStep(3), untilEpoch(1)} {
		path := filepath.Join(t.TempDir(), "state")
		m := newToy[float64](1)
		m.program.Stop = stop
		last := ceilDiv(20, m.program.BatchRows)
		if stop(&Progress{Step: 3}) {
			last = 3
		}
		blow := observe(func(e *Event) {
			if e.Kind == StepDone && e.Progress.Step == last-1 {
				m.lr = math.MaxFloat64
				m.momentum = math.MaxFloat64
			}
		})
		s, err := Run(t.Context(), m, toyParts(20, 5), Checkpoints(path), Observe(blow))
		if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("after step %d line.W is ", last)) || s.Reason != Failed {
			t.Errorf("%v, %+v", err, s)
		}
		if _, err := os.Stat(path); err == nil {
			t.Error("a NaN was saved")
		}
	}
}

// TestStepInEpoch: events count the updates of an epoch from 1.
func TestStepInEpoch(t *testing.T) {
	m := newToy[float64](1)
	m.program.Stop = untilEpoch(2)
	var steps []int
	count := observe(func(e *Event) {
		if e.Kind == StepDone {
			steps = append(steps, e.StepInEpoch)
		}
	})
	if _, err := Run(t.Context(), m, toyParts(20, 5), Observe(count)); err != nil {
		t.Fatal(err)
	}
	each := ceilDiv(20, m.program.BatchRows)
	for i, got := range steps {
		if got != i%each+1 {
			t.Fatalf("steps %v, of epochs of %d", steps, each)
		}
	}
	if len(steps) != 2*each {
		t.Errorf("%d steps", len(steps))
	}
}

type observe func(*Event)

func (f observe) Observe(e *Event) { f(e) }

func TestSkippedStepsReportThemselves(t *testing.T) {
	m := newToy[float64](1)
	data := toyData[float64](20)
	data.Floats[1][9] = math.Inf(1)
	m.program.Stop = untilEpoch(3)
	var out bytes.Buffer
	s, err := Run(t.Context(), m, Data[float64]{Train: data}, InOrder(), SkipNotFinite(), Observe(Lines(&out, 0)))
	if err != nil || s.Skipped != 3 || s.Steps != 12 || !IsFinite(m.W[0]) || strings.Count(out.String(), "step left out: toy.gt:9: loss is +Inf") != 3 {
		t.Fatalf("%+v %v\n%s", s, err, &out)
	}
	for i := range data.Floats[1] {
		data.Floats[1][i] = math.NaN()
	}
	m.program.Stop = nil
	if _, err := Run(t.Context(), m, Data[float64]{Train: data}, SkipNotFinite()); err == nil || !strings.Contains(err.Error(), "100 steps in a row") {
		t.Fatal(err)
	}
}

func TestLoopAllocatesNothing(t *testing.T) {
	run := func(steps int) uint64 {
		m := newToy[float32](1)
		m.program.Stop = untilStep(steps)
		data := Data[float32]{Train: toyData[float32](50), Validation: toyData[float32](9)}
		return mallocs(func() {
			if _, err := Run(context.Background(), m, data); err != nil {
				t.Error(err)
			}
		})
	}
	few, many := run(5), run(1005)
	if many > few+5 {
		t.Fatalf("%d allocations in 5 steps, %d in 1005", few, many)
	}
}

// collect keeps events as text.
type collect struct{ events []string }

func (c *collect) Observe(e *Event) {
	c.events = append(c.events, fmt.Sprint(e.Kind, " ", e.Progress.Epoch, " ", e.Progress.Step))
}

func TestObserversSeeTheRun(t *testing.T) {
	m := newToy[float64](1)
	m.program.Stop = untilEpoch(1)
	c := &collect{}
	var lines bytes.Buffer
	path := filepath.Join(t.TempDir(), "run.safetensors")
	if _, err := Run(t.Context(), m, toyParts(8, 3), Observe(c), Observe(JSONLines(&lines)), Checkpoints(path)); err != nil {
		t.Fatal(err)
	}
	want := []string{"start 0 0", "step 0 1", "step 0 2", "epoch 1 2", "validation 1 2", "checkpoint 1 2", "end 1 2"}
	if !slices.Equal(c.events, want) {
		t.Fatalf("%q", c.events)
	}
	for line := range strings.Lines(lines.String()) {
		var v map[string]any
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if lr, told := v["lr"]; (v["event"] == "step" || v["event"] == "end") && (!told || lr != m.lr) {
			t.Errorf("the learning rate %v is told in\n%s", m.lr, line)
		}
	}
}
