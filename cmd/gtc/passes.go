package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/pass"
	"github.com/gtc-lang/gtc/ir/plan"
	"github.com/gtc-lang/gtc/parser"
)

// The stages beside the passes.
const (
	lowerStage = "lower" // before the first pass
	fuseStage  = "fuse"  // the plan
)

// stages are the flags that look into the compiler.
type stages struct {
	dump []string
	off  []string
}

func (s *stages) declare(c *cobra.Command) {
	c.Flags().StringSliceVar(&s.dump, "dump", nil, "print the program after this pass, or with fuse the plan")
	c.Flags().StringSliceVar(&s.off, "off", nil, "leave out this pass, or with fuse give every operation a kernel")
}

// check refuses names that are no stages.
func (s *stages) check() error {
	for _, name := range s.dump {
		if name != lowerStage && name != fuseStage && !slices.ContainsFunc(pass.List, func(p pass.Pass) bool { return p.Name == name }) {
			return usageError{fmt.Errorf("no pass %q; there are\n%s", name, stageList(false))}
		}
	}
	for _, name := range s.off {
		if name != fuseStage && !slices.ContainsFunc(pass.List, func(p pass.Pass) bool { return p.Name == name && p.Optional }) {
			return usageError{fmt.Errorf("no pass %q that can be left out; there are\n%s", name, stageList(true))}
		}
	}
	return nil
}

// stageList has a line for each stage.
func stageList(optional bool) string {
	var lines []string
	add := func(name, doc string) { lines = append(lines, fmt.Sprintf("  %-9s %s", name, doc)) }
	if !optional {
		add(lowerStage, "names resolved and shapes checked, before the first pass")
	}
	var seen []string
	for _, p := range pass.List {
		if slices.Contains(seen, p.Name) || optional && !p.Optional {
			continue
		}
		seen = append(seen, p.Name)
		add(p.Name, p.Doc)
	}
	add(fuseStage, "join operations to kernels, order them, give out memory")
	return strings.Join(lines, "\n")
}

// plan runs the passes and plans the program; dumps go to the output.
func (s *stages) plan(c *cobra.Command, p *ir.Program) (*plan.Plan, error) {
	o := pass.Options{Off: slices.DeleteFunc(slices.Clone(s.off), func(name string) bool { return name == fuseStage })}
	if len(s.dump) > 0 {
		o.Dump = func(n int, name, text string) {
			if slices.Contains(s.dump, name) {
				fmt.Fprintf(c.OutOrStdout(), "# %d %s\n%s", n, name, text)
			}
		}
	}
	if err := pass.Run(p, parser.Library(), o); err != nil {
		return nil, err
	}
	planned, err := plan.Build(p, plan.Options{NoFuse: slices.Contains(s.off, fuseStage)})
	if err != nil {
		return nil, err
	}
	if slices.Contains(s.dump, fuseStage) {
		fmt.Fprintf(c.OutOrStdout(), "# %s\n%s", fuseStage, planned)
	}
	return planned, nil
}

func summaryCommand() *cobra.Command {
	var s stages
	c := &cobra.Command{Use: "summary FILE", Short: "Print layers, memory and kernels, from the source alone", Args: between(1, 1, "a file"),
		Example: "  gtc summary model.gt\n  gtc summary -dump=fuse model.gt\n  gtc summary -off=fuse model.gt",
		Long:    "Print the layers of each model, their shapes, parameters and FLOPs; what variables, inputs\nand intermediate values take, in bytes, and the most that is in use at once; the work of\neach function and its kernels: what is fused. -dump prints the program after a pass instead.\n\nThe passes:\n" + stageList(false),
	}
	float := floatFlag(c)
	s.declare(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		if err := s.check(); err != nil {
			return err
		}
		p, err := lowered(c, args[0])
		if err != nil {
			return err
		}
		planned, err := s.plan(c, p)
		if err != nil {
			return err
		}
		if len(s.dump) == 0 {
			fmt.Fprint(c.OutOrStdout(), planned.Summary(float.size()))
		}
		return shown(c, plan.CheckRequires(planned, float.size()))
	}
	return c
}
