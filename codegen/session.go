package codegen

import (
	"fmt"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/plan"
)

// sessionFile is the inference workspace: models and eval blocks as methods.
func (g *generator) sessionFile(pkg string) *jen.File {
	file := g.file(pkg)
	o := g.owner("Session", "session", "model.")
	methods := (&names{}).scope("model", "pool", "products")
	models := len(g.funcs(ir.ForwardFunc))
	var frames []*frame
	var fields []jen.Code
	var names, places []string
	kept := map[*frame]*derived{}
	for _, fn := range g.funcs(ir.ForwardFunc, ir.EvalFunc) {
		d := g.newDerived(fn.IR.Name, o, methods.pick(local(fn.IR.Name)+"Kept"))
		f := g.newFrame(fn, local(fn.IR.Name)+exported(string(fn.IR.Kind)), o, nil)
		name := exported(fn.IR.Name)
		if fn.IR.Kind == ir.ForwardFunc {
			name = "Forward"
			if models > 1 {
				name += exported(fn.IR.Name)
			}
		}
		names = append(names, methods.pick(name))
		g.forwards = append(g.forwards, &forward{f, names[len(names)-1]})
		field := methods.pick(local(fn.IR.Name) + "Frame")
		places = append(places, "w."+field)
		fields = append(fields, jen.Id(field).Id(f.name))
		frames = append(frames, f)
		if d != nil {
			kept[f] = d
			fields = append(fields, d.declaration())
		}
	}
	var code []jen.Code
	for i, f := range frames {
		code = append(code, g.method(f, names[i], strings.TrimPrefix(places[i], "w."), kept[f]))
		code = append(code, f.code()...)
		if d := kept[f]; d != nil {
			code = append(append(code, d.refresh()), d.frame.code()...)
		}
	}
	for _, f := range g.forwards {
		if prepare := f.prepare(); prepare != nil {
			code = append(code, prepare)
		}
	}
	addAll(file, []jen.Code{g.sessionType(fields, frames), g.newSession(frames, places, kept)})
	addAll(file, code)
	return file
}

func (g *generator) sessionType(fields []jen.Code, frames []*frame) jen.Code {
	all := append([]jen.Code{
		jen.Id("model").Op("*").Id("Model"),
		jen.Id("pool").Op("*").Qual(rtPath, "Pool"),
		jen.Id("products").Op("*").Qual(rtPath, "Products").Types(jen.Id(g.Float)),
	}, fields...)
	doc := fmt.Sprintf("Session is an inference workspace of %s.", g.bytesNote(arenas(frames), frames))
	return jen.Add(remark(doc)).Line().Add(remark("One goroutine uses it at a time; its methods allocate nothing.")).Line().Type().Id("Session").Struct(all...)
}

func (g *generator) newSession(frames []*frame, places []string, kept map[*frame]*derived) jen.Code {
	b := &block{}
	g.workspace("Session", "m.", b)
	for _, f := range frames {
		if d := kept[f]; d != nil {
			d.allocate(b)
			frames, places = append(frames, d.frame), append(places, d.place())
		}
	}
	g.memory(frames, places, b)
	g.reservePacks(frames, b)
	g.reserveSlab(frames, b)
	b.line("return w")
	return jen.Add(remark("Session makes a workspace for inference.")).Line().
		Func().Params(jen.Id("m").Op("*").Id("Model")).Id("Session").Params().Op("*").Id("Session").Block(b.code...)
}

// workspace makes w, a workspace of a model m.
func (g *generator) workspace(typeName, _ string, b *block) {
	b.add(jen.Id("w").Op(":=").Op("&").Id(typeName).Values(jen.Dict{
		jen.Id("model"): jen.Id("m"), jen.Id("pool"): jen.Id("m.pool"),
		jen.Id("products"): jen.Qual(rtPath, "NewProducts").Types(jen.Id(g.Float)).Call(jen.Id("m.pool")),
	}))
	b.line("w.products.Plug(m.blas)")
}

