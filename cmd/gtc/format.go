package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"github.com/gtc-lang/gtc/cmd/gtc/internal/output"
	"github.com/gtc-lang/gtc/dsl"
)

// formatter is what becomes of formatted programs.
type formatter struct {
	write bool
	diff  bool
}

func fmtCommand() *cobra.Command {
	var f formatter
	c := &cobra.Command{Use: "fmt [FILE…]", Short: "Format programs, or standard input", Args: between(0, math.MaxInt, "files"),
		Example: "  gtc fmt model.gt\n  gtc fmt -w model.gt\n  gtc fmt -d model.gt\n  gtc fmt < model.gt",
		Long:    "Print programs as the formatter writes them. With -d print what would change instead;\nthe exit code is 1 when something would.",
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return f.input(c)
			}
			var failed error
			for _, path := range args {
				if err := f.file(c, path); errors.Is(err, errReported) {
					failed = err
				} else if err != nil {
					return err
				}
			}
			return failed
		}}
	c.Flags().BoolVarP(&f.write, "write", "w", false, "write the result back to the file")
	c.Flags().BoolVarP(&f.diff, "diff", "d", false, "print the difference")
	return c
}

// input formats standard input.
func (f *formatter) input(c *cobra.Command) error {
	if f.write {
		return usageError{errors.New("-w needs a file to write to")}
	}
	text, err := io.ReadAll(c.InOrStdin())
	if err != nil {
		return err
	}
	file, err := parsed(c, "<stdin>", text)
	if err != nil {
		return err
	}
	return f.show(c, file)
}

func (f *formatter) file(c *cobra.Command, path string) error {
	file, err := read(c, path)
	if err != nil {
		return err
	}
	text := dsl.Format(file)
	if f.write && text != file.Source.Text {
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		if err := output.Replace(path, []byte(text), info.Mode().Perm()); err != nil {
			return err
		}
	}
	if f.write && !f.diff {
		return nil
	}
	return f.show(c, file)
}

// show prints the formatted program, or what formatting changes.
func (f *formatter) show(c *cobra.Command, file *dsl.File) error {
	text := dsl.Format(file)
	if !f.diff {
		fmt.Fprint(c.OutOrStdout(), text)
		return nil
	}
	name := filepath.ToSlash(file.Source.Name)
	changes := diff.Diff(name+" as it is", []byte(file.Source.Text), name, []byte(text))
	if changes == nil {
		return nil
	}
	fmt.Fprintf(c.OutOrStdout(), "%s", changes)
	return errReported
}
