package plan

import (
	"slices"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
)

// root is a value that somebody outside of the graph gets, and where.
type root struct {
	value   *ir.Value
	to      *Buffer // nil for results of rank 0, which go into a variable
	result  int     // 1 + the number of the function's result
	update  bool    // to holds an old version, which others may read
	guarded bool    // written after the check only
	copied  bool    // by a kernel of its own, when everything else is done
	final   *ir.Value
}

// graph plans the values of a function, or of a loop's body.
type graph struct {
	*builder
	depth  int
	roots  []*root
	finite []*ir.Value
	params map[*ir.Value]*Buffer // of a loop's body

	*normal
	*attempt
}

// attempt is what is decided anew when a decision proves wrong: so far, when
// a variable cannot be written where its new version is computed.
type attempt struct {
	ends   []*ir.Value // the roots as they are stored, then the finite values
	values []*ir.Value
	count  map[*ir.Value]int // users
	wanted map[*ir.Value]bool
	inline map[*ir.Value]bool
	reads  map[*ir.Value][]read
	guards map[*ir.Value]bool // values that are written after the check only
	solo   map[*ir.Value]bool
	again  bool

	units  []*unit
	unitOf map[*ir.Value]*unit
	homes  map[*ir.Value]*Buffer

	marks int // walks over units so far
	stack []*unit
}

// read is one use of a value that is in memory, or in the same kernel: at a
// map over the indices of the reader's space; anywhere when the map is nil;
// anywhere along the axes that a shorter map does not give.
type read struct {
	of *ir.Value
	at dsl.Map
}

func (g *graph) plan() []*Step {
	g.normalise()
	for {
		buffers := len(g.f.Buffers)
		g.attempt = &attempt{guards: map[*ir.Value]bool{}, solo: map[*ir.Value]bool{}, wanted: map[*ir.Value]bool{},
			unitOf: map[*ir.Value]*unit{}, homes: map[*ir.Value]*Buffer{}}
		g.claim()
		g.analyse()
		g.group()
		g.settle()
		g.emitAll()
		if g.conflicts() {
			g.forget(buffers)
			continue
		}
		return g.schedule()
	}
}

// forget drops the buffers of a failed attempt, but not those of leaves.
func (g *graph) forget(from int) {
	kept := map[*Buffer]bool{}
	for _, b := range g.leaves {
		kept[b] = true
	}
	list := g.f.Buffers[:from]
	for _, b := range g.f.Buffers[from:] {
		if kept[b] {
			b.ID = len(list)
			list = append(list, b)
		} else {
			delete(g.names, b.Name)
		}
	}
	g.f.Buffers = list
}

func (g *graph) normalise() {
	var all []*ir.Value
	for _, r := range g.roots {
		all = append(all, r.value)
	}
	all = append(all, g.finite...)
	done, n := normalise(all)
	g.normal = n
	for i, r := range g.roots {
		r.value = done[i]
	}
	g.finite = append([]*ir.Value(nil), done[len(g.roots):]...)
	for _, v := range g.finite {
		g.keep(v)
	}
}

// claim decides which values are computed right where a root wants them; the
// other roots are copies.
func (g *graph) claim() {
	checked := map[*ir.Value]bool{}
	if len(g.finite) > 0 {
		for _, v := range ir.Order(g.finite...) {
			checked[v] = true
		}
	}
	taken := map[*ir.Value]bool{}
	for _, r := range g.roots {
		v := base(r.value)
		bound := v.Is("leaf") || v.Is("out")
		switch {
		case r.to == nil:
			if v.Is("leaf") && !isSetting(v) {
				v = copyOf(v)
			}
		case bound || taken[v] || r.copied || r.guarded && checked[v]:
			v = copyOf(r.value)
			g.solo[v] = r.copied
			fallthrough
		default:
			taken[v], g.guards[v] = true, r.guarded
			g.homes[v] = r.to
		}
		if !v.Is("out") && !isSetting(v) {
			g.wanted[v] = true
		}
		r.final = v
		g.ends = append(g.ends, v)
	}
	g.ends = append(g.ends, g.finite...)
}

// isSetting reports whether v is a setting, which a call has as a number of its
// own.
func isSetting(v *ir.Value) bool {
	l, ok := v.Attr.(*ir.Leaf)
	return ok && l.Kind == ir.SettingLeaf
}

// must reports whether v has to be in memory whatever is fused.
func (g *graph) must(v *ir.Value) bool { return g.stored[v] || g.wanted[v] }

// isPoint reports whether each element of v is computed from one element, or
// from none, of each operand.
func isPoint(v *ir.Value) bool {
	return v.Op.Class == dsl.Elementwise || v.Op.Class == dsl.Random || v.Is("gather")
}

