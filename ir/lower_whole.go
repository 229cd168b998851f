package ir

import (
	"slices"
	"strconv"

	"github.com/gtc-lang/gtc/dsl"
)

// whole finds out which numbers of a batch are the means of what its parts
// give, and refuses a program that says to take one in parts although what it
// goes by is not: its objective, or a report that its stop rule looks at.
func (k *training) whole(rows *dsl.Sym) {
	backward := k.l.prog.FuncOf(k.d.Name.Name, BackwardFunc)
	evaluate := k.l.prog.FuncOf(k.d.Name.Name, EvaluateFunc)
	for _, name := range k.t.Values() {
		k.t.Whole = append(k.t.Whole, Wholes{k.wholeOnly(backward, name, rows), k.wholeOnly(evaluate, name, rows)})
	}
	objective := &k.t.Whole[0]
	if objective.Training == nil {
		objective.Training = k.inProgram(changesOnce(backward))
	}
	if w := objective.Training; w != nil {
		k.refuseParts(rows, w, "the objective of a batch is not the mean of what its parts give", "minimize")
		return
	}
	for i, name := range k.t.Values() {
		if w := k.t.Whole[i].Training; w != nil && k.ends && slices.Contains(k.t.StopsBy(), name) {
			k.refuseParts(rows, w, quote(name)+" of a batch is not the mean of what its parts give, and training stops by it", "report")
		}
	}
}

// wholeOnly is WholeOnly of a function's result, at a place in this program.
func (k *training) wholeOnly(f *Func, name string, rows *dsl.Sym) *Whole {
	at := slices.IndexFunc(f.Results, func(r Output) bool { return r.Name == name })
	w := k.inProgram(WholeOnly(f.Results[at], rows))
	if r := k.t.Report(name); r != nil && w != nil && !w.At.Valid() {
		w.At = r.At
	}
	return w
}

// inProgram moves a reason from the library to the program's line that uses it.
func (k *training) inProgram(w *Whole) *Whole {
	if w != nil && w.At.Source != k.l.file.Source && w.At.Via != nil {
		w.At = *w.At.Via
	}
	return w
}

// refuseParts reports what in the block takes batches in parts, if anything
// does.
func (k *training) refuseParts(rows *dsl.Sym, w *Whole, message, verb string) {
	if at, instead := k.inParts(rows); at != nil {
		k.l.report(&dsl.Diagnostic{Code: "GT0322", At: w.At, Message: message, Here: w.Why,
			Labels: []dsl.Label{{At: at.Span(), Text: "this takes it in parts"}},
			Help:   verb + " a mean over rows of what each gives alone, or take each batch whole: " + instead})
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
