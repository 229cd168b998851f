package golden

import (
	"strings"
	"testing"

	"github.com/gtc-lang/gtc/dsl"
)

// TestHints: no word that a hint is about is one of the language, and who uses
// one as a function, or where a statement begins, is told what to write. (`in` is a word of the language: it
// is told where it names an argument.)
func TestHints(t *testing.T) {
	seen := map[string]bool{"in": true}
	for _, h := range dsl.Hints() {
		for _, word := range h.Words {
			if seen[word] && word != "in" {
				t.Errorf("%s has two hints", word)
			}
			if seen[word] {
				continue
			}
			seen[word] = true
			use := "h = " + word + "(x)"
			if h.Begins {
				use = word + "(x); h = x"
			}
			err := check("p.gt", "dim B <= 8\n\nmodel Net(x: [B, 4]) -> [B, 1] {\n    "+use+"\n    h |> Dense(1)\n}\n")
			if err == nil || !strings.Contains(dsl.Renderer{}.Error(err), "help: "+h.Write+"\n") {
				t.Errorf("%s: %v", word, err)
			}
		}
	}
	if len(seen) < 60 {
		t.Errorf("%d words", len(seen))
	}
}

// TestHintsAndNames: a name of the program that is a slip away comes before a
// word of another language, and words that begin statements are names like any
// other elsewhere.
func TestHintsAndNames(t *testing.T) {
	for body, help := range map[string]string{
		"vals = 2 * x; h = val + 1; h + vals":           "did you mean vals?",
		"h = x; h = h + val; h":                         "did you mean max?",
		"h = x; h = h + from; h":                        "did you mean prod?",
		"h = x * class; h":                              "did you mean clamp?",
		"val(x); h = x; h":                              "write name = value",
		"sizes = 2 * x; h = size + 1; h + sizes":        "did you mean sizes?",
		"views = 2 * x; h = view + 1; h + views":        "did you mean views?",
		"dots = 2 * x; h = dot + 1; h + dots":           "did you mean dots?",
		"Size = 2 * x; h = size + 1; h + Size":          "did you mean Size?",
		"stat = 2 * x; h = state + 1; h + stat":         "did you mean stat?",
		"form = 2 * x; h = from + 1; h + form":          "did you mean form?",
		"d = 2 * x; h = dot(x, d); h":                   "write a @ b, or in index notation y[i, j] = sum[k](a[i, k] * b[k, j])",
		"h = x; h = cat(h, x); h":                       "write concat(a, b, axis: 1)",
		"h = x; if sum(x) > 0 { return(h) } else { h }": "the last expression of a body is its value: write it without return",
	} {
		err := check("p.gt", "dim B <= 8\n\nmodel Net(x: [B, 4]) -> [B, 4] {\n    "+body+"\n}\n")
		if err == nil || !strings.Contains(dsl.Renderer{}.Error(err), "help: "+help+"\n") {
			t.Errorf("%s: %v", body, err)
		}
	}
}
