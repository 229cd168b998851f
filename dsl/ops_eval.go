package dsl

import "math"

// each calls f for every index of a space, in row-major order, with its
// position in that order.
func each(shape []int, f func(index []int, flat int)) {
	total := 1
	for _, n := range shape {
		total *= n
	}
	index := make([]int, len(shape))
	for flat := 0; flat < total; flat++ {
		f(index, flat)
		for k := len(shape) - 1; k >= 0; k-- {
			if index[k]++; index[k] < shape[k] {
				break
			}
			index[k] = 0
		}
	}
}

// at is the flat position in t that a map gives for an index, or false when
// it lies outside.
func (t Tensor) at(m Map, index []int, sizes Sizes) (int, bool) {
	flat := 0
	for k, a := range m {
		p, whole := a.At(index, sizes)
		if !whole || p < 0 || p >= t.Shape[k] {
			return 0, false
		}
		flat = flat*t.Shape[k] + p
	}
	return flat, true
}

func evalView(c *OpCall) Tensor {
	out, m := NewTensor(c.Shape), c.Attr.(*Positions).Map
	each(c.Shape, func(index []int, flat int) {
		if p, ok := c.Args[0].at(m, index, c.Sizes); ok {
			out.Data[flat] = c.Args[0].Data[p]
		}
	})
	return out
}

func evalFold(c *OpCall) Tensor {
	out, m := NewTensor(c.Shape), c.Attr.(*Positions).Map
	each(c.Args[0].Shape, func(index []int, flat int) {
		if p, ok := out.at(m, index, c.Sizes); ok {
			out.Data[p] += c.Args[0].Data[flat]
		}
	})
	return out
}

func evalReshape(c *OpCall) Tensor {
	return Tensor{Shape: c.Shape, Data: append([]float64(nil), c.Args[0].Data...)}
}

func evalContract(c *OpCall) Tensor {
	out, k := NewTensor(c.Shape), c.Attr.(*Contraction)
	space := make([]int, len(k.Space))
	for i, d := range k.Space {
		space[i] = d.At(c.Sizes)
	}
	each(space, func(index []int, _ int) {
		o, ok := out.at(k.Out, index, c.Sizes)
		if !ok {
			return
		}
		a, ok := c.Args[0].at(k.A, index, c.Sizes)
		if !ok {
			return
		}
		if b, ok := c.Args[1].at(k.B, index, c.Sizes); ok {
			out.Data[o] += float64(c.Args[0].Data[a] * c.Args[1].Data[b])
		}
	})
	return out
}

// reduce folds each element of the operand into its place in the result; f
// gets the running value, the element and the element's position within the
// reduced axes.
func reduce(c *OpCall, from float64, f func(acc, x float64, within int) float64) Tensor {
	out, x := NewTensor(c.Shape), c.Args[0]
	for i := range out.Data {
		out.Data[i] = from
	}
	gone := reduced(c)
	each(x.Shape, func(index []int, flat int) {
		o, within := 0, 0
		for k, i := range index {
			if gone[k] {
				within = within*x.Shape[k] + i
			} else {
				o = o*x.Shape[k] + i
			}
		}
		out.Data[o] = f(out.Data[o], x.Data[flat], within)
	})
	return out
}

// reduced marks the axes that a reduction takes away.
func reduced(c *OpCall) []bool {
	gone := make([]bool, len(c.Args[0].Shape))
	for _, k := range c.Attr.(Axes) {
		gone[k] = true
	}
	return gone
}

func evalSum(c *OpCall) Tensor {
	return reduce(c, 0, func(acc, x float64, _ int) float64 { return acc + x })
}

func evalMax(c *OpCall) Tensor {
	return reduce(c, math.Inf(-1), func(acc, x float64, _ int) float64 { return larger(acc, x) })
}

func evalMin(c *OpCall) Tensor {
	return reduce(c, math.Inf(1), func(acc, x float64, _ int) float64 { return -larger(-acc, -x) })
}

// evalArgmax takes NaN for the largest, as max does.
func evalArgmax(c *OpCall) Tensor {
	out := NewTensor(c.Shape)
	best := make([]float64, len(out.Data))
	for i := range best {
		best[i] = math.Inf(-1)
	}
	first := make([]bool, len(out.Data))
	gone := reduced(c)
	x := c.Args[0]
	each(x.Shape, func(index []int, flat int) {
		o, within := 0, 0
		for k, i := range index {
			if gone[k] {
				within = within*x.Shape[k] + i
			} else {
				o = o*x.Shape[k] + i
			}
		}
		v := x.Data[flat]
		if !first[o] || v > best[o] || math.IsNaN(v) && !math.IsNaN(best[o]) {
			first[o], best[o], out.Data[o] = true, v, float64(within)
		}
	})
	return out
}