func isReduction(v *ir.Value) bool { return v.Op.Class == dsl.Reduction }

func isScatter(v *ir.Value) bool { return v.Is("scatter") || v.Is("fold") }

// isFree reports whether v costs nothing wherever it is used.
func isFree(v *ir.Value) bool {
	return v.Op.Class == dsl.Maker || v.Is("view") || v.Is("reshape") || v.Is("leaf") || v.Is("out")
}

// placed reports whether v is computed by a kernel under its own name, not as
// a part of whatever uses it.
func (g *graph) placed(v *ir.Value) bool {
	switch {
	case v.Is("leaf"), v.Is("out"), v.Is("reshape"):
		return false
	case isFree(v):
		return g.must(v)
	}
	return !g.inline[v]
}

// spaceOf is what a placed value is computed over.
func spaceOf(v *ir.Value) []dsl.Dim {
	if isReduction(v) || isScatter(v) {
		return v.Args[0].Shape
	}
	return v.Shape
}

// analyse decides which values are computed where they are used, and finds
// what each of the others reads.
func (g *graph) analyse() {
	g.values = ir.Order(g.ends...)
	for g.again = true; g.again; {
		g.again = false
		g.inline, g.reads = map[*ir.Value]bool{}, map[*ir.Value][]read{}
		g.countUses()
		users := g.onlyUsers()
		for _, v := range g.values {
			if !g.opt.NoFuse && isPoint(v) && !g.must(v) && len(v.Shape) > 0 {
				g.inline[v] = g.cheap(v) || g.sinks(v, users)
			}
		}
		for _, v := range g.values {
			if g.placed(v) {
				g.operands(v, func(p *ir.Value, m dsl.Map) { g.reads[v] = append(g.reads[v], read{p, m}) })
			}
		}
	}
}

func (g *graph) countUses() {
	g.count = map[*ir.Value]int{}
	for _, v := range g.values {
		for i, a := range v.Args {
			if !slices.Contains(v.Args[:i], a) {
				g.count[a]++
			}
		}
	}
	for _, v := range g.ends {
		g.count[v]++
	}
}

// onlyUsers maps each value with one user to it.
func (g *graph) onlyUsers() map[*ir.Value]*ir.Value {
	users := map[*ir.Value]*ir.Value{}
	for _, v := range g.values {
		for _, a := range v.Args {
			if g.count[a] == 1 {
				users[a] = v
			}
		}
	}
	return users
}

// Costs in units of an addition, as the runtime's split of work counts.
const (
	cheapOps   = 3 // up to so much is computed again rather than stored
	hardOp     = 20
	divideOp   = 4
	drawOp     = 30
	gatherCost = 4
)

func opCost(op string) int {
	switch op {
	case "exp", "log", "sin", "cos", "tanh", "sigmoid", "erf", "pow":
		return hardOp
	case "uniform":
		return drawOp
	case "normal":
		return drawOp + 2*hardOp
	case "div", "sqrt", "div_floor", "gather":
		return divideOp
	case "float", "int", "guard":
		return 1
	}
	return 1
}

// expense is what it takes to compute an element of v where it is used: the
// operations, and how many tensors as large as v are read, of them how many
// that are there all the time, in inputs or variables.
func (g *graph) expense(v *ir.Value) (ops, streams, lasting int) {
	ops = opCost(v.Op.Name)
	least := ir.Volume(v.Shape).Max() / 8
	for i, a := range v.Args {
		if slices.Contains(v.Args[:i], a) {
			continue
		}
		for a.Is("view") && !g.must(a) {
			a = a.Args[0]
		}
		switch {
		case g.inline[a]:
			o, s, l := g.expense(a)
			ops, streams, lasting = ops+o, streams+s, lasting+l
		case len(a.Shape) > 0 && !isFree(a) || a.Is("leaf") || a.Is("out") || a.Is("reshape") || g.must(a):
			if n := ir.Volume(a.Shape).Max(); n > least && len(a.Shape) > 0 {
				streams++
				if a.Is("leaf") {
					lasting++
				}
			}
		}
	}
	return ops, streams, lasting
}

// cheap reports whether v is computed again by each of its users: it takes few
// operations, and keeps no more memory in use than v itself would, nor reads
// more of it.
func (g *graph) cheap(v *ir.Value) bool {
	ops, streams, lasting := g.expense(v)
	return ops <= cheapOps && streams-lasting <= 1 && (streams <= 1 || g.count[v] <= 2 && streams <= 2)
}

