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
// their chunks themselves.
//
// The chunks are dealt out in contiguous ranges, one for each thread, and the
// same ranges each time, so that a thread finds in its caches what it left
// there in the step before; who is done early takes chunks from the others'
// far ends. Which goroutine does which chunk is open all the same; what a
// chunk computes must depend on its number alone.
type Pool struct {
	mu      sync.Mutex // held by the caller the pool works for
	workers []*worker
	ranges  []span // what is left of each thread's chunks; 0 is the caller's
	closed  bool

	// The job in hand: written by the holder of mu while open is false and
	// active is 0, read by workers that have seen open.
	task   Task
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
const spinFor = 150 * time.Microsecond

// NewPool makes a pool of the given number of threads, the caller's own
// included; 0 means GOMAXPROCS. On js/wasm and wasip1 there is one thread.
func NewPool(threads int) *Pool {
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	if runtime.GOARCH == "wasm" {
		threads = 1
	}
	p := &Pool{ranges: make([]span, threads)}
	for id := 1; id < threads; id++ {
		p.workers = append(p.workers, &worker{id: id, wake: make(chan struct{}, 1)})
	}
	p.start()
	return p
}

// start lets the workers begin.
func (p *Pool) start() {
	for _, w := range p.workers {
		go p.serve(w)
	}
}

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
func (p *Pool) Run(chunks int, f func(chunk int)) {
	if chunks == 1 {
		f(0)
		return
	}
	p.RunTask(chunks, chunkFunc(f))
}

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
	p.task = t
	for i := range p.ranges {
		p.ranges[i].set(Split(chunks, len(p.ranges), i))
	}
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
	for _, w := range p.workers[:min(n, len(p.workers))] {
		if w.parked.CompareAndSwap(true, false) {
			w.wake <- struct{}{}
		}
	}
}

// work does chunks until there are none, first those of the thread's own
// range, and reports whether it did any. After a panic nobody begins more.
func (p *Pool) work(id int) (some bool) {
	defer func() {
		if v := recover(); v != nil {
			for i := range p.ranges {
				p.ranges[i].set(0, 0)
			}
			p.failed.CompareAndSwap(nil, &failure{v})
		}
	}()
	for {
		i, ok := p.ranges[id].first()
		if !ok {
			break
		}
		some = true
		p.task.Chunk(id, i)
	}
	for other := id + 1; other < id+len(p.ranges); other++ {
		for {
			i, ok := p.ranges[other%len(p.ranges)].last()
			if !ok {
				break
			}
			some = true
			p.task.Chunk(id, i)
		}
	}
	return some
}

// awaitWorkers returns when no worker is inside the closed job.
func (p *Pool) awaitWorkers() {
	for spins := 1; p.active.Load() != 0; spins++ {
		spinPause()
		if spins%64 == 0 {
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
		if !p.awaitJob() {
			p.park(w)
		}
		p.active.Add(1)
		idle := !p.open.Load() || !p.work(w.id)
		p.active.Add(-1)
		if idle {
			runtime.Gosched()
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
		spinPause()
		if spins%32 == 0 {
			if time.Since(start) > spinFor {
				return false
			}
			runtime.Gosched()
		}
	}
}

// park sleeps until wake picks this worker, unless there is work by now, or no
// more to come.
func (p *Pool) park(w *worker) {
	w.parked.Store(true)
	if (p.open.Load() || p.quit.Load()) && w.parked.CompareAndSwap(true, false) {
		return
	}
	<-w.wake
}
