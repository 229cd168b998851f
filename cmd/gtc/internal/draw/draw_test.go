package draw

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"time"

	rt "github.com/gtc-lang/gtc/runtime"
)

// events is a run of two epochs as the loop tells it.
func events(to rt.Observer) {
	p := &rt.Progress{Train: []float64{math.NaN(), math.NaN()}, Validation: []float64{math.NaN(), math.NaN()}, GradNorm: math.NaN(), LR: math.NaN()}
	e := &rt.Event{Program: "Fit", Values: []rt.Value{{Name: "loss"}, {Name: "accuracy"}}, Results: make([]float64, 2), Progress: p, Total: 4, StepsPerEpoch: 2}
	tell := func(kind rt.EventKind) {
		e.Kind = kind
		e.Elapsed += time.Second
		to.Observe(e)
	}
	tell(rt.RunStarted)
	for epoch := range 2 {
		for range 2 {
			p.Step++
			e.StepInEpoch = 2 - p.Step%2
			p.GradNorm, p.LR = 0.5, 0.001/float64(p.Step)
			e.Results[0], e.Results[1] = 1/float64(p.Step), 0.25
			tell(rt.StepDone)
		}
		p.Epoch = epoch + 1
		p.Train[0], p.Train[1] = 0.5, 0.75
		tell(rt.EpochDone)
		p.Validation[0], p.Validation[1] = 0.625, 0.875
		tell(rt.Validated)
	}
	e.Path = "m.checkpoint"
	tell(rt.Checkpointed)
	e.Summary = &rt.Summary{Program: "Fit", Reason: rt.Stopped, Held: "epoch >= 2", Epochs: 2, Steps: 4, Values: e.Values, Train: p.Train, Validation: p.Validation, LR: p.LR, Elapsed: 11 * time.Second, Checkpoint: "m.checkpoint"}
	tell(rt.RunEnded)
}

// show passes the run's lines to a mode.
func show(t *testing.T, mode string) (string, *Progress) {
	t.Helper()
	var lines, out bytes.Buffer
	events(rt.JSONLines(&lines))
	lines.WriteString(`{"event":"model","path":"m.safetensors"}` + "\n")
	p, err := New(mode, &out)
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(lines.Bytes()) {
		if err := p.Line(line); err != nil {
			t.Fatal(err)
		}
	}
	p.Close()
	p.Summarise()
	if mode == "json" && out.String() != lines.String() {
		t.Errorf("the lines were changed:\n%s", out.String())
	}
	return out.String(), p
}

const summary = "trained Fit: 2 epochs, 4 steps, 11s\n  stopped by  epoch >= 2\n  training    loss 0.5  accuracy 0.75  lr 0.00025\n  validation  loss 0.625  accuracy 0.875\n"

func TestPlain(t *testing.T) {
	var direct bytes.Buffer
	events(plain{rt.Lines(&direct, plainInterval)})
	out, p := show(t, "auto")
	if out != direct.String()+summary {
		t.Errorf("got\n%s\nwanted\n%s", out, direct.String()+summary)
	}
	if p.Model() != "m.safetensors" || p.Saved() != "m.checkpoint" || p.SavedStep() != 4 {
		t.Error(p.Model(), p.Saved(), p.SavedStep())
	}
}

// TestUnfinished shows what a run came to that ended within its second epoch.
func TestUnfinished(t *testing.T) {
	var lines, out bytes.Buffer
	json := rt.JSONLines(&lines)
	values := []rt.Value{{Name: "loss"}}
	p := &rt.Progress{Train: []float64{0.5}, Validation: []float64{0.75}, Epoch: 1, Step: 5}
	e := &rt.Event{Program: "Fit", Values: values, Results: []float64{0}, Progress: p, StepsPerEpoch: 4}
	json.Observe(e)
	e.Kind = rt.RunEnded
	e.Summary = &rt.Summary{Program: "Fit", Reason: rt.Cancelled, Epochs: 1, Steps: 5, Values: values, Train: []float64{0.25}, LR: math.NaN(), Unfinished: 32, Validation: []float64{0.375}}
	json.Observe(e)
	show, err := New("none", &out)
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(lines.Bytes()) {
		if err := show.Line(line); err != nil {
			t.Fatal(err)
		}
	}
	show.Summarise()
	want := "interrupted Fit: 1 epochs, 5 steps, 0s\n  training    loss 0.25  (32 rows of an unfinished epoch)\n  validation  loss 0.375\n"
	if out.String() != want {
		t.Errorf("got\n%s\nwanted\n%s", out.String(), want)
	}
}

func TestBar(t *testing.T) {
	out, _ := show(t, "bar")
	for _, want := range []string{"epoch 2/2", "█", "loss 0.25", "val.loss 0.625", "val.accuracy 0.875", summary} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
}

// TestNotes: notes about the data are printed beside the output, before anything
// is drawn; lines of JSON have them themselves.
func TestNotes(t *testing.T) {
	var lines bytes.Buffer
	p := &rt.Progress{LR: math.NaN()}
	rt.JSONLines(&lines).Observe(&rt.Event{Kind: rt.RunStarted, Program: "Fit", Progress: p, Notes: []string{"y has > 1", "z"}})
	for mode, want := range map[string]string{"plain": "note: y has > 1\nnote: z\n", "bar": "note: y has > 1\nnote: z\n", "none": "note: y has > 1\nnote: z\n", "json": ""} {
		var out, notes bytes.Buffer
		show, err := New(mode, &out)
		if err != nil {
			t.Fatal(err)
		}
		show.Notes = &notes
		if err := show.Line(lines.Bytes()); err != nil {
			t.Fatal(err)
		}
		show.Close()
		if got := notes.String(); got != want || strings.Contains(out.String(), "note:") {
			t.Errorf("%s: %q beside %q", mode, got, out.String())
		}
	}
}

