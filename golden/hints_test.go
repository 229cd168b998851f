package golden

import (
	"strings"
	"testing"

	"github.com/gtc-lang/gtc/dsl"
)

// TestHints: no word that a hint is about is one of the language, and who uses
// one as a function is told what to write. (`in` is a word of the language: it
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
			err := check("p.gt", "dim B <= 8\n\nmodel Net(x: [B, 4]) -> [B, 1] {\n    h = "+word+"(x)\n    h |> Dense(1)\n}\n")
			if err == nil || !strings.Contains(dsl.Renderer{}.Error(err), "help: "+h.Write+"\n") {
				t.Errorf("%s: %v", word, err)
			}
		}
	}
	if len(seen) < 60 {
		t.Errorf("%d words", len(seen))
	}
}
