package eval

import (
	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
)

// access is an operand of an affine row at given sizes. Along the last index
// of the space it moves by a fixed number of elements, and the indices at
// which it stays inside are an interval, so that nothing is checked or
// multiplied for each element.
type access struct {
	axes  []axis
	start int   // the element at index 0, if every axis had room
	move  []int // elements moved by a step along each index
	safe  bool  // inside, whatever the index
}

type axis struct {
	size, from int
	coef       []int
}

// newAccess fails for positions with a division.
func newAccess(m dsl.Map, space, shape []int, sizes dsl.Sizes) (*access, bool) {
	a := &access{move: make([]int, len(space)), safe: true}
	stride := 1
	for k := len(m) - 1; k >= 0; k-- {
		if m[k].Div > 1 {
			return nil, false
		}
		x := axis{size: shape[k], from: m[k].Const.At(sizes), coef: m[k].Coef}
		a.start += x.from * stride
		for j, c := range x.coef {
			a.move[j] += c * stride
		}
		a.safe = a.safe && x.inside(space)
		a.axes = append(a.axes, x)
		stride *= x.size
	}
	return a, true
}

func (x axis) inside(space []int) bool {
	least, most := x.from, x.from
	for k, c := range x.coef {
		if c > 0 {
			most += c * (space[k] - 1)
		} else {
			least += c * (space[k] - 1)
		}
	}
	return least >= 0 && most < x.size
}

// clip narrows the interval [lo, hi) of the last index to where the axis has
// room, for given other indices.
func (x axis) clip(index []int, lo, hi int) (int, int) {
	p, last := x.from, len(index)-1
	for k, i := range index[:last] {
		p += x.coef[k] * i
	}
	switch c := x.coef[last]; {
	case c > 0:
		lo, hi = max(lo, ceilDiv(-p, c)), min(hi, ceilDiv(x.size-p, c))
	case c < 0:
		lo, hi = max(lo, ceilDiv(p-x.size+1, -c)), min(hi, ceilDiv(p+1, -c))
	case p < 0 || p >= x.size:
		return 0, 0
	}
	return lo, hi
}

func ceilDiv(a, b int) int {
	q := a / b
	if a%b > 0 {
		q++
	}
	return q
}

// runs calls f for every stretch along the last index of a space in which all
// accesses are inside: with the flat position of its first index in the space,
// its length, and the element of each access there.
func runs(space []int, list []*access, f func(flat, n int, at []int)) {
	total, last := 1, len(space)-1
	for _, n := range space {
		total *= n
	}
	if total == 0 {
		return
	}
	index, at := make([]int, len(space)), make([]int, len(list))
	for flat := 0; flat < total; flat += space[last] {
		lo, hi := 0, space[last]
		for _, a := range list {
			if !a.safe {
				for _, x := range a.axes {
					lo, hi = x.clip(index, lo, hi)
				}
			}
		}
		if lo < hi {
			for i, a := range list {
				at[i] = a.start + a.move[last]*lo
				for k, p := range index[:last] {
					at[i] += a.move[k] * p
				}
			}
			f(flat+lo, hi-lo, at)
		}
		for k := last - 1; k >= 0; k-- {
			if index[k]++; index[k] < space[k] {
				break
			}
			index[k] = 0
		}
	}
}

// strided prepares a view, a fold or a contraction; nil when it has to be
// evaluated element by element.
func strided(v *ir.Value, shape []int, operands [][]int, sizes dsl.Sizes) func([]cell) dsl.Tensor {
	switch v.Op.Name {
	case "view":
		return stridedView(v.Attr.(*dsl.Positions).Map, shape, operands[0], sizes)
	case "fold":
		return stridedFold(v.Attr.(*dsl.Positions).Map, shape, operands[0], sizes)
	case "contract":
		return stridedContract(v.Attr.(*dsl.Contraction), shape, operands, sizes)
	}
	return nil
}

// lined gives a space without indices one of size 1, so that every space has a
// last index.
func lined(space []int, maps ...dsl.Map) ([]int, []dsl.Map) {
	if len(space) > 0 {
		return space, maps
	}
	out := make([]dsl.Map, len(maps))
	for i, m := range maps {
		for _, a := range m {
			out[i] = append(out[i], dsl.Affine{Coef: []int{0}, Const: a.Const, Div: a.Div})
		}
	}
	return []int{1}, out
}

func stridedView(m dsl.Map, shape, from []int, sizes dsl.Sizes) func([]cell) dsl.Tensor {
	space, maps := lined(shape, m)
	a, ok := newAccess(maps[0], space, from, sizes)
	if !ok {
		return nil
	}
	move := a.move[len(space)-1]
	return func(args []cell) dsl.Tensor {
		out, x := dsl.NewTensor(shape), args[0].Data
		runs(space, []*access{a}, func(flat, n int, at []int) {
			p := at[0]
			for i := range out.Data[flat:][:n] {
				out.Data[flat+i] = x[p]
				p += move
			}
		})
		return out
	}
}

func stridedFold(m dsl.Map, shape, from []int, sizes dsl.Sizes) func([]cell) dsl.Tensor {
	space, maps := lined(from, m)
	a, ok := newAccess(maps[0], space, shape, sizes)
	if !ok {
		return nil
	}
	move := a.move[len(space)-1]
	return func(args []cell) dsl.Tensor {
		out, x := dsl.NewTensor(shape), args[0].Data
		runs(space, []*access{a}, func(flat, n int, at []int) {
			p := at[0]
			for _, e := range x[flat:][:n] {
				out.Data[p] += e
				p += move
			}
		})
		return out
	}
}

func stridedContract(c *dsl.Contraction, shape []int, operands [][]int, sizes dsl.Sizes) func([]cell) dsl.Tensor {
	space := make([]int, len(c.Space))
	for k, d := range c.Space {
		space[k] = d.At(sizes)
	}
	space, maps := lined(space, c.Out, c.A, c.B)
	var list []*access
	for i, s := range [][]int{shape, operands[0], operands[1]} {
		a, ok := newAccess(maps[i], space, s, sizes)
		if !ok {
			return nil
		}
		list = append(list, a)
	}
	last := len(space) - 1
	mo, ma, mb := list[0].move[last], list[1].move[last], list[2].move[last]
	return func(args []cell) dsl.Tensor {
		out, a, b := dsl.NewTensor(shape), args[0].Data, args[1].Data
		runs(space, list, func(_, n int, at []int) {
			o, p, q := at[0], at[1], at[2]
			if mo == 0 { // the sum stays in a register
				sum := out.Data[o]
				for ; n > 0; n-- {
					sum += float64(a[p] * b[q])
					p, q = p+ma, q+mb
				}
				out.Data[o] = sum
				return
			}
			for ; n > 0; n-- {
				out.Data[o] += float64(a[p] * b[q])
				o, p, q = o+mo, p+ma, q+mb
			}
		})
		return out
	}
}
