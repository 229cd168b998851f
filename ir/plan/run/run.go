// Package run executes plans in float64, step by step over real arenas, as
// generated code does: in come a planned function and an environment, out come
// its results, and the variables in their next version. Memory that holds
// nothing is poisoned with NaN, chunks run in an order of their own, and every
// access is checked, so that a plan that is wrong fails. Tests compare it with
// ir/eval.
package run

import (
	"fmt"
	"math"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/plan"
)

// Env is what a function runs on.
type Env struct {
	Sizes    dsl.Sizes
	Inputs   map[string]dsl.Tensor
	Vars     map[*ir.Var]dsl.Tensor // changed in place
	Settings map[string]float64     // by path; the default when missing
	Seed     uint64
	Chunks   int // into how many chunks loops are split, at most; they run last to first
}

// machine is a function's memory while it runs.
type machine struct {
	*Env
	f       *plan.Func
	arena   [3][]float64 // by kind of element
	scalars map[*plan.Buffer]float64
	outputs map[*plan.Buffer][]float64
}

// Run executes a function and returns its results by name. An error leaves the
// variables as they were if the check of finite values found it.
func Run(f *plan.Func, env *Env) (out map[string]dsl.Tensor, err error) {
	m := &machine{Env: env, f: f, scalars: map[*plan.Buffer]float64{}, outputs: map[*plan.Buffer][]float64{}}
	for t, n := range []int{f.Arena.Floats, f.Arena.Ints, f.Arena.Bools} {
		m.arena[t] = poisoned(n)
	}
	for _, b := range f.Buffers {
		switch b.Storage {
		case plan.InOutput:
			m.outputs[b] = poisoned(m.size(b.Shape))
		case plan.InVar:
			if _, ok := env.Vars[b.Var]; !ok {
				env.Vars[b.Var] = dsl.Tensor{Shape: m.shape(b.Shape), Data: poisoned(m.size(b.Shape))}
			}
		}
	}
	if err := m.steps(f.Steps); err != nil {
		return nil, err
	}
	out = map[string]dsl.Tensor{}
	for i, r := range f.IR.Results {
		b := f.Results[i]
		data := append([]float64(nil), m.memory(b)...)
		out[r.Name] = dsl.Tensor{Shape: m.shape(r.Value.Shape), Data: data}
	}
	return out, nil
}

func poisoned(n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = math.NaN()
	}
	return x
}

func (m *machine) shape(dims []dsl.Dim) []int {
	s := make([]int, len(dims))
	for k, d := range dims {
		s[k] = d.At(m.Sizes)
	}
	return s
}

func (m *machine) size(dims []dsl.Dim) int {
	n := 1
	for _, d := range dims {
		n *= d.At(m.Sizes)
	}
	return n
}

// memory is the elements of a buffer; writing to them writes to the buffer,
// except for scalars.
func (m *machine) memory(b *plan.Buffer) []float64 {
	n := m.size(b.Shape)
	switch b.Storage {
	case plan.InArena:
		if n > b.Bound {
			panic(fmt.Sprintf("%s has %d elements, planned for %d", b.Name, n, b.Bound))
		}
		return m.arena[b.DType][b.Offset : b.Offset+n]
	case plan.InInput:
		return m.Inputs[b.Value.Attr.(*ir.Leaf).Name].Data[:n]
	case plan.InOutput:
		return m.outputs[b]
	case plan.InVar:
		return m.Vars[b.Var].Data[:n]
	case plan.InRow:
		from := int(m.scalars[b.Iter])*b.Stride.At(m.Sizes) + b.Base.At(m.Sizes)
		return m.memory(b.Of)[from : from+n]
	case plan.InSetting:
		if x, ok := m.Settings[b.Setting.Path]; ok {
			return []float64{x}
		}
		return []float64{b.Setting.Default}
	}
	if x, ok := m.scalars[b]; ok {
		return []float64{x}
	}
	return poisoned(1)
}

func (m *machine) set(b *plan.Buffer, at int, x float64) {
	if b.Storage == plan.InScalar {
		m.scalars[b] = x
		return
	}
	m.memory(b)[at] = x
}

func (m *machine) steps(list []*plan.Step) error {
	for _, s := range list {
		var err error
		switch k := s.Kernel.(type) {
		case *plan.Loop:
			m.loop(k)
		case *plan.Gemm:
			m.gemm(k)
		case *plan.Check:
			err = m.check(k)
		case *plan.Repeat:
			err = m.repeat(k)
		}
		if err != nil {
			return err
		}
		m.bury(s.End)
	}
	return nil
}

