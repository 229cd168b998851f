package ours

import (
	"math"
	"runtime"
	"slices"
	"testing"

	"github.com/gtc-lang/gtc/bench/wire"
)

func mustLoad(t *testing.T, row wire.Row) wire.Work {
	t.Helper()
	work, err := load(row)
	if err != nil {
		t.Fatal(err)
	}
	return work
}

// naive computes a row's product without the runtime.
func naive(row wire.Row) []float32 {
	m, n, k, batch := row.Int("m"), row.Int("n"), row.Int("k"), max(1, row.Int("batch"))
	a, b, c := make([]float32, batch*m*k), make([]float32, batch*k*n), make([]float32, batch*m*n)
	fill(a, 1)
	fill(b, 2)
	for x := range batch {
		a, b, c := a[x*m*k:], b[x*k*n:], c[x*m*n:]
		for i := range m {
			for j := range n {
				for l := range k {
					left, right := i*k+l, l*n+j
					if row["ta"] != "" {
						left = l*m + i
					}
					if row["tb"] != "" {
						right = j*k + l
					}
					c[i*n+j] += float32(a[left] * b[right])
				}
			}
		}
	}
	return c
}

// Sums are exact, so that every program's are the same to the last bit.
func TestProductsAreExact(t *testing.T) {
	for _, row := range []wire.Row{
		{"m": "5", "n": "7", "k": "300"},
		{"m": "5", "n": "7", "k": "33", "ta": "1"},
		{"m": "1", "n": "64", "k": "9", "tb": "1", "threads": "2"},
		{"m": "3", "n": "2", "k": "5", "batch": "4", "tb": "1"},
		{"m": "9", "n": "40", "k": "65", "packed": "b"},
		{"m": "4", "n": "17", "k": "33", "packed": "b", "tb": "1", "threads": "2"},
	} {
		row["kind"] = "product"
		got, err := mustLoad(t, row).Check(6)
		if err != nil {
			t.Fatal(err)
		}
		if want := sample(naive(row), 6); !slices.Equal(got, want) {
			t.Errorf("%v: %v, want %v", row, got, want)
		}
	}
}

func TestSampleHasBothEndsAndTheSum(t *testing.T) {
	x := []float32{1, 2, 3, 4, 5}
	for n, want := range map[int][]float64{1: {1, 15}, 2: {1, 5, 15}, 3: {1, 3, 5, 15}, 5: {1, 2, 3, 4, 5, 15}} {
		if got := sample(x, n); !slices.Equal(got, want) {
			t.Errorf("%d: %v, want %v", n, got, want)
		}
	}
}

func TestVectorFunctions(t *testing.T) {
	for name, f := range map[string]func(float64) float64{"exp": math.Exp, "tanh": math.Tanh} {
		work := mustLoad(t, wire.Row{"kind": "vector", "function": name, "n": "1000"})
		got, err := work.Check(3)
		if err != nil {
			t.Fatal(err)
		}
		x := work.(*vector).x
		for i, at := range []int{0, 499, 999} {
			if want := f(float64(x[at])); math.Abs(got[i]-want) > 1e-6*math.Abs(want) {
				t.Errorf("%s(%v) = %v, want %v", name, x[at], got[i], want)
			}
		}
	}
}

// Each unit begins with the first weights, whatever ran before.
func TestModelRestarts(t *testing.T) {
	for _, name := range []string{"linreg", "mlp-digits"} {
		work := mustLoad(t, wire.Row{"kind": "model", "name": name})
		first, err := work.Check(5)
		if err != nil {
			t.Fatal(err)
		}
		if took, err := work.Run(2); err != nil || took <= 0 {
			t.Fatalf("%s: %v, %v", name, took, err)
		}
		again, err := work.Check(5)
		if err != nil || !slices.Equal(first, again) || first[0] == first[4] {
			t.Errorf("%s: losses %v, then %v (%v)", name, first, again, err)
		}
	}
}

func TestGrowthAndStops(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells what a process holds")
	}
	grown, err := mustLoad(t, wire.Row{"kind": "growth", "name": "mlp-mnist"}).Check(1)
	if err != nil || len(grown) != 1 || grown[0] < 6e6 || grown[0] > 60e6 {
		t.Errorf("grown by %v bytes (%v); the weights and Adam's moments alone are 6.4 MB", grown, err)
	}
	for _, row := range []wire.Row{{"kind": "pauses", "during": "model", "name": "linreg"}, {"kind": "pauses", "during": "loops"}} {
		stop, err := mustLoad(t, row).Check(2)
		if err != nil || len(stop) != 1 || !(stop[0] > 0) || math.IsInf(stop[0], 0) {
			t.Errorf("%v: longest stop %v s (%v)", row, stop, err)
		}
	}
}

func TestLoadRefuses(t *testing.T) {
	for _, row := range []wire.Row{
		{"kind": "dance"},
		{"kind": "model", "name": "nothing"},
		{"kind": "vector", "function": "nothing"},
		{"kind": "growth", "name": "nothing"},
		{"kind": "pauses", "during": "nothing"},
	} {
		if _, err := load(row); err == nil {
			t.Errorf("%v is loaded", row)
		}
	}
}
