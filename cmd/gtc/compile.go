package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"

	"github.com/spf13/cobra"

	"github.com/gtc-lang/gtc/cmd/gtc/internal/output"
	"github.com/gtc-lang/gtc/codegen"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/plan"
	"github.com/gtc-lang/gtc/parser"
)

// float is the element type of a compiled program's floats, f32 or f64.
type float string

// String is the value.
func (f *float) String() string { return string(*f) }

// Type is what help calls the value.
func (f *float) Type() string { return "f32|f64" }

// Set takes f32 or f64.
func (f *float) Set(text string) error {
	if text != "f32" && text != "f64" {
		return errors.New("it is f32 or f64")
	}
	*f = float(text)
	return nil
}

func floatFlag(c *cobra.Command) *float {
	f := float("f32")
	c.Flags().Var(&f, "dtype", "element type of floats")
	return &f
}

// size is an element's, in bytes.
func (f *float) size() int {
	if *f == "f64" {
		return 8
	}
	return 4
}

// options are the generator's.
func (f *float) options() codegen.Options {
	return codegen.Options{Float: fmt.Sprintf("float%d", 8*f.size()), Library: parser.Library()}
}

// planned plans a program within its budgets.
func planned(c *cobra.Command, p *ir.Program, s *stages, f *float) (*plan.Plan, error) {
	out, err := s.plan(c, p)
	if err != nil {
		return nil, err
	}
	return out, shown(c, plan.CheckRequires(out, f.size()))
}

var packageClause = regexp.MustCompile(`(?m)^package (\w+)$`)

// packageOf is the name of the package that files belong to.
func packageOf(files []codegen.File) string {
	return string(packageClause.FindSubmatch(files[0].Text)[1])
}

func compileCommand() *cobra.Command {
	var s stages
	var dir string
	var tests, check bool
	c := &cobra.Command{Use: "compile FILE", Short: "Write a program as a Go package", Args: between(1, 1, "a file"),
		Example: "  gtc compile digits.gt\n  gtc compile digits.gt -o internal/digits -dtype f64 -tests\n  gtc compile -check digits.gt\n  //go:generate go tool gtc compile digits.gt",
		Long: `Write a program as a Go package into a folder of the package's name beside the
file. Files that are right already are not touched, files of an earlier program
are removed, and a file that gtc did not write, or wrote for another program, is
never replaced. Tests that are
there are kept up to date; -tests=false removes them. With -check nothing is
written: stale, missing and edited files are named, and the exit code is 1.`,
	}
	float := floatFlag(c)
	s.declare(c)
	c.Flags().StringVarP(&dir, "out", "o", "", "folder to write to")
	c.Flags().BoolVar(&tests, "tests", false, "write tests of the package too")
	c.Flags().BoolVar(&check, "check", false, "write nothing; tell whether the folder is up to date")
	c.RunE = func(c *cobra.Command, args []string) error {
		p, err := compilable(c, args[0], &s, float)
		if err != nil {
			return err
		}
		files, err := codegen.Generate(p, float.options())
		if err != nil {
			return err
		}
		if dir == "" {
			dir = filepath.Join(filepath.Dir(args[0]), packageOf(files))
		}
		if tests || !c.Flags().Changed("tests") && output.Written(filepath.Join(dir, codegen.TestFile)) {
			options := float.options()
			options.Tests = true
			if files, err = codegen.Generate(p, options); err != nil {
				return err
			}
		}
		if check {
			return upToDate(c, dir, outputs(files))
		}
		changed, err := output.Write(dir, outputs(files))
		if changed {
			fmt.Fprintf(c.OutOrStdout(), "wrote package %s to %s\n", packageOf(files), filepath.ToSlash(dir))
		}
		return err
	}
	return c
}

// compilable is the plan of a file that can be a package.
func compilable(c *cobra.Command, path string, s *stages, f *float) (*plan.Plan, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	p, err := lowered(c, path)
	if err != nil {
		return nil, err
	}
	switch p.Package {
	case "":
		return nil, fmt.Errorf("%s names no package: begin it with a line such as package %s", path, "digits")
	case "main":
		return nil, fmt.Errorf("%s is package main, which is a command's: give it a name of its own, such as package %s", path, "digits")
	}
	noted(c, p)
	return planned(c, p, s, f)
}

func outputs(files []codegen.File) []output.File {
	var list []output.File
	for _, f := range files {
		list = append(list, output.File(f))
	}
	return list
}

// upToDate names what is not as it should be.
func upToDate(c *cobra.Command, dir string, files []output.File) error {
	list, err := output.Compare(dir, files)
	if err != nil {
		return err
	}
	for _, e := range list {
		if e.State != output.Current {
			fmt.Fprintln(c.ErrOrStderr(), e)
			err = errReported
		}
	}
	return err
}
