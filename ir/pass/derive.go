package pass

import (
	"slices"
	"strconv"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
)

// Derive makes derived variables of what functions that do not train compute
// from variables and settings alone: such a value changes with a version of
// the weights, not with a call. The function reads the variable, and a derive
// function of the same name makes it. What training steps compute is left
// alone, for there every call has another version; so is what costs no more
// than reading it. What a loop's body computes from rows of variables is
// computed by a loop of its own, and stacked.
func Derive(p *ir.Program, _ *dsl.Library) error {
	d := &deriver{p: p, taken: map[string]bool{}, moving: map[*ir.Var]bool{}}
	for _, v := range p.Vars {
		d.taken[v.Name] = true
	}
	var reading []*ir.Func
	for _, f := range p.Funcs {
		switch f.Kind {
		case ir.ForwardFunc, ir.EvalFunc, ir.EvaluateFunc:
			reading = append(reading, f)
			for _, u := range f.Updates {
				d.moving[u.Var] = true
			}
		}
	}
	for _, f := range reading {
		if p.FuncOf(f.Name, ir.DeriveFunc) == nil {
			d.function(f)
		}
	}
	return nil
}

// deriver makes the derived variables of a program.
type deriver struct {
	p      *ir.Program
	taken  map[string]bool  // names of variables
	moving map[*ir.Var]bool // variables that calls change which do not train
}

// function moves what it can out of one function.
func (d *deriver) function(f *ir.Func) {
	from := d.origins(f.Roots(), map[*ir.Value]origin{})
	roots := d.split(f.Roots(), from)
	made := &ir.Func{Name: f.Name, Kind: ir.DeriveFunc, At: f.At}
	given := map[*ir.Value]*ir.Value{}
	for _, v := range derivable(roots, from) {
		w := &ir.Var{Name: d.name(f.Name+".derived/", v), Kind: ir.DerivedVar, DType: v.DType, Shape: v.Shape, At: v.At, Train: f.Name}
		d.p.Vars = append(d.p.Vars, w)
		made.Updates = append(made.Updates, ir.Update{Var: w, Value: v})
		given[v] = ir.NewLeaf(&ir.Leaf{Kind: ir.VarLeaf, Name: w.Name, Var: w}, v.DType, v.Shape).Like(v)
	}
	if len(given) > 0 {
		f.SetRoots(ir.Inline(roots, given))
		d.p.Funcs = append(d.p.Funcs, made)
	}
}

// name is one that no variable has, after the value's or what makes it.
func (d *deriver) name(prefix string, v *ir.Value) string {
	for v.Name == "" && v.Is("out") {
		v = v.Args[0].LoopOf().Body.Results[v.Attr.(ir.Result)]
	}
	base := v.Name
	if base == "" {
		base = v.Op.Name
	}
	name := prefix + base
	for n := 2; d.taken[name]; n++ {
		name = prefix + base + strconv.Itoa(n)
	}
	d.taken[name] = true
	return name
}

// origin is what decides a value.
type origin uint8

// The origins, each of them with what those below it decide.
const (
	ofCall    origin = iota // inputs, sizes, numbers drawn, steps
	ofProgram               // constants and settings
	ofVersion               // variables
)

// origins adds the origin of all that roots depend on to those known.
func (d *deriver) origins(roots []*ir.Value, from map[*ir.Value]origin) map[*ir.Value]origin {
	for _, v := range ir.Order(roots...) {
		if _, known := from[v]; !known {
			from[v] = d.origin(v, from)
		}
	}
	return from
}

func (d *deriver) origin(v *ir.Value, from map[*ir.Value]origin) origin {
	o := ofProgram
	if l, ok := v.Attr.(*ir.Leaf); ok {
		o = d.leaf(l)
	}
	if !steady(v) {
		o = ofCall
	}
	for _, a := range v.Args {
		if from[a] == ofCall || o == ofCall {
			return ofCall
		}
		o = max(o, from[a])
	}
	return o
}

// leaf is the origin of a leaf. The training loop changes driven settings, and
// a variable that a call which does not train changes has no version to go by.
func (d *deriver) leaf(l *ir.Leaf) origin {
	switch {
	case l.Kind == ir.SettingLeaf && !l.Setting.Driven:
		return ofProgram
	case l.Kind == ir.VarLeaf && (l.Var.Kind == ir.ParamVar || l.Var.Kind == ir.StateVar) && !d.moving[l.Var]:
		return ofVersion
	}
	return ofCall
}

// steady reports whether a value is decided by its operands alone: nothing is
// drawn and no size is one of the call, in the bodies of loops too.
func steady(v *ir.Value) bool {
	if v.Op.Class == dsl.Random || !v.FixedSize() {
		return false
	}
	if v.Is("loop") {
		for _, w := range ir.Order(v.LoopOf().Body.Results...) {
			if !steady(w) {
				return false
			}
		}
	}
	return true
}

// derivable lists the largest values among those that a version decides and
// that cost more than to read them, operands first. Where the largest is only
// moved or cheap, what it is made of may be one.
func derivable(roots []*ir.Value, from map[*ir.Value]origin) []*ir.Value {
	wanted := map[*ir.Value]bool{}
	for _, r := range roots {
		wanted[r] = true
	}
	var list []*ir.Value
	order := ir.Order(roots...)
	for k := len(order) - 1; k >= 0; k-- {
		v := order[k]
		if from[v] == ofVersion && wanted[v] && worthwhile(v) {
			list = append(list, v)
			continue
		}
		for _, a := range v.Args {
			wanted[a] = wanted[a] || from[v] == ofCall || wanted[v]
		}
	}
	slices.Reverse(list)
	return list
}

// worthwhile reports whether a value can be a variable, and takes more
// operations than it has elements.
func worthwhile(v *ir.Value) bool {
	if v.DType != ir.Float || v.Op.Class == dsl.Move || v.Op.Class == dsl.Structural && !v.Is("out") {
		return false
	}
	work, seen := -ir.Volume(v.Shape).Max(), map[*ir.Value]bool{}
	for stack := []*ir.Value{v}; len(stack) > 0 && work <= 0; {
		w := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if !seen[w] {
			seen[w] = true
			work += operations(w)
			stack = append(stack, w.Args...)
		}
	}
	return work > 0
}

// operations is about how many a value takes by itself.
func operations(v *ir.Value) int {
	switch {
	case v.Is("contract"):
		return ir.Volume(v.Attr.(*dsl.Contraction).Space).Max()
	case v.Is("loop"):
		total := 0
		for _, w := range ir.Order(v.LoopOf().Body.Results...) {
			total += operations(w)
		}
		return total * v.LoopOf().Trip.Max()
	case v.Op.Class == dsl.Reduction:
		return ir.Volume(v.Args[0].Shape).Max()
	case v.Op.Class == dsl.Elementwise:
		return ir.Volume(v.Shape).Max()
	}
	return 0
}
