package ir

import (
	"strconv"
	"strings"

	"github.com/gtc-lang/gtc/dsl"
)

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
