// Package golden holds tests of the whole: programs, references and the
// README.
package golden

import (
	"os"
	"regexp"
	"testing"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/parser"
)

var block = regexp.MustCompile("(?s)```gt\n(.*?)```")

// TestReadmePrograms formats and lowers every program of the README.
func TestReadmePrograms(t *testing.T) {
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	found := block.FindAllStringSubmatch(string(text), -1)
	if len(found) == 0 {
		t.Fatal("no program in the README")
	}
	for _, m := range found {
		file, err := parser.Parse(dsl.NewSource("README.md", m[1]))
		if err != nil {
			t.Fatal(err)
		}
		if got := dsl.Format(file); got != m[1] {
			t.Errorf("not as the formatter writes it:\n%s", got)
		}
		if _, err := ir.Lower(file, parser.Library()); err != nil {
			t.Error(err)
		}
	}
}
