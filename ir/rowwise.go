package ir

import (
	"slices"

	"github.com/gtc-lang/gtc/dsl"
)

// A batch that is taken in parts adds up, over its parts, rows times the
// part's objective and gradient, and divides by all rows. That is what the
// whole batch gives exactly if the objective is a mean over rows: a sum over
// rows of something that each row gives alone, divided by their number, beside
// terms that no row has part in. This file and the rules beside it find out how
// each value follows from the rows.

// rowKind is how a value follows from the rows of a batch.
type rowKind uint8

const (
	zeros   rowKind = iota // 0 everywhere, and so any of the others
	rowless                // c·n^power: c depends on no row, n is their number
	perRow                 // at row i along axis: n^power·f(row i)
	rowSum                 // n^power·Σ f(row i)
	mixed                  // anything else
)

// rowForm is a kind with its numbers. An axis of rows has their number as its
// size, or a multiple of it: then each row has as many elements in a run.
type rowForm struct {
	kind  rowKind
	axis  int // of perRow
	power int // of the number of rows; of rowless, perRow and rowSum
}

func (f rowForm) raised(power int) rowForm {
	if f.kind != zeros && f.kind != mixed {
		f.power += power
	}
	return f
}

// joined is the form of a value that may be either, or the sum of both: what
// no row has part in is also a sum, of n equal terms.
func joined(a, b rowForm) rowForm {
	switch {
	case a == b || b.kind == zeros:
		return a
	case a.kind == zeros:
		return b
	case a.kind == rowless && b.kind == rowSum && a.power == b.power+1:
		return b
	case a.kind == rowSum && b.kind == rowless && b.power == a.power+1:
		return a
	}
	return rowForm{kind: mixed}
}

// Whole is why a number of a batch is not the mean of what its parts give.
type Whole struct {
	At  dsl.Span // what is no sum over rows of what each gives alone
	Why string   // to stand under it
}

// String is the place and the reason; "" for nil.
func (w *Whole) String() string {
	if w == nil {
		return ""
	}
	return w.At.String() + ": " + w.Why
}

// WholeOnly is why a result of a batch is not the mean of what its parts give;
// nil when it is.
func WholeOnly(result Output, rows *dsl.Sym) *Whole {
	r := &rowwise{rows: rows}
	m := r.graph(Order(result.Value), nil)
	whole := func(v *Value, why string) *Whole {
		if v == nil || !v.At.Valid() {
			v = result.Value
		}
		return &Whole{v.At, why}
	}
	switch f := m.of(result.Value); {
	case f.kind == mixed && r.mixes != nil && r.holdsRows(r.mixes):
		return whole(r.mixes, "rows of a batch see each other here")
	case f.kind == mixed:
		return whole(r.mixes, "not a sum of what each row gives alone")
	case f.kind == rowSum && f.power != -1:
		return whole(m.origin(result.Value), "a sum over rows that is not divided by their number")
	case f.kind == rowless && f.power != 0:
		return whole(nil, "it depends on the number of rows")
	}
	return nil
}

// changesOnce is why a batch of a function must not be taken in parts whatever
// its results are: updates other than of the sums of gradients would be made
// once a part.
func changesOnce(f *Func) *Whole {
	for _, u := range f.Updates {
		if u.Var.Kind != GradVar {
			return &Whole{u.Var.At, "this state changes once a step"}
		}
	}
	return nil
}

// rowwise walks graphs.
type rowwise struct {
	rows  *dsl.Sym
	mixes *Value // the first value that is mixed and has a place
}

// forms has a form for each result of a value: one, but for loops.
type forms map[*Value][]rowForm

func (m forms) of(v *Value) rowForm { return m[v][0] }

// origin is where the sum over rows is made that a value is computed from.
func (m forms) origin(v *Value) *Value {
	for _, a := range v.Args {
		if m.of(a).kind == rowSum {
			return m.origin(a)
		}
	}
	return v
}

// graph finds the forms of values that stand in order; known has those of a
// body's parameters.
func (r *rowwise) graph(order []*Value, known forms) forms {
	m := forms{}
	for _, v := range order {
		if f, given := known[v]; given {
			m[v] = f
			continue
		}
		m[v] = r.form(v, m)
		if r.mixes == nil && v.At.Valid() && slices.Contains(m[v], rowForm{kind: mixed}) {
			r.mixes = v
		}
	}
	return m
}

// form applies the rule of a value's row.
func (r *rowwise) form(v *Value, m forms) []rowForm {
	args := make([]rowForm, len(v.Args))
	for i, a := range v.Args {
		args[i] = m.of(a)
		if args[i].kind == mixed && v.Op.Class != dsl.Structural {
			return []rowForm{{kind: mixed}}
		}
	}
	switch v.Op.Class {
	case dsl.Elementwise:
		return []rowForm{r.elementwise(v, args)}
	case dsl.Reduction:
		return []rowForm{r.reduction(v, args[0])}
	case dsl.Product:
		return []rowForm{r.product(v, args)}
	case dsl.Move:
		return []rowForm{r.move(v, args)}
	case dsl.Maker, dsl.Random:
		return []rowForm{r.made(v)}
	}
	return r.structural(v, args, m)
}

// axisOf is the axis of rows of a shape: -1 for none, and false when several
// axes, or sizes that are no multiple of the number of rows, have to do with
// rows.
func (r *rowwise) axisOf(shape []dsl.Dim) (axis int, ok bool) {
	axis = -1
	for k, d := range shape {
		switch n := r.powerOf(d); {
		case n == 0:
		case n == 1 && axis < 0:
			axis = k
		default:
			return 0, false
		}
	}
	return axis, true
}

// powerOf is how often the number of rows is a factor of a size; -1 for a size
// that depends on it otherwise.
func (r *rowwise) powerOf(d dsl.Dim) int {
	for power := 0; ; power++ {
		if !r.within(d) {
			return power
		}
		rest, ok := d.Over(r.rows)
		if !ok {
			return -1
		}
		d = rest
	}
}

func (r *rowwise) holdsRows(v *Value) bool { return slices.ContainsFunc(v.Shape, r.within) }

func (r *rowwise) within(d dsl.Dim) bool {
	for _, s := range d.Symbols() {
		if s == r.rows {
			return true
		}
	}
	return false
}

// likeShape is a form of a value of a shape that says nothing of rows but
// where their axis is.
func (r *rowwise) likeShape(shape []dsl.Dim, power int) rowForm {
	axis, ok := r.axisOf(shape)
	switch {
	case !ok:
		return rowForm{kind: mixed}
	case axis < 0:
		return rowForm{kind: rowless, power: power}
	}
	return rowForm{kind: perRow, axis: axis, power: power}
}
