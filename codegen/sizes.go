package codegen

import (
	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir/plan"
)

// symbols are the run-time dimensions of the function, in order of
// declaration.
func (f *frame) symbols() []*dsl.Sym { return symbols(f.generator, f.fn) }

func symbols(g *generator, fn *plan.Func) []*dsl.Sym {
	seen := sizes{}
	for _, b := range fn.Buffers {
		seen.note(b.Shape...)
		seen.note(b.Stride, b.Base)
	}
	seen.steps(fn.Steps)
	var list []*dsl.Sym
	for _, s := range g.plan.Program.Syms {
		if seen[s] {
			list = append(list, s)
		}
	}
	return list
}

// sizes collects the run-time dimensions that code may name.
type sizes map[*dsl.Sym]bool

func (z sizes) note(dims ...dsl.Dim) {
	for _, d := range dims {
		for _, s := range d.Symbols() {
			z[s] = true
		}
	}
}

func (z sizes) steps(list []*plan.Step) {
	for _, s := range list {
		switch k := s.Kernel.(type) {
		case *plan.Gemm:
			z.gemm(k)
		case *plan.Repeat:
			z.note(k.Trip)
			z.steps(k.Steps)
		}
	}
	walkLoops(list, z.loop)
}

func (z sizes) gemm(k *plan.Gemm) {
	z.note(k.M, k.N, k.K)
	for _, m := range []plan.Matrix{k.A, k.B, k.Out} {
		z.note(m.Base, m.Ld)
	}
	for _, b := range k.Batch {
		z.note(b.Size, b.A, b.B, b.Out)
	}
}

func (z sizes) loop(l *plan.Loop) {
	z.note(l.Space...)
	z.note(l.Split.Cost)
	for _, s := range l.Stages {
		z.note(s.Inner...)
		for i := range s.Body {
			z.note(s.Body[i].Size, s.Body[i].From)
		}
		accesses(s, func(a *plan.Access) {
			z.note(a.Shape...)
			for _, p := range a.Map {
				z.note(p.Const)
			}
			for _, g := range a.Guards {
				z.note(g.Pos.Const, g.Size)
			}
		})
	}
}
