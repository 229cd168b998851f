package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
)

// Fits is nil when a model or a train block has at most limit bytes in use
// while it runs and a float has floatSize bytes; else an error (GT0505) with
// what takes most, and what to lower.
func (p *Plan) Fits(name string, floatSize int, limit int64) *dsl.Diagnostic {
	w := p.workspace(name)
	need := w.memory(floatSize)
	if int64(need) <= limit {
		return nil
	}
	return beyond(name, need, limit, w.breakdown(floatSize), w.tensors(floatSize))
}

// VarsFit is Fits for the interpreter, which has every variable of a program
// in float64, and rows as few as it is asked for.
func VarsFit(p *ir.Program, limit int64) *dsl.Diagnostic {
	const floatSize = 8
	list, need := held(p.Vars, floatSize), 0
	for _, t := range list {
		need += t.bytes
	}
	if int64(need) <= limit {
		return nil
	}
	return beyond(p.Source.Name, need, limit, "the interpreter has all variables in float64", list)
}

// taking is a tensor and the memory that it takes.
type taking struct {
	name  string
	at    dsl.Span
	shape []dsl.Dim
	bytes int
}

func held(vars []*ir.Var, floatSize int) (list []taking) {
	for _, v := range vars {
		list = append(list, taking{v.Name, v.At, v.Shape, ir.Volume(v.Shape).Max() * elementSize(v.DType, floatSize)})
	}
	return list
}

// tensors are those that a workspace has memory for.
func (w *workspace) tensors(floatSize int) []taking {
	list := held(w.vars, floatSize)
	for _, f := range w.funcs {
		for _, b := range f.Buffers {
			if b.Storage == InArena || b.Storage == InInput || b.Storage == InOutput {
				list = append(list, taking{b.Name, b.At, b.Shape, b.Bound * elementSize(b.DType, floatSize)})
			}
		}
	}
	return list
}

// beyond is the error about what needs more memory than there is, at the
// tensors that take most.
func beyond(name string, need int, limit int64, breakdown string, list []taking) *dsl.Diagnostic {
	d := &dsl.Diagnostic{Code: "GT0505", Message: fmt.Sprintf("%s needs %s of memory, and there are %s", name, bytesText(need), bytesText(int(limit)))}
	var bounds []*dsl.Sym
	for i, t := range largest(list, 3, need/20) {
		text := fmt.Sprintf("%s %s takes %s", t.name, shapeText(t.shape), bytesText(t.bytes))
		if i == 0 {
			d.At, d.Here = t.at, text
		} else {
			d.Labels = append(d.Labels, dsl.Label{At: t.at, Text: text})
		}
		for _, size := range t.shape {
			for _, s := range size.Symbols() {
				if !slices.Contains(bounds, s) {
					bounds = append(bounds, s)
				}
			}
		}
	}
	d.Help = breakdown + "; " + lower(bounds) + ", or take a machine with more memory (-memory says how much there is)"
	return d
}

// largest are the tensors that take most, at most n of at least so many bytes,
// one for each place in the program.
func largest(list []taking, n, least int) (most []taking) {
	slices.SortStableFunc(list, func(a, b taking) int { return cmp.Compare(b.bytes, a.bytes) })
	for _, t := range list {
		if t.at.Via != nil {
			t.at = *t.at.Via
		}
		known := slices.ContainsFunc(most, func(u taking) bool { return u.at.Same(t.at) })
		line := t.at.Valid() && !strings.Contains(t.at.Text(), "\n") // not a whole block
		if line && !known && len(most) < n && (t.bytes >= least || len(most) == 0) {
			most = append(most, t)
		}
	}
	return most
}

// lower says what to make smaller, given the dimensions that the largest
// tensors have.
func lower(syms []*dsl.Sym) string {
	if len(syms) == 0 {
		return "make the model smaller"
	}
	list := make([]string, len(syms))
	for i, s := range syms {
		list[i] = fmt.Sprintf("%s <= %d", s.Name, s.Bound)
	}
	bound := "bound"
	if len(list) > 1 {
		bound = "bounds"
	}
	return fmt.Sprintf("memory is planned for the %s %s, however little of it is used: lower the %[1]s, make the model smaller", bound, strings.Join(list, ", "))
}
