package ir

import (
	"strconv"

	"github.com/gtc-lang/gtc/dsl"
)

// whole finds out whether a batch may be taken in parts, and refuses a program
// that says to take one in parts that may not be.
func (k *training) whole(rows *dsl.Sym) {
	f := k.l.prog.FuncOf(k.d.Name.Name, BackwardFunc)
	for _, r := range f.Results {
		if r.Name == k.t.Objectives[0] {
			k.t.Whole = WholeOnly(f, r.Value, rows)
		}
	}
	w := k.t.Whole
	if w == nil {
		return
	}
	if w.At.Source != k.l.file.Source && w.At.Via != nil {
		w.At = *w.At.Via
	}
	if at, instead := k.inParts(rows); at != nil {
		k.l.report(&dsl.Diagnostic{Code: "GT0322", At: w.At, Message: "the objective of a batch is not the mean of what its parts give", Here: w.Why,
			Labels: []dsl.Label{{At: at.Span(), Text: "this takes it in parts"}},
			Help:   "minimize a mean over rows of what each gives alone, or take each batch whole: " + instead})
	}
}

// inParts is what in the block takes batches in parts, whatever the data, and
// how to do without; nil when nothing does.
func (k *training) inParts(rows *dsl.Sym) (at dsl.Node, instead string) {
	if k.t.Accumulate > 1 {
		for _, e := range k.listed() {
			if name := callee(e.Call); name != nil && name.Name == "accumulate" {
				return e, "leave " + e.Span().Text() + " out"
			}
		}
	}
	for _, st := range k.d.Body.Stmts {
		if b, ok := st.(*dsl.BatchStmt); ok && len(k.t.Batch) > 0 && k.t.Batch[0].N > rows.Bound {
			return b, "write batch " + strconv.Itoa(rows.Bound) + ", or raise the bound of " + rows.Name
		}
	}
	return nil, ""
}
