package main

import (
	"strings"
	"testing"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/parser"
	rt "github.com/gtc-lang/gtc/runtime"
)

// TestTarget: only what is compared with the model's own result is in its units.
func TestTarget(t *testing.T) {
	const program = `package p

dim B <= 8

model Net(x: [B, 3]) -> [B, 1] {
    h = x
    for i in 0..4 {
        h = h |> Dense(3) |> tanh |> Dropout(0.5)
    }
    h |> Dense(1)
}

train Fit(x: [B, 3], y: [B, 1], weight: [B, 1]) {
    minimize LOSS
    with sgd(lr: 0.1)
}
`
	for loss, want := range map[string]string{
		"mse(Net(x), y) * mean(weight)":                "y",
		"l1(y, Net(x)) * mean(weight)":                 "y",
		"mean(weight * (Net(x) - y)^2)":                "y",
		"mse(2 * Net(x), y) * mean(weight)":            "",
		"mse(x[:, 0..1], y) + mse(Net(x), weight - 1)": "",
		"mean(Net(x) * y * weight)":                    "",
	} {
		file, err := parser.Parse(dsl.NewSource("p.gt", strings.ReplaceAll(program, "LOSS", loss)))
		if err != nil {
			t.Fatal(err)
		}
		p, err := ir.Lower(file, parser.Library())
		if err != nil {
			t.Fatal(dsl.Renderer{}.Error(err))
		}
		if got := target(p, "Fit", p.FuncOf("Net", ir.ForwardFunc)); got != want {
			t.Errorf("%s: %q, not %q", loss, got, want)
		}
	}
}

// TestTrainedBy: a file that says nothing of its train block, as one that a Go
// program saved, is of the only one there is.
func TestTrainedBy(t *testing.T) {
	one := &ir.Program{Trains: []*ir.Train{{Name: "Fit"}}}
	two := &ir.Program{Trains: []*ir.Train{{Name: "Fit"}, {Name: "Tune"}}}
	for _, c := range []struct {
		p    *ir.Program
		says string
		want string
	}{{one, "", "Fit"}, {one, "Fit", "Fit"}, {two, "", ""}, {two, "Tune", "Tune"}} {
		if got := trainedBy(c.p, rt.ModelInfo{Train: c.says}); got != c.want {
			t.Errorf("%d blocks, the file says %q: %q, want %q", len(c.p.Trains), c.says, got, c.want)
		}
	}
}
