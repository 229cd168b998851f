package cli

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"

	rt "github.com/gtc-lang/gtc/runtime"
)

// trainFlags is the command line of train.
type trainFlags struct {
	block      string        // name of the train block; "" for the only one
	files      files         // of the data
	seed       uint64        // of weights, draws and orders
	set        settings      // by path
	best       string        // value whose best epoch is kept; "" for the last epoch
	resume     bool          // go on where the checkpoint stands
	anyData    bool          // also on other data
	anyKernels bool          // also on another kernel set
	checkpoint string        // file of the run's state
	from       string        // saved model to begin with; "" for new weights
	model      string        // file that the model is saved to
	interval   time.Duration // least time between two steps that are told
	every      time.Duration // between two checkpoints
}

func (f *trainFlags) declare(set *flag.FlagSet) {
	set.StringVar(&f.block, "train", "", "name of the train block")
	set.StringVar(&f.files.data, "data", "", "file or folder instead of the data line's")
	set.StringVar(&f.files.folder, "folder", "", "folder that the data line's files are relative to")
	set.Uint64Var(&f.seed, "seed", rt.DefaultSeed, "seed of weights, draws and orders")
	set.Var(&f.set, "set", "a setting, path=value")
	set.StringVar(&f.best, "best", "", "value whose best epoch is kept")
	set.BoolVar(&f.resume, "resume", false, "go on where the checkpoint stands")
	set.BoolVar(&f.anyData, "any-data", false, "allow -resume on other data")
	set.BoolVar(&f.anyKernels, "any-kernels", false, "allow -resume on another kernel set")
	set.StringVar(&f.checkpoint, "checkpoint", "", "file of the run's state")
	set.StringVar(&f.from, "from", "", "saved model to begin with")
	set.StringVar(&f.model, "o", "model.safetensors", "file to save the model to")
	set.DurationVar(&f.interval, "interval", 0, "least time between two steps that are told")
	set.DurationVar(&f.every, "every", 30*time.Second, "time between two checkpoints")
}

// settings are values by path, in the order given.
type settings []setting

type setting struct {
	path  string
	value float64
}

// String returns nothing: there is no default to show.
func (s *settings) String() string { return "" }

// Set takes path=value.
func (s *settings) Set(text string) error {
	path, number, found := strings.Cut(text, "=")
	value, err := strconv.ParseFloat(number, 64)
	if !found || path == "" || err != nil {
		return fmt.Errorf("%q is not path=number", text)
	}
	*s = append(*s, setting{path, value})
	return nil
}

// train runs a train block to its end, or to the end of ctx, and saves the
// model. Events go to the output as lines of JSON; the last is "model", with
// the path.
func (c *command[T]) train(ctx context.Context, args []string) error {
	var f trainFlags
	set := flag.NewFlagSet("train", flag.ContinueOnError)
	f.declare(set)
	if err := c.parse(set, args, 0); err != nil {
		return err
	}
	before, err := f.takeUp(set)
	if err != nil {
		return err
	}
	model := c.New(f.seed)
	if f.from != "" {
		if before, err = c.open(f.from, &model); err != nil {
			return err
		}
	}
	block, err := chosen("train block", f.block, model.Trains, func(t Train[T]) string { return t.Name })
	if err != nil {
		return err
	}
	job := block.Job()
	data, err := load(f.files, block, before.Pipeline, job.Program().Ports, f.seed)
	if err != nil {
		return err
	}
	options, err := f.options(job.Program().Settings, block.Name)
	if err != nil {
		return err
	}
	told := throttled{to: rt.JSONLines(c.out), interval: f.interval}
	summary, err := rt.Run(ctx, job, data, append(options, rt.Observe(&told))...)
	if err != nil {
		if summary != nil && summary.Reason == rt.Cancelled {
			return errInterrupted
		}
		return err
	}
	if err := c.save(f, model, block.Name, job.Program().Kernels, data.Pipeline); err != nil {
		return err
	}
	return c.tell(map[string]any{"event": "model", "path": f.model})
}

// open reads a saved model.
func (c *command[T]) open(path string, model *Model[T]) (rt.ModelInfo, error) {
	return rt.LoadModel(path, model.Structure, model.Tensors, model.Settings, rt.LoadOptions{})
}

