package plan_test

import (
	"slices"
	"testing"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/pass"
	"github.com/gtc-lang/gtc/ir/plan"
	"github.com/gtc-lang/gtc/parser"
)

// packing is a program whose wide layers gain from packed copies: D's weights
// of each iteration, the recurrent ones, the tied table in its two directions; the last
// two layers are too small.
const packing = `package p

dim B <= 64

model M(x: [B, 512]) -> [B, 512] {
    param table: [512, 512] ~ normal(0.02)
    param U: [512, 512] ~ orthogonal
    h = x @ table
    for i in 0..3 {
        h = h |> Dense(512) |> tanh
    }
    scan t over 5 {
        h = tanh(h @ U)
    }
    h @ table.T |> Dense(4) |> Dense(512)
}

train Fit(x: [B, 512], y: [B, 512]) {
    minimize mse(M(x), y)
    with sgd(lr: 0.1)
    batch 8
    stop when epoch >= 3
}
`

// TestPacks has weights packed where one version of them is read again and
// again, once for all functions.
func TestPacks(t *testing.T) {
	file, err := parser.Parse(dsl.NewSource("p.gt", packing))
	if err != nil {
		t.Fatal(err)
	}
	p, err := ir.Lower(file, parser.Library())
	if err != nil {
		t.Fatal(err)
	}
	if err := pass.Run(p, parser.Library(), pass.Options{}); err != nil {
		t.Fatal(err)
	}
	pl, err := plan.Build(p, plan.Options{})
	if err != nil {
		t.Fatal(err)
	}
	type shared struct {
		name  string
		count int
		trans bool
	}
	inference := []shared{{"M.table", 1, false}, {"M.for1.*.dense1.W", 3, false}, {"M.U", 1, false}, {"M.table", 1, true}}
	want := map[ir.FuncKind][]shared{
		ir.ForwardFunc: inference, ir.EvaluateFunc: inference,
		ir.StepFunc: {{"M.U", 1, false}, {"M.U", 1, true}}, ir.BackwardFunc: {{"M.U", 1, false}, {"M.U", 1, true}},
	}
	all := map[*plan.Pack]bool{}
	for _, f := range pl.Funcs {
		var got []shared
		for _, k := range f.Packs {
			got = append(got, shared{k.Var.Name, k.Count, k.Trans})
			all[k] = true
		}
		if !slices.Equal(got, want[f.IR.Kind]) {
			t.Errorf("%s: packed %v, want %v", f.IR.Kind, got, want[f.IR.Kind])
		}
	}
	if len(all) != 5 || len(pl.Packs) != 5 {
		t.Errorf("%d packed copies, %d of the plan", len(all), len(pl.Packs))
	}
}
