package codegen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/plan"
)

// train writes the training workspace of a train block.
type train struct {
	*generator
	t        *ir.Train
	name     string // of the type, and of the method of Model
	recv     *owner
	step     *frame
	backward *frame
	apply    *frame
	evaluate *frame
	kept     *derived // of evaluate; nil for nothing
	first    *frame   // makes the first versions; nil when there is nothing to make
	settings *settings
	vars     []*ir.Var // slots and sums of gradients
	varNames map[*ir.Var]string
	batch    *dsl.Sym
}

func (g *generator) trains() []*train {
	var list []*train
	for _, t := range g.plan.Program.Trains {
		list = append(list, g.newTrain(t))
	}
	return list
}

func (g *generator) newTrain(t *ir.Train) *train {
	k := &train{generator: g, t: t, name: g.trainNames[t], varNames: map[*ir.Var]string{}}
	k.batch = g.funcOf(t.Name, ir.StepFunc).IR.Inputs[0].Shape[0].Symbol()
	k.recv = g.owner(k.name, "fit", "model.")
	k.recv.list = "program.Settings"
	fields := (&names{}).scope()
	for _, v := range g.plan.Program.Vars {
		if v.Train == t.Name && v.Kind != ir.DerivedVar {
			k.vars = append(k.vars, v)
			k.varNames[v] = "vars." + fields.pick(local(g.shortPath(v)))
			k.recv.varField[v] = k.varNames[v]
		}
	}
	k.settings = k.newSettings()
	k.kept = g.newDerived(t.Name, k.recv, "kept")
	k.step = k.frame(ir.StepFunc)
	k.backward = k.frame(ir.BackwardFunc)
	k.apply = k.frame(ir.ApplyFunc)
	k.evaluate = k.frame(ir.EvaluateFunc)
	if fn := g.funcOf(t.Name, ir.InitFunc); fn != nil {
		k.first = g.newFrame(fn, local(t.Name)+"Init", k.recv, nil)
	}
	return k
}

func (k *train) frame(kind ir.FuncKind) *frame {
	return k.newFrame(k.funcOf(k.t.Name, kind), local(k.t.Name)+exported(string(kind)), k.recv, k.batch)
}

func (k *train) frames() []*frame { return []*frame{k.step, k.backward, k.apply, k.evaluate} }

var trainFields = []string{"step", "backward", "apply", "evaluate"}

// fileName is the file of the workspace. It has no underscores: they would
// tell the go command what to build it for.
func (k *train) fileName() string {
	name := strings.ToLower(k.name)
	if name == "model" || name == "session" {
		name += "train"
	}
	return name + ".gen.go"
}

func (k *train) file(pkg string) *jen.File {
	file := k.generator.file(pkg)
	var code []jen.Code
	for _, f := range k.frames() {
		code = append(code, f.code()...)
		if len(f.inputs) > 0 {
			code = append(code, k.load(f))
		}
	}
	if k.first != nil {
		code = append(code, k.first.code()...)
	}
	if k.kept != nil {
		code = append(append(code, k.kept.refresh()), k.kept.frame.code()...)
	}
	addAll(file, []jen.Code{k.workspaceType(), k.settings.typeDecl(), k.settings.defaults(), k.newWorkspace(), k.program(), k.settings.refresh(), k.settings.stop()})
	if len(k.settings.rule.parts) > 0 {
		addAll(file, []jen.Code{k.settings.why()})
	}
	addAll(file, k.publicMethods())
	addAll(file, k.jobMethods())
	if data := k.dataFunc(); data != nil {
		addAll(file, []jen.Code{data})
	}
	addAll(file, code)
	return file
}

