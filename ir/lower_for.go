package ir

import (
	"sort"
	"strconv"
	"strings"

	"github.com/gtc-lang/gtc/dsl"
)

const maxIterations = 4096

// iteration is one pass through the body of a for, lowered by itself from
// placeholders for what it carries in.
type iteration struct {
	number int
	mark   *Value          // stands for the number in random draws
	before []thing         // what the names it rebinds stand for: placeholders, or what is known
	carry  []tensor        // the placeholders; without a value for what is no tensor, a number for instance
	out    []tensor        // what they have become
	made   []*variable     // declared in this iteration for the first time
	leaves map[*Var]*Value // variables read, by their stand-ins
	states []Update        // stand-ins with a new version
	text   string          // what it does, to find like iterations
}

// forLoop lowers a for: each iteration by itself, then runs of like ones
// become loops over stacked parameters; the others stay as they are.
func (l *lowerer) forLoop(s *scope, e *dsl.For) thing {
	f := &forState{l: l, s: s, e: e, outerIndex: l.fn.index, outerNumber: l.fn.number}
	name := s.body.sites[e]
	if e.Label != nil {
		name = e.Label.Name
	}
	f.path, f.pattern, f.draws = join(s.body.path, name), join(s.body.pattern, name)+".*", join(s.body.draws, name)+".*"
	f.findCarried()
	var items []thing
	if !l.attempt(func() { items = f.items() }) {
		l.attempt(func() { f.lower(0, poison{}) })
		f.forget()
		panic(bail{})
	}
	if len(items) == 0 {
		l.mention(s, e.Body)
	}
	if !l.attempt(func() { f.lowerAll(items) }) {
		f.forget()
		panic(bail{})
	}
	f.settleVariables()
	f.assemble()
	return absent{}
}

func (f *forState) lowerAll(items []thing) {
	for k, item := range items {
		f.iterations = append(f.iterations, f.lower(k, item))
	}
}

// forget drops the variables of iterations that have no home, since some
// iteration failed.
func (f *forState) forget() {
	for name, v := range f.l.vars {
		if v.home == nil && strings.HasPrefix(name, f.path+".") {
			delete(f.l.vars, name)
		}
	}
}

type forState struct {
	l                    *lowerer
	s                    *scope
	e                    *dsl.For
	path, pattern, draws string
	outerIndex           *Value
	outerNumber          int // the numbers of the iterations around this for
	carried              []*binding
	start, now           []tensor // what is carried before the loop, and after the latest iteration; without a value while it is no tensor
	iterations           []*iteration
}

// findCarried collects the names of enclosing blocks that the body rebinds.
func (f *forState) findCarried() {
	seen := map[*binding]bool{}
	for _, name := range assigned(f.e.Body) {
		b := f.s.local(name)
		if b == nil || seen[b] || b.state != nil {
			continue
		}
		seen[b] = true
		t, _ := b.value.(tensor)
		f.carried, f.start, f.now = append(f.carried, b), append(f.start, t), append(f.now, t)
	}
}

func (f *forState) items() []thing {
	v := f.l.expr(f.s, f.e.Iter)
	switch v := v.(type) {
	case list:
		return v
	case span:
		lo, ok1 := v.lo.Const()
		hi, ok2 := v.hi.Const()
		if ok1 && ok2 && hi-lo <= maxIterations {
			var items []thing
			for i := lo; i < hi; i++ {
				items = append(items, number{f: float64(i), whole: true})
			}
			return items
		}
	}
	f.l.fail("GT0234", f.e.Iter, "a for runs over a list, or a range known at compile time, of at most "+strconv.Itoa(maxIterations)+" iterations", "this is "+describe(v), "use scan to go along a run-time dimension")
	return nil
}

// lower lowers iteration k.
func (f *forState) lower(k int, item thing) *iteration {
	l := f.l
	outerIter := l.fn.iter
	it := &iteration{number: k, mark: NewLeaf(&Leaf{Kind: IterLeaf, Name: "iteration"}, Int, nil), leaves: map[*Var]*Value{}}
	known := map[*Var]*Value{}
	for v, x := range l.fn.versions {
		known[v] = x
	}
	l.fn.iter, l.fn.index, l.fn.number = it, f.indexOf(it.mark), f.outerNumber*maxIterations+k
	defer func() { l.fn.iter, l.fn.index, l.fn.number = outerIter, f.outerIndex, f.outerNumber }()
	f.carryIn(it)
	inner := newScope(f.s)
	inner.body = &body{path: f.path + "." + strconv.Itoa(k), pattern: f.pattern, draws: f.draws, sites: l.sitesOf(f.e.Body), kind: f.s.body.kind}
	inner.bind(f.e.Var.Name, item, f.e.Var.At).used = true
	l.attempt(func() { l.block(inner, f.e.Body) })
	f.carryOut(it)
	f.collect(it, known)
	return it
}