// bury poisons what is not needed after a step.
func (m *machine) bury(pos int) {
	heirs := map[*plan.Buffer]bool{}
	for _, b := range m.f.Buffers {
		if b.Reuses != nil {
			heirs[b.Reuses] = true
		}
	}
	for _, b := range m.f.Buffers {
		if b.Storage == plan.InArena && b.Last == pos && b.First >= 0 && !heirs[b] {
			copy(m.arena[b.DType][b.Offset:b.Offset+b.Bound], poisoned(b.Bound))
		}
	}
}

func (m *machine) repeat(r *plan.Repeat) error {
	trip := r.Trip.At(m.Sizes)
	for n := 0; n < trip; n++ {
		i := n
		if r.Reverse {
			i = trip - 1 - n
		}
		m.scalars[r.Index] = float64(i)
		if err := m.steps(r.Steps); err != nil {
			return err
		}
	}
	return nil
}

func (m *machine) check(c *plan.Check) error {
	for _, b := range c.Values {
		for i, x := range m.memory(b) {
			if math.IsNaN(x) || math.IsInf(x, 0) {
				return fmt.Errorf("%s is %v at element %d: nothing was updated", b.Name, x, i)
			}
		}
	}
	return nil
}

func (m *machine) gemm(k *plan.Gemm) {
	batch := make([]int, len(k.Batch))
	for i, x := range k.Batch {
		batch[i] = x.Size.At(m.Sizes)
	}
	a, right, out := m.memory(k.A.Buffer), m.right(k), m.memory(k.Out.Buffer)
	M, N, K := k.M.At(m.Sizes), k.N.At(m.Sizes), k.K.At(m.Sizes)
	m.checkRows(k.A, M, K)
	m.checkRows(k.B, K, N)
	m.checkRows(k.Out, M, N)
	each(batch, func(index []int) {
		var fromA, fromB, fromOut int
		for i, x := range k.Batch {
			fromA, fromB, fromOut = fromA+index[i]*x.A.At(m.Sizes), fromB+index[i]*x.B.At(m.Sizes), fromOut+index[i]*x.Out.At(m.Sizes)
		}
		for i := 0; i < M; i++ {
			for j := 0; j < N; j++ {
				s := 0.0
				for l := 0; l < K; l++ {
					s += a[fromA+m.element(k.A, i, l)] * right(fromB, l, j)
				}
				out[fromOut+m.element(k.Out, i, j)] = s
			}
		}
	})
	if k.Epilogue != nil {
		m.loop(k.Epilogue)
	}
}

// right is how a product reads its right operand: the product's packed copy,
// which is of the same version of the parameter, if it has one.
func (m *machine) right(k *plan.Gemm) func(from, l, j int) float64 {
	p := k.Pack
	if p == nil {
		b := m.memory(k.B.Buffer)
		return func(from, l, j int) float64 { return b[from+m.element(k.B, l, j)] }
	}
	number := 0
	if k.B.Buffer.Storage == plan.InRow {
		number = int(m.scalars[k.B.Buffer.Iter])
	}
	if number >= p.Count {
		panic(fmt.Sprintf("matrix %d of %d packed ones", number, p.Count))
	}
	data := m.Vars[p.Var].Data
	return func(_, l, j int) float64 {
		if p.Trans {
			l, j = j, l
		}
		return data[p.Base+number*p.Stride+l*p.Ld+j]
	}
}

// checkRows panics when the rows of a matrix run into each other.
func (m *machine) checkRows(x plan.Matrix, rows, cols int) {
	if x.Trans {
		rows, cols = cols, rows
	}
	if ld := x.Ld.At(m.Sizes); rows > 0 && ld < cols {
		panic(fmt.Sprintf("rows of %d elements of %s lie %d apart", cols, x.Buffer.Name, ld))
	}
}

func (m *machine) element(x plan.Matrix, i, j int) int {
	if x.Trans {
		i, j = j, i
	}
	return x.Base.At(m.Sizes) + i*x.Ld.At(m.Sizes) + j
}

// each calls f for every index of a space in row-major order.
func each(shape []int, f func(index []int)) {
	total := 1
	for _, n := range shape {
		total *= n
	}
	index := make([]int, len(shape))
	for ; total > 0; total-- {
		f(index)
		for k := len(shape) - 1; k >= 0; k-- {
			if index[k]++; index[k] < shape[k] {
				break
			}
			index[k] = 0
		}
	}
}
