package codegen

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dave/jennifer/jen"

	"github.com/gtc-lang/gtc/ir"
)

// modelFile is the model: weights, how they begin, and how they are kept.
func (g *generator) modelFile(pkg string, trains []*train) *jen.File {
	file := g.file(pkg)
	file.PackageComment(commentLine(fmt.Sprintf("Package %s is what %s says: models, and how they are trained.", pkg, g.sourceName())))
	init := g.initFrame()
	code := init.code()
	addAll(file, []jen.Code{
		jen.Const().Defs(
			jen.Id("SourceName").Op("=").Lit(g.sourceName()).Add(remark("the file this package is generated from")),
			jen.Id("Structure").Op("=").Lit(g.structure()).Add(remark("a hash of the models' structure, kept in saved files")),
		),
		jen.Add(remark("Source is the text of the program.")).Line().Const().Id("Source").Op("=").Add(literal(g.plan.Program.Source.Text)),
		jen.Const().Id("_").Op("=").Qual(rtPath, "GeneratedForRuntime4_IfUndefinedRunGtcCompileAgain"),
	})
	g.numbers(file)
	addAll(file, []jen.Code{g.options(), g.modelType(), g.newModel(init), g.modelMethods()})
	if g.versions() {
		addAll(file, []jen.Code{g.changed()})
	}
	addAll(file, code)
	return file
}

// literal is a text as Go, as it stands where that is possible.
func literal(text string) jen.Code {
	for _, r := range text {
		if r == utf8.RuneError || r == '\uFEFF' || r < ' ' && r != '\n' && r != '\t' || !unicode.IsGraphic(r) && r >= ' ' {
			return jen.Lit(text)
		}
	}
	return jen.Op("`" + strings.ReplaceAll(text, "`", "` + \"`\" + `") + "`")
}

// numbers declares what has no literal in Go.
func (g *generator) numbers(file *jen.File) {
	if g.usesInf {
		file.Var().Id("inf").Op("=").Id(g.Float).Call(jen.Qual("math", "Inf").Call(jen.Lit(1)))
	}
	if g.usesNaN {
		file.Var().Id("nan").Op("=").Id(g.Float).Call(jen.Qual("math", "NaN").Call())
	}
}

func (g *generator) initFrame() *frame {
	return g.newFrame(g.funcOf("init", ir.InitFunc), "modelInit", g.model, nil)
}

func (g *generator) options() jen.Code {
	return jen.Add(remark("Option changes how a model is made.")).Line().
		Type().Id("Option").Func().Params(jen.Op("*").Id("options")).Line().Line().
		Type().Id("options").Struct(
		jen.Id("seed").Uint64(),
		jen.Id("pool").Op("*").Qual(rtPath, "Pool"),
		jen.Id("blas").Qual(rtPath, "GemmFunc").Types(jen.Id(g.Float)),
	).Line().Line().
		Add(remark("Seed chooses the first weights, every random draw and the order of rows; it is rt.DefaultSeed when not given.")).Line().
		Func().Id("Seed").Params(jen.Id("seed").Uint64()).Id("Option").Block(jen.Op("return func(o *options) { o.seed = seed }")).Line().Line().
		Add(remark("Workers gives the model threads of its own, for the caller to close, instead of those that models share.")).Line().
		Func().Id("Workers").Params(jen.Id("pool").Op("*").Qual(rtPath, "Pool")).Id("Option").Block(jen.Op("return func(o *options) { o.pool = pool }")).Line().Line().
		Add(remark("BLAS replaces the built-in matrix products.")).Line().
		Func().Id("BLAS").Params(jen.Id("gemm").Qual(rtPath, "GemmFunc").Types(jen.Id(g.Float))).Id("Option").Block(jen.Op("return func(o *options) { o.blas = gemm }"))
}

// modelType is the struct of weights.
func (g *generator) modelType() jen.Code {
	fields := g.tree.code(jen.Index().Id(g.Float))
	if s := g.modelSettings; len(s.fields) > 0 {
		fields = append(fields, jen.Line(), jen.Add(remark("Settings of layers; they may be changed between calls.")).Line().Id("Settings").Struct(s.code(jen.Float64())...))
	}
	fields = append(fields, jen.Line(),
		jen.Add(remark("Pipeline is what was done to the raw data the model was trained on: set by training and by Load, kept by Save.")).Line().
			Id("Pipeline").Op("*").Qual(rtPath, "Pipeline"),
		jen.Line(),
		jen.Id("tensors").Index().Qual(rtPath, "Tensor").Types(jen.Id(g.Float)),
		g.settingsField(),
		jen.Id("seed").Uint64(),
		g.versionField(),
		g.packFields(),
		jen.Id("blas").Qual(rtPath, "GemmFunc").Types(jen.Id(g.Float)),
		jen.Id("pool").Op("*").Qual(rtPath, "Pool"),
		jen.Id("products").Op("*").Qual(rtPath, "Products").Types(jen.Id(g.Float)),
	)
	about := doc("Model holds the weights. Any number of sessions may read it at once, while nobody trains it.")
	if g.versions() {
		about.Add(remark("Who writes weights by hand calls Changed when they are written.")).Line()
	}
	return about.Type().Id("Model").Struct(fields...)
}

