package plan_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/plan"
)

var update = flag.Bool("update", false, "write golden files")

// golden compares a program's plan with the file of that name.
func golden(t *testing.T, name string, p *ir.Program) {
	t.Helper()
	pl, err := plan.Build(p, plan.Options{})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("testdata", name+".plan")
	if *update {
		if err := os.WriteFile(file, []byte(pl.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got := pl.String(); got != string(want) {
		t.Errorf("%s has changed:\n%s", file, got)
	}
}
