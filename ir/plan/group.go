package plan

import (
	"sort"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
)

// Limits of a fused loop: values computed, and others read.
const (
	maxMembers = 48
	maxStreams = 24
	candidates = 12
)

// unit is a kernel in the making.
//
// For a loop: every member is computed over the whole of space (full), or over
// its leading axes, once a row (inRow). The loop's rows are the indices of the
// first k axes, where k, between lo and hi, is fixed as soon as something is
// computed once a row. A stage is a number: even for full members, odd for
// those of a row, which come between the inner loops.
type unit struct {
	id      int
	members []*ir.Value
	deps    map[*unit]bool
	check   bool
	solo    bool

	space  []dsl.Dim
	lo, hi int
	stage  map[*ir.Value]int
	inRow  map[*ir.Value]bool
	late   map[*ir.Value]int // the last stage that computes an unstored member again

	kernel  Kernel
	touches []touch
	mark    int // of the last walk that came by
}

// touch is an access of a kernel to a buffer.
type touch struct {
	buffer *Buffer
	access *Access // nil when the whole is used
	stage  int
	inner  int // axes of the stage's inner space
	write  bool
	mode   Mode
	old    bool // reads the version of a leaf
}

func (u *unit) isLoop() bool { return u.stage != nil }

// group distributes the placed values over kernels, in order of creation, so
// that every value joins the latest kernel it can. What must be finite comes
// first, then the check, then the rest.
func (g *graph) group() {
	var list []*ir.Value
	for _, v := range g.values {
		if g.placed(v) {
			list = append(list, v)
		}
	}
	var check *unit
	if len(g.finite) > 0 {
		early := map[*ir.Value]bool{}
		for _, v := range ir.Order(g.finite...) {
			early[v] = true
		}
		sort.SliceStable(list, func(i, j int) bool { return early[list[i]] && !early[list[j]] })
		for len(list) > 0 && early[list[0]] {
			g.assign(list[0], nil)
			list = list[1:]
		}
		check = g.newUnit(nil)
		check.check = true
		for _, v := range g.finite {
			if u := g.unit(base(v)); u != nil {
				check.deps[u] = true
			}
		}
	}
	for _, v := range list {
		g.assign(v, check)
	}
}

func (g *graph) newUnit(v *ir.Value) *unit {
	u := &unit{id: len(g.units), deps: map[*unit]bool{}}
	if v != nil && !v.Is("contract") && !v.Is("loop") {
		u.space = spaceOf(v)
		u.hi = len(u.space)
		u.stage, u.inRow = map[*ir.Value]int{}, map[*ir.Value]bool{}
	}
	g.units = append(g.units, u)
	return u
}

// unit is the kernel that computes v; nil for leaves.
func (g *graph) unit(v *ir.Value) *unit {
	if v.Is("out") {
		v = v.Args[0]
	}
	return g.unitOf[v]
}

// assign finds the kernel of v: one that computes what v reads, one that reads
// what v reads, or a new one.
func (g *graph) assign(v *ir.Value, check *unit) {
	deps := map[*unit]bool{}
	for _, r := range g.reads[v] {
		if u := g.unit(r.of); u != nil {
			deps[u] = true
		}
	}
	if g.guards[v] {
		deps[check] = true
	}
	var into *unit
	var fit placement
	if !g.opt.NoFuse && !g.solo[v] && !v.Is("contract") && !v.Is("loop") {
		g.unite(v, deps)
		for _, u := range g.near(v, deps) {
			if p, ok := g.fits(v, u, deps); ok {
				into, fit = u, p
				break
			}
		}
	}
	if into == nil {
		into = g.newUnit(v)
		into.solo = g.solo[v] || g.opt.NoFuse
		if into.isLoop() {
			fit, _ = g.fits(v, into, deps)
		}
	}
	g.join(v, into, fit, deps)
}

func (g *graph) join(v *ir.Value, u *unit, p placement, deps map[*unit]bool) {
	u.members = append(u.members, v)
	g.unitOf[v] = u
	for d := range deps {
		if d != u {
			u.deps[d] = true
		}
	}
	if !u.isLoop() {
		return
	}
	u.space, u.lo, u.hi = p.space, p.lo, p.hi
	u.stage[v], u.inRow[v] = p.stage, p.inRow
	if p.extended {
		for _, m := range u.members[:len(u.members)-1] {
			u.stage[m], u.inRow[m] = -1, true
		}
	}
}

// near lists kernels that v might join, best first.
func (g *graph) near(v *ir.Value, deps map[*unit]bool) []*unit {
	var list []*unit
	for u := range deps {
		list = append(list, u)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].id > list[j].id })
	var siblings []*unit
	for _, r := range g.reads[v] {
		if len(r.of.Shape) == 0 {
			continue
		}
		for i := len(g.units) - 1; i >= 0 && len(siblings) < candidates; i-- {
			if u := g.units[i]; u.isLoop() && !deps[u] && ir.SameShape(u.space, spaceOf(v)) && g.reader(u, r.of) {
				siblings = append(siblings, u)
			}
		}
	}
	for i := len(g.units) - 1; len(spaceOf(v)) == 0 && i >= 0 && len(siblings) < candidates; i-- {
		if u := g.units[i]; u.isLoop() && !deps[u] && len(u.space) == 0 {
			siblings = append(siblings, u)
		}
	}
	list = append(list, siblings...)
	return list[:min(len(list), candidates)]
}

func (g *graph) reader(u *unit, of *ir.Value) bool {
	for _, m := range u.members {
		for _, r := range g.reads[m] {
			if r.of == of {
				return true
			}
		}
	}
	return false
}

