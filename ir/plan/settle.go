package plan

import (
	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
)

// fewInner is up to how many elements of a row a reduction takes more axes in
// in any case; wholeRow up to how many if its rows lie behind each other: one
// long row costs less than many short ones, and so few are not shared out.
const (
	fewInner = 16
	wholeRow = 1 << 13
)

// settle decides how many axes each loop's rows have, and which values are
// stored.
func (g *graph) settle() {
	users := map[*ir.Value][]*ir.Value{}
	for _, v := range g.values {
		for _, r := range g.reads[v] {
			users[r.of] = append(users[r.of], v)
		}
	}
	for _, u := range g.units {
		if u.isLoop() {
			g.settleRows(u)
		}
		u.late = map[*ir.Value]int{}
		for i := len(u.members) - 1; i >= 0; i-- {
			v := u.members[i]
			switch {
			case v.Is("loop"):
				g.settleLoop(v)
			case g.homes[v] == nil && g.needsHome(v, u, users[v]):
				g.homes[v] = g.temporary(v, g.depth)
			}
		}
	}
}

func (g *graph) settleRows(u *unit) {
	reduces := false
	for _, v := range u.members {
		reduces = reduces || isReduction(v) && !u.inRow[v] && trailing(v) < len(u.space)
	}
	if !reduces {
		return
	}
	for u.hi > u.lo && ir.Volume(u.space[u.hi:]).Max() < fewInner {
		u.hi--
	}
	if u.lo == 0 && ir.Volume(u.space).Max() <= wholeRow && g.isOneRow(u) {
		u.hi = 0
	}
}

// isOneRow reports whether a loop goes through all that it reads and makes in
// the order of memory, and reduces it to numbers.
func (g *graph) isOneRow(u *unit) bool {
	for _, v := range u.members {
		switch {
		case isScatter(v) || len(u.space) == 0:
			return false
		case isReduction(v) && len(v.Shape) > 0, !isReduction(v) && !ir.SameShape(v.Shape, u.space):
			return false
		}
		for _, r := range g.reads[v] {
			if len(r.of.Shape) > 0 && (!ir.SameShape(r.of.Shape, u.space) || !isIdentity(r.at, len(u.space))) {
				return false
			}
		}
	}
	return true
}

// isIdentity reports whether a map leaves each of so many indices as it is.
func isIdentity(m dsl.Map, rank int) bool {
	if len(m) != rank {
		return false
	}
	for axis, a := range m {
		if at, plain := a.Plain(); !plain || at != axis {
			return false
		}
	}
	return true
}

func (g *graph) needsHome(v *ir.Value, u *unit, users []*ir.Value) bool {
	if !u.isLoop() || g.must(v) || isScatter(v) || isReduction(v) && !u.perRow(v) {
		return true
	}
	last, stage := u.stage[v], u.stage[v]
	for _, w := range users {
		if g.unitOf[w] != u {
			return true
		}
		last = max(last, u.stage[w])
		if g.homes[w] == nil { // computed again wherever it is used
			last = max(last, u.late[w])
		}
	}
	u.late[v] = last
	if u.inRow[v] || isReduction(v) || last == stage {
		return false
	}
	ops, streams, _ := g.expense(v)
	return ops > cheapOps || streams > 1
}

// perRow reports whether a reduction gives one number for each row of u.
func (u *unit) perRow(v *ir.Value) bool {
	return ofRows(v) && !u.inRow[v] && len(v.Shape) == u.hi
}

// settleLoop makes the places of a loop's state and stacked results.
func (g *graph) settleLoop(v *ir.Value) {
	l := v.LoopOf()
	for k := 0; k < l.Carried; k++ {
		b := g.temporary(v.Args[k], g.depth)
		b.Carried = true
		g.homes[v.Args[k]] = b
	}
	stacks := map[int]*Buffer{}
	for _, o := range g.values {
		if !o.Is("out") || o.Args[0] != v {
			continue
		}
		k := int(o.Attr.(ir.Result))
		switch {
		case k < l.Carried:
			g.homes[o] = g.homes[v.Args[k]]
		case stacks[k] == nil:
			stacks[k] = g.temporary(o, g.depth)
			fallthrough
		default:
			g.homes[o] = stacks[k]
		}
	}
}
