package codegen

import (
	"github.com/dave/jennifer/jen"

	"github.com/gtc-lang/gtc/ir"
)

// dataFunc is the function that gives the data line; nil when there is none.
func (k *train) dataFunc() jen.Code {
	d := k.t.Source
	if d == nil {
		return nil
	}
	name := k.name + "Data"
	spec := jen.Dict{jen.Id("File"): jen.Lit(d.File), jen.Id("Pipeline"): pipeline(d)}
	text(spec, "Labels", d.Labels)
	text(spec, "ValidationFile", d.ValidationFile)
	text(spec, "ValidationLabels", d.ValidationLabels)
	if d.Validation != 0 {
		spec[jen.Id("Validation")] = jen.Lit(d.Validation)
	}
	return doc(name+" is the data of the source; File is as written there.", "", "\t"+sourceLine(d.At)).
		Func().Id(name).Params().Qual(rtPath, "DataSpec").Block(jen.Return(jen.Qual(rtPath, "DataSpec").Values(spec)))
}

// text sets a field that is not empty.
func text(d jen.Dict, field, value string) {
	if value != "" {
		d[jen.Id(field)] = jen.Lit(value)
	}
}

func pipeline(d *ir.Data) jen.Code {
	format := jen.Dict{}
	text(format, "Kind", d.Format.Kind)
	text(format, "Header", d.Format.Header)
	text(format, "Separator", d.Format.Separator)
	text(format, "Comment", d.Format.Comment)
	text(format, "By", d.Format.By)
	if d.Format.Window != 0 {
		format[jen.Id("Window")] = jen.Lit(d.Format.Window)
	}
	if d.Format.Stride != 0 {
		format[jen.Id("Stride")] = jen.Lit(d.Format.Stride)
	}
	var inputs []jen.Code
	for _, in := range d.Inputs {
		inputs = append(inputs, dataInput(in))
	}
	return jen.Qual(rtPath, "Pipeline").Values(jen.Dict{
		jen.Id("Format"): jen.Qual(rtPath, "Format").Values(format),
		jen.Id("Inputs"): jen.Index().Qual(rtPath, "Input").Add(lines(inputs)),
	})
}

func dataInput(in ir.DataInput) jen.Code {
	columns := jen.Qual(rtPath, "ColumnRange").Call(jen.Lit(in.Columns.From), jen.Lit(in.Columns.To))
	switch {
	case in.Columns.First != "":
		columns = jen.Qual(rtPath, "ColumnSpan").Call(jen.Lit(in.Columns.First), jen.Lit(in.Columns.Last))
	case len(in.Columns.Names) > 0:
		columns = jen.Qual(rtPath, "ColumnNames").Call(texts(in.Columns.Names)...)
	}
	fields := []field{{"Port", jen.Lit(in.Port)}, {"Columns", columns}}
	if len(in.Ops) > 0 {
		var ops []jen.Code
		for _, op := range in.Ops {
			ops = append(ops, dataOp(op))
		}
		fields = append(fields, field{"Ops", jen.Index().Qual(rtPath, "Op").Values(ops...)})
	}
	return inline(fields...)
}

func texts(list []string) []jen.Code {
	var codes []jen.Code
	for _, t := range list {
		codes = append(codes, jen.Lit(t))
	}
	return codes
}

// dataOps are the runtime's constructors of what is done to a column.
var dataOps = map[ir.DataOpKind]string{
	ir.DataMultiply: "Multiply", ir.DataDivide: "Divide", ir.DataAdd: "AddTo", ir.DataStandardize: "Standardize",
	ir.DataCategories: "Categories", ir.DataNames: "Names", ir.DataOneHot: "OneHot",
	ir.DataFill: "Fill", ir.DataFillMean: "FillMean", ir.DataFillMedian: "FillMedian",
}

func dataOp(op ir.DataOp) jen.Code {
	call := jen.Qual(rtPath, dataOps[op.Kind])
	if op.Text != "" {
		return jen.Qual(rtPath, "FillText").Call(jen.Lit(op.Text))
	}
	switch op.Kind {
	case ir.DataMultiply, ir.DataDivide, ir.DataAdd, ir.DataFill:
		return call.Call(jen.Lit(op.Value))
	case ir.DataOneHot:
		return call.Call(jen.Lit(op.Count))
	case ir.DataCategories, ir.DataNames:
		return call.Call(texts(op.Classes)...)
	}
	return call.Call()
}