// countLoad begins a new version when weights are read.
func (g *generator) countLoad() jen.Code {
	if !g.versions() {
		return jen.Null()
	}
	return jen.Op("w.version++")
}

// versionField is the number of the weights' version, in programs that keep
// what they compute from one.
func (g *generator) versionField() jen.Code {
	if !g.versions() {
		return jen.Null()
	}
	return jen.Id("version").Uint64().Add(remark("of the weights, from 1"))
}

// newModel makes a model and its first weights.
func (g *generator) newModel(init *frame) jen.Code {
	b := &block{}
	b.add(jen.Id("o").Op(":=").Id("options").Values(jen.Dict{jen.Id("seed"): jen.Qual(rtPath, "DefaultSeed")}))
	each := &block{}
	each.line("option(&o)")
	b.nest("for _, option := range opts", each)
	b.add(jen.Id("w").Op(":=").Op("&").Id("Model").Values(jen.Dict{
		jen.Id("seed"): jen.Id("o.seed"), jen.Id("blas"): jen.Id("o.blas"),
	}))
	b.add(jen.Id("w.pool").Op("=").Qual(rtPath, "PoolFor").Call(jen.Id("w"), jen.Id("o.pool")))
	b.add(jen.Id("w.products").Op("=").Qual(rtPath, "NewProducts").Types(jen.Id(g.Float)).Call(jen.Id("w.pool")))
	b.line("w.products.Plug(w.blas)")
	var saved []*ir.Var
	for _, v := range g.plan.Program.Vars {
		if v.Train == "" {
			saved = append(saved, v)
		}
	}
	g.allocate("w.", g.model.varField, saved, "w.tensors", b)
	for _, s := range g.plan.Program.Settings {
		if selector, ok := g.settingPath[s]; ok {
			b.line("w.Settings.%s = %s", selector, number(s.Default))
		}
	}
	if entries := g.settingList("w."); len(entries) > 0 {
		b.add(jen.Id("w.settings").Op("=").Index().Qual(rtPath, "Setting").Add(lines(entries)))
	}
	g.packSources(b)
	b.line("var first %s", init.name)
	g.memory([]*frame{init}, []string{"first"}, b)
	if init.draws {
		b.line("first.seed = o.seed")
	}
	b.comment("first values depend on nothing that could fail")
	b.line("_ = first.run()")
	b.line("w.products = nil // their scratch was for first values")
	if g.versions() {
		b.line("w.version = 1")
	}
	b.line("return w")
	return jen.Add(remark("New makes a model with its first weights.")).Line().
		Func().Id("New").Params(jen.Id("opts").Op("...").Id("Option")).Op("*").Id("Model").Block(b.code...)
}

// allocate cuts variables out of one slab, and lists them as tensors.
func (g *generator) allocate(prefix string, fields map[*ir.Var]string, vars []*ir.Var, list string, b *block) {
	if len(vars) == 0 {
		return
	}
	total := 0
	at := map[*ir.Var]int{}
	for _, v := range vars {
		at[v] = total
		total += (ir.Volume(v.Shape).Max() + 15) &^ 15
	}
	b.line("memory := %s", g.room(ir.Float, total))
	for _, v := range vars {
		n := ir.Volume(v.Shape).Max()
		b.line("%s%s = memory[%d:%d:%d]", prefix, fields[v], at[v], at[v]+n, at[v]+n)
	}
	for _, v := range vars {
		role := map[ir.VarKind]string{ir.ParamVar: "Weight", ir.StateVar: "State", ir.SlotVar: "Optimizer"}[v.Kind]
		if role == "" || list == "" {
			continue
		}
		b.add(g.tensorEntry(v, list, jen.Id(prefix+fields[v]), role))
	}
}

// tensorEntry adds a variable to a list of tensors; each iteration of a stacked
// one is a tensor of its own.
func (g *generator) tensorEntry(v *ir.Var, list string, data jen.Code, role string) jen.Code {
	shape := make([]jen.Code, len(v.Shape))
	for i, d := range v.Shape {
		shape[i] = jen.Lit(d.Max())
	}
	dims := jen.Index().Int().Values(shape...)
	if !v.Stacked {
		entry := jen.Qual(rtPath, "Tensor").Types(jen.Id(g.Float)).Add(inline(
			field{"Name", jen.Lit(v.Name)}, field{"Shape", dims}, field{"Role", jen.Qual(rtPath, role)}, field{"Data", data}))
		return jen.Id(list).Op("=").Append(jen.Id(list), entry)
	}
	return jen.Id(list).Op("=").Qual(rtPath, "StackTensors").Call(jen.Id(list), jen.Lit(v.Name), jen.Lit(v.First), dims, jen.Qual(rtPath, role), data)
}