// indexOf numbers an iteration for random draws, together with the loops
// around.
func (f *forState) indexOf(number *Value) *Value {
	if n, ok := f.outerIndex.Const(); ok && n == 0 {
		return number
	}
	return New("add", nil, New("mul", nil, f.outerIndex, ConstOf(Int, maxIterations)), number)
}

// collect notes what the iteration read and updated of the variables it
// declares, and takes them out of the function: their homes stand for them
// from here on.
func (f *forState) collect(it *iteration, before map[*Var]*Value) {
	l := f.l
	prefix := f.path + "." + strconv.Itoa(it.number) + "."
	for _, name := range sortedNames(l.vars) {
		if !strings.HasPrefix(name, prefix) {
			continue
		}
		v := l.vars[name].v
		if leaf := l.fn.leaves[v]; leaf != nil {
			it.leaves[v] = leaf
			if l.fn.versions[v] != leaf {
				it.states = append(it.states, Update{v, l.fn.versions[v]})
			}
			delete(l.fn.leaves, v)
			delete(l.fn.versions, v)
		}
	}
	kept := l.fn.updated[:0]
	for _, v := range l.fn.updated {
		if it.leaves[v] == nil {
			if l.fn.versions[v] != before[v] {
				f.outerState(v)
			}
			kept = append(kept, v)
		}
	}
	l.fn.updated = kept
	it.text = f.textOf(it)
}

// outerState refuses updates of states that do not belong to the iteration.
func (f *forState) outerState(v *Var) {
	f.l.fail("GT0235", header(f.e, f.e.Body), "the state "+quote(v.Name)+" is updated in every iteration of this for", "", "give each iteration a layer of its own, or update the state outside")
}

