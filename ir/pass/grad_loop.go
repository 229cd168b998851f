package pass

import "github.com/gtc-lang/gtc/ir"

// reversal is the gradient of one loop in the making. The body is
// differentiated in place: the cotangents of its results are placeholders, and
// what the derivatives use of the body is brought over afterwards.
type reversal struct {
	*differ
	at   *ir.Value // the loop
	loop *ir.Loop
	body *ir.Graph

	results []*ir.Value // cotangents of the loop's results; nil for none
	active  []bool      // by parameter of the body after the number: is it differentiated for
	carried []bool      // by carried value: does the reversed loop carry its cotangent

	spec  *ir.LoopSpec
	seeds []seed
}

// reverse is the cotangents of a loop's operands, nil for none, given those of
// its results: a loop that runs the other way, carries the cotangents of the
// carried values, sums up those of what every iteration sees whole, and stacks
// those of the rows.
func (d *differ) reverse(v *ir.Value, results []*ir.Value, active []bool) ([]*ir.Value, error) {
	l := v.LoopOf()
	r := &reversal{differ: d, at: v, loop: l, body: l.Body, results: results,
		active: append([]bool(nil), active...), carried: make([]bool, l.Carried)}
	r.findActive()
	r.findCarried()
	r.spec = &ir.LoopSpec{Trip: l.Trip, Reverse: !l.Reverse, Label: l.Label, At: v.At,
		Index: ir.BodyParam("", ir.Int, nil)}
	r.plantSeeds()
	var xs []*ir.Value
	for k, p := range r.body.Params[1:] {
		if r.active[k] {
			xs = append(xs, p)
		}
	}
	found, err := d.backward(r.seeds, xs)
	if err != nil {
		return nil, err
	}
	place := r.collect(found)
	r.bringOver()
	loop := r.spec.Close()
	out := make([]*ir.Value, len(v.Args))
	for k, n := range place {
		if n >= 0 && active[k] {
			out[k] = ir.Out(loop, n)
			out[k].At = v.Args[k].At
		}
	}
	return out, nil
}

// param is the body's parameter for operand k.
func (r *reversal) param(k int) *ir.Value { return r.body.Params[1+k] }

// findActive adds the carried values that come to depend on active ones.
func (r *reversal) findActive() {
	order := ir.Order(r.body.Results...)
	for changed := true; changed; {
		changed = false
		var xs []*ir.Value
		for k := range r.active {
			r.active[k] = r.active[k] && r.param(k).DType == ir.Float
			if r.active[k] {
				xs = append(xs, r.param(k))
			}
		}
		active := r.texts.Active(order, xs)
		for c := 0; c < r.loop.Carried; c++ {
			if !r.active[c] && active[r.body.Results[c]] && r.param(c).DType == ir.Float {
				r.active[c], changed = true, true
			}
		}
	}
}

// findCarried finds the active carried values that have a cotangent in some
// iteration: the loop's result has one, or a result that has one depends on it.
func (r *reversal) findCarried() {
	for changed := true; changed; {
		changed = false
		var with []*ir.Value
		for k, res := range r.body.Results {
			if r.hasCotangent(k) {
				with = append(with, res)
			}
		}
		for _, v := range ir.Order(with...) {
			for c := range r.carried {
				if v == r.param(c) && r.active[c] && !r.carried[c] {
					r.carried[c], changed = true, true
				}
			}
		}
		for c := range r.carried {
			if r.active[c] && !r.carried[c] && r.results[c] != nil {
				r.carried[c], changed = true, true
			}
		}
	}
}

// hasCotangent reports whether result k of the body gets a cotangent. That of
// a carried value that is not active would reach nothing.
func (r *reversal) hasCotangent(k int) bool {
	if k < r.loop.Carried {
		return r.carried[k]
	}
	return k < len(r.results) && r.results[k] != nil
}

// plantSeeds makes the placeholders of the cotangents of the body's results.
func (r *reversal) plantSeeds() {
	s := r.spec
	for k, res := range r.body.Results {
		if !r.hasCotangent(k) {
			continue
		}
		p := ir.BodyParam(derivativeName(res), ir.Float, res.Shape)
		p.At = res.At
		r.seeds = append(r.seeds, seed{res, p})
		if k < r.loop.Carried {
			first := r.results[k]
			if first == nil {
				first = ir.Fill(ir.Float, 0, res.Shape)
			}
			s.Carry, s.Init = append(s.Carry, p), append(s.Init, first)
		} else {
			s.Slice, s.Sliced = append(s.Slice, p), append(s.Sliced, r.results[k])
		}
	}
}

func derivativeName(v *ir.Value) string {
	if v.Name == "" {
		return ""
	}
	return "d_" + v.Name
}

// collect turns the cotangents of the body's parameters into results of the
// reversed loop. It returns the result for each operand, -1 for none.
func (r *reversal) collect(found map[*ir.Value]*ir.Value) []int {
	s, place := r.spec, make([]int, len(r.active))
	for k := range place {
		place[k] = -1
		if k < r.loop.Carried && r.carried[k] {
			place[k] = len(s.Next)
			s.Next = append(s.Next, r.orZeros(found, k))
		}
	}
	for k := r.loop.Carried + r.loop.Sliced; k < len(place); k++ {
		if dx := found[r.param(k)]; r.active[k] && dx != nil {
			place[k] = len(s.Next)
			s.Next = append(s.Next, r.sum(k, dx))
		}
	}
	for k := r.loop.Carried; k < r.loop.Carried+r.loop.Sliced; k++ {
		if dx := found[r.param(k)]; r.active[k] && dx != nil {
			place[k] = len(s.Next) + len(s.Stack)
			s.Stack = append(s.Stack, dx)
		}
	}
	return place
}

func (r *reversal) orZeros(found map[*ir.Value]*ir.Value, k int) *ir.Value {
	if dx := found[r.param(k)]; dx != nil {
		return dx
	}
	return zeros(r.param(k))
}

// sum carries the sum of dx over the iterations.
func (r *reversal) sum(k int, dx *ir.Value) *ir.Value {
	p := r.param(k)
	total := ir.BodyParam(derivativeName(p), ir.Float, p.Shape)
	total.At = p.At
	s := r.spec
	s.Carry, s.Init = append(s.Carry, total), append(s.Init, ir.Fill(ir.Float, 0, p.Shape))
	next := ir.New("add", nil, total, dx)
	next.At = p.At
	return next
}
