package ir

import (
	"fmt"

	"github.com/gtc-lang/gtc/dsl"
)

// align finds, for each axis of small, the axis of large it lies along, by the
// rules of broadcasting: a label stands for itself; axes without a common
// label align from the right at equal size; nothing stretches. The error says
// why there is no single way.
func align(small, large tensor) ([]int, error) {
	if len(small.ax) == len(large.ax) {
		return alignSame(small, large)
	}
	at := make([]int, len(small.ax))
	next := len(large.ax) // the axis to the right of those still free
	for k := len(small.ax) - 1; k >= 0; k-- {
		j, err := place(small, k, large, next)
		if err != nil {
			return nil, err
		}
		at[k], next = j, j
	}
	return at, nil
}

// place finds the axis of large left of next for axis k of small.
func place(small tensor, k int, large tensor, next int) (int, error) {
	label := small.ax[k]
	found := -1
	for j := range large.ax {
		if label != "" && large.ax[j] == label {
			if found >= 0 {
				return 0, fmt.Errorf("%s stands twice in %s", label, large)
			}
			found = j
		}
	}
	if found < 0 {
		found = next - 1
		if found >= 0 && label != "" && large.ax[found] != "" {
			return 0, fmt.Errorf("%s and %s are different dimensions", nameSize(label, small.v.Shape[k]), nameSize(large.ax[found], large.v.Shape[found]))
		}
	}
	if found < 0 || found >= next {
		return 0, fmt.Errorf("%s does not embed in %s in order", small, large)
	}
	if !small.v.Shape[k].Equal(large.v.Shape[found]) {
		return 0, fmt.Errorf("%s and %s differ", nameSize(label, small.v.Shape[k]), nameSize(large.ax[found], large.v.Shape[found]))
	}
	return found, nil
}

// alignSame lines up operands of one rank: by position, at equal size, unless
// a label says that they are in another order.
func alignSame(a, b tensor) ([]int, error) {
	at := make([]int, len(a.ax))
	for k := range a.ax {
		at[k] = k
		if !a.v.Shape[k].Equal(b.v.Shape[k]) {
			return nil, fmt.Errorf("%s and %s differ", nameSize(a.ax[k], a.v.Shape[k]), nameSize(b.ax[k], b.v.Shape[k]))
		}
		for j := range b.ax {
			if a.ax[k] != "" && a.ax[k] == b.ax[j] && a.ax[k] != b.ax[k] {
				return nil, fmt.Errorf("%s is axis %d of one and %d of the other", a.ax[k], k, j)
			}
		}
	}
	return at, nil
}

// along repeats t over the axes of large.
func along(t tensor, at []int, large tensor) tensor {
	ax := append([]string(nil), large.ax...)
	for k, j := range at {
		if ax[j] == "" {
			ax[j] = t.ax[k]
		}
	}
	return tensor{v: Broadcast(t.v, at, large.v.Shape), ax: ax}
}

// match brings operands to one shape.
func (l *lowerer) match(at dsl.Node, what string, ts ...tensor) []tensor {
	large := ts[0]
	for _, t := range ts[1:] {
		if len(t.ax) > len(large.ax) {
			large = t
		}
	}
	for i, t := range ts {
		where, err := align(t, large)
		if err != nil {
			l.fail("GT0210", at, "the shapes of "+what+" do not match: "+err.Error(), describeAll(ts), alignHelp(t, large))
		}
		ts[i] = along(t, where, large)
	}
	return ts
}

// alignHelp says by which rule two shapes do not match.
func alignHelp(small, large tensor) string {
	if len(small.ax) == len(large.ax) {
		return "axis by axis the dimensions are the same; nothing stretches, an axis of size 1 neither"
	}
	return "the axes of the smaller one lie along those of the larger with the same label, or else at its right end; x[:, none] makes a new axis"
}

func describeAll(ts []tensor) string {
	text := ""
	for i, t := range ts {
		switch {
		case i > 0 && i == len(ts)-1:
			text += " and "
		case i > 0:
			text += ", "
		}
		text += t.String()
	}
	return text
}

// promote brings operands to one kind of element: booleans and integers become
// floats when another operand is one, booleans become integers beside
// integers.
func promote(ts []tensor) DType {
	t := Bool
	for _, x := range ts {
		if x.v.DType == Float || t == Float {
			t = Float
		} else if x.v.DType == Int {
			t = Int
		}
	}
	for i, x := range ts {
		ts[i].v = cast(x.v, t)
	}
	return t
}

// cast converts to a kind of element; constants are converted in place.
func cast(v *Value, t DType) *Value {
	if v.DType == t {
		return v
	}
	if n, ok := v.Const(); ok {
		return ConstOf(t, n).Like(v)
	}
	if t == Float {
		return New("float", nil, v)
	}
	return New("int", nil, v)
}
