package runtime

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"time"

	"github.com/gtc-lang/gtc/runtime/internal/cpu"
)

// maxSkips is how many steps in a row may be left out for NaN or Inf.
const maxSkips = 100

// Run trains: epochs of shuffled batches, validation, stop rule, checkpoints,
// until the stop rule holds, ctx is cancelled (the error is ctx's then) or
// something fails (nothing is saved then: the last checkpoint stays). The
// summary is set in every case but a refused start. A run that the stop rule
// ends within an epoch is validated once more, for the summary alone: neither
// the checkpoint nor a later stop rule sees it.
// With neither observers nor checkpoints a step of the loop allocates nothing.
func Run[T Float](ctx context.Context, job Job[T], data Data[T], opts ...Option) (*Summary, error) {
	l, err := newLoop(job, data, opts)
	if err != nil {
		return nil, err
	}
	reason, err := l.run(ctx)
	return l.end(ctx, reason, err)
}

// loop is a run in progress.
type loop[T Float] struct {
	options
	job        Job[T]
	p          *Program[T]
	data       Data[T]
	train      *feeder[T]
	validation *feeder[T]
	order      *Shuffler // nil: in the source's order

	rows       int // of the training part
	batchRows  int
	updateRows int // of one update: accumulated batches together
	values     []Value

	begun    int // updates made before this run
	progress *Progress
	position int       // rows of the running epoch that are used up
	sums     []float64 // of the running epoch: results times rows
	sumRows  int
	results  []float64 // of the last update
	means    []float64 // scratch
	total    int64     // rows trained on
	skipped  int
	inARow   int // skipped steps in a row
	resumed  bool

	best      *best[T]   // nil: the newest weights are kept
	print     *dataPrint // of data, once it is asked for
	event     Event
	start     time.Time
	lastSave  time.Time
	lastSteps int
	saved     string
}

func newLoop[T Float](job Job[T], data Data[T], opts []Option) (*loop[T], error) {
	p := job.Program()
	l := &loop[T]{job: job, p: p, data: data, values: slices.Clone(p.Values), start: time.Now()}
	for _, o := range opts {
		o(&l.options)
	}
	if err := cpu.Problem(); err != nil {
		return nil, err
	}
	if err := l.checkData(); err != nil {
		return nil, err
	}
	if err := l.configure(); err != nil {
		return nil, err
	}
	n := len(l.p.Values)
	l.sums, l.results, l.means = make([]float64, n), make([]float64, n), make([]float64, n)
	l.progress = newProgress(l.p.Values)
	l.progress.Step, l.begun = l.p.Step, l.p.Step
	l.event = Event{Program: l.p.Name, Values: l.values, Results: l.results, Progress: l.progress, Notes: l.data.notes(l.p.Ports)}
	var err error
	if l.best, err = l.newBest(); err != nil {
		return nil, err
	}
	if err := l.restart(); err != nil {
		return nil, err
	}
	l.setTotal()
	l.lastSave, l.lastSteps = l.start, l.p.Step
	return l, nil
}

// checkData looks at all rows of sources that can be looked at in advance.
func (l *loop[T]) checkData() error {
	if l.data.Train == nil || l.data.Train.Len() == 0 {
		return errors.New("there are no rows to train on")
	}
	l.rows = l.data.Train.Len()
	if l.rows > math.MaxInt32 {
		return fmt.Errorf("%d rows, at most %d can be shuffled", l.rows, math.MaxInt32)
	}
	for _, part := range []Source[T]{l.data.Train, l.data.Validation} {
		if c, ok := part.(checker); ok {
			if err := c.Check(l.p.Ports); err != nil {
				return err
			}
		}
	}
	return l.checkAwaited()
}

// checkAwaited refuses a run that its stop rule could never end.
func (l *loop[T]) checkAwaited() error {
	if v := l.data.Validation; l.p.Awaits == "" || v != nil && v.Len() > 0 {
		return nil
	}
	return fmt.Errorf("train %s would never end: its stop rule cannot hold without %s, and there are no rows to validate on: keep more rows for validation (val), or bound epoch or step in the stop rule", l.p.Name, l.p.Awaits)
}

