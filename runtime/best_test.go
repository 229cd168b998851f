package runtime

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// worsens is a toy that learns for three epochs and then unlearns; atBest is
// what it weighed when it was best.
func worsens(t *testing.T, stop func(*Progress) bool) (m *toy[float64], atBest *[]float64, watch Option) {
	t.Helper()
	m, atBest = newToy[float64](1), new([]float64)
	m.program.Stop, m.momentum = stop, 0
	return m, atBest, Observe(observe(func(e *Event) {
		if e.Kind == Validated && e.Progress.Epoch == 3 {
			*atBest = slices.Concat(m.W, m.b)
			m.lr = -0.01
		}
	}))
}

func TestKeepBest(t *testing.T) {
	m, want, watch := worsens(t, func(p *Progress) bool { return p.Stalls("val.loss", 2) })
	refreshed := 0
	m.program.Refresh = func() { refreshed++ }
	var last Progress
	third := observe(func(e *Event) {
		if e.Kind == StepDone && e.Progress.Step == 15 {
			last = *e.Progress
		}
	})
	s, err := Run(t.Context(), m, toyParts(20, 5), KeepBest("val.loss"), watch, Observe(third))
	if err != nil || s.Best != "val.loss" || s.BestEpoch != 3 || s.Epochs != 5 || s.Steps != 25 || s.LR != 0.05 || refreshed != 2 {
		t.Fatalf("%+v, %v, refreshed %d", s, err, refreshed)
	}
	if s.StepLoss != last.StepLoss || s.GradNorm != last.GradNorm {
		t.Errorf("of the last update %v, %v, want those of the best epoch, %v, %v", s.StepLoss, s.GradNorm, last.StepLoss, last.GradNorm)
	}
	means, err := Evaluate(t.Context(), m, toyData[float64](5))
	if got := slices.Concat(m.W, m.b); err != nil || !slices.Equal(got, *want) || !slices.Equal(means, s.Validation) {
		t.Errorf("weights %v, want %v; validation %v, summary %v", got, *want, means, s.Validation)
	}
}

// TestKeepBestWithinAnEpoch: the end of a run counts, though its epoch does not end.
func TestKeepBestWithinAnEpoch(t *testing.T) {
	m := newToy[float64](1)
	m.program.Stop, m.momentum = untilStep(7), 0
	s, err := Run(t.Context(), m, toyParts(20, 5), KeepBest("val.loss"))
	if err != nil || s.BestEpoch != 2 || s.Epochs != 1 || s.Unfinished == 0 {
		t.Errorf("%+v, %v", s, err)
	}
}

// TestKeepBestResumes: a checkpoint has the best weights beside the newest, and
// a run goes on to keep them whether that is said again or not.
func TestKeepBestResumes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	m, want, watch := worsens(t, func(p *Progress) bool {
		if p.Epoch == 4 {
			cancel()
		}
		return false
	})
	if s, err := Run(ctx, m, toyParts(20, 5), KeepBest("val.loss"), watch, Checkpoints(path)); err == nil || s.Best != "" || slices.Equal(slices.Concat(m.W, m.b), *want) {
		t.Fatalf("%+v, %v: a run that can go on has its newest weights", s, err)
	}
	interrupted := fileText(t, path)
	for _, again := range [][]Option{{KeepBest("val.loss")}, nil} {
		if err := os.WriteFile(path, interrupted, 0o600); err != nil {
			t.Fatal(err)
		}
		other := newToy[float64](2)
		other.program.Stop = func(p *Progress) bool { return p.Stalls("val.loss", 2) }
		s, err := Run(t.Context(), other, toyParts(20, 5), append(again, Checkpoints(path), Resume())...)
		if got := slices.Concat(other.W, other.b); err != nil || s.Best != "val.loss" || s.BestEpoch != 3 || s.LR != 0.05 || !slices.Equal(got, *want) {
			t.Errorf("%+v, %v: weights %v, want %v", s, err, got, *want)
		}
	}
	if _, err := Run(t.Context(), newToy[float64](2), toyParts(20, 5), KeepBest("loss"), Checkpoints(path), Resume()); err == nil || !strings.Contains(err.Error(), "has kept the best val.loss since it began, not loss") {
		t.Error(err)
	}
}

// TestKeepBestFromTheBegin: a run that has completed epochs keeps the best of
// all of them, or none.
func TestKeepBestFromTheBegin(t *testing.T) {
	for _, c := range []struct {
		steps        int // of five an epoch, before the run is taken up
		begun, again []Option
		best, want   string
	}{
		{7, nil, []Option{KeepBest("val.loss")}, "", "completed epochs without keeping the best val.loss"},
		{3, nil, []Option{KeepBest("val.loss")}, "val.loss", ""},
		{3, []Option{KeepBest("val.loss")}, nil, "val.loss", ""},
		{3, []Option{KeepBest("val.loss")}, []Option{KeepBest("loss")}, "", "since it began, not loss"},
		{7, nil, nil, "", ""},
	} {
		files := []Option{Checkpoints(filepath.Join(t.TempDir(), "state")), Resume()}
		m := newToy[float64](1)
		m.program.Stop = untilStep(c.steps)
		if _, err := Run(t.Context(), m, toyParts(20, 5), append(c.begun, files...)...); err != nil {
			t.Fatal(err)
		}
		m = newToy[float64](1)
		m.program.Stop = untilEpoch(2)
		s, err := Run(t.Context(), m, toyParts(20, 5), append(c.again, files...)...)
		switch {
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%+v: %v", c, err)
		case c.want == "" && (err != nil || s.Best != c.best):
			t.Errorf("%+v: %+v, %v", c, s, err)
		}
	}
}

// TestKeepBestOfAnOlderCheckpoint: one that does not tell the learning rate of
// its best epoch resumes, and the rate is not known.
func TestKeepBestOfAnOlderCheckpoint(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state")
	m, _, watch := worsens(t, untilEpoch(4))
	data := toyParts(20, 5)
	if _, err := Run(t.Context(), m, data, KeepBest("val.loss"), watch, Checkpoints(path)); err != nil {
		t.Fatal(err)
	}
	editLoop(t, path, func(loop map[string]any) { delete(loop["kept"].(map[string]any), "last") })
	m = newToy[float64](1)
	m.program.Stop = untilEpoch(5)
	s, err := Run(t.Context(), m, data, Checkpoints(path), Resume())
	if err != nil || s.BestEpoch != 3 || !math.IsNaN(s.LR) || !math.IsNaN(s.GradNorm) {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestKeepBestOfNothing(t *testing.T) {
	for name, want := range map[string]string{"accuracy": "there are loss, bias, val.loss, val.bias", "val.loss": "there is no validation part", "bias": "write report maximize bias = …"} {
		if _, err := Run(t.Context(), newToy[float64](1), toyParts(20, 0), KeepBest(name)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
