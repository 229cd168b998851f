package dsl

import (
	"fmt"
	"strconv"
	"strings"
)

// Attr is what an operation knows besides its operands, fixed at compile time.
// Its text is part of the text of the IR, and two attributes are the same when
// their texts are.
type Attr interface{ Text() string }

// Value is the attribute of const: its number.
type Value float64

// Positions is the attribute of view and fold. For a view the map goes from
// the result's indices to the operand's axes; for a fold from the operand's
// indices to the result's axes.
type Positions struct{ Map Map }

// Axes is the attribute of reductions: the axes that go, ascending.
type Axes []int

// Contraction is the attribute of contract: Out[i] += A[i]·B[i] for every i in
// Space. The three maps play the same part, so the gradient of a contraction
// is the contraction with two of them exchanged.
type Contraction struct {
	Space     []Dim
	A, B, Out Map
}

// Offset is the attribute of iota: the first number.
type Offset struct{ From Dim }

// Draw is the attribute of random operations: the path of the call, which keys
// the stream of numbers.
type Draw struct{ Path string }

// Batch is the attribute of gather and scatter: the number of leading axes
// that both operands share.
type Batch int

// Size is the attribute of size: the dimension that becomes a number.
type Size struct{ Dim Dim }

// Text is the shortest decimal that reads back the same.
func (v Value) Text() string { return strconv.FormatFloat(float64(v), 'g', -1, 64) }

// Text is the positions over i0, i1, ….
func (p *Positions) Text() string {
	rank := 0
	if len(p.Map) > 0 {
		rank = len(p.Map[0].Coef)
	}
	return p.Map.Text(IndexNames(rank))
}

// Text is the list of axes.
func (a Axes) Text() string {
	parts := make([]string, len(a))
	for i, k := range a {
		parts[i] = strconv.Itoa(k)
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// Text is the space and the three maps.
func (c *Contraction) Text() string {
	names := IndexNames(len(c.Space))
	bounds := make([]string, len(names))
	for k, n := range names {
		bounds[k] = n + "<" + c.Space[k].String()
	}
	return fmt.Sprintf("{%s} %s %s -> %s", strings.Join(bounds, " "),
		c.A.Text(names), c.B.Text(names), c.Out.Text(names))
}

// Text is the first number.
func (o *Offset) Text() string { return o.From.String() }

// Text is the quoted path.
func (d *Draw) Text() string { return strconv.Quote(d.Path) }

// Text is the number of axes.
func (b Batch) Text() string { return strconv.Itoa(int(b)) }

// Text is the dimension.
func (s *Size) Text() string { return s.Dim.String() }

// Key is the 32-bit FNV-1a hash of the path: the word of the counter that
// tells one call's stream from another's.
func (d *Draw) Key() uint32 {
	h := uint32(2166136261)
	for i := 0; i < len(d.Path); i++ {
		h = (h ^ uint32(d.Path[i])) * 16777619
	}
	return h
}
