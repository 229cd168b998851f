package ir

import (
	"github.com/gtc-lang/gtc/dsl"
)

// axisArg is the named axis: of a move, or a default.
func (c *builtinCall) axisArg(named map[string]*dsl.Arg, rank, missing int) int {
	a := named["axis"]
	if a == nil && missing < 0 {
		c.l.fail("GT0206", c.at, "a single number has no axes", "", c.name+" works along an axis")
	}
	if a == nil {
		return missing
	}
	k, ok := c.l.dim(c.s, a.Value).Const()
	if ok && k < 0 {
		k += rank
	}
	if !ok || k < 0 || k >= rank {
		c.l.noAxis(a.Value, rank, "")
	}
	return k
}

// splitCall is split(x, 3): equal parts along the last axis, or axis:.
func splitCall(c *builtinCall) thing {
	values, nodes, named := c.things("axis")
	if len(values) != 2 {
		c.wrong("a tensor and the number of parts")
	}
	t := c.l.asTensor(values[0], nodes[0])
	n, ok := c.l.dimOf(values[1], nodes[1]).Const()
	if !ok || n < 1 || len(t.ax) == 0 || n > 1<<16 {
		c.wrong("a tensor and the number of parts")
	}
	k := c.axisArg(named, len(t.ax), len(t.ax)-1)
	part, ok := t.v.Shape[k].Div(n)
	if !ok {
		c.l.fail("GT0229", c.at, "axis "+nameSize(t.ax[k], t.v.Shape[k])+" does not split into "+plural(n, "equal part"), "this is "+t.String(), "")
	}
	out := make(tuple, n)
	for i := range out {
		out[i] = slice(t, k, part.Mul(dsl.N(i)), part, 1, "")
	}
	return out
}

// slice is size elements along axis k, from start, each step apart.
func slice(t tensor, k int, start, size dsl.Dim, step int, label string) tensor {
	shape := append([]dsl.Dim(nil), t.v.Shape...)
	shape[k] = size
	m := dsl.Identity(len(shape))
	m[k].Const = start
	m[k].Coef[k] = step
	ax := append([]string(nil), t.ax...)
	if !size.Equal(t.v.Shape[k]) {
		ax[k] = label
	}
	return tensor{v: View(t.v, m, shape), ax: ax}
}

// concatCall joins along an axis: each operand is shifted to its place among
// zeros, and the sum of them is the result.
func concatCall(c *builtinCall) thing {
	values, nodes, named := c.things("axis")
	if len(values) == 0 {
		c.wrong("tensors and axis:")
	}
	ts := make([]tensor, len(values))
	for i, v := range values {
		ts[i] = c.l.asTensor(v, nodes[i])
	}
	promote(ts)
	rank := len(ts[0].ax)
	if rank == 0 {
		c.l.fail("GT0241", c.at, "single numbers have no axis to join along", "", "use stack")
	}
	return c.joined(ts, c.axisArg(named, rank, rank-1))
}

func (c *builtinCall) joined(ts []tensor, k int) tensor {
	total := dsl.N(0)
	for _, t := range ts {
		if len(t.ax) != len(ts[0].ax) {
			c.l.fail("GT0241", c.at, "joined tensors have the same number of axes", describeAll(ts), "stack joins along a new axis; none in an index list adds one: x[none, :]")
		}
		for j := range t.ax {
			if j != k && !t.v.Shape[j].Equal(ts[0].v.Shape[j]) {
				c.l.fail("GT0241", c.at, "joined tensors differ in another axis than the one they are joined along", describeAll(ts), "axis: says along which; without it, the last")
			}
		}
		total = total.Add(t.v.Shape[k])
	}
	shape := append([]dsl.Dim(nil), ts[0].v.Shape...)
	shape[k] = total
	var sum *Value
	from := dsl.N(0)
	for _, t := range ts {
		m := dsl.Identity(len(shape))
		m[k].Const = dsl.N(0).Sub(from)
		part := View(t.v, m, shape)
		if sum == nil {
			sum = part
		} else {
			sum = New("add", nil, sum, part)
		}
		from = from.Add(t.v.Shape[k])
	}
	ax := append([]string(nil), ts[0].ax...)
	ax[k] = ""
	return tensor{v: sum, ax: ax}
}

// stackCall joins along a new axis, the first one unless axis: says otherwise.
func stackCall(c *builtinCall) thing {
	values, nodes, named := c.things("axis")
	if len(values) == 0 {
		c.wrong("tensors")
	}
	ts := make([]tensor, len(values))
	for i, v := range values {
		ts[i] = c.l.asTensor(v, nodes[i])
	}
	promote(ts)
	ts = c.l.match(c.at, "stack", ts...)
	k := c.axisArg(named, len(ts[0].ax)+1, 0)
	for i := range ts {
		ts[i] = newAxis(ts[i], k)
	}
	return c.joined(ts, k)
}

