package ir

import (
	"sort"
	"strings"

	"github.com/gtc-lang/gtc/dsl"
)

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
