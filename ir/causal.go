package ir

import (
	"math"

	"github.com/gtc-lang/gtc/dsl"
)

// cause asks what a value is wherever its position along axis late is after
// that along axis early.
type cause struct {
	v           *Value
	early, late int
}

type zeroed struct {
	value float64
	known bool
}

// neutralOf is what changes nothing in a reduction.
var neutralOf = map[string]float64{"sum": 0, "max": math.Inf(-1), "min": math.Inf(1)}

// after is the number that a value is known to be wherever its position along
// axis late is after that along axis early, as a causal mask makes it.
func (g *level) after(v *Value, early, late int) (float64, bool) {
	key := cause{v, early, late}
	if z, ok := g.causes[key]; ok {
		return z.value, z.known
	}
	g.causes[key] = zeroed{} // while it is looked for
	x, ok := g.findAfter(v, early, late)
	g.causes[key] = zeroed{x, ok}
	return x, ok
}

func (g *level) findAfter(v *Value, early, late int) (float64, bool) {
	if c, ok := v.Splat(); ok {
		return c, true
	}
	switch v.Op.Name {
	case "leaf":
		if w := g.whole(v); w != nil {
			return g.outer.after(w, early, late)
		}
		return 0, false
	case "view":
		m := v.Attr.(*dsl.Positions).Map
		x := v.Args[0]
		if !m.Inside(v.Shape, x.Shape) {
			return 0, false
		}
		if a, b := axisOf(m, early), axisOf(m, late); a >= 0 && b >= 0 {
			return g.after(x, a, b)
		}
		return 0, false
	case "reshape":
		a, b := sameAxisBack(v, early), sameAxisBack(v, late)
		if a < 0 || b < 0 {
			return 0, false
		}
		return g.after(v.Args[0], a, b)
	case "le", "lt":
		if c, ok := ordered(v, early, late); ok {
			return c, true
		}
	}
	if v.Op.Class != dsl.Elementwise {
		return 0, false
	}
	return g.pointAfter(v, early, late)
}

func sameAxisBack(v *Value, axis int) int { return sameAxis(v.Shape, axis, v.Args[0].Shape) }

// pointAfter is the result of an elementwise row, of which some operands are
// known: all, or those that decide it.
func (g *level) pointAfter(v *Value, early, late int) (float64, bool) {
	args, known := make([]float64, len(v.Args)), make([]bool, len(v.Args))
	every := true
	for i, a := range v.Args {
		args[i], known[i] = g.after(a, early, late)
		every = every && known[i]
	}
	if every {
		return v.Op.Point(args), true
	}
	return decided(v.Op.Name, args, known)
}

// decided is what some operands make of a row whatever the others are, as long
// as those are finite.
func decided(op string, x []float64, known []bool) (float64, bool) {
	is := func(i int, want float64) bool { return i < len(x) && known[i] && x[i] == want }
	switch op {
	case "where":
		switch {
		case is(0, 0) && known[2]:
			return x[2], true
		case known[0] && x[0] != 0 && known[1]:
			return x[1], true
		case known[1] && known[2] && x[1] == x[2]:
			return x[1], true
		}
	case "and", "mul":
		return 0, is(0, 0) || is(1, 0)
	case "or":
		return 1, is(0, 1) || is(1, 1)
	case "div":
		return 0, is(0, 0)
	case "add", "sub":
		for i := range x {
			if known[i] && math.IsInf(x[i], 0) {
				if op == "sub" && i == 1 {
					return -x[i], true
				}
				return x[i], true
			}
		}
	}
	return 0, false
}

// ordered is the truth of a comparison of two positions where one along axis
// late is after one along axis early.
func ordered(v *Value, early, late int) (float64, bool) {
	a, fromA, okA := counted(v.Args[0])
	b, fromB, okB := counted(v.Args[1])
	strict := 0
	if v.Is("lt") {
		strict = 1
	}
	switch {
	case !okA || !okB:
	case a == late && b == early && fromA+1-fromB > -strict:
		return 0, true // late + fromA <= early + fromB is false for late >= early + 1
	case a == early && b == late && fromB+1-fromA >= strict:
		return 1, true // early + fromA <= late + fromB is true
	}
	return 0, false
}

// counted is the axis whose positions a value counts, and from what number.
func counted(v *Value) (axis, from int, ok bool) {
	switch v.Op.Name {
	case "iota":
		n, fixed := v.Attr.(*dsl.Offset).From.Const()
		return 0, n, fixed
	case "view":
		axis, from, ok = counted(v.Args[0])
		if !ok {
			return 0, 0, false
		}
		i, plain := v.Attr.(*dsl.Positions).Map[axis].Plain()
		return i, from, plain
	case "float", "int":
		return counted(v.Args[0])
	case "add", "sub":
		axis, from, ok = counted(v.Args[0])
		n, fixed := v.Args[1].Splat()
		if !ok || !fixed || n != math.Trunc(n) || math.Abs(n) > 1<<30 {
			return 0, 0, false
		}
		if v.Is("sub") {
			n = -n
		}
		return axis, from + int(n), true
	}
	return 0, 0, false
}
