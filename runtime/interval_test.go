package runtime

import (
	"math"
	"path/filepath"
	"strings"
	"testing"
)

// TestIntervalOfSettings: NaN and Inf are in no interval; nil is none.
func TestIntervalOfSettings(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		in   *Interval
		text string
		has  []float64
		not  []float64
	}{
		{&Interval{Hi: 1, Below: true}, "0 or more and below 1", []float64{0, 0.9}, []float64{1, -1}},
		{&Interval{Hi: inf, Above: true}, "above 0", []float64{1e-300}, []float64{0}},
		{&Interval{Lo: -inf, Hi: 2}, "at most 2", []float64{2, -5}, []float64{2.5}},
		{&Interval{}, "0 or more and at most 0", []float64{0}, []float64{1, -1}},
		{&Interval{Lo: -inf, Hi: inf}, "a finite number", []float64{0}, nil},
	} {
		if c.in.String() != c.text {
			t.Errorf("%+v is %q, not %q", c.in, c.in, c.text)
		}
		for _, x := range c.has {
			if !c.in.Has(x) {
				t.Errorf("%v is not %s", x, c.in)
			}
		}
		for _, x := range append(c.not, math.NaN(), inf, -inf) {
			if c.in.Has(x) {
				t.Errorf("%v is %s", x, c.in)
			}
		}
	}
	if none := (*Interval)(nil); !none.Has(5) || !none.Has(inf) {
		t.Error("what declares no interval takes any number")
	}
}

// TestSettingsOutside: a run begins with no setting outside its interval, set by
// path or not, and takes none from a checkpoint.
func TestSettingsOutside(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state")
	wrong := func(what string, err error) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), "the setting momentum is 0 or more and below 1, not 1.5") {
			t.Errorf("%s: %v", what, err)
		}
	}
	m := newToy[float64](1)
	m.program.Stop = untilStep(2)
	_, err := Run(t.Context(), m, toyParts(20, 5), Set("momentum", 1.5))
	wrong("set by path", err)
	m.momentum = 1.5
	_, err = Run(t.Context(), m, toyParts(20, 5))
	wrong("set from Go", err)
	if m.program.Step != 0 {
		t.Error("a step was made")
	}

	wild := newToy[float64](1)
	wild.program.Stop, wild.momentum = untilStep(2), 1.5
	wild.program.Settings[1].In = nil
	if _, err := Run(t.Context(), wild, toyParts(20, 5), Checkpoints(path)); err != nil {
		t.Fatal(err)
	}
	m.momentum = 0.5
	_, err = Run(t.Context(), m, toyParts(20, 5), Checkpoints(path), Resume())
	wrong("resumed", err)
	if m.momentum != 0.5 || m.program.Step != 0 {
		t.Errorf("momentum is %v after %d steps of a run that was not resumed", m.momentum, m.program.Step)
	}
}

// TestLoadSettingsOutside: a model with a setting that this program refuses is
// not loaded, no part of it.
func TestLoadSettingsOutside(t *testing.T) {
	path := filepath.Join(t.TempDir(), "model")
	m, other := newToy[float64](1), newToy[float64](2)
	if err := SaveModel(path, m.program.Tensors, ModelInfo{Structure: "toy-1", Settings: map[string]float64{"momentum": -1}}); err != nil {
		t.Fatal(err)
	}
	before := other.W[0]
	_, err := LoadModel(path, "toy-1", other.program.Tensors, other.program.Settings, LoadOptions{})
	if err == nil || !strings.Contains(err.Error(), "the setting momentum is 0 or more and below 1, not -1") || other.W[0] != before || other.momentum < 0 {
		t.Errorf("%v: W[0] was %v and is %v, momentum is %v", err, before, other.W[0], other.momentum)
	}
}
