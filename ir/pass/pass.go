// Package pass rewrites programs. Its table of contents is List: simplify,
// differentiate, simplify again. A pass takes a verified program and leaves a
// verified program that computes the same.
package pass

import (
	"fmt"
	"slices"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
)

// Pass is one rewriting of a whole program.
type Pass struct {
	Name     string // of -dump and -off
	Doc      string // one line of help
	Run      func(p *ir.Program, lib *dsl.Library) error
	After    []string // passes of which one run has to come before
	Optional bool     // -off may leave it out: the program means the same without it
}

// List is the passes in order. A pass may stand in it more than once.
var List = []Pass{
	{Name: "simplify", Doc: "algebra, views and products in the program as written", Run: Simplify, Optional: true},
	{Name: "gradient", Doc: "replace derivatives by what computes them", Run: Gradient},
	{Name: "simplify", Doc: "the same with the derivatives in it", Run: Simplify, After: []string{"gradient"}, Optional: true},
	{Name: "cse", Doc: "compute equal values once", Run: CSE, After: []string{"gradient"}, Optional: true},
	{Name: "derive", Doc: "compute what only depends on the weights once a version", Run: Derive, After: []string{"gradient", "cse"}, Optional: true},
	{Name: "dce", Doc: "drop what loops compute and nobody uses", Run: DCE, After: []string{"gradient", "cse", "derive"}, Optional: true},
}

// Options choose among the passes.
type Options struct {
	Off  []string                              // names of optional passes to leave out
	Dump func(n int, name string, text string) // gets the program's text after each pass, and as 0, "lower" before the first; nil: no texts
}

// Run runs the passes of the list on p. The verifier checks the program before
// the first pass and after each; a failure names the pass.
func Run(p *ir.Program, lib *dsl.Library, o Options) error {
	if err := o.check(); err != nil {
		return err
	}
	if err := o.after(p, 0, "lower"); err != nil {
		return err
	}
	for n, pass := range List {
		if slices.Contains(o.Off, pass.Name) {
			continue
		}
		if err := pass.Run(p, lib); err != nil {
			return fmt.Errorf("%s: %w", pass.Name, err)
		}
		if err := o.after(p, n+1, pass.Name); err != nil {
			return err
		}
	}
	return nil
}

func (o *Options) after(p *ir.Program, n int, name string) error {
	if o.Dump != nil {
		o.Dump(n, name, p.String())
	}
	if err := ir.Verify(p); err != nil {
		return fmt.Errorf("after %s: %w", name, err)
	}
	return nil
}

// check reports names in Off that are no optional passes.
func (o *Options) check() error {
	for _, name := range o.Off {
		i := slices.IndexFunc(List, func(p Pass) bool { return p.Name == name })
		if i < 0 {
			return fmt.Errorf("there is no pass %q", name)
		}
		if !List[i].Optional {
			return fmt.Errorf("the pass %q cannot be left out", name)
		}
	}
	return nil
}
