package pass

import (
	"slices"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
)

// loop simplifies a loop's body, and the loop:
//
//   - results, carried values and operands that nobody needs go;
//   - what an iteration computes from what does not change moves before the
//     loop, and a view that an operand is moves into the body;
//   - a carried value that stays what it is, and a slice of equal rows, are seen
//     whole; equal operands are one;
//   - a stacked value that does not change, or is a row of an operand, is none;
//   - a loop of one iteration, or of none, is no loop.
//
// A body that asks for a derivative keeps its operands: what it differentiates
// for would no longer be told apart from what is equal to it.
func (s *simplifier) loop(v *ir.Value, args []*ir.Value) *ir.Value {
	w := v.With(args)
	l := w.LoopOf()
	inner := &simplifier{rules: s.rules, prunes: s.prunes, derived: s.derived}
	if results := inner.settle(l.Body.Results); !slices.Equal(results, l.Body.Results) {
		changed := *l
		changed.Body = &ir.Graph{Params: l.Body.Params, Results: results}
		w = w.WithLoop(&changed, args)
	}
	var outs []*ir.Value
	if s.prunes {
		w, outs = prune(w, s.used[v])
	}
	if s.rules != nil && !ir.HasGrad(w.LoopOf().Body.Results) {
		w, outs = s.rebuilt(w, outs)
	}
	if outs != nil {
		s.outs[v] = outs
		return w
	}
	return s.merge(w)
}

// rebuilt opens a loop and closes it again. outs, when not nil, is what the
// results of the loop in the graph are among those of w; it returns the same
// for the new loop.
func (s *simplifier) rebuilt(w *ir.Value, outs []*ir.Value) (*ir.Value, []*ir.Value) {
	var results []*ir.Value
	next := w
	if n, ok := w.LoopOf().Trip.Const(); ok && n <= 1 {
		results, _ = ir.Unroll(w) // it fails on derivatives and unknown trips only
	} else if next, results = reopen(w); s.key(next) == s.key(w) {
		return w, outs
	}
	if outs == nil {
		return next, results
	}
	for k, o := range outs {
		if o != nil {
			outs[k] = results[o.Attr.(ir.Result)]
		}
	}
	return next, outs
}

// reopening is a loop that is closed again, with what became of its results.
type reopening struct {
	*ir.Loop
	node    *ir.Value
	spec    *ir.LoopSpec
	given   map[*ir.Value]*ir.Value // what the body's parameters stand for
	carries []int                   // of the new loop, by carried value of the old; -1 for none
}

// reopen makes a loop anew from its body's values among those around it.
func reopen(w *ir.Value) (*ir.Value, []*ir.Value) {
	l := w.LoopOf()
	r := &reopening{Loop: l, node: w, given: map[*ir.Value]*ir.Value{},
		spec: &ir.LoopSpec{Trip: l.Trip, Reverse: l.Reverse, Label: l.Label, At: w.At, Index: fresh(l.Body.Params[0])}}
	r.given[l.Body.Params[0]] = r.spec.Index
	for k, p := range l.Body.Params[1:] {
		switch {
		case k < l.Carried:
			r.carry(k, p)
		case k < l.Carried+l.Sliced:
			r.slice(p, w.Args[k])
		default:
			r.given[p] = w.Args[k]
		}
	}
	return r.close()
}

func fresh(p *ir.Value) *ir.Value { return ir.BodyParam(p.Name, p.DType, p.Shape).Like(p) }

func (r *reopening) carry(k int, p *ir.Value) {
	if r.Body.Results[k] == p {
		r.given[p], r.carries = r.node.Args[k], append(r.carries, -1)
		return
	}
	q := fresh(p)
	r.given[p], r.carries = q, append(r.carries, len(r.spec.Carry))
	r.spec.Carry, r.spec.Init = append(r.spec.Carry, q), append(r.spec.Init, r.node.Args[k])
}

func (r *reopening) slice(p, x *ir.Value) {
	s := r.spec
	if k := slices.Index(s.Sliced, x); k >= 0 {
		r.given[p] = s.Slice[k]
		return
	}
	if x.Is("view") && !uses(mapOf(x), 0) {
		rows := axesFrom(1, x.Rank())
		r.given[p] = ir.View(x.Args[0], reindexed(mapOf(x), rows), p.Shape)
		return
	}
	if from, ok := x.Attr.(*dsl.Offset); ok {
		r.given[p] = ir.New("add", nil, s.Index, ir.New("size", &dsl.Size{Dim: from.From}))
		return
	}
	q := fresh(p)
	r.given[p] = q
	s.Slice, s.Sliced = append(s.Slice, q), append(s.Sliced, x)
}

// axesFrom lists the axes from the first to below rank.
func axesFrom(first, rank int) []int {
	var list []int
	for k := first; k < rank; k++ {
		list = append(list, k)
	}
	return list
}

func (r *reopening) close() (*ir.Value, []*ir.Value) {
	s := r.spec
	body := ir.Inline(r.Body.Results, r.given)
	changing := ir.Depends(body, append(append([]*ir.Value{s.Index}, s.Carry...), s.Slice...)...)
	results, stacks := make([]*ir.Value, len(body)), []int{}
	for k, v := range body {
		switch {
		case k < r.Carried && r.carries[k] < 0:
			results[k] = r.node.Args[k]
		case k < r.Carried:
			s.Next = append(s.Next, v)
		case !changing[v]:
			shape := append([]dsl.Dim{r.Trip}, v.Shape...)
			results[k] = ir.Broadcast(v, axesFrom(1, len(shape)), shape)
		case slices.Contains(s.Slice, v):
			results[k] = s.Sliced[slices.Index(s.Slice, v)]
		default:
			s.Stack, stacks = append(s.Stack, v), append(stacks, k)
		}
	}
	loop := s.Close()
	for k, c := range r.carries {
		if c >= 0 {
			results[k] = ir.Out(loop, c)
		}
	}
	for n, k := range stacks {
		results[k] = ir.Out(loop, len(s.Carry)+n)
	}
	return loop, results
}
