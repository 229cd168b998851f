package codegen_test

import (
	"testing"

	"github.com/gtc-lang/gtc/codegen"
	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/pass"
	"github.com/gtc-lang/gtc/ir/plan"
	"github.com/gtc-lang/gtc/parser"
)

// compilation is the way from a text to Go, with what the stages are told.
type compilation struct {
	off   []string // passes left out
	plan  plan.Options
	float string // float32 if ""
	tests bool
}

// lowered is a text's program as the passes leave it.
func (c compilation) lowered(name, text string) (*ir.Program, error) {
	file, err := parser.Parse(dsl.NewSource(name, text))
	if err != nil {
		return nil, err
	}
	p, err := ir.Lower(file, parser.Library())
	if err != nil {
		return nil, err
	}
	return p, pass.Run(p, parser.Library(), pass.Options{Off: c.off})
}

// planned is a text's plan.
func (c compilation) planned(name, text string) (*plan.Plan, error) {
	p, err := c.lowered(name, text)
	if err != nil {
		return nil, err
	}
	return plan.Build(p, c.plan)
}

func (c compilation) options() codegen.Options {
	o := codegen.Options{Float: c.float, Library: parser.Library(), Tests: c.tests}
	if o.Float == "" {
		o.Float = "float32"
	}
	return o
}

// generated is the package of a text that can be compiled.
func (c compilation) generated(t *testing.T, text string) []codegen.File {
	t.Helper()
	p, err := c.planned("p.gt", text)
	if err != nil {
		t.Fatal((&dsl.Renderer{}).Error(err))
	}
	files, err := codegen.Generate(p, c.options())
	if err != nil {
		t.Fatal((&dsl.Renderer{}).Error(err))
	}
	return files
}
