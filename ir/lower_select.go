package ir

import (
	"strconv"
	"strings"

	"github.com/gtc-lang/gtc/dsl"
)

// findCuts notes where selectors divide a for, so that what is frozen and what
// is trained are variables of their own.
func (l *lowerer) findCuts() {
	for _, d := range l.file.Decls {
		t, ok := d.(*dsl.TrainDecl)
		if !ok {
			continue
		}
		for _, st := range t.Body.Stmts {
			l.attempt(func() { l.cutsOf(st) })
		}
	}
}

func (l *lowerer) cutsOf(st dsl.Stmt) {
	var lists [][]*dsl.Selector
	var entries []*dsl.WithEntry
	switch st := st.(type) {
	case *dsl.MinimizeStmt:
		lists, entries = append(lists, st.Over), st.With
	case *dsl.WithStmt:
		entries = st.Entries
	}
	for _, e := range entries {
		lists = append(lists, e.Over)
	}
	for _, list := range lists {
		for _, sel := range list {
			l.cutsOfSelector(sel)
		}
	}
}

func (l *lowerer) cutsOfSelector(sel *dsl.Selector) {
	path := ""
	for _, part := range sel.Parts {
		path = join(path, part.Name)
		if part.Range == nil {
			continue
		}
		lo, hi := l.bounds(part.Range)
		l.cuts[path] = append(l.cuts[path], lo)
		if hi >= 0 {
			l.cuts[path] = append(l.cuts[path], hi)
		}
		path = join(path, "*")
	}
}

// bounds is the first iteration of a range and the one after the last, -1 for
// no end.
func (l *lowerer) bounds(r *dsl.Range) (lo, hi int) {
	hi = -1
	if r.Lo != nil {
		lo = l.constDim(r.Lo)
	}
	if r.Single {
		hi = lo + 1
	}
	if r.Hi != nil {
		hi = l.constDim(r.Hi)
	}
	return lo, hi
}

func (l *lowerer) constDim(e dsl.Expr) int {
	n, ok := l.dim(l.globals, e).Const()
	if !ok {
		l.fail("GT0209", e, "the number of an iteration is known at compile time", "", "")
	}
	return n
}

// cutAt reports whether a selector divides the for at path before iteration k.
func (l *lowerer) cutAt(path string, k int) bool {
	for at, list := range l.cuts {
		if at != path && !(strings.HasPrefix(at, "*.") && strings.HasSuffix(path, at[1:])) {
			continue
		}
		for _, n := range list {
			if n == k {
				return true
			}
		}
	}
	return false
}

// selects reports whether a selector picks a variable.
func (l *lowerer) selects(sel *dsl.Selector, v *Var) bool {
	return l.matchParts(sel.Parts, strings.Split(v.Name, "."), v)
}

func (l *lowerer) matchParts(parts []dsl.SelectorPart, names []string, v *Var) bool {
	if len(parts) == 0 {
		return true // a path picks all below it
	}
	p := parts[0]
	if p.Name == "*" {
		for k := range names {
			if l.matchWhole(parts[1:], names[k:], v) {
				return true
			}
		}
		return false
	}
	if len(names) == 0 || names[0] != p.Name {
		return false
	}
	if p.Range == nil {
		return l.matchParts(parts[1:], names[1:], v)
	}
	return len(names) > 1 && l.inRange(p.Range, names[1], v) && l.matchParts(parts[1:], names[2:], v)
}

// matchWhole is matchParts after a *: the rest of the path matches to its end.
func (l *lowerer) matchWhole(parts []dsl.SelectorPart, names []string, v *Var) bool {
	if len(parts) == 0 {
		return true
	}
	if len(parts) == 1 && parts[0].Range == nil {
		return len(names) == 1 && names[0] == parts[0].Name
	}
	return l.matchParts(parts, names, v)
}

func (l *lowerer) inRange(r *dsl.Range, number string, v *Var) bool {
	lo, hi := l.bounds(r)
	var first, last int
	if v.Stacked && number[0] == '*' {
		n, _ := v.Shape[0].Const()
		first, last = v.First, v.First+n-1
	} else {
		k, err := strconv.Atoi(number)
		if err != nil {
			return false
		}
		first, last = k, k
	}
	return first >= lo && (hi < 0 || last < hi)
}

// chosen filters variables by selectors; rest picks those not taken.
func (l *lowerer) chosen(over []*dsl.Selector, vars []*Var, taken map[*Var]bool) []*Var {
	if over == nil {
		return vars
	}
	var list []*Var
	picked := map[*Var]bool{}
	l.each(len(over), func(k int) {
		sel, found := over[k], false
		for _, v := range vars {
			rest := len(sel.Parts) == 1 && sel.Parts[0].Name == "rest"
			if rest && !taken[v] || !rest && l.selects(sel, v) {
				found = true
				picked[v] = true
			}
		}
		if !found {
			l.fail("GT0301", sel, "no parameter is called "+sel.At.Text(), "", nearPath(sel.At.Text(), vars))
		}
	})
	for _, v := range vars {
		if picked[v] {
			list = append(list, v)
		}
	}
	return list
}

// nearPath is the path of a parameter, or of what has parameters, that is most
// like a text.
func nearPath(text string, vars []*Var) string {
	var paths []string
	for _, v := range vars {
		for end, c := range v.Name + "." {
			if c == '.' {
				paths = append(paths, v.Name[:end])
			}
		}
	}
	if near := dsl.DidYouMean(text, paths); near != "" {
		return "did you mean " + near + "?"
	}
	return "gtc summary lists the parameters' paths"
}