func (k *train) workspaceType() jen.Code {
	var vars []jen.Code
	for _, v := range k.vars {
		vars = append(vars, jen.Id(strings.TrimPrefix(k.varNames[v], "vars.")).Index().Id(k.Float).Add(remark(shapeText(v.Shape)+" "+v.Name)))
	}
	fields := []jen.Code{
		jen.Add(remark("Settings may be changed between steps.")).Line().Id("Settings").Id(k.settings.typeName),
		jen.Line(),
		jen.Id("model").Op("*").Id("Model"),
		jen.Id("pool").Op("*").Qual(rtPath, "Pool"),
		jen.Id("products").Op("*").Qual(rtPath, "Products").Types(jen.Id(k.Float)),
		jen.Id("program").Qual(rtPath, "Program").Types(jen.Id(k.Float)),
		jen.Id("grads").Index().Qual(rtPath, "Tensor").Types(jen.Id(k.Float)),
		jen.Id("rows").Qual(rtPath, "Batch").Types(jen.Id(k.Float)).Add(remark("that a caller gave")),
		jen.Line(),
		jen.Add(remark("what a run takes numbers for batch and accumulate from")).Line().Id("batch").Op(",").Id("accumulate").Float64(),
		jen.Line(),
		jen.Id("vars").Struct(vars...),
		jen.Line(),
	}
	for i, f := range k.frames() {
		fields = append(fields, jen.Id(trainFields[i]).Id(f.name))
	}
	if k.kept != nil {
		fields = append(fields, k.kept.declaration())
	}
	doc := fmt.Sprintf("%s is a training workspace of %s, beside the weights.", k.name, k.bytesNote(k.memoryOf(), k.frames()))
	return jen.Add(remark(doc)).Line().Add(remark("One goroutine uses it at a time; a step allocates nothing.")).Line().Add(remark("")).Line().Add(remark("\t" + sourceLine(k.t.At))).Line().Type().Id(k.name).Struct(fields...)
}

func (k *train) memoryOf() plan.Arena {
	a := arenas(k.frames())
	for _, v := range k.vars {
		a.Floats += volume(v.Shape).Max()
	}
	return a
}

// newWorkspace is the method of Model that makes it.
func (k *train) newWorkspace() jen.Code {
	b := &block{}
	k.workspace(k.name, "m.", b)
	b.line("w.Settings = cfg")
	k.allocate("w.", k.varNames, k.vars, "", b)
	frames, fields := k.frames(), []string{"w.step", "w.backward", "w.apply", "w.evaluate"}
	if k.kept != nil {
		k.kept.allocate(b)
		frames, fields = append(frames, k.kept.frame), append(fields, k.kept.place())
	}
	if k.first != nil {
		b.line("var first %s", k.first.name)
		frames, fields = append(frames, k.first), append(fields, "first")
	}
	k.memory(frames, fields, b)
	k.reservePacks(frames, b)
	k.reserveSlab(frames, b)
	if k.first != nil {
		if k.first.draws {
			b.line("first.seed = m.seed")
		}
		b.comment("first values depend on nothing that could fail")
		b.line("_ = first.run()")
	}
	for _, v := range k.vars {
		if v.Kind == ir.GradVar && v.Of != nil {
			grad := *v
			grad.Name = v.Of.Name
			b.add(k.tensorEntry(&grad, "w.grads", jen.Id("w."+k.varNames[v]), "Weight"))
		}
	}
	b.line("w.describe()")
	b.line("return w")
	doc := fmt.Sprintf("%s makes a workspace that trains the model.", k.name)
	return jen.Add(remark(doc)).Line().
		Func().Params(jen.Id("m").Op("*").Id("Model")).Id(k.name).Params(jen.Id("cfg").Id(k.settings.typeName)).Op("*").Id(k.name).Block(b.code...)
}

// ports describe the rows of the inputs.
func (k *train) ports() (list []jen.Code) {
	for _, in := range k.step.fn.IR.Inputs {
		name := in.Attr.(*ir.Leaf).Name
		var more []field
		if slices.Contains(k.t.Classes, name) {
			more = append(more, field{"Class", jen.True()})
		}
		list = append(list, port(name, in, k.t.Indexed[name], more...))
	}
	return list
}

