package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/gtc-lang/gtc/cmd/gtc/internal/build"
	"github.com/gtc-lang/gtc/cmd/gtc/internal/draw"
	"github.com/gtc-lang/gtc/codegen"
	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	rt "github.com/gtc-lang/gtc/runtime"
)

// training is the command line of train.
type training struct {
	float      *float
	clone      *string
	memory     *memory
	block      string
	data       string
	set        []string
	best       string
	from       string
	seed       uint64
	resume     bool
	anyData    bool
	anyKernels bool
	progress   string
	model      string
}

const trainLong = `Compile a program, build it in the user's cache folder, run it, and save the
model. The build is made once for each text.

-data names the file to read instead of the data line's, or a folder that has
the data line's files. A program without a data line takes the columns of a CSV
file in the order of its inputs; it has to have no others, unless its header
calls these as the inputs are called.

-from begins with the weights of a saved model, for more epochs or on other
data; what was learned from the columns is kept where the data line is the same.
With -resume it is for a run that has not saved its state yet.

-set gives a setting another value: a number of the optimizer or of a layer by
its path, batch, accumulate, or a number of the stop rule.

The run's state is saved every 30 seconds, and when it is interrupted. After
that the validation part is looked at once more; interrupting again ends it at
once. -resume goes on from there, exactly: with the same seed, the settings that
were given, and the best epoch that -best has kept so far. -best can neither name
another value then, nor be new when epochs have been completed without it. Data
that is not what the run began with is refused, but with -any-data. Another kernel
set (avx512, avx2 or go: the best that the processor has, or what GTC_KERNELS says)
is refused, but with -any-kernels: the last bits of products differ.

A program that needs more memory than the machine has is refused before it is
built; gtc summary says what takes how much.

With -progress=json the events go to the output as lines of JSON.`

func trainCommand() *cobra.Command {
	var t training
	c := &cobra.Command{Use: "train FILE", Short: "Train a program's model and save it", Args: between(1, 1, "a file"), Long: trainLong,
		Example: "  gtc train digits.gt\n  gtc train digits.gt -data other.csv -seed 7 -o seven.safetensors\n  gtc train digits.gt -set lr.peak=3e-4 -set batch=64 -set stop.epoch=5\n  gtc train digits.gt -resume",
		RunE:    func(c *cobra.Command, args []string) error { return t.run(c, args[0]) },
	}
	t.float, t.clone, t.memory = floatFlag(c), cloneFlag(c), memoryFlag(c)
	flags := c.Flags()
	flags.StringVar(&t.block, "train", "", "name of the train block, if there are several")
	flags.StringVar(&t.data, "data", "", "file or folder of data")
	flags.StringArrayVar(&t.set, "set", nil, "a setting's value, `path=number`")
	flags.Uint64Var(&t.seed, "seed", rt.DefaultSeed, "seed of weights, random draws and the order of rows")
	flags.StringVar(&t.best, "best", "", "save the weights of the epoch that is best by this value, such as val.loss")
	flags.StringVar(&t.from, "from", "", "saved model to begin with, instead of new weights")
	flags.BoolVar(&t.resume, "resume", false, "go on with an interrupted run")
	flags.BoolVar(&t.anyData, "any-data", false, "let -resume go on with other data")
	flags.BoolVar(&t.anyKernels, "any-kernels", false, "let -resume go on with another kernel set, not bit for bit")
	flags.StringVar(&t.progress, "progress", "auto", "one of "+strings.Join(draw.Modes, ", "))
	flags.StringVarP(&t.model, "out", "o", "", "file to save the model to")
	return c
}

// run trains. What can be wrong without building is found before.
func (t *training) run(c *cobra.Command, path string) error {
	progress, err := draw.New(t.progress, c.OutOrStdout())
	if err != nil {
		return usageError{err}
	}
	progress.Notes = c.ErrOrStderr()
	p, err := lowered(c, path)
	if err != nil {
		return err
	}
	block, err := t.chosen(c, p, path)
	if err != nil {
		return err
	}
	noted(c, p)
	made, err := t.plan(c, p, block)
	if err != nil {
		return err
	}
	if t.model == "" {
		t.model = made.name + ".safetensors"
	}
	if err := t.checkFiles(); err != nil {
		return err
	}
	return t.train(c, made, block, path, progress)
}

// chosen is the train block that is meant, once it and the command line are
// known to be right.
func (t *training) chosen(c *cobra.Command, p *ir.Program, path string) (*ir.Train, error) {
	block, err := trainBlock(p, t.block)
	if err != nil {
		return nil, err
	}
	if err := shown(c, codegen.Refused(p)); err != nil {
		return nil, err
	}
	if err := shown(c, t.direction(block)); err != nil {
		return nil, err
	}
	return block, t.check(p, block, path)
}

