package runtime

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// update makes one update of rows from the epoch's position on, or leaves it
// out (skipped) if its numbers are not finite and that is allowed.
func (l *loop[T]) update(ctx context.Context, rows int) (skipped bool, err error) {
	if err := l.tryUpdate(ctx, rows); err != nil {
		var bad *NotFiniteError
		if !l.skip || !errors.As(err, &bad) {
			return false, err
		}
		return true, l.skipStep(bad)
	}
	l.inARow = 0
	l.total += int64(rows)
	l.sumRows += rows
	for i, v := range l.results {
		l.sums[i] += float64(v * float64(rows))
	}
	pr := l.progress
	pr.Step, pr.GradNorm, pr.LR = l.p.Step, l.p.GradNorm, l.p.LR
	if len(l.results) > 0 {
		pr.StepLoss = l.results[0]
	}
	l.notify(StepDone)
	return false, nil
}

// skipStep forgets a step and reports it.
func (l *loop[T]) skipStep(bad *NotFiniteError) error {
	l.job.Discard()
	l.skipped++
	l.inARow++
	l.event.NotFinite = bad
	l.notify(StepSkipped)
	if l.inARow >= maxSkips {
		return fmt.Errorf("%d steps in a row were left out, the last because: %w", l.inARow, bad)
	}
	return nil
}

// tryUpdate is one update: in one call if its rows fit, else in parts.
func (l *loop[T]) tryUpdate(ctx context.Context, rows int) error {
	if rows <= l.partRows() {
		b, err := l.train.fill(l.position, l.position+rows, 0)
		if err != nil {
			return err
		}
		if err := l.job.Step(b); err != nil {
			return err
		}
		copy(l.results, l.p.Results)
		return nil
	}
	clear(l.results)
	for done := 0; done < rows; {
		if err := ctx.Err(); err != nil {
			return err
		}
		n := l.nextPart(done, rows)
		b, err := l.train.fill(l.position+done, l.position+done+n, done)
		if err != nil {
			return err
		}
		if err := l.job.Backward(b); err != nil {
			return err
		}
		for i, v := range l.p.Results {
			l.results[i] += float64(v * float64(n) / float64(rows))
		}
		done += n
	}
	return l.job.Apply()
}

// partRows is how many rows go into one call at most.
func (l *loop[T]) partRows() int { return min(l.batchRows, l.p.MaxRows) }

// nextPart returns the rows of the part that begins at row done of an update:
// parts end where batches end.
func (l *loop[T]) nextPart(done, rows int) int {
	toBatchEnd := l.batchRows - done%l.batchRows
	return min(l.p.MaxRows, toBatchEnd, rows-done)
}

// endEpoch takes the means, validates and reports.
func (l *loop[T]) endEpoch(ctx context.Context) error {
	if err := l.finite(); err != nil {
		return err
	}
	if l.validation != nil {
		if err := l.validate(ctx); err != nil {
			return err // before anything changed: a resumed run validates again
		}
	}
	l.position = 0
	for i := range l.sums {
		l.sums[i] /= float64(l.sumRows) // NaN if every step was skipped
	}
	l.progress.endEpoch(l.sums)
	clear(l.sums)
	l.sumRows = 0
	l.notify(EpochDone)
	if l.validation != nil {
		l.progress.endValidation(l.means)
		l.notify(Validated)
	}
	l.offer(l.progress.Epoch, l.progress.Train, l.progress.Validation)
	return nil
}

// finite returns an error if the last update has left a NaN or Inf. Before an
// update only numbers are looked at: that it overflows shows in what it makes.
func (l *loop[T]) finite() error {
	for _, t := range l.p.Tensors {
		if i := FirstNotFinite(t.Data); i >= 0 {
			return fmt.Errorf("after step %d %s is %v at element %d: nothing is saved; a lower learning rate or clip_norm may help", l.p.Step, t.Name, t.Data[i], i)
		}
	}
	return nil
}

// validate evaluates the validation part; means holds the result.
func (l *loop[T]) validate(ctx context.Context) error {
	return evaluate(ctx, l.job, l.validation, l.means)
}

// Evaluate runs a job over all rows of a source with training off, and
// returns the row-weighted means by Program.Values. Where those of parts are not
// what all rows would give, they come with a *PartsError.
func Evaluate[T Float](ctx context.Context, job Job[T], source Source[T]) ([]float64, error) {
	p := job.Program()
	if source.Len() == 0 {
		return nil, errors.New("there are no rows to evaluate")
	}
	if c, ok := source.(checker); ok {
		if err := c.Check(p.Ports); err != nil {
			return nil, err
		}
	}
	means := make([]float64, len(p.Values))
	if err := evaluate(ctx, job, newFeeder(source, p.Ports, p.MaxRows, nil), means); err != nil {
		return means, err
	}
	return means, partsError(p.Values, source.Len(), p.MaxRows)
}

