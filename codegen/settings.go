package codegen

import (
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/gtc-lang/gtc/ir"
)

// settings are the numbers of a train block that may change between steps.
type settings struct {
	*train
	typeName string
	tree     *tree
	own      []setting // of the block
	rule     *stopRule
	total    bool // the schedule needs the number of updates
}

// setting is a number: its path for users, its field, and its default.
type setting struct {
	path, selector string
	value          float64
	count          bool         // of epochs or steps: whole, and at least 1
	in             *ir.Interval // that it declares
}

func (k *train) newSettings() *settings {
	s := &settings{train: k, typeName: k.name + "Settings", tree: newTree("Batch", "Accumulate", "Stop", "Total")}
	for _, x := range k.plan.Program.Settings {
		switch {
		case x.Path == "step":
			k.recv.setting[x] = "f.fit.program.Step+1"
		case x.Path == "total":
			k.recv.setting[x] = "f.fit.program.Total"
			s.total = true
		case k.trainOf(x) == k.t.Name:
			path := strings.TrimPrefix(x.Path, k.t.Name+".")
			selector := s.tree.put(strings.Split(path, "."), nil, rangeNote(x))
			k.recv.setting[x] = "f.fit.Settings." + selector
			s.own = append(s.own, setting{path: path, selector: selector, value: x.Default, in: x.In})
		}
	}
	s.rule = k.newStopRule()
	return s
}

// typeDecl is the struct of settings.
func (s *settings) typeDecl() jen.Code {
	fields := s.tree.code(jen.Float64())
	fields = append(fields,
		jen.Line(), jen.Id("Batch").Int().Add(remark("rows of a batch; 0 is all")),
		jen.Id("Accumulate").Int().Add(remark("batches of one update")),
	)
	if s.total {
		fields = append(fields, jen.Id("Total").Int().Add(remark("updates of the whole run: the schedule of Step and Apply needs it, Run finds it out by itself")))
	}
	if len(s.rule.list) > 0 {
		var stop []jen.Code
		for _, x := range s.rule.list {
			stop = append(stop, jen.Id(x.selector).Float64())
		}
		fields = append(fields, jen.Id("Stop").Struct(stop...))
	}
	return jen.Add(remark(s.typeName + " are the numbers of " + s.name + ".")).Line().Type().Id(s.typeName).Struct(fields...)
}

// defaultsName is the name of the function that gives the defaults.
func (s *settings) defaultsName() string { return s.name + "Defaults" }

// defaults is the function that gives them as the source has them.
func (s *settings) defaults() jen.Code {
	b := &block{}
	b.line("var s %s", s.typeName)
	for _, x := range s.own {
		b.line("s.%s = %s", x.selector, number(x.value))
	}
	b.line("s.Batch, s.Accumulate = %d, %d", s.batchRows(), s.t.Accumulate)
	for _, x := range s.rule.list {
		b.line("s.Stop.%s = %s", x.selector, number(x.value))
	}
	if s.total && s.rule.steps != "" {
		b.line("s.Total = int(s.Stop.%s)", s.rule.steps)
	}
	b.line("return s")
	name := s.defaultsName()
	return jen.Add(remark(name + " are the settings as the source has them.")).Line().
		Func().Id(name).Params().Id(s.typeName).Block(b.code...)
}

func (s *settings) batchRows() int {
	for _, b := range s.t.Batch {
		if b.Dim == nil || b.Dim == s.batch {
			return b.N
		}
	}
	return 0
}

// list is the statement that gives the loop the settings by path.
func (s *settings) list() jen.Code {
	var entries []jen.Code
	entry := func(path, at string, flags ...field) {
		entries = append(entries, settingEntry(path, "w."+at, flags...))
	}
	for _, x := range s.own {
		entry(x.path, "Settings."+x.selector, intervalField(x.in)...)
	}
	whole := func(path, at string, least int) {
		entry(path, at, field{"Whole", jen.True()}, field{"Least", jen.Lit(least)})
	}
	whole("batch", "batch", 0)
	whole("accumulate", "accumulate", 1)
	for _, x := range s.rule.list {
		if x.count {
			whole(x.path, "Settings.Stop."+x.selector, 1)
		} else {
			entry(x.path, "Settings.Stop."+x.selector)
		}
	}
	return jen.Id("p.Settings").Op("=").Append(jen.Index().Qual(rtPath, "Setting").Add(lines(entries)), jen.Id("w.model.SettingList").Call().Op("..."))
}

// refresh is the method that takes the loop's numbers from the settings.
func (s *settings) refresh() jen.Code {
	b := &block{}
	b.line("p := &w.program")
	if s.versions() {
		b.comment("a run that resumes has read weights")
		b.line("w.model.version++")
	}
	b.line("w.Settings.Batch, w.Settings.Accumulate = int(w.batch), int(w.accumulate)")
	b.line("p.BatchRows, p.Accumulate = w.Settings.Batch, w.Settings.Accumulate")
	if s.rule.epochs != "" {
		b.add(jen.Id("p.MaxEpochs").Op("=").Qual(rtPath, "Bound").Call(jen.Op("w.Settings.Stop." + s.rule.epochs)))
	}
	if s.rule.steps != "" {
		b.add(jen.Id("p.MaxSteps").Op("=").Qual(rtPath, "Bound").Call(jen.Op("w.Settings.Stop." + s.rule.steps)))
	}
	return jen.Add(remark("refresh takes the loop's numbers from the settings.")).Line().
		Func().Params(jen.Id("w").Op("*").Id(s.name)).Id("refresh").Params().Block(b.code...)
}

// stop is the method that is the stop rule.
func (s *settings) stop() jen.Code {
	text := "false"
	if s.t.Stop != nil {
		text = s.rule.text
	}
	b := s.rule.numbers()
	b.line("return %s", text)
	code := jen.Add(remark("stop tells whether training is over.")).Line()
	if s.t.Stop != nil {
		code.Add(remark("")).Line().Add(remark("\t" + sourceLine(s.t.Stop.Span()))).Line()
	}
	return code.Func().Params(jen.Id("w").Op("*").Id(s.name)).Id("stop").Params(jen.Id("p").Op("*").Qual(rtPath, "Progress")).Bool().Block(b.code...)
}

// why is the method that says which part of the stop rule holds; nil when there
// is no rule.
func (s *settings) why() jen.Code {
	b := s.rule.numbers()
	cases := &block{}
	for _, c := range s.rule.parts {
		cases.line("case %s:\nreturn %s", c.text, c.why)
	}
	b.nest("switch", cases)
	b.line(`return ""`)
	return jen.Add(remark("why says which part of the stop rule holds.")).Line().
		Func().Params(jen.Id("w").Op("*").Id(s.name)).Id("why").Params(jen.Id("p").Op("*").Qual(rtPath, "Progress")).String().Block(b.code...)
}
