package codegen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/plan"
)

// params are the inputs of a step as the parameters of a method, and the
// statements that put them into w.rows.
func (k *train) params(b *block) []jen.Code {
	var list []jen.Code
	f := k.step
	scope := (&names{}).scope("w", "rt", "err", "loss", jobName(k.name))
	for i, in := range f.fn.IR.Inputs {
		id := scope.pick(paramName(in.Attr.(*ir.Leaf).Name))
		list = append(list, jen.Id(id).Index().Id(k.goType(in.DType)))
		field, size := "Floats", rowSize(in)
		if in.DType == ir.Int {
			field = "Ints"
		}
		if i == 0 {
			rows := "len(" + id + ")"
			if size > 1 {
				rows = fmt.Sprintf("len(%s) / %d", id, size)
			}
			b.line("w.rows.Rows = %s", rows)
		}
		b.line("w.rows.%s[%d] = %s", field, i, id)
	}
	return list
}

func rowSize(in *ir.Value) int { return ir.Volume(in.Shape[1:]).Max() }

// publicMethods are what a program calls.
func (k *train) publicMethods() []jen.Code {
	recv := jen.Params(jen.Id("w").Op("*").Id(k.name))
	return slices.Concat(k.updateMethods(recv), k.gradMethods(recv), []jen.Code{k.loadMethod(recv)}, k.loopMethods(recv), []jen.Code{
		k.tableMethod(recv),
		doc("Job is the workspace as the training loop drives it.").
			Func().Add(recv).Id("Job").Params().Qual(rtPath, "Job").Types(jen.Id(k.Float)).Block(jen.Op("return (*" + jobName(k.name) + ")(w)")),
	})
}

// updateMethods make an update, at once or in parts.
func (k *train) updateMethods(recv jen.Code) []jen.Code {
	step, backward, apply := &block{}, &block{}, &block{}
	stepParams, backwardParams := k.params(step), k.params(backward)
	if k.backward.draws { // each row by its number within the update
		step.line("w.rows.First = 0")
		backward.line("w.rows.First = int(w.%s[0])", k.rowsSoFar())
	}
	if k.settings.total {
		for _, b := range []*block{step, apply} {
			b.line("if w.Settings.Total > 0 {\nw.program.Total = w.Settings.Total\n}")
		}
	}
	apply.line("return (*%s)(w).Apply()", jobName(k.name))
	step.line("if err := (*%s)(w).Step(&w.rows); err != nil {\nreturn 0, err\n}", jobName(k.name))
	step.line("return w.program.Results[0], nil")
	backward.line("if err := (*%s)(w).Backward(&w.rows); err != nil {\nreturn 0, err\n}", jobName(k.name))
	backward.line("return w.program.Results[0], nil")
	return []jen.Code{
		doc(fmt.Sprintf("Step makes one update from the rows given, %s, any number up to %d,", k.given(), k.batch.Bound), "and returns their mean loss before it. A NaN or Inf in the loss or the gradients is a", "*rt.NotFiniteError, and nothing has changed then.").
			Func().Add(recv).Id("Step").Params(stepParams...).Params(jen.Id("loss").Float64(), jen.Err().Error()).Block(step.code...),
		doc(k.backwardDoc()...).
			Func().Add(recv).Id("Backward").Params(backwardParams...).Params(jen.Id("loss").Float64(), jen.Err().Error()).Block(backward.code...),
		doc("Apply makes an update from the gradients since the last one. Without a Backward since", "then it is an error.").
			Func().Add(recv).Id("Apply").Params().Error().Block(apply.code...),
	}
}

// given lists the inputs of a step with their shapes.
func (k *train) given() string {
	var inputs []string
	for _, in := range k.step.inputs {
		inputs = append(inputs, k.step.argName(in)+" "+shapeText(in.Shape))
	}
	return listed(inputs)
}

// gradMethods tell what the last call came to.
func (k *train) gradMethods(recv jen.Code) []jen.Code {
	return []jen.Code{
		doc("Grad is the gradient of a parameter since the last Apply, summed over the rows of", "the calls of Backward; nil when there is no such parameter. Its memory is live.").
			Func().Add(recv).Id("Grad").Params(jen.Id("name").String()).Index().Id(k.Float).Block(jen.Return(jen.Qual(rtPath, "FindTensor").Call(jen.Id("w.grads"), jen.Id("name")))),
		doc("Results are the numbers of the last Step, Backward or Evaluate, means over its rows:", strings.Join(k.results(), ", ")+".").
			Func().Add(recv).Id("Results").Params().Index().Float64().Block(jen.Op("return w.program.Results")),
	}
}

