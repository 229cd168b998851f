package codegen

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/plan"
)

const cliPath = rtPath + "/cli"

// Main writes the main package of a program that trains and predicts with a
// generated package, which importPath names.
func Main(p *plan.Plan, importPath string, o Options) (File, error) {
	g := newGenerator(p, o)
	if err := Refused(p.Program); err != nil {
		return File{}, err
	}
	trains := g.trains()
	for _, k := range trains {
		k.settings.defaultsName()
	}
	g.sessionFile("main")
	file := g.file("main")
	file.ImportAlias(importPath, "model")
	model := func(name string) *jen.Statement { return jen.Qual(importPath, name) }
	var blocks, forwards []jen.Code
	for _, k := range trains {
		job := jen.Func().Params().Qual(rtPath, "Job").Types(jen.Id(g.Float)).Block(jen.Return(jen.Id("m").Dot(k.name).Call(model(k.settings.defaultsName()).Call()).Dot("Job").Call()))
		d := jen.Dict{jen.Id("Name"): jen.Lit(k.t.Name), jen.Id("Job"): job}
		if k.t.Source != nil {
			d[jen.Id("Data")] = jen.Id("data").Call(model(k.name + "Data").Call())
		}
		blocks = append(blocks, jen.Line().Values(d))
	}
	for _, f := range g.forwards {
		if code := f.cliForward(); code != nil {
			forwards = append(forwards, jen.Line().Add(code))
		}
	}
	t := jen.Id(g.Float)
	file.Func().Id("main").Params().Block(jen.Qual(cliPath, "Main").Call(jen.Qual(cliPath, "Program").Types(t).Values(jen.Dict{
		jen.Id("Name"): jen.Lit(g.packageName()), jen.Id("Source"): model("Source"), jen.Id("SourceName"): model("SourceName"), jen.Id("New"): jen.Id("newModel"),
	})))
	body := []jen.Code{jen.Id("m").Op(":=").Add(model("New")).Call(model("Seed").Call(jen.Id("seed")))}
	if len(forwards) > 0 {
		body = append(body, jen.Id("s").Op(":=").Id("m").Dot("Session").Call())
	}
	body = append(body, jen.Return(jen.Qual(cliPath, "Model").Types(t).Values(jen.Dict{
		jen.Id("Structure"): model("Structure"), jen.Id("Tensors"): jen.Id("m").Dot("Tensors").Call(), jen.Id("Settings"): jen.Id("m").Dot("SettingList").Call(),
		jen.Id("Trains"):   jen.Index().Qual(cliPath, "Train").Types(t).Values(append(blocks, jen.Line())...),
		jen.Id("Forwards"): jen.Index().Qual(cliPath, "Forward").Types(t).Values(append(forwards, jen.Line())...),
	})))
	file.Func().Id("newModel").Params(jen.Id("seed").Uint64()).Qual(cliPath, "Model").Types(t).Block(body...)
	file.Func().Id("data").Params(jen.Id("d").Qual(rtPath, "DataSpec")).Op("*").Qual(rtPath, "DataSpec").Block(jen.Return(jen.Op("&d")))
	var b bytes.Buffer
	if err := file.Render(&b); err != nil {
		return File{}, fmt.Errorf("codegen: main.go: %w", err)
	}
	return File{"main.go", b.Bytes()}, g.err
}

// forward is a model's method of the session.
type forward struct {
	*frame
	method string
}

// ports describes the inputs of a forward pass over rows; nil when it is over
// anything else.
func (f *forward) ports() (list []jen.Code) {
	ins := f.fn.IR.Inputs
	for i, in := range ins {
		if len(ins[0].Shape) == 0 || ins[0].Shape[0].Symbol() == nil || !rowsOf(in.Shape, ins[0].Shape[0].Symbol()) || in.DType == ir.Bool {
			return nil
		}
		list = append(list, port(in.Attr.(*ir.Leaf).Name, in, f.limit(i)))
	}
	return list
}

