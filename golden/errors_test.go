package golden

import (
	"flag"
	"math/rand"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/pass"
	"github.com/gtc-lang/gtc/ir/plan"
	"github.com/gtc-lang/gtc/parser"
)

var update = flag.Bool("update", false, "write golden files anew")

// check is what `gtc check` finds wrong with a program; budgets are compared
// too, for floats of 4 bytes.
func check(name, text string) error {
	file, err := parser.Parse(dsl.NewSource(name, text))
	if err != nil {
		return err
	}
	p, err := ir.Lower(file, parser.Library())
	if err != nil || len(p.Requires) == 0 {
		return err
	}
	if err := pass.Run(p, parser.Library(), pass.Options{}); err != nil {
		return err
	}
	pl, err := plan.Build(p, plan.Options{})
	if err != nil {
		return err
	}
	return plan.CheckRequires(pl, 4)
}

// codesOf lists the codes of an error, in order.
func codesOf(err error) []dsl.Code {
	list, _ := err.(dsl.ErrorList)
	var codes []dsl.Code
	for _, d := range list {
		codes = append(codes, d.Code)
	}
	return codes
}

const (
	wrongMark = "-- wrong.gt --\n"
	saysMark  = "-- says --\n"
)

// TestErrors: what each wrong program of golden/errors is told.
func TestErrors(t *testing.T) {
	paths, err := filepath.Glob("errors/*.txtar")
	if err != nil || len(paths) < 60 {
		t.Fatalf("%d programs, want 60: %v", len(paths), err)
	}
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".txtar")
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			head, rest, _ := strings.Cut(string(text), wrongMark)
			wrong, want, ok := strings.Cut(rest, saysMark)
			if !ok || head == "" {
				t.Fatal("want a line about the idea, a program and what is said")
			}
			err = check(name+".gt", wrong)
			if err == nil {
				t.Fatal("nothing is wrong with it")
			}
			got := dsl.Renderer{}.Error(err)
			if *update {
				if err := os.WriteFile(path, []byte(head+wrongMark+wrong+saysMark+got), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if got != want {
				t.Errorf("says\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// elsewhere are the codes that no text that fits a page or a golden file
// gives: TestLimits has programs for them.
var elsewhere = map[dsl.Code]bool{"GT0403": true}

// mine reports whether a code is one of names, shapes, training and limits.
func mine(c dsl.Code) bool { return c >= "GT0200" && c < "GT0500" }

// TestPages: the wrong program of a page has that error and no other, the
// right one has none.
func TestPages(t *testing.T) {
	for _, c := range dsl.Codes {
		if !mine(c.Code) {
			continue
		}
		_, text, _ := strings.Cut(c.Page, "\n\nWrong:\n\n")
		wrong, right, _ := strings.Cut(text, "\nRight:\n\n")
		if err := check("right.gt", unindent(right)); err != nil {
			t.Errorf("%s:\n%s", c.Code, dsl.Renderer{}.Error(err))
		}
		if elsewhere[c.Code] {
			continue
		}
		err := check("wrong.gt", unindent(wrong))
		if codes := codesOf(err); len(codes) != 1 || codes[0] != c.Code {
			t.Errorf("%s: the wrong program gives %v %v", c.Code, codes, err)
		}
	}
}

func unindent(s string) string {
	return strings.ReplaceAll(strings.TrimPrefix(s, "    "), "\n    ", "\n")
}

// TestCodesHaveCases: every code of names, shapes, training and limits that the
// compiler uses has a page and a program in golden/errors.
func TestCodesHaveCases(t *testing.T) {
	said := regexp.MustCompile(`(?m)^error\[(GT\d{4})\]`)
	cases := map[string]bool{}
	paths, _ := filepath.Glob("errors/*.txtar")
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range said.FindAllStringSubmatch(string(text), -1) {
			cases[m[1]] = true
		}
	}
	for _, c := range dsl.Codes {
		if mine(c.Code) && !elsewhere[c.Code] && !cases[string(c.Code)] {
			t.Errorf("no program in golden/errors gives %s", c.Code)
		}
	}
	used := regexp.MustCompile(`"(GT\d{4})"`)
	for _, glob := range []string{"../ir/*.go", "../ir/plan/*.go"} {
		files, _ := filepath.Glob(glob)
		for _, path := range files {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range used.FindAllStringSubmatch(string(text), -1) {
				if mine(dsl.Code(m[1])) && dsl.Explain(dsl.Code(m[1])) == "" {
					t.Errorf("%s: %s has no page", path, m[1])
				}
			}
		}
	}
}

// TestSeveralErrors: one run reports at least five independent mistakes, in
// places of their own.
func TestSeveralErrors(t *testing.T) {
	text, err := os.ReadFile("errors/several.txtar")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), wrongMark)
	wrong, _, _ := strings.Cut(rest, saysMark)
	list, _ := check("several.gt", wrong).(dsl.ErrorList)
	lines := map[int]bool{}
	for _, d := range list {
		lines[d.At.Line()] = true
	}
	if codes := codesOf(list); len(lines) < 5 || len(slices.Compact(slices.Sorted(slices.Values(codes)))) < 5 {
		t.Errorf("%v on %d lines, want five kinds or more on five lines or more", codes, len(lines))
	}
}

// TestLimits: programs that would run away end soon, with a coded error.
func TestLimits(t *testing.T) {
	calls := "layer L0(x: [B, 4]) -> [B, 4] { x |> Dense(4) }\n"
	for i := 1; i < 20; i++ {
		n := string(rune('0'+i/10)) + string(rune('0'+i%10))
		before := "0"
		if i > 1 {
			before = string(rune('0'+(i-1)/10)) + string(rune('0'+(i-1)%10))
		}
		calls += "layer L" + n + "(x: [B, 4]) -> [B, 4] { x |> L" + before + " |> L" + before + " |> L" + before + " }\n"
	}
	for name, c := range map[string]struct {
		text string
		code dsl.Code
	}{
		"calls":     {"dim B <= 8\n" + calls + "model M(x: [B, 4]) -> [B, 4] { x |> L19 }\n", "GT0403"},
		"recursion": {"dim B <= 8\nlayer A(x: [B, 4]) -> [B, 4] {\n    a = A(x)\n    b = A(x)\n    a + b\n}\nmodel M(x: [B, 4]) -> [B, 4] { A(x) }\n", "GT0402"},
	} {
		start := time.Now()
		if codes := codesOf(check(name+".gt", c.text)); !slices.Contains(codes, c.code) {
			t.Errorf("%s gives %v, want %s", name, codes, c.code)
		}
		if took := time.Since(start); took > 3*time.Minute { // it is a second or ten; for ever is what must not be
			t.Errorf("%s took %v", name, took)
		}
	}
}

// TestMutants: programs that are right but for some words, which are dropped,
// doubled, or exchanged for others, are refused or accepted, without a panic
// and within seconds.
func TestMutants(t *testing.T) {
	texts := rightPrograms(t)
	words := regexp.MustCompile(`[A-Za-z_]\w*|\d+|"[^"\n]*"|\.\.\.?|\|>|->|[^\s\w]`)
	rng := rand.New(rand.NewSource(*mutantSeed))
	for range *mutants {
		text := texts[rng.Intn(len(texts))]
		other := text
		if rng.Intn(2) == 0 {
			other = texts[rng.Intn(len(texts))]
		}
		for range 1 + rng.Intn(2) {
			text = mutant(rng, words, text, other)
		}
		checkMutant(t, text)
	}
}

// rightPrograms are those of the tour, and of the pages of codes.
func rightPrograms(t *testing.T) []string {
	var texts []string
	paths, _ := filepath.Glob("programs/*.gt")
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text), string(text), string(text))
	}
	for _, c := range dsl.Codes {
		if _, right, ok := strings.Cut(c.Page, "\nRight:\n\n"); ok && mine(c.Code) {
			texts = append(texts, unindent(right))
		}
	}
	return texts
}

