package runtime

import (
	"math"
	"strings"
)

// Progress is what a stop rule sees. Numbers that are not known yet are NaN,
// so that comparisons with them are false.
type Progress struct {
	Epoch    int     // completed epochs
	Step     int     // optimizer updates made, from 1
	Loss     float64 // row-weighted mean over the last completed epoch
	StepLoss float64 // of the last update (step.loss)
	GradNorm float64 // of the last update, before clipping
	LR       float64 // of the last update

	// Train and Validation hold the last completed epoch's means, by
	// Program.Values; Validation is NaN before the first validation.
	Train      []float64
	Validation []float64

	values []Value
	series []series // of Train, then of Validation
}

// series follows one value over the epochs.
type series struct {
	best  float64 // NaN before the first
	stale int     // epochs since it was best
}

// newProgress returns the progress of a run that has not begun.
func newProgress(values []Value) *Progress {
	n := len(values)
	nan := math.NaN()
	p := &Progress{
		Loss: nan, StepLoss: nan, GradNorm: nan, LR: nan, values: values,
		Train: make([]float64, n), Validation: make([]float64, n), series: make([]series, 2*n),
	}
	for i := range n {
		p.Train[i], p.Validation[i] = nan, nan
		p.series[i].best, p.series[n+i].best = nan, nan
	}
	return p
}

// Value returns a number by the name that a stop rule uses: "epoch", "step",
// "grad_norm", "step.loss", a value's name ("accuracy", the last epoch's), or
// "val." and a value's name. It is NaN for an unknown name.
func (p *Progress) Value(name string) float64 {
	switch name {
	case "epoch":
		return float64(p.Epoch)
	case "step":
		return float64(p.Step)
	case "grad_norm":
		return p.GradNorm
	case "step.loss":
		return p.StepLoss
	}
	i := p.find(name)
	switch {
	case i < 0:
		return math.NaN()
	case i >= len(p.values):
		return p.Validation[i-len(p.values)]
	}
	return p.Train[i]
}

// Stalls reports whether a value ("val.loss", "accuracy") has gone the given
// number of epochs without being better than ever before. It is false for an
// unknown name, for a value of no direction, and before the first value.
func (p *Progress) Stalls(name string, epochs int) bool {
	i := p.find(name)
	return i >= 0 && p.series[i].best == p.series[i].best && p.series[i].stale >= epochs
}

// find returns the number of a series by name, -1 for none.
func (p *Progress) find(name string) int {
	plain, validation := strings.CutPrefix(name, "val.")
	for i, v := range p.values {
		if v.Name == plain {
			if validation {
				return len(p.values) + i
			}
			return i
		}
	}
	return -1
}

// follow takes the newest value of a series. A NaN counts as no better.
func (p *Progress) follow(i int, value float64) {
	s := &p.series[i]
	if d := p.values[i%len(p.values)].Better; s.best != s.best && d != Neither || d.improves(value, s.best) {
		s.best, s.stale = value, 0
		return
	}
	s.stale++
}

// endEpoch takes the means of a completed epoch.
func (p *Progress) endEpoch(train []float64) {
	p.Epoch++
	for i, v := range train {
		p.Train[i] = v
		p.follow(i, v)
	}
	if len(train) > 0 {
		p.Loss = train[0]
	}
}

// endValidation takes the means of a validation.
func (p *Progress) endValidation(values []float64) {
	for i, v := range values {
		p.Validation[i] = v
		p.follow(len(p.values)+i, v)
	}
}