// TestMeansOfParts: numbers that are not what the whole would give are marked
// in every mode.
func TestMeansOfParts(t *testing.T) {
	values := []rt.Value{{Name: "loss"}, {Name: "rmse", OfParts: true, ValidationOfParts: true}}
	p := &rt.Progress{Epoch: 1, Step: 2, Train: []float64{0.5, 0.25}, Validation: []float64{0.75, 0.125}, LR: math.NaN()}
	e := &rt.Event{Program: "Fit", Values: values, Results: []float64{0.5, 0.25}, Progress: p, Total: 2, StepsPerEpoch: 2}
	var lines bytes.Buffer
	to := rt.JSONLines(&lines)
	for _, kind := range []rt.EventKind{rt.RunStarted, rt.EpochDone, rt.Validated, rt.RunEnded} {
		e.Kind = kind
		e.Elapsed += time.Second
		e.Summary = &rt.Summary{Program: "Fit", Reason: rt.Stopped, Epochs: 1, Steps: 2, Values: values, Train: p.Train, Validation: p.Validation, LR: math.NaN()}
		to.Observe(e)
	}
	const mark = " (mean of parts)"
	sums := []string{"  training    loss 0.5  rmse 0.25" + mark + "\n", "  validation  loss 0.75  rmse 0.125" + mark + "\n"}
	for mode, says := range map[string][]string{
		"none":  nil,
		"plain": {"epoch 1  loss 0.5  rmse 0.25" + mark + "\n", "epoch 1  val.loss 0.75  val.rmse 0.125" + mark + "\n"},
		"bar":   {"val.loss 0.75  val.rmse 0.125" + mark},
	} {
		var out bytes.Buffer
		show, err := New(mode, &out)
		if err != nil {
			t.Fatal(err)
		}
		for line := range bytes.Lines(lines.Bytes()) {
			if err := show.Line(line); err != nil {
				t.Fatal(err)
			}
		}
		show.Close()
		show.Summarise()
		for _, want := range append(says, sums...) {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%s: %q is not in\n%s", mode, want, out.String())
			}
		}
	}
}

// TestFitting: what is less important is left out first.
func TestFitting(t *testing.T) {
	parts := []string{"loss 0.25", " val.loss 0.625", " lr 0.001", " 12 steps/s"}
	for room, want := range map[int]string{100: "  loss 0.25  val.loss 0.625  lr 0.001  12 steps/s", 39: "  loss 0.25  val.loss 0.625  lr 0.001", 12: "  loss 0.25", 0: " "} {
		if got := fitting(parts, room); got != want {
			t.Errorf("in %d: %q", room, got)
		}
	}
}

func TestSilence(t *testing.T) {
	if out, _ := show(t, "none"); out != summary {
		t.Error(out)
	}
	show(t, "json")
	if _, err := New("fancy", &bytes.Buffer{}); err == nil {
		t.Error("an unknown mode")
	}
}

// TestShortRun: without a step told, the bar has the epoch's mean; a NaN of the
// validation is shown.
func TestShortRun(t *testing.T) {
	var lines, out bytes.Buffer
	p := &rt.Progress{Epoch: 1, Step: 2, Train: []float64{0.5}, Validation: []float64{math.NaN()}}
	e := &rt.Event{Program: "Fit", Values: []rt.Value{{Name: "loss"}}, Results: []float64{0.5}, Progress: &rt.Progress{Train: []float64{math.NaN()}, Validation: []float64{math.NaN()}}, Total: 2, StepsPerEpoch: 2}
	to := rt.JSONLines(&lines)
	to.Observe(e)
	e.Progress = p
	for _, kind := range []rt.EventKind{rt.EpochDone, rt.Validated, rt.RunEnded} {
		e.Kind = kind
		e.Elapsed += time.Second
		e.Summary = &rt.Summary{Program: "Fit", Reason: rt.Stopped, Epochs: 1, Steps: 2, Values: e.Values, Train: p.Train, Validation: p.Validation, Elapsed: time.Second}
		to.Observe(e)
	}
	bar, err := New("bar", &out)
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(200 * time.Millisecond) // a program is built meanwhile
	if out.Len() > 0 {
		t.Errorf("before anything has happened: %q", out.String())
	}
	for line := range bytes.Lines(lines.Bytes()) {
		if err := bar.Line(line); err != nil {
			t.Fatal(err)
		}
	}
	bar.Close()
	bar.Summarise()
	if text := out.String(); !strings.Contains(text, "loss 0.5") || strings.Contains(text, "  loss 0 ") || !strings.Contains(text, "validation  loss NaN\n") {
		t.Error(text)
	}
}

func TestBadLine(t *testing.T) {
	p, err := New("none", &bytes.Buffer{})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Line([]byte("hello\n")); err == nil {
		t.Error("a line that is no JSON")
	}
}
