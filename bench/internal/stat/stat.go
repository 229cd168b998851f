// Package stat has the order statistics that measurements are judged by:
// a clock that drifts and a machine that others use give distributions with
// long tails, of which means and deviations say little.
package stat

import (
	"math"
	"slices"
)

// Quantile returns the q-quantile of values, between the two nearest ones in
// proportion (Hyndman and Fan's type 7); NaN for none.
func Quantile(values []float64, q float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(values))
	at := q * float64(len(sorted)-1)
	low := int(at)
	high := min(low+1, len(sorted)-1)
	return sorted[low] + (at-float64(low))*(sorted[high]-sorted[low])
}

// Median is the value in the middle, or between the two in the middle.
func Median(values []float64) float64 { return Quantile(values, 0.5) }

// Mean is the mean of values; NaN for none.
func Mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

// MedianOfMedians is the median over groups (processes) of their medians, so
// that a process that was unlucky with its memory counts once, however many
// samples it gave.
func MedianOfMedians(groups [][]float64) float64 {
	var medians []float64
	for _, g := range groups {
		if len(g) > 0 {
			medians = append(medians, Median(g))
		}
	}
	return Median(medians)
}

// Quartiles are a distribution in three numbers.
type Quartiles struct {
	Low    float64 `json:"low"`
	Median float64 `json:"median"`
	High   float64 `json:"high"`
}

// QuartilesOf returns the quartiles of values.
func QuartilesOf(values []float64) Quartiles {
	return Quartiles{Low: Quantile(values, 0.25), Median: Median(values), High: Quantile(values, 0.75)}
}

// Ratios divides theirs by ours, pair by pair: values of one turn were
// measured one after the other, so that what changes from turn to turn (the
// clock) cancels. Groups and values that only one side has are left out.
func Ratios(theirs, ours [][]float64) []float64 {
	var ratios []float64
	for g := range min(len(theirs), len(ours)) {
		for i := range min(len(theirs[g]), len(ours[g])) {
			ratios = append(ratios, theirs[g][i]/ours[g][i])
		}
	}
	return ratios
}
