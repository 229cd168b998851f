package runtime

import (
	"fmt"
	"math"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
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
		if got := VectorChunks(c.n, min(c.cost, math.MaxInt/8)*8); got != c.want {
			t.Errorf("VectorChunks(%d, 8*%d) = %d, want %d", c.n, c.cost, got, c.want)
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

// testPool is one for all tests that do not look at threads.
var testPool = sync.OnceValue(func() *Pool { return NewPool(0) })

// A thread begins with the same range each time, and nobody waits for one that
// is late: others take what it has not begun.
func TestPoolDealsOutTheSameRanges(t *testing.T) {
	const threads, chunks = 3, 31
	p := NewPool(threads)
	defer p.Close()
	for range 50 {
		var meet sync.WaitGroup
		meet.Add(threads)
		var by [chunks]int
		var first [threads]atomic.Int64
		for i := range first {
			first[i].Store(-1)
		}
		p.RunTask(chunks, taskFunc(func(worker, chunk int) {
			by[chunk] = worker
			if first[worker].CompareAndSwap(-1, int64(chunk)) {
				meet.Done()
				meet.Wait() // all threads are there
			}
		}))
		for w := range threads {
			if lo, _ := Split(chunks, threads, w); first[w].Load() != int64(lo) {
				t.Fatalf("thread %d began with chunk %d, want %d", w, first[w].Load(), lo)
			}
		}
	}
}

func TestPoolTakesOverFromLateThreads(t *testing.T) {
	p := NewPool(4)
	defer p.Close()
	var done atomic.Int32
	release := make(chan struct{})
	p.RunTask(40, taskFunc(func(worker, chunk int) {
		if worker != 0 {
			<-release // held up in its first chunk
		}
		if done.Add(1) == 40-3 {
			close(release) // the caller has done all that nobody had begun
		}
	}))
	if done.Load() != 40 {
		t.Fatalf("%d of 40 chunks ran", done.Load())
	}
}

type taskFunc func(worker, chunk int)

func (f taskFunc) Chunk(worker, chunk int) { f(worker, chunk) }

// Models that were given no pool share one, which ends with the last of them.
func TestPoolForModels(t *testing.T) {
	type model struct{ pool *Pool }
	given := NewPool(1)
	defer given.Close()
	m := &model{}
	if PoolFor(m, given) != given {
		t.Fatal("another pool than the given one")
	}
	first, second := &model{}, &model{}
	first.pool, second.pool = PoolFor(first, nil), PoolFor(second, nil)
	if first.pool != second.pool {
		t.Fatal("two models have two pools")
	}
	pool := first.pool
	runtime.KeepAlive(first)
	first = nil
	collectModels()
	if pool.quit.Load() {
		t.Fatal("the pool ended before its last model")
	}
	runtime.KeepAlive(second)
	second = nil
	for range 200 {
		if collectModels(); pool.quit.Load() {
			return
		}
	}
	t.Fatal("the pool outlived its models")
}

// collectModels lets the garbage collector and the cleanups run.
func collectModels() {
	runtime.GC()
	time.Sleep(5 * time.Millisecond)
}

// BenchmarkPool is what it costs to share out nothing at all.
func BenchmarkPool(b *testing.B) {
	for _, chunks := range []int{1, 2, 16} {
		b.Run(fmt.Sprint(chunks), func(b *testing.B) {
			p := NewPool(0)
			defer p.Close()
			f := func(int) {}
			for b.Loop() {
				p.Run(chunks, f)
			}
		})
	}
}