// placement is how a value would stand in a loop.
type placement struct {
	space    []dsl.Dim
	lo, hi   int
	stage    int
	inRow    bool
	extended bool // the loop's members so far are computed once a row of v's space
}

// fix makes k the number of row axes.
func (p *placement) fix(k int) bool {
	ok := p.lo <= k && k <= p.hi
	p.lo, p.hi = k, k
	return ok
}

func (g *graph) fits(v *ir.Value, u *unit, deps map[*unit]bool) (placement, bool) {
	p := placement{space: u.space, lo: u.lo, hi: u.hi, stage: -2}
	if !u.isLoop() || u.solo && len(u.members) > 0 || len(u.members) >= maxMembers || !p.shape(v, u) {
		return p, false
	}
	for d := range deps {
		if d != u && g.needs(d, u) {
			return p, false
		}
	}
	if len(p.space) == 0 && len(u.members) > 0 && !g.timely(u, deps) {
		return p, false
	}
	if !g.withinBudget(v, u) || isReduction(v) && !p.reduce(v) {
		return p, false
	}
	for _, r := range g.reads[v] {
		if g.unit(r.of) == u && !p.sees(g, u, r) {
			return p, false
		}
	}
	if p.stage < -1 {
		p.stage = 0
		if p.inRow {
			p.stage = -1
		}
	}
	return p, true
}

// timely reports whether a scalar that needs deps is ready when those of u
// are, and not earlier, so that joining them makes nobody wait.
func (g *graph) timely(u *unit, deps map[*unit]bool) bool {
	with := &unit{deps: deps}
	for d := range deps {
		if d != u && !g.needs(u, d) {
			return false
		}
	}
	for d := range u.deps {
		if !deps[u] && !g.needs(with, d) {
			return false
		}
	}
	return true
}

// shape settles whether v is computed at every index or once a row.
func (p *placement) shape(v *ir.Value, u *unit) bool {
	s := spaceOf(v)
	rank := len(p.space)
	switch {
	case ir.SameShape(s, p.space):
		return true
	case len(s) == 0 || rank == 0:
		return false
	case len(s) < rank && ir.SameShape(s, p.space[:len(s)]):
		p.inRow = true
		return p.fix(len(s))
	case len(s) > rank && ir.SameShape(s[:rank], p.space) && p.hi == rank:
		p.space, p.extended = s, true
		p.lo, p.hi = rank, rank
		return true
	}
	return false
}

// reduce settles what a reduction needs of the rows: it runs along whole
// trailing axes inside of a row, or adds up what rows give.
func (p *placement) reduce(v *ir.Value) bool {
	t := trailing(v)
	switch {
	case v.Is("argmax"):
		return !p.inRow && p.fix(t)
	case p.inRow || t == len(p.space):
		return true
	}
	p.lo, p.hi = max(p.lo, t), min(p.hi, len(p.space)-1)
	return p.lo <= p.hi
}

// trailing is the first of the axes at the end that a reduction goes over.
func trailing(v *ir.Value) int {
	gone, t := v.Attr.(dsl.Axes), len(v.Args[0].Shape)
	for i := len(gone) - 1; i >= 0 && gone[i] == t-1; i-- {
		t--
	}
	return t
}

// ofRows reports whether a reduction's result is one number for each index of
// the leading axes.
func ofRows(v *ir.Value) bool { return isReduction(v) && len(v.Shape) == trailing(v) }

// sees settles how v reads another member of its kernel.
func (p *placement) sees(g *graph, u *unit, r read) bool {
	of := r.of
	stage, row := u.stage[of], u.inRow[of]
	if p.extended {
		stage, row = -1, true
	}
	switch {
	case r.at == nil || isScatter(of):
		return false
	case isReduction(of):
		if row || p.extended || !ofRows(of) || !p.fix(len(of.Shape)) {
			return false
		}
		stage, row = stage+1, true
	}
	k := len(of.Shape)
	if !row && len(r.at) < k { // anywhere in the row, when all of it is there
		if !leading(r.at, len(r.at)) || len(r.at) == 0 || !p.fix(len(r.at)) {
			return false
		}
		if p.stage = max(p.stage, stage+1); !p.inRow {
			p.stage = max(p.stage, stage+2)
		}
		return true
	}
	if !leading(r.at, k) {
		return false
	}
	switch {
	case row && !p.inRow:
		stage++
	case !row && (p.inRow || k != len(p.space)):
		return false
	}
	p.stage = max(p.stage, stage)
	return true
}

// leading reports whether a map reads the element at the first k indices.
func leading(m dsl.Map, k int) bool {
	if len(m) != k {
		return false
	}
	for i, a := range m {
		if at, ok := a.Plain(); !ok || at != i {
			return false
		}
	}
	return true
}

// needs reports whether u needs, directly or not, what other computes.
func (g *graph) needs(u, other *unit) bool {
	g.marks++
	u.mark = g.marks
	g.stack = append(g.stack[:0], u)
	for len(g.stack) > 0 {
		x := g.stack[len(g.stack)-1]
		g.stack = g.stack[:len(g.stack)-1]
		for d := range x.deps {
			if d == other {
				return true
			}
			if d.mark != g.marks {
				d.mark = g.marks
				g.stack = append(g.stack, d)
			}
		}
	}
	return false
}

// withinBudget keeps the number of tensors that a loop reads in bounds.
func (g *graph) withinBudget(v *ir.Value, u *unit) bool {
	seen := map[*ir.Value]bool{}
	for _, m := range append(u.members[:len(u.members):len(u.members)], v) {
		for _, r := range g.reads[m] {
			if g.unit(r.of) != u {
				seen[r.of] = true
			}
		}
	}
	return len(seen) <= maxStreams
}
