package eval_test

import (
	"math"
	"strings"
	"testing"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/eval"
	"github.com/gtc-lang/gtc/ir/pass"
	"github.com/gtc-lang/gtc/parser"
)

// rebinds are bodies of a loop of five steps numbered t, each with what stands
// before and after it. What they rebind was a number, a size or a truth value.
var rebinds = map[string][3]string{
	"a number":                   {"s = 1.0", "s = s * 0.5; h = h * s", "h"},
	"a number read afterwards":   {"s = 1.0", "h = h * s; s = s * 0.5", "h + s"},
	"a whole number":             {"k = 3", "k = k + 2; h = h + k", "h * k"},
	"from the step's number":     {"k = 7", "h = h + k; k = t", "h + k"},
	"from an int":                {"k = 2", "h = h + k; k = argmax(h, axis: 1)[0]", "h + k"},
	"to a tensor":                {"s = 2.0", "h = h * s; s = mean(h)", "h + s"},
	"before it is read":          {"s = 2.0", "s = 2 + mean(h); h = h / s", "h + s"},
	"a size":                     {"k = n", "h = h / k; k = k + 1", "h * k"},
	"a size of run time":         {"k = m", "h = h / k; k = k + 1", "h * k"},
	"a truth value":              {"first = true", "h = if first { h + 1 } else { h * 2 }; first = false", "h"},
	"in a branch":                {"s = 1.0", "if t > 2 { s = s * 0.5 }; h = h * s + 1", "h + s"},
	"in either branch":           {"s = 1.0; k = 1", "if t > 2 { s = s * 0.5 } else if t > 0 { k = k + 2 } else { s = 3; k = k - 4 }; h = h * s + k", "h + s * k"},
	"in a condition's condition": {"s = 1.0", "if t > 0 { if mean(h) < 1 { s = s + t } else { s = s - 0.25 } }; h = h + s", "h + s"},
	"in a for":                   {"s = 1.0", "for j in 0..3 { s = s * 0.5 + j }; h = h + s", "h + s"},
	"in a scan":                  {"s = 1.0; k = 1", "scan j over 3 { s = s * 0.5 + j; k = k + t }; h = h + s", "h + s * k"},
	"in an operand":              {"s = 1.0", "h = h + (if t > 1 { s = s * 0.5; s } else { s })", "h + s"},
	"several at once":            {"a = 1.0; b = 2", "a, b = scan j over 2, p = b, q = a + t { p = q * 0.5; q = p + 1 }; h = h + a", "h + a * b"},
	"of which none is read":      {"s = 1.0", "s = 2.0; h = h + 1", "h + s"},
}

// TestScanRebindsAsForDoes compares a scan of every body with the for of it.
func TestScanRebindsAsForDoes(t *testing.T) {
	for name, parts := range rebinds {
		t.Run(name, func(t *testing.T) {
			with := func(loop string) string {
				return "dim B <= 4\n" +
					"layer Looped(x: [m, n]) -> [m, n] { h = x; " + parts[0] + "; " + loop + " { " + parts[1] + " }; " + parts[2] + " }\n" +
					"eval F(x: [B, 3]) -> [B, 3] { Looped(x) }\n" +
					"eval G(x: [B, 3]) -> [B, 3] { grad(sum(Looped(x)^2), x) }\n"
			}
			want, got := results(t, with("for t in 0..5")), results(t, with("scan t over 5"))
			for i, x := range want {
				if math.Abs(got[i]-x) > 1e-12*math.Max(1, math.Abs(x)) {
					t.Fatalf("scan gives %v, for %v", got, want)
				}
			}
		})
	}
}

// results are those of every function of a program, one after the other.
func results(t *testing.T, text string) (list []float64) {
	t.Helper()
	p := compiledText(t, text)
	for _, f := range p.Funcs {
		if f.Kind != ir.EvalFunc {
			continue
		}
		env := environment(t, p)
		env.Inputs = fill(f, env.Sizes)
		out, err := eval.Run(p, f, env)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, out[f.Results[0].Name].Data...)
	}
	if len(list) == 0 {
		t.Fatal("no results")
	}
	return list
}

func compiledText(t *testing.T, text string) *ir.Program {
	t.Helper()
	p, err := loweredText(text)
	if err != nil {
		t.Fatal((&dsl.Renderer{}).Error(err))
	}
	if err := pass.Run(p, parser.Library(), pass.Options{}); err != nil {
		t.Fatal(err)
	}
	return p
}

func loweredText(text string) (*ir.Program, error) {
	file, err := parser.Parse(dsl.NewSource("p.gt", "package p\n"+text))
	if err != nil {
		return nil, err
	}
	return ir.Lower(file, parser.Library())
}

// TestLoopsRefuseWhatTheyCannotCarry: values that are no tensors, and a kind
// that does not hold what the step makes.
func TestLoopsRefuseWhatTheyCannotCarry(t *testing.T) {
	for name, c := range map[string]struct{ body, says string }{
		"two values in a scan":  {"p = split(x, 2); scan t over 3 { p = split(x * t, 2) }; a, b = p; a + b", `GT0236: "p" cannot change from step to step of a scan`},
		"two values in a for":   {"p = split(x, 2); for t in 0..3 { x = x * 2; p = split(x, 2) }; a, b = p; a + b", `GT0236: "p" cannot change from step to step of a for`},
		"a list in a scan":      {"p = [1, 2]; scan t over 3 { p = [3, 4] }; h = x; for k in p { h = h * k }; h[:, 0..2]", `GT0236: "p" cannot change from step to step of a scan`},
		"an int made a number":  {"k = argmax(x, axis: 1); scan t over 3 { k = k * 0.5 }; x[:, 0..2] * k[:, none]", `GT0236: "k" is an int before a step and a number after it`},
		"a size that was known": {"k = 2; scan t over 3 { k = k + 1 }; y = x |> Dense(k); y[:, 0..2]", "GT0"},
	} {
		_, err := loweredText("dim B <= 4\nmodel M(x: [B, 4]) -> [B, 2] { " + c.body + " }\n")
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
