package machine

import (
	"sync"
	"time"
	"unsafe"
)

// kernels are the loops that limits are measured with; nil where there are none.
type kernels struct {
	fma   func(n int)
	flops int // of one round of fma
	read  func(p *float32, blocks int)
}

const (
	// probeTime is about how long a probe of a limit takes: long enough for the
	// clock to be read exactly, short beside a sample.
	probeTime = time.Millisecond
	// probes are taken for a measurement. The best counts: a limit is what the
	// machine can do, and an interrupt takes a large part of a probe.
	probes = 4
)

// A Limit is a rate that no program on the machine exceeds.
type Limit struct {
	threads int
	work    float64             // of a call of run: flops, or bytes
	run     func(thread, n int) // n rounds
	rounds  int                 // for about probeTime
	keep    [][]float32         // what run reads
}

// Peak is the rate of fused multiply-adds on a number of threads, in
// floating-point operations a second; nil when it can't be measured here.
func Peak(threads int) *Limit {
	k := peakKernels()
	if k.fma == nil {
		return nil
	}
	l := &Limit{threads: threads, work: float64(k.flops), run: func(_, n int) { k.fma(n) }}
	l.calibrate(1 << 10)
	return l
}

// ReadBandwidth is the rate at which the given number of bytes is read again
// and again from the cache that holds it, each thread its part, in bytes a
// second; nil when it can't be measured here.
func ReadBandwidth(threads, bytes int) *Limit {
	k := peakKernels()
	if k.read == nil {
		return nil
	}
	const block = 512
	blocks := bytes / threads / block
	l := &Limit{threads: threads, work: float64(blocks * block)}
	for range threads {
		l.keep = append(l.keep, written(blocks*block/4))
	}
	l.run = func(thread, n int) {
		for range n {
			k.read(&l.keep[thread][0], blocks)
		}
	}
	l.calibrate(1)
	return l
}

// written is memory of its own: pages that nobody has written are one and the
// same page of zeros, which the nearest cache holds.
func written(n int) []float32 {
	x := aligned(n)
	for i := range x {
		x[i] = 1
	}
	return x
}

// calibrate finds the number of rounds, beginning with a guess that is short.
func (l *Limit) calibrate(rounds int) {
	for l.rounds = rounds; ; l.rounds *= 2 {
		start := time.Now()
		l.run(0, l.rounds)
		if took := time.Since(start); took > probeTime/2 {
			l.rounds = max(1, int(float64(l.rounds)*float64(probeTime)/float64(took)))
			return
		}
	}
}

// Measure returns the rate now, all threads together.
func (l *Limit) Measure() (best float64) {
	for range probes {
		if l.threads == 1 {
			best = max(best, l.probe(0))
		} else {
			best = max(best, l.probeTogether())
		}
	}
	return best
}

// probe is the rate of one thread.
func (l *Limit) probe(thread int) float64 {
	start := time.Now()
	l.run(thread, l.rounds)
	return l.work * float64(l.rounds) / time.Since(start).Seconds()
}

// probeTogether adds up the rates of threads that run at the same time.
func (l *Limit) probeTogether() float64 {
	rates := make([]float64, l.threads)
	var ready, done sync.WaitGroup
	ready.Add(l.threads)
	for t := range l.threads {
		done.Go(func() {
			ready.Done()
			ready.Wait()
			rates[t] = l.probe(t)
		})
	}
	done.Wait()
	sum := 0.0
	for _, r := range rates {
		sum += r
	}
	return sum
}

// aligned makes a slice of n floats that begins on a page.
func aligned(n int) []float32 {
	const page = 4096
	memory := make([]float32, n+page/4)
	skip := (page - int(uintptr(unsafe.Pointer(&memory[0]))%page)) % page / 4
	return memory[skip : skip+n : skip+n]
}
