package ir

import (
	"fmt"

	"github.com/gtc-lang/gtc/dsl"
)

// The transforms of loops take a loop and return what stands for each of its
// results, computed otherwise: by two loops, by a loop and an iteration, by a
// loop whose body is cut elsewhere, or without a loop. They do not change the
// loop. Replace every out of the loop by the value of the same number. They
// fail on a body that asks for a derivative: what it is with respect to would
// no longer be told apart from what the parameters stand for, so the gradient
// pass comes first.

// Split runs the iterations with numbers below at in one loop and the others
// in a second one. It fails when at is not provably within the trip.
func Split(loop *Value, at dsl.Dim) ([]*Value, error) {
	u, err := open(loop)
	if err != nil {
		return nil, err
	}
	if low, _ := at.Range(); low < 0 || !atLeast(u.Trip, at) {
		return nil, fmt.Errorf("a loop of %s iterations cannot be split at %s", u.Trip, at)
	}
	parts := [2]piece{{dsl.N(0), at}, {at, u.Trip.Sub(at)}}
	if u.Reverse {
		parts[0], parts[1] = parts[1], parts[0]
	}
	for _, p := range parts {
		u.iterate(p)
	}
	return u.results(), nil
}

// End is one end of a loop's run.
type End int

// The ends, in order of execution: with Reverse the first iteration is the one
// with the largest number.
const (
	First End = iota
	Last
)

// Peel runs the first or the last iteration outside of the loop. It fails when
// the loop may have none.
func Peel(loop *Value, end End) ([]*Value, error) {
	u, err := open(loop)
	if err != nil {
		return nil, err
	}
	if !atLeast(u.Trip, dsl.N(1)) {
		return nil, fmt.Errorf("a loop of %s iterations may have none to peel", u.Trip)
	}
	if end == First {
		u.once(u.number(First), nil)
		u.iterate(u.but(First))
		return u.results(), nil
	}
	u.iterate(u.but(Last))
	u.once(u.number(Last), nil)
	return u.results(), nil
}

// Unroll replaces a loop by its iterations. It fails when their number is not
// known; how many are too many is for the caller to say.
func Unroll(loop *Value) ([]*Value, error) {
	u, err := open(loop)
	if err != nil {
		return nil, err
	}
	n, ok := u.Trip.Const()
	if !ok {
		return nil, fmt.Errorf("a loop of %s iterations cannot be unrolled", u.Trip)
	}
	for i := 0; i < n; i++ {
		if u.Reverse {
			u.once(dsl.N(n-1-i), nil)
		} else {
			u.once(dsl.N(i), nil)
		}
	}
	return u.results(), nil
}

// Rotate moves the values head of the body, with all they depend on, from the
// start of each iteration to the end of the one before: the first iteration's
// are computed before the loop and carried into it, and the rest of the last
// iteration comes after it. It fails when the loop may have no iteration, or
// when a value of head is none of the body's.
func Rotate(loop *Value, head []*Value) ([]*Value, error) {
	u, err := open(loop)
	if err != nil {
		return nil, err
	}
	if !atLeast(u.Trip, dsl.N(1)) {
		return nil, fmt.Errorf("a loop of %s iterations may have none to rotate", u.Trip)
	}
	inside := map[*Value]bool{}
	for _, v := range Order(u.Body.Results...) {
		inside[v] = !v.Is("loop")
	}
	for _, v := range head {
		if !inside[v] {
			return nil, fmt.Errorf("a value to move is not in the loop's body")
		}
	}
	heads := Inline(head, u.at(u.number(First)))
	heads = u.rotated(head, heads)
	u.once(u.number(Last), pairs(head, heads))
	return u.results(), nil
}

// atLeast reports whether d is never smaller than e.
func atLeast(d, e dsl.Dim) bool {
	low, _ := d.Sub(e).Range()
	return low >= 0
}

func pairs(from, to []*Value) map[*Value]*Value {
	m := map[*Value]*Value{}
	for i, v := range from {
		m[v] = to[i]
	}
	return m
}

// opened is a loop being taken apart: what has been run so far.
type opened struct {
	*Loop
	node   *Value
	carry  []*Value // the carried values now
	stacks []*Value // the stacked results, zeros where nothing has run; nil before
}

// piece is a stretch of iterations.
type piece struct{ from, count dsl.Dim }

func open(loop *Value) (*opened, error) {
	l := loop.LoopOf()
	if HasGrad(l.Body.Results) {
		return nil, fmt.Errorf("the loop's body asks for a derivative")
	}
	return &opened{Loop: l, node: loop, carry: append([]*Value(nil), loop.Args[:l.Carried]...),
		stacks: make([]*Value, len(l.Body.Results)-l.Carried)}, nil
}

// number is that of the iteration at one end of the run.
func (u *opened) number(end End) dsl.Dim {
	if (end == Last) != u.Reverse {
		return u.Trip.Sub(dsl.N(1))
	}
	return dsl.N(0)
}

// but is all iterations except the one at an end.
func (u *opened) but(end End) piece {
	from := dsl.N(0)
	if u.number(end).Is(0) {
		from = dsl.N(1)
	}
	return piece{from, u.Trip.Sub(dsl.N(1))}
}

func (u *opened) sliced() []*Value { return u.node.Args[u.Carried:][:u.Sliced] }

// given says what the body's parameters stand for.
func (u *opened) given(number *Value, carry, rows []*Value) map[*Value]*Value {
	m := map[*Value]*Value{u.Body.Params[0]: number}
	args := append(append(append([]*Value(nil), carry...), rows...), u.node.Args[u.Carried+u.Sliced:]...)
	for k, a := range args {
		m[u.Body.Params[1+k]] = a
	}
	return m
}