// loopMethods go over all rows.
func (k *train) loopMethods(recv jen.Code) []jen.Code {
	return []jen.Code{
		doc("Run trains on data until the stop rule holds. A further Run goes on: it counts its epochs", "from 0, and its steps after those made so far, also in a schedule's total.").
			Func().Add(recv).Id("Run").Params(jen.Id("ctx").Qual("context", "Context"), jen.Id("data").Qual(rtPath, "Data").Types(jen.Id(k.Float)), jen.Id("options").Op("...").Qual(rtPath, "Option")).
			Params(jen.Op("*").Qual(rtPath, "Summary"), jen.Error()).Block(
			jen.Op("w.model.Pipeline = data.Pipeline"),
			jen.Op("w.batch, w.accumulate = float64(w.Settings.Batch), float64(w.Settings.Accumulate)"),
			jen.Return(jen.Qual(rtPath, "Run").Call(jen.Id("ctx"), jen.Id("w.Job").Call(), jen.Id("data"), jen.Id("options").Op("...")))),
		doc("Evaluate gives the loss and the reports over all rows of a source, not training, in the order of Results.").
			Func().Add(recv).Id("Evaluate").Params(jen.Id("ctx").Qual("context", "Context"), jen.Id("source").Qual(rtPath, "Source").Types(jen.Id(k.Float))).
			Params(jen.Index().Float64(), jen.Error()).Block(jen.Return(jen.Qual(rtPath, "Evaluate").Call(jen.Id("ctx"), jen.Id("w.Job").Call(), jen.Id("source")))),
	}
}

func doc(lines ...string) *jen.Statement {
	code := jen.Empty()
	for _, l := range lines {
		code.Add(remark(l)).Line()
	}
	return code
}

// loadMethod reads files.
func (k *train) loadMethod(recv jen.Code) jen.Code {
	lines := []string{"Load reads data from files, for Run; the model's seed draws the rows that are kept for validation."}
	if k.t.Source != nil {
		lines = append(lines, k.name+"Data() is what the source says: its files are relative to the working directory,", "or to the folder of "+k.name+"Data().In(folder).")
	} else {
		lines = append(lines, "rt.DataSpec{File: \"rows.csv\"} has the columns of the inputs in their order.")
	}
	data := jen.Qual(rtPath, "Data").Types(jen.Id(k.Float))
	return doc(lines...).Func().Add(recv).Id("Load").Params(jen.Id("spec").Qual(rtPath, "DataSpec")).Params(data, jen.Error()).
		Block(jen.Return(jen.Qual(rtPath, "Load").Types(jen.Id(k.Float)).Call(jen.Id("spec"), jen.Id("w.program.Ports"), jen.Id("w.program.Seed"))))
}

// tableMethod makes a source of slices.
func (k *train) tableMethod(recv jen.Code) jen.Code {
	var params []jen.Code
	d := jen.Dict{}
	scope := (&names{}).scope("w", "rt")
	for _, in := range k.step.fn.IR.Inputs {
		name := in.Attr.(*ir.Leaf).Name
		id := scope.pick(paramName(name))
		params = append(params, jen.Id(id).Index().Id(k.goType(in.DType)))
		d[jen.Lit(name)] = jen.Id(id)
	}
	return doc("Rows makes a source of rows in memory, for Run and Evaluate.").
		Func().Add(recv).Id("Rows").Params(params...).Params(jen.Op("*").Qual(rtPath, "Table").Types(jen.Id(k.Float)), jen.Error()).
		Block(jen.Return(jen.Qual(rtPath, "SliceTable").Types(jen.Id(k.Float)).Call(jen.Id("w.program.Ports"), jen.Map(jen.String()).Any().Values(d))))
}

// jobMethods make the workspace a runtime.Job.
func (k *train) jobMethods() []jen.Code {
	job := jobName(k.name)
	recv := jen.Params(jen.Id("w").Op("*").Id(job))
	batch := jen.Params(jen.Id("b").Op("*").Qual(rtPath, "Batch").Types(jen.Id(k.Float))).Error()
	method := func(name string, params jen.Code, b *block) jen.Code {
		return jen.Func().Add(recv).Id(name).Add(params).Block(b.code...)
	}
	program := &block{}
	program.line("return &w.program")
	return []jen.Code{
		doc(job + " is " + k.name + " as the training loop drives it.").Type().Id(job).Id(k.name),
		method("Program", jen.Params().Op("*").Qual(rtPath, "Program").Types(jen.Id(k.Float)), program),
		method("Step", batch, k.stepBody()),
		method("Backward", batch, k.backwardBody()),
		method("Apply", jen.Params().Error(), k.applyBody()),
		method("Discard", jen.Params(), k.discardBody()),
		method("Evaluate", batch, k.evaluateBody()),
	}
}

func (k *train) stepBody() *block {
	b := &block{}
	k.needTotal(b)
	k.call("step", k.step, b)
	k.take(k.step, b)
	k.newVersion(b)
	b.line("return nil")
	return b
}

