package codegen_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/gtc-lang/gtc/codegen"
	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	language "github.com/gtc-lang/gtc/parser"
)

// TestRefusals: the program of each row of dsl.Refusals is right, is refused
// for that row alone, and stands in the page with its help.
func TestRefusals(t *testing.T) {
	page := dsl.Explain("GT0503")
	for _, r := range dsl.Refusals {
		file, err := language.Parse(dsl.NewSource("p.gt", r.Program+"\n"))
		if err != nil {
			t.Errorf("%s: %v", r.What, err)
			continue
		}
		p, err := ir.Lower(file, language.Library())
		if err != nil {
			t.Errorf("%s: %s", r.What, (&dsl.Renderer{}).Error(err))
			continue
		}
		var list dsl.ErrorList
		if errors.As(codegen.Refused(p), &list); len(list) != 1 || list[0].Message != r.At(list[0].At).Message || list[0].Help != r.Help {
			t.Errorf("%s: refused as %v", r.What, list)
		}
		if !list[0].At.Valid() || !strings.Contains(page, r.What+" ("+r.Help+"):") || strings.Contains(r.Program, "\t") {
			t.Errorf("%s: place %v, or it is not in the page", r.What, list[0].At)
		}
	}
}
