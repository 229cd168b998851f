// Package rttest holds what tests of generated packages have in common:
// gradients against finite differences, allocations, the same bits at any
// number of threads, many sessions at once, saving and loading, runs that are
// killed and resumed. In come the package's functions, out come failures of a
// testing.TB. Batches are made up from the ports of a training program.
package rttest

import (
	"math"
	"testing"

	rt "github.com/gtc-lang/gtc/runtime"
)

// Batch makes up rows for a training program: normal numbers, and integers
// within their limits (0 and 1 where there is none).
func Batch[T rt.Float](ports []rt.Port, rows int, seed uint64) *rt.Batch[T] {
	b := rt.NewBatch[T](ports, rows)
	b.Rows = rows
	for i, p := range ports {
		draw := rt.Draw{Seed: seed, Path: uint32(i)}
		if !p.Int {
			rt.FillNormal(draw, b.Floats[i], 0)
			continue
		}
		limit := p.Limit
		if limit == 0 {
			limit = 2
		}
		for j := range b.Ints[i] {
			b.Ints[i][j] = int32(draw.Uniform(j) * float64(limit))
		}
	}
	return b
}

// Table makes up a source of rows in the same way.
func Table[T rt.Float](ports []rt.Port, rows int, seed uint64) *rt.Table[T] {
	b := Batch[T](ports, rows, seed)
	return &rt.Table[T]{Rows: rows, Floats: b.Floats, Ints: b.Ints}
}

// longRun is a number of updates for the schedules of steps that no run makes.
const longRun = 1 << 20

// ready is the program of a job whose schedule knows the total.
func ready[T rt.Float](job rt.Job[T]) *rt.Program[T] {
	p := job.Program()
	if p.Total == 0 {
		p.Total = longRun
	}
	return p
}

// rowsFor is a number of rows that fits the program and is no round number.
func rowsFor[T rt.Float](p *rt.Program[T], rows int) int { return max(1, min(rows, p.MaxRows)) }

// bits is everything that persists of a job, bit for bit.
func bits[T rt.Float](tensors []rt.Tensor[T]) []uint64 {
	var list []uint64
	for _, t := range tensors {
		for _, x := range t.Data {
			list = append(list, math.Float64bits(float64(x)))
		}
	}
	return list
}

// sameBits fails when two lists of tensors differ in a bit; what names them.
func sameBits[T rt.Float](t testing.TB, what string, got, want []rt.Tensor[T]) {
	t.Helper()
	for i := range want {
		a, b := bits(got[i:i+1]), bits(want[i:i+1])
		for k := range b {
			if a[k] != b[k] {
				t.Fatalf("%s: %s[%d] is %v, not %v", what, want[i].Name, k, got[i].Data[k], want[i].Data[k])
			}
		}
	}
}

func copies[T rt.Float](tensors []rt.Tensor[T]) []rt.Tensor[T] {
	list := append([]rt.Tensor[T]{}, tensors...)
	for i := range list {
		list[i].Data = append([]T{}, list[i].Data...)
	}
	return list
}
