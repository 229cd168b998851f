package runtime

import (
	"fmt"
	"math"
	"strings"
)

// KeepBest ends a run that its stop rule stops with the weights of the epoch
// in which a value was best: "val.loss", "accuracy", as a stop rule names
// them. Checkpoints hold both these and the newest. The summary's numbers are
// those of that epoch. A run that is resumed keeps what it began with, whether
// this is given again or not; it cannot change to another value, nor begin to
// keep the best when it has completed epochs without.
func KeepBest(name string) Option { return func(c *options) { c.keep = name } }

// best is the epoch with the best value so far, and its weights.
type best[T Float] struct {
	at         int // number of the value among the progress' series
	epoch      int // 0 for none yet
	value      float64
	train      []float64 // of that epoch
	validation []float64
	last       lastUpdate
	live       []Tensor[T] // the program's, but for the optimizer's
	copies     []Tensor[T] // of them
}

// bestState is what a checkpoint says about it beside the copies.
type bestState struct {
	Name       string      `json:"name"`
	Epoch      int         `json:"epoch"` // 0 for none yet, and no copies
	Value      exact       `json:"value"`
	Train      []exact     `json:"train"`
	Validation []exact     `json:"validation"`
	Last       *lastUpdate `json:"last,omitempty"` // nil in those of older versions of this package
}

// lastUpdate is what is known of an epoch's last update.
type lastUpdate struct {
	StepLoss exact `json:"step_loss"`
	GradNorm exact `json:"grad_norm"`
	LR       exact `json:"lr"`
}

// newBest makes room for a copy of the weights; nil when none is to be kept.
func (l *loop[T]) newBest() (*best[T], error) {
	if l.keep == "" {
		return nil, nil
	}
	n := len(l.p.Values)
	k := &best[T]{at: l.progress.find(l.keep), train: make([]float64, n), validation: make([]float64, n)}
	switch {
	case k.at < 0:
		return nil, fmt.Errorf("the best %s cannot be kept: there are %s", l.keep, strings.Join(valueNames(l.p.Values), ", "))
	case l.p.Values[k.at%n].Better == Neither:
		name := l.p.Values[k.at%n].Name
		return nil, fmt.Errorf("the best %s cannot be kept: the program does not say which is better; write report maximize %s = … if a larger one is, report minimize %s = … if a smaller one is", l.keep, name, name)
	case k.at >= n && l.validation == nil:
		return nil, fmt.Errorf("the best %s cannot be kept: there is no validation part", l.keep)
	}
	for _, t := range l.p.Tensors {
		if t.Role != Optimizer {
			k.live = append(k.live, t)
			k.copies = append(k.copies, Tensor[T]{Name: t.fileName(), Role: bestOf, Shape: t.Shape, Data: make([]T, len(t.Data))})
		}
	}
	return k, nil
}

// valueNames are the names of values, and of those of the validation part.
func valueNames(values []Value) []string {
	var names, validation []string
	for _, v := range values {
		names = append(names, v.Name)
		validation = append(validation, "val."+v.Name)
	}
	return append(names, validation...)
}

// offer takes the weights as they are if they are better than all before.
func (l *loop[T]) offer(epoch int, train, validation []float64) {
	k, n := l.best, len(train)
	if k == nil {
		return
	}
	value := train[k.at%n]
	if k.at >= n {
		value = validation[k.at-n]
	}
	if value != value || k.epoch > 0 && !l.p.Values[k.at%n].Better.improves(value, k.value) {
		return
	}
	pr := l.progress
	k.epoch, k.value, k.last = epoch, value, lastUpdate{exact(pr.StepLoss), exact(pr.GradNorm), exact(pr.LR)}
	copy(k.train, train)
	copy(k.validation, validation)
	for i, t := range k.live {
		copy(k.copies[i].Data, t.Data)
	}
}

// keepBest ends a run with the best weights, which its summary is of then.
func (l *loop[T]) keepBest(s *Summary) {
	k := l.best
	if k == nil || s.Reason != Stopped {
		return
	}
	if s.Unfinished > 0 {
		validation := s.Validation
		if validation == nil {
			validation = l.progress.Validation
		}
		l.offer(s.Epochs+1, s.Train, validation)
	}
	if k.epoch == 0 {
		return
	}
	for i, t := range k.live {
		copy(t.Data, k.copies[i].Data)
	}
	if l.p.Refresh != nil {
		l.p.Refresh() // what is derived from weights is of others
	}
	s.Best, s.BestEpoch = l.keep, k.epoch
	s.StepLoss, s.GradNorm, s.LR = float64(k.last.StepLoss), float64(k.last.GradNorm), float64(k.last.LR)
	copy(s.Train, k.train)
	copy(s.Validation, k.validation)
	if k.epoch <= s.Epochs {
		s.Unfinished = 0
	}
}

// state is the best epoch's part of a checkpoint; nil when none is kept.
func (k *best[T]) state(name string) *bestState {
	if k == nil {
		return nil
	}
	last := k.last
	return &bestState{Name: name, Epoch: k.epoch, Value: exact(k.value), Train: exacts(k.train), Validation: exacts(k.validation), Last: &last}
}

// takeBest goes on to keep what a saved run keeps. With another value, or with
// one when it keeps none, the epochs before would not be looked at.
func (l *loop[T]) takeBest(s *loopState) error {
	was := ""
	if s.Kept != nil {
		was = s.Kept.Name
	}
	switch {
	case l.keep == "":
		l.keep = was
	case was == "" && s.Epoch > 0:
		return fmt.Errorf("the run has completed epochs without keeping the best %s, and they cannot be looked at any more: leave that out (-best, in Go KeepBest), or begin anew", l.keep)
	case was != "" && was != l.keep:
		return fmt.Errorf("the run has kept the best %s since it began, not %s: leave that out (-best, in Go KeepBest), or begin anew", was, l.keep)
	}
	return nil
}

// savedBest are the copies that a checkpoint with the state has.
func (l *loop[T]) savedBest(s *loopState) []Tensor[T] {
	if l.best == nil || s.Kept == nil || s.Kept.Epoch == 0 {
		return nil
	}
	return l.best.copies
}

// load takes over a saved state; the copies are there.
func (k *best[T]) load(s *bestState) {
	k.epoch, k.value = s.Epoch, float64(s.Value)
	restore(k.train, s.Train)
	restore(k.validation, s.Validation)
	nan := exact(math.NaN())
	k.last = lastUpdate{nan, nan, nan}
	if s.Last != nil {
		k.last = *s.Last
	}
}
