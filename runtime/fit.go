package runtime

import (
	"math"
	"slices"
)

// learner returns what an op looks at each block of the training part with,
// and what it does when it has seen them all; nil if it has nothing to learn,
// or has learned before.
func (op *Op) learner() (learn func(*block) error, done func()) {
	switch {
	case op.Kind == opCategories && op.Classes == nil:
		return op.learnClasses()
	case (op.Kind == opStandardize || op.Kind == opFillMean) && op.Center == nil:
		return op.learnMoments()
	case op.Kind == opFillMedian && op.Center == nil:
		return op.learnMedian()
	}
	return nil, nil
}

func (op *Op) learnClasses() (func(*block) error, func()) {
	seen := map[string]bool{}
	learn := func(b *block) error {
		for _, cell := range b.texts() {
			if !missing(cell) && !seen[cell] {
				seen[cell] = true
				op.Classes = append(op.Classes, cell)
			}
		}
		return nil
	}
	return learn, func() { sortClasses(op.Classes) }
}

// learnMoments finds each column's mean and standard deviation in one pass
// (Welford 1962, "Note on a method for calculating corrected sums of squares
// and products").
func (op *Op) learnMoments() (func(*block) error, func()) {
	var count, mean, squares []float64
	learn := func(b *block) error {
		if err := b.numbers(); err != nil {
			return err
		}
		if mean == nil {
			count, mean, squares = make([]float64, b.width), make([]float64, b.width), make([]float64, b.width)
		}
		for i, v := range b.number {
			if c := i % b.width; !math.IsNaN(v) {
				d := v - mean[c]
				count[c]++
				mean[c] += d / count[c]
				squares[c] += float64(d * (v - mean[c]))
			}
		}
		return nil
	}
	return learn, func() {
		op.Center = mean
		if op.Kind != opStandardize {
			return
		}
		op.Scale = squares
		for c, s := range squares {
			op.Scale[c] = math.Sqrt(s / count[c])
			if !(op.Scale[c] > 0) {
				op.Scale[c] = 1
			}
		}
	}
}

func (op *Op) learnMedian() (func(*block) error, func()) {
	var columns [][]float64
	learn := func(b *block) error {
		if err := b.numbers(); err != nil {
			return err
		}
		if columns == nil {
			columns = make([][]float64, b.width)
		}
		for i, v := range b.number {
			if c := i % b.width; !math.IsNaN(v) {
				columns[c] = append(columns[c], v)
			}
		}
		return nil
	}
	return learn, func() {
		op.Center = make([]float64, len(columns))
		for c, x := range columns {
			op.Center[c] = median(x)
		}
	}
}

// median returns the middle of x, the mean of the middle two, or 0 for none.
func median(x []float64) float64 {
	slices.Sort(x)
	n := len(x)
	switch {
	case n == 0:
		return 0
	case n%2 == 1:
		return x[n/2]
	}
	return (x[n/2-1] + x[n/2]) / 2
}
