package dsl_test

import (
	"math/big"
	"math/rand"
	"testing"

	"github.com/gtc-lang/gtc/dsl"
)

// product is one term of a dimension.
type product struct {
	coef int
	syms []*dsl.Sym
}

func (p product) dim() dsl.Dim {
	d := dsl.N(p.coef)
	for _, s := range p.syms {
		d = d.Mul(s.Dim())
	}
	return d
}

func (p product) at(sizes dsl.Sizes) *big.Int {
	n := big.NewInt(int64(p.coef))
	for _, s := range p.syms {
		n.Mul(n, big.NewInt(int64(sizes[s])))
	}
	return n
}

// held is n held to one beyond any size.
func held(n *big.Int) int {
	limit := big.NewInt(dsl.MaxSize + 1)
	switch {
	case n.Cmp(limit) > 0:
		n = limit
	case new(big.Int).Neg(n).Cmp(limit) > 0:
		n = new(big.Int).Neg(limit)
	}
	return int(n.Int64())
}

// TestDimValues compares values of dimensions with exact arithmetic: bounds
// whose products leave 64 bits included.
func TestDimValues(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	syms, bounds := []*dsl.Sym{}, dsl.Sizes{}
	for _, s := range []dsl.Sym{{Name: "B", Bound: 3}, {Name: "H", Bound: 1 << 16}, {Name: "K", Bound: 65535}, {Name: "T", Bound: 1 << 30}} {
		syms, bounds[&s] = append(syms, &s), s.Bound
	}
	beyond := 0
	for range 2000 {
		least, most, d := new(big.Int), new(big.Int), dsl.Dim{}
		for k, s := range syms { // one term each, so that the range is exact
			p := product{coef: r.Intn(1<<r.Intn(30)) * (1 - 2*r.Intn(2)), syms: []*dsl.Sym{s}}
			for range r.Intn(4) {
				p.syms = append(p.syms, syms[k])
			}
			d = d.Add(p.dim())
			n := p.at(bounds)
			if got := p.dim().At(bounds); got != held(n) {
				t.Fatalf("%s at the bounds is %d, want %s", p.dim(), got, n)
			}
			if n.Sign() < 0 {
				least.Add(least, n)
			} else {
				most.Add(most, n)
			}
		}
		lo, hi := d.Range()
		if lo != held(least) || hi != held(most) || d.Max() != hi {
			t.Fatalf("%s is in %d..%d, want %s..%s", d, lo, hi, least, most)
		}
		if hi > dsl.MaxSize || lo < -dsl.MaxSize {
			beyond++
		}
	}
	if beyond < 200 {
		t.Errorf("%d ranges beyond all sizes: the test has lost its point", beyond)
	}
}

func TestDimOverflowed(t *testing.T) {
	if d := dsl.N(dsl.MaxSize).Mul(dsl.N(dsl.MaxSize)); d.Max() <= dsl.MaxSize || d.At(nil) <= dsl.MaxSize {
		t.Errorf("what has overflowed is %d at most, %d in fact", d.Max(), d.At(nil))
	}
	symbol := &dsl.Sym{Name: "B", Bound: 65536}
	space := []dsl.Dim{symbol.Dim(), symbol.Dim(), symbol.Dim(), symbol.Dim()}
	volume := dsl.N(1)
	for _, d := range space {
		volume = volume.Mul(d)
	}
	if volume.Max() <= dsl.MaxSize {
		t.Errorf("65536^4 is %d", volume.Max())
	}
	if room := (dsl.Map{dsl.Fixed(1, volume)}); room.Inside(space[:1], []dsl.Dim{symbol.Dim()}) {
		t.Error("position B^4 lies inside B")
	}
}
