package runtime

import (
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
)

// lengths are around the borders of lanes and runs.
var lengths = []int{0, 1, 2, 15, 16, 17, 31, 32, 33, ReduceRun - 1, ReduceRun, ReduceRun + 1, 2*ReduceRun - 1, 2 * ReduceRun,
	15*ReduceRun + 3, 16 * ReduceRun, 16*ReduceRun + 1, 33*ReduceRun + 5}

func TestLanesAndRunsAreTheTree(t *testing.T) {
	t.Run("float32", lanesAndRuns[float32])
	t.Run("float64", lanesAndRuns[float64])
}

// lanesAndRuns adds up as generated code does, to the bits of Sum.
func lanesAndRuns[T Float](t *testing.T) {
	x := random[T](slices.Max(lengths), rand.New(rand.NewPCG(1, 2)))
	for _, n := range lengths {
		var runs Runs[T]
		for i, v := range x[:n] {
			runs.Lanes[i&15] += v
			if i&(ReduceRun-1) == ReduceRun-1 {
				runs.EndRun()
			}
		}
		if got, want := runs.Total(), Sum(x[:n]); got != want {
			t.Errorf("Runs of %d: %v, Sum %v", n, got, want)
		}
		if n > ReduceRun {
			continue
		}
		var l Lanes[T]
		for i, v := range x[:n] {
			l[i&15] += v
		}
		if got, want := l.Fold(), Sum(x[:n]); got != want {
			t.Errorf("Lanes of %d: %v, Sum %v", n, got, want)
		}
	}
}

func TestSumsOfSpecialNumbers(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, x := range [][]float64{{inf, 1}, {inf, -inf}, {nan}, {NegativeZero[float64](), NegativeZero[float64]()}, {1e308, 1e308}} {
		var l Lanes[float64]
		var r Runs[float64]
		for i, v := range x {
			l[i] += v
			r.Lanes[i] += v
		}
		want := math.Float64bits(Sum(x))
		if a, b := math.Float64bits(l.Fold()), math.Float64bits(r.Total()); a != want || b != want {
			t.Errorf("%v: %x and %x, not %x", x, a, b, want)
		}
	}
}

