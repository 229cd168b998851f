// Command gtc checks, compiles, trains, evaluates and formats programs of the
// language. What each command does stands in a file of its name; making and
// running executables is in internal/build, drawing in internal/draw.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gtc-lang/gtc/cmd/gtc/internal/build"
	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/runtime/cli"
)

// version of the language and its tools.
const version = "0.1.0"

// The exit codes.
const (
	exitWrong = 1 // the program or the input is wrong
	exitUsage = 2 // the command line is wrong
)

// errReported ends a command that has said what is wrong.
var errReported = errors.New("reported")

// usageError is a command line that cannot be understood.
type usageError struct{ error }

func main() {
	c := root()
	c.SetArgs(longFlags(c, os.Args[1:]))
	err := c.ExecuteContext(context.Background())
	if err != nil {
		complain(os.Stderr, err)
	}
	os.Exit(exitCode(err))
}

// obeying makes a signal end the command's context, for commands that have
// something to put in order. A second one ends the context that is returned:
// then there is no time for it.
func obeying(c *cobra.Command) (urged context.Context, stop func()) {
	told, urged, stop := cli.Obey(c.Context())
	c.SetContext(told)
	return urged, stop
}

// complain prints an error that nobody has printed yet.
func complain(w io.Writer, err error) {
	var list dsl.ErrorList
	var one *dsl.Diagnostic
	switch {
	case errors.Is(err, errReported) || errors.Is(err, build.ErrFailed):
	case errors.Is(err, build.ErrInterrupted) || errors.Is(err, context.Canceled):
	case errors.As(err, &list) || errors.As(err, &one):
		fmt.Fprint(w, complaints(w).Error(err))
	default:
		fmt.Fprintln(w, "gtc:", err)
	}
}

func exitCode(err error) int {
	var usage usageError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &usage):
		return exitUsage
	case errors.Is(err, build.ErrInterrupted) || errors.Is(err, context.Canceled):
		return cli.ExitInterrupted
	}
	return exitWrong
}

func root() *cobra.Command {
	c := &cobra.Command{
		Use: "gtc", Short: "A compiler for training loops", Version: version, SilenceUsage: true, SilenceErrors: true,
		Long: `gtc turns programs of a small model-and-training language into Go, and runs them.

Long flags take one dash or two. Exit codes:
  0    fine
  1    the program or its input is wrong
  2    the command line is wrong
  130  interrupted`,
		Example: "  gtc train digits.gt\n  gtc predict digits.safetensors rows.csv\n  gtc compile digits.gt\n  gtc check digits.gt\n  gtc explain GT0207",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			return noCommand(c, args[0])
		},
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.SetVersionTemplate("gtc {{.Version}}\n")
	c.InitDefaultVersionFlag() // so that it is known with one dash too
	c.SetHelpCommand(helpCommand())
	c.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usageError{fmt.Errorf("%s; gtc help %s lists the flags", flagText(c, err), strings.TrimPrefix(c.CommandPath(), "gtc "))}
	})
	c.AddCommand(checkCommand(), compileCommand(), trainCommand(), predictCommand(), scoreCommand(), evalCommand(),
		fmtCommand(), summaryCommand(), explainCommand(), versionCommand())
	complete(c)
	return c
}

// between checks the number of arguments; names says what they are.
func between(least, most int, names string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) < least || len(args) > most {
			return usageError{fmt.Errorf("%s takes %s, found %s", c.Name(), names, argumentsText(len(args)))}
		}
		return nil
	}
}

func argumentsText(n int) string {
	if n == 1 {
		return "1 argument"
	}
	return fmt.Sprintf("%d arguments", n)
}

func helpCommand() *cobra.Command {
	return &cobra.Command{Use: "help [COMMAND]", Short: "Print what a command does, and its flags",
		Example: "  gtc help train",
		RunE: func(c *cobra.Command, args []string) error {
			about, rest, err := c.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return noCommand(c.Root(), args[0])
			}
			about.InitDefaultHelpFlag()
			return about.Help()
		}}
}

// noCommand is the error of a command that there is not.
func noCommand(root *cobra.Command, name string) error {
	var known []string
	for _, sub := range root.Commands() {
		known = append(known, sub.Name())
	}
	return usageError{fmt.Errorf("no command %q%s", name, meant(name, known))}
}

func versionCommand() *cobra.Command {
	return &cobra.Command{Use: "version", Short: "Print the version", Args: between(0, 0, "nothing"), Example: "  gtc version",
		Run: func(c *cobra.Command, _ []string) { fmt.Fprintln(c.OutOrStdout(), "gtc", version) }}
}

func explainCommand() *cobra.Command {
	return &cobra.Command{Use: "explain CODE", Short: "Print the page of a diagnostic's code", Args: between(1, 1, "a code"),
		Example: "  gtc explain GT0207",
		RunE: func(c *cobra.Command, args []string) error {
			page := dsl.Explain(dsl.Code(strings.ToUpper(args[0])))
			if page == "" {
				return fmt.Errorf("no page for the code %q; codes look like GT0207", args[0])
			}
			fmt.Fprintln(c.OutOrStdout(), page)
			return nil
		}}
}
