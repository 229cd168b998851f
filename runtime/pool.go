package runtime

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// Pool is a set of goroutines that share out the chunks of one call at a
// time. It is made once and may be used by any number of goroutines: while
// it works for one of them, the others (and a call from inside a chunk) do
// their chunks themselves. Which goroutine does which chunk is open; what a
// chunk computes must depend on its number alone.
type Pool struct {
	mu      sync.Mutex // held by the caller the pool works for
	workers []*worker
	closed  bool

	// The job in hand: written by the holder of mu while open is false and
	// active is 0, read by workers that have seen open.
	task   Task
	chunks int64
	next   atomic.Int64 // the next chunk to claim
	open   atomic.Bool  // workers may join
	active atomic.Int64 // workers that have joined or are about to look
	failed atomic.Pointer[failure]

	quit    atomic.Bool
	packing [2]packing // scratch of the workers' products: float32, float64
}

// Task is work in numbered chunks. The worker's number (0 for the calling
// goroutine, from 1 for the pool's) tells chunks that may run at the same
// time apart, for scratch memory.
type Task interface{ Chunk(worker, chunk int) }

// chunkFunc is a Task that does not care who runs it.
type chunkFunc func(chunk int)

func (f chunkFunc) Chunk(_, chunk int) { f(chunk) }

type worker struct {
	id     int
	parked atomic.Bool
	wake   chan struct{}
}

// failure is a panic on its way from a chunk to the caller.
type failure struct{ value any }

// spinFor is how long an idle worker looks for new work before it sleeps:
// a step's next parallel part usually starts sooner, and waking a sleeper
// costs about as much.
const spinFor = 100 * time.Microsecond

// NewPool makes a pool of the given number of threads, the caller's own
// included; 0 means GOMAXPROCS. On js/wasm and wasip1 there is one thread.
func NewPool(threads int) *Pool {
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	if runtime.GOARCH == "wasm" {
		threads = 1
	}
	p := &Pool{}
	for id := 1; id < threads; id++ {
		w := &worker{id: id, wake: make(chan struct{}, 1)}
		p.workers = append(p.workers, w)
		go p.serve(w)
	}
	return p
}

// SharedPool is the process's own pool, made at the first call and never closed.
var SharedPool = sync.OnceValue(func() *Pool { return NewPool(0) })

// Threads returns how many goroutines can work at once, the caller included.
func (p *Pool) Threads() int { return len(p.workers) + 1 }

// Close lets the workers end. The pool stays usable: callers then do all
// chunks themselves.
func (p *Pool) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	p.quit.Store(true)
	p.wake(len(p.workers))
}

// Run calls f(0) … f(chunks-1), each once, some at the same time, and returns
// when all have returned. A panic in a chunk is raised again in the caller
// after the chunks that had begun have ended. Run allocates nothing; to keep
// it so, bind f once (a method value makes a closure each time it is written).
func (p *Pool) Run(chunks int, f func(chunk int)) { p.RunTask(chunks, chunkFunc(f)) }

// RunTask is Run for a Task.
func (p *Pool) RunTask(chunks int, t Task) {
	if chunks <= 1 || len(p.workers) == 0 || !p.mu.TryLock() {
		runInline(chunks, t)
		return
	}
	if p.closed {
		p.mu.Unlock()
		runInline(chunks, t)
		return
	}
	p.task, p.chunks = t, int64(chunks)
	p.next.Store(0)
	p.open.Store(true)
	p.wake(chunks - 1)
	p.work(0)
	p.open.Store(false)
	p.awaitWorkers()
	p.task = nil
	fail := p.failed.Swap(nil)
	p.mu.Unlock()
	if fail != nil {
		panic(fail.value)
	}
}

func runInline(chunks int, t Task) {
	for i := range chunks {
		t.Chunk(0, i)
	}
}

// wake wakes up to n sleeping workers; those that spin see open themselves.
func (p *Pool) wake(n int) {
	for _, w := range p.workers {
		if n <= 0 {
			return
		}
		if w.parked.CompareAndSwap(true, false) {
			w.wake <- struct{}{}
		}
		n--
	}
}

// work claims chunks until there are none, and reports whether it did any.
// After a panic nobody claims more.
func (p *Pool) work(id int) (some bool) {
	defer func() {
		if v := recover(); v != nil {
			p.next.Store(p.chunks)
			p.failed.CompareAndSwap(nil, &failure{v})
		}
	}()
	for {
		i := p.next.Add(1) - 1
		if i >= p.chunks {
			return some
		}
		some = true
		p.task.Chunk(id, int(i))
	}
}

// awaitWorkers returns when no worker is inside the closed job.
func (p *Pool) awaitWorkers() {
	for spins := 0; p.active.Load() != 0; spins++ {
		if spins > 200 {
			runtime.Gosched()
		}
	}
}

// serve is a worker's life: join, spin, sleep.
//
// A worker counts itself in before it looks at open, and the caller closes
// the job before it looks at the count, so that one of them sees the other:
// either the caller waits for the worker, or the worker finds the job closed.
func (p *Pool) serve(w *worker) {
	for !p.quit.Load() {
		if p.awaitJob() || p.park(w) {
			p.active.Add(1)
			idle := !p.open.Load() || !p.work(w.id)
			p.active.Add(-1)
			if idle {
				runtime.Gosched()
			}
		}
	}
}

// awaitJob spins until a job is open (true) or spinFor has passed (false).
// It is a hint: serve looks again once it is counted in.
func (p *Pool) awaitJob() bool {
	start := time.Now()
	for spins := 1; ; spins++ {
		if p.open.Load() {
			return true
		}
		if spins%64 == 0 {
			if time.Since(start) > spinFor {
				return false
			}
			runtime.Gosched()
		}
	}
}

// park sleeps until wake picks this worker. It reports whether there may be work.
func (p *Pool) park(w *worker) bool {
	w.parked.Store(true)
	if (p.open.Load() || p.quit.Load()) && w.parked.CompareAndSwap(true, false) {
		return true
	}
	<-w.wake
	return true
}
