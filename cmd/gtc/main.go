// Command gtc checks, formats and explains programs of the language.
package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/gtc-lang/gtc/dsl"
)

// version of the language and its tools.
const version = "0.1.0"

// errReported ends a command whose diagnostics have been printed.
var errReported = errors.New("reported")

func main() {
	if err := root().Execute(); err != nil {
		if !errors.Is(err, errReported) {
			fmt.Fprintln(os.Stderr, "gtc:", err)
		}
		os.Exit(1)
	}
}

func root() *cobra.Command {
	c := &cobra.Command{
		Use: "gtc", Short: "A compiler for training loops", SilenceUsage: true, SilenceErrors: true,
		Long:    "gtc checks, formats and explains programs of a small model-and-training language.\nIt exits with 1 when a program is wrong.",
		Example: "  gtc check model.gt\n  gtc fmt -w model.gt\n  gtc summary model.gt\n  gtc explain GT0207",
	}
	c.AddCommand(checkCommand(), fmtCommand(), summaryCommand(), explainCommand(), versionCommand())
	return c
}

func versionCommand() *cobra.Command {
	return &cobra.Command{Use: "version", Short: "Print the version", Args: cobra.NoArgs,
		Run: func(c *cobra.Command, _ []string) { fmt.Fprintln(c.OutOrStdout(), "gtc", version) }}
}

func explainCommand() *cobra.Command {
	return &cobra.Command{Use: "explain CODE", Short: "Print the page of a diagnostic's code", Args: cobra.ExactArgs(1),
		Example: "  gtc explain GT0207",
		RunE: func(c *cobra.Command, args []string) error {
			page := dsl.Explain(dsl.Code(args[0]))
			if page == "" {
				return fmt.Errorf("no page for the code %q; codes look like GT0207", args[0])
			}
			fmt.Fprintln(c.OutOrStdout(), page)
			return nil
		}}
}
