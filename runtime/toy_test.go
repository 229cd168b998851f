package runtime

import "math"

// toy is what a generated training workspace looks like: linear regression
// with momentum. y = x @ W + b, mean squared error.
type toy[T Float] struct {
	program Program[T]
	bad     NotFiniteError

	lr, momentum float64

	W, b   []T // [2, 1], [1]
	vW, vb []T // momentum
	gW, gb []T // sums over rows
	rows   int // that the sums are of
	pred   []T // [B, 1]
	loss   [1]T
}

const toyBound = 8

func newToy[T Float](seed uint64) *toy[T] {
	m := &toy[T]{
		lr: 0.05, momentum: 0.9,
		W: make([]T, 2), b: make([]T, 1), vW: make([]T, 2), vb: make([]T, 1),
		gW: make([]T, 2), gb: make([]T, 1), pred: make([]T, toyBound),
	}
	FillNormal(Draw{Seed: seed, Path: PathHash("Line.W")}, m.W, 0)
	m.program = Program[T]{
		Name: "Fit", Structure: "toy-1", Kernels: "go", MaxRows: toyBound,
		Ports:  []Port{{Name: "x", Shape: []int{2}}, {Name: "y", Shape: []int{1}}, {Name: "group", Int: true, Limit: 3}},
		Values: []Value{{Name: "loss", Better: Lower}, {Name: "bias"}},
		Tensors: []Tensor[T]{
			{Name: "line.W", Shape: []int{2, 1}, Data: m.W}, {Name: "line.b", Shape: []int{1}, Data: m.b},
			{Name: "line.W.v", Shape: []int{2, 1}, Role: Optimizer, Data: m.vW}, {Name: "line.b.v", Shape: []int{1}, Role: Optimizer, Data: m.vb},
		},
		Settings:  []Setting{{Path: "lr", Value: &m.lr}, {Path: "momentum", Value: &m.momentum, In: &Interval{Hi: 1, Below: true}}},
		BatchRows: 4,
		Counters:  Counters{Seed: seed},
		Results:   make([]float64, 2),
	}
	return m
}

func (m *toy[T]) Program() *Program[T] { return &m.program }

func (m *toy[T]) forward(b *Batch[T]) {
	x, y := b.Floats[0], b.Floats[1]
	var loss, bias T
	for i := range b.Rows {
		m.pred[i] = T(x[2*i]*m.W[0]) + T(x[2*i+1]*m.W[1]) + m.b[0]
		d := m.pred[i] - y[i]
		loss += T(d * d)
		bias += d
	}
	m.loss[0] = loss / T(b.Rows)
	m.program.Results[0], m.program.Results[1] = float64(m.loss[0]), float64(bias/T(b.Rows))
}

func (m *toy[T]) Evaluate(b *Batch[T]) error {
	m.forward(b)
	return nil
}

func (m *toy[T]) Backward(b *Batch[T]) error {
	m.forward(b)
	m.bad.Step = m.program.Step + 1
	if err := CheckFinite(&m.bad, "loss", "toy.gt:9", m.loss[:]); err != nil {
		return err
	}
	x, y := b.Floats[0], b.Floats[1]
	for i := range b.Rows {
		// Noise keyed by the row's place in the whole batch, as dropout is.
		keep := T(Draw{Seed: m.program.Seed, Step: uint32(m.program.Step)}.Uniform(b.First + i))
		d := 2 * (m.pred[i] - y[i]) * keep
		m.gW[0] += T(d * x[2*i])
		m.gW[1] += T(d * x[2*i+1])
		m.gb[0] += d
	}
	m.rows += b.Rows
	return nil
}

func (m *toy[T]) Apply() error {
	n := T(m.rows)
	for i := range m.gW {
		m.gW[i] /= n
	}
	m.gb[0] /= n
	m.rows = 0
	m.program.LR = m.lr
	m.program.GradNorm = math.Sqrt(float64(SumSquares(m.gW) + SumSquares(m.gb)))
	if err := CheckFinite(&m.bad, "gradient of line.W", "toy.gt:9", m.gW); err != nil {
		return err
	}
	lr, momentum := T(m.lr), T(m.momentum)
	update := func(w, v, g []T) {
		for i := range w {
			v[i] = T(momentum*v[i]) + g[i]
			w[i] -= T(lr * v[i])
			g[i] = 0
		}
	}
	update(m.W, m.vW, m.gW)
	update(m.b, m.vb, m.gb)
	m.program.Step++
	return nil
}

func (m *toy[T]) Step(b *Batch[T]) error {
	if err := m.Backward(b); err != nil {
		return err
	}
	return m.Apply()
}

func (m *toy[T]) Discard() {
	clear(m.gW)
	clear(m.gb)
	m.rows = 0
}

// toyData is n rows of y = 2 x0 - x1 + 0.5 and a little noise.
func toyData[T Float](n int) *Table[T] {
	t := &Table[T]{Rows: n, Floats: [][]T{make([]T, 2*n), make([]T, n), nil}, Ints: [][]int32{nil, nil, make([]int32, n)}}
	FillNormal(Draw{Seed: 9}, t.Floats[0], 0)
	FillNormal(Draw{Seed: 9, Path: 1}, t.Floats[1], 0)
	for i := range n {
		y := &t.Floats[1][i]
		*y = *y/100 + 2*t.Floats[0][2*i] - t.Floats[0][2*i+1] + 0.5
		t.Ints[2][i] = int32(i % 3)
	}
	return t
}
