package pass_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/irtest"
	"github.com/gtc-lang/gtc/ir/pass"
)

var update = flag.Bool("update", false, "write golden files anew")

// TestGolden runs passes on the programs of golden/passes. A file holds pairs
// NAME and NAME.after, where the name ends in the passes to run, joined by +:
// matmul.simplify, matmul.gradient+simplify. What is before is the body of a
// function, or a whole program.
func TestGolden(t *testing.T) {
	paths, _ := filepath.Glob("../../golden/passes/*.txtar")
	if len(paths) == 0 {
		t.Fatal("no golden files")
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		parts := archive(string(data))
		out := parts[0].text
		for i, part := range parts[1:] {
			if strings.HasSuffix(part.name, ".after") {
				continue
			}
			got, want := after(t, path, part), ""
			if next := i + 2; next < len(parts) && parts[next].name == part.name+".after" {
				want = parts[next].text
			}
			if !*update && got != want {
				t.Errorf("%s, %s: got\n%swant\n%s", path, part.name, got, want)
			}
			out += "-- " + part.name + " --\n" + part.text + "-- " + part.name + ".after --\n" + got
		}
		if *update {
			if err := os.WriteFile(path, []byte(out), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// section is one file of a txtar archive; the first has no name and is what
// the archive is about.
type section struct{ name, text string }

func archive(text string) []section {
	parts := []section{{}}
	for _, line := range strings.SplitAfter(text, "\n") {
		if name, ok := strings.CutPrefix(line, "-- "); ok && strings.HasSuffix(name, " --\n") {
			parts = append(parts, section{name: strings.TrimSuffix(name, " --\n")})
		} else {
			parts[len(parts)-1].text += line
		}
	}
	return parts
}

// after is the text of a file's program after its passes.
func after(t *testing.T, path string, f section) string {
	p, err := ir.Parse(f.text)
	if err != nil {
		t.Fatalf("%s, %s: %v", path, f.name, err)
	}
	names := strings.TrimPrefix(filepath.Ext(f.name), ".")
	for _, name := range strings.Split(names, "+") {
		if err := passNamed(t, name).Run(p, irtest.Library()); err != nil {
			t.Fatalf("%s, %s: %v", path, f.name, err)
		}
		if err := ir.Verify(p); err != nil {
			t.Fatalf("%s, %s, after %s: %v", path, f.name, name, err)
		}
	}
	var all strings.Builder
	for _, f := range p.Funcs {
		all.WriteString(f.String())
	}
	return all.String()
}

func passNamed(t *testing.T, name string) pass.Pass {
	for _, p := range pass.List {
		if p.Name == name {
			return p
		}
	}
	t.Fatalf("no pass %q", name)
	return pass.Pass{}
}
