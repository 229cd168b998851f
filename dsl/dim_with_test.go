package dsl_test

import (
	"testing"

	"github.com/gtc-lang/gtc/dsl"
)

func TestDimWith(t *testing.T) {
	b, n := &dsl.Sym{Name: "B", Bound: 4}, &dsl.Sym{Name: "T", Bound: 6}
	d := b.Dim().Mul(n.Dim()).Mul(dsl.N(3)).Add(n.Dim().Mul(n.Dim())).Add(b.Dim().Mul(dsl.N(5))).Add(dsl.N(7))
	for _, c := range []struct {
		sym    *dsl.Sym
		size   int
		degree int
		want   string
	}{{b, 2, 1, "6*T+T*T+17"}, {n, 2, 2, "11*B+11"}, {b, 0, 1, "T*T+7"}} {
		if got := d.With(c.sym, c.size); got.String() != c.want || d.Degree(c.sym) != c.degree {
			t.Errorf("%s with %s = %d is %s, of degree %d", d, c.sym.Name, c.size, got, d.Degree(c.sym))
		}
	}
	if huge := dsl.N(dsl.MaxSize).Mul(b.Dim()).With(b, 2); !huge.Overflowed() {
		t.Errorf("%s is in range", huge)
	}
}
