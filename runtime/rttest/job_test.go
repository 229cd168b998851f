package rttest

import (
	"testing"

	rt "github.com/gtc-lang/gtc/runtime"
)

// idle is a job that does nothing, and allocates in each step whose number is
// a multiple of every, if that is not 0.
type idle struct {
	program rt.Program[float64]
	every   int
	kept    []byte
}

func (j *idle) Program() *rt.Program[float64] { return &j.program }

func (j *idle) Step(*rt.Batch[float64]) error {
	j.program.Step++
	if j.every > 0 && j.program.Step%j.every == 0 {
		j.kept = make([]byte, 100)
	}
	return nil
}

func (j *idle) Backward(*rt.Batch[float64]) error { return nil }
func (j *idle) Apply() error                      { return nil }
func (j *idle) Discard()                          {}
func (j *idle) Evaluate(*rt.Batch[float64]) error { return nil }

// noted is a test that counts its complaints.
type noted struct {
	testing.TB
	complaints int
}

func (n *noted) Errorf(string, ...any) { n.complaints++ }

// TestAllocationsAreFound: one in ten steps is enough, and none is none.
func TestAllocationsAreFound(t *testing.T) {
	for every, want := range map[int]int{0: 0, 1: 2, 10: 1} { // 10: a mean below 1 is 0
		j := &idle{every: every, program: rt.Program[float64]{Ports: []rt.Port{{Name: "x"}}, MaxRows: 8}}
		n := &noted{TB: t}
		Allocations[float64](n, j)
		if n.complaints != want {
			t.Errorf("allocating every %d steps: %d complaints, want %d", every, n.complaints, want)
		}
	}
}