var (
	mutants    = flag.Int("mutants", 300, "how many mutants are checked")
	mutantSeed = flag.Int64("mutant-seed", 1, "which mutants are checked")
)

// mutant changes one word of a text.
func mutant(rng *rand.Rand, words *regexp.Regexp, text, other string) string {
	at, from := words.FindAllStringIndex(text, -1), words.FindAllString(other, -1)
	if len(at) == 0 || len(from) == 0 {
		return text
	}
	w := at[rng.Intn(len(at))]
	word := text[w[0]:w[1]]
	switch rng.Intn(8) {
	case 0:
		word = ""
	case 1:
		word += " " + word
	case 2:
		word = from[rng.Intn(len(from))]
	default: // a word of its kind, which more often still parses
		for _, k := range rng.Perm(len(from)) {
			if kindOf(from[k]) == kindOf(word) && from[k] != word {
				word = from[k]
				break
			}
		}
	}
	return text[:w[0]] + word + text[w[1]:]
}

// kindOf tells names, numbers, texts, brackets and other signs apart.
func kindOf(word string) int {
	switch c := word[0]; {
	case c >= '0' && c <= '9':
		return 0
	case c == '"':
		return 1
	case c == '_' || c >= 'A' && c <= 'Z':
		return 2
	case c >= 'a' && c <= 'z':
		return 3
	case strings.Contains("()[]{}", word):
		return 4 + int(c)
	}
	return 4
}

// lowered is a program that is right.
func lowered(text string) *ir.Program {
	file, err := parser.Parse(dsl.NewSource("mutant.gt", text))
	if err != nil {
		panic(err)
	}
	p, err := ir.Lower(file, parser.Library())
	if err != nil {
		panic(err)
	}
	return p
}

func checkMutant(t *testing.T, text string) {
	t.Helper()
	defer func() {
		if r := recover(); r != nil {
			t.Errorf("panic: %v\n%s\n%s", r, text, debug.Stack())
		}
	}()
	start := time.Now()
	err := check("mutant.gt", text)
	if err == nil {
		err := ir.Verify(lowered(text))
		if err != nil {
			t.Errorf("accepted, but %v\n%s", err, text)
		}
	}
	if took := time.Since(start); took > 30*time.Second {
		t.Errorf("took %v\n%s", took, text)
	}
	list, _ := err.(dsl.ErrorList)
	if err != nil && len(list) == 0 {
		t.Errorf("an error without a code: %v\n%s", err, text)
	}
	for _, d := range list {
		if !d.At.Valid() || d.At.Source.Name != "mutant.gt" {
			t.Errorf("%s points at no place in the file\n%s", d.Error(), text)
		}
	}
}
