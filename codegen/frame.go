package codegen

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/plan"
)

// frame writes one planned function: a struct that holds what a call works on,
// the method run, and a method for each kernel.
type frame struct {
	*generator
	fn     *plan.Func
	name   string // of the struct type
	owner  *owner
	batch  *dsl.Sym // the dimension whose rows a step may take in parts; nil for none
	names  *names   // fields and methods
	locals *names   // variables of run

	fields   map[*plan.Buffer]string
	limits   map[int][]dsl.Dim // of int inputs: sizes of the axes they index
	inputs   []*plan.Buffer
	outputs  []*plan.Buffer
	settings []*plan.Buffer        // each setting once
	bound    []string              // methods that are shared out
	wide     map[*plan.Buffer]bool // variables of rank 0 that are computed in float64
	tiles    []string              // methods that products call for their parts
	methods  []jen.Code
	draws    bool // draws random numbers
	outside  bool // positions are computed and must be checked
	locating bool // what is written looks for the origin of a NaN or Inf
	methodOf map[*plan.Loop]string
	quick    map[*plan.Loop]bool // loops of assembly alone
}

// owner is the workspace that frames belong to, as frames see it.
type owner struct {
	typeName string                 // "Fit"
	field    string                 // "fit": what frames call it
	varField map[*ir.Var]string     // how a frame's constructor reads a variable
	setting  map[*ir.Setting]string // how run reads a setting
	list     string                 // how check reads all of them
}

func (g *generator) newFrame(fn *plan.Func, name string, o *owner, batch *dsl.Sym) *frame {
	f := &frame{generator: g, fn: fn, name: g.types.pick(name), owner: o, batch: batch, fields: map[*plan.Buffer]string{}, limits: map[int][]dsl.Dim{}, methodOf: map[*plan.Loop]string{}, quick: map[*plan.Loop]bool{}}
	reserved := slices.Clone(frameFields)
	for _, s := range g.plan.Program.Syms {
		reserved = append(reserved, dimField(s.Name))
	}
	f.names = (&names{}).scope(reserved...)
	f.locals = g.codeScope("f", "rt", "err", "inf", "nan")
	bySetting := map[*ir.Setting]string{}
	for _, b := range fn.Buffers {
		if known, ok := bySetting[b.Setting]; ok && b.Storage == plan.InSetting {
			f.fields[b] = known
			continue
		}
		if !f.held(b) {
			continue
		}
		f.fields[b] = f.names.pick(f.shortName(b))
		switch b.Storage {
		case plan.InInput:
			f.inputs = append(f.inputs, b)
		case plan.InOutput:
			f.outputs = append(f.outputs, b)
		case plan.InSetting:
			bySetting[b.Setting] = f.fields[b]
			f.settings = append(f.settings, b)
		}
	}
	walkLoops(fn.Steps, f.findLimits)
	f.findWide()
	return f
}

// held reports whether a frame has a field for a buffer: whether anything uses
// it, or it is a result, but for what the caller gives.
func (f *frame) held(b *plan.Buffer) bool {
	switch b.Storage {
	case plan.InInput, plan.InOutput:
		return true
	case plan.InRow:
		return false
	}
	return b.First >= 0 || slices.Contains(f.fn.Results, b)
}

// walkLoops visits every loop of a list of steps, epilogues included.
func walkLoops(steps []*plan.Step, visit func(*plan.Loop)) {
	for _, s := range steps {
		switch k := s.Kernel.(type) {
		case *plan.Loop:
			visit(k)
		case *plan.Gemm:
			if k.Epilogue != nil {
				visit(k.Epilogue)
			}
		case *plan.Repeat:
			walkLoops(k.Steps, visit)
		}
	}
}

// findLimits notes the inputs that a loop uses as positions.
func (f *frame) findLimits(l *plan.Loop) {
	for _, s := range l.Stages {
		accesses(s, func(a *plan.Access) {
			for _, p := range a.Picks {
				if in := input(s, p); in != nil {
					f.addLimit(in.Index, a.Shape[p.Axis])
				} else {
					f.outside = true
				}
			}
		})
		for i := range s.Body {
			f.draws = f.draws || s.Body[i].Draw != nil
		}
	}
}

func (f *frame) addLimit(input int, size dsl.Dim) {
	for _, d := range f.limits[input] {
		if d.Equal(size) {
			return
		}
	}
	f.limits[input] = append(f.limits[input], size)
}

