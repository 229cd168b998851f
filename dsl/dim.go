package dsl

import (
	"fmt"
	"math/bits"
	"sort"
	"strconv"
	"strings"
)

// Sym is a dimension known only at run time, such as `dim B <= 256`. Two
// symbols are the same dimension when they are the same pointer.
type Sym struct {
	Name  string
	Bound int // the largest size; memory is planned for it
}

// Dim is a size: a polynomial with integer coefficients over symbols. The
// zero Dim is the size 0. Dims are immutable.
type Dim struct {
	terms    []dimTerm // by key, no zero coefficients
	overflow bool      // some coefficient left the range of a size
}

type dimTerm struct {
	coef int
	syms []*Sym // by name, repeated for powers
	key  string // the names joined; "" for the constant term
}

// maxCoef bounds every coefficient and every size.
const maxCoef = MaxSize

// MaxSize bounds every size: 2^46, and 2^30 where an int has 32 bits.
const MaxSize = 1 << (30 + 16*(^uint(0)>>63))

// N is the constant dimension n.
func N(n int) Dim {
	if n == 0 {
		return Dim{}
	}
	return Dim{terms: []dimTerm{{coef: n}}, overflow: n > maxCoef || n < -maxCoef}
}

// Dim is the symbol as a dimension.
func (s *Sym) Dim() Dim {
	return Dim{terms: []dimTerm{{coef: 1, syms: []*Sym{s}, key: s.Name}}}
}

// Overflowed reports whether arithmetic left the range of sizes.
func (d Dim) Overflowed() bool { return d.overflow }

// Const returns the value of a dimension without symbols.
func (d Dim) Const() (n int, ok bool) {
	switch {
	case len(d.terms) == 0:
		return 0, true
	case len(d.terms) == 1 && d.terms[0].key == "":
		return d.terms[0].coef, true
	}
	return 0, false
}

// Is reports whether d is the constant n.
func (d Dim) Is(n int) bool {
	c, ok := d.Const()
	return ok && c == n
}

// Symbol returns the symbol of a dimension that is exactly one symbol.
func (d Dim) Symbol() *Sym {
	if len(d.terms) == 1 && d.terms[0].coef == 1 && len(d.terms[0].syms) == 1 {
		return d.terms[0].syms[0]
	}
	return nil
}

// Symbols lists the symbols of d, each once, by name.
func (d Dim) Symbols() []*Sym {
	var list []*Sym
	seen := map[*Sym]bool{}
	for _, t := range d.terms {
		for _, s := range t.syms {
			if !seen[s] {
				seen[s] = true
				list = append(list, s)
			}
		}
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Name < list[j].Name })
	return list
}

// Equal reports whether d and e are the same polynomial over the same symbols.
func (d Dim) Equal(e Dim) bool {
	if len(d.terms) != len(e.terms) {
		return false
	}
	for i, t := range d.terms {
		u := e.terms[i]
		if t.coef != u.coef || len(t.syms) != len(u.syms) {
			return false
		}
		for j := range t.syms {
			if t.syms[j] != u.syms[j] {
				return false
			}
		}
	}
	return true
}

// Add is d + e.
func (d Dim) Add(e Dim) Dim {
	out := Dim{overflow: d.overflow || e.overflow}
	i, j := 0, 0
	for i < len(d.terms) || j < len(e.terms) {
		switch {
		case j == len(e.terms) || i < len(d.terms) && d.terms[i].key < e.terms[j].key:
			out.terms = append(out.terms, d.terms[i])
			i++
		case i == len(d.terms) || e.terms[j].key < d.terms[i].key:
			out.terms = append(out.terms, e.terms[j])
			j++
		default:
			t := d.terms[i]
			t.coef += e.terms[j].coef
			out.push(t)
			i, j = i+1, j+1
		}
	}
	return out
}

func (d *Dim) push(t dimTerm) {
	if t.coef > maxCoef || t.coef < -maxCoef {
		d.overflow = true
	}
	if t.coef != 0 {
		d.terms = append(d.terms, t)
	}
}

// Sub is d - e.
func (d Dim) Sub(e Dim) Dim { return d.Add(e.Mul(N(-1))) }

// Mul is d * e.
func (d Dim) Mul(e Dim) Dim {
	switch {
	case d.Is(1) && !d.overflow:
		return e
	case e.Is(1) && !e.overflow:
		return d
	}
	out := Dim{overflow: d.overflow || e.overflow}
	for _, t := range d.terms {
		row := Dim{}
		for _, u := range e.terms {
			p, over := mulTerms(t, u)
			row.overflow = row.overflow || over
			row.terms = append(row.terms, p)
		}
		sort.Slice(row.terms, func(i, j int) bool { return row.terms[i].key < row.terms[j].key })
		out = out.Add(row)
	}
	return out
}

