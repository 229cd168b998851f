package runtime

import (
	"context"
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
	s, err := Run(t.Context(), m, toyParts(20, 5), KeepBest("val.loss"), watch)
	if err != nil || s.Best != "val.loss" || s.BestEpoch != 3 || s.Epochs != 5 || s.Steps != 25 || refreshed != 2 {
		t.Fatalf("%+v, %v, refreshed %d", s, err, refreshed)
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

// TestKeepBestResumes: a checkpoint has the best weights beside the newest.
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
	other := newToy[float64](2)
	other.program.Stop = func(p *Progress) bool { return p.Stalls("val.loss", 2) }
	s, err := Run(t.Context(), other, toyParts(20, 5), KeepBest("val.loss"), Checkpoints(path), Resume())
	if got := slices.Concat(other.W, other.b); err != nil || s.BestEpoch != 3 || !slices.Equal(got, *want) {
		t.Errorf("%+v, %v: weights %v, want %v", s, err, got, *want)
	}
	plain := newToy[float64](2)
	plain.program.Stop = untilEpoch(5)
	if s, err := Run(t.Context(), plain, toyParts(20, 5), Checkpoints(path), Resume()); err != nil || s.Best != "" || s.Epochs < 5 {
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
