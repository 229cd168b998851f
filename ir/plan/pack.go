package plan

import (
	"slices"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
)

// Pack is a copy of parameters in the order in which products read their right
// operand, made once a version of them: Count matrices [K, N], of which number
// i begins Base + i*Stride elements into Var and is stored transposed if Trans,
// its rows Ld elements apart. It belongs to the model: all functions share it.
type Pack struct {
	Var                   *ir.Var
	K, N, Ld, Base, Count int
	Stride                int
	Trans                 bool
}

// packedRow is the width of the panels that products read, in bytes: the rows
// of a packed matrix are filled up to a whole number of them. It is the same
// on every processor (runtime.PackedLen).
const packedRow = 128

// Elements is the size of the copy when a float has floatSize bytes.
func (p *Pack) Elements(floatSize int) int {
	width := packedRow / floatSize
	return p.Count * p.K * ((p.N + width - 1) / width * width)
}

// packBytes is the memory of copies.
func packBytes(list []*Pack, floatSize int) int {
	total := 0
	for _, p := range list {
		total += p.Elements(floatSize) * floatSize
	}
	return total
}

// Some products are left as they are: those of so few rows that each element
// of the right operand is used once or twice, and those whose operands stay in
// the second-level cache, where order does not matter.
const (
	packedRows     = 12
	packedElements = 220_000
)

// packs finds the products that read a parameter again and again in one
// version of it, and the packed copies they may read instead. A function that
// does not train is called many times with one version; a training step uses a
// parameter more than once inside a loop only.
func packs(p *Plan, all bool) {
	w := &packer{plan: p, all: all, known: map[Pack]*Pack{}}
	for _, f := range p.Funcs {
		switch f.IR.Kind {
		case ir.ForwardFunc, ir.EvalFunc, ir.EvaluateFunc:
			w.steps(f, f.Steps, nil, true)
		case ir.StepFunc, ir.BackwardFunc:
			w.steps(f, f.Steps, nil, false)
		}
	}
}

// packer makes the packs of a plan.
type packer struct {
	plan  *Plan
	all   bool // small ones too
	known map[Pack]*Pack
}

// steps marks the products among steps of f that lie inside of loops; again
// says that the function is called more than once a version.
func (w *packer) steps(f *Func, steps []*Step, loops []*Repeat, again bool) {
	for _, s := range steps {
		switch k := s.Kernel.(type) {
		case *Repeat:
			w.steps(f, k.Steps, append(slices.Clone(loops), k), again)
		case *Gemm:
			if !w.all && !k.worthPacking() {
				continue
			}
			if k.Pack = w.one(k.packed(loops, again)); k.Pack != nil && !slices.Contains(f.Packs, k.Pack) {
				f.Packs = append(f.Packs, k.Pack)
			}
		}
	}
}

// one is the pack of the plan that is equal to another.
func (w *packer) one(p *Pack) *Pack {
	if p == nil {
		return nil
	}
	if w.known[*p] == nil {
		w.known[*p] = p
		w.plan.Packs = append(w.plan.Packs, p)
	}
	return w.known[*p]
}

// packed is the copy that a product may read; nil if it should read the
// parameter itself.
func (k *Gemm) packed(loops []*Repeat, again bool) *Pack {
	in, rows := k.B.Buffer, (*Repeat)(nil)
	base, stride, count := k.B.Base, dsl.N(0), dsl.N(1)
	if in.Storage == InRow {
		at := slices.IndexFunc(loops, func(l *Repeat) bool { return l.Index == in.Iter })
		rows = loops[at]
		base, stride, count = base.Add(in.Base), in.Stride, rows.Trip
		in = in.Of
	}
	for _, l := range loops {
		again = again || l != rows && l.Trip.Max() > 1
	}
	if !again || len(k.Batch) > 0 || in.Storage != InVar || in.Var.Kind != ir.ParamVar {
		return nil
	}
	out := &Pack{Var: in.Var, Trans: k.B.Trans}
	sizes := []dsl.Dim{k.K, k.N, k.B.Ld, base, count, stride}
	for i, to := range []*int{&out.K, &out.N, &out.Ld, &out.Base, &out.Count, &out.Stride} {
		var known bool
		if *to, known = sizes[i].Const(); !known {
			return nil
		}
	}
	return out
}

// worthPacking reports whether the order of the right operand matters.
func (k *Gemm) worthPacking() bool {
	all := k.M.Mul(k.K).Add(k.K.Mul(k.N)).Add(k.M.Mul(k.N))
	return k.M.Max() >= packedRows && all.Max() > packedElements
}
