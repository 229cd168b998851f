package rttest

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	rt "github.com/gtc-lang/gtc/runtime"
)

// killed is the variable by which a test's process knows that it is to train
// and be killed, and where its checkpoint lies.
const killed = "GTC_TEST_CHECKPOINT"

// SurvivesKill trains in a process that is killed again and again, also while
// it writes a checkpoint, and resumes each time; it fails when the end is not
// that of an undisturbed run, bit for bit. It runs the test that calls it once
// more in processes of their own: the test must do nothing else. job and data
// make the same each time; the job's stop rule bounds its epochs.
func SurvivesKill[T rt.Float](t *testing.T, job func() rt.Job[T], data rt.Data[T], options ...rt.Option) {
	t.Helper()
	train := func(path string, more ...rt.Option) rt.Job[T] {
		j := job()
		all := append([]rt.Option{rt.Checkpoints(path), rt.CheckpointEvery(1, 0), rt.Resume()}, options...)
		if _, err := rt.Run(context.Background(), j, data, append(all, more...)...); err != nil {
			t.Fatal(err)
		}
		return j
	}
	if path := os.Getenv(killed); path != "" {
		train(path, rt.Observe(slow{}))
		return
	}
	want := train(filepath.Join(t.TempDir(), "alone"))
	path := filepath.Join(t.TempDir(), "killed")
	kills := 0
	for wait := 40 * time.Millisecond; runFor(t, path, wait); wait += 15 * time.Millisecond {
		kills++
	}
	if kills == 0 {
		t.Error("the run ended before it was killed")
	}
	got := train(path)
	sameBits(t, "after kills", got.Program().Tensors, want.Program().Tensors)
	if got.Program().Step != want.Program().Step {
		t.Errorf("%d steps, not %d", got.Program().Step, want.Program().Step)
	}
}

// slow makes steps last, so that a run is killed in many of them.
type slow struct{}

func (slow) Observe(e *rt.Event) {
	if e.Kind == rt.StepDone {
		time.Sleep(time.Millisecond)
	}
}

// runFor runs the test in a process of its own for a time and tells whether it
// had to be killed.
func runFor(t *testing.T, path string, wait time.Duration) bool {
	t.Helper()
	c := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	c.Env = append(os.Environ(), killed+"="+path)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	select {
	case err := <-ended:
		if err != nil {
			t.Fatalf("the run failed: %v", err)
		}
		return false
	case <-time.After(wait):
		if err := c.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		<-ended
		return true
	}
}
