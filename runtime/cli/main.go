package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	rt "github.com/gtc-lang/gtc/runtime"
)

// The exit codes of a program, and of gtc, which passes them on.
const (
	exitFine        = 0
	exitFailed      = 1
	exitUsage       = 2
	ExitInterrupted = 130
)

// errInterrupted ends a run that was told to stop and has saved its state.
var errInterrupted = errors.New("interrupted")

// usageError is a command line that says nothing that can be done.
type usageError struct{ error }

// Main runs the program's command line and exits.
func Main[T rt.Float](p Program[T]) {
	told, urged, _ := Obey(context.Background())
	context.AfterFunc(urged, func() { os.Exit(ExitInterrupted) })
	os.Exit(run(told, p, os.Args[1:], os.Stdout, os.Stderr))
}

// command is a program with the streams of one run of it.
type command[T rt.Float] struct {
	Program[T]
	out, complaints io.Writer
}

// run does what the arguments say and returns the exit code.
func run[T rt.Float](ctx context.Context, p Program[T], args []string, out, complaints io.Writer) int {
	c := &command[T]{Program: p, out: out, complaints: complaints}
	err := c.dispatch(ctx, args)
	var usage usageError
	switch {
	case err == nil:
		return exitFine
	case errors.Is(err, errInterrupted):
		return ExitInterrupted
	case errors.As(err, &usage):
		fmt.Fprintf(complaints, "%s: %v\n", p.Name, err)
		return exitUsage
	}
	fmt.Fprintf(complaints, "%s: %v\n", p.Name, err)
	return exitFailed
}

func (c *command[T]) dispatch(ctx context.Context, args []string) error {
	if len(args) > 0 {
		switch args[0] {
		case "train":
			return c.train(ctx, args[1:])
		case "predict":
			return c.predict(ctx, args[1:])
		case "score":
			return c.score(ctx, args[1:])
		}
	}
	return usageError{errors.New("the first argument is train, predict or score")}
}

// parse reads flags; nothing may stand behind them but n arguments.
func (c *command[T]) parse(f *flag.FlagSet, args []string, n int) error {
	f.SetOutput(c.complaints)
	if err := f.Parse(args); err != nil {
		return usageError{err}
	}
	if f.NArg() != n {
		return usageError{fmt.Errorf("%s takes %d arguments, found %d", f.Name(), n, f.NArg())}
	}
	return nil
}
