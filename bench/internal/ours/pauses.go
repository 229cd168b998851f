package ours

import (
	"math"
	"runtime"
	"runtime/metrics"
	"sync"
	"time"

	"github.com/gtc-lang/gtc/bench/wire"
)

// pauses is how long collections stop the world while another row runs.
type pauses struct{ once func() error }

func loadPauses(row wire.Row) (wire.Work, error) {
	during := wire.Row{}
	for key, value := range row {
		during[key] = value
	}
	during["kind"] = row["during"]
	if row["during"] == "loops" {
		return pauses{goLoops}, nil
	}
	work, err := load(during)
	if err != nil {
		return nil, err
	}
	if m, ok := work.(*model); ok {
		// steps alone: going back to the first weights copies whole tensors
		return pauses{func() error { return m.steps(len(m.batches), func(float64) {}) }}, nil
	}
	return pauses{func() error { _, err := work.Run(1); return err }}, nil
}

// goLoops keeps two threads busy with what can be stopped anywhere, for as long
// as a call of assembly takes.
func goLoops() error {
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			for start := time.Now(); time.Since(start) < 100*time.Microsecond; {
			}
		})
	}
	both.Wait()
	return nil
}

// Check collects n times while the work runs, and returns the longest stop in
// seconds, from the wish to stop until the world goes on. The runtime keeps a
// histogram, four buckets to a power of two; this is the upper end of the
// highest one.
func (p pauses) Check(n int) ([]float64, error) {
	if err := p.once(); err != nil { // warm
		return nil, err
	}
	before := pauseCounts()
	stop, done := make(chan struct{}), make(chan error)
	go func() { done <- p.keepRunning(stop) }()
	for range n {
		time.Sleep(5 * time.Millisecond)
		runtime.GC()
	}
	close(stop)
	err := <-done
	after := pauseCounts()
	longest := 0.0
	for i := range after.Counts {
		if after.Counts[i] > before.Counts[i] {
			longest = after.Buckets[i+1]
			if math.IsInf(longest, 1) {
				longest = after.Buckets[i]
			}
		}
	}
	return []float64{longest}, err
}

func (p pauses) keepRunning(stop chan struct{}) error {
	for {
		select {
		case <-stop:
			return nil
		default:
			if err := p.once(); err != nil {
				return err
			}
		}
	}
}

// pauseCounts reads the histogram of stops for collections.
func pauseCounts() *metrics.Float64Histogram {
	samples := []metrics.Sample{{Name: "/sched/pauses/total/gc:seconds"}}
	metrics.Read(samples)
	h := samples[0].Value.Float64Histogram()
	counts := append([]uint64(nil), h.Counts...) // Read may use the memory again
	return &metrics.Float64Histogram{Counts: counts, Buckets: h.Buckets}
}

func (p pauses) Run(int) (time.Duration, error) {
	return 0, wire.NotHere("stops are not timed by work")
}