func (k *train) backwardBody() *block {
	b := &block{}
	if k.t.Whole[0].Training != nil {
		b.nest(fmt.Sprintf("if err := rt.CheckWhole(&w.program, int(w.%s[0])); err != nil", k.rowsSoFar()), failing())
	}
	k.call("backward", k.backward, b)
	k.take(k.backward, b)
	b.line("return nil")
	return b
}

func (k *train) applyBody() *block {
	b := &block{}
	k.needTotal(b)
	b.line("f := &w.apply")
	if k.apply.ranged() {
		b.nest("if err := rt.CheckSettings(w.program.Settings); err != nil", failing())
	}
	b.nest(fmt.Sprintf("if err := rt.CheckGradients(&w.program, int(w.%s[0])); err != nil", k.rowsSoFar()), failing())
	if k.apply.draws {
		b.line("f.seed = w.program.Seed")
	}
	k.guardedRun(k.apply, b)
	k.takeUpdate(k.apply, b)
	k.newVersion(b)
	b.line("return nil")
	return b
}

// discardBody forgets the gradients since the last update.
func (k *train) discardBody() *block {
	b := &block{}
	for _, v := range k.vars {
		if v.Kind == ir.GradVar {
			b.line("clear(w.%s)", k.varNames[v])
		}
	}
	return b
}

func (k *train) evaluateBody() *block {
	b := &block{}
	k.call("evaluate", k.evaluate, b)
	k.take(k.evaluate, b)
	b.line("return nil")
	return b
}

// backwardDoc says what calls of Backward may be for.
func (k *train) backwardDoc() []string {
	lines := []string{"Backward adds the gradient of rows, times their number, to what Apply will use,", "and returns their mean loss: an update in parts."}
	if w := k.t.Whole[0].Training; w != nil {
		lines[1] = "and returns their mean loss. Parts do not add up to this objective, so that a second"
		lines = append(lines, "call before Apply is an error: "+w.Why+".")
	}
	return lines
}

// rowsSoFar is where the rows are counted whose gradients Apply will use.
func (k *train) rowsSoFar() string {
	at := slices.IndexFunc(k.vars, func(v *ir.Var) bool { return v.Kind == ir.GradVar && v.Of == nil })
	return k.varNames[k.vars[at]]
}

// needTotal refuses an update whose schedule would not know the number of all.
func (k *train) needTotal(b *block) {
	if k.settings.total {
		b.add(jen.If(jen.Err().Op(":=").Qual(rtPath, "CheckTotal").Call(jen.Lit(k.t.Name), jen.Op("w.program.Total")), jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Err())))
	}
}

// newVersion counts an update.
func (k *train) newVersion(b *block) {
	b.line("w.program.Step++")
	if k.versions() {
		b.line("w.model.version++")
	}
}

// call loads a batch and runs a frame.
func (k *train) call(field string, f *frame, b *block) {
	b.line("f := &w.%s", field)
	b.nest("if err := f.load(b); err != nil", failing())
	if f == k.evaluate && k.kept != nil {
		b.nest("if err := (*"+k.name+")(w)."+k.kept.method()+"(); err != nil", failing())
	}
	k.guardedRun(f, b)
}

func (k *train) guardedRun(f *frame, b *block) {
	if f.checks() {
		b.line("f.bad.Step = w.program.Step + 1")
	}
	b.nest("if err := f.run(); err != nil", failing())
}

func failing() *block {
	b := &block{}
	b.line("return err")
	return b
}

// take copies a frame's numbers to where the loop reads them.
func (k *train) take(f *frame, b *block) {
	at := map[string]int{}
	for i, name := range k.results() {
		at[name] = i
	}
	for i, r := range f.fn.IR.Results {
		if n, ok := at[r.Name]; ok {
			b.line("w.program.Results[%d] = float64(%s)", n, f.resultText(i))
		}
	}
	k.takeUpdate(f, b)
}

// ofUpdate are the fields for the results that an update has beside its values.
var ofUpdate = map[string]string{"grad_norm": "GradNorm", "lr": "LR"}

func (k *train) takeUpdate(f *frame, b *block) {
	for i, r := range f.fn.IR.Results {
		if field := ofUpdate[r.Name]; field != "" {
			b.line("w.program.%s = float64(%s)", field, f.resultText(i))
		}
	}
}

// rated reports whether an optimizer has a learning rate.
func (k *train) rated() bool {
	return slices.ContainsFunc(k.apply.fn.IR.Results, func(r ir.Output) bool { return r.Name == "lr" })
}

// resultText is result i, a single number.
func (f *frame) resultText(i int) string {
	b := f.fn.Results[i]
	if b.Storage == plan.InScalar || b.Storage == plan.InSetting {
		return f.scalar(b)
	}
	return f.whole(b) + "[0]"
}
