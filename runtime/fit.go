package runtime

import (
	"fmt"
	"math"
	"slices"
)

// learner returns what an op looks at each block of the training part with,
// and what it does when it has seen them all, given the last one; nil if it has
// nothing to learn, or has learned before.
func (op *Op) learner() (learn, done func(*block) error) {
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

func (op *Op) learnClasses() (learn, done func(*block) error) {
	seen := map[string]bool{}
	learn = func(b *block) error {
		for _, cell := range b.texts() {
			if !missing(cell) && !seen[cell] {
				seen[cell] = true
				op.Classes = append(op.Classes, cell)
			}
		}
		return nil
	}
	return learn, func(*block) error {
		sortClasses(op.Classes)
		return nil
	}
}

// learnMoments finds each column's mean and standard deviation in one pass
// (Welford 1962, "Note on a method for calculating corrected sums of squares
// and products").
func (op *Op) learnMoments() (learn, done func(*block) error) {
	var count, mean, squares []float64
	learn = func(b *block) error {
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
	return learn, func(last *block) error {
		op.Center = mean
		if c := slices.Index(count, 0); c >= 0 && op.Kind == opFillMean {
			return last.nothingToFill(op, c)
		}
		if op.Kind == opStandardize {
			op.Scale = deviations(squares, count)
		}
		return last.learned(op)
	}
}

// deviations turns sums of squares into standard deviations; what does not vary
// is not scaled.
func deviations(squares, count []float64) []float64 {
	for c, s := range squares {
		squares[c] = math.Sqrt(s / count[c])
		if !(squares[c] > 0) {
			squares[c] = 1
		}
	}
	return squares
}

func (op *Op) learnMedian() (learn, done func(*block) error) {
	var columns [][]float64
	learn = func(b *block) error {
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
	return learn, func(last *block) error {
		op.Center = make([]float64, len(columns))
		for c, x := range columns {
			if len(x) == 0 {
				return last.nothingToFill(op, c)
			}
			op.Center[c] = median(x)
		}
		return last.learned(op)
	}
}

// median returns the middle of x, or the mean of the middle two.
func median(x []float64) float64 {
	slices.Sort(x)
	n := len(x)
	if n%2 == 1 {
		return x[n/2]
	}
	return (x[n/2-1] + x[n/2]) / 2
}

// nothingToFill says that a fill has no value to put in a column.
func (b *block) nothingToFill(op *Op, c int) error {
	return fmt.Errorf("%s: %s has no value in any row to train on, so %s has none to put: leave the column out, or write fill(0)",
		b.in.Port, b.source.columnName(b.column(c)), op.Kind)
}

// learned returns an error when what an op has learned of a column is beyond
// all numbers.
func (b *block) learned(op *Op) error {
	for c := range op.Center {
		if math.IsInf(op.Center[c], 0) || math.IsNaN(op.Center[c]) || op.Scale != nil && math.IsInf(op.Scale[c], 0) {
			return fmt.Errorf("%s: the numbers of %s are too large for %s", b.in.Port, b.source.columnName(b.column(c)), op.Kind)
		}
	}
	return nil
}