func accesses(s *plan.Stage, visit func(*plan.Access)) {
	for i := range s.Body {
		if a := s.Body[i].Access; a != nil {
			visit(a)
		}
	}
	for i := range s.Writes {
		visit(&s.Writes[i].To)
	}
}

// input is the input that a pick's position comes straight from, or nil.
func input(s *plan.Stage, p plan.Pick) *plan.Buffer {
	if p.At.Kind != plan.OfInstr {
		return nil
	}
	in := &s.Body[p.At.Index]
	if in.Op != "read" || in.Access.Buffer.Storage != plan.InInput {
		return nil
	}
	return in.Access.Buffer
}

// checked reports whether a pick's position has been checked before the call.
func (f *frame) checked(s *plan.Stage, p plan.Pick, size dsl.Dim) bool { return input(s, p) != nil }

// rowsIn is what a random tensor's element numbers begin at when a step is
// taken in parts: "" when they begin at 0.
func (f *frame) rowsIn(shape []dsl.Dim) string {
	if f.batch == nil || len(shape) == 0 {
		return ""
	}
	each, ok := volume(shape).Over(f.batch)
	if !ok {
		return ""
	}
	return times(each, "f.first")
}

// scalar is a number of a frame, as tensors have it.
func (f *frame) scalar(b *plan.Buffer) string {
	if f.wide[b] {
		return f.Float + "(f." + f.fields[b] + ")"
	}
	return "f." + f.fields[b]
}

// field is a tensor's memory.
func (f *frame) field(b *plan.Buffer) string { return "f." + f.fields[b] }

// whole is a buffer as a slice, or as a number.
func (f *frame) whole(b *plan.Buffer) string {
	if b.Storage != plan.InRow {
		return f.field(b)
	}
	return fmt.Sprintf("%s[%s:][:%s]", f.whole(b.Of), f.rowStart(b), dimText(volume(b.Shape)))
}

// rowStart is the number of a row's first element in the buffer it is of.
func (f *frame) rowStart(b *plan.Buffer) string {
	at := newSum(1)
	at.coef[0], at.base = b.Stride, b.Base
	return at.text([]string{"int(" + f.scalar(b.Iter) + ")"})
}

// home is what holds a buffer's numbers: a row of what is a single number is
// that number.
func home(b *plan.Buffer) *plan.Buffer {
	if r := root(b); isNumber(r) {
		return r
	}
	return b
}

// isNumber reports whether a buffer is a Go variable and no slice.
func isNumber(b *plan.Buffer) bool {
	return b.Storage == plan.InScalar || b.Storage == plan.InSetting
}

// declaration is the struct type.
func (f *frame) declaration() jen.Code {
	fields := []jen.Code{
		jen.Id(f.owner.field).Op("*").Id(f.owner.typeName),
		jen.Id("pool").Op("*").Qual(rtPath, "Pool"),
		jen.Id("products").Op("*").Qual(rtPath, "Products").Types(jen.Id(f.Float)),
	}
	for _, s := range f.symbols() {
		fields = append(fields, jen.Id(dimField(s.Name)).Int())
	}
	if f.draws {
		fields = append(fields, jen.Id("seed").Uint64(), jen.Id("first").Int())
	}
	if f.outside {
		fields = append(fields, jen.Id("outside").Qual(rtPath, "Outside"))
	}
	if f.checks() {
		fields = append(fields, jen.Id("bad").Qual(rtPath, "NotFiniteError"))
	}
	for _, b := range f.fn.Buffers {
		if !f.held(b) || b.Storage == plan.InSetting && !slices.Contains(f.settings, b) {
			continue
		}
		fields = append(fields, f.fieldDecl(b))
	}
	for _, m := range []struct {
		name  string
		list  []string
		types *jen.Statement
	}{{"bound", f.bound, jen.Int()}, {"tiles", f.tiles, jen.List(jen.Id("batch"), jen.Id("i0"), jen.Id("i1"), jen.Id("j0"), jen.Id("j1")).Int()}} {
		if len(m.list) > 0 {
			fields = append(fields, jen.Id(m.name).Struct(idents(m.list).Func().Params(m.types)))
		}
	}
	return jen.Add(remark(fmt.Sprintf("%s is what a call works on that %s.", f.name, f.purpose()))).Line().
		Type().Id(f.name).Struct(fields...)
}