// method is a function of the program as a method of the session.
func (g *generator) method(f *frame, name, field string, kept *derived) jen.Code {
	b := &block{}
	b.line("f := &s.%s", field)
	var params []jen.Code
	syms := f.symbols()
	scope := (&names{}).scope("f", "s", "err", "rt")
	inferred := f.inferred(syms)
	if inferred == "" {
		for _, s := range syms {
			id := scope.pick(paramName(s.Name))
			params = append(params, jen.Id(id).Int())
			b.line("f.%s = %s", dimField(s.Name), id)
		}
	}
	for _, x := range append(append([]*plan.Buffer{}, f.inputs...), f.outputs...) {
		id := scope.pick(paramName(f.argName(x)))
		params = append(params, jen.Id(id).Index().Id(f.goType(x.DType)))
		b.line("%s = %s", f.field(x), id)
	}
	if inferred != "" {
		b.line("f.%s = %s", dimField(syms[0].Name), inferred)
	}
	results, end := f.scalarResults(b)
	if f.draws {
		b.line("f.seed = s.model.seed")
	}
	if len(f.inputs)+len(f.outputs) > 0 {
		b.nest("if err := f.check(); err != nil", end)
	}
	if kept != nil {
		b.nest("if err := s."+kept.method()+"(); err != nil", end)
	}
	if len(f.outputs) == len(f.fn.Results) {
		b.line("return f.run()")
	} else {
		b.nest("if err := f.run(); err != nil", end)
		b.add(results...)
	}
	code := jen.Empty()
	for _, line := range f.doc(name) {
		code.Add(remark(line)).Line()
	}
	code.Func().Params(jen.Id("s").Op("*").Id("Session")).Id(name).Params(params...)
	return f.signature(code, scope).Block(b.code...)
}

// scalarResults are the statements that return what is a single number, and
// those that return an error.
func (f *frame) scalarResults(*block) (ok []jen.Code, fail *block) {
	fail = &block{}
	var values, zeros []string
	for _, r := range f.fn.Results {
		if r.Storage == plan.InOutput {
			continue
		}
		values = append(values, f.scalarText(r))
		zero := "0"
		if r.DType == ir.Bool {
			zero = "false"
		}
		zeros = append(zeros, zero)
	}
	fail.line("return %s", strings.Join(append(zeros, "err"), ", "))
	return []jen.Code{jen.Op("return " + strings.Join(append(values, "nil"), ", "))}, fail
}

// scalarText is a number that may lie in a variable of rank 0.
func (f *frame) scalarText(b *plan.Buffer) string {
	switch b.Storage {
	case plan.InScalar, plan.InSetting:
		return f.scalar(b)
	}
	return f.whole(b) + "[0]"
}

// signature adds the types of a method's results.
func (f *frame) signature(code *jen.Statement, scope *names) *jen.Statement {
	var types []jen.Code
	for i, r := range f.fn.Results {
		if r.Storage != plan.InOutput {
			types = append(types, jen.Id(scope.pick(paramName(f.fn.IR.Results[i].Name))).Id(f.goType(r.DType)))
		}
	}
	if len(types) == 0 {
		return code.Error()
	}
	return code.Params(append(types, jen.Id("err").Error())...)
}

// paramName is the name of a parameter of a method.
func paramName(name string) string {
	if len(name) == 1 {
		return name
	}
	return local(name)
}

// inferred is how the only run-time dimension follows from the length of the
// first input that has it along its first axis: "" when it does not.
func (f *frame) inferred(syms []*dsl.Sym) string {
	if len(syms) != 1 {
		return ""
	}
	for _, x := range f.inputs {
		if len(x.Shape) == 0 || x.Shape[0].Symbol() != syms[0] {
			continue
		}
		row, ok := volume(x.Shape[1:]).Const()
		if !ok || row == 0 {
			continue
		}
		if row == 1 {
			return "len(" + f.field(x) + ")"
		}
		return fmt.Sprintf("len(%s) / %d", f.field(x), row)
	}
	return ""
}

// doc describes a method.
func (f *frame) doc(name string) []string {
	var in, out []string
	for _, x := range f.inputs {
		in = append(in, fmt.Sprintf("%s %s", f.argName(x), shapeText(x.Shape)))
	}
	for i, r := range f.fn.IR.Results {
		out = append(out, fmt.Sprintf("%s %s", f.fn.IR.Results[i].Name, shapeText(r.Value.Shape)))
	}
	lines := []string{fmt.Sprintf("%s computes %s: from %s to %s.", name, f.fn.IR.Name, listed(in), listed(out))}
	for _, s := range f.symbols() {
		lines = append(lines, fmt.Sprintf("%s is at most %d.", s.Name, s.Bound))
	}
	if changed := f.changed(); len(changed) > 0 {
		lines = append(lines, fmt.Sprintf("It changes %s, which all sessions share: one at a time may call it.", listed(changed)))
	}
	if at := sourceLine(f.fn.IR.At); at != "" {
		lines = append(lines, "", "\t"+at)
	}
	return lines
}

// changed are the names of the states that a call leaves in another version.
func (f *frame) changed() []string {
	var names []string
	for _, u := range f.fn.IR.Updates {
		names = append(names, u.Var.Name)
	}
	return names
}

func listed(items []string) string {
	if len(items) == 0 {
		return "nothing"
	}
	return strings.Join(items, ", ")
}
