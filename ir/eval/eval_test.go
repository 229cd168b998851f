package eval

import (
	"math"
	"math/rand"
	"strings"
	"testing"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
)

func input(name string, t ir.DType, shape ...dsl.Dim) *ir.Value {
	return ir.NewLeaf(&ir.Leaf{Kind: ir.InputLeaf, Name: name}, t, shape)
}

func one(t *testing.T, env *Env, v *ir.Value) dsl.Tensor {
	t.Helper()
	env.Check = true
	f := &ir.Func{Name: "F", Results: []ir.Output{{Name: "y", Value: v}}}
	out, err := Run(&ir.Program{}, f, env)
	if err != nil {
		t.Fatal(err)
	}
	return out["y"]
}

func tensor(shape []int, data ...float64) dsl.Tensor { return dsl.Tensor{Shape: shape, Data: data} }

func expect(t *testing.T, got dsl.Tensor, want ...float64) {
	t.Helper()
	if len(got.Data) != len(want) {
		t.Fatalf("got %v, want %v", got.Data, want)
	}
	for i := range want {
		if math.Abs(got.Data[i]-want[i]) > 1e-12 {
			t.Fatalf("got %v, want %v", got.Data, want)
		}
	}
}

// runningSum is a loop over T rows of x that adds each to a carry, and stacks
// the carry as it is before each iteration and the iteration's number.
func runningSum(x *ir.Value, reverse bool) *ir.Value {
	row := ir.BodyParam("row", ir.Float, x.Shape[1:])
	sum := ir.BodyParam("sum", ir.Float, x.Shape[1:])
	i := ir.BodyParam("i", ir.Int, nil)
	spec := &ir.LoopSpec{Trip: x.Shape[0], Reverse: reverse, Index: i,
		Carry: []*ir.Value{sum}, Init: []*ir.Value{ir.Fill(ir.Float, 0, x.Shape[1:])},
		Next:  []*ir.Value{ir.New("add", nil, sum, row)},
		Slice: []*ir.Value{row}, Sliced: []*ir.Value{x},
		Stack: []*ir.Value{sum, ir.New("float", nil, i)}}
	return spec.Close()
}

func TestLoop(t *testing.T) {
	T := &dsl.Sym{Name: "T", Bound: 4}
	x := input("x", ir.Float, T.Dim(), dsl.N(1))
	env := func(n int, data ...float64) *Env {
		return &Env{Sizes: dsl.Sizes{T: n}, Inputs: map[string]dsl.Tensor{"x": tensor([]int{n, 1}, data...)}}
	}
	up, down := runningSum(x, false), runningSum(x, true)
	expect(t, one(t, env(3, 1, 2, 4), ir.Out(up, 0)), 7)
	expect(t, one(t, env(3, 1, 2, 4), ir.Out(up, 1)), 0, 1, 3)
	expect(t, one(t, env(3, 1, 2, 4), ir.Out(down, 1)), 6, 4, 0)
	expect(t, one(t, env(3, 1, 2, 4), ir.Out(down, 2)), 0, 1, 2)
	expect(t, one(t, env(0), ir.Out(up, 0)), 0)
	if got := one(t, env(0), ir.Out(up, 1)); len(got.Data) != 0 || got.Shape[0] != 0 {
		t.Fatalf("a stack of no iterations: %v", got)
	}
}

func TestErrors(t *testing.T) {
	source := dsl.NewSource("a.gt", "x\nx[y]\n")
	x, at := input("x", ir.Float, dsl.N(2)), input("at", ir.Int)
	row := ir.New("gather", dsl.Batch(0), x, at)
	row.At = dsl.Span{Source: source, Start: 2, End: 6}
	f := &ir.Func{Results: []ir.Output{{Name: "y", Value: row}}}
	run := func(in map[string]dsl.Tensor) string {
		_, err := Run(&ir.Program{}, f, &Env{Inputs: in})
		if err == nil {
			return ""
		}
		return err.Error()
	}
	ok := tensor([]int{2}, 5, 6)
	for _, c := range []struct {
		in   map[string]dsl.Tensor
		want string
	}{
		{map[string]dsl.Tensor{"x": ok, "at": tensor(nil, 1)}, ""},
		{map[string]dsl.Tensor{"x": ok, "at": tensor(nil, 2)}, "a.gt:2:1: position 2 of an axis of size 2"},
		{map[string]dsl.Tensor{"x": ok}, "input at is missing"},
		{map[string]dsl.Tensor{"x": tensor([]int{3}, 1, 2, 3), "at": tensor(nil, 0)}, "has shape [3], not [2]"},
		{map[string]dsl.Tensor{"x": tensor([]int{2}, 1), "at": tensor(nil, 0)}, "has 1 elements, not 2"},
	} {
		if got := run(c.in); !strings.HasSuffix(got, c.want) || got != "" && c.want == "" {
			t.Errorf("%v: %q, want %q", c.in, got, c.want)
		}
	}
}

