package plan

import (
	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
)

// maxPartial bounds the elements of the partial sums of one buffer.
const maxPartial = 1 << 18

// split chooses the axis along which a loop is shared out: the first one
// along which chunks do not meet, or meet only in sums that are small enough
// to be kept apart.
func (g *graph) split(l *Loop) {
	l.Split = Split{Axis: -1, Max: 1}
	for k, size := range l.Space {
		if most := min(MaxChunks, size.Max(), l.chunks(k)); most > 1 {
			l.Split = Split{Axis: k, Max: most}
			break
		}
	}
	if l.Split.Axis >= 0 {
		g.addPartials(l)
	}
	l.Split.Cost = l.cost()
}

// chunks is how many chunks along axis k the accumulated buffers allow.
func (l *Loop) chunks(k int) int {
	most := MaxChunks
	for _, s := range l.Stages {
		for i := range s.Writes {
			w := &s.Writes[i]
			if w.Mode == Store || w.apart(k) {
				continue
			}
			most = min(most, maxPartial/max(1, w.To.Buffer.Bound))
		}
	}
	return most
}

// apart reports whether different indices along axis k write different
// elements.
func (w *Write) apart(k int) bool {
	for axis, a := range w.To.Map {
		if at, ok := a.Plain(); ok && at == k && !w.To.picked(axis) {
			return true
		}
	}
	return false
}

func (g *graph) addPartials(l *Loop) {
	for _, s := range l.Stages {
		for i := range s.Writes {
			w := &s.Writes[i]
			if w.Mode == Store || w.apart(l.Split.Axis) {
				continue
			}
			b := w.To.Buffer
			w.Partial = g.add(&Buffer{Name: b.Name + "_part", At: b.At, DType: b.DType, depth: g.depth,
				Shape: []dsl.Dim{dsl.N(l.Split.Max), ir.Volume(b.Shape)}})
		}
	}
}

// cost is the work for one index of the split axis, or of the whole loop.
func (l *Loop) cost() dsl.Dim {
	rows := dsl.N(1)
	for k, size := range l.Space {
		if k != l.Split.Axis {
			rows = rows.Mul(size)
		}
	}
	total := dsl.Dim{}
	for _, s := range l.Stages {
		total = total.Add(ir.Volume(s.Inner).Mul(dsl.N(s.ops())))
	}
	return rows.Mul(total)
}

// ops is the work for one index of a stage.
func (s *Stage) ops() int {
	n := len(s.Writes) + len(s.Reduces) + len(s.Keeps)
	for _, in := range s.Body {
		n += opCost(in.Op)
	}
	return n
}
