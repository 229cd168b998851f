package runtime

import "time"

// Option changes how Run works.
type Option func(*options)

type options struct {
	observers  []Observer
	checkpoint string
	everySteps int
	every      time.Duration
	resume     bool
	anyKernels bool
	anyData    bool
	skip       bool
	inOrder    bool
	keep       string // name of the value whose best epoch is kept
	set        []setValue

	validateCancelled bool
}

// Observe adds an observer of the run's events.
func Observe(o Observer) Option { return func(c *options) { c.observers = append(c.observers, o) } }

// Checkpoints names the file that the run's state is saved to: at the end,
// when the context is cancelled, and as CheckpointEvery says.
func Checkpoints(path string) Option { return func(c *options) { c.checkpoint = path } }

// CheckpointEvery saves after that many steps, and after the first step that
// ends so long after the last save; 0 for neither.
func CheckpointEvery(steps int, d time.Duration) Option {
	return func(c *options) { c.everySteps, c.every = steps, d }
}

// Resume continues from the file that Checkpoints names, if it is there: with
// the settings that the run had and the best epoch that it has kept (KeepBest),
// on the data that it began with. Other data is refused; of a source that has no
// Fingerprint only the number of rows is known.
func Resume() Option { return func(c *options) { c.resume = true } }

type setValue struct {
	path  string
	value float64
}

// Set gives a setting another value for this run, also where a checkpoint
// that it resumes from has its own.
func Set(path string, value float64) Option {
	return func(c *options) { c.set = append(c.set, setValue{path, value}) }
}

// AnyKernels allows resuming on another kernel set, which continues the run
// but not bit for bit.
func AnyKernels() Option { return func(c *options) { c.anyKernels = true } }

// AnyData allows resuming on other data than the run began with. In the middle
// of an epoch it must have as many rows.
func AnyData() Option { return func(c *options) { c.anyData = true } }

// SkipNotFinite leaves out steps whose loss or gradients have a NaN or Inf,
// and reports each, instead of ending the run at the first. A hundred in a
// row end it.
func SkipNotFinite() Option { return func(c *options) { c.skip = true } }

// ValidateCancelled validates once more, for the summary, also when the
// context is cancelled within an epoch, after the checkpoint is written. Run
// returns as much later.
func ValidateCancelled() Option { return func(c *options) { c.validateCancelled = true } }

// InOrder takes the rows in the source's order in every epoch.
func InOrder() Option { return func(c *options) { c.inOrder = true } }
