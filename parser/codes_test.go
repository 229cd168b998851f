package parser_test

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/parser"
)

func TestCodesInOrder(t *testing.T) {
	if !sort.SliceIsSorted(dsl.Codes, func(i, j int) bool { return dsl.Codes[i].Code < dsl.Codes[j].Code }) {
		t.Error("the codes are not in order")
	}
	seen := map[dsl.Code]bool{}
	for _, c := range dsl.Codes {
		if seen[c.Code] || c.Title == "" || dsl.Explain(c.Code) == "" {
			t.Errorf("%s: twice, without a title, or without a page", c.Code)
		}
		seen[c.Code] = true
	}
	if dsl.Explain("GT9999") != "" {
		t.Error("a code that does not exist is explained")
	}
}

// TestCodesExist: every code in the compiler's Go files is in the table. A
// hundred without any entry is not checked yet.
func TestCodesExist(t *testing.T) {
	started := map[string]bool{}
	for _, c := range dsl.Codes {
		started[string(c.Code[:4])] = true
	}
	used := regexp.MustCompile(`"(GT\d{4})"`)
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, m := range used.FindAllStringSubmatch(string(text), -1) {
			if started[m[1][:4]] && dsl.Explain(dsl.Code(m[1])) == "" {
				t.Errorf("%s: %s has no page", path, m[1])
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// unshowable codes are of programs too large for a page or a golden file, or
// no text: TestDeep and TestEncodings have them.
var unshowable = map[dsl.Code]bool{"GT0102": true, "GT0109": true, "GT0110": true}

// TestSyntaxPages: the wrong program of a page has that error, the right one
// has none.
func TestSyntaxPages(t *testing.T) {
	for _, c := range dsl.Codes {
		if !strings.HasPrefix(string(c.Code), "GT01") {
			continue
		}
		wrong, right := examples(c.Page)
		if _, err := parser.Parse(dsl.NewSource("right", right)); err != nil {
			t.Errorf("%s: %v", c.Code, err)
		}
		if unshowable[c.Code] {
			continue
		}
		_, err := parser.Parse(dsl.NewSource("wrong", wrong))
		list, _ := err.(dsl.ErrorList)
		if len(list) != 1 || list[0].Code != c.Code {
			t.Errorf("%s: the wrong program gives %v", c.Code, err)
		}
	}
}

// examples are the two programs of a page.
func examples(page string) (wrong, right string) {
	_, page, _ = strings.Cut(page, "\n\nWrong:\n\n")
	wrong, right, _ = strings.Cut(page, "\nRight:\n\n")
	unindent := func(s string) string { return strings.ReplaceAll(strings.TrimPrefix(s, "    "), "\n    ", "\n") }
	return unindent(wrong), unindent(right)
}

// TestSyntaxCodesHaveCases: each code of the syntax is produced by a golden
// program.
func TestSyntaxCodesHaveCases(t *testing.T) {
	seen := maps.Clone(unshowable)
	eachGolden(t, "../golden/syntax/*.txtar", ".err", func(t *testing.T, name, text string) string {
		_, err := parser.Parse(dsl.NewSource(name, text))
		list, _ := err.(dsl.ErrorList)
		for _, d := range list {
			seen[d.Code] = true
		}
		return dsl.Renderer{}.Error(err)
	})
	for _, c := range dsl.Codes {
		if strings.HasPrefix(string(c.Code), "GT01") && !seen[c.Code] {
			t.Errorf("no golden program produces %s", c.Code)
		}
	}
}
