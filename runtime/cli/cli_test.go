package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	rt "github.com/gtc-lang/gtc/runtime"
)

const toyRows = "1,0,low\n2,0.1,low\n0,1,mid\n0.1,2,mid\n-1,-1,top\n-2,-1.5,top\n1.5,0.2,low\n"

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// call runs the toy's command line.
func call(ctx context.Context, p Program[float64], args ...string) (code int, out, complaints string) {
	var o, c bytes.Buffer
	code = run(ctx, p, args, &o, &c)
	return code, o.String(), c.String()
}

func TestTrainAndPredict(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "toy.csv"), toyRows)
	model, state := filepath.Join(dir, "m.safetensors"), filepath.Join(dir, "m.checkpoint")
	code, out, complaints := call(t.Context(), toyProgram(true), "train", "-folder", dir, "-o", model, "-checkpoint", state, "-set", "lr=0.04")
	if code != 0 || complaints != "" {
		t.Fatal(code, complaints)
	}
	checkEvents(t, out)
	if _, err := os.Stat(state); err == nil {
		t.Error("the checkpoint of a finished run is still there")
	}
	info, err := rt.ReadModelInfo(model)
	if err != nil || info.Source != "package toy\n" || info.SourceName != "toy.gt" || info.Train != "Fit" || !info.Double || info.Structure != "toy" {
		t.Errorf("%v, %+v", err, info)
	}

	rows := filepath.Join(dir, "rows.csv")
	write(t, rows, "3,0\n0,3\n-1,-1\n4,0\n0,4\n") // no labels; more than a batch
	predictions := filepath.Join(dir, "out.csv")
	if code, out, complaints := call(t.Context(), toyProgram(true), "predict", "-classes", "y:3", "-o", predictions, model, rows); code != 0 || out != "" {
		t.Fatal(code, complaints)
	}
	lines := strings.Split(strings.TrimSpace(read(t, predictions)), "\n")
	if lines[0] != "low,mid,top,class" {
		t.Error(lines[0])
	}
	for i, want := range []string{"low", "mid", "top", "low", "mid"} {
		if !strings.HasSuffix(lines[i+1], ","+want) {
			t.Errorf("row %d: %s, wanted %s", i, lines[i+1], want)
		}
	}
}

func TestNoClassOfNaN(t *testing.T) {
	w := writer[float64]{names: []string{"low", "top"}}
	if got := w.class([]float64{1, math.NaN()}); got != "" {
		t.Error(got)
	}
	if got := w.class([]float64{1, math.Inf(1)}); got != "top" {
		t.Error(got)
	}
}

func TestProbabilities(t *testing.T) {
	scores := []float64{1000, 1000 + math.Log(3), -1000}
	if softmax(scores); math.Abs(scores[0]-0.25) > 1e-12 || math.Abs(scores[1]-0.75) > 1e-12 || scores[2] != 0 {
		t.Error(scores)
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "toy.csv"), toyRows)
	model := filepath.Join(dir, "m")
	if code, _, complaints := call(t.Context(), toyProgram(true), "train", "-folder", dir, "-o", model); code != 0 {
		t.Fatal(complaints)
	}
	if code, _, complaints := call(t.Context(), toyProgram(true), "predict", "-probabilities", model, filepath.Join(dir, "toy.csv")); code != 1 || !strings.Contains(complaints, "no scores of classes") {
		t.Error(code, complaints)
	}
}

func checkEvents(t *testing.T, out string) {
	t.Helper()
	kinds := map[string]int{}
	for line := range strings.Lines(out) {
		var e struct {
			Event  string
			Names  []string
			Values map[string]float64
		}
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		kinds[e.Event]++
	}
	if kinds["start"] != 1 || kinds["epoch"] != 20 || kinds["step"] != 80 || kinds["end"] != 1 || kinds["model"] != 1 {
		t.Error(kinds)
	}
}

// stopAfter cancels a context at an epoch, as a signal does.
type stopAfter struct {
	bytes.Buffer
	epoch  string
	cancel func()
}

func (s *stopAfter) Write(b []byte) (int, error) {
	if bytes.Contains(b, []byte(s.epoch)) {
		s.cancel()
	}
	return s.Buffer.Write(b)
}

// TestInterruptAndResume ends a run in the middle of an epoch; what goes on
// ends with the same file as a run that nobody disturbed, also without being
// told the seed again.
func TestInterruptAndResume(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "toy.csv"), toyRows)
	whole, parts, state := filepath.Join(dir, "whole"), filepath.Join(dir, "parts"), filepath.Join(dir, "state")
	if code, _, complaints := call(t.Context(), toyProgram(true), "train", "-folder", dir, "-o", whole, "-seed", "7"); code != 0 {
		t.Fatal(complaints)
	}
	ctx, cancel := context.WithCancel(t.Context())
	out := &stopAfter{epoch: `"epoch":5,"step":22`, cancel: cancel}
	args := []string{"train", "-folder", dir, "-o", parts, "-checkpoint", state}
	if code := run(ctx, toyProgram(true), append(args, "-seed", "7"), out, os.Stderr); code != ExitInterrupted {
		t.Fatal(code)
	}
	if _, err := os.Stat(parts); err == nil {
		t.Error("an interrupted run left a model")
	}
	if code, _, complaints := call(t.Context(), toyProgram(true), append(args, "-resume", "-seed", "8")...); code != 1 || !strings.Contains(complaints, "seed 7, not 8") {
		t.Error(code, complaints)
	}
	if code, _, complaints := call(t.Context(), toyProgram(true), append(args, "-resume")...); code != 0 {
		t.Fatal(complaints)
	}
	if read(t, whole) != read(t, parts) {
		t.Error("the resumed run ended with another model")
	}
}