// newAxis puts an axis of size 1 before axis k.
func newAxis(t tensor, k int) tensor {
	shape := append(append(append([]dsl.Dim(nil), t.v.Shape[:k]...), dsl.N(1)), t.v.Shape[k:]...)
	ax := append(append(append([]string(nil), t.ax[:k]...), ""), t.ax[k:]...)
	at := dropIndex(len(shape), k)
	return tensor{v: Broadcast(t.v, at, shape), ax: ax}
}

func reshapeCall(c *builtinCall) thing {
	args := c.args
	if c.piped == nil && len(args) > 0 {
		args = args[1:]
	}
	if len(args) != 1 {
		c.wrong("a tensor and a list of sizes")
	}
	list, ok := args[0].Value.(*dsl.List)
	if !ok {
		c.wrong("a tensor and a list of sizes")
	}
	var t tensor
	var shape []dsl.Dim
	var ax []string
	c.l.each(2, func(k int) {
		switch {
		case k == 1:
			shape, ax = c.l.shapeOf(c.s, list.Items)
		case c.piped != nil:
			t = c.l.asTensor(c.piped.value, c.piped.at)
		default:
			t = c.l.tensorOf(c.s, c.args[0].Value)
		}
	})
	if !Volume(shape).Equal(Volume(t.v.Shape)) {
		c.l.fail("GT0230", args[0], "the number of elements changes from "+Volume(t.v.Shape).String()+" to "+Volume(shape).String(), "this is "+t.String(), "")
	}
	return tensor{v: Reshape(t.v, shape), ax: uniqueLabels(ax)}
}

// flattenCall is flatten(x, h, w): neighbouring axes become one; without
// labels every axis after the first.
func flattenCall(c *builtinCall) thing {
	t, set := c.target()
	if len(set) == len(t.ax) && len(set) > 1 && len(c.args) <= 1 {
		set = set[1:]
	}
	if len(set) == 0 {
		return t
	}
	for i := 1; i < len(set); i++ {
		if set[i] != set[i-1]+1 {
			c.l.fail("GT0240", c.at, "only neighbouring axes can be flattened", "this is "+t.String(), "reorder them with index notation first")
		}
	}
	lo, hi := set[0], set[len(set)-1]+1
	shape := append(append([]dsl.Dim(nil), t.v.Shape[:lo]...), Volume(t.v.Shape[lo:hi]))
	shape = append(shape, t.v.Shape[hi:]...)
	ax := append(append(append([]string(nil), t.ax[:lo]...), ""), t.ax[hi:]...)
	return tensor{v: Reshape(t.v, shape), ax: ax}
}

// padCall is pad(x, before, after, axis: 1): zeros around an axis.
func padCall(c *builtinCall) thing {
	values, nodes, named := c.things("axis")
	if len(values) != 3 {
		c.wrong("a tensor, the zeros before and the zeros after")
	}
	t := c.l.asTensor(values[0], nodes[0])
	before, after := c.l.dimOf(values[1], nodes[1]), c.l.dimOf(values[2], nodes[2])
	k := c.axisArg(named, len(t.ax), len(t.ax)-1)
	return slice(t, k, dsl.N(0).Sub(before), t.v.Shape[k].Add(before).Add(after), 1, "")
}

func reverseCall(c *builtinCall) thing {
	t, set := c.target()
	for _, k := range set {
		t = slice(t, k, t.v.Shape[k].Sub(dsl.N(1)), t.v.Shape[k], -1, t.ax[k])
	}
	return t
}

func (c *builtinCall) order(t tensor) {
	c.l.fail("GT0214", c.at, "permute takes the number of each axis once", "this is "+t.String(), "write permute(x, 1, 0) for x of two axes")
}

// permuteCall is permute(x, 0, 2, 1): axis k of the result is the k-th named.
func permuteCall(c *builtinCall) thing {
	values, nodes, _ := c.things()
	if len(values) == 0 {
		c.wrong("a tensor and the order of its axes")
	}
	t := c.l.asTensor(values[0], nodes[0])
	seen := map[int]bool{}
	var perm []int
	for i, v := range values[1:] {
		k, ok := c.l.dimOf(v, nodes[i+1]).Const()
		if !ok || k < 0 || k >= len(t.ax) || seen[k] {
			c.order(t)
		}
		seen[k] = true
		perm = append(perm, k)
	}
	if len(perm) != len(t.ax) {
		c.order(t)
	}
	ax := make([]string, len(perm))
	for i, k := range perm {
		ax[i] = t.ax[k]
	}
	return tensor{v: Transpose(t.v, perm...), ax: ax}
}
