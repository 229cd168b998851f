package plan

import (
	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
)

// maxPartial bounds the elements of the partial sums of one buffer.
const maxPartial = 1 << 18

// The least that a chunk takes along its axis: of the innermost axis as much
// as fills a few cache lines, and where chunks meet in sums enough for the
// work to outweigh what it costs to clear and add up a sum of its own.
const (
	innermostGrain = 64
	partialGrain   = 8
)

// plenty is how many chunks are enough not to look for a better axis.
const plenty = 8

// split chooses the axis along which a loop is shared out: the first one
// along which chunks do not meet, else one along which they meet only in sums
// that are small enough to be kept apart; but rather any that gives plenty of
// chunks.
func (g *graph) split(l *Loop) {
	l.Split = Split{Axis: -1, Max: 1, Grain: 1}
	for _, meet := range []bool{false, true} {
		for k := range l.Space {
			if s, ok := l.splitAt(k, meet); ok && l.Split.Max < plenty && s.Max > l.Split.Max {
				l.Split = s
			}
		}
	}
	if l.Split.Axis >= 0 {
		g.addPartials(l)
	}
	l.Split.Cost = l.cost()
}

// splitAt is the split along axis k, if chunks meet in sums along it just when
// meet says so.
func (l *Loop) splitAt(k int, meet bool) (Split, bool) {
	most, meets := l.chunks(k)
	grain := 1
	switch {
	case meets:
		grain = partialGrain
	case l.innermost(k):
		grain = innermostGrain
	}
	return Split{Axis: k, Max: min(MaxChunks, most, l.Space[k].Max()/grain), Grain: grain}, meets == meet
}

// innermost reports whether axis k is the one that the loop runs along in
// memory, while others are outside of it.
func (l *Loop) innermost(k int) bool {
	return k > 0 && k == len(l.Space)-1 && len(l.Stages) == 1 && len(l.Stages[0].Inner) == 0
}

// chunks is how many chunks along axis k the accumulated buffers allow, and
// whether chunks meet in one.
func (l *Loop) chunks(k int) (most int, meet bool) {
	most = MaxChunks
	for _, s := range l.Stages {
		for i := range s.Writes {
			w := &s.Writes[i]
			if w.Mode == Store || w.apart(k) {
				continue
			}
			meet = true
			most = min(most, maxPartial/max(1, w.To.Buffer.Bound))
		}
	}
	return most, meet
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
