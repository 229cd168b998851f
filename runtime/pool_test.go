package runtime

import (
	"math"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
)

func TestPoolRunsEachChunkOnce(t *testing.T) {
	for _, threads := range []int{1, 2, 4, 9} {
		p := NewPool(threads)
		defer p.Close()
		for chunks := range 40 {
			seen := make([]atomic.Int32, chunks)
			p.Run(chunks, func(i int) { seen[i].Add(1) })
			for i := range seen {
				if n := seen[i].Load(); n != 1 {
					t.Fatalf("%d threads: chunk %d of %d ran %d times", threads, i, chunks, n)
				}
			}
		}
	}
}

func TestPoolIsShareableAndNestable(t *testing.T) {
	p := NewPool(4)
	defer p.Close()
	var total atomic.Int64
	var callers sync.WaitGroup
	for range 64 {
		callers.Go(func() {
			for range 20 {
				p.Run(5, func(int) { p.Run(3, func(int) { total.Add(1) }) })
			}
		})
	}
	callers.Wait()
	if got, want := total.Load(), int64(64*20*5*3); got != want {
		t.Fatalf("%d chunks ran, want %d", got, want)
	}
}

func TestPoolPassesPanicsOn(t *testing.T) {
	p := NewPool(3)
	defer p.Close()
	for round := range 50 {
		func() {
			defer func() {
				if v := recover(); v != "chunk" {
					t.Fatalf("round %d: recovered %v", round, v)
				}
			}()
			p.Run(20, func(i int) {
				if i == round%20 {
					panic("chunk")
				}
			})
		}()
		var n atomic.Int32
		p.Run(20, func(int) { n.Add(1) })
		if n.Load() != 20 {
			t.Fatalf("after a panic %d of 20 chunks ran", n.Load())
		}
	}
}

func TestPoolWorksWhenClosed(t *testing.T) {
	p := NewPool(4)
	p.Close()
	n := 0
	p.Run(10, func(int) { n++ }) // unsynchronised: all in this goroutine
	if n != 10 {
		t.Fatalf("%d chunks ran", n)
	}
}

func TestPoolRunAllocatesNothing(t *testing.T) {
	p := NewPool(2)
	defer p.Close()
	x := make([]float64, 1<<12)
	f := func(i int) { x[i]++ }
	expectNoAllocs(t, 200, func() { p.Run(len(x), f) })
}

func TestPoolOnOneProcessor(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	p := NewPool(4)
	defer p.Close()
	var n atomic.Int32
	for range 100 {
		p.Run(8, func(int) { n.Add(1) })
	}
	if n.Load() != 800 {
		t.Fatalf("%d chunks ran", n.Load())
	}
}

func TestSplitCoversEverythingOnce(t *testing.T) {
	for n := range 70 {
		for chunks := 1; chunks < 20; chunks++ {
			next := 0
			for c := range chunks {
				lo, hi := Split(n, chunks, c)
				if lo != next || hi < lo || hi-lo > n/chunks+1 {
					t.Fatalf("Split(%d,%d,%d) = %d,%d", n, chunks, c, lo, hi)
				}
				next = hi
			}
			if next != n {
				t.Fatalf("Split(%d,%d) ends at %d", n, chunks, next)
			}
		}
	}
}

func TestChunksIsBounded(t *testing.T) {
	for _, c := range []struct{ n, cost, want int }{
		{0, 10, 1}, {1, 1 << 30, 1}, {10, 10, 1}, {4, 1 << 20, 4},
		{1 << 20, 100, 64}, {2, math.MaxInt, 2}, {1 << 16, 1, 2},
	} {
		if got := Chunks(c.n, c.cost); got != c.want {
			t.Errorf("Chunks(%d, %d) = %d, want %d", c.n, c.cost, got, c.want)
		}
	}
}

// expectNoAllocs fails if f allocates: alone, and on two processors, where
// testing.AllocsPerRun does not look.
func expectNoAllocs(t *testing.T, runs int, f func()) {
	t.Helper()
	f()
	if n := testing.AllocsPerRun(10, f); n != 0 {
		t.Errorf("%v allocations on one processor", n)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	f()
	least := uint64(1 << 62) // others in this process may allocate now and then
	for range 5 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range runs {
			f()
		}
		runtime.ReadMemStats(&after)
		least = min(least, after.Mallocs-before.Mallocs)
	}
	if least > 0 {
		t.Errorf("%d allocations in %d runs on two processors", least, runs)
	}
}

// mallocs counts what f allocates on two processors, anybody else included.
func mallocs(f func()) uint64 {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.Mallocs - before.Mallocs
}

func canRunProcesses() bool { return runtime.GOARCH != "wasm" }
