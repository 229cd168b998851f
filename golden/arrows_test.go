package golden

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/gtc-lang/gtc"

// arrows says what each package may import beside Go's standard library: our
// own packages by folder, others by the beginning of their path. Everything
// flows one way, from the text to the generated code; a package that is not
// here fails the test, so that its place is decided and not left to chance.
var arrows = map[string][]string{
	"dsl":                   {},
	"parser":                {"dsl", "github.com/alecthomas/participle/v2"},
	"ir":                    {"dsl"},
	"ir/pass":               {"dsl", "ir"},
	"ir/eval":               {"dsl", "ir"},
	"ir/irtest":             {"dsl", "parser", "ir", "ir/eval", "ir/pass"},
	"ir/plan":               {"dsl", "ir"},
	"ir/plan/run":           {"dsl", "ir", "ir/plan"},
	"codegen/vector":        {"dsl"},
	"codegen/vector/f32gen": {"parser", "codegen/vector"},
	"codegen":               {"dsl", "ir", "ir/plan", "codegen/vector", "github.com/dave/jennifer"},
	"runtime":               {"gonum.org/v1/gonum/blas", "golang.org/x/sys"},
	"runtime/gonumblas":     {"runtime", "gonum.org/v1/gonum/blas"},
	"runtime/rttest":        {"runtime"},
	"runtime/cli":           {"runtime", "gonum.org/v1/gonum/blas"},
	"cmd/gtc":               {"runtime", "runtime/cli", "dsl", "parser", "ir", "ir/pass", "ir/plan", "ir/eval", "codegen", "github.com/spf13/cobra", "github.com/spf13/pflag", "github.com/vbauerster/mpb/v8", "github.com/rogpeppe/go-internal/diff"},
	"golden":                {},
}

// within reports whether path is root or lies below it.
func within(path, root string) bool {
	return path == root || strings.HasPrefix(path, root+"/")
}

// permitted reports whether the package in a folder may import a path. Internal
// packages of a folder may import what the folder may, and it them.
func permitted(folder, path string) bool {
	folder, _, _ = strings.Cut(folder, "/internal/")
	if within(path, module+"/"+folder+"/internal") {
		return true
	}
	if own, ours := strings.CutPrefix(path, module+"/"); ours {
		return slices.Contains(arrows[folder], own)
	}
	first, _, _ := strings.Cut(path, "/")
	if !strings.Contains(first, ".") {
		return true
	}
	return slices.ContainsFunc(arrows[folder], func(root string) bool { return within(path, root) })
}

func TestArrows(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the go command")
	}
	list := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, module+"/...")
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		folder := strings.TrimPrefix(words[0], module+"/")
		if within(folder, "examples") {
			continue
		}
		owner, _, _ := strings.Cut(folder, "/internal/")
		if _, known := arrows[owner]; !known {
			t.Errorf("%s has no place in the table of arrows", folder)
		}
		for _, path := range words[1:] {
			if !permitted(folder, path) {
				t.Errorf("%s may not import %s", folder, path)
			}
		}
	}
}

// TestArrowsRefuse holds the table to what it must not let through.
func TestArrowsRefuse(t *testing.T) {
	for _, arrow := range [][2]string{
		{"dsl", module + "/parser"},
		{"ir", "github.com/alecthomas/participle/v2"},
		{"ir/eval", module + "/runtime"},
		{"runtime", module + "/ir"},
		{"runtime", "gonum.org/v1/gonum/blasphemy"},
		{"codegen", module + "/parser"},
		{"ir/plan", "github.com/dave/jennifer/jen"},
	} {
		if permitted(arrow[0], arrow[1]) {
			t.Errorf("%s may import %s", arrow[0], arrow[1])
		}
	}
}