// purpose says what the function does.
func (f *frame) purpose() string {
	name := f.fn.IR.Name
	switch f.fn.IR.Kind {
	case ir.InitFunc:
		if name == "init" {
			return "makes the first weights"
		}
		return "makes the first values that " + name + " keeps"
	case ir.StepFunc:
		return "makes a training step of " + name + ": forward, backward, update"
	case ir.BackwardFunc:
		return "adds up gradients of " + name + ": forward, backward"
	case ir.ApplyFunc:
		return "makes an update of " + name + " from gradients"
	case ir.EvaluateFunc:
		return "evaluates " + name + ", not training"
	}
	return "computes " + name
}

func (f *frame) fieldDecl(b *plan.Buffer) jen.Code {
	t := f.goType(b.DType)
	switch b.Storage {
	case plan.InScalar:
		return jen.Id(f.fields[b]).Id(f.numberType(b))
	case plan.InSetting:
		return jen.Id(f.fields[b]).Id(f.numberType(b)).Add(remark(b.Setting.Path))
	}
	note := shapeText(b.Shape)
	switch b.Storage {
	case plan.InVar:
		note += " " + b.Var.Name
	case plan.InInput:
		note += " given"
	case plan.InOutput:
		note += " result"
	}
	return jen.Id(f.fields[b]).Index().Id(t).Add(remark(note))
}

// shapeText is a shape as the source writes it.
func shapeText(shape []dsl.Dim) string {
	parts := make([]string, len(shape))
	for i, d := range shape {
		parts[i] = d.String()
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// checks reports whether the function looks for NaN and Inf.
func (f *frame) checks() bool {
	for _, s := range f.fn.Steps {
		if _, ok := s.Kernel.(*plan.Check); ok {
			return true
		}
	}
	return false
}

// sourceLines is a place of the source for comments: its line and the text; of
// the library's first the line in the program that calls it.
func sourceLines(at dsl.Span) []string {
	if !at.Valid() {
		return nil
	}
	n := at.Line()
	line := fmt.Sprintf("%s:%d: %s", shownName(at.Source), n, strings.TrimSpace(at.Source.Line(n)))
	if at.Via != nil {
		return append(sourceLines(*at.Via), line)
	}
	return []string{line}
}

// sourceLine is the first of sourceLines: the program's own line.
func sourceLine(at dsl.Span) string {
	if lines := sourceLines(at); len(lines) > 0 {
		return lines[0]
	}
	return ""
}

// where is "file:line", of the library's with the line that calls it.
func where(at dsl.Span) string {
	if !at.Valid() {
		return ""
	}
	text := fmt.Sprintf("%s:%d", shownName(at.Source), at.Line())
	if at.Via != nil {
		text = where(*at.Via) + " (" + text + ")"
	}
	return text
}

// shownName is a source's name without the folder it happens to lie in; texts
// of the library keep theirs.
func shownName(s *dsl.Source) string {
	if strings.HasPrefix(s.Name, "library/") {
		return s.Name
	}
	return path.Base(s.Name)
}

// shortName is a name for a buffer: variables and settings lose the name of
// the only model or of the train block.
func (f *frame) shortName(b *plan.Buffer) string {
	switch b.Storage {
	case plan.InVar:
		return local(f.shortPath(b.Var))
	case plan.InSetting:
		_, rest, ok := strings.Cut(b.Setting.Path, ".")
		if !ok {
			rest = b.Setting.Path
		}
		return local(rest)
	}
	name := b.Name
	if f.onlyModel != "" {
		name = strings.Replace("_"+name, "_"+f.onlyModel+"_", "_", 1)[1:]
	}
	return local(name)
}

// shortPath is a variable's path without the model, and without the train
// block and its optimizer.
func (g *generator) shortPath(v *ir.Var) string {
	name := v.Name
	if _, short, ok := strings.Cut(name, "/"); ok && v.Kind == ir.DerivedVar {
		return short
	}
	if v.Train != "" {
		before, of, _ := strings.Cut(name, "/")
		parts := strings.Split(before, ".")
		name = parts[len(parts)-1]
		if v.Of != nil {
			name += "." + g.shortPath(v.Of)
		}
		_ = of
		return name
	}
	if g.onlyModel != "" {
		name = strings.TrimPrefix(name, g.onlyModel+".")
	}
	return name
}
