package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/pass"
	"github.com/gtc-lang/gtc/ir/plan"
	"github.com/gtc-lang/gtc/parser"
)

// read parses a file and prints what is wrong with it.
func read(c *cobra.Command, path string) (*dsl.File, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return parsed(c, path, text)
}

// parsed is the tree of a text under the name its diagnostics show.
func parsed(c *cobra.Command, path string, text []byte) (*dsl.File, error) {
	file, err := parser.Parse(dsl.NewSource(filepath.ToSlash(path), string(text)))
	return file, shown(c, err)
}

// shown prints diagnostics to standard error.
func shown(c *cobra.Command, err error) error {
	if err == nil {
		return nil
	}
	fmt.Fprint(c.ErrOrStderr(), (&dsl.Renderer{}).Error(err))
	return errReported
}

// lowered is a file as a program, its shapes checked.
func lowered(c *cobra.Command, path string) (*ir.Program, error) {
	file, err := read(c, path)
	if err != nil {
		return nil, err
	}
	p, err := ir.Lower(file, parser.Library())
	return p, shown(c, err)
}

func checkCommand() *cobra.Command {
	return &cobra.Command{Use: "check FILE…", Short: "Check names, shapes and training blocks", Args: cobra.MinimumNArgs(1),
		Example: "  gtc check model.gt",
		RunE: func(c *cobra.Command, args []string) error {
			var failed error
			for _, path := range args {
				if _, err := lowered(c, path); err != nil {
					failed = err
				}
			}
			return failed
		}}
}

func summaryCommand() *cobra.Command {
	return &cobra.Command{Use: "summary FILE", Short: "Print variables, memory and kernels, from the source alone", Args: cobra.ExactArgs(1),
		Example: "  gtc summary model.gt",
		RunE: func(c *cobra.Command, args []string) error {
			p, err := lowered(c, args[0])
			if err != nil {
				return err
			}
			if err := pass.Run(p, parser.Library(), pass.Options{}); err != nil {
				return err
			}
			planned, err := plan.Build(p, plan.Options{})
			if err != nil {
				return err
			}
			fmt.Fprint(c.OutOrStdout(), planned.Summary(4))
			return nil
		}}
}

func fmtCommand() *cobra.Command {
	write := false
	c := &cobra.Command{Use: "fmt [FILE…]", Short: "Format programs, or standard input",
		Example: "  gtc fmt model.gt\n  gtc fmt -w model.gt\n  gtc fmt < model.gt",
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return formatInput(c, write)
			}
			for _, path := range args {
				if err := format(c, path, write); err != nil {
					return err
				}
			}
			return nil
		}}
	c.Flags().BoolVarP(&write, "write", "w", false, "write the result back to the file")
	return c
}

// formatInput formats standard input to standard output.
func formatInput(c *cobra.Command, write bool) error {
	if write {
		return errors.New("-w needs a file to write to")
	}
	text, err := io.ReadAll(c.InOrStdin())
	if err != nil {
		return err
	}
	file, err := parsed(c, "<stdin>", text)
	if err != nil {
		return err
	}
	fmt.Fprint(c.OutOrStdout(), dsl.Format(file))
	return nil
}

func format(c *cobra.Command, path string, write bool) error {
	file, err := read(c, path)
	if err != nil {
		return err
	}
	text := dsl.Format(file)
	if !write {
		fmt.Fprint(c.OutOrStdout(), text)
		return nil
	}
	if text == file.Source.Text {
		return nil
	}
	return replace(path, text)
}

// replace writes a file by way of a temporary one beside it, so that a crash
// leaves the old or the new text.
func replace(path, text string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".gtc-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if _, err := f.WriteString(text); err != nil {
		f.Close()
		return err
	}
	if err := f.Chmod(info.Mode().Perm()); err != nil {
		f.Close()
		return err
	}
	if err := f.Sync(); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
