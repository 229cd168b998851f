package parser_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/parser"
)

// checkFormat formats a text that parses, and checks that its tree stays and
// that formatting again changes nothing.
func checkFormat(t *testing.T, name, text string) string {
	t.Helper()
	file, err := parser.Parse(dsl.NewSource(name, text))
	if err != nil {
		t.Fatal(err)
	}
	once := dsl.Format(file)
	again, err := parser.Parse(dsl.NewSource(name, once))
	if err != nil {
		t.Fatalf("%s: formatted\n%s\nit does not parse: %v\nfrom\n%s", name, once, err, text)
	}
	if dump(file) != dump(again) {
		t.Fatalf("%s: formatting changed the tree of\n%s\nto\n%s", name, text, once)
	}
	if len(file.Comments) != len(again.Comments) {
		t.Fatalf("%s: %d comments of %d are left in\n%s", name, len(again.Comments), len(file.Comments), once)
	}
	if twice := dsl.Format(again); twice != once {
		t.Fatalf("%s: formatted\n%s\nand again\n%s\nfrom\n%s", name, once, twice, text)
	}
	return once
}

func TestFormatPrograms(t *testing.T) {
	for name, text := range programs(t) {
		if got := checkFormat(t, name, text); got != text {
			t.Errorf("%s is written as\n%s", name, got)
		}
	}
	for _, f := range parser.Library().Files {
		if got := checkFormat(t, f.Source.Name, f.Source.Text); got != f.Source.Text {
			t.Errorf("%s is written as\n%s", f.Source.Name, got)
		}
	}
}

// TestFormatShaken formats programs in which blanks, newlines, comments and
// signs were put in and taken out at random, where they still parse.
func TestFormatShaken(t *testing.T) {
	pieces := []string{" ", "\n", "\n\n\n", " // note\n", "\n// note\n", ";", "; ", ",", "\t", "\r\n", "(", ")", "-", " + 1", "not ", "{", "}", "..", "", "", ""}
	parsed := 0
	for name, text := range programs(t) {
		r := rand.New(rand.NewPCG(1, uint64(len(text))))
		for range 100 {
			shaken := text
			for range 1 + r.IntN(6) {
				at := r.IntN(len(shaken))
				if space := strings.IndexAny(shaken[at:], " \n(,[{"); space >= 0 {
					at += space
				}
				shaken = shaken[:at] + pieces[r.IntN(len(pieces))] + shaken[min(len(shaken), at+r.IntN(2)):]
			}
			if _, err := parser.Parse(dsl.NewSource(name, shaken)); err == nil {
				parsed++
				checkFormat(t, name, shaken)
			}
		}
	}
	if parsed < 150 {
		t.Errorf("only %d texts parsed", parsed)
	}
}

// TestFormatGolden compares formatted texts with reviewed ones.
func TestFormatGolden(t *testing.T) {
	eachGolden(t, "../golden/syntax/format/*.txtar", ".want", func(t *testing.T, name, text string) string {
		return checkFormat(t, name, text)
	})
}
