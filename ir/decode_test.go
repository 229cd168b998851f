package ir_test

import (
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/eval"
	"github.com/gtc-lang/gtc/ir/pass"
	"github.com/gtc-lang/gtc/parser"
)

const decodedHead = "package p\n\ndim B <= 3, T <= 9\n\n"

// decoded are programs with a block `decode Go from M over T`.
var decoded = map[string]string{
	"attention": `
model M(x: [B, T, 8]) -> [B, T, 8] {
    q, k, v = split(x |> Dense(24), 3)
    h = attend(heads_of(q, 2), heads_of(k, 2), heads_of(v, 2), causal: true) |> merge_heads |> Dense(8)
    x + h
}
decode Go from M over T`,
	"notation": `
model M(x: [B, T, 4]) -> [B, T, 4] {
    q = x |> Dense(4)
    s[b, i, j] = sum[c](q[b, i, c] * x[b, j, c])
    seen[b, i, j] = where(i < j, -inf, s[b, i, j])
    p = softmax(seen)
    y[b, i, c] = sum[j](p[b, i, j] * x[b, j, c])
    y
}
decode Go from M over T`,
	"sum so far": `
model M(x: [B, T, 4]) -> [B, T, 4] {
    y[b, i in 0..T, c] = sum[j](where(j <= i, x[b, j, c], 0))
    top[b, i in 0..T, c] = max[j](where(j <= i, y[b, j, c], -inf))
    y + top
}
decode Go from M over T`,
	"scan": `
layer LSTM(hidden: int)(x: [B, T, n]) -> [B, T, hidden] {
    param Wx: [n, 4*hidden] ~ glorot_uniform
    param Wh: [hidden, 4*hidden] ~ orthogonal
    param b: [4*hidden] = 0
    z = x @ Wx + b
    scan t over T, h = zeros(B, hidden), c = zeros(B, hidden) {
        i, f, g, o = split(z[:, t] + h @ Wh, 4)
        c = sigmoid(f)*c + sigmoid(i)*tanh(g)
        h = sigmoid(o)*tanh(c)
        yield h
    }
}
model M(x: [B, T, 3]) -> [B, T, 2] {
    x |> LSTM(5) |> LSTM(4) |> Dense(2)
}
decode Go from M over T`,
	"layers": `
layer Mix(x: [B, T, 6]) -> [B, T, 6] {
    attend(heads_of(x, 2), heads_of(x |> Dense(6), 2), heads_of(x |> Dense(6), 2), causal: true) |> merge_heads
}
model M(x: [B, T, 6], pad: [B, T]) -> [B, T, 6] {
    param place: [T, 6] ~ normal(0.5)
    h = x + place
    for i in 0..4 {
        h = h + Mix(LayerNorm(h))
        h = h + (LayerNorm(h) |> Dense(12) |> gelu |> Dense(6))
    }
    w[b, t, c] = h[b, t, c] * pad[b, t]
    w
}
decode Go from M over T`,
}

func gptText(t *testing.T) string {
	text, err := os.ReadFile("../golden/programs/gpt.gt")
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer("V = 256", "V = 12", "D = 128", "D = 16", "T <= 64", "T <= 9", "B <= 16", "B <= 3").Replace(string(text))
}

// TestDecode holds a model that is called a few positions at a time to what it
// says of the whole sequence.
func TestDecode(t *testing.T) {
	texts := map[string]string{"gpt": gptText(t)}
	for name, text := range decoded {
		texts[name] = decodedHead + text + "\n"
	}
	for name, text := range texts {
		for _, parts := range [][]int{{9}, {5, 1, 1, 1, 1}, {3, 2, 4}, {1, 1, 1, 1, 1, 1, 1, 1, 1}} {
			t.Run(fmt.Sprint(name, parts), func(t *testing.T) { checkDecode(t, text, parts) })
		}
	}
}

