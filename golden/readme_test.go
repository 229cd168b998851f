// Package golden holds tests of the whole: programs, references, and the pages
// that are written for people.
package golden

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gtc-lang/gtc/codegen"
	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/pass"
	"github.com/gtc-lang/gtc/ir/plan"
	"github.com/gtc-lang/gtc/parser"
)

// The pages say by the words behind a block's language what it is:
//
//	```gt             a program, or declarations that replace those of their
//	                  names in the program above: checked, compiled, built
//	```go             a file of a module that has the page's programs as packages
//	```LANG from F    lines of the file F, relative to the page
//	```sh             commands that must work; with module: in that module; with
//	                  fails: the last one does not; with data: where a data set
//	                  can be had; with later: not run here
//	```text           what the commands above it print, but for times; a line …
//	                  stands for any number of lines; -update writes other
//	                  numbers into the page
//
// Commands go run ./cmd/gtc between backquotes must work too, and go test
// commands must name tests that exist.

// pages are the documents whose examples are tested, from the root.
func pages(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob("../examples/*/README.md")
	if err != nil || len(found) < 4 {
		t.Fatal("pages of examples: ", found, err)
	}
	list := []string{"README.md", "examples/TOUR.md"}
	for _, name := range found {
		list = append(list, strings.TrimPrefix(filepath.ToSlash(name), "../"))
	}
	return list
}

// snippet is a block of a page.
type snippet struct {
	page, lang, info, text string
	line                   int
}

func (s snippet) String() string { return fmt.Sprintf("%s:%d", s.page, s.line) }

var fenced = regexp.MustCompile("(?ms)^```(\\w+)[ ]*([^\n]*)\n(.*?)^```$")

func readPage(t *testing.T, page string) string {
	t.Helper()
	text, err := os.ReadFile("../" + page)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// snippets are the blocks of a page, in order.
func snippets(t *testing.T, page string) (list []snippet) {
	text := readPage(t, page)
	for _, m := range fenced.FindAllStringSubmatchIndex(text, -1) {
		list = append(list, snippet{page, text[m[2]:m[3]], text[m[4]:m[5]], text[m[6]:m[7]], 1 + strings.Count(text[:m[0]], "\n")})
	}
	return list
}

// TestPagesQuote compares what a page quotes with the file.
func TestPagesQuote(t *testing.T) {
	for _, page := range pages(t) {
		for _, s := range snippets(t, page) {
			from, quoted := strings.CutPrefix(s.info, "from ")
			if !quoted {
				continue
			}
			name := path.Join(path.Dir(page), from)
			if _, err := os.Stat("../" + name); err != nil {
				name = from // from the root
			}
			if text := readPage(t, name); !strings.Contains("\n"+text, "\n"+s.text) {
				t.Errorf("%v: not what stands in %s", s, name)
			}
		}
	}
}

// programs are the whole programs of a page; declarations are put into the
// program above.
func programs(t *testing.T, page string) (list []snippet) {
	t.Helper()
	base := ""
	for _, s := range snippets(t, page) {
		if s.lang != "gt" {
			continue
		}
		whole := strings.HasPrefix(s.text, "package ")
		if strings.HasPrefix(s.info, "from ") {
			if whole {
				base = s.text
			}
			continue
		}
		if whole {
			base = s.text
		} else {
			s.text = replaced(t, base, s.text)
		}
		list = append(list, s)
	}
	return list
}

// replaced is a program with other declarations of some names.
func replaced(t *testing.T, program, part string) string {
	t.Helper()
	names := declared(t, "package part\n\n"+part)
	if as := "package part\n\n" + part; formatted(t, as) != as {
		t.Errorf("not as the formatter writes it:\n%s", part)
	}
	old := declared(t, program)
	for _, d := range slices.Backward(old) {
		if slices.ContainsFunc(names, func(n declaration) bool { return n.name == d.name }) {
			program = program[:d.at.Start] + program[d.at.End:]
		}
	}
	return formatted(t, program+"\n"+part)
}

func formatted(t *testing.T, text string) string {
	t.Helper()
	file, err := parser.Parse(dsl.NewSource("page", text))
	if err != nil {
		t.Fatal((&dsl.Renderer{}).Error(err))
	}
	return dsl.Format(file)
}

type declaration struct {
	name string
	at   dsl.Span
}

func declared(t *testing.T, text string) (list []declaration) {
	t.Helper()
	file, err := parser.Parse(dsl.NewSource("page", text))
	if err != nil {
		t.Fatal((&dsl.Renderer{}).Error(err))
	}
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *dsl.Callable:
			list = append(list, declaration{d.Name.Name, d.At})
		case *dsl.TrainDecl:
			list = append(list, declaration{d.Name.Name, d.At})
		}
	}
	return list
}

// planned is a program of a page, checked and planned.
func planned(s snippet) (*plan.Plan, error) {
	file, err := parser.Parse(dsl.NewSource(s.page, s.text))
	if err != nil {
		return nil, err
	}
	p, err := ir.Lower(file, parser.Library())
	if err != nil {
		return nil, err
	}
	if err := pass.Run(p, parser.Library(), pass.Options{}); err != nil {
		return nil, err
	}
	return plan.Build(p, plan.Options{})
}

// notCompiled are the packages of the pages that have no Go yet, by the code
// that says so.
var notCompiled = map[string]string{"pair": "GT0503", "next": "GT0503"}

// TestPagesPrograms checks the programs of the pages, that they are as the
// formatter writes them, and that the Go of all that can be compiled builds.
func TestPagesPrograms(t *testing.T) {
	m := newModule(t)
	for _, page := range pages(t) {
		for i, s := range programs(t, page) {
			name := strings.Fields(s.text)[1]
			p, err := planned(s)
			if err != nil {
				t.Errorf("%v\n%s", s, (&dsl.Renderer{}).Error(err))
				continue
			}
			if got := formatted(t, s.text); got != s.text {
				t.Errorf("%v: not as the formatter writes it:\n%s", s, got)
			}
			files, err := codegen.Generate(p, codegen.Options{Float: "float32", Library: parser.Library()})
			if code := notCompiled[name]; code != "" {
				if err == nil || !strings.Contains(err.Error(), code) {
					t.Errorf("%v: %v, wanted %s", s, err, code)
				}
				continue
			}
			if err != nil {
				t.Errorf("%v: %v", s, err)
			}
			for _, f := range files {
				m.write(fmt.Sprintf("%s%d/%s", name, i, f.Name), f.Text)
			}
		}
	}
	if out, err := m.run("go build ./..."); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