func TestParts(t *testing.T) {
	nan := math.NaN()
	parts := []float64{1, -2, nan, 4, 5, 6, 7, nan, 9, 100, 100, 100} // the last row is not in use
	add, most, least := []float64{10, 10, 10}, []float64{2, 2, 2}, []float64{2, 2, 2}
	AddParts(add, parts, 3)
	MaxParts(most, parts, 3)
	MinParts(least, parts, 3)
	same := func(what string, got []float64, want ...float64) {
		t.Helper()
		if !slices.EqualFunc(got, want, func(a, b float64) bool { return a == b || a != a && b != b }) {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	same("AddParts", add, 22, nan, nan)
	same("MaxParts", most, 7, nan, nan)
	same("MinParts", least, 1, nan, nan)
	same("Up", []float64{AddUp(parts[:2]), MaxUp(parts[3:7]), MinUp(parts[3:7]), MaxUp(parts[:3]), MinUp(parts[:3]), AddUp(parts[:0])}, -1, 7, 4, nan, nan, 0)
	ints := []int32{3, 3}
	AddParts(ints, []int32{1, 2, 3, 4}, 2)
	if ints[0] != 7 || ints[1] != 9 {
		t.Errorf("AddParts of ints: %v", ints)
	}
	SetAll(ints, -1)
	if ints[0] != -1 || ints[1] != -1 {
		t.Errorf("SetAll: %v", ints)
	}
}

func TestIntegers(t *testing.T) {
	for _, c := range []struct {
		x    float64
		want int32
	}{
		{2.9, 2}, {-2.9, -2}, {0, 0}, {math.NaN(), 0}, {1e30, math.MaxInt32}, {-1e30, math.MinInt32}, {math.Inf(1), math.MaxInt32},
		{math.Inf(-1), math.MinInt32}, {math.MaxInt32 + 0.5, math.MaxInt32}, {math.MinInt32 - 0.5, math.MinInt32}, {math.MaxInt32 - 0.5, math.MaxInt32 - 1},
	} {
		if got := Int(c.x); got != c.want {
			t.Errorf("Int(%v) = %d", c.x, got)
		}
	}
	for _, c := range [][3]int32{
		{7, 2, 3}, {-7, 2, -4}, {7, -2, -4}, {-7, -2, 3}, {6, 3, 2}, {-6, 3, -2}, {0, 5, 0}, {5, 0, 0}, {-5, 0, 0},
		{math.MinInt32, -1, math.MinInt32}, {math.MinInt32, 1, math.MinInt32}, {math.MaxInt32, -1, -math.MaxInt32}, {-1, math.MaxInt32, -1},
	} {
		if got := DivFloor(c[0], c[1]); got != c[2] {
			t.Errorf("DivFloor(%d, %d) = %d, want %d", c[0], c[1], got, c[2])
		}
	}
}

func TestOutside(t *testing.T) {
	var o Outside
	for i := range int32(3) {
		if o.Index(i, 3) != int(i) {
			t.Errorf("position %d", i)
		}
	}
	if err := o.Err(); err != nil {
		t.Error(err)
	}
	var all sync.WaitGroup
	for _, i := range []int32{math.MaxInt32, 3, 4, 9} {
		all.Go(func() {
			if o.Index(i, 3) != 0 {
				t.Errorf("position %d is used", i)
			}
		})
	}
	all.Wait()
	if err := o.Err(); err == nil || err.Error() != "position 3 is outside of an axis of 3 elements" {
		t.Error(err)
	}
	if err := o.Err(); err != nil {
		t.Errorf("reported again: %v", err)
	}
	if o.Index(-1, 3); o.Err() == nil {
		t.Error("position -1 passed")
	}
	if o.Index(0, 0); o.Err() == nil {
		t.Error("a position on an axis without elements passed")
	}
}

func TestStackTensors(t *testing.T) {
	data := []float32{1, 2, 3, 4, 5, 6}
	for _, c := range []struct{ name, first string }{{"G.layers.*.W", "G.layers.4.W"}, {"G.layers.*@4.W", "G.layers.4.W"}, {"G.*", "G.4"}, {"G.*@4", "G.4"}} {
		list := StackTensors([]Tensor[float32]{{Name: "before"}}, c.name, 4, []int{3, 2}, State, data)
		if len(list) != 4 || list[0].Name != "before" || list[1].Name != c.first || list[1].Role != State || !slices.Equal(list[1].Shape, []int{2}) {
			t.Fatalf("%s: %+v", c.name, list)
		}
		if !slices.Equal(list[3].Data, []float32{5, 6}) || cap(list[1].Data) != 2 {
			t.Errorf("%s: %v", c.name, list[3].Data)
		}
	}
	list := StackTensors(nil, "s.*", 0, []int{2}, Weight, data[:2])
	if len(list) != 2 || len(list[1].Shape) != 0 || list[1].Data[0] != 2 {
		t.Errorf("numbers: %+v", list)
	}
	list[0].Data[0] = 9
	if data[0] != 9 || &FindTensor(list, "s.0")[0] != &data[0] || FindTensor(list, "s.2") != nil {
		t.Error("the memory is not shared")
	}
}

func TestBound(t *testing.T) {
	for _, c := range []struct {
		x    float64
		want int
	}{{3, 3}, {2.5, 3}, {0, 0}, {-1, 0}, {math.NaN(), 0}, {math.Inf(1), 0}, {1e300, 0}, {0.1, 1}} {
		if got := Bound(c.x); got != c.want {
			t.Errorf("Bound(%v) = %d", c.x, got)
		}
	}
}

func TestNegativeZero(t *testing.T) {
	if x := NegativeZero[float32](); x != 0 || !math.Signbit(float64(x)) {
		t.Error(x)
	}
}
