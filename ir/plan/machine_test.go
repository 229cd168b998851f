package plan_test

import (
	"strings"
	"testing"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/pass"
	"github.com/gtc-lang/gtc/ir/plan"
	"github.com/gtc-lang/gtc/parser"
)

// TestMemoryIsPlannedForBounds: who has too little memory is told that what a
// batch has does not count, and what does.
func TestMemoryIsPlannedForBounds(t *testing.T) {
	for header, want := range map[string]string{
		"dim B <= 65536\nconst T = 8":   "memory is planned for the bound B <= 65536, however little of it is used: lower the bound, make the model smaller",
		"dim B <= 256\ndim T <= 1024":   "memory is planned for the bounds B <= 256, T <= 1024, however little of it is used: lower the bounds, make the model smaller",
		"const B = 1024\nconst T = 256": "; make the model smaller, or take",
	} {
		file, err := parser.Parse(dsl.NewSource("p.gt", header+"\nmodel Net(x: [B, T]) -> [B, T] {\n    param scale: [] = 1\n    exp(tanh(x) * scale) + tanh(x)\n}\n"))
		if err != nil {
			t.Fatal(err)
		}
		p, err := ir.Lower(file, parser.Library())
		if err != nil {
			t.Fatal(dsl.Renderer{}.Error(err))
		}
		if err := pass.Run(p, parser.Library(), pass.Options{}); err != nil {
			t.Fatal(err)
		}
		pl, err := plan.Build(p, plan.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if d := pl.Fits("Net", 4, 1<<20); d == nil || d.Code != "GT0505" || !strings.Contains(d.Help, want) {
			t.Errorf("%+v, wanted %s", d, want)
		}
		if d := pl.Fits("Net", 4, 1<<30); d != nil {
			t.Error(d)
		}
	}
}
