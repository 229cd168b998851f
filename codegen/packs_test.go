package codegen_test

import (
	"bytes"
	"fmt"
	"runtime"
	"slices"
	"testing"

	"github.com/gtc-lang/gtc/codegen"
	"github.com/gtc-lang/gtc/codegen/vector"
	"github.com/gtc-lang/gtc/ir/plan"
	rt "github.com/gtc-lang/gtc/runtime"
)

// TestPackedLength holds the plan's sizes of packed copies to the runtime's.
func TestPackedLength(t *testing.T) {
	for k := 1; k < 70; k += 3 {
		for n := 1; n < 140; n++ {
			p := plan.Pack{K: k, N: n, Count: 3}
			if got, want := p.Elements(4), 3*rt.PackedLen[float32](k, n); got != want {
				t.Errorf("float32 [%d, %d]: %d elements, %d in the runtime", k, n, got, want)
			}
			if got, want := p.Elements(8), 3*rt.PackedLen[float64](k, n); got != want {
				t.Errorf("float64 [%d, %d]: %d elements, %d in the runtime", k, n, got, want)
			}
		}
	}
}

// TestProductScratch holds the plan's size of what a thread needs for products to
// what the runtime allocates.
func TestProductScratch(t *testing.T) {
	pool := rt.NewPool(1)
	defer pool.Close()
	single, double := rt.NewProducts[float32](pool), rt.NewProducts[float64](pool)
	slab := 0
	if rt.Kernels() == "avx2" {
		slab = plan.SlabBytes
	}
	for _, one := range []struct {
		what string
		make func()
		want int
	}{
		{"float32", func() { rt.NewProducts[float32](pool) }, plan.ProductScratch(4)},
		{"float64", func() { rt.NewProducts[float64](pool) }, plan.ProductScratch(8)},
		{"nothing for 792 rows", func() { single.Reserve(792, 257, 256) }, 0},
		{"nothing for a small matrix", func() { single.Reserve(793, 256, 256) }, 0},
		{"float32 of 793 rows", func() { single.Reserve(793, 257, 256) }, slab},
		{"float64 of 793 rows", func() { double.Reserve(793, 257, 256) }, slab},
		{"nothing for another one", func() { single.Reserve(2000, 2000, 2000) }, 0},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		one.make()
		runtime.ReadMemStats(&after)
		const page = 8 << 10 // which it is filled up to
		if got := int(after.TotalAlloc - before.TotalAlloc); got < one.want || got > one.want+2*page {
			t.Errorf("%s: %d allocated, %d planned", one.what, got, one.want)
		}
	}
}

// TestLarge: workspaces of programs with large products, in loops too, make the
// memory that these share, and count it.
func TestLarge(t *testing.T) {
	memory := map[int]int{}
	for rows, want := range map[int]bool{792: false, 793: true} {
		c := compilation{}
		pl, err := c.planned("p.gt", fmt.Sprintf(largeProgram, rows))
		if err != nil {
			t.Fatal(err)
		}
		files, err := codegen.Generate(pl, c.options())
		if err != nil {
			t.Fatal(err)
		}
		reserves := slices.ContainsFunc(files, func(f codegen.File) bool {
			return bytes.Contains(f.Text, fmt.Appendf(nil, "w.products.Reserve(%d, ", rows))
		})
		if reserves != want {
			t.Errorf("%d rows: memory reserved: %v", rows, reserves)
		}
		memory[rows] = pl.Memory("M", 4)
	}
	const row = 32 << 10 // more than what a row takes
	if d := memory[793] - memory[792]; d < plan.SlabBytes || d > plan.SlabBytes+row {
		t.Errorf("a row more takes %d bytes more, want some more than %d", d, plan.SlabBytes)
	}
}

// largeProgram multiplies as many rows as it is told by a matrix that is no
// weight, of which there are no copies.
const largeProgram = `package p

dim B <= %d

model M(x: [B, 257]) -> [B, 257] {
    h = x
    scan t over 2 {
        h = tanh(h @ x.T @ x)
    }
    h
}
`

// packedProgram reads packed copies in a training step: of a weight that a
// scan uses again and again, and of rows that lie backwards.
const packedProgram = `package p

dim B <= 8

model M(x: [B, 6]) -> [B, 6] {
    param U: [6, 6] ~ orthogonal, W: [3, 6, 6] ~ normal(0.5)
    back = reverse(W, 0)
    h = x
    scan t over 3 {
        h = tanh(h @ U + h @ back[t])
    }
    h
}

train Fit(x: [B, 6], y: [B, 6]) {
    minimize mse(M(x), y)
    with sgd(lr: 0.1)
    batch 4
    stop when epoch >= 3
}
`

// packedTest compares a session, and one after a step, with the sum itself.
const packedTest = `package p

import (
	"math"
	"testing"

	"github.com/gtc-lang/gtc/runtime/rttest"
)

func want(m *Model, x []float64) []float64 {
	h := x
	for t := range 3 {
		next := make([]float64, len(h))
		for i := range next {
			for k := range 6 {
				next[i] += h[i/6*6+k] * (float64(m.M.U[k*6+i%6]) + float64(m.M.W[((2-t)*6+k)*6+i%6]))
			}
			next[i] = math.Tanh(next[i])
		}
		h = next
	}
	return h
}

func TestPackedCopies(t *testing.T) {
	m := New()
	fit, s := m.Fit(FitDefaults()), m.Session()
	batch := rttest.Batch[float32](fit.Job().Program().Ports, 4, 1)
	x, got, wide := batch.Floats[0], make([]float32, 24), make([]float64, 24)
	for i := range x {
		wide[i] = float64(x[i])
	}
	for version := range 3 {
		if err := s.Forward(x, got); err != nil {
			t.Fatal(err)
		}
		for i, w := range want(m, wide) {
			if math.Abs(float64(got[i])-w) > 1e-5 {
				t.Fatalf("version %d: y[%d] = %v, want %v", version, i, got[i], w)
			}
		}
		if _, err := fit.Step(x, batch.Floats[1]); err != nil {
			t.Fatal(err)
		}
	}
}
`

// TestPackedCopies runs a program that reads packed copies, and the tests that
// are emitted for it: gradients among them, which write weights by hand.
func TestPackedCopies(t *testing.T) {
	c := compilation{plan: plan.Options{PackAll: true}, tests: true}
	planned, err := c.planned("p.gt", packedProgram)
	if err != nil {
		t.Fatal(err)
	}
	backwards := 0
	for _, k := range planned.Packs {
		if k.Stride < 0 && k.Count == 3 {
			backwards++
		}
	}
	if backwards == 0 {
		t.Error("no packed rows lie backwards")
	}
	files, err := codegen.Generate(planned, c.options())
	if err != nil {
		t.Fatal(err)
	}
	m := newModule(t)
	m.add("p", files)
	m.write("p/packs_test.go", []byte(packedTest))
	if out, err := m.run("test", "./p"); err != nil {
		t.Error(out)
	}
}

// TestChunks holds the compiler's largest chunk to the runtime's, and that to
// the runs of reductions, which end where chunks do.
func TestChunks(t *testing.T) {
	if vector.MostChunk != rt.VectorChunk || rt.ReduceRun%rt.VectorChunk != 0 {
		t.Errorf("chunks of %d, %d in the runtime, runs of %d", vector.MostChunk, rt.VectorChunk, rt.ReduceRun)
	}
}
