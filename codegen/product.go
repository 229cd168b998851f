package codegen

import (
	"fmt"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir/plan"
)

// gemm calls the products, and then what is done to their result.
func (f *frame) gemm(s *plan.Step, k *plan.Gemm, b *block) {
	g := &productCall{frame: f, k: k, inner: plan.BatchAxis{Size: dsl.N(1)}, outer: k.Batch}
	if n := len(g.outer); n > 0 {
		g.inner, g.outer = g.outer[n-1], g.outer[:n-1]
	}
	for i := range g.outer {
		g.index = append(g.index, f.locals.pick(indexNames[i%len(indexNames)]))
	}
	tiled := k.Epilogue != nil && k.Tiled && !f.idle(k.Epilogue)
	products := "f.products"
	if tiled {
		products = fmt.Sprintf("f.products.After(f.tiles.%s)", f.tileMethod(s, k.Epilogue))
	}
	call := &block{}
	call.comment(fmt.Sprintf("%s = %s @ %s: %s", f.operand(k.Out), f.operand(k.A), f.operand(k.B), productShape(k)))
	call.line("%s", g.text(products))
	for i := len(g.outer) - 1; i >= 0; i-- {
		body := call
		call = &block{}
		call.nest(fmt.Sprintf("for %s := range %s", g.index[i], dimText(g.outer[i].Size)), body)
	}
	b.append(call)
	if k.Epilogue != nil && !tiled {
		f.loop(s, k.Epilogue, b)
	}
}

// productCall is a call of the products: of a whole batch along its last axis,
// in loops over the others.
type productCall struct {
	*frame
	k     *plan.Gemm
	inner plan.BatchAxis   // the last axis of the batch, of size 1 without any
	outer []plan.BatchAxis // those that have loops
	index []string         // the indices of these
}

// text is the call, of a method of products.
func (g *productCall) text(products string) string {
	k, x := g.k, g.inner
	a := g.matrix(k.A, func(x plan.BatchAxis) dsl.Dim { return x.A })
	b := g.matrix(k.B, func(x plan.BatchAxis) dsl.Dim { return x.B })
	out := g.matrix(k.Out, func(x plan.BatchAxis) dsl.Dim { return x.Out })
	m, n, depth := dimText(k.M), dimText(k.N), dimText(k.K)
	lda, ldb, ldout := dimText(k.A.Ld), dimText(k.B.Ld), dimText(k.Out.Ld)
	switch {
	case k.Pack != nil:
		return fmt.Sprintf("%s.GemmPacked(%t, %s, %s, %s, 1, %s, %s, %s, 0, %s, %s)", products, k.A.Trans, m, n, depth, a, lda, g.packedMatrix(k), out, ldout)
	case len(k.Batch) == 0:
		return fmt.Sprintf("%s.Gemm(%t, %t, %s, %s, %s, 1, %s, %s, %s, %s, 0, %s, %s)", products, k.A.Trans, k.B.Trans, m, n, depth, a, lda, b, ldb, out, ldout)
	}
	return fmt.Sprintf("f.products.GemmBatched(%s, %t, %t, %s, %s, %s, 1, %s, %s, %s, %s, %s, %s, 0, %s, %s, %s)", dimText(x.Size), k.A.Trans, k.B.Trans, m, n, depth,
		a, lda, dimText(x.A), b, ldb, dimText(x.B), out, ldout, dimText(x.Out))
}

// matrix is an operand from its first element on, in an iteration of the loops.
func (g *productCall) matrix(m plan.Matrix, stride func(plan.BatchAxis) dsl.Dim) string {
	at := newSum(len(g.outer))
	at.base = m.Base
	for i, x := range g.outer {
		at.coef[i] = stride(x)
	}
	text := g.whole(m.Buffer)
	if offset := at.text(g.index); offset != "0" {
		text += "[" + offset + ":]"
	}
	return text
}

func (f *frame) operand(m plan.Matrix) string {
	name := f.fields[root(m.Buffer)]
	if m.Trans {
		name += ".T"
	}
	return name
}

func productShape(k *plan.Gemm) string {
	text := fmt.Sprintf("[%s, %s] @ [%s, %s]", k.M, k.K, k.K, k.N)
	for i := len(k.Batch) - 1; i >= 0; i-- {
		text = k.Batch[i].Size.String() + " × " + text
	}
	return text
}