// configure applies the settings of this run and plans by them.
func (l *loop[T]) configure() error {
	for _, s := range l.set {
		if err := SetSetting(l.p.Settings, s.path, s.value); err != nil {
			return err
		}
	}
	if err := CheckSettings(l.p.Settings); err != nil {
		return fmt.Errorf("train %s: %w", l.p.Name, err)
	}
	if l.p.Refresh != nil {
		l.p.Refresh()
	}
	return l.plan()
}

// plan derives from the sizes how an epoch is cut.
func (l *loop[T]) plan() error {
	p := l.p
	switch {
	case p.BatchRows < 0:
		return fmt.Errorf("train %s: batch is %d, it is a number of rows, or 0 for all", p.Name, p.BatchRows)
	case p.Accumulate < 0:
		return fmt.Errorf("train %s: accumulate is %d, it is a number of batches from 1 on", p.Name, p.Accumulate)
	case p.MaxRows < 1 || len(p.Results) != len(p.Values):
		return fmt.Errorf("train %s: bound %d, %d results for %d values", p.Name, p.MaxRows, len(p.Results), len(p.Values))
	}
	l.batchRows = l.rows
	if p.BatchRows > 0 {
		l.batchRows = min(p.BatchRows, l.rows)
	}
	l.updateRows = l.rows
	if accumulate := max(1, p.Accumulate); accumulate <= l.rows/l.batchRows {
		l.updateRows = accumulate * l.batchRows
	}
	if err := l.checkParts(); err != nil {
		return err
	}
	l.order = nil
	if !l.inOrder && l.batchRows < l.rows {
		l.order = NewShuffler(l.rows)
	}
	l.train = newFeeder(l.data.Train, p.Ports, min(l.batchRows, p.MaxRows), l.order)
	if l.validationRows() > 0 {
		l.validation = newFeeder(l.data.Validation, p.Ports, p.MaxRows, nil)
	}
	return nil
}

// setTotal tells schedules how many updates there are with this run, as far as
// the stop rule bounds it.
func (l *loop[T]) setTotal() {
	perEpoch := ceilDiv(l.rows, l.updateRows)
	l.p.Total = l.p.MaxSteps
	byEpochs := float64(l.begun) + float64(l.p.MaxEpochs)*float64(perEpoch)
	if l.p.MaxEpochs > 0 && byEpochs < math.MaxInt32 && (l.p.Total == 0 || byEpochs < float64(l.p.Total)) {
		l.p.Total = int(byEpochs)
	}
	l.event.Total, l.event.StepsPerEpoch = l.p.Total, perEpoch
}

// restart takes up a saved run, if that is asked for and there is one.
func (l *loop[T]) restart() error {
	if l.checkpoint == "" && l.resume {
		return errors.New("there is no file to resume from: name it, with Checkpoints, or leave Resume out")
	}
	if l.checkpoint == "" {
		return nil
	}
	removeLeftovers(l.checkpoint)
	if _, err := os.Stat(l.checkpoint); !l.resume || errors.Is(err, os.ErrNotExist) {
		return nil
	}
	state, err := readCheckpoint(l.checkpoint, l.p, l.anyKernels, l.matches, l.savedBest)
	if err != nil {
		return err
	}
	l.load(state)
	l.resumed = true
	return nil
}

// run goes through the epochs.
func (l *loop[T]) run(ctx context.Context) (Reason, error) {
	l.notify(RunStarted)
	if l.resumed && l.stops() {
		return Stopped, nil
	}
	for {
		if l.order != nil {
			l.order.Shuffle(l.p.Seed, l.progress.Epoch)
		}
		if reason, err := l.epoch(ctx); reason != "" {
			return reason, err
		}
		if err := l.endEpoch(ctx); err != nil {
			return reasonOf(err, ctx), err
		}
		if l.stops() {
			return Stopped, nil
		}
	}
}

