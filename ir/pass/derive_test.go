package pass_test

import (
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/eval"
	"github.com/gtc-lang/gtc/ir/irtest"
	"github.com/gtc-lang/gtc/ir/pass"
	"github.com/gtc-lang/gtc/parser"
)

// compiled is a program after the passes but those left out.
func compiled(t *testing.T, text string, off ...string) *ir.Program {
	t.Helper()
	file, err := parser.Parse(dsl.NewSource("p.gt", text))
	if err != nil {
		t.Fatal(err)
	}
	p, err := ir.Lower(file, parser.Library())
	if err != nil {
		t.Fatal(err)
	}
	if err := pass.Run(p, parser.Library(), pass.Options{Off: off}); err != nil {
		t.Fatal(err)
	}
	return p
}

// derivedTypes are the derived variables, a word each.
func derivedTypes(p *ir.Program) string {
	var list []string
	for _, v := range p.Vars {
		if v.Kind == ir.DerivedVar {
			_, name, _ := strings.Cut(v.Name, "/")
			list = append(list, fmt.Sprint(name, v.Shape))
		}
	}
	return strings.Join(list, " ")
}

// TestDerive has a model for each reason to keep a value, or not to.
func TestDerive(t *testing.T) {
	for _, c := range []struct{ why, body, want string }{
		{"only moved afterwards", "param A: [6, 6] ~ glorot_uniform; (x @ softmax(A).T)[:, :, 0..4]", "div[6 6]"},
		{"a product of weights", "param A: [6, 2] ~ glorot_uniform, C: [2, 6] ~ glorot_uniform; x @ (A @ C)", "contract[6 6]"},
		{"as cheap as reading it", "param a: [6] = 1; x + exp(a)", ""},
		{"numbers, made of floats", "param A: [6, 6] ~ glorot_uniform; x[:, :, argmax(tanh(A @ A))]", "tanh[6 6]"},
		{"a state that every call changes", "state n: [6] = 0; n = n + 1; x / sqrt(n*n + 1)", ""},
		{"a size of the call", "param a: [6] = 1; x + sqrt(T * a^2)", ""},
		{"a sum over a size of the call", "param a: [T, 6] = 1; x + sqrt(sum(a^2, T))", ""},
		{"a loop of as many steps as the call has", "param A: [6, 6] ~ glorot_uniform; P = A; scan t over T { P = tanh(P @ A) }; x @ exp(tanh(P))", ""},
		{"a loop over weights alone", "param A: [6, 6] ~ glorot_uniform; P = A; scan t over 40 { P = tanh(P @ A) }; x @ P", "P[6 6]"},
		{"numbers drawn", "param A: [6, 6] ~ glorot_uniform; P = A; scan t over 5 { P = tanh(P @ randn(6, 6)) }; x @ exp(tanh(P))", ""},
		{"rows in a loop", "for i in 0..5 { param a: [6] = 2; x = tanh(x * sqrt(a*a + 1)) }; x", "sqrt[5 6]"},
		{"a row for each number", "param a: [6] = 2; scan t over 40 { x = tanh(x * sqrt(a*a + t)) }; x", ""},
	} {
		text := "package p\ndim B <= 8, T <= 5\nmodel M(x: [B, T, 6]) -> [B, T, _] {\n" + strings.ReplaceAll(c.body, "; ", "\n") + "\n}\n"
		p := compiled(t, text)
		if got := derivedTypes(p); got != c.want {
			t.Errorf("%s: %s instead of %s in\n%s\n%s", c.why, got, c.want, text, p.FuncOf("M", ir.ForwardFunc))
		}
	}
}

