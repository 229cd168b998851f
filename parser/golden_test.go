package parser_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/parser"
)

var update = flag.Bool("update", false, "write golden files anew")

// section is one file of a txtar archive.
type section struct{ name, text string }

// archive reads texts in the txtar format: `-- name --` before each.
func archive(text string) []section {
	var out []section
	for _, line := range strings.SplitAfter(text, "\n") {
		if name, ok := strings.CutPrefix(line, "-- "); ok && strings.HasSuffix(name, " --\n") {
			out = append(out, section{name: strings.TrimSuffix(name, " --\n")})
		} else if len(out) > 0 {
			out[len(out)-1].text += line
		}
	}
	return out
}

// eachGolden calls do for every name.gt in the archives of a folder; what do
// returns is the section name.suffix after it.
func eachGolden(t *testing.T, glob, suffix string, do func(t *testing.T, name, text string) string) {
	paths, _ := filepath.Glob(glob)
	if len(paths) == 0 {
		t.Fatalf("no golden files in %s", glob)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		out, sections := "", archive(string(data))
		for i, s := range sections {
			stem, ok := strings.CutSuffix(s.name, ".gt")
			if !ok {
				continue
			}
			got, want := do(t, s.name, s.text), ""
			if i+1 < len(sections) && sections[i+1].name == stem+suffix {
				want = sections[i+1].text
			}
			out += "-- " + s.name + " --\n" + s.text + "-- " + stem + suffix + " --\n" + got
			if !*update && got != want {
				t.Errorf("%s, %s:\n%s\nwant\n%s", path, s.name, got, want)
			}
		}
		if *update {
			if err := os.WriteFile(path, []byte(out), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestSyntaxErrors compares the messages for bad programs with reviewed ones.
func TestSyntaxErrors(t *testing.T) {
	eachGolden(t, "../golden/syntax/*.txtar", ".err", func(t *testing.T, name, text string) string {
		_, err := parser.Parse(dsl.NewSource(name, text))
		if err == nil {
			t.Errorf("%s is accepted", name)
			return ""
		}
		return dsl.Renderer{}.Error(err)
	})
}
