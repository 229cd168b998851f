package interpret

import (
	"fmt"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/eval"
)

// decodeAll gives a decode block the positions of its inputs in order, as many
// at a time as the dimension of new ones says. What it keeps of earlier ones is
// in the variables of env.
func (r *runner) decodeAll() error {
	d, inputs := r.decode, r.env.Inputs
	total, each := r.env.Sizes[d.Axis], r.env.Sizes[d.New]
	for from := 0; from < total; from += each {
		n := min(each, total-from)
		r.env.Sizes[d.New] = n
		r.env.Inputs = map[string]dsl.Tensor{d.Position: {Shape: []int{}, Data: []float64{float64(from)}}}
		for _, in := range r.whole.Inputs {
			name := in.Attr.(*ir.Leaf).Name
			r.env.Inputs[name] = inputs[name]
			for k, dim := range in.Shape {
				if dim.Symbol() == d.Axis {
					r.env.Inputs[name] = part(r.env.Inputs[name], k, from, n)
				}
			}
		}
		out, err := eval.Run(r.p, r.f, r.env)
		if err != nil {
			return err
		}
		fmt.Fprintf(r.w, "positions %d..%d of %d\n", from, from+n, total)
		r.print(out)
	}
	return nil
}

// part is n positions of an axis.
func part(x dsl.Tensor, axis, from, n int) dsl.Tensor {
	shape := append([]int{}, x.Shape...)
	shape[axis] = n
	out := dsl.NewTensor(shape)
	inner := 1
	for _, size := range x.Shape[axis+1:] {
		inner *= size
	}
	for at := 0; at < len(out.Data); at += n * inner {
		row := at / (n * inner)
		copy(out.Data[at:at+n*inner], x.Data[(row*x.Shape[axis]+from)*inner:])
	}
	return out
}