// plan is the program as it is to be built, if the machine has the memory
// that the block needs.
func (t *training) plan(c *cobra.Command, p *ir.Program, block *ir.Train) (*program, error) {
	out, err := planned(c, p, &stages{}, t.float)
	if err != nil {
		return nil, err
	}
	if err := t.memory.check(c, func(limit int64) *dsl.Diagnostic { return out.Fits(block.Name, t.float.size(), limit) }); err != nil {
		return nil, err
	}
	return prepare(out, t.float, *t.clone)
}

// train builds the program, runs it, and says how it went.
func (t *training) train(c *cobra.Command, made *program, block *ir.Train, path string, progress *draw.Progress) error {
	quiet := t.progress == "json" || t.progress == "none"
	if !quiet {
		t.announce(c.ErrOrStderr())
	}
	urged, stop := obeying(c)
	defer stop()
	executable, err := made.executable(c, quiet)
	if err != nil {
		return err
	}
	args := append(t.arguments(c, block, path), "-interval", progress.Interval().String())
	err = follow(c, urged, executable, args, progress)
	if t.progress != "json" {
		t.conclude(c, block, path, progress, err)
	}
	return err
}

// follow runs the program and shows how it goes; what it complains about
// waits until the bar is drawn.
func follow(c *cobra.Command, urged context.Context, executable string, args []string, progress *draw.Progress) error {
	var complaints bytes.Buffer
	defer context.AfterFunc(c.Context(), progress.Interrupted)()
	err := build.Run(c.Context(), urged, executable, args, progress.Line, &complaints)
	progress.Close()
	_, _ = c.ErrOrStderr().Write(complaints.Bytes())
	progress.Summarise()
	return err
}

func (t *training) checkpoint() string { return t.model + ".checkpoint" }

// announce says how the run begins, where that may be a surprise.
func (t *training) announce(w io.Writer) {
	_, err := os.Stat(t.checkpoint())
	switch {
	case t.resume && errors.Is(err, os.ErrNotExist):
		fmt.Fprintf(w, "no %s to go on with: this run begins anew\n", t.checkpoint())
	case t.resume && t.from != "":
		fmt.Fprintf(w, "going on with the weights of %s, not with those of %s\n", t.checkpoint(), t.from)
	case !t.resume && err == nil:
		fmt.Fprintf(w, "this run begins anew; %s of an interrupted one will be replaced (-resume goes on with it)\n", t.checkpoint())
	}
}

// arguments are the program's.
func (t *training) arguments(c *cobra.Command, block *ir.Train, path string) []string {
	args := []string{"train", "-train", block.Name, "-folder", filepath.Dir(path), "-o", t.model, "-checkpoint", t.checkpoint()}
	if t.data != "" {
		args = append(args, "-data", t.data)
	}
	if c.Flags().Changed("seed") { // else a resumed run goes on with its own
		args = append(args, "-seed", strconv.FormatUint(t.seed, 10))
	}
	if t.from != "" {
		args = append(args, "-from", t.from)
	}
	if t.best != "" {
		args = append(args, "-best", t.best)
	}
	if t.resume {
		args = append(args, "-resume")
	}
	if t.anyData {
		args = append(args, "-any-data")
	}
	if t.anyKernels {
		args = append(args, "-any-kernels")
	}
	for _, s := range t.set {
		args = append(args, "-set", s)
	}
	return args
}

// conclude says where the result is.
func (t *training) conclude(c *cobra.Command, block *ir.Train, path string, progress *draw.Progress, err error) {
	w := c.OutOrStdout()
	switch model := progress.Model(); {
	case err == nil:
		fmt.Fprintf(w, "saved %s\npredict with: %s\n", model, commandLine("gtc", "predict", model, rowsOf(block)))
	case progress.Saved() != "":
		fmt.Fprintf(w, "saved %s at step %d\ngo on with: %s\n", progress.Saved(), progress.SavedStep(), commandLine(t.again(c, path)...))
	}
}

// rowsOf is a name for a file of rows such as a train block reads.
func rowsOf(block *ir.Train) string {
	if block.Source == nil {
		return "ROWS.csv"
	}
	return map[string]string{"csv": "ROWS.csv", "idx": "IMAGES.idx", "text": "TEXT.txt"}[block.Source.Format.Kind]
}

// again is the command line that goes on with this run. What it began with is
// in its state, and so are the data and the kernel set that it may go on with.
func (t *training) again(c *cobra.Command, path string) []string {
	words := []string{"gtc", "train", path}
	c.Flags().Visit(func(f *pflag.Flag) {
		switch f.Name {
		case "resume", "from", "any-data", "any-kernels":
		case "set":
			for _, s := range t.set {
				words = append(words, "-set", s)
			}
		default:
			words = append(words, "-"+f.Name, f.Value.String())
		}
	})
	return append(words, "-resume")
}