func mulTerms(t, u dimTerm) (dimTerm, bool) {
	hi, lo := bits.Mul64(uint64(abs(t.coef)), uint64(abs(u.coef)))
	over := hi != 0 || lo > maxCoef
	coef := 0
	if !over {
		coef = t.coef * u.coef
	}
	switch {
	case len(t.syms) == 0:
		return dimTerm{coef, u.syms, u.key}, over
	case len(u.syms) == 0:
		return dimTerm{coef, t.syms, t.key}, over
	}
	syms := append(append([]*Sym{}, t.syms...), u.syms...)
	sort.SliceStable(syms, func(i, j int) bool { return syms[i].Name < syms[j].Name })
	names := make([]string, len(syms))
	for i, s := range syms {
		names[i] = s.Name
	}
	return dimTerm{coef: coef, syms: syms, key: strings.Join(names, "*")}, over
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

// Div is d / n when n divides every coefficient.
func (d Dim) Div(n int) (Dim, bool) {
	if n == 0 {
		return Dim{}, false
	}
	out := Dim{overflow: d.overflow}
	for _, t := range d.terms {
		if t.coef%n != 0 {
			return Dim{}, false
		}
		t.coef /= n
		out.terms = append(out.terms, t)
	}
	return out, true
}

// Sizes gives the actual size of each symbol.
type Sizes map[*Sym]int

// beyond is one more than any size: what every larger value counts as.
const beyond = MaxSize + 1

// MaxElements bounds a tensor, and what a function has in memory, at the
// bounds of the run-time dimensions: 2^40 elements, and 2^24 where an int has
// 32 bits. Sums of a few offsets then stay sizes.
const MaxElements = MaxSize >> 6

// times is a*b, of factors within ±beyond, held to ±beyond.
func times(a, b int) int {
	hi, lo := bits.Mul64(uint64(abs(a)), uint64(abs(b)))
	p := beyond
	if hi == 0 && lo < beyond {
		p = int(lo)
	}
	if (a < 0) != (b < 0) {
		return -p
	}
	return p
}

// plus is a+b, of terms within ±beyond, held to ±beyond.
func plus(a, b int) int { return held(int64(a) + int64(b)) }

func held(n int64) int { return int(max(-beyond, min(n, beyond))) }

// at is the value of the term, held to ±beyond.
func (t dimTerm) at(sizes Sizes) int {
	p := held(int64(t.coef))
	for _, s := range t.syms {
		n, ok := sizes[s]
		if !ok {
			n = s.Bound
		}
		p = times(p, held(int64(n)))
	}
	return p
}

// At is the value of d at given sizes; a symbol without one counts at its
// bound. What is beyond MaxSize in either direction is MaxSize+1 away from 0.
func (d Dim) At(sizes Sizes) int {
	if d.overflow {
		return beyond
	}
	total := 0
	for _, t := range d.terms {
		total = plus(total, t.at(sizes))
	}
	return total
}

// Range returns the least and the largest value of d while every symbol runs
// from 0 to its bound. It is exact when no symbol stands in two terms and no
// value is beyond MaxSize; what is counts as MaxSize+1 away from 0, so that
// comparisons with a size and with 0 hold.
func (d Dim) Range() (lo, hi int) {
	if d.overflow {
		return -beyond, beyond
	}
	for _, t := range d.terms {
		switch p := t.at(nil); {
		case len(t.syms) == 0:
			lo, hi = plus(lo, p), plus(hi, p)
		case p < 0:
			lo = plus(lo, p)
		default:
			hi = plus(hi, p)
		}
	}
	return lo, hi
}

// Max is the size at the bounds of all symbols, MaxSize+1 when it is larger
// than MaxSize or not known because arithmetic overflowed.
func (d Dim) Max() int { _, hi := d.Range(); return hi }

// String is the polynomial, highest terms last: "2*T-1", "B*T", "64".
func (d Dim) String() string {
	if len(d.terms) == 0 {
		return "0"
	}
	var b strings.Builder
	for _, pass := range []bool{true, false} { // symbols first, the constant last
		for _, t := range d.terms {
			if (t.key != "") != pass {
				continue
			}
			writeTerm(&b, t)
		}
	}
	return b.String()
}

func writeTerm(b *strings.Builder, t dimTerm) {
	coef := t.coef
	switch {
	case b.Len() > 0 && coef < 0:
		b.WriteByte('-')
		coef = -coef
	case b.Len() > 0:
		b.WriteByte('+')
	}
	switch {
	case t.key == "":
		b.WriteString(strconv.Itoa(coef))
	case coef == 1:
		b.WriteString(t.key)
	case coef == -1:
		b.WriteString("-" + t.key)
	default:
		fmt.Fprintf(b, "%d*%s", coef, t.key)
	}
}

// Over is d divided by a symbol that every term of it has.
func (d Dim) Over(s *Sym) (Dim, bool) {
	out := Dim{overflow: d.overflow}
	for _, t := range d.terms {
		rest := dimTerm{coef: t.coef}
		found := false
		for _, f := range t.syms {
			if f == s && !found {
				found = true
				continue
			}
			rest.syms = append(rest.syms, f)
		}
		if !found {
			return Dim{}, false
		}
		product := Dim{terms: []dimTerm{{coef: t.coef}}}
		for _, f := range rest.syms {
			product = product.Mul(f.Dim())
		}
		out = out.Add(product)
	}
	return out, true
}
