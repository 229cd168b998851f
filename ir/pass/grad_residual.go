package pass

import (
	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
)

// bringOver replaces what the derivatives use of the loop's body by what the
// reversed loop has in its place. The iteration's number and the rows are read
// again, what every iteration sees whole is used as it is outside, and what is
// near to these is computed again. The rest is a residual, which the loop
// stacks and the reversed loop reads row by row.
func (r *reversal) bringOver() {
	s := r.spec
	b := &bridge{reversal: r, given: map[*ir.Value]*ir.Value{}, inside: map[*ir.Value]bool{}, near: map[*ir.Value]bool{}}
	b.findNear()
	for k, p := range r.body.Params {
		b.inside[p] = true
		if k > r.loop.Carried+r.loop.Sliced {
			b.given[p] = r.at.Args[k-1]
		}
	}
	b.changing = ir.Depends(r.body.Results, r.body.Params[:1+r.loop.Carried+r.loop.Sliced]...)
	b.given[r.body.Params[0]] = s.Index
	roots := append(append([]*ir.Value(nil), s.Next...), s.Stack...)
	b.walk(roots)
	roots = ir.Inline(roots, b.given)
	s.Next, s.Stack = roots[:len(s.Next)], roots[len(s.Next):]
}

// bridge finds where derivatives touch the body.
type bridge struct {
	*reversal
	inside   map[*ir.Value]bool      // values of the body
	near     map[*ir.Value]bool      // elementwise in what does not need a residual
	changing map[*ir.Value]bool      // those that differ from iteration to iteration
	given    map[*ir.Value]*ir.Value // of the body, and their replacements
}

// findNear lists the body's values, and those that elementwise rows and moves
// without arithmetic compute from the iteration's number, rows and wholes.
func (b *bridge) findNear() {
	for k, p := range b.body.Params {
		b.near[p] = k == 0 || k > b.loop.Carried
	}
	for _, v := range ir.Order(b.body.Results...) {
		b.inside[v] = true
		if v.Is("leaf") {
			continue
		}
		near := cheap(v) || v.Op.Class == dsl.Elementwise
		for _, a := range v.Args {
			near = near && b.near[a]
		}
		b.near[v] = near
	}
}

// cheap reports whether v costs nothing beside its operands.
func cheap(v *ir.Value) bool {
	return v.Op.Class == dsl.Maker || v.Is("view") || v.Is("reshape") || v.Is("stop_gradient")
}

func (b *bridge) walk(roots []*ir.Value) {
	seen := map[*ir.Value]bool{}
	stack := append([]*ir.Value(nil), roots...)
	for len(stack) > 0 {
		v := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if seen[v] || b.given[v] != nil {
			continue
		}
		seen[v] = true
		if b.forward(v) && !b.again(v) {
			b.given[v] = b.row(v)
			continue
		}
		stack = append(stack, v.Args...)
	}
}

// forward reports whether v is a value of the body. A result that an inner
// loop was given while the body was differentiated is one too.
func (b *bridge) forward(v *ir.Value) bool {
	return b.inside[v] || v.Is("out") && b.inside[v.Args[0]]
}

// again reports whether v is computed again rather than stacked. What is the
// same in every iteration leaves the reversed loop when that is closed.
func (b *bridge) again(v *ir.Value) bool {
	if v.Is("leaf") || v.Is("out") {
		return false
	}
	return cheap(v) || b.near[v] || !b.changing[v]
}

// row is the placeholder of a value of the body, one row an iteration.
func (b *bridge) row(v *ir.Value) *ir.Value {
	p := ir.BodyParam(v.Name, v.DType, v.Shape)
	p.At = v.At
	s := b.spec
	s.Slice, s.Sliced = append(s.Slice, p), append(s.Sliced, b.stacked(v))
	return p
}

// stacked is the tensor of v in all iterations: an operand of the loop that
// already holds it, or a result, new if need be.
func (b *bridge) stacked(v *ir.Value) *ir.Value {
	l := b.loop
	for k, p := range b.body.Params[1+l.Carried : 1+l.Carried+l.Sliced] {
		if p == v {
			return b.at.Args[l.Carried+k]
		}
	}
	for k := l.Carried; k < len(b.body.Results); k++ {
		if b.body.Results[k] == v {
			return ir.Out(b.at, k)
		}
	}
	b.body.Results = append(b.body.Results, v)
	return ir.Out(b.at, len(b.body.Results)-1)
}