func sortedNames(vars map[string]*variable) []string {
	names := make([]string, 0, len(vars))
	for name := range vars {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// relative is the name of an iteration's variable without its number.
func (f *forState) relative(v *Var) string {
	rest := strings.TrimPrefix(v.Name, f.path+".")
	_, name, _ := strings.Cut(rest, ".")
	return name
}

// textOf writes what an iteration computes from what it carries in, so that
// like iterations have like texts.
func (f *forState) textOf(it *iteration) string {
	w := &likeness{f: f, number: map[*Value]int{it.mark: -1}}
	for i, c := range it.carry {
		if c.v == nil {
			w.b.WriteString("-;")
			continue
		}
		w.b.WriteString(c.v.DType.String() + tensorShape(c.v.Shape) + ";")
		w.number[c.v] = -2 - i
	}
	roots := valuesOf(it.out)
	for _, u := range it.states {
		w.b.WriteString(f.relative(u.Var) + ";")
		roots = append(roots, u.Value)
	}
	w.graph(it, roots)
	return w.b.String()
}

// likeness writes graphs with values numbered in order of creation.
type likeness struct {
	f      *forState
	b      strings.Builder
	number map[*Value]int
}

func (w *likeness) graph(it *iteration, roots []*Value) {
	next := len(w.number)
	start := it.mark.ID()
	for _, v := range Order(roots...) {
		if _, ok := w.number[v]; ok {
			continue
		}
		if v.ID() < start && !v.Is("leaf") && len(v.Args) > 0 { // from outside: itself
			w.b.WriteString("@" + strconv.FormatInt(v.ID(), 10))
		} else {
			w.value(it, v)
		}
		w.number[v] = next
		next++
		w.b.WriteByte('\n')
	}
	for _, r := range roots {
		w.b.WriteString("r" + strconv.Itoa(w.number[r]))
	}
}

func (w *likeness) value(it *iteration, v *Value) {
	w.b.WriteString(v.Op.Name + " " + v.DType.String() + tensorShape(v.Shape))
	switch a := v.Attr.(type) {
	case *Leaf:
		if it.leaves[a.Var] != nil && a.Kind == VarLeaf {
			w.b.WriteString(" own " + w.f.relative(a.Var))
		} else {
			w.b.WriteString(" " + a.Text())
		}
	case *Loop:
		w.b.WriteString(" loop" + strconv.FormatInt(v.ID(), 10)) // loops in loops are not compared
	case nil:
	default:
		w.b.WriteString(" " + a.Text())
	}
	for _, a := range v.Args {
		w.b.WriteString(" " + strconv.Itoa(w.number[a]))
	}
}

// settleVariables gives the variables of the iterations their homes: a stacked
// variable for each run of iterations that declare it alike.
func (f *forState) settleVariables() {
	byName := map[string][]*variable{}
	var names []string
	for _, it := range f.iterations {
		for _, v := range it.made {
			name := f.relative(v.v)
			if byName[name] == nil {
				names = append(names, name)
			}
			byName[name] = append(byName[name], v)
		}
	}
	for _, name := range names {
		f.stack(name, byName[name])
	}
}

// stack makes the homes of the variables of one name.
func (f *forState) stack(name string, vs []*variable) {
	for lo := 0; lo < len(vs); {
		hi := lo + 1
		for hi < len(vs) && f.adjacent(vs[hi-1], vs[hi]) {
			hi++
		}
		f.home(name, vs[lo:hi])
		lo = hi
	}
}

func (f *forState) adjacent(a, b *variable) bool {
	k := f.numberOf(b.v)
	return f.numberOf(a.v)+1 == k && a.v.DType == b.v.DType && a.v.Kind == b.v.Kind &&
		SameShape(a.v.Shape, b.v.Shape) && !f.l.cutAt(f.path, k)
}

func (f *forState) numberOf(v *Var) int {
	number, _, _ := strings.Cut(strings.TrimPrefix(v.Name, f.path+"."), ".")
	k, _ := strconv.Atoi(number)
	return k
}

func (f *forState) home(name string, vs []*variable) {
	l := f.l
	first := f.numberOf(vs[0].v)
	if len(vs) == 1 || f.nested() {
		for _, v := range vs {
			v.home = v.v
			l.settle(v.home, v.first(ConstOf(Int, float64(f.outerNumber*maxIterations+f.numberOf(v.v)))))
		}
		return
	}
	n := dsl.N(len(vs))
	star := ".*."
	if first > 0 {
		star = ".*@" + strconv.Itoa(first) + "."
	}
	home := &Var{Name: f.path + star + name, Kind: vs[0].v.Kind, DType: vs[0].v.DType, At: vs[0].v.At,
		Shape: append([]dsl.Dim{n}, vs[0].v.Shape...), Stacked: true, First: first}
	for i, v := range vs {
		v.home, v.row = home, i
	}
	p := BodyParam("i", Int, nil)
	number := p
	if first > 0 {
		number = New("add", nil, p, ConstOf(Int, float64(first)))
	}
	spec := &LoopSpec{Trip: n, Index: p, Stack: []*Value{vs[0].first(number)}, At: f.e.At}
	l.settle(home, Out(spec.Close(), 0))
}

// nested reports whether this for is itself in an iteration of another: then
// its variables stay apart, since the outer iterations may be stacked.
func (f *forState) nested() bool { return f.l.fn.iter != nil }

// assemble puts the iterations in order, runs of like ones as loops.
func (f *forState) assemble() {
	cur := make([]*Value, len(f.carried))
	for i := range f.carried {
		cur[i] = f.start[i].v
	}
	for lo := 0; lo < len(f.iterations); {
		hi := lo + 1
		for hi < len(f.iterations) && f.alike(f.iterations[hi-1], f.iterations[hi]) {
			hi++
		}
		if hi-lo > 1 {
			cur = f.roll(f.iterations[lo:hi], cur)
		} else {
			cur = f.inline(f.iterations[lo], cur)
		}
		lo = hi
	}
	for i, b := range f.carried {
		if cur[i] != nil {
			b.value = tensor{v: cur[i], ax: f.now[i].ax}
		}
	}
}

// alike reports whether two neighbours can share a loop: they do the same and
// their variables are rows of the same homes.
func (f *forState) alike(a, b *iteration) bool {
	if a.text != b.text || len(a.leaves) != len(b.leaves) || len(a.leaves) == 0 {
		return false
	}
	for v := range a.leaves {
		x := f.l.vars[v.Name]
		y := f.l.vars[f.path+"."+strconv.Itoa(b.number)+"."+f.relative(v)]
		if y == nil || x.row < 0 || x.home != y.home || y.row != x.row+1 {
			return false
		}
	}
	return true
}

// roll makes one loop of like iterations.
func (f *forState) roll(its []*iteration, cur []*Value) []*Value {
	l, it := f.l, its[0]
	spec := &LoopSpec{Trip: dsl.N(len(its)), Index: BodyParam(f.e.Var.Name, Int, nil), Init: present(cur), Carry: valuesOf(it.carry), At: f.e.At}
	if f.e.Label != nil {
		spec.Label = f.e.Label.Name
	}
	number := spec.Index
	if it.number > 0 {
		number = New("add", nil, spec.Index, ConstOf(Int, float64(it.number)))
	}
	given := map[*Value]*Value{it.mark: number}
	for _, v := range sortedVars(it.leaves) {
		home := l.vars[v.Name]
		p := BodyParam(v.Name[strings.LastIndexByte(v.Name, '.')+1:], v.DType, v.Shape)
		p.At = v.At
		given[it.leaves[v]] = p
		spec.Slice = append(spec.Slice, p)
		spec.Sliced = append(spec.Sliced, rows(l.read(home.home), home.row, len(its)))
	}
	roots := valuesOf(it.out)
	carried := len(roots)
	for _, u := range it.states {
		roots = append(roots, u.Value)
	}
	roots = Inline(roots, given)
	spec.Next, spec.Stack = roots[:carried], roots[carried:]
	loop := spec.Close()
	for k, u := range it.states {
		home := l.vars[u.Var.Name]
		l.write(home.home, withRows(l.read(home.home), home.row, Out(loop, carried+k)))
	}
	outs := make([]*Value, carried)
	for i, o := range valuesOf(it.out) {
		outs[i] = Out(loop, i)
		outs[i].Name = o.Name
	}
	return inSlots(it.out, outs)
}

func sortedVars(m map[*Var]*Value) []*Var {
	list := make([]*Var, 0, len(m))
	for v := range m {
		list = append(list, v)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Name < list[j].Name })
	return list
}

// rows is n rows of a stacked value from row lo.
func rows(x *Value, lo, n int) *Value {
	shape := append([]dsl.Dim{dsl.N(n)}, x.Shape[1:]...)
	m := dsl.Identity(len(shape))
	m[0].Const = dsl.N(lo)
	return View(x, m, shape)
}

// withRows is x with some of its rows replaced.
func withRows(x *Value, lo int, part *Value) *Value {
	if part.Shape[0].Equal(x.Shape[0]) {
		return part
	}
	m := dsl.Identity(len(x.Shape))
	m[0].Const = dsl.N(-lo)
	inside := View(Fill(Bool, 1, part.Shape), m, x.Shape)
	return New("where", nil, inside, View(part, m, x.Shape), x)
}

// inline puts one iteration in its place.
func (f *forState) inline(it *iteration, cur []*Value) []*Value {
	l := f.l
	given := map[*Value]*Value{it.mark: ConstOf(Int, float64(it.number))}
	for i, c := range it.carry {
		if c.v != nil {
			given[c.v] = cur[i]
		}
	}
	for _, v := range sortedVars(it.leaves) {
		home := l.vars[v.Name]
		value := l.read(home.home)
		if home.row >= 0 {
			row := rows(value, home.row, 1)
			value = (&indexer{l: l, t: tensor{v: row, ax: make([]string, len(row.Shape))}}).pick(dsl.N(0)).v
		}
		given[it.leaves[v]] = value
	}
	roots := valuesOf(it.out)
	carried := len(roots)
	for _, u := range it.states {
		roots = append(roots, u.Value)
	}
	roots = Inline(roots, given)
	for k, u := range it.states {
		home, value := l.vars[u.Var.Name], roots[carried+k]
		if home.row >= 0 {
			value = withRows(l.read(home.home), home.row, newAxis(tensor{v: value, ax: make([]string, len(value.Shape))}, 0).v)
		}
		l.write(home.home, value)
	}
	return inSlots(it.out, roots[:carried])
}
