package runtime

import (
	"runtime"
	"sync"
)

// shared is the pool of the models that were given none, and their number.
var shared struct {
	mu     sync.Mutex
	pool   *Pool
	models int
}

// PoolFor returns the pool that a new model works on: the given one, which is
// for its owner to close, or else one that all models share that were given
// none. That one is closed when the last of them is collected.
func PoolFor[M any](model *M, given *Pool) *Pool {
	if given != nil {
		return given
	}
	shared.mu.Lock()
	defer shared.mu.Unlock()
	if shared.models == 0 {
		shared.pool = NewPool(0)
	}
	shared.models++
	runtime.AddCleanup(model, leaveShared, struct{}{})
	return shared.pool
}

func leaveShared(struct{}) {
	shared.mu.Lock()
	defer shared.mu.Unlock()
	shared.models--
	if shared.models == 0 {
		shared.pool.Close()
		shared.pool = nil
	}
}
