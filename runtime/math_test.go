package runtime

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gtc-lang/gtc/runtime/internal/cpu"
)

func TestScalarEdges(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"Sigmoid(-1000)", Sigmoid(-1000.0), 0}, {"Sigmoid(1000)", Sigmoid(1000.0), 1}, {"Sigmoid(0)", Sigmoid(0.0), 0.5},
		{"Sigmoid(NaN)", Sigmoid(nan), nan}, {"Sigmoid(2)", Sigmoid(2.0), 1 / (1 + math.Exp(-2))},
		{"Max(NaN,1)", Max(nan, 1), nan}, {"Max(1,NaN)", Max(1, nan), nan}, {"Min(1,NaN)", Min(1, nan), nan},
		{"Round(2.5)", Round(2.5), 2}, {"Round(3.5)", Round(3.5), 4}, {"Round(-0.5)", Round(-0.5), 0},
		{"Sign(-3)", Sign(-3.0), -1}, {"Sign(0)", Sign(0.0), 0}, {"Sign(NaN)", Sign(nan), nan}, {"Log(0)", Log(0.0), -inf},
		{"float32 Exp(100)", float64(Exp(float32(100))), inf}, {"Abs", Abs(-2.0), 2},
	} {
		if c.got != c.want && !(c.got != c.got && c.want != c.want) {
			t.Errorf("%s = %v, want %v", c.name, c.got, c.want)
		}
	}
}

func TestReductionsFollowTheirTree(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	x := random[float32](100, r)
	var l [16]float32
	for i, v := range x {
		l[i%16] += v
	}
	for h := 8; h > 0; h /= 2 {
		for j := range h {
			l[j] += l[j+h]
		}
	}
	if got := Sum(x); got != l[0] {
		t.Fatalf("Sum = %v, tree = %v", got, l[0])
	}
}

func TestReducerGivesTheSameBits(t *testing.T) {
	pool := NewPool(4)
	defer pool.Close()
	r := rand.New(rand.NewPCG(1, 2))
	const longest = 40*ReduceRun + 7
	x, y := random[float32](longest, r), random[float32](longest, r)
	red := NewReducer[float32](pool, longest)
	for _, n := range []int{0, 1, 15, 16, 17, ReduceRun, ReduceRun + 1, longest} {
		if got, want := red.Sum(x[:n]), Sum(x[:n]); got != want {
			t.Errorf("Sum of %d: %v on the pool, %v alone", n, got, want)
		}
		if got, want := red.Dot(x[:n], y[:n]), Dot(x[:n], y[:n]); got != want {
			t.Errorf("Dot of %d: %v on the pool, %v alone", n, got, want)
		}
		if got, want := red.SumSquares(x[:n]), SumSquares(x[:n]); got != want {
			t.Errorf("SumSquares of %d: %v on the pool, %v alone", n, got, want)
		}
	}
	expectNoAllocs(t, 20, func() { red.Sum(x) })
}

// TestReductionsOfSets compares the reductions of every kernel set with those
// of plain Go, bit for bit.
func TestReductionsOfSets(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	x, y := random[float32](2*ReduceRun+300, r), random[float32](2*ReduceRun+300, r)
	odd := []float32{0, float32(math.Copysign(0, -1)), float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1)), 1e-40, -1e-40}
	results := func(x, y []float32) [5]float32 {
		return [5]float32{Sum(x), Dot(x, y), SumSquares(x), MaxOf(x), MinOf(x)}
	}
	check := func(x, y []float32) {
		t.Helper()
		restore := cpu.Force(cpu.Go)
		want := results(x, y)
		restore()
		for s := cpu.Go + 1; s <= cpu.Best(); s++ {
			restore := cpu.Force(s)
			got := results(x, y)
			restore()
			for i := range got {
				if math.Float32bits(got[i]) != math.Float32bits(want[i]) && got[i] == got[i] || (want[i] == want[i]) != (got[i] == got[i]) {
					t.Fatalf("%v: result %d of %d elements is %v, not %v", s, i, len(x), got[i], want[i])
				}
			}
		}
	}
	for n := 1; n < 300; n++ {
		check(x[n%7:][:n], y[n%5:][:n])
		z := slices.Clone(x[:n])
		for range 1 + r.IntN(3) {
			z[r.IntN(n)] = odd[r.IntN(len(odd))]
		}
		check(z, y)
		for i := range z {
			z[i] = odd[r.IntN(2)]
		}
		check(z, y)
	}
	for _, n := range []int{ReduceRun - 1, ReduceRun, ReduceRun + 1, len(x)} {
		check(x[:n], y)
	}
}

