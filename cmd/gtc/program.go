package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gtc-lang/gtc/cmd/gtc/internal/build"
	"github.com/gtc-lang/gtc/codegen"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/plan"
)

// program is a file on its way to an executable.
type program struct {
	ir       *ir.Program
	name     string // of the Go package
	building build.Program
}

// cloneFlag is for commands that build.
func cloneFlag(c *cobra.Command) *string {
	return c.Flags().String("clone", "", "clone of gtc to build with, instead of what this gtc was built from")
}

// prepare generates the program of a checked file, to be built with a clone of
// the compiler if one is named.
func prepare(out *plan.Plan, f *float, clone string) (*program, error) {
	files, err := codegen.Generate(out, f.options())
	if err != nil {
		return nil, err
	}
	made := &program{ir: out.Program, name: packageOf(files)}
	main, err := codegen.Main(out, build.Path+"/"+made.name, f.options())
	if err != nil {
		return nil, err
	}
	made.building.Clone = clone
	made.building.Files = []build.File{build.File(main)}
	for _, file := range files {
		made.building.Files = append(made.building.Files, build.File{Name: made.name + "/" + file.Name, Text: file.Text})
	}
	return made, nil
}

// executable builds the program, or finds it built; quietly or not.
func (p *program) executable(c *cobra.Command, quiet bool) (string, error) {
	if !quiet {
		p.building.Building = func() { fmt.Fprintf(c.ErrOrStderr(), "building %s\n", p.name) }
	}
	return p.building.Build(c.Context())
}

// commandLine is a command as it would be typed.
func commandLine(words ...string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		if w == "" || strings.ContainsAny(w, " \t\n\"'\\$&;|<>()*?[]#~`!{}") {
			w = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
		}
		quoted[i] = w
	}
	return strings.Join(quoted, " ")
}

// readable returns an error for a file that cannot be opened, before
// anything is built for it.
func readable(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return f.Close()
}

// writable returns an error for a file that cannot be made, before there is
// work to lose; "" is a file of the command's own choice.
func writable(path string) error {
	if path == "" {
		return nil
	}
	folder := filepath.Dir(path)
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return fmt.Errorf("%s is a folder", path)
	} else if err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s is no file that can be replaced", path)
	}
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return fmt.Errorf("there is no folder %s for %s", folder, filepath.Base(path))
	}
	f, err := os.CreateTemp(folder, ".gtc-*") // files are written beside and renamed
	if err != nil {
		var reason *fs.PathError
		if errors.As(err, &reason) {
			err = reason.Err
		}
		return fmt.Errorf("nothing can be written to the folder %s, for %s: %w", folder, filepath.Base(path), err)
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}
