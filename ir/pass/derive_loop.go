package pass

import "github.com/gtc-lang/gtc/ir"

// split takes out of the loops among roots, and of the loops in them, what
// their iterations compute from variables: a loop of its own stacks it, a row
// for each iteration, and the loop reads the rows. It adds the origins of what
// it makes. A loop that a version decides as a whole stays as it is; so does
// what depends on an iteration's number: the weights have no row for each.
func (d *deriver) split(roots []*ir.Value, from map[*ir.Value]origin) []*ir.Value {
	return ir.Rewrite(roots, func(v *ir.Value, args []*ir.Value) *ir.Value {
		w := v.With(args)
		if v.Is("loop") && from[v] == ofCall {
			w = d.splitLoop(v, args, from)
		}
		from[w] = from[v]
		return w
	})
}

// splitLoop is a loop on operands of known origins that reads what it can.
func (d *deriver) splitLoop(v *ir.Value, args []*ir.Value, around map[*ir.Value]origin) *ir.Value {
	l := v.LoopOf()
	if _, fixed := l.Trip.Const(); !fixed {
		return v.With(args)
	}
	from := map[*ir.Value]origin{}
	for _, p := range l.Body.Params {
		from[p] = ofCall
	}
	for k, p := range l.Body.Params[1:] {
		if k >= l.Carried {
			from[p] = around[args[k]]
		}
	}
	results := d.split(l.Body.Results, d.origins(l.Body.Results, from))
	s := &stacking{loop: l, args: args, rows: derivable(results, from)}
	if len(s.rows) == 0 {
		return v.With(args) // nor was there anything in the loops inside
	}
	stacked := s.close(v)
	for _, w := range ir.Order(stacked...) {
		if _, known := around[w]; !known {
			around[w] = ofVersion
		}
	}
	return s.reading(v, results, stacked)
}

// stacking is what a loop's iterations compute from variables.
type stacking struct {
	loop *ir.Loop
	args []*ir.Value
	rows []*ir.Value // values of the body
}

// close is what a loop of rows alone makes of them.
func (s *stacking) close(at *ir.Value) []*ir.Value {
	l := s.loop
	spec := &ir.LoopSpec{Trip: l.Trip, Label: l.Label, At: at.At, Index: fresh(l.Body.Params[0])}
	given := map[*ir.Value]*ir.Value{}
	used := ir.Order(s.rows...)
	for _, v := range used {
		for k, p := range l.Body.Params[1:] {
			switch {
			case v != p:
			case k < l.Carried+l.Sliced:
				given[p] = fresh(p)
				spec.Slice, spec.Sliced = append(spec.Slice, given[p]), append(spec.Sliced, s.args[k])
			default:
				given[p] = s.args[k]
			}
		}
	}
	spec.Stack = ir.Inline(s.rows, given)
	loop := spec.Close()
	stacked := make([]*ir.Value, len(s.rows))
	for k, v := range s.rows {
		stacked[k] = ir.Out(loop, k).Like(v)
	}
	return stacked
}

// reading is the loop with rows of what is stacked in place of what made them.
func (s *stacking) reading(v *ir.Value, results, stacked []*ir.Value) *ir.Value {
	l, at := *s.loop, s.loop.Carried+s.loop.Sliced
	given := map[*ir.Value]*ir.Value{}
	params := append([]*ir.Value(nil), l.Body.Params[:1+at]...)
	for _, row := range s.rows {
		given[row] = fresh(row)
		params = append(params, given[row])
	}
	l.Sliced += len(s.rows)
	l.Body = &ir.Graph{Params: append(params, l.Body.Params[1+at:]...), Results: ir.Inline(results, given)}
	args := append(append(append([]*ir.Value(nil), s.args[:at]...), stacked...), s.args[at:]...)
	return v.WithLoop(&l, args)
}
