package runtime

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// trace records the loss of every step.
type trace struct{ losses []float64 }

func (c *trace) Observe(e *Event) {
	if e.Kind == StepDone {
		c.losses = append(c.losses, e.Results[0])
	}
}

func fileText(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// Wherever a run is cut, and though it validates there, what goes on ends with
// the same losses, weights and saved state as a run that nobody disturbed.
func TestResumeIsExactAtEveryStep(t *testing.T) {
	const steps = 31
	configure := func() *toy[float64] {
		m := newToy[float64](3)
		m.program.Accumulate = 2
		m.program.Stop = func(p *Progress) bool { return p.Step >= steps || p.Stalls("val.loss", 50) }
		return m
	}
	straight, whole := configure(), &trace{}
	undisturbed := filepath.Join(t.TempDir(), "run.safetensors")
	want, err := Run(t.Context(), straight, toyParts(50, 7), Observe(whole), Checkpoints(undisturbed))
	if err != nil {
		t.Fatal(err)
	}
	for cut := 1; cut < steps; cut++ {
		path := filepath.Join(t.TempDir(), "run.safetensors")
		first, both := configure(), &trace{}
		ctx, cancel := context.WithCancel(t.Context())
		first.program.Stop = func(p *Progress) bool {
			if p.Step == cut {
				cancel()
			}
			return false
		}
		if s, err := Run(ctx, first, toyParts(50, 7), Observe(both), Checkpoints(path), ValidateCancelled()); !errors.Is(err, context.Canceled) || s.Reason != Cancelled {
			t.Fatal(s, err)
		}
		second := configure()
		second.program.Seed, second.lr = 77, 5 // the checkpoint's count
		got, err := Run(t.Context(), second, toyParts(50, 7), Observe(both), Checkpoints(path), Resume())
		if err != nil || !got.Resumed {
			t.Fatal(got, err)
		}
		if !slices.Equal(second.W, straight.W) || !slices.Equal(second.vW, straight.vW) || !slices.Equal(both.losses, whole.losses) {
			t.Fatalf("cut at %d: W %v, want %v", cut, second.W, straight.W)
		}
		if got.Steps != want.Steps || got.Rows != want.Rows || !slices.Equal(got.Train, want.Train) || !slices.Equal(got.Validation, want.Validation) {
			t.Fatalf("cut at %d: %+v, want %+v", cut, got, want)
		}
		if !bytes.Equal(fileText(t, path), fileText(t, undisturbed)) {
			t.Fatalf("cut at %d: another state was saved at the end", cut)
		}
	}
}

func TestResumeNeedsAFile(t *testing.T) {
	m := newToy[float64](1)
	m.program.Stop = untilEpoch(1)
	if _, err := Run(t.Context(), m, toyParts(8, 3), Resume()); err == nil || !strings.Contains(err.Error(), "no file to resume from") || m.program.Step != 0 {
		t.Error(err)
	}
}

func TestResumeOfAFinishedRunStops(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run.safetensors")
	m := newToy[float64](1)
	m.program.Stop = untilEpoch(2)
	for range 2 {
		s, err := Run(t.Context(), m, toyParts(8, 3), Checkpoints(path), Resume())
		if err != nil || s.Epochs != 2 || s.Steps != 4 {
			t.Fatal(s, err)
		}
	}
}

// Settings of the checkpoint come back, but for those that the run sets; what
// follows from them (here the batch) is planned anew.
func TestResumeRestoresSettings(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run.safetensors")
	configure := func() (*toy[float64], *float64) {
		m, batch := newToy[float64](1), 4.0
		m.program.Settings = append(m.program.Settings, Setting{Path: "batch", Value: &batch, Whole: true})
		m.program.Refresh = func() { m.program.BatchRows = int(batch) }
		return m, &batch
	}
	m, _ := configure()
	m.program.Stop = untilStep(3)
	if _, err := Run(t.Context(), m, toyParts(50, 0), Set("batch", 5), Set("lr", 0.01), Checkpoints(path)); err != nil {
		t.Fatal(err)
	}
	m, batch := configure()
	m.program.Stop = untilStep(10)
	s, err := Run(t.Context(), m, toyParts(50, 0), Set("momentum", 0.5), Checkpoints(path), Resume())
	if err != nil || *batch != 5 || m.lr != 0.01 || m.momentum != 0.5 || s.Epochs != 1 {
		t.Fatalf("batch %v, lr %v, momentum %v, %+v, %v", *batch, m.lr, m.momentum, s, err)
	}
	for _, bad := range []float64{-1, 1.5, math.Inf(1), math.NaN()} {
		_, err = Run(t.Context(), m, toyParts(50, 0), Set("batch", bad))
		if err == nil || !strings.Contains(err.Error(), "batch is a whole number from 0 (all rows) to 2147483647, not ") || *batch != 5 {
			t.Error(*batch, err)
		}
	}
	_, err = Run(t.Context(), m, toyParts(50, 0), Set("lr.peak", 1))
	if err == nil || !strings.Contains(err.Error(), "there are [lr momentum batch]") {
		t.Fatal(err)
	}
}

// The validation rows of a saved run are those that its seed has drawn: others
// were trained on.
func TestResumeRefusesOtherValidationRows(t *testing.T) {
	dir := t.TempDir()
	var rows strings.Builder
	for i := range 40 {
		fmt.Fprintf(&rows, "%d,%d,%d,%d\n", i%3, i%5, i%7, i%2)
	}
	spec := DataSpec{File: filepath.Join(dir, "rows.csv"), Validation: 0.25}
	if err := os.WriteFile(spec.File, []byte(rows.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(seed, drawn uint64, options ...Option) error {
		m := newToy[float64](seed)
		m.program.Stop = untilEpoch(1)
		data, err := Load[float64](spec, m.program.Ports, drawn)
		if err != nil {
			t.Fatal(err)
		}
		_, err = Run(t.Context(), m, data, append(options, Checkpoints(filepath.Join(dir, "state")))...)
		return err
	}
	if err := run(7, 7); err != nil {
		t.Fatal(err)
	}
	if err := run(1, 1, Resume()); err == nil || !strings.Contains(err.Error(), "saved by a run of the seed 7, while the validation rows of this one are drawn by 1") {
		t.Error(err)
	}
	if err := run(1, 7, Resume()); err != nil {
		t.Error(err)
	}
}

func TestResumeRefusesWhatDoesNotFit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run.safetensors")
	m := newToy[float64](1)
	m.program.Stop = untilStep(3)
	m.program.Source, m.program.File = "train Fit {\n    with sgd // fast\n    batch 4\n}\n", "toy.gt"
	if _, err := Run(t.Context(), m, toyParts(50, 0), Checkpoints(path)); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(*toy[float64]){
		"another structure": func(m *toy[float64]) { m.program.Structure = "toy-2" },
		"kernel set":        func(m *toy[float64]) { m.program.Kernels = "avx2" },
		"not of Other":      func(m *toy[float64]) { m.program.Name = "Other" },
		"middle of an epoch of 50 rows, shuffled, in updates of 4; this run has an epoch of 50 rows, shuffled, in updates of 5": func(m *toy[float64]) {
			m.program.BatchRows = 5
		},
		`toy.gt:4: was "with sgd" and is "with adam"`: func(m *toy[float64]) {
			m.program.File, m.program.Source = "toy.gt", "// new\ntrain Fit {\n\n  with adam\n    batch 4\n}\n"
		},
		`toy.gt:4: was "}" and is "nothing"`: func(m *toy[float64]) {
			m.program.File, m.program.Source = "toy.gt", "train Fit {\n    with sgd\n    batch 4"
		},
	} {
		other := newToy[float64](2)
		before := slices.Clone(other.W)
		change(other)
		_, err := Run(t.Context(), other, toyParts(50, 0), Checkpoints(path), Resume())
		if err == nil || !strings.Contains(err.Error(), want) || !slices.Equal(other.W, before) || other.program.Seed != 2 {
			t.Errorf("%s: %v", want, err)
		}
	}
	half := newToy[float32](1)
	if _, err := Run(t.Context(), half, Data[float32]{Train: toyData[float32](50)}, Checkpoints(path), Resume()); err == nil || !strings.Contains(err.Error(), "saved by a program of float64, this one is of float32") {
		t.Error(err)
	}
	same := newToy[float64](1)
	same.program.Source, same.program.Stop = "train Fit {\n    with  sgd\n\n    batch 4 // rows\n}", untilStep(4)
	if s, err := Run(t.Context(), same, toyParts(50, 0), Checkpoints(path), Resume()); err != nil || s.Steps != 4 {
		t.Error(err)
	}
}

const killVariable = "GTC_RUNTIME_TEST_KILL"

// A run that is killed at any moment, also while it saves, goes on where its
// last whole checkpoint is, and ends with the same bits.
func TestResumeAfterKill(t *testing.T) {
	if path := os.Getenv(killVariable); path != "" {
		killedRun(t.Context(), path)
		return
	}
	exe, err := os.Executable()
	if err != nil || !canRunProcesses() {
		t.Skip("no processes here")
	}
	path := filepath.Join(t.TempDir(), "run.safetensors")
	kills := 0
	for i := 0; ; i++ {
		cmd := exec.Command(exe, "-test.run=^TestResumeAfterKill$")
		cmd.Env = append(os.Environ(), killVariable+"="+path)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		wait := time.Duration(5+Draw{Seed: uint64(time.Now().UnixNano())}.Uniform(0)*60) * time.Millisecond
		if i < 25 {
			timer := time.AfterFunc(wait, func() { cmd.Process.Kill() })
			defer timer.Stop()
		}
		if cmd.Wait() == nil {
			break
		}
		kills++
		if _, err := os.Stat(path); err == nil {
			if _, err := ReadModelInfo(path); err != nil {
				t.Fatalf("after kill %d: %v", kills, err)
			}
		}
	}
	straight := newToy[float64](4)
	straight.program.Stop = untilStep(killSteps)
	if _, err := Run(t.Context(), straight, toyParts(50, 7)); err != nil {
		t.Fatal(err)
	}
	got := newToy[float64](4)
	if _, err := LoadModel(path, got.program.Structure, got.program.Tensors, nil, LoadOptions{}); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got.W, straight.W) || !slices.Equal(got.b, straight.b) {
		t.Fatalf("after %d kills W is %v, want %v", kills, got.W, straight.W)
	}
	left, _ := filepath.Glob(path + ".*")
	if len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	t.Logf("%d kills", kills)
}

const killSteps = 3000

func killedRun(ctx context.Context, path string) {
	m := newToy[float64](4)
	m.program.Stop = untilStep(killSteps)
	if _, err := Run(ctx, m, toyParts(50, 7), Checkpoints(path), CheckpointEvery(1, 0), Resume()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// TestResumedRunKnowsItsRate: the numbers of the last update are there again,
// also when none follows.
func TestResumedRunKnowsItsRate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state")
	for range 2 {
		m := newToy[float64](1)
		m.program.Stop = untilStep(5)
		s, err := Run(t.Context(), m, toyParts(20, 5), Checkpoints(path), Resume())
		if err != nil || s.Steps != 5 || s.LR != 0.05 || math.IsNaN(s.GradNorm) {
			t.Fatalf("%v, %+v", err, s)
		}
	}
}
