package ir_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gtc-lang/gtc/dsl"
)

// TestSettingsOfIterations: iterations of a loop share a setting where they
// have the same number, and have one of their own where they do not.
func TestSettingsOfIterations(t *testing.T) {
	p := lowered(t, `package p

dim B <= 4

schedule half(peak = 1.0) { peak / 2 }

layer Times(rate = 1.0)(x: [B]) -> [B] { x * rate }

model M(x: [B]) -> [B] {
    blocks: for i in 0..4 {
        x = x |> Times |> Times(0.5 + i) |> Times(if i == 2 { 3 } else { 7 })
        x = Times(half(i))(x)
    }
    x
}
`)
	var b strings.Builder
	for _, s := range p.Settings {
		fmt.Fprintf(&b, "%s %v\n", s.Path, s.Default)
	}
	want := `M.blocks.*.times1.rate 1
M.blocks.*.times2.rate 0.5
M.blocks.*.times3.rate 7
M.blocks.*.times4.rate.peak 0
M.blocks.1.times2.rate 1.5
M.blocks.1.times4.rate.peak 1
M.blocks.2.times2.rate 2.5
M.blocks.2.times3.rate 3
M.blocks.2.times4.rate.peak 2
M.blocks.3.times2.rate 3.5
M.blocks.3.times4.rate.peak 3
`
	if b.String() != want {
		t.Errorf("settings\n%swant\n%s", b.String(), want)
	}
}

// TestSettingOfModel: a model that is called with another number than it has is
// an error that shows both, wherever it is called, and not a number dropped.
func TestSettingOfModel(t *testing.T) {
	const model = "package p\n\ndim B <= 4\n\nmodel N(rate = 2.0 in 0..10)(x: [B]) -> [B] { x * rate }\n\n"
	for name, c := range map[string]struct{ text, wants string }{
		"in a model":        {"model M(x: [B]) -> [B] { x |> N(rate: 5) }", `"N.rate" is 5 here and 2 elsewhere`},
		"twice in a model":  {"model M(x: [B]) -> [B] { x |> N |> N(5) }", `"N.rate" is 5 here and 2 elsewhere`},
		"in a train block":  {"train Fit(x: [B]) {\n    minimize mean(N(rate: 5)(x)^2)\n}", `"N.rate" is 5 here and 2 elsewhere`},
		"in a loop's calls": {"model M(x: [B]) -> [B] {\n    for i in 0..2 { x = x |> N(rate: 2 + i) }\n    x\n}", `"N.rate" is 3 here and 2 elsewhere`},
		"out of its range":  {"model M(x: [B]) -> [B] { x |> N(rate: 50) }", `"N.rate" is 50 here and 2 elsewhere`},
	} {
		_, err := lowerText(t, model+c.text)
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		if says := (&dsl.Renderer{}).Error(err); !strings.Contains(says, c.wants) || !strings.Contains(says, "here it is 2") {
			t.Errorf("%s: %s", name, says)
		}
	}
	p := lowered(t, model+"model M(x: [B]) -> [B] { x |> N(rate: 2) |> N }")
	if len(p.Settings) != 1 || p.Settings[0].Path != "N.rate" || p.Settings[0].Default != 2 {
		t.Errorf("the number that it has: %+v", p.Settings)
	}
}

// TestSettingsOfTransforms: a transform that is listed twice has two numbers.
func TestSettingsOfTransforms(t *testing.T) {
	p := lowered(t, `package p

dim B <= 4

transform clip_value(limit = 1.0)(g) { limit * tanh(g / limit) }

model M(x: [B, 3]) -> [B, 2] { x |> Dense(2) }

train Fit(x: [B, 3]) {
    minimize mean(M(x)^2)
    with clip_norm(1.0), clip_value(3.0), clip_norm(0.5), sgd(lr: 0.1)
    batch 4
    stop when epoch >= 2
}
`)
	var b strings.Builder
	for _, s := range p.Settings {
		fmt.Fprintf(&b, "%s %v\n", s.Path, s.Default)
	}
	for _, want := range []string{"Fit.clip_norm1.limit 1\n", "Fit.clip_norm2.limit 0.5\n", "Fit.clip_value.limit 3\n"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
}