// gatherSpace splits the shape of a gathered tensor: the shared leading axes,
// the axes of the positions, and the size of one row.
func gatherSpace(at Tensor, x []int, batch int) (lead, picks, rows, width int) {
	lead, picks, width = 1, 1, 1
	for _, n := range x[:batch] {
		lead *= n
	}
	for _, n := range at.Shape[batch:] {
		picks *= n
	}
	for _, n := range x[batch+1:] {
		width *= n
	}
	return lead, picks, x[batch], width
}

// rowOf is the checked position of a gathered row.
func rowOf(at Tensor, i, rows int) int {
	r := at.Data[i]
	if r != math.Trunc(r) || r < 0 || r >= float64(rows) {
		panic(IndexError{Value: r, Size: rows})
	}
	return int(r)
}

// IndexError is the panic of a gather or scatter at a position outside the
// axis; the interpreter turns it into an error at the program's line.
type IndexError struct {
	Value float64
	Size  int
}

func evalGather(c *OpCall) Tensor {
	out, x, at := NewTensor(c.Shape), c.Args[0], c.Args[1]
	lead, picks, rows, width := gatherSpace(at, x.Shape, int(c.Attr.(Batch)))
	for b := 0; b < lead; b++ {
		for p := 0; p < picks; p++ {
			r := rowOf(at, b*picks+p, rows)
			copy(out.Data[(b*picks+p)*width:][:width], x.Data[(b*rows+r)*width:][:width])
		}
	}
	return out
}

func evalScatter(c *OpCall) Tensor {
	out, x, at := NewTensor(c.Shape), c.Args[0], c.Args[1]
	lead, picks, rows, width := gatherSpace(at, c.Shape, int(c.Attr.(Batch)))
	for b := 0; b < lead; b++ {
		for p := 0; p < picks; p++ {
			r := rowOf(at, b*picks+p, rows)
			for j := 0; j < width; j++ {
				out.Data[(b*rows+r)*width+j] += x.Data[(b*picks+p)*width+j]
			}
		}
	}
	return out
}

func evalConst(c *OpCall) Tensor {
	return Tensor{Shape: c.Shape, Data: []float64{float64(c.Attr.(Value))}}
}

func evalSize(c *OpCall) Tensor {
	return Tensor{Shape: c.Shape, Data: []float64{float64(c.Attr.(*Size).Dim.At(c.Sizes))}}
}

func evalIota(c *OpCall) Tensor {
	out, from := NewTensor(c.Shape), c.Attr.(*Offset).From.At(c.Sizes)
	for i := range out.Data {
		out.Data[i] = float64(from + i)
	}
	return out
}

func evalUniform(c *OpCall) Tensor {
	return draw(c, func(i int) float64 {
		word := philoxAt(c, i/4)[i%4]
		return unit(word)
	})
}

// evalNormal is the Box–Muller transform (Box and Muller, 1958).
func evalNormal(c *OpCall) Tensor {
	return draw(c, func(i int) float64 {
		block := philoxAt(c, i/2)
		u, v := unit(block[2*(i%2)]), unit(block[2*(i%2)+1])
		return math.Sqrt(-2*math.Log(1-u)) * math.Cos(2*math.Pi*v)
	})
}

func draw(c *OpCall, f func(i int) float64) Tensor {
	out := NewTensor(c.Shape)
	for i := range out.Data {
		out.Data[i] = f(i)
	}
	return out
}

// unit is a number in [0, 1) with 24 bits, exact in a float32 too.
func unit(word uint32) float64 { return float64(word>>8) / (1 << 24) }

func philoxAt(c *OpCall, block int) [4]uint32 {
	step, index := uint32(int64(c.Args[0].Data[0])), uint32(int64(c.Args[1].Data[0]))
	counter := [4]uint32{uint32(block), c.Attr.(*Draw).Key(), step, index}
	return Philox(counter, [2]uint32{uint32(c.Seed), uint32(c.Seed >> 32)})
}

// Philox is the counter-based generator Philox4x32-10 of Salmon, Moraes, Dror
// and Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011).
func Philox(counter [4]uint32, key [2]uint32) [4]uint32 {
	c, k := counter, key
	for round := 0; round < 10; round++ {
		p0, p1 := uint64(0xD2511F53)*uint64(c[0]), uint64(0xCD9E8D57)*uint64(c[2])
		c = [4]uint32{uint32(p1>>32) ^ c[1] ^ k[0], uint32(p1), uint32(p0>>32) ^ c[3] ^ k[1], uint32(p0)}
		k[0], k[1] = k[0]+0x9E3779B9, k[1]+0xBB67AE85
	}
	return c
}
