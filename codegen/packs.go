package codegen

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/gtc-lang/gtc/ir/plan"
)

// namePacks names the model's packed copies of parameters.
func (g *generator) namePacks() {
	g.packNames = map[*plan.Pack]string{}
	scope := (&names{}).scope()
	for _, p := range g.plan.Packs {
		name := local(g.shortPath(p.Var))
		if p.Trans {
			name += "T"
		}
		g.packNames[p] = scope.pick(name)
	}
}

// versions reports whether anything is kept for a version of the weights: only
// then do models count them.
func (g *generator) versions() bool { return g.derives() || len(g.plan.Packs) > 0 }

// packFields is the field of Model that holds the copies.
func (g *generator) packFields() jen.Code {
	if len(g.plan.Packs) == 0 {
		return jen.Null()
	}
	var fields []jen.Code
	for _, p := range g.plan.Packs {
		note := fmt.Sprintf("[%d, %d] %s", p.K, p.N, p.Var.Name)
		if p.Count > 1 {
			note = fmt.Sprintf("%d × %s", p.Count, note)
		}
		if p.Trans {
			note += ".T"
		}
		fields = append(fields, jen.Id(g.packNames[p]).Qual(rtPath, "Packed").Types(jen.Id(g.Float)).Add(remark(note)))
	}
	return jen.Add(remark("weights in the order in which products read them, once a version")).Line().Id("packed").Struct(fields...)
}

// packSources tells a new model's copies, w's, what they are of.
func (g *generator) packSources(b *block) {
	for _, p := range g.plan.Packs {
		b.line("w.packed.%s.Of(rt.Stack{K: %d, N: %d, Ld: %d, Base: %d, Count: %d, Stride: %d, Trans: %t}, w.%s)",
			g.packNames[p], p.K, p.N, p.Ld, p.Base, p.Count, p.Stride, p.Trans, g.tree.exprs[p.Var])
	}
}

// reservePacks writes what allocates the copies that frames of a workspace of
// model m read.
func (g *generator) reservePacks(frames []*frame, b *block) {
	done := map[*plan.Pack]bool{}
	for _, f := range frames {
		for _, p := range f.fn.Packs {
			if !done[p] {
				done[p] = true
				b.line("m.packed.%s.Reserve()", g.packNames[p])
			}
		}
	}
}

// reserveSlab writes what makes the memory that large products of the frames of
// a workspace w share with others.
func (g *generator) reserveSlab(frames []*frame, b *block) {
	for _, f := range frames {
		if k := f.fn.Large(); k != nil {
			b.line("w.products.Reserve(%d, %d, %d) // for the largest products", k.M.Max(), k.N.Max(), k.K.Max())
			return
		}
	}
}

// refreshPacks writes what brings the copies up to date that a call reads.
func (f *frame) refreshPacks(b *block) {
	for _, p := range f.fn.Packs {
		b.line("%s.Refresh(f.%s.model.version, f.products)", f.packText(p), f.owner.field)
	}
}

// packText is a packed copy as run sees it.
func (f *frame) packText(p *plan.Pack) string {
	return fmt.Sprintf("f.%s.model.packed.%s", f.owner.field, f.packNames[p])
}

// packedMatrix is the copy that a product reads.
func (f *frame) packedMatrix(k *plan.Gemm) string {
	row := "0"
	if b := k.B.Buffer; b.Storage == plan.InRow {
		row = "int(" + f.scalar(b.Iter) + ")"
	}
	return fmt.Sprintf("%s.Matrix(%s)", f.packText(k.Pack), row)
}
