package dsl

// Degree is the highest power of a symbol in d.
func (d Dim) Degree(s *Sym) int {
	highest := 0
	for _, t := range d.terms {
		n := 0
		for _, f := range t.syms {
			if f == s {
				n++
			}
		}
		highest = max(highest, n)
	}
	return highest
}

// With is d where a symbol has a size: 3*B*T with B = 2 is 6*T.
func (d Dim) With(s *Sym, size int) Dim {
	out := Dim{overflow: d.overflow}
	for _, t := range d.terms {
		product := N(t.coef)
		for _, f := range t.syms {
			if f == s {
				product = product.Mul(N(size))
			} else {
				product = product.Mul(f.Dim())
			}
		}
		out = out.Add(product)
	}
	return out
}
