package ir

import (
	"slices"

	"github.com/gtc-lang/gtc/dsl"
)

// scanState is the scan being lowered.
type scanState struct {
	yields []tensor
	failed bool // a yield has failed
	place  int  // where the scanned axis stands in what the body reads
	placed bool // place is known
}

// scanLoop lowers `scan t over T, h = … { … yield h }`. Its value is what it
// yields, stacked; without a yield, what it carries at the end.
func (l *lowerer) scanLoop(s *scope, e *dsl.Scan) thing {
	from, trip, label := dsl.N(0), dsl.N(1), ""
	good := l.attempt(func() { from, trip, label = l.scanRange(s, e.Over) })
	outer, outerIndex := l.fn.scan, l.fn.index
	defer func() { l.fn.scan, l.fn.index = outer, outerIndex }()
	spec := &LoopSpec{Trip: trip, Index: BodyParam(e.Var.Name, Int, nil), At: e.At, Label: e.Var.Name}
	inner := newScope(s)
	name := s.body.sites[e]
	inner.body = &body{path: s.body.path, pattern: s.body.pattern, draws: join(s.body.draws, name), sites: s.body.sites, kind: s.body.kind}
	number := scanNumber(spec.Index, from)
	carried, carries := l.carries(s, inner, e, spec)
	others := keptBy(s, e.Body, carried)
	st := &scanState{}
	l.fn.scan = st
	l.fn.index = New("add", nil, New("mul", nil, outerIndex, ConstOf(Int, maxIterations)), number)
	inner.bind(e.Var.Name, scalarOf(number), e.Var.At).used = true
	updated := len(l.fn.updated)
	end := l.fn.layers.repeated(trip)
	good = l.attempt(func() { l.block(inner, e.Body) }) && carries && good
	end()
	if len(l.fn.updated) > updated {
		l.fail("GT0235", header(e, e.Body), "the state "+quote(l.fn.updated[updated].Name)+" is updated in every step of this scan", "", "carry it through the scan instead")
	}
	for _, o := range others {
		good = l.attempt(func() { l.unchanged(header(e, e.Body), "scan", o) }) && good
	}
	l.carryOn(e, spec, carried)
	if !good || st.failed {
		panic(bail{})
	}
	for _, y := range st.yields {
		spec.Stack = append(spec.Stack, y.v)
	}
	return l.scanned(e, spec, carried, st, label)
}

// scanNumber is the position along what is scanned, which begins at from.
func scanNumber(index *Value, from dsl.Dim) *Value {
	if from.Is(0) {
		return index
	}
	if n, ok := from.Const(); ok {
		return New("add", nil, index, ConstOf(Int, float64(n)))
	}
	return New("add", nil, index, New("size", &dsl.Size{Dim: from}))
}

// carryOn gives each carried value to the next step: of the shape it has.
func (l *lowerer) carryOn(e *dsl.Scan, spec *LoopSpec, carried []*binding) {
	spec.Next = make([]*Value, len(carried))
	l.each(len(carried), func(i int) {
		t := l.asTensor(carried[i].value, e)
		like := tensor{v: spec.Carry[i], ax: spec.labels[i]}
		where, err := align(t, like)
		if err != nil {
			at := header(e, e.Body)
			if i < len(e.Carry) {
				at = e.Carry[i]
			}
			l.fail("GT0236", at, "what is carried changes its shape: "+err.Error(), "", "a scan carries the same shape from step to step")
		}
		l.keepsKind(e, carried[i], t.v.DType, like.v.DType)
		spec.Next[i] = cast(along(t, where, like).v, like.v.DType)
	})
}

