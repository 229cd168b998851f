package ir

import (
	"fmt"

	"github.com/gtc-lang/gtc/dsl"
)

// Verify checks every invariant of a program: that names are unique and
// declared, that operands, results and attributes fit the rows of the op table,
// that bodies of loops are closed and their parameters agree with the operands,
// that updates have the types of their variables, that derived variables are
// made from what has versions, and that no size has overflowed. A failure is a fault of the compiler, in whatever made or changed
// the program; the error names the function and the value.
func Verify(p *Program) error {
	k := &verifier{p: p, syms: map[*dsl.Sym]bool{}, vars: map[*Var]bool{}, settings: map[*Setting]bool{}}
	if err := k.declarations(); err != nil {
		return err
	}
	names := uniqueNames{}
	for _, f := range p.Funcs {
		if err := names.add("func", string(f.Kind)+" "+f.Name); err != nil {
			return err
		}
		if err := k.function(f); err != nil {
			return fmt.Errorf("%s %s: %w", f.Kind, f.Name, err)
		}
	}
	return k.derived()
}

type verifier struct {
	p        *Program
	syms     map[*dsl.Sym]bool
	vars     map[*Var]bool
	settings map[*Setting]bool
}

// uniqueNames is the names of a kind that have been seen.
type uniqueNames map[string]bool

func (u uniqueNames) add(what, name string) error {
	if u[name] {
		return fmt.Errorf("%s %q is there twice", what, name)
	}
	u[name] = true
	return nil
}

func (k *verifier) declarations() error {
	dims, vars, settings := uniqueNames{}, uniqueNames{}, uniqueNames{}
	for _, s := range k.p.Syms {
		k.syms[s] = true
		if _, index := indexNamed(s.Name, 1<<30); index || s.Name == "" || s.Bound < 0 || s.Dim().Mul(dsl.N(s.Bound)).Overflowed() {
			return fmt.Errorf("dim %q <= %d", s.Name, s.Bound)
		}
		if err := dims.add("dim", s.Name); err != nil {
			return err
		}
	}
	for _, v := range k.p.Vars {
		if err := vars.add("variable", v.Name); err != nil {
			return err
		}
		if err := k.variable(v); err != nil {
			return fmt.Errorf("variable %q: %w", v.Name, err)
		}
	}
	for _, s := range k.p.Settings {
		k.settings[s] = true
		if err := settings.add("setting", s.Path); err != nil {
			return err
		}
	}
	return nil
}

func (k *verifier) variable(v *Var) error {
	k.vars[v] = true
	if v.Of != nil && !k.vars[v.Of] {
		return fmt.Errorf("it belongs to a variable that is not declared before it")
	}
	for _, d := range v.Shape {
		if n, ok := d.Const(); !ok || n < 0 {
			return fmt.Errorf("its shape %v is not known at compile time", v.Shape)
		}
	}
	if !fitting(v.Shape) {
		return fmt.Errorf("its shape %v is too large", v.Shape)
	}
	return nil
}

func (k *verifier) function(f *Func) error {
	g := &graphVerifier{verifier: k, f: f, leaves: map[*Value]bool{}}
	names := uniqueNames{}
	for _, v := range f.Inputs {
		if l, ok := v.Attr.(*Leaf); !ok || l.Kind != InputLeaf {
			return fmt.Errorf("an input is not the leaf of one")
		} else if err := names.add("input", l.Name); err != nil {
			return err
		}
		g.leaves[v] = true
	}
	results := uniqueNames{}
	for _, r := range f.Results {
		if err := results.add("result", r.Name); err != nil {
			return err
		}
	}
	if err := g.graph(append(append([]*Value(nil), f.Inputs...), f.Roots()...)); err != nil {
		return err
	}
	return k.roots(f)
}

// roots checks what a function's values are for; they are known to be sound.
func (k *verifier) roots(f *Func) error {
	updated := map[*Var]bool{}
	for _, u := range f.Updates {
		switch {
		case !k.vars[u.Var]:
			return fmt.Errorf("an update of a variable that is not declared")
		case updated[u.Var]:
			return fmt.Errorf("two updates of %q", u.Var.Name)
		case u.Value.DType != u.Var.DType || !SameShape(u.Value.Shape, u.Var.Shape):
			return fmt.Errorf("the update of %q, %s, is %s", u.Var.Name, typeText(u.Var.DType, u.Var.Shape), typeText(u.Value.DType, u.Value.Shape))
		}
		updated[u.Var] = true
	}
	for _, v := range f.Finite {
		if v.DType != Float {
			return fmt.Errorf("a value that is to be finite is %v", v.DType)
		}
	}
	return nil
}
