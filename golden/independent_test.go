package golden

import (
	"fmt"
	"math/rand"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/parser"
)

// told is an error as a reader finds it: its line and its code.
type told struct {
	line int
	code dsl.Code
}

func tell(text string) []told {
	list, _ := check("several.gt", text).(dsl.ErrorList)
	var out []told
	for _, d := range list {
		out = append(out, told{d.At.Line(), d.Code})
	}
	return out
}

// TestIndependent makes several mistakes at once in right programs, each on a
// line of its own and each with one error when it is alone. Together they have
// no other errors: none that is only a consequence. Names that nothing is
// called by are all told, whatever else is wrong.
func TestIndependent(t *testing.T) {
	words := regexp.MustCompile(`[A-Za-z_]\w*|\d+|"[^"\n]*"|\.\.\.?|\|>|->|[^\s\w]`)
	rng := rand.New(rand.NewSource(*mutantSeed))
	texts := rightPrograms(t)
	hidden, all := 0, 0
	for range *mutants / 3 {
		text := texts[rng.Intn(len(texts))]
		wrong, want := severalMistakes(rng, words, text)
		if len(want) < 2 {
			continue
		}
		got := tell(wrong)
		for _, e := range got {
			if !slices.Contains(want, e) {
				t.Errorf("line %d has %s, the mistakes are %v\n%s\n%v", e.line, e.code, want, numbered(wrong), check("several.gt", wrong))
			}
		}
		for _, e := range want {
			all++
			if !slices.Contains(got, e) {
				hidden++
				if e.code == "GT0201" {
					t.Errorf("line %d does not have %s, only %v\n%s", e.line, e.code, got, numbered(wrong))
				}
			}
		}
	}
	t.Logf("%d of %d hidden by others", hidden, all)
	if all == 0 || hidden*5 > all {
		t.Errorf("%d of %d mistakes are hidden by others", hidden, all)
	}
}

func numbered(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = fmt.Sprintf("%3d %s", i+1, lines[i])
	}
	return strings.Join(lines, "\n")
}

// severalMistakes changes words on up to six lines, so that each change by
// itself has one error, which is on its line.
func severalMistakes(rng *rand.Rand, words *regexp.Regexp, text string) (string, []told) {
	right := strings.Split(text, "\n")
	wrong := slices.Clone(right)
	var want []told
	for range 12 {
		k := rng.Intn(len(right))
		if wrong[k] != right[k] || len(want) == 6 {
			continue
		}
		one := slices.Clone(right)
		one[k] = mistaken(rng, words, right[k])
		found := tell(strings.Join(one, "\n"))
		if len(found) == 1 && found[0].line == k+1 && found[0].code >= "GT0200" {
			wrong[k], want = one[k], append(want, found[0])
		}
	}
	return strings.Join(wrong, "\n"), want
}

// mistaken changes a word of a line: to a name that nothing is called by,
// another number, or as a mutant does.
func mistaken(rng *rand.Rand, words *regexp.Regexp, line string) string {
	line, _, _ = strings.Cut(line, "//")
	at := words.FindAllStringIndex(line, -1)
	if len(at) == 0 {
		return line
	}
	w := at[rng.Intn(len(at))]
	switch kindOf(line[w[0]:w[1]]) {
	case 0:
		return line[:w[0]] + fmt.Sprint(rng.Intn(99)) + line[w[1]:]
	case 2:
		return line[:w[0]] + fmt.Sprint("Qwrtz", rng.Int()) + line[w[1]:]
	case 3:
		return line[:w[0]] + fmt.Sprint("qwrtz", rng.Int()) + line[w[1]:]
	}
	return mutant(rng, words, line, line)
}

// TestAlone: the library, and what right programs declare, when nothing calls
// it, is right too.
func TestAlone(t *testing.T) {
	texts := rightPrograms(t)
	for _, f := range parser.Library().Files {
		texts = append(texts, "package p\n\n"+f.Source.Text)
	}
	alone := 0
	for _, text := range texts {
		file, err := parser.Parse(dsl.NewSource("alone.gt", text))
		if err != nil {
			t.Fatal(err)
		}
		file.Decls = slices.DeleteFunc(file.Decls, func(d dsl.Decl) bool {
			c, ok := d.(*dsl.Callable)
			if ok && c.Kind != dsl.Model && c.Kind != dsl.Eval {
				alone++
			}
			_, train := d.(*dsl.TrainDecl)
			_, decode := d.(*dsl.DecodeDecl)
			_, require := d.(*dsl.RequireDecl)
			return train || decode || require || ok && (c.Kind == dsl.Model || c.Kind == dsl.Eval)
		})
		if _, err := ir.Lower(file, parser.Library()); err != nil {
			t.Errorf("%v\n%s", err, text)
		}
	}
	if alone < 60 {
		t.Errorf("only %d declarations", alone)
	}
}