func TestUpdatesWaitForFinite(t *testing.T) {
	w := &ir.Var{Name: "w", Kind: ir.ParamVar, Shape: nil}
	now := ir.NewLeaf(&ir.Leaf{Kind: ir.VarLeaf, Name: "w", Var: w}, ir.Float, nil)
	x := input("x", ir.Float)
	next := ir.New("add", nil, now, ir.New("log", nil, x))
	next.Name = "loss"
	init := &ir.Func{Name: "init", Kind: ir.InitFunc, Updates: []ir.Update{{Var: w, Value: ir.Const(3)}}}
	step := &ir.Func{Name: "F", Kind: ir.StepFunc, Updates: []ir.Update{{Var: w, Value: next}}, Finite: []*ir.Value{next}}
	p := &ir.Program{Vars: []*ir.Var{w}, Funcs: []*ir.Func{init, step}}
	env := &Env{Inputs: map[string]dsl.Tensor{"x": tensor(nil, 1)}}
	if err := Init(p, env); err != nil {
		t.Fatal(err)
	}
	if _, err := Run(p, step, env); err != nil {
		t.Fatal(err)
	}
	expect(t, env.Vars[w], 3)
	env.Inputs["x"] = tensor(nil, 0)
	if _, err := Run(p, step, env); err == nil || !strings.Contains(err.Error(), "loss is -Inf") {
		t.Fatalf("got %v", err)
	}
	expect(t, env.Vars[w], 3)
	p.Vars = append(p.Vars, &ir.Var{Name: "forgotten"})
	if err := Init(p, env); err == nil {
		t.Fatal("a variable without a first version passed")
	}
}

// TestStrided compares the fast evaluation of affine rows with their meaning
// in the op table, bit for bit.
func TestStrided(t *testing.T) {
	rng := rand.New(rand.NewSource(1))
	fast := 0
	for n := 0; n < 3000; n++ {
		space, shapes := randomShape(rng), [][]dsl.Dim{randomShape(rng), randomShape(rng), randomShape(rng)}
		var maps []dsl.Map
		for _, s := range shapes {
			maps = append(maps, randomMap(rng, space, s))
		}
		a, b := input("a", ir.Float, shapes[0]...), input("b", ir.Float, shapes[1]...)
		s := input("s", ir.Float, space...)
		for _, v := range []*ir.Value{
			ir.Typed("view", &dsl.Positions{Map: maps[0]}, space, a),
			ir.Typed("fold", &dsl.Positions{Map: maps[2]}, shapes[2], s),
			ir.Contract(a, b, &dsl.Contraction{Space: space, A: maps[0], B: maps[1], Out: maps[2]}, shapes[2]),
		} {
			fast += compareStrided(t, rng, v)
		}
	}
	if fast < 6000 {
		t.Errorf("only %d of 9000 were strided", fast)
	}
}

func compareStrided(t *testing.T, rng *rand.Rand, v *ir.Value) int {
	env := &Env{}
	c := &dsl.OpCall{Attr: v.Attr, Shape: env.shape(v.Shape)}
	var cells []cell
	var shapes [][]int
	for _, a := range v.Args {
		x := dsl.NewTensor(env.shape(a.Shape))
		for i := range x.Data {
			x.Data[i] = rng.NormFloat64()
		}
		c.Args, cells, shapes = append(c.Args, x), append(cells, cell{Tensor: x}), append(shapes, x.Shape)
	}
	run := strided(v, c.Shape, shapes, nil)
	if run == nil {
		return 0
	}
	got, want := run(cells), v.Op.Run(c)
	for i := range want.Data {
		if got.Data[i] != want.Data[i] {
			t.Fatalf("%s %s: element %d is %v, not %v", v.Op.Name, v.Attr.Text(), i, got.Data[i], want.Data[i])
		}
	}
	return 1
}

func randomShape(rng *rand.Rand) []dsl.Dim {
	shape := make([]dsl.Dim, rng.Intn(4))
	for k := range shape {
		shape[k] = dsl.N(rng.Intn(5))
		if shape[k].Is(0) && rng.Intn(3) > 0 {
			shape[k] = dsl.N(6)
		}
	}
	return shape
}

func randomMap(rng *rand.Rand, space, shape []dsl.Dim) dsl.Map {
	m := make(dsl.Map, len(shape))
	for i := range m {
		m[i] = dsl.Fixed(len(space), dsl.N(rng.Intn(6)-2))
		for k := range space {
			if rng.Intn(2) == 0 {
				m[i].Coef[k] = rng.Intn(5) - 2
			}
		}
		if rng.Intn(12) == 0 {
			m[i].Div = 2
		}
	}
	return m
}

func TestNoise(t *testing.T) {
	x := input("x", ir.Float, dsl.N(2))
	env := &Env{Inputs: map[string]dsl.Tensor{"x": tensor([]int{2}, 1, 2)}, Noise: func(x float64) float64 { return x + 0.25 }}
	y := ir.New("mul", nil, x, ir.New("float", nil, ir.Typed("iota", &dsl.Offset{}, []dsl.Dim{dsl.N(2)})))
	expect(t, one(t, env, ir.Reduce("sum", y, dsl.Axes{0})), 1.25*0.25+0.25+2.25*1.25+0.25)
	expect(t, env.Inputs["x"], 1, 2)
}
