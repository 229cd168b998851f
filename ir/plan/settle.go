package plan

import "github.com/gtc-lang/gtc/ir"

// fewInner is up to how many elements of a row a reduction takes more axes in.
const fewInner = 16

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
			u.settleRows()
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

func (u *unit) settleRows() {
	reduces := false
	for _, v := range u.members {
		reduces = reduces || isReduction(v) && !u.inRow[v] && trailing(v) < len(u.space)
	}
	for reduces && u.hi > u.lo && ir.Volume(u.space[u.hi:]).Max() < fewInner {
		u.hi--
	}
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