// sinks reports whether v moves into its only user, which reads each element
// at most once, but not in v's own order: so the two would not meet in one
// kernel any other way.
func (g *graph) sinks(v *ir.Value, users map[*ir.Value]*ir.Value) bool {
	at := v
	for users[at] != nil && users[at].Is("view") && !g.must(users[at]) {
		at = users[at]
	}
	user := users[at]
	if user == nil || at == v || !isPoint(user) && !isReduction(user) && !isScatter(user) {
		return false
	}
	if user.Is("gather") && user.Args[0] == at {
		return false
	}
	_, streams, _ := g.expense(v)
	return streams <= 2 && g.onceThrough(v, at)
}

// onceThrough reports whether the views from v to at repeat no element.
func (g *graph) onceThrough(v, at *ir.Value) bool {
	for x := at; x != v; x = x.Args[0] {
		seen := make([]bool, len(x.Shape))
		for _, a := range x.Attr.(*dsl.Positions).Map {
			for k, c := range a.Coef {
				seen[k] = seen[k] || c != 0
			}
		}
		for k, ok := range seen {
			if !ok && !x.Shape[k].Is(1) {
				return false
			}
		}
	}
	return true
}

// operands visits what a placed value reads: values in memory or in a kernel.
func (g *graph) operands(v *ir.Value, visit func(p *ir.Value, m dsl.Map)) {
	rank := len(spaceOf(v))
	id := dsl.Identity(rank)
	switch {
	case v.Is("scatter"):
		g.walk(v.Args[0], id, rank, visit)
		g.walk(v.Args[1], id[:len(v.Args[1].Shape)], rank, visit)
	case v.Is("contract"):
		visit(base(g.gemms[v].a), nil)
		visit(base(g.gemms[v].b), nil)
	case v.Is("loop"):
		for _, a := range g.loopReads(v) {
			visit(a, nil)
		}
	case v.Is("view"):
		g.through(v, id, rank, visit)
	case isReduction(v) || v.Is("fold"):
		g.walk(v.Args[0], id, rank, visit)
	default:
		g.parts(v, id, rank, visit)
	}
}

// walk visits what reading x at m reads.
func (g *graph) walk(x *ir.Value, m dsl.Map, rank int, visit func(p *ir.Value, m dsl.Map)) {
	switch {
	case x.Is("leaf"), x.Is("out"), g.placed(x):
		visit(x, m)
	case x.Is("reshape"):
		visit(base(x), nil)
	case x.Is("view"):
		g.through(x, m, rank, visit)
	case isPoint(x):
		g.parts(x, m, rank, visit)
	}
}

// through visits what a view reads. A view whose positions cannot be composed
// with the map is put in memory, and the analysis starts again.
func (g *graph) through(x *ir.Value, m dsl.Map, rank int, visit func(p *ir.Value, m dsl.Map)) {
	inner, ok := x.Attr.(*dsl.Positions).Map.Compose(m, rank)
	if !ok {
		g.stored[x], g.again = true, true
		return
	}
	g.walk(x.Args[0], inner, rank, visit)
}

// parts visits the operands of a point at m.
func (g *graph) parts(x *ir.Value, m dsl.Map, rank int, visit func(p *ir.Value, m dsl.Map)) {
	switch {
	case x.Is("gather"):
		if of := x.Args[0]; of.Is("reshape") {
			visit(base(of), nil)
		} else {
			visit(of, m[:int(x.Attr.(dsl.Batch))])
		}
		g.walk(x.Args[1], m[:len(x.Args[1].Shape)], rank, visit)
	case x.Op.Class == dsl.Random:
		for _, a := range x.Args {
			g.walk(a, dsl.Map{}, rank, visit)
		}
	case x.Op.Class == dsl.Elementwise:
		for _, a := range x.Args {
			g.walk(a, m, rank, visit)
		}
	}
}

// loopReads lists the values whose memory a loop uses.
func (g *graph) loopReads(v *ir.Value) []*ir.Value {
	var list []*ir.Value
	l := v.LoopOf()
	for k, a := range v.Args {
		if _, splat := a.Splat(); splat && k >= l.Carried {
			continue
		}
		if r := rowsOf; k >= l.Carried && k < l.Carried+l.Sliced {
			a = r(a).of
		}
		list = append(list, base(a))
	}
	return list
}

// home is where v is stored; nil when it is not.
func (g *graph) home(v *ir.Value) *Buffer {
	v = base(v)
	if b := g.homes[v]; b != nil {
		return b
	}
	if b := g.params[v]; b != nil {
		return b
	}
	if v.Is("leaf") {
		return g.leaf(v)
	}
	return nil
}
