package plan

import (
	"sort"

	"github.com/gtc-lang/gtc/ir"
)

// unite makes one kernel of those that compute what v reads, as far as they
// run over the same space as v and do not wait for each other: so v joins all
// of them, and what it reads need not go through memory. deps, the kernels
// that v needs, is kept right.
func (g *graph) unite(v *ir.Value, deps map[*unit]bool) {
	var list []*unit
	for u := range deps {
		if u.isLoop() && !u.solo && len(u.space) > 0 && ir.SameShape(u.space, spaceOf(v)) {
			list = append(list, u)
		}
	}
	sort.Slice(list, func(i, j int) bool { return list[i].id < list[j].id })
	for len(list) > 1 {
		n := len(list)
		a, b := list[n-2], list[n-1]
		list = list[:n-1]
		if g.needs(a, b) || g.needs(b, a) {
			list[n-2] = b
			continue
		}
		if u := g.union(a, b); u != nil {
			delete(deps, a)
			delete(deps, b)
			deps[u] = true
			list[n-2] = u
		}
	}
}

// union puts the members of a and b into one kernel, in b's place; nil if they
// do not fit together, and then nothing has changed.
func (g *graph) union(a, b *unit) *unit {
	members := append(append([]*ir.Value(nil), a.members...), b.members...)
	sort.Slice(members, func(i, j int) bool { return members[i].ID() < members[j].ID() })
	u := g.newUnit(members[0])
	g.units = g.units[:len(g.units)-1]
	u.id = b.id
	before := map[*ir.Value]*unit{}
	for _, m := range members {
		before[m] = g.unitOf[m]
	}
	for _, m := range members {
		deps := map[*unit]bool{}
		for _, from := range []*unit{a, b} {
			if before[m] == from {
				for d := range from.deps {
					deps[d] = true
				}
			}
		}
		p, ok := g.fits(m, u, deps)
		if !ok {
			for m, old := range before {
				g.unitOf[m] = old
			}
			return nil
		}
		g.join(m, u, p, deps)
	}
	g.replace(a, b, u)
	return u
}

// replace puts u where b was, and everywhere for a and b.
func (g *graph) replace(a, b, u *unit) {
	kept := g.units[:0]
	for _, x := range g.units {
		switch x {
		case a:
			continue
		case b:
			x = u
		}
		if x.deps[a] || x.deps[b] {
			delete(x.deps, a)
			delete(x.deps, b)
			x.deps[u] = true
		}
		kept = append(kept, x)
	}
	g.units = kept
}
