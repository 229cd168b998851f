package ir

import "fmt"

// derived checks that every derived variable is made, by the derive function
// of the function that reads it, and that derive functions do nothing else.
func (k *verifier) derived() error {
	made := map[*Var]bool{}
	for _, f := range k.p.Funcs {
		if f.Kind == DeriveFunc && len(f.Inputs)+len(f.Results)+len(f.Finite) > 0 {
			return fmt.Errorf("%s %s: it has inputs, results or checks", f.Kind, f.Name)
		}
		for _, u := range f.Updates {
			if (u.Var.Kind == DerivedVar) != (f.Kind == DeriveFunc) || f.Kind == DeriveFunc && u.Var.Train != f.Name {
				return fmt.Errorf("%s %s: an update of %q", f.Kind, f.Name, u.Var.Name)
			}
			made[u.Var] = true
		}
	}
	for _, v := range k.p.Vars {
		if v.Kind == DerivedVar && !made[v] {
			return fmt.Errorf("variable %q: no function makes it", v.Name)
		}
	}
	return nil
}

// derivedLeaf checks that a function that makes derived variables reads what
// has versions, and that others read derived variables of their own.
func (g *graphVerifier) derivedLeaf(l *Leaf) error {
	makes := g.f.Kind == DeriveFunc
	switch {
	case l.Kind == SettingLeaf && makes && l.Setting.Driven:
		return fmt.Errorf("a derived variable of a setting that the training loop changes")
	case l.Kind == VarLeaf && makes && l.Var.Kind != ParamVar && l.Var.Kind != StateVar:
		return fmt.Errorf("a derived variable of one that is %s", l.Var.Kind)
	case l.Kind == VarLeaf && l.Var.Kind == DerivedVar && l.Var.Train != g.f.Name:
		return fmt.Errorf("the variable is derived for %q", l.Var.Train)
	}
	return nil
}