// TestResumeFromAModel: a run that began with a model's weights goes on without
// them, but with what its columns were made by.
func TestResumeFromAModel(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "toy.csv"), toyRows)
	write(t, filepath.Join(dir, "more.csv"), "0,1,mid\n0.1,2,mid\n-1,-1,top\n") // no row of the first class
	write(t, filepath.Join(dir, "edited.csv"), "0,1,mid\n0.1,2,mid\n-1,-1,mid\n")
	at := func(name string) string { return filepath.Join(dir, name) }
	do := func(want int, args ...string) string {
		t.Helper()
		code, _, complaints := call(t.Context(), toyProgram(true), append([]string{"train", "-folder", dir}, args...)...)
		if code != want {
			t.Fatal(code, complaints)
		}
		return complaints
	}
	do(0, "-o", at("first"))
	do(0, "-o", at("whole"), "-from", at("first"), "-data", at("more.csv"))
	ctx, cancel := context.WithCancel(t.Context())
	out := &stopAfter{epoch: `"epoch":5,"step":11`, cancel: cancel}
	parts := []string{"-o", at("parts"), "-checkpoint", at("state"), "-data", at("more.csv")}
	if code := run(ctx, toyProgram(true), append([]string{"train", "-folder", dir, "-from", at("first")}, parts...), out, os.Stderr); code != ExitInterrupted {
		t.Fatal(code)
	}
	if complaints := do(1, append(parts, "-resume", "-data", at("edited.csv"))...); !strings.Contains(complaints, "the training part has other values of y") {
		t.Error(complaints)
	}
	interrupted := read(t, at("state"))
	do(0, append(parts, "-resume", "-data", at("edited.csv"), "-any-data")...)
	write(t, at("state"), interrupted)
	do(0, append(parts, "-resume", "-from", at("whole"))...)
	if read(t, at("whole")) != read(t, at("parts")) {
		t.Error("the resumed run ended with another model")
	}
	do(0, append(parts, "-resume", "-from", at("first"))...) // there is no state to go on with
	if read(t, at("whole")) != read(t, at("parts")) {
		t.Error("a run that was to be resumed did not begin from the model")
	}
}

// TestResumeOnOtherKernels: a run that moves to another kernel set is told which
// flag lets it go on there.
func TestResumeOnOtherKernels(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "toy.csv"), toyRows)
	ctx, cancel := context.WithCancel(t.Context())
	args := []string{"train", "-folder", dir, "-o", filepath.Join(dir, "m"), "-checkpoint", filepath.Join(dir, "state")}
	if code := run(ctx, toyProgram(true), args, &stopAfter{epoch: `"epoch":5,`, cancel: cancel}, os.Stderr); code != ExitInterrupted {
		t.Fatal(code)
	}
	other := toyProgram(true)
	other.New = func(seed uint64) Model[float64] {
		m := toyProgram(true).New(seed)
		m.Trains[0].Job().Program().Kernels = "avx2"
		return m
	}
	args = append(args, "-resume")
	code, _, complaints := call(t.Context(), other, args...)
	if code != 1 || !strings.Contains(complaints, `saved with the kernel set "go", this run has "avx2"`) || !strings.Contains(complaints, "-any-kernels, in Go AnyKernels") {
		t.Error(code, complaints)
	}
	if code, _, complaints := call(t.Context(), other, append(args, "-any-kernels")...); code != 0 {
		t.Error(code, complaints)
	}
}

func TestColumnsInOrder(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "numbers.csv")
	write(t, data, "1,0,0\n0,1,1\n-1,-1,2\n")
	if code, _, complaints := call(t.Context(), toyProgram(false), "train", "-data", data, "-o", filepath.Join(dir, "m")); code != 0 {
		t.Error(complaints)
	}
}

func TestDataInAnotherFolder(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "toy.csv"), toyRows)
	if code, _, complaints := call(t.Context(), toyProgram(true), "train", "-data", dir, "-folder", "nowhere", "-o", filepath.Join(dir, "m")); code != 0 {
		t.Error(complaints)
	}
}

func TestComplaints(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "toy.csv"), toyRows)
	write(t, filepath.Join(dir, "bad.csv"), "1,2\n")
	for _, c := range []struct {
		args string
		code int
		want string
	}{
		{"", 2, "the first argument is train, predict or score"},
		{"train -set lr", 2, `"lr" is not path=number`},
		{"train -set lr=fast", 2, "is not path=number"},
		{"train more", 2, "takes 0 arguments"},
		{"train -folder DIR -set rate=1", 1, `no setting "rate"; there are lr`},
		{"train -folder DIR -set Fit.lr=-1", 1, "the setting Fit.lr is 0 or more, not -1"},
		{"train -folder DIR -train Other", 1, `no train block "Other"; there are Fit`},
		{"train -folder nowhere", 1, "toy.csv"},
		{"train -data DIR/bad.csv", 1, "bad.csv"},
		{"train -data DIR/none.csv", 1, "none.csv"},
		{"predict DIR/toy.csv DIR/toy.csv", 1, "toy.csv"},
		{"predict -classes y DIR/m DIR/toy.csv", 2, "is not name:count"},
	} {
		code, _, complaints := call(t.Context(), toyProgram(true), strings.Fields(strings.ReplaceAll(c.args, "DIR", dir))...)
		if code != c.code || !strings.Contains(complaints, c.want) {
			t.Errorf("%s: %d, %s", c.args, code, complaints)
		}
	}
	if code, _, complaints := call(t.Context(), toyProgram(false), "train"); code != 1 || !strings.Contains(complaints, "no data line") {
		t.Error(code, complaints)
	}
}
