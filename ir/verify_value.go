package ir

import (
	"fmt"
	"reflect"

	"github.com/gtc-lang/gtc/dsl"
)

// graphVerifier checks the values of a function or of a loop's body.
type graphVerifier struct {
	*verifier
	f      *Func
	leaves map[*Value]bool // inputs of the function, or parameters of the body
	body   bool
	depth  int
}

func (g *graphVerifier) graph(roots []*Value) error {
	for _, r := range roots {
		if r == nil {
			return fmt.Errorf("a root is missing")
		}
		if r.Is("loop") || r.Is("grad") {
			return fmt.Errorf("a whole %s is a root", r.Op.Name)
		}
	}
	for _, v := range Order(roots...) {
		if err := g.value(v); err != nil {
			return fmt.Errorf("%s: %w", g.title(v), err)
		}
	}
	return nil
}

// title says which value it is: its name, type, row, operands' types, place.
func (g *graphVerifier) title(v *Value) string {
	if wellFormed(v) != nil {
		return "a value"
	}
	args := ""
	for _, a := range v.Args {
		args += " " + typeText(a.DType, a.Shape)
	}
	text := typeText(v.DType, v.Shape) + " = "
	if v.Is("loop") {
		text += "loop " + v.LoopOf().Trip.String() + args
	} else {
		text += opText(v, args)
	}
	if v.Name != "" {
		text = v.Name + " " + text
	}
	if v.At.Valid() {
		text += " (" + v.At.String() + ")"
	}
	return text
}

// attrTypes is what the attribute of a row is, where it has one.
var attrTypes = map[string]dsl.Attr{
	"const": dsl.Value(0), "const_int": dsl.Value(0), "const_bool": dsl.Value(0),
	"iota": &dsl.Offset{}, "size": &dsl.Size{}, "uniform": &dsl.Draw{}, "normal": &dsl.Draw{},
	"sum": dsl.Axes{}, "max": dsl.Axes{}, "min": dsl.Axes{}, "argmax": dsl.Axes{},
	"gather": dsl.Batch(0), "scatter": dsl.Batch(0), "view": &dsl.Positions{}, "fold": &dsl.Positions{},
	"contract": &dsl.Contraction{}, "leaf": &Leaf{}, "loop": &Loop{}, "out": Result(0),
}

// wellFormed checks that a value has a row, operands and an attribute of the
// type its row wants, so that the other checks may rely on them.
func wellFormed(v *Value) error {
	if v.Op == nil || dsl.OpNamed(v.Op.Name) != v.Op {
		return fmt.Errorf("a value without a row")
	}
	for _, a := range v.Args {
		if a == nil {
			return fmt.Errorf("an operand is missing")
		}
		if a.id >= v.id {
			return fmt.Errorf("an operand is younger than its use")
		}
	}
	want := attrTypes[v.Op.Name]
	if reflect.TypeOf(v.Attr) != reflect.TypeOf(want) {
		return fmt.Errorf("the attribute is a %T, not a %T", v.Attr, want)
	}
	if x := reflect.ValueOf(v.Attr); x.IsValid() && x.Kind() == reflect.Pointer && x.IsNil() {
		return fmt.Errorf("the attribute is nil")
	}
	return nil
}

func (g *graphVerifier) value(v *Value) error {
	if err := wellFormed(v); err != nil {
		return err
	}
	if err := g.sizes(v); err != nil {
		return err
	}
	for _, a := range v.Args {
		if (a.Is("loop") || a.Is("grad")) && !v.Is("out") {
			return fmt.Errorf("a whole %s is an operand", a.Op.Name)
		}
	}
	switch v.Op.Name {
	case "leaf":
		return g.leaf(v)
	case "loop":
		return g.loop(v)
	case "out":
		return checkOut(v)
	case "grad":
		return checkGrad(v)
	}
	return checkRow(v)
}

// sizes checks every dimension in a value's type and attribute.
func (g *graphVerifier) sizes(v *Value) (failed error) {
	valueDims(v, func(d dsl.Dim) {
		for _, s := range d.Symbols() {
			if !g.syms[s] {
				failed = fmt.Errorf("dim %s is not declared", s.Name)
			}
		}
		if d.Overflowed() {
			failed = fmt.Errorf("the size %s is too large", d)
		}
	})
	if failed == nil && Volume(v.Shape).Overflowed() {
		failed = fmt.Errorf("the shape is too large")
	}
	return failed
}

// checkRow checks a value of a row that is not structural.
func checkRow(v *Value) error {
	if err := CheckArgs(v.Op, v.Args); err != nil {
		return err
	}
	if want := resultType(v.Op, v.Args); v.DType != want {
		return fmt.Errorf("the result is %v, not %v", v.DType, want)
	}
	switch {
	case v.Op.Check != nil:
		shapes := make([][]dsl.Dim, len(v.Args))
		for k, a := range v.Args {
			shapes[k] = a.Shape
		}
		return v.Op.Check(shapes, v.Attr, v.Shape)
	case v.Op.Class == dsl.Elementwise && !SameShape(v.Shape, v.Args[0].Shape):
		return fmt.Errorf("the result is %v, the operands %v", v.Shape, v.Args[0].Shape)
	case v.Op.Result.Shape == "" && !v.Scalar():
		return fmt.Errorf("the result is %v, not a scalar", v.Shape)
	case v.Is("iota") && v.Rank() != 1:
		return fmt.Errorf("the result is %v, not a vector", v.Shape)
	}
	return nil
}

func (g *graphVerifier) leaf(v *Value) error {
	l := v.Attr.(*Leaf)
	switch {
	case g.leaves[v]:
		return nil
	case g.body:
		return fmt.Errorf("a body depends on what is not among its parameters")
	case l.Kind == VarLeaf && g.vars[l.Var]:
		if v.DType != l.Var.DType || !SameShape(v.Shape, l.Var.Shape) {
			return fmt.Errorf("the variable is %s", typeText(l.Var.DType, l.Var.Shape))
		}
		return g.derivedLeaf(l)
	case l.Kind == SettingLeaf && g.settings[l.Setting]:
		if v.DType != Float || !v.Scalar() {
			return fmt.Errorf("a setting is a float")
		}
		return g.derivedLeaf(l)
	}
	return fmt.Errorf("it is not declared")
}

func checkOut(v *Value) error {
	if len(v.Args) != 1 || !v.Args[0].Is("loop") && !v.Args[0].Is("grad") {
		return fmt.Errorf("a result of neither a loop nor a grad")
	}
	from, k := v.Args[0], int(v.Attr.(Result))
	n := len(from.Args) - 1
	if from.Is("loop") {
		n = len(from.LoopOf().Body.Results)
	}
	if k < 0 || k >= n {
		return fmt.Errorf("result %d of %d", k, n)
	}
	if t, shape := from.OutType(k); v.DType != t || !SameShape(v.Shape, shape) {
		return fmt.Errorf("result %d is %s", k, typeText(t, shape))
	}
	return nil
}

func checkGrad(v *Value) error {
	if len(v.Args) == 0 || v.Args[0].DType != Float || !v.Args[0].Scalar() {
		return fmt.Errorf("a derivative is of a float scalar")
	}
	return nil
}
