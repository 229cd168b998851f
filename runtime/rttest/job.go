package rttest

import (
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	rt "github.com/gtc-lang/gtc/runtime"
)

// Allocations fails when a step, in one piece or in parts, or an evaluation
// allocates: on one processor by testing.AllocsPerRun, and on two by the
// memory statistics over a hundred steps, or as many as take a second.
func Allocations[T rt.Float](t testing.TB, job rt.Job[T]) {
	t.Helper()
	p := ready(job)
	batch := Batch[T](p.Ports, rowsFor(p, 7), 1)
	step := func() {
		for _, err := range []error{job.Step(batch), job.Backward(batch), job.Apply(), job.Evaluate(batch)} {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	step()
	begin := time.Now()
	step()
	times := int(min(100, max(5, time.Second/max(1, time.Since(begin)))))
	if n := testing.AllocsPerRun(times/5, step); n != 0 {
		t.Errorf("a step and an evaluation allocate %v times", n)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	if n := fewest(20, func() uint64 { return mallocs(times, step) }); n != 0 {
		t.Errorf("%d steps and evaluations on two processors allocate %d times", times, n)
	}
}

// fewest is the least that f gives in some tries, the first 0 of them. The
// statistics count what Go's runtime allocates for itself, too: a thread and
// its first stack when a second processor gets work, a record of who waits on
// a channel, a worker of the collector. It keeps those, so that a try without
// any comes soon; what a step allocates itself is in each of them.
func fewest(tries int, f func() uint64) uint64 {
	least := f()
	for ; least > 0 && tries > 1; tries-- {
		least = min(least, f())
	}
	return least
}

func mallocs(times int, f func()) uint64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for range times {
		f()
	}
	runtime.ReadMemStats(&after)
	return after.Mallocs - before.Mallocs
}

// SameBits trains a few steps on 1, 2, 4 and 8 threads and fails when
// anything differs in a bit. job makes a workspace of a new model on a pool.
func SameBits[T rt.Float](t testing.TB, job func(pool *rt.Pool) rt.Job[T]) {
	t.Helper()
	var want []rt.Tensor[T]
	for _, threads := range []int{1, 2, 4, 8} {
		pool := rt.NewPool(threads)
		j := job(pool)
		p := ready(j)
		for step := range 4 {
			if err := j.Step(Batch[T](p.Ports, rowsFor(p, min(p.MaxRows, 256)-step), uint64(step))); err != nil {
				t.Fatal(err)
			}
		}
		if want == nil {
			want = copies(p.Tensors)
		}
		sameBits(t, "on several threads", p.Tensors, want)
		pool.Close()
	}
}

// SaveLoad saves a model, loads it into another one, and fails when a tensor
// is not the same. tensors gives those of a model.
func SaveLoad[M any, T rt.Float](t testing.TB, first, second M, tensors func(M) []rt.Tensor[T], save, load func(M, string) error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "model.safetensors")
	if err := save(first, path); err != nil {
		t.Fatal(err)
	}
	if err := load(second, path); err != nil {
		t.Fatal(err)
	}
	sameBits(t, "loaded", tensors(second), tensors(first))
}

// Parallel runs n functions at once, each several times, and fails when one
// gives other numbers than it does alone. make makes number i with a workspace
// of its own.
func Parallel[T rt.Float](t testing.TB, n int, make func(i int) func() ([]T, error)) {
	t.Helper()
	var done sync.WaitGroup
	for i := range n {
		run := make(i)
		alone, err := run()
		if err != nil {
			t.Fatal(err)
		}
		want := append([]T{}, alone...)
		done.Go(func() {
			for range 5 {
				got, err := run()
				if err != nil {
					t.Error(err)
					return
				}
				for k := range want {
					if got[k] != want[k] {
						t.Errorf("session %d: element %d is %v among others, %v alone", i, k, got[k], want[k])
						return
					}
				}
			}
		})
	}
	done.Wait()
}