func evaluate[T Float](ctx context.Context, job Job[T], f *feeder[T], means []float64) error {
	p := job.Program()
	clear(means)
	n := f.source.Len()
	for lo := 0; lo < n; lo += p.MaxRows {
		if err := ctx.Err(); err != nil {
			return err
		}
		hi := min(lo+p.MaxRows, n)
		b, err := f.fill(lo, hi, lo)
		if err != nil {
			return err
		}
		if err := job.Evaluate(b); err != nil {
			return err
		}
		for i, v := range p.Results {
			means[i] += float64(v * float64(hi-lo) / float64(n))
		}
	}
	return nil
}

func (l *loop[T]) saveIsDue() bool {
	if l.checkpoint == "" {
		return false
	}
	return l.everySteps > 0 && l.p.Step-l.lastSteps >= l.everySteps || l.every > 0 && time.Since(l.lastSave) >= l.every
}

// save writes a checkpoint.
func (l *loop[T]) save() error {
	if err := l.finite(); err != nil {
		return err
	}
	state := l.state()
	if err := writeCheckpoint(l.checkpoint, l.p, l.data.Pipeline, state, l.savedBest(state)); err != nil {
		return err
	}
	l.lastSave, l.lastSteps, l.saved = time.Now(), l.p.Step, l.checkpoint
	l.event.Path = l.checkpoint
	l.notify(Checkpointed)
	return nil
}

// state collects what a checkpoint holds of the loop.
func (l *loop[T]) state() *loopState {
	pr := l.progress
	rate := exact(pr.LR)
	s := &loopState{
		Begun: l.begun, Epoch: pr.Epoch, Position: l.position, TrainRows: l.rows, BatchRows: l.batchRows,
		UpdateRows: l.updateRows, InOrder: l.order == nil,
		Sums: exacts(l.sums), SumRows: l.sumRows, Rows: l.total, Skipped: l.skipped, InARow: l.inARow,
		Loss: exact(pr.Loss), StepLoss: exact(pr.StepLoss), GradNorm: exact(pr.GradNorm), LR: &rate,
		Train: exacts(pr.Train), Validation: exacts(pr.Validation), Kept: l.best.state(l.keep), Data: l.fingerprint(),
	}
	for _, e := range pr.series {
		s.Best = append(s.Best, seriesEnd{exact(e.best), e.stale})
	}
	return s
}

// matches plans anew by the saved settings and the saved best epoch, and tells
// why a saved run cannot go on in this one: the data must be the same, above all
// the validation rows those that it has not trained on, and in the middle of an
// epoch the rows and the batches.
func (l *loop[T]) matches(run *savedRun) error {
	if err := l.takeBest(&run.loop); err != nil {
		return err
	}
	if err := l.configure(); err != nil {
		return err
	}
	if seed := run.counters.Seed; l.data.drawn && l.data.seed != seed {
		return fmt.Errorf("saved by a run of the seed %d, while the validation rows of this one are drawn by %d: make the model with the seed %d before loading its data",
			seed, l.data.seed, seed)
	}
	if err := l.sameData(run); err != nil {
		return err
	}
	var err error
	if l.best, err = l.newBest(); err != nil {
		return err
	}
	s := &run.loop
	if s.Position == 0 {
		return nil
	}
	same := s.TrainRows == l.rows && s.UpdateRows == l.updateRows && s.InOrder == (l.order == nil)
	if !same || s.Position > l.rows {
		return fmt.Errorf("saved in the middle of %s; this run has %s: give it the same data and settings",
			epochText(s.TrainRows, s.UpdateRows, s.InOrder), epochText(l.rows, l.updateRows, l.order == nil))
	}
	return nil
}

func epochText(rows, update int, inOrder bool) string {
	order := "shuffled"
	if inOrder {
		order = "in order"
	}
	return fmt.Sprintf("an epoch of %d rows, %s, in updates of %d", rows, order, update)
}

// load takes over a saved state.
func (l *loop[T]) load(s *loopState) {
	pr := l.progress
	l.begun = s.Begun
	l.position, l.sumRows, l.total, l.skipped, l.inARow = s.Position, s.SumRows, s.Rows, s.Skipped, s.InARow
	pr.Epoch, pr.Step = s.Epoch, l.p.Step
	pr.Loss, pr.StepLoss, pr.GradNorm = float64(s.Loss), float64(s.StepLoss), float64(s.GradNorm)
	l.p.GradNorm = pr.GradNorm
	if s.LR != nil {
		pr.LR = float64(*s.LR)
		l.p.LR = pr.LR
	}
	restore(l.sums, s.Sums)
	restore(pr.Train, s.Train)
	restore(pr.Validation, s.Validation)
	if l.savedBest(s) != nil {
		l.best.load(s.Kept)
	}
	for i, e := range s.Best {
		pr.series[i] = series{float64(e.Best), e.Stale}
	}
}