func (g *generator) modelMethods() jen.Code {
	tensors := jen.Index().Qual(rtPath, "Tensor").Types(jen.Id(g.Float))
	return jen.Add(remark("Tensors lists the weights and the running state under the names that saved files have.")).Line().
		Func().Params(jen.Id("w").Op("*").Id("Model")).Id("Tensors").Params().Add(tensors).Block(jen.Op("return w.tensors")).Line().Line().
		Add(remark("Save writes the model as a safetensors file, at once or not at all.")).Line().
		Func().Params(jen.Id("w").Op("*").Id("Model")).Id("Save").Params(jen.Id("path").String()).Error().Block(
		jen.Return(jen.Qual(rtPath, "SaveModel").Call(jen.Id("path"), jen.Id("w.tensors"), jen.Qual(rtPath, "ModelInfo").Values(jen.Dict{
			jen.Id("Structure"): jen.Id("Structure"), jen.Id("Kernels"): jen.Qual(rtPath, "Kernels").Call(), jen.Id("Pipeline"): jen.Id("w.Pipeline"),
			jen.Id("Source"): jen.Id("Source"), jen.Id("SourceName"): jen.Id("SourceName"),
			jen.Id("Settings"): jen.Qual(rtPath, "SettingValues").Call(jen.Id("w.SettingList").Call()),
		})))).Line().Line().
		Add(remark("Load reads a saved model, all of it or, on an error, nothing. Options allow parts and other names.")).Line().
		Func().Params(jen.Id("w").Op("*").Id("Model")).Id("Load").Params(jen.Id("path").String(), jen.Id("options").Op("...").Qual(rtPath, "LoadOptions")).Error().Block(
		jen.Var().Id("o").Qual(rtPath, "LoadOptions"),
		jen.If(jen.Op("len(options) > 0")).Block(jen.Op("o = options[0]")),
		jen.List(jen.Id("info"), jen.Err()).Op(":=").Qual(rtPath, "LoadModel").Call(jen.Id("path"), jen.Id("Structure"), jen.Id("w.tensors"), jen.Id("w.SettingList").Call(), jen.Id("o")),
		jen.If(jen.Op("err != nil")).Block(jen.Op("return err")),
		jen.If(jen.Op("info.Pipeline != nil")).Block(jen.Op("w.Pipeline = info.Pipeline")),
		g.countLoad(),
		jen.Return(jen.Nil())).Line().Line().
		Add(remark("SettingList lists the settings of layers by path.")).Line().
		Func().Params(jen.Id("w").Op("*").Id("Model")).Id("SettingList").Params().Index().Qual(rtPath, "Setting").Block(
		g.listSettings())
}

// listSettings gives what New has listed.
func (g *generator) listSettings() jen.Code {
	if len(g.settingPath) == 0 {
		return jen.Return(jen.Nil())
	}
	return jen.Op("return w.settings")
}

// settingsField is the list of the settings of layers, in programs that have
// some.
func (g *generator) settingsField() jen.Code {
	if len(g.settingPath) == 0 {
		return jen.Null()
	}
	return jen.Id("settings").Index().Qual(rtPath, "Setting")
}

// settingList are the entries of the settings of layers.
func (g *generator) settingList(via string) []jen.Code {
	var entries []jen.Code
	for _, s := range g.plan.Program.Settings {
		if selector, ok := g.settingPath[s]; ok {
			entries = append(entries, settingEntry(s.Path, via+"Settings."+selector, intervalField(s.In)...))
		}
	}
	return entries
}

// settingEntry is a setting by path, with what else is known of it.
func settingEntry(path, at string, flags ...field) jen.Code {
	return inline(append([]field{{"Path", jen.Lit(path)}, {"Value", jen.Op("&" + at)}}, flags...)...)
}

// intervalField is what a setting may be, if anything is said of it.
func intervalField(in *ir.Interval) []field {
	if in == nil {
		return nil
	}
	of := []field{{"Lo", jen.Op(number(in.Lo))}, {"Hi", jen.Op(number(in.Hi))}}
	if in.Above {
		of = append(of, field{"Above", jen.True()})
	}
	if in.Below {
		of = append(of, field{"Below", jen.True()})
	}
	return []field{{"In", jen.Op("&").Qual(rtPath, "Interval").Add(inline(of...))}}
}

// rangeNote says what a setting may be beside its field.
func rangeNote(s *ir.Setting) string {
	if s.In == nil {
		return ""
	}
	return s.In.Words()
}

// number is a float64 as Go.
func number(x float64) string {
	switch {
	case math.IsNaN(x):
		return "rt.NaN()"
	case math.IsInf(x, 1):
		return "rt.Inf(1)"
	case math.IsInf(x, -1):
		return "rt.Inf(-1)"
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}
