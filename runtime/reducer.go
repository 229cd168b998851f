package runtime

// Reducer reduces long rows on a pool, bit for bit as Sum, Dot and SumSquares
// do alone: the runs are shared out, the tree stays. It belongs to one
// workspace and is used by one goroutine at a time. Its methods allocate
// nothing.
type Reducer[T Float] struct {
	pool *Pool
	x, y []T
	runs []T // one result for each run of the row in hand
	task func(chunk int)
}

// NewReducer makes a reducer for rows of at most maxLen elements.
func NewReducer[T Float](pool *Pool, maxLen int) *Reducer[T] {
	r := &Reducer[T]{pool: pool, runs: make([]T, (maxLen+ReduceRun-1)/ReduceRun)}
	r.task = r.run
	return r
}

// Sum returns the sum of x.
func (r *Reducer[T]) Sum(x []T) T { return r.reduce(x, nil) }

// Dot returns the sum of x[i]*y[i].
func (r *Reducer[T]) Dot(x, y []T) T { return r.reduce(x, y[:len(x)]) }

// SumSquares returns the sum of x[i]*x[i].
func (r *Reducer[T]) SumSquares(x []T) T { return r.reduce(x, x) }

func (r *Reducer[T]) reduce(x, y []T) T {
	n := (len(x) + ReduceRun - 1) / ReduceRun
	r.x, r.y = x, y
	if n == 0 {
		return 0
	}
	r.pool.Run(n, r.task)
	r.x, r.y = nil, nil
	if n == 1 {
		return r.runs[0]
	}
	var l [lanes]T
	for i, v := range r.runs[:n] {
		l[i%lanes] += v
	}
	return fold(&l)
}

// run reduces run number i.
func (r *Reducer[T]) run(i int) {
	lo, hi := i*ReduceRun, min((i+1)*ReduceRun, len(r.x))
	if r.y == nil {
		r.runs[i] = sumRun(r.x[lo:hi])
		return
	}
	r.runs[i] = dotRun(r.x[lo:hi], r.y[lo:hi])
}