// program is the method that tells the loop what it has to know.
func (k *train) program() jen.Code {
	b := &block{}
	ports := k.ports()
	b.line("p := &w.program")
	b.add(jen.Id("p.Name").Op(",").Id("p.Structure").Op(",").Id("p.Kernels").Op("=").List(jen.Lit(k.t.Name), jen.Id("Structure"), jen.Qual(rtPath, "Kernels").Call()))
	b.line("p.Source, p.File = Source, SourceName")
	b.add(jen.Id("p.Ports").Op("=").Index().Qual(rtPath, "Port").Values(append(ports, jen.Line())...))
	b.add(jen.Id("p.Values").Op("=").Index().Qual(rtPath, "Value").Values(append(k.values(), jen.Line())...))
	b.line("p.Results = make([]float64, %d)", len(k.results()))
	if !k.rated() {
		b.line("p.LR = rt.NaN()")
	}
	b.line("p.MaxRows = %d", k.batch.Bound)
	b.line("p.Tensors = append(p.Tensors, w.model.tensors...)")
	for _, v := range k.vars {
		if v.Kind == ir.SlotVar {
			b.add(k.tensorEntry(v, "p.Tensors", jen.Id("w."+k.varNames[v]), "Optimizer"))
		}
	}
	b.add(k.settings.list())
	b.line("p.Seed = w.model.seed")
	b.line("p.Stop = w.stop")
	if names := k.stopsBy(); len(names) > 0 {
		b.add(jen.Id("p.StopsBy").Op("=").Index().String().Values(names...))
	}
	if len(k.settings.rule.parts) > 0 {
		b.line("p.Why = w.why")
	}
	if k.t.Awaits != "" {
		b.line("p.Awaits = %q", k.t.Awaits)
	}
	b.line("p.Refresh = w.refresh")
	b.line("w.batch, w.accumulate = float64(w.Settings.Batch), float64(w.Settings.Accumulate)")
	if k.settings.total {
		b.line("p.Total = w.Settings.Total")
	}
	b.line("w.refresh()")
	b.line("w.rows.Floats, w.rows.Ints = make([][]%s, %d), make([][]int32, %d)", k.Float, len(ports), len(ports))
	return jen.Add(remark("describe tells the loop what it has to know.")).Line().
		Func().Params(jen.Id("w").Op("*").Id(k.name)).Id("describe").Params().Block(b.code...)
}

// results are the names of the numbers that a step reports.
func (k *train) results() []string { return k.t.Values() }

// directions are the runtime's words.
var directions = map[dsl.Direction]string{dsl.Lower: "Lower", dsl.Higher: "Higher"}

// values are what the loop has to know of the numbers that a step reports.
func (k *train) values() (list []jen.Code) {
	for i, name := range k.results() {
		better := dsl.Lower // of an objective
		if r := k.t.Report(name); r != nil {
			better = r.Better
		}
		fields := []field{{"Name", jen.Lit(name)}}
		if better != dsl.Neither {
			fields = append(fields, field{"Better", jen.Qual(rtPath, directions[better])})
		}
		w := k.t.Whole[i]
		if w.Training != nil {
			fields = append(fields, field{"Whole", jen.Lit(w.Training.String())})
		}
		if w.Evaluating != nil {
			fields = append(fields, field{"WholeValidation", jen.Lit(w.Evaluating.String())})
		}
		list = append(list, inline(fields...))
	}
	return list
}

// stopsBy are the numbers of a step that the stop rule looks at, beside the
// objective's.
func (k *train) stopsBy() (names []jen.Code) {
	for _, name := range k.t.StopsBy() {
		if k.t.Report(strings.TrimPrefix(name, "val.")) != nil {
			names = append(names, jen.Lit(name))
		}
	}
	return names
}

// load is the method that takes a batch into a frame.
func (k *train) load(f *frame) jen.Code {
	b := &block{}
	for _, s := range f.symbols() {
		if s == k.batch {
			b.line("f.%s = b.Rows", dimField(s.Name))
		} else {
			b.line("f.%s = %d", dimField(s.Name), s.Bound)
		}
	}
	for _, x := range f.inputs {
		list := "Floats"
		if x.DType == ir.Int {
			list = "Ints"
		}
		b.line("%s = b.%s[%d]", f.field(x), list, x.Index)
	}
	if f.draws {
		b.line("f.seed, f.first = f.fit.program.Seed, b.First")
	}
	b.line("return f.check()")
	return jen.Add(remark("load takes the rows of a batch.")).Line().
		Func().Params(jen.Id("f").Op("*").Id(f.name)).Id("load").Params(jen.Id("b").Op("*").Qual(rtPath, "Batch").Types(jen.Id(k.Float))).Error().Block(b.code...)
}