func TestExtremesSeeNaN(t *testing.T) {
	x := []float64{1, 5, math.NaN(), 7}
	if MaxOf(x) == MaxOf(x) || MinOf(x) == MinOf(x) || ArgMax(x) != 2 || ArgMin(x) != 2 {
		t.Fatal("NaN lost")
	}
	y := []float64{3, 7, 1, 7, 1}
	if MaxOf(y) != 7 || MinOf(y) != 1 || ArgMax(y) != 1 || ArgMin(y) != 2 {
		t.Fatal("wrong extremes")
	}
}

func TestFirstNotFinite(t *testing.T) {
	for n := range 50 {
		x := make([]float32, n)
		if i := FirstNotFinite(x); i != -1 {
			t.Fatalf("%d of zeros", i)
		}
		for i := range x {
			x[i] = float32(math.Inf(-1))
			if got := FirstNotFinite(x); got != i {
				t.Fatalf("%d, want %d", got, i)
			}
			x[i] = math.MaxFloat32
		}
	}
}

func TestPhiloxPublishedVectors(t *testing.T) {
	const f = 0xffffffff
	for _, c := range []struct {
		counter [4]uint32
		key     [2]uint32
		want    [4]uint32
	}{
		{[4]uint32{}, [2]uint32{}, [4]uint32{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
		{[4]uint32{f, f, f, f}, [2]uint32{f, f}, [4]uint32{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
		{[4]uint32{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, [2]uint32{0xa4093822, 0x299f31d0},
			[4]uint32{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
	} {
		if got := Philox(c.counter, c.key); got != c.want {
			t.Errorf("Philox(%x, %x) = %x, want %x", c.counter, c.key, got, c.want)
		}
	}
}

func TestDrawsAreTheSameInAnyOrder(t *testing.T) {
	d := Draw{Seed: 1<<40 + 7, Path: PathHash("MLP.dropout1"), Step: 3, Index: 2}
	for first := range 9 {
		u, z := make([]float32, 21), make([]float32, 21)
		FillUniform(d, u, first)
		FillNormal(d, z, first)
		for j := range u {
			if u[j] != float32(d.Uniform(first+j)) || z[j] != float32(d.Normal(first+j)) {
				t.Fatalf("element %d of a fill from %d differs", j, first)
			}
		}
	}
	other := d
	other.Index++
	if d.Uniform(0) == other.Uniform(0) {
		t.Fatal("Index has no effect")
	}
}

func TestDrawsHaveTheirMoments(t *testing.T) {
	const n = 200000
	u, z := make([]float64, n), make([]float64, n)
	FillUniform(Draw{Seed: 5}, u, 0)
	FillNormal(Draw{Seed: 5, Path: 1}, z, 0)
	if m := Sum(u) / n; math.Abs(m-0.5) > 0.003 {
		t.Errorf("uniform mean %v", m)
	}
	if m, v := Sum(z)/n, SumSquares(z)/n; math.Abs(m) > 0.01 || math.Abs(v-1) > 0.02 {
		t.Errorf("normal mean %v, variance %v", m, v)
	}
	for _, v := range u {
		if v < 0 || v >= 1 || v*(1<<24) != math.Floor(v*(1<<24)) {
			t.Fatalf("uniform %v", v)
		}
	}
}

func TestPathHashIsFNV1a(t *testing.T) {
	if PathHash("") != 0x811c9dc5 || PathHash("a") != 0xe40c292c || PathHash("foobar") != 0xbf9cf968 {
		t.Fatal("not FNV-1a")
	}
}

func TestCheckLength(t *testing.T) {
	x := make([]float32, 64)
	if err := CheckLength("x", "[B, 64]", len(x), 1, 64); err != nil {
		t.Fatal(err)
	}
	err := CheckLength("x", "[B, 64]", 100, 2, 64)
	if err == nil || err.Error() != "x is [B, 64] ([2 64]): wants 128 elements, got 100" {
		t.Fatal(err)
	}
	rows := len(x) / 64
	expectNoAllocs(t, 10, func() { _ = CheckLength("x", "[B, 64]", len(x), rows, 64) })
}