// TestDeriveOfLoops makes variables of some of what random loops read: the same
// results come out, and often enough with derived variables.
func TestDeriveOfLoops(t *testing.T) {
	T := &dsl.Sym{Name: "T", Bound: 4}
	stacked, whole := 0, 0
	for n := int64(0); n < 300; n++ {
		rng := rand.New(rand.NewSource(n))
		trip, sizes := T.Dim(), dsl.Sizes{T: 3}
		if n%3 > 0 {
			trip = dsl.N(3)
		}
		c := (&irtest.Loops{Rng: rng}).New(trip, sizes, n%2 == 0)
		given, vars := map[*ir.Value]*ir.Value{}, []*ir.Var{}
		for _, x := range c.Xs {
			if rng.Intn(4) > 0 && x.FixedSize() {
				v := &ir.Var{Name: x.Name, Kind: ir.ParamVar, Shape: x.Shape}
				given[x], vars = ir.NewLeaf(&ir.Leaf{Kind: ir.VarLeaf, Name: v.Name, Var: v}, ir.Float, v.Shape), append(vars, v)
			}
		}
		p, f, err := c.Func(ir.Inline(irtest.Outs(c.Loop), given)...)
		if err != nil {
			t.Fatal(err)
		}
		p.Syms, p.Vars = []*dsl.Sym{T}, vars
		for _, v := range ir.Order(f.Roots()...) {
			if l, ok := v.Attr.(*ir.Leaf); ok && l.Kind == ir.InputLeaf {
				f.Inputs = append(f.Inputs, v)
			}
		}
		for _, name := range []string{"simplify", "cse"} {
			if err := passNamed(t, name).Run(p, irtest.Library()); err != nil {
				t.Fatal(err)
			}
		}
		want := results(t, p, c)
		for _, name := range []string{"derive", "dce"} {
			before := p.String()
			if err := passNamed(t, name).Run(p, irtest.Library()); err != nil {
				t.Fatal(err)
			}
			if err := ir.Verify(p); err != nil {
				t.Fatalf("loop %d, after %s: %v\n%s\nbefore:\n%s", n, name, err, p, before)
			}
			if err := differ(results(t, p, c), want); err != nil {
				t.Fatalf("loop %d, after %s: %v\n%s\nbefore:\n%s", n, name, err, p, before)
			}
		}
		for _, v := range p.Vars[len(vars):] {
			if len(v.Shape) > 1 {
				stacked++
			}
			whole++
		}
	}
	if stacked < 20 || whole < 60 {
		t.Errorf("%d derived variables, %d of them matrices", whole, stacked)
	}
}

// results are the results of a program of variables, on a case's data.
func results(t *testing.T, p *ir.Program, c *irtest.Case) []dsl.Tensor {
	t.Helper()
	env := &eval.Env{Sizes: c.Sizes, Inputs: c.In, Vars: map[*ir.Var]dsl.Tensor{}, Seed: 7, Check: true}
	for _, v := range p.Vars {
		if v.Kind == ir.ParamVar {
			env.Vars[v] = c.In[v.Name]
		}
	}
	f := p.Funcs[0]
	out, err := eval.Run(p, f, env)
	if err != nil {
		t.Fatalf("%v\n%s", err, p)
	}
	var list []dsl.Tensor
	for _, r := range f.Results {
		list = append(list, out[r.Name])
	}
	return list
}

// TestDerivedNetwork runs a network with and without derived variables: a
// deviation for each of its 21 normalizations, and the same numbers.
func TestDerivedNetwork(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "golden", "programs", "resnet20.gt"))
	if err != nil {
		t.Fatal(err)
	}
	kept, plain := compiled(t, string(text)), compiled(t, string(text), "derive")
	if n := len(kept.FuncOf("ResNet20", ir.DeriveFunc).Updates); n != 21 {
		t.Errorf("%d derived variables", n)
	}
	a, b := scores(t, kept), scores(t, plain)
	for i := range a {
		if a[i] != b[i] {
			t.Fatalf("score %d is %v with derived variables, %v without", i, a[i], b[i])
		}
	}
}

// scores is what ResNet20 says about one image of rising brightness, after
// some training.
func scores(t *testing.T, p *ir.Program) []float64 {
	t.Helper()
	f := p.FuncOf("ResNet20", ir.ForwardFunc)
	image := dsl.Tensor{Shape: []int{1, 3, 32, 32}, Data: make([]float64, 3*32*32)}
	for i := range image.Data {
		image.Data[i] = float64(i) / 1000
	}
	env := &eval.Env{Sizes: dsl.Sizes{p.Syms[0]: 1}, Inputs: map[string]dsl.Tensor{"x": image}, Vars: map[*ir.Var]dsl.Tensor{}, Seed: 3}
	if err := eval.Init(p, env); err != nil {
		t.Fatal(err)
	}
	for _, v := range p.Vars {
		if v.Kind == ir.StateVar {
			for i := range env.Vars[v].Data {
				env.Vars[v].Data[i] += float64(i%7) / 10
			}
		}
	}
	out, err := eval.Run(p, f, env)
	if err != nil {
		t.Fatal(err)
	}
	return out["y"].Data
}
