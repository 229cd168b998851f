package pass

import (
	"strconv"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
)

// Derive makes derived variables of what functions that do not train compute
// from variables and settings alone: such a value changes with a version of
// the weights, not with a call. The function reads the variable, and a derive
// function of the same name makes it. What training steps compute is left
// alone, for there every call has another version; so is what costs no more
// than reading it, and what a loop's body computes from rows of its operands.
func Derive(p *ir.Program, _ *dsl.Library) error {
	var added []*ir.Func
	taken := map[string]bool{}
	for _, v := range p.Vars {
		taken[v.Name] = true
	}
	for _, f := range p.Funcs {
		switch f.Kind {
		case ir.ForwardFunc, ir.EvalFunc, ir.EvaluateFunc:
			if p.FuncOf(f.Name, ir.DeriveFunc) == nil {
				if made := derive(p, f, taken); made != nil {
					added = append(added, made)
				}
			}
		}
	}
	p.Funcs = append(p.Funcs, added...)
	return nil
}

// derive moves what it can out of one function.
func derive(p *ir.Program, f *ir.Func, taken map[string]bool) *ir.Func {
	roots := f.Roots()
	own := versioned(roots)
	made := &ir.Func{Name: f.Name, Kind: ir.DeriveFunc, At: f.At}
	given := map[*ir.Value]*ir.Value{}
	for _, v := range derivable(roots, own) {
		name := f.Name + ".derived/" + nameOf(v)
		for n := 2; taken[name]; n++ {
			name = f.Name + ".derived/" + nameOf(v) + strconv.Itoa(n)
		}
		taken[name] = true
		d := &ir.Var{Name: name, Kind: ir.DerivedVar, DType: v.DType, Shape: v.Shape, At: v.At, Train: f.Name}
		p.Vars = append(p.Vars, d)
		made.Updates = append(made.Updates, ir.Update{Var: d, Value: v})
		given[v] = ir.NewLeaf(&ir.Leaf{Kind: ir.VarLeaf, Name: name, Var: d}, v.DType, v.Shape).Like(v)
	}
	if len(made.Updates) == 0 {
		return nil
	}
	done := ir.Replace(roots, given, nil)
	for i, r := range roots {
		roots[i] = done[r]
	}
	f.SetRoots(roots)
	return made
}

func nameOf(v *ir.Value) string {
	if v.Name != "" {
		return v.Name
	}
	return v.Op.Name
}

// versioned marks the values that a version of the weights and the settings
// decide: no inputs, no sizes of the call, no numbers drawn, no step.
func versioned(roots []*ir.Value) map[*ir.Value]bool {
	own := map[*ir.Value]bool{}
	for _, v := range ir.Order(roots...) {
		ok := v.Op.Class != dsl.Random && !v.Is("size")
		for _, d := range v.Shape {
			_, fixed := d.Const()
			ok = ok && fixed
		}
		if l, is := v.Attr.(*ir.Leaf); is {
			ok = l.Kind == ir.VarLeaf && lasting(l.Var) || l.Kind == ir.SettingLeaf && !l.Setting.Driven
		}
		for _, a := range v.Args {
			ok = ok && own[a]
		}
		own[v] = ok
	}
	return own
}

// lasting variables have one version from update to update.
func lasting(v *ir.Var) bool { return v.Kind == ir.ParamVar || v.Kind == ir.StateVar }

// derivable lists the largest values among those that a version decides and
// that cost more than to read them, operands first.
func derivable(roots []*ir.Value, own map[*ir.Value]bool) []*ir.Value {
	wanted := map[*ir.Value]bool{}
	for _, r := range roots {
		wanted[r] = true
	}
	order := ir.Order(roots...)
	for _, v := range order {
		for _, a := range v.Args {
			wanted[a] = wanted[a] || !own[v]
		}
	}
	var list []*ir.Value
	for _, v := range order {
		if own[v] && wanted[v] && v.Op.Class != dsl.Move && v.Op.Class != dsl.Structural && worthwhile(v) {
			list = append(list, v)
		}
	}
	return list
}

// worthwhile reports whether a value takes a variable and more operations than
// it has elements.
func worthwhile(v *ir.Value) bool {
	work, reads := 0, false
	for _, w := range ir.Order(v) {
		switch {
		case w.Is("contract"):
			work += ir.Volume(w.Attr.(*dsl.Contraction).Space).Max()
		case w.Is("loop"):
			return true
		case w.Op.Class == dsl.Reduction:
			work += ir.Volume(w.Args[0].Shape).Max()
		case w.Op.Class == dsl.Elementwise:
			work += ir.Volume(w.Shape).Max()
		}
		if l, ok := w.Attr.(*ir.Leaf); ok && l.Kind == ir.VarLeaf {
			reads = true
		}
	}
	return reads && work > ir.Volume(v.Shape).Max()
}
