package ir

import (
	"strconv"

	"github.com/gtc-lang/gtc/dsl"
)

// attr reads the attribute of a row.
func (r *textReader) attr(row *dsl.Op, args []*Value, h textHead) dsl.Attr {
	if len(args) == 0 && row.Class != dsl.Maker {
		r.fail("%s needs operands", row.Name)
		return nil
	}
	if row.Class == dsl.Reduction {
		return r.axes()
	}
	switch row.Name {
	case "const", "const_int", "const_bool":
		return dsl.Value(r.float())
	case "iota":
		return &dsl.Offset{From: r.dimension()}
	case "size":
		return &dsl.Size{Dim: r.dimension()}
	case "uniform", "normal":
		return &dsl.Draw{Path: r.quoted()}
	case "gather", "scatter":
		return dsl.Batch(r.integer())
	case "view":
		return &dsl.Positions{Map: r.positions(len(h.shape))}
	case "fold":
		return &dsl.Positions{Map: r.positions(args[0].Rank())}
	case "contract":
		return r.contraction()
	case "out":
		return Result(r.integer())
	}
	return nil
}

func (r *textReader) axes() dsl.Axes {
	axes := dsl.Axes{}
	r.list("{", "}", func() { axes = append(axes, r.integer()) })
	return axes
}

func (r *textReader) contraction() *dsl.Contraction {
	c := &dsl.Contraction{}
	r.expect("{")
	for r.err == nil && !r.take("}") {
		if name := r.word(); name != "i"+strconv.Itoa(len(c.Space)) || len(c.Space) >= maxTextRank {
			r.fail("index %s is out of order", name)
		}
		r.expect("<")
		c.Space = append(c.Space, r.dimension())
	}
	c.A = r.positions(len(c.Space))
	c.B = r.positions(len(c.Space))
	r.expect("->")
	c.Out = r.positions(len(c.Space))
	return c
}

func (r *textReader) positions(rank int) dsl.Map {
	m := dsl.Map{}
	r.list("[", "]", func() { m = append(m, r.affine(rank)) })
	if len(m) > maxTextRank {
		r.fail("%d axes are too many", len(m))
	}
	return m
}

// affine reads a position such as 2*i0+i1-1 or (i0+T)/2.
func (r *textReader) affine(rank int) dsl.Affine {
	a := dsl.Affine{Coef: make([]int, rank), Div: 1}
	divided := r.take("(")
	r.sum(&a)
	if divided {
		r.expect(")")
		r.expect("/")
		if a.Div = r.integer(); a.Div < 1 {
			r.fail("division by %d", a.Div)
		}
	}
	if a.Const.Overflowed() {
		r.fail("a position is too large")
	}
	for _, c := range a.Coef {
		if dsl.N(c).Overflowed() {
			r.fail("a position is too large")
		}
	}
	return a
}

// dimension reads a polynomial over the declared symbols.
func (r *textReader) dimension() dsl.Dim {
	a := dsl.Affine{}
	r.sum(&a)
	if a.Const.Overflowed() {
		r.fail("a size is too large")
	}
	return a.Const
}

// sum reads terms with signs between them into a.
func (r *textReader) sum(a *dsl.Affine) {
	sign := 1
	if r.take("-") {
		sign = -1
	}
	for n := 0; r.err == nil; n++ {
		if n == maxTextTerms {
			r.fail("a sum has too many terms")
		}
		r.product(a, sign)
		switch {
		case r.take("+"):
			sign = 1
		case r.take("-"):
			sign = -1
		default:
			return
		}
	}
}

const (
	maxTextFactors = 64
	maxTextTerms   = 256
)

// product reads factors into a: numbers, symbols, at most one index.
func (r *textReader) product(a *dsl.Affine, sign int) {
	index, d := -1, dsl.N(sign)
	for n := 0; r.err == nil && n < maxTextFactors; n++ {
		if b := r.peek(); b >= '0' && b <= '9' {
			d = d.Mul(dsl.N(r.integer()))
		} else if name := r.word(); r.syms[name] != nil {
			d = d.Mul(r.syms[name].Dim())
		} else if k, ok := indexNamed(name, len(a.Coef)); ok && index < 0 {
			index = k
		} else {
			r.fail("no dimension %q here", name)
		}
		if !r.take("*") {
			break
		}
	}
	if index < 0 {
		a.Const = a.Const.Add(d)
		return
	}
	c, ok := d.Const()
	if !ok || d.Overflowed() {
		r.fail("an index is multiplied by %s", d)
	}
	a.Coef[index] += c
}

// indexNamed is the number of the index i0, i1, … of a space.
func indexNamed(name string, rank int) (int, bool) {
	if len(name) < 2 || name[0] != 'i' {
		return 0, false
	}
	k, err := strconv.Atoi(name[1:])
	return k, err == nil && k >= 0 && k < rank && name == "i"+strconv.Itoa(k)
}