// takeUp continues with the seed that a run began with, and returns what its
// checkpoint says: its data is prepared as before, also when that had been
// learned from other data, by a run -from another. What it began from it has
// left behind.
func (f *trainFlags) takeUp(set *flag.FlagSet) (before rt.ModelInfo, err error) {
	if !f.resume {
		return before, nil
	}
	saved, err := rt.ReadCounters(f.checkpoint)
	if errors.Is(err, fs.ErrNotExist) {
		return before, nil
	}
	if err != nil {
		return before, err
	}
	given := false
	set.Visit(func(one *flag.Flag) { given = given || one.Name == "seed" })
	if given && f.seed != saved.Seed {
		return before, fmt.Errorf("the run to resume began with the seed %d, not %d", saved.Seed, f.seed)
	}
	f.seed, f.from = saved.Seed, ""
	return rt.ReadModelInfo(f.checkpoint)
}

// options are the loop's. A setting's path may leave out the train block's name.
func (f *trainFlags) options(known []rt.Setting, block string) ([]rt.Option, error) {
	options := []rt.Option{rt.ValidateCancelled()} // a second signal ends that too
	for _, s := range f.set {
		path, err := resolve(known, block, s.path)
		if err != nil {
			return nil, err
		}
		options = append(options, rt.Set(path, s.value))
	}
	if f.checkpoint != "" {
		options = append(options, rt.Checkpoints(f.checkpoint), rt.CheckpointEvery(0, f.every))
	}
	if f.best != "" {
		options = append(options, rt.KeepBest(f.best))
	}
	if f.resume {
		options = append(options, rt.Resume())
	}
	if f.anyData {
		options = append(options, rt.AnyData())
	}
	if f.anyKernels {
		options = append(options, rt.AnyKernels())
	}
	return options, nil
}

// resolve finds a setting by its path, with or without the block's name.
func resolve(known []rt.Setting, block, path string) (string, error) {
	short := strings.TrimPrefix(path, block+".")
	var paths []string
	for _, s := range known {
		if strings.TrimPrefix(s.Path, block+".") == short {
			return s.Path, nil
		}
		paths = append(paths, strings.TrimPrefix(s.Path, block+"."))
	}
	return "", fmt.Errorf("no setting %q; there are %s", path, strings.Join(paths, ", "))
}

// save writes the model; then its checkpoint is not needed any more.
func (c *command[T]) save(f trainFlags, m Model[T], block, kernels string, pipeline *rt.Pipeline) error {
	err := rt.SaveModel(f.model, m.Tensors, rt.ModelInfo{
		Structure: m.Structure, Kernels: kernels, Pipeline: pipeline,
		Source: c.Source, SourceName: c.SourceName, Train: block, Settings: rt.SettingValues(m.Settings),
	})
	if err != nil || f.checkpoint == "" {
		return err
	}
	return os.Remove(f.checkpoint)
}

// tell writes an event of our own.
func (c *command[T]) tell(event map[string]any) error {
	line, err := json.Marshal(event)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.out, "%s\n", line)
	return err
}

// throttled passes events on, but steps not more often than interval.
type throttled struct {
	to       rt.Observer
	interval time.Duration
	last     time.Duration
}

// Observe passes the event on or drops it.
func (t *throttled) Observe(e *rt.Event) {
	if e.Kind == rt.StepDone {
		if e.Elapsed-t.last < t.interval {
			return
		}
		t.last = e.Elapsed
	}
	t.to.Observe(e)
}

// chosen returns the element of a name, or the only one for "".
func chosen[E any](what, name string, list []E, nameOf func(E) string) (E, error) {
	var none E
	var names []string
	for _, e := range list {
		if nameOf(e) == name {
			return e, nil
		}
		names = append(names, nameOf(e))
	}
	switch {
	case len(list) == 0:
		return none, fmt.Errorf("the program has no %s", what)
	case name == "" && len(list) == 1:
		return list[0], nil
	case name == "":
		return none, fmt.Errorf("several %ss: say which of %s", what, strings.Join(names, ", "))
	}
	return none, fmt.Errorf("no %s %q; there are %s", what, name, strings.Join(names, ", "))
}
