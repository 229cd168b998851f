package main

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/gtc-lang/gtc/codegen"
	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/parser"
)

// read parses a file and prints what is wrong with it.
func read(c *cobra.Command, path string) (*dsl.File, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if filepath.Ext(path) == ".safetensors" {
		return nil, fmt.Errorf("%s is a saved model and no program: %s runs it", path, commandLine("gtc", "predict", path, "ROWS.csv"))
	}
	if filepath.Ext(path) != ".gt" {
		return stranger(path, text)
	}
	return parsed(c, path, text)
}

// stranger parses a file that does not have a program's name. Where that
// fails the file is something else, and its lines are not worth a message each.
func stranger(path string, text []byte) (*dsl.File, error) {
	file, err := parser.Parse(source(path, text))
	if list, ok := err.(dsl.ErrorList); ok {
		err = fmt.Errorf("%s is not a gtc program: its name does not end in .gt, and %s", path, list[0].Message)
	}
	return file, err
}

// parsed is the tree of a text; what is wrong with it is printed.
func parsed(c *cobra.Command, path string, text []byte) (*dsl.File, error) {
	file, err := parser.Parse(source(path, text))
	return file, shown(c, err)
}

// source is a text under the name that its diagnostics show, and that
// generated code has in comments: a name is no place for control characters.
func source(path string, text []byte) *dsl.Source {
	return dsl.NewSource(strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '_'
	}, filepath.ToSlash(path)), string(text))
}

// shown prints diagnostics to standard error.
func shown(c *cobra.Command, err error) error {
	if err == nil {
		return nil
	}
	w := c.ErrOrStderr()
	fmt.Fprint(w, complaints(w).Error(err))
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
	c := &cobra.Command{Use: "check FILE…", Short: "Check names, shapes, training blocks and budgets", Args: between(1, math.MaxInt, "files"),
		Example: "  gtc check model.gt"}
	float := floatFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		var failed error
		for _, path := range args {
			if err := check(c, path, float); err != nil {
				complain(c.ErrOrStderr(), err) // here, since the other files are checked too
				failed = errReported
			}
		}
		return failed
	}
	return c
}

// noted prints what is no mistake in a program, but hardly meant.
func noted(c *cobra.Command, p *ir.Program) {
	for _, n := range p.Notes {
		fmt.Fprintf(c.ErrOrStderr(), "note: %s: %s\n", n.At, n.Text)
	}
}

// check lowers a file, and plans it when it states budgets. It notes what is no
// mistake in the program, but in the way of training it.
func check(c *cobra.Command, path string, f *float) error {
	p, err := lowered(c, path)
	if err != nil {
		return err
	}
	if len(p.Requires) > 0 {
		if _, err := planned(c, p, &stages{}, f); err != nil {
			return err
		}
	}
	noted(c, p)
	for _, t := range p.Trains {
		if t.Stop == nil {
			fmt.Fprintf(c.ErrOrStderr(), "note: %s: %s; gtc train needs one\n", t.At, endless(t))
		}
	}
	if list, ok := codegen.Refused(p).(dsl.ErrorList); ok {
		for _, d := range list {
			fmt.Fprintf(c.ErrOrStderr(), "note: %v; %s\n", d, d.Help)
		}
	}
	return nil
}