// at is the body's parameters in the iteration of a given number, as things
// stand.
func (u *opened) at(number dsl.Dim) map[*Value]*Value {
	var rows []*Value
	for _, x := range u.sliced() {
		m := dsl.Map{dsl.Fixed(x.Rank()-1, number)}
		for k := 1; k < x.Rank(); k++ {
			m = append(m, dsl.Along(x.Rank()-1, k-1))
		}
		rows = append(rows, View(x, m, x.Shape[1:]))
	}
	return u.given(count(number), u.carry, rows)
}

// once runs one iteration, with some of the body's values known.
func (u *opened) once(number dsl.Dim, known map[*Value]*Value) {
	given := u.at(number)
	for from, to := range known {
		given[from] = to
	}
	results := Inline(u.Body.Results, given)
	u.carry = results[:u.Carried]
	for k, row := range results[u.Carried:] {
		lead := append([]dsl.Dim{dsl.N(1)}, row.Shape...)
		axes := make([]int, row.Rank())
		for i := range axes {
			axes[i] = 1 + i
		}
		u.put(k, Broadcast(row, axes, lead), number)
	}
}

// iterate runs a stretch of iterations as a loop.
func (u *opened) iterate(p piece) {
	s := u.spec(p)
	number := shifted(s.Index, p.from)
	s.Slice, s.Sliced = u.rows(p)
	results := Inline(u.Body.Results, u.given(number, s.Carry, s.Slice))
	s.Next, s.Stack = results[:u.Carried], results[u.Carried:]
	u.finish(s, p.from)
}

// rotated runs all iterations but the last one's end and the first one's
// start: an iteration of the new loop is the rest of one and the head of the
// next. It returns the head of the last iteration.
func (u *opened) rotated(head, first []*Value) []*Value {
	tail, next := u.but(Last), u.but(First)
	s := u.spec(tail)
	held := make([]*Value, len(head))
	for k, v := range head {
		held[k] = BodyParam(v.Name, v.DType, v.Shape)
		held[k].At = v.At
	}
	rows, sliced := u.rows(tail)
	nextRows, nextSliced := u.rows(next)
	given := u.given(shifted(s.Index, tail.from), s.Carry, rows)
	for k, v := range head {
		given[v] = held[k]
	}
	results := Inline(u.Body.Results, given)
	heads := Inline(head, u.given(shifted(s.Index, next.from), results[:u.Carried], nextRows))
	s.Slice, s.Sliced = append(rows, nextRows...), append(sliced, nextSliced...)
	s.Next, s.Stack = append(results[:u.Carried:u.Carried], heads...), results[u.Carried:]
	s.Carry, s.Init = append(s.Carry, held...), append(s.Init, first...)
	u.finish(s, tail.from)
	last := u.carry[u.Carried:]
	u.carry = u.carry[:u.Carried]
	return last
}

// spec starts a loop over a stretch that goes on from where things stand.
func (u *opened) spec(p piece) *LoopSpec {
	s := &LoopSpec{Trip: p.count, Reverse: u.Reverse, Label: u.Label, At: u.node.At,
		Index: BodyParam(u.Body.Params[0].Name, Int, nil), Init: append([]*Value(nil), u.carry...)}
	for _, c := range u.Body.Params[1:][:u.Carried] {
		s.Carry = append(s.Carry, freshParam(c))
	}
	return s
}

func freshParam(p *Value) *Value {
	q := BodyParam(p.Name, p.DType, p.Shape)
	q.At = p.At
	return q
}

// rows is the sliced operands in a stretch, and placeholders for their rows.
func (u *opened) rows(p piece) (slice, sliced []*Value) {
	for k, x := range u.sliced() {
		shape := append([]dsl.Dim{p.count}, x.Shape[1:]...)
		m := dsl.Identity(len(shape))
		m[0].Const = p.from
		slice = append(slice, freshParam(u.Body.Params[1+u.Carried+k]))
		sliced = append(sliced, View(x, m, shape))
	}
	return slice, sliced
}

// shifted is the number of an iteration in the loop that is taken apart.
func shifted(index *Value, by dsl.Dim) *Value {
	if by.Is(0) {
		return index
	}
	return New("add", nil, index, count(by))
}

// finish closes a loop over a stretch and takes up its results.
func (u *opened) finish(s *LoopSpec, from dsl.Dim) {
	loop := s.Close()
	u.carry = nil
	for k := range s.Carry {
		u.carry = append(u.carry, Out(loop, k))
	}
	for k := range s.Stack {
		u.put(k, Out(loop, len(s.Carry)+k), from)
	}
}

// put adds a stretch of stacked rows to what there is of a stacked result.
func (u *opened) put(k int, rows *Value, from dsl.Dim) {
	shape := append([]dsl.Dim{u.Trip}, rows.Shape[1:]...)
	m := dsl.Identity(len(shape))
	m[0].Const = dsl.N(0).Sub(from)
	rows = View(rows, m, shape)
	switch {
	case u.stacks[k] == nil:
		u.stacks[k] = rows
	case rows.DType == Bool:
		u.stacks[k] = New("or", nil, u.stacks[k], rows)
	default:
		u.stacks[k] = New("add", nil, u.stacks[k], rows)
	}
}

// results is what stands for the loop's results.
func (u *opened) results() []*Value {
	for k, r := range u.Body.Results[u.Carried:] {
		if u.stacks[k] == nil { // no iteration has run
			u.stacks[k] = Fill(r.DType, 0, append([]dsl.Dim{u.Trip}, r.Shape...))
		}
	}
	return append(append([]*Value(nil), u.carry...), u.stacks...)
}