func checkDecode(t *testing.T, text string, parts []int) {
	p := lowered(t, text)
	if err := pass.Run(p, parser.Library(), pass.Options{}); err != nil {
		t.Fatal(err)
	}
	var f, whole *ir.Func
	for _, g := range p.Funcs {
		if g.Kind == ir.DecodeFunc {
			f = g
		}
	}
	for _, g := range p.Funcs {
		if g.Kind == ir.ForwardFunc && len(g.Inputs) == len(f.Inputs)-1 {
			whole = g
		}
	}
	sizes := dsl.Sizes{}
	for _, s := range p.Syms {
		sizes[s] = s.Bound
	}
	symbol := func(name string) *dsl.Sym {
		for _, s := range p.Syms {
			if s.Name == name {
				return s
			}
		}
		t.Fatal("no dimension ", name)
		return nil
	}
	sizes[symbol("B")] = 2
	env := &eval.Env{Sizes: sizes, Vars: map[*ir.Var]dsl.Tensor{}, Settings: map[string]float64{}, Seed: 3, Check: true}
	for _, s := range p.Settings {
		env.Settings[s.Path] = s.Default
	}
	if err := eval.Init(p, env); err != nil {
		t.Fatal(err)
	}
	inputs := map[string]dsl.Tensor{}
	for n, in := range whole.Inputs {
		x := dsl.NewTensor(shapeAt(in.Shape, sizes))
		for i := range x.Data {
			x.Data[i] = math.Sin(float64(7*i + n))
			if in.DType == ir.Int {
				x.Data[i] = float64((5*i + 3) % 12)
			}
		}
		inputs[in.Attr.(*ir.Leaf).Name] = x
	}
	env.Inputs = inputs
	want, err := eval.Run(p, whole, env)
	if err != nil {
		t.Fatal(err)
	}
	position := 0
	for _, n := range parts {
		sizes[symbol("N")] = n
		env.Inputs = map[string]dsl.Tensor{"position": {Data: []float64{float64(position)}}}
		for _, in := range whole.Inputs {
			name := in.Attr.(*ir.Leaf).Name
			env.Inputs[name] = stretch(inputs[name], 1, position, n)
		}
		got, err := eval.Run(p, f, env)
		if err != nil {
			t.Fatal(err)
		}
		for name, y := range got {
			near := stretch(want[name], 1, position, n)
			for i, x := range near.Data {
				if math.Abs(x-y.Data[i]) > 1e-12 {
					t.Fatalf("%s after %d positions: element %d is %v, of the whole %v", name, position, i, y.Data[i], x)
				}
			}
		}
		position += n
	}
}

func shapeAt(shape []dsl.Dim, sizes dsl.Sizes) []int {
	list := make([]int, len(shape))
	for k, d := range shape {
		list[k] = d.At(sizes)
	}
	return list
}

// stretch is n positions of an axis.
func stretch(x dsl.Tensor, axis, from, n int) dsl.Tensor {
	shape := append([]int{}, x.Shape...)
	shape[axis] = n
	out := dsl.NewTensor(shape)
	outer, inner := 1, 1
	for _, d := range x.Shape[:axis] {
		outer *= d
	}
	for _, d := range x.Shape[axis+1:] {
		inner *= d
	}
	for o := range outer {
		copy(out.Data[o*n*inner:(o+1)*n*inner], x.Data[(o*x.Shape[axis]+from)*inner:])
	}
	return out
}

// TestDecodeRefuses holds what depends on later positions to an error at its
// line.
func TestDecodeRefuses(t *testing.T) {
	for name, c := range map[string]struct{ body, wants string }{
		"attention":  {"attend(x |> heads_of(2), x |> heads_of(2), x |> heads_of(2)) |> merge_heads", "still to come"},
		"mean":       {"x - mean(x, T)", "still to come"},
		"wrong mask": {"y[b, i in 0..T, c] = sum[j](where(j <= i + 1, x[b, j, c], 0))\n    y", "still to come"},
		"backwards":  {"y[b, i in 0..T, c] = sum[j](where(i <= j, x[b, j, c], 0))\n    y", "still to come"},
		"next":       {"y[b, t in 0..T, c] = x[b, t+1, c]\n    y", "other positions"},
		"reverse":    {"reverse(x, axis: 1)", "other positions"},
	} {
		text := decodedHead + "model M(x: [B, T, 4]) -> [B, T, 4] {\n    " + c.body + "\n}\ndecode Go from M over T\n"
		file, err := parser.Parse(dsl.NewSource(name+".gt", text))
		if err != nil {
			t.Fatal(name, err)
		}
		_, err = ir.Lower(file, parser.Library())
		if err == nil || !strings.Contains(err.Error(), "GT0501") || !strings.Contains(err.Error(), c.wants) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func lowerText(t *testing.T, text string) (*ir.Program, error) {
	t.Helper()
	file, err := parser.Parse(dsl.NewSource("p.gt", text))
	if err != nil {
		t.Fatal((&dsl.Renderer{}).Error(err))
	}
	return ir.Lower(file, parser.Library())
}

func lowered(t *testing.T, text string) *ir.Program {
	t.Helper()
	p, err := lowerText(t, text)
	if err != nil {
		t.Fatal((&dsl.Renderer{}).Error(err))
	}
	return p
}