// keepsKind refuses a step whose value the carried kind cannot hold: a number
// would be cut to an int.
func (l *lowerer) keepsKind(e *dsl.Scan, b *binding, after, before DType) {
	if after < before {
		kind := map[DType]string{Float: "a number", Int: "an int", Bool: "a truth value"}
		l.fail("GT0236", header(e, e.Body), quote(b.name)+" is "+kind[before]+" before a step and "+kind[after]+" after it", "",
			"let it begin as "+kind[after]+": "+b.name+" = "+map[DType]string{Float: "float", Int: "int"}[after]+"(…)",
			dsl.Label{At: b.at, Text: kind[before]})
	}
}

// scanRange is the start and the length of what is scanned, and its label.
func (l *lowerer) scanRange(s *scope, e dsl.Expr) (from, trip dsl.Dim, label string) {
	if r, ok := e.(*dsl.Range); ok {
		d := l.dims(s, r.Lo, r.Hi)
		return d[0], d[1].Sub(d[0]), ""
	}
	return dsl.N(0), l.dim(s, e), labelOf(e)
}

// carries binds the names of the header, poison where they fail, and the outer
// names the body rebinds.
func (l *lowerer) carries(s, inner *scope, e *dsl.Scan, spec *LoopSpec) (carried []*binding, good bool) {
	good = true
	add := func(b *binding, t tensor, name string) {
		if t.v.Name != "" {
			name = t.v.Name
		}
		p := BodyParam(name, t.v.DType, t.v.Shape)
		p.At = t.v.At
		spec.Init, spec.Carry, spec.labels = append(spec.Init, t.v), append(spec.Carry, p), append(spec.labels, t.ax)
		b.value = tensor{v: p, ax: t.ax}
		carried = append(carried, b)
	}
	for _, c := range e.Carry {
		name := c.Targets[0].Name
		b := inner.bind(name.Name, poison{}, name.At)
		b.used = true
		good = l.attempt(func() {
			t := l.tensorOf(s, c.Value)
			t.v.named(name)
			add(b, t, name.Name)
		}) && good
	}
	for _, name := range assigned(e.Body) {
		b := s.local(name)
		if b == nil || inner.names[name] != nil || b.state != nil || slices.Contains(carried, b) || !carriable(b.value) {
			continue
		}
		add(b, l.asTensor(b.value, dsl.Place{At: b.at}), name)
	}
	return carried, good
}

func (l *lowerer) scanned(e *dsl.Scan, spec *LoopSpec, carried []*binding, st *scanState, label string) thing {
	loop := spec.Close()
	for i, b := range carried {
		b.value = tensor{v: Out(loop, i), ax: spec.labels[i]}
	}
	var out tuple
	for k, y := range st.yields {
		t := tensor{v: Out(loop, len(carried)+k), ax: uniqueLabels(append([]string{label}, y.ax...))}
		out = append(out, moveFirst(t, min(st.place, len(y.ax))))
	}
	if len(out) == 0 {
		for i := range e.Carry {
			out = append(out, carried[i].value)
		}
	}
	if len(out) == 1 {
		return out[0]
	}
	return out
}

// moveFirst moves the first axis to place k.
func moveFirst(t tensor, k int) tensor {
	var perm []int
	for j := 1; j <= k; j++ {
		perm = append(perm, j)
	}
	perm = append(perm, 0)
	for j := k + 1; j < len(t.ax); j++ {
		perm = append(perm, j)
	}
	ax := make([]string, len(perm))
	for i, p := range perm {
		ax[i] = t.ax[p]
	}
	return tensor{v: Transpose(t.v, perm...), ax: ax}
}

func (l *lowerer) yield(s *scope, st *dsl.YieldStmt) {
	if l.fn.scan == nil {
		l.fail("GT0237", st, "yield stands in a scan", "", "outside of one, the last expression of a body is its value")
	}
	if l.fn.scan.yields != nil {
		l.fail("GT0237", st, "a scan has one yield", "", "yield several values at once: yield a, b")
	}
	l.fn.scan.yields = make([]tensor, len(st.Values))
	l.each(len(st.Values), func(i int) { l.fn.scan.yields[i] = l.tensorOf(s, st.Values[i]) })
}
