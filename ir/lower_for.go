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
