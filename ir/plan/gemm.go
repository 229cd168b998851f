package plan

import (
	"sort"

	"github.com/gtc-lang/gtc/dsl"
)

// axis is an index of a contraction, or several that move as one: its size,
// and how far it moves in each operand, in elements (0: not at all).
type axis struct{ size, a, b, o dsl.Dim }

func zero(d dsl.Dim) bool { return d.Is(0) }

// matchGemm finds the matrix product in a contraction, given how far each
// index of its space moves in the operands; nil when there is none.
func matchGemm(space, a, b, o []dsl.Dim) *gemmForm {
	var batch, ms, ns, ks []axis
	for k, size := range space {
		x := axis{size, a[k], b[k], o[k]}
		if size.Is(1) {
			continue
		}
		if !forward(x.a) || !forward(x.b) || !forward(x.o) {
			return nil
		}
		switch {
		case zero(x.o):
			ks = append(ks, x)
		case zero(x.b):
			ms = append(ms, x)
		case zero(x.a):
			ns = append(ns, x)
		default:
			batch = append(batch, x)
		}
	}
	ms, ns, ks = merged(ms), merged(ns), merged(ks)
	if len(ks) != 1 || zero(ks[0].a) || zero(ks[0].b) {
		return nil
	}
	for _, i := range bySize(ms) {
		for _, j := range bySize(ns) {
			if f := layout(ms[i], ns[j], ks[0]); f != nil {
				rest := append(append(batch, without(ms, i)...), without(ns, j)...)
				f.setBatch(merged(rest))
				return f
			}
		}
	}
	return nil
}

// forward reports whether a distance is never negative.
func forward(d dsl.Dim) bool { low, _ := d.Range(); return low >= 0 }

// merged sorts axes by how far they move, outer ones first, and joins
// neighbours that move as one.
func merged(list []axis) []axis {
	weight := func(x axis) int { return max(x.o.Max(), 0) }
	sort.SliceStable(list, func(i, j int) bool {
		if weight(list[i]) != weight(list[j]) {
			return weight(list[i]) > weight(list[j])
		}
		return list[i].a.Max()+list[i].b.Max() > list[j].a.Max()+list[j].b.Max()
	})
	var out []axis
	for _, x := range list {
		if last := len(out) - 1; last >= 0 && x.inside(out[last]) {
			x.size = x.size.Mul(out[last].size)
			out[last] = x
			continue
		}
		out = append(out, x)
	}
	return out
}

// inside reports whether outer moves on where x ends, in every operand.
func (x axis) inside(outer axis) bool {
	return x.a.Mul(x.size).Equal(outer.a) && x.b.Mul(x.size).Equal(outer.b) && x.o.Mul(x.size).Equal(outer.o)
}

// bySize lists the positions of a list, largest axis first.
func bySize(list []axis) []int {
	order := axes(len(list))
	sort.SliceStable(order, func(i, j int) bool { return list[order[i]].size.Max() > list[order[j]].size.Max() })
	return order
}

func without(list []axis, at int) []axis {
	return append(append([]axis(nil), list[:at]...), list[at+1:]...)
}

// layout fits one axis of each kind to what BLAS can express; nil when it
// cannot.
func layout(m, n, k axis) *gemmForm {
	swapped := !n.o.Is(1)
	if swapped { // Outᵀ = Bᵀ·Aᵀ
		m, n = axis{n.size, n.b, n.a, n.o}, axis{m.size, m.b, m.a, m.o}
		k.a, k.b = k.b, k.a
	}
	f := &gemmForm{swapped: swapped}
	f.M, f.N, f.K = m.size, n.size, k.size
	var okA, okB, okOut bool
	f.A, okA = matrix(m.a, k.a, m.size, k.size)
	f.B, okB = matrix(k.b, n.b, k.size, n.size)
	f.Out, okOut = matrix(m.o, n.o, m.size, n.size)
	if !okA || !okB || !okOut || f.Out.Trans {
		return nil
	}
	return f
}

// matrix is an operand whose rows are row elements apart and whose columns
// are col apart.
func matrix(row, col, rows, cols dsl.Dim) (Matrix, bool) {
	if col.Is(1) && forward(row.Sub(cols)) {
		return Matrix{Ld: row}, true
	}
	return Matrix{Ld: col, Trans: true}, row.Is(1) && forward(col.Sub(rows))
}

func (f *gemmForm) setBatch(list []axis) {
	for _, x := range list {
		if f.swapped {
			x.a, x.b = x.b, x.a
		}
		f.Batch = append(f.Batch, BatchAxis{Size: x.size, A: x.a, B: x.b, Out: x.o})
	}
}

// place says where the operands begin; a and b are those of the contraction.
func (f *gemmForm) place(a, b dsl.Dim) {
	if f.swapped {
		a, b = b, a
		f.a, f.b = f.b, f.a
	}
	f.A.Base, f.B.Base = a, b
}
