package stat

import (
	"math"
	"slices"
	"testing"
)

func TestQuantile(t *testing.T) {
	for _, c := range []struct {
		values []float64
		q      float64
		want   float64
	}{
		{[]float64{3, 1, 2}, 0.5, 2},
		{[]float64{4, 1, 3, 2}, 0.5, 2.5},
		{[]float64{1, 2, 3, 4, 5}, 0.25, 2},
		{[]float64{10, 20}, 0.25, 12.5},
		{[]float64{7}, 0.75, 7},
		{[]float64{1, 2, 3}, 1, 3},
	} {
		if got := Quantile(c.values, c.q); got != c.want {
			t.Errorf("Quantile(%v, %v) = %v, want %v", c.values, c.q, got, c.want)
		}
	}
	if got := Median(nil); !math.IsNaN(got) {
		t.Errorf("the median of nothing is %v", got)
	}
}

func TestQuantileLeavesItsInputInOrder(t *testing.T) {
	values := []float64{3, 1, 2}
	Median(values)
	if !slices.Equal(values, []float64{3, 1, 2}) {
		t.Errorf("values are now %v", values)
	}
}

// One process with many slow samples is one of three.
func TestMedianOfMedians(t *testing.T) {
	groups := [][]float64{{1, 1, 1}, {9, 9, 9, 9, 9, 9, 9, 9, 9}, {2, 2}, {}}
	if got := MedianOfMedians(groups); got != 2 {
		t.Errorf("got %v, want 2", got)
	}
}

// A clock that halves in the second turn changes no ratio.
func TestRatiosArePaired(t *testing.T) {
	theirs := [][]float64{{3, 6}, {3, 6, 12}}
	ours := [][]float64{{2, 4}, {2, 4}}
	got := QuartilesOf(Ratios(theirs, ours))
	if want := (Quartiles{1.5, 1.5, 1.5}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}
