package golden

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/eval"
)

// TestActivations compares the library's activations, their derivatives and the
// derivatives of those with PyTorch's.
func TestActivations(t *testing.T) {
	var ref struct {
		Cases []struct {
			Name                                           string
			Options                                        map[string]any
			Inputs, Outputs, Cotangents, Gradients, Second map[string]dsl.Tensor
		}
	}
	readJSON(t, "reference/activations.json", &ref)
	compared := map[string]int{}
	for _, c := range ref.Cases {
		call := activation(c.Name, c.Options)
		if call == "" {
			continue
		}
		compared[call]++
		x, dy := c.Inputs["x"], c.Cotangents["y"]
		size := strings.ReplaceAll(fmt.Sprint(x.Shape), " ", ", ")
		p := compile(t, strings.NewReplacer("SIZE", size, "OUT", strings.ReplaceAll(fmt.Sprint(dy.Shape), " ", ", "), "CALL", call).Replace(`package act

eval Value(x: SIZE) -> OUT { CALL }

eval Slope(x: SIZE, dy: OUT) -> SIZE { grad(sum(CALL * dy), x) }

eval Second(x: SIZE, dy: OUT) -> SIZE { grad(0.5 * sum(grad(sum(CALL * dy), x)^2), x) }
`))
		for name, want := range map[string]dsl.Tensor{"Value": c.Outputs["y"], "Slope": c.Gradients["x"], "Second": c.Second["x"]} {
			env := start(t, p, 1)
			env.Inputs = map[string]dsl.Tensor{"x": x, "dy": dy}
			out, err := eval.Run(p, p.FuncOf(name, ir.EvalFunc), env)
			if err != nil {
				t.Fatal(err)
			}
			for i, w := range want.Data {
				at, got := x.Data[i], out["y"].Data[i]
				if d := math.Abs(got - w); !(d <= 1e-13+1e-12*math.Abs(w)) && !otherwise(c.Name, name, at, d) {
					t.Errorf("%s of %s at %v: %.17g, PyTorch %.17g", name, call, at, got, w)
				}
			}
		}
	}
	for _, call := range []string{"gelu(x)", "gelu_erf(x)", "relu(x)", "softmax(x, axis: 2)"} {
		if compared[call] == 0 {
			t.Errorf("%s is not compared", call)
		}
	}
}

// otherwise reports whether PyTorch has another number by its own rule: its
// softplus is x itself above 20, and the slope of elu has a kink at 0.
func otherwise(name, what string, x, d float64) bool {
	return name == "softplus" && x > 20 && d < 2e-9 || name == "elu" && what == "Second" && x == 0
}

// activation is how this language writes a function of the reference; "" where
// the library has none.
func activation(name string, options map[string]any) string {
	switch axis, reduces := options["axis"]; {
	case name == "gelu" && options["form"] == "erf":
		return "gelu_erf(x)"
	case name == "leaky_relu":
		return fmt.Sprintf("leaky_relu(x, slope: %v)", options["slope"])
	case name == "elu" && options["alpha"] != 1.0, name == "selu", name == "mish", name == "softsign", name == "logsigmoid":
		return ""
	case reduces:
		return fmt.Sprintf("%s(x, axis: %v)", name, axis)
	}
	return name + "(x)"
}