// epoch makes the updates that are left of the running epoch. Its reason is
// "" if the epoch came to its end.
func (l *loop[T]) epoch(ctx context.Context) (Reason, error) {
	for l.position < l.rows {
		if err := ctx.Err(); err != nil {
			return Cancelled, err
		}
		rows := min(l.updateRows, l.rows-l.position)
		skipped, err := l.update(ctx, rows)
		if err != nil {
			l.job.Discard()
			return reasonOf(err, ctx), err
		}
		l.position += rows
		if skipped {
			continue
		}
		if l.position < l.rows && l.stops() { // else the epoch ends first
			return Stopped, nil
		}
		if l.saveIsDue() {
			if err := l.save(); err != nil {
				return Failed, err
			}
		}
	}
	return "", nil
}

func reasonOf(err error, ctx context.Context) Reason {
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return Cancelled
	}
	return Failed
}

func (l *loop[T]) stops() bool { return l.p.Stop != nil && l.p.Stop(l.progress) }

// end saves where that makes sense, looks at what the last epoch has not told
// yet, and sums up.
func (l *loop[T]) end(ctx context.Context, reason Reason, err error) (*Summary, error) {
	if bad := l.finite(); reason != Failed && bad != nil {
		reason, err = Failed, errors.Join(err, bad)
	}
	if reason != Failed && l.checkpoint != "" {
		if saveErr := l.save(); saveErr != nil {
			reason, err = Failed, errors.Join(err, saveErr)
		}
	}
	validation := l.progress.Validation
	if l.validation != nil && l.sumRows > 0 {
		done, validateErr := l.validateLast(ctx, reason)
		if validateErr != nil {
			reason, err = reasonOf(validateErr, ctx), errors.Join(err, validateErr)
		}
		if done {
			validation = l.means
		}
	}
	s := l.summary(reason, validation)
	l.keepBest(s)
	l.event.Summary = s
	l.notify(RunEnded)
	return s, err
}

// validateLast evaluates the validation part for a run that ends within an
// epoch, if that is to be done. What a checkpoint holds stays as it is.
func (l *loop[T]) validateLast(ctx context.Context, reason Reason) (done bool, err error) {
	switch {
	case reason == Cancelled && l.validateCancelled:
		ctx = context.WithoutCancel(ctx)
	case reason != Stopped:
		return false, nil
	}
	err = l.validate(ctx)
	return err == nil, err
}

// summary is what the run came to.
func (l *loop[T]) summary(reason Reason, validation []float64) *Summary {
	pr := l.progress
	s := &Summary{
		Program: l.p.Name, Reason: reason, Resumed: l.resumed, Epochs: pr.Epoch, Steps: pr.Step,
		Rows: l.total, Skipped: l.skipped, Values: l.values, Train: slices.Clone(pr.Train), Unfinished: l.sumRows,
		StepLoss: pr.StepLoss, GradNorm: pr.GradNorm, LR: pr.LR, Elapsed: time.Since(l.start), Checkpoint: l.saved,
	}
	if reason == Stopped && l.p.Why != nil {
		s.Held = l.p.Why(pr)
	}
	if l.sumRows > 0 {
		for i, v := range l.sums {
			s.Train[i] = v / float64(l.sumRows)
		}
	}
	if l.validation != nil {
		s.Validation = slices.Clone(validation)
	}
	return s
}

// notify passes the event on, if anybody looks.
func (l *loop[T]) notify(kind EventKind) {
	if len(l.observers) == 0 {
		return
	}
	e := &l.event
	e.Kind, e.Rows, e.Elapsed = kind, l.total, time.Since(l.start)
	e.StepInEpoch = ceilDiv(l.position, l.updateRows)
	if kind == StepDone || kind == StepSkipped { // position is where it began
		e.StepInEpoch++
	}
	for _, o := range l.observers {
		o.Observe(e)
	}
}
