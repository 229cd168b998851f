package codegen

import (
	"fmt"
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/plan"
)

// attach writes the method that gives a frame its memory: variables, and places
// in the arenas of its workspace.
func (f *frame) attach() jen.Code {
	b := &block{}
	b.line("f.%s, f.pool, f.products = w, w.pool, w.products", f.owner.field)
	for _, x := range f.fn.Buffers {
		if x.First < 0 {
			continue
		}
		switch x.Storage {
		case plan.InVar:
			b.line("f.%s = w.%s", f.fields[x], f.owner.varField[x.Var])
		case plan.InArena:
			b.line("f.%s = %s[%d:%d]", f.fields[x], arenaName(x.DType), x.Offset, x.Offset+x.Bound)
		}
	}
	for _, m := range f.bound {
		b.line("f.bound.%s = f.%s", m, m)
	}
	for _, m := range f.tiles {
		b.line("f.tiles.%s = f.%s", m, m)
	}
	return jen.Add(remark("attach gives the frame its memory.")).Line().
		Func().Params(jen.Id("f").Op("*").Id(f.name)).Id("attach").
		Params(jen.Id("w").Op("*").Id(f.owner.typeName), jen.Id("floats").Index().Id(f.Float), jen.Id("ints").Index().Int32(), jen.Id("bools").Index().Bool()).
		Block(b.code...)
}

func arenaName(t ir.DType) string {
	return [...]string{"floats", "ints", "bools"}[t]
}

// check writes the method that refuses sizes and positions before a call.
func (f *frame) validate() jen.Code {
	b := &block{}
	refuse := &block{}
	refuse.line("return err")
	test := func(call *jen.Statement) {
		b.add(jen.If(jen.Id("err").Op(":=").Add(call), jen.Err().Op("!=").Nil()).Block(refuse.code...))
	}
	for _, s := range f.symbols() {
		test(jen.Qual(rtPath, "CheckRows").Call(jen.Lit(s.Name), jen.Op("f."+dimField(s.Name)), jen.Lit(s.Bound)))
	}
	for _, x := range append(append([]*plan.Buffer{}, f.inputs...), f.outputs...) {
		args := []jen.Code{jen.Lit(f.argName(x)), jen.Lit(shapeText(x.Shape)), jen.Op("len(" + f.field(x) + ")")}
		for _, d := range x.Shape {
			args = append(args, jen.Op(dimText(d)))
		}
		test(jen.Qual(rtPath, "CheckLength").Call(args...))
	}
	for _, x := range f.inputs {
		for _, limit := range f.limits[x.Index] {
			test(jen.Qual(rtPath, "CheckIndices").Call(jen.Lit(f.argName(x)), jen.Op(f.field(x)), jen.Op(dimText(limit))))
		}
	}
	refused := "sizes and positions"
	if f.ranged() {
		test(f.checkSettings())
		refused = "sizes, positions and settings"
	}
	b.line("return nil")
	return jen.Add(remark("check refuses " + refused + " that do not fit.")).Line().
		Func().Params(jen.Id("f").Op("*").Id(f.name)).Id("check").Params().Error().Block(b.code...)
}

// ranged reports whether a frame reads a setting that declares what it may be.
func (f *frame) ranged() bool {
	return slices.ContainsFunc(f.settings, func(b *plan.Buffer) bool { return b.Setting.In != nil })
}

// checkSettings checks all settings of the owner.
func (f *frame) checkSettings() *jen.Statement {
	return jen.Qual(rtPath, "CheckSettings").Call(jen.Op("f." + f.owner.field + "." + f.owner.list))
}

// argName is an input's or a result's name in the source.
func (f *frame) argName(b *plan.Buffer) string {
	if b.Storage == plan.InInput {
		return b.Value.Attr.(*ir.Leaf).Name
	}
	return f.fn.IR.Results[b.Index].Name
}

// code is everything of a frame: its type, and its methods.
func (f *frame) code() []jen.Code {
	run := f.run()
	list := []jen.Code{f.declaration(), f.attach()}
	if len(f.inputs)+len(f.outputs) > 0 {
		list = append(list, f.validate())
	}
	list = append(list, run)
	if f.checks() {
		list = append(list, f.locate())
	}
	return append(list, f.methods...)
}

// addAll adds declarations to a file, a line apart.
func addAll(file *jen.File, list []jen.Code) {
	for _, c := range list {
		file.Add(c)
		file.Line()
	}
}

// arenas are the sizes that hold any of the frames.
func arenas(frames []*frame) plan.Arena {
	var a plan.Arena
	for _, f := range frames {
		a = a.WithRoom(f.fn.Arena)
	}
	return a
}

// memory writes the statements that make the arenas and attach frames of w.
func (g *generator) memory(frames []*frame, fields []string, b *block) {
	a := arenas(frames)
	args := ""
	for t, n := range []int{a.Floats, a.Ints, a.Bools} {
		if n == 0 {
			args += ", nil"
			continue
		}
		name := arenaName(ir.DType(t))
		b.line("%s := %s", name, g.room(ir.DType(t), n))
		args += ", " + name
	}
	for i := range frames {
		b.line("%s.attach(w%s)", fields[i], args)
	}
}

// room is Go for memory of n elements, aligned if it is of floats.
func (g *generator) room(t ir.DType, n int) string {
	if t == ir.Float {
		return fmt.Sprintf("rt.Memory[%s](%d)", g.Float, n)
	}
	return fmt.Sprintf("make([]%s, %d)", g.goType(t), n)
}

func (g *generator) bytesNote(a plan.Arena, frames []*frame) string {
	scratch := 0
	for _, f := range frames {
		scratch = max(scratch, f.fn.Scratch(g.floatSize()))
	}
	if scratch == 0 {
		return fmt.Sprintf("%d bytes", a.Bytes(g.floatSize()))
	}
	return fmt.Sprintf("%d bytes, %d of them for products", a.Bytes(g.floatSize())+scratch, scratch)
}

func (g *generator) floatSize() int {
	if g.Float == "float64" {
		return 8
	}
	return 4
}