// prepare writes the method of Model that makes rows for a forward pass of raw
// ones; nil when there is none.
func (f *forward) prepare() jen.Code {
	ports := f.ports()
	if f.fn.IR.Kind != ir.ForwardFunc || ports == nil {
		return nil
	}
	name := f.tree.names.pick("Prepare" + strings.TrimPrefix(f.method, "Forward"))
	return doc(name+" makes rows for "+f.method+" of raw cells, as a line of a CSV file has them, by the pipeline", "of the data that the model was trained on. header names the cells; nil when the pipeline counts them.").
		Func().Params(jen.Id("w").Op("*").Id("Model")).Id(name).Params(jen.Id("header").Index().String(), jen.Id("rows").Op("...").Index().String()).
		Params(jen.Qual(rtPath, "Source").Types(jen.Id(f.Float)), jen.Error()).Block(f.needPipeline(),
		jen.Return(jen.Qual(rtPath, "PrepareCells").Types(jen.Id(f.Float)).Call(jen.Id("w.Pipeline"), jen.Id("header"), jen.Id("rows"), jen.Index().Qual(rtPath, "Port").Values(ports...))))
}

// needPipeline refuses cells before there is a pipeline, in a program that says
// what its data goes through.
func (f *forward) needPipeline() jen.Code {
	if !slices.ContainsFunc(f.plan.Program.Trains, func(t *ir.Train) bool { return t.Source != nil }) {
		return jen.Null()
	}
	return jen.If(jen.Err().Op(":=").Qual(rtPath, "CheckPrepared").Call(jen.Id("w.Pipeline")), jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Nil(), jen.Err()))
}

// cliForward describes a forward pass over rows; nil when it is over anything
// else.
func (f *forward) cliForward() jen.Code {
	ins := f.fn.IR.Inputs
	if f.fn.IR.Kind != ir.ForwardFunc || len(ins) == 0 || len(ins[0].Shape) == 0 || ins[0].Shape[0].Symbol() == nil || len(f.outputs) != len(f.fn.Results) {
		return nil
	}
	rows := ins[0].Shape[0].Symbol()
	ports := f.ports()
	if ports == nil {
		return nil
	}
	var results, args []jen.Code
	if syms := f.symbols(); f.inferred(syms) == "" {
		for _, s := range syms {
			if s == rows {
				args = append(args, jen.Id("b").Dot("Rows"))
			} else {
				args = append(args, jen.Lit(s.Bound))
			}
		}
	}
	for i, in := range ins {
		list := "Floats"
		if in.DType == ir.Int {
			list = "Ints"
		}
		args = append(args, jen.Id("b").Dot(list).Index(jen.Lit(i)))
	}
	for i, r := range f.fn.IR.Results {
		if !rowsOf(r.Value.Shape, rows) || r.Value.DType != ir.Float {
			return nil
		}
		results = append(results, port(r.Name, r.Value, 0))
		args = append(args, jen.Id("out").Index(jen.Lit(i)))
	}
	t := jen.Id(f.Float)
	return jen.Values(jen.Dict{
		jen.Id("Name"): jen.Lit(f.fn.IR.Name), jen.Id("MaxRows"): jen.Lit(rows.Bound),
		jen.Id("Ports"):   jen.Index().Qual(rtPath, "Port").Values(ports...),
		jen.Id("Results"): jen.Index().Qual(rtPath, "Port").Values(results...),
		jen.Id("Run"): jen.Func().Params(jen.Id("b").Op("*").Qual(rtPath, "Batch").Types(t), jen.Id("out").Index().Index().Add(t)).Error().
			Block(jen.Return(jen.Id("s").Dot(f.method).Call(args...))),
	})
}

// rowsOf reports whether a shape begins with the axis of rows.
func rowsOf(shape []dsl.Dim, rows *dsl.Sym) bool { return len(shape) > 0 && shape[0].Symbol() == rows }

// limit is the least size of an axis that an int input indexes; 0 for none.
func (f *frame) limit(input int) int {
	least := 0
	for _, d := range f.limits[input] {
		if n := d.Max(); least == 0 || n < least {
			least = n
		}
	}
	return least
}

// port describes the rows of a tensor; more is said of it behind that.
func port(name string, v *ir.Value, limit int, more ...field) jen.Code {
	fields := []field{{"Name", jen.Lit(name)}}
	if v.DType == ir.Int {
		fields = append(fields, field{"Int", jen.True()})
	}
	if limit > 0 {
		fields = append(fields, field{"Limit", jen.Lit(limit)})
	}
	if len(v.Shape) > 1 {
		var dims []jen.Code
		for _, s := range v.Shape[1:] {
			dims = append(dims, jen.Lit(s.Max()))
		}
		fields = append(fields, field{"Shape", jen.Index().Int().Values(dims...)})
	}
	return inline(append(fields, more...)...)
}
