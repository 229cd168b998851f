package codegen_test

import (
	"testing"

	"github.com/gtc-lang/gtc/codegen"
	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/irtest"
	"github.com/gtc-lang/gtc/ir/plan"
	language "github.com/gtc-lang/gtc/parser"
)

// forms are values whose code has once named what it does not use, or used
// what has no name: x is [2, 3], s a number.
var forms = map[string]func(x, s *ir.Value) *ir.Value{
	"a sum that is only written outside": func(x, _ *ir.Value) *ir.Value {
		rows := ir.Reduce("sum", x, dsl.Axes{1})
		return ir.Typed("fold", &dsl.Positions{Map: dsl.Map{dsl.Fixed(1, dsl.N(-4))}}, []dsl.Dim{dsl.N(3)}, rows)
	},
	"half positions": func(x, _ *ir.Value) *ir.Value {
		half := dsl.Fixed(1, dsl.N(1))
		half.Div = 2
		return ir.View(x, dsl.Map{half, dsl.Along(1, 0)}, []dsl.Dim{dsl.N(3)})
	},
	"a read that is never inside": func(x, _ *ir.Value) *ir.Value {
		return ir.New("neg", nil, ir.View(x, dsl.Map{dsl.Fixed(0, dsl.N(-2)), dsl.Fixed(0, dsl.N(-2))}, nil))
	},
	"a sum of one constant": func(_, _ *ir.Value) *ir.Value {
		return ir.New("tanh", nil, ir.Reduce("sum", ir.Fill(ir.Float, 2, []dsl.Dim{dsl.N(1)}), dsl.Axes{0}))
	},
	"a loop without its number": func(_, s *ir.Value) *ir.Value {
		c := ir.BodyParam("c", ir.Float, nil)
		spec := &ir.LoopSpec{Trip: dsl.N(3), Reverse: true, Index: ir.BodyParam("i", ir.Int, nil), Carry: []*ir.Value{c}, Init: []*ir.Value{s}, Next: []*ir.Value{ir.New("tanh", nil, c)}}
		return ir.Out(spec.Close(), 0)
	},
	"rows of a number": func(_, s *ir.Value) *ir.Value {
		row := ir.BodyParam("row", ir.Float, nil)
		spec := &ir.LoopSpec{Trip: dsl.N(3), Index: ir.BodyParam("i", ir.Int, nil),
			Slice: []*ir.Value{row}, Sliced: []*ir.Value{ir.Broadcast(ir.New("sin", nil, s), nil, []dsl.Dim{dsl.N(3)})}, Stack: []*ir.Value{ir.New("neg", nil, row)}}
		return ir.Out(spec.Close(), 0)
	},
}

// TestForms type-checks the code of every form, fused and not.
func TestForms(t *testing.T) {
	if testing.Short() {
		t.Skip("type-checks packages")
	}
	for name, form := range forms {
		for _, opt := range []plan.Options{{}, {NoFuse: true}} {
			x, s := irtest.Input("x", ir.Float, dsl.N(2), dsl.N(3)), irtest.Input("s", ir.Float)
			f := &ir.Func{Name: "F", Kind: ir.EvalFunc, Inputs: []*ir.Value{x, s}, Results: []ir.Output{{Name: "y", Value: form(x, s)}}}
			p := &ir.Program{Package: "forms", Source: dsl.NewSource("forms.gt", "package forms\n"), Funcs: []*ir.Func{{Name: "init", Kind: ir.InitFunc}, f}}
			if err := ir.Verify(p); err != nil {
				t.Fatal(name, err)
			}
			planned, err := plan.Build(p, opt)
			if err != nil {
				t.Fatal(name, err)
			}
			files, err := codegen.Generate(planned, codegen.Options{Float: "float32", Library: language.Library()})
			if err == nil {
				err = typeCheck(files)
			}
			if err != nil {
				t.Errorf("%s, %+v: %v", name, opt, err)
			}
		}
	}
}
