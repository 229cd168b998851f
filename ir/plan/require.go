package plan

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
)

// CheckRequires compares the budgets that a program states with what was
// planned, when a float has floatSize bytes. The error is a dsl.ErrorList of
// those that are exceeded (GT0404).
func CheckRequires(p *Plan, floatSize int) error {
	var ds dsl.Diagnostics
	for _, r := range p.Program.Requires {
		if d := p.exceeded(r, floatSize); d != nil {
			ds.Add(d)
		}
	}
	return ds.Err()
}

func (p *Plan) exceeded(r ir.Require, floatSize int) *dsl.Diagnostic {
	w, text, verb := p.workspace(r.Of), strconv.Itoa, "it has "
	n := w.params()
	if r.What == ir.MemoryOf {
		n, text, verb = w.memory(floatSize), exactBytes, "it takes "
	}
	if have := float64(n); have < r.Limit || have == r.Limit && !r.Strict {
		return nil
	}
	d := &dsl.Diagnostic{Code: "GT0404", At: r.Cond.Span(), Here: verb + text(n),
		Message: fmt.Sprintf("%s(%s) is over its budget of %s", r.What, r.Of, text(int(math.Ceil(r.Limit)))),
		Help:    "make the model smaller, or raise the budget"}
	if r.What == ir.MemoryOf {
		d.Help = w.breakdown(floatSize) + "; lower the bound of a run-time dimension, make the model smaller, or raise the budget"
	}
	return d
}

// workspace is what the functions of one model or train block use together:
// their variables once, rows and results of the largest, one arena in which
// each has room, and the scratch of products.
type workspace struct {
	vars  []*ir.Var
	packs []*Pack
	funcs []*Func
	arena Arena
}

func (p *Plan) workspace(name string) *workspace {
	w := &workspace{}
	seen := map[*ir.Var]bool{}
	for _, f := range p.Funcs {
		if f.IR.Name != name {
			continue
		}
		w.arena = w.arena.WithRoom(f.Arena)
		if f.IR.Kind == ir.InitFunc {
			continue
		}
		w.funcs = append(w.funcs, f)
		for _, k := range f.Packs {
			if !slices.Contains(w.packs, k) {
				w.packs = append(w.packs, k)
			}
		}
		for _, b := range f.Buffers {
			if b.Storage == InVar && !seen[b.Var] {
				seen[b.Var] = true
				w.vars = append(w.vars, b.Var)
			}
		}
	}
	return w
}

// params is the number of parameters.
func (w *workspace) params() int {
	n := 0
	for _, v := range w.vars {
		if v.Kind == ir.ParamVar {
			n += ir.Volume(v.Shape).Max()
		}
	}
	return n
}

// variables is the bytes of all variables, and of packed copies.
func (w *workspace) variables(floatSize int) int {
	n := packBytes(w.packs, floatSize)
	for _, v := range w.vars {
		n += ir.Volume(v.Shape).Max() * elementSize(v.DType, floatSize)
	}
	return n
}

// rows is the most that one function takes and gives, in bytes.
func (w *workspace) rows(floatSize int) int {
	most := 0
	for _, f := range w.funcs {
		most = max(most, f.Bytes(InInput, floatSize)+f.Bytes(InOutput, floatSize))
	}
	return most
}

// scratch is what products have to themselves, with one thread.
func (w *workspace) scratch(floatSize int) int {
	most := 0
	for _, f := range w.funcs {
		most = max(most, f.Scratch(floatSize))
	}
	return most
}

func (w *workspace) memory(floatSize int) int {
	return w.variables(floatSize) + w.rows(floatSize) + w.arena.Bytes(floatSize) + w.scratch(floatSize)
}

func (w *workspace) breakdown(floatSize int) string {
	return fmt.Sprintf("variables take %s, rows and results %s, intermediate tensors %s, products %s", bytesText(w.variables(floatSize)),
		bytesText(w.rows(floatSize)), bytesText(w.arena.Bytes(floatSize)), bytesText(w.scratch(floatSize)))
}

// exactBytes is a number of bytes, and what that is in the unit that suits it.
func exactBytes(n int) string {
	if short := bytesText(n); short != strconv.Itoa(n)+" B" {
		return fmt.Sprintf("%d bytes (%s)", n, short)
	}
	return strconv.Itoa(n) + " bytes"
}
