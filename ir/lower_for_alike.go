package ir

import (
	"strconv"
	"strings"
)

// textOf writes what an iteration computes from what it carries in, so that
// like iterations have like texts.
func (f *forState) textOf(it *iteration) string {
	w := &likeness{f: f, number: map[*Value]int{it.mark: -1}}
	for i, c := range it.carry {
		if c.v == nil {
			w.b.WriteString("-;")
			continue
		}
		w.b.WriteString(c.v.DType.String() + tensorShape(c.v.Shape) + ";")
		w.number[c.v] = -2 - i
	}
	roots := valuesOf(it.out)
	for _, u := range it.states {
		w.b.WriteString(f.relative(u.Var) + ";")
		roots = append(roots, u.Value)
	}
	w.graph(it, roots)
	return w.b.String()
}

// likeness writes graphs with values numbered in order of creation.
type likeness struct {
	f      *forState
	b      strings.Builder
	number map[*Value]int
}

func (w *likeness) graph(it *iteration, roots []*Value) {
	next := len(w.number)
	start := it.mark.ID()
	for _, v := range Order(roots...) {
		if _, ok := w.number[v]; ok {
			continue
		}
		if v.ID() < start && !v.Is("leaf") && len(v.Args) > 0 { // from outside: itself
			w.b.WriteString("@" + strconv.FormatInt(v.ID(), 10))
		} else {
			w.value(it, v)
		}
		w.number[v] = next
		next++
		w.b.WriteByte('\n')
	}
	for _, r := range roots {
		w.b.WriteString("r" + strconv.Itoa(w.number[r]))
	}
}

func (w *likeness) value(it *iteration, v *Value) {
	w.b.WriteString(v.Op.Name + " " + v.DType.String() + tensorShape(v.Shape))
	switch a := v.Attr.(type) {
	case *Leaf:
		if it.leaves[a.Var] != nil && a.Kind == VarLeaf {
			w.b.WriteString(" own " + w.f.relative(a.Var))
		} else {
			w.b.WriteString(" " + a.Text())
		}
	case *Loop:
		w.b.WriteString(" loop" + strconv.FormatInt(v.ID(), 10)) // loops in loops are not compared
	case nil:
	default:
		w.b.WriteString(" " + a.Text())
	}
	for _, a := range v.Args {
		w.b.WriteString(" " + strconv.Itoa(w.number[a]))
	}
}

// alike reports whether two neighbours can share a loop: they do the same and
// their variables are rows of the same homes.
func (f *forState) alike(a, b *iteration) bool {
	if a.text != b.text || len(a.leaves) != len(b.leaves) || len(a.leaves) == 0 {
		return false
	}
	for v := range a.leaves {
		x := f.l.vars[v.Name]
		y := f.l.vars[f.path+"."+strconv.Itoa(b.number)+"."+f.relative(v)]
		if y == nil || x.row < 0 || x.home != y.home || y.row != x.row+1 {
			return false
		}
	}
	return true
}
