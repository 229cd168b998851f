package dsl

import (
	"fmt"
	"strconv"
	"strings"
)

// Affine is a position along one axis as a function of the indices of an
// iteration space: (Σ Coef[k]·i[k] + Const) / Div. A position that is not
// whole, or lies outside the axis, is no position: what is read there is 0,
// what is written there is dropped.
type Affine struct {
	Coef  []int // one for each index of the space
	Const Dim
	Div   int // 0 and 1 both mean no division
}

// Map is one Affine for each axis of an operand.
type Map []Affine

// Along is the position that equals index k of a space of rank indices.
func Along(rank, k int) Affine {
	a := Affine{Coef: make([]int, rank), Div: 1}
	a.Coef[k] = 1
	return a
}

// Fixed is the constant position d in a space of rank indices.
func Fixed(rank int, d Dim) Affine {
	return Affine{Coef: make([]int, rank), Const: d, Div: 1}
}

// Identity maps a space of rank indices onto itself.
func Identity(rank int) Map {
	m := make(Map, rank)
	for k := range m {
		m[k] = Along(rank, k)
	}
	return m
}

// Project is the map of an operand whose axes are the indices list of a space
// of rank indices.
func Project(rank int, list ...int) Map {
	m := make(Map, len(list))
	for i, k := range list {
		m[i] = Along(rank, k)
	}
	return m
}

// Plain returns k when a is exactly index k.
func (a Affine) Plain() (k int, ok bool) {
	k = -1
	if a.Div > 1 || !a.Const.Is(0) {
		return 0, false
	}
	for i, c := range a.Coef {
		switch {
		case c == 0:
		case c == 1 && k < 0:
			k = i
		default:
			return 0, false
		}
	}
	return k, k >= 0
}

// IsFixed reports whether a does not depend on any index.
func (a Affine) IsFixed() bool {
	for _, c := range a.Coef {
		if c != 0 {
			return false
		}
	}
	return true
}

// Equal reports whether two positions are the same function.
func (a Affine) Equal(b Affine) bool {
	if len(a.Coef) != len(b.Coef) || max(a.Div, 1) != max(b.Div, 1) || !a.Const.Equal(b.Const) {
		return false
	}
	for i := range a.Coef {
		if a.Coef[i] != b.Coef[i] {
			return false
		}
	}
	return true
}

// At is the position at index, and whether it is whole.
func (a Affine) At(index []int, sizes Sizes) (int, bool) {
	p := a.Const.At(sizes)
	for k, c := range a.Coef {
		p += c * index[k]
	}
	if a.Div > 1 {
		if p%a.Div != 0 {
			return 0, false
		}
		p /= a.Div
	}
	return p, true
}

// Identity reports whether m maps a space of rank indices onto itself.
func (m Map) Identity(rank int) bool {
	if len(m) != rank {
		return false
	}
	for i, a := range m {
		if k, ok := a.Plain(); !ok || k != i {
			return false
		}
	}
	return true
}

// Projection returns the index each axis follows when every axis is a plain
// index of its own.
func (m Map) Projection() (list []int, ok bool) {
	seen := map[int]bool{}
	for _, a := range m {
		k, plain := a.Plain()
		if !plain || seen[k] {
			return nil, false
		}
		seen[k] = true
		list = append(list, k)
	}
	return list, true
}

// Inside reports whether every position of the map provably lies in shape,
// whatever the sizes, when the indices run over space.
func (m Map) Inside(space, shape []Dim) bool {
	for i, a := range m {
		if !a.inside(space, shape[i]) {
			return false
		}
	}
	return true
}

func (a Affine) inside(space []Dim, size Dim) bool {
	if a.Div > 1 {
		return false
	}
	least, most := a.Const, a.Const
	for k, c := range a.Coef {
		end := space[k].Sub(N(1)).Mul(N(c))
		if c > 0 {
			most = most.Add(end)
		} else if c < 0 {
			least = least.Add(end)
		}
	}
	low, _ := least.Range()
	room, _ := size.Sub(N(1)).Sub(most).Range()
	return low >= 0 && room >= 0
}

// Compose is the map that goes through inner first: the operand of m is read
// where m says, for indices that are themselves inner's positions. It fails
// when inner divides and m does more than follow it.
func (m Map) Compose(inner Map, rank int) (Map, bool) {
	out := make(Map, len(m))
	for i, a := range m {
		c, ok := a.compose(inner, rank)
		if !ok {
			return nil, false
		}
		out[i] = c
	}
	return out, true
}

func (a Affine) compose(inner Map, rank int) (Affine, bool) {
	if k, ok := a.Plain(); ok {
		return inner[k], true
	}
	out := Affine{Coef: make([]int, rank), Const: a.Const, Div: max(a.Div, 1)}
	for k, c := range a.Coef {
		if c == 0 {
			continue
		}
		if inner[k].Div > 1 {
			return Affine{}, false
		}
		for j, d := range inner[k].Coef {
			out.Coef[j] += c * d
		}
		out.Const = out.Const.Add(inner[k].Const.Mul(N(c)))
	}
	return out, true
}

// Text writes the position with the given names of indices.
func (a Affine) Text(names []string) string {
	var b strings.Builder
	for k, c := range a.Coef {
		if c == 0 {
			continue
		}
		if b.Len() > 0 && c > 0 {
			b.WriteByte('+')
		}
		switch c {
		case 1:
		case -1:
			b.WriteByte('-')
		default:
			b.WriteString(strconv.Itoa(c) + "*")
		}
		b.WriteString(names[k])
	}
	if !a.Const.Is(0) || b.Len() == 0 {
		text := a.Const.String()
		if b.Len() > 0 && !strings.HasPrefix(text, "-") {
			b.WriteByte('+')
		}
		b.WriteString(text)
	}
	if a.Div > 1 {
		return fmt.Sprintf("(%s)/%d", b.String(), a.Div)
	}
	return b.String()
}

// Text writes the positions in brackets.
func (m Map) Text(names []string) string {
	parts := make([]string, len(m))
	for i, a := range m {
		parts[i] = a.Text(names)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// IndexNames is i0, i1, …: the names of the indices of a space in the text of
// maps.
func IndexNames(rank int) []string {
	names := make([]string, rank)
	for k := range names {
		names[k] = "i" + strconv.Itoa(k)
	}
	return names
}
