package codegen

import (
	"fmt"
	"strconv"

	"github.com/dave/jennifer/jen"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/plan"
)

// run writes the method that goes through the steps.
func (f *frame) run() jen.Code {
	b := &block{}
	for _, s := range f.settings {
		b.line("%s = %s(%s)", f.field(s), f.numberType(s), f.owner.setting[s.Setting])
	}
	f.refreshPacks(b)
	f.steps(f.fn.Steps, b)
	if f.outside {
		b.line("return f.outside.Err()")
	} else {
		b.line("return nil")
	}
	return jen.Add(remark(fmt.Sprintf("run %s.", f.purpose()))).Line().
		Func().Params(jen.Id("f").Op("*").Id(f.name)).Id("run").Params().Error().Block(b.code...)
}

func (f *frame) steps(list []*plan.Step, b *block) {
	last := []string{"", ""}
	for _, s := range list {
		for i, line := range sourceLines(s.At) {
			if line != last[i] {
				b.comment(line)
				last[i] = line
				clear(last[i+1:])
			}
		}
		switch k := s.Kernel.(type) {
		case *plan.Loop:
			f.loop(s, k, b)
		case *plan.Gemm:
			f.gemm(s, k, b)
		case *plan.Repeat:
			f.repeat(k, b)
		case *plan.Check:
			f.check(k, b)
		}
		if f.locating {
			f.look(s, b)
		}
	}
}

// loop calls a loop's method, or is its code when that is scalar.
func (f *frame) loop(s *plan.Step, l *plan.Loop, b *block) {
	if volume(l.Space).Is(0) {
		f.prefill(l, b)
		return
	}
	f.prefill(l, b)
	if f.idle(l) {
		return
	}
	if isScalar(l) {
		b.append(f.inlined(l))
		return
	}
	name := f.method(s, l)
	if !parted(l) {
		b.line("f.%s()", name)
		return
	}
	chunks := f.chunksText(l)
	b.line("f.pool.Run(%s, f.bound.%s)", chunks, name)
	f.combine(l, chunks, b)
}

// chunksText is the number of parts that a loop is cut into; its method has
// been written.
func (f *frame) chunksText(l *plan.Loop) string {
	size, grain := l.Space[l.Split.Axis], l.Split.Grain
	count := dimText(size)
	if grain > 1 {
		count = goesInto(size, grain)
	}
	name := "Chunks"
	if f.quick[l] {
		name = "VectorChunks"
	}
	text := fmt.Sprintf("rt.%s(%s, %s)", name, count, dimText(l.Split.Cost.Mul(dsl.N(grain))))
	if l.Split.Max < min(plan.MaxChunks, size.Max()/grain) {
		text = fmt.Sprintf("min(%s, %d)", text, l.Split.Max)
	}
	return text
}

// goesInto is how often grain goes into a size, as Go.
func goesInto(size dsl.Dim, grain int) string {
	if n, ok := size.Const(); ok {
		return strconv.Itoa(n / grain)
	}
	return fmt.Sprintf("%s/%d", factor(size), grain)
}

// prefill sets what a loop adds up to its neutral element.
func (f *frame) prefill(l *plan.Loop, b *block) {
	f.accumulated(l, func(w *plan.Write) {
		buf := w.To.Buffer
		if buf.Storage == plan.InScalar {
			if volume(l.Space).Is(0) {
				b.line("%s = %s", f.scalar(buf), f.neutral(w.Mode, buf.DType))
			}
			return
		}
		f.fill(b, fmt.Sprintf("%s[:%s]", f.whole(buf), dimText(volume(buf.Shape))), w.Mode, buf.DType)
	})
}

// accumulated visits each accumulated buffer once.
func (f *frame) accumulated(l *plan.Loop, visit func(w *plan.Write)) {
	seen := map[*plan.Buffer]bool{}
	for _, s := range l.Stages {
		for i := range s.Writes {
			w := &s.Writes[i]
			if w.Mode != plan.Store && !seen[w.To.Buffer] {
				seen[w.To.Buffer] = true
				visit(w)
			}
		}
	}
}

// combine adds up what the parts of a loop have added up.
func (f *frame) combine(l *plan.Loop, chunks string, b *block) {
	f.accumulated(l, func(w *plan.Write) {
		if w.Partial == nil {
			return
		}
		buf, parts := w.To.Buffer, f.field(w.Partial)
		verb := map[plan.Mode]string{plan.Add: "Add", plan.Max: "Max", plan.Min: "Min"}[w.Mode]
		if buf.Storage == plan.InScalar {
			b.line("%s = rt.%sUp(%s[:%s])", f.scalar(buf), verb, parts, chunks)
			return
		}
		b.line("rt.%sParts(%s[:%s], %s, %s)", verb, f.whole(buf), dimText(volume(buf.Shape)), parts, chunks)
	})
}

// method writes a loop's method and returns its name.
func (f *frame) method(s *plan.Step, l *plan.Loop) string {
	if name, ok := f.methodOf[l]; ok {
		return name
	}
	name := f.names.pick(f.title(l))
	f.methodOf[l] = name
	var params []jen.Code
	if parted(l) {
		f.bound = append(f.bound, name)
		params = append(params, jen.Id("chunk").Int())
	}
	f.addMethod(s, l, name, params, f.nest(l))
	return name
}

// tileMethod writes the method that a product calls for its parts, and returns
// its name.
func (f *frame) tileMethod(s *plan.Step, l *plan.Loop) string {
	if name, ok := f.methodOf[l]; ok {
		return name
	}
	name := f.names.pick(f.title(l))
	f.methodOf[l] = name
	f.tiles = append(f.tiles, name)
	f.addMethod(s, l, name, []jen.Code{jen.List(jen.Id("_"), jen.Id("i0"), jen.Id("i1"), jen.Id("j0"), jen.Id("j1")).Int()}, f.tile(l))
	return name
}

// addMethod adds the method of a loop.
func (f *frame) addMethod(s *plan.Step, l *plan.Loop, name string, params []jen.Code, body *block) {
	doc := fmt.Sprintf("%s computes %s.", name, f.contents(l))
	code := jen.Add(remark(doc)).Line()
	if lines := sourceLines(s.At); len(lines) > 0 {
		code.Add(remark("")).Line()
		for _, line := range lines {
			code.Add(remark("\t" + line)).Line()
		}
	}
	code.Func().Params(jen.Id("f").Op("*").Id(f.name)).Id(name).Params(params...).Block(body.code...)
	f.methods = append(f.methods, code)
}

// title is a name for a loop: of what it makes last.
func (f *frame) title(l *plan.Loop) string {
	name := "kernel"
	for _, s := range l.Stages {
		for i := range s.Writes {
			name = f.shortName(s.Writes[i].To.Buffer)
		}
	}
	return "compute" + exported(name)
}

// contents lists what a loop makes.
func (f *frame) contents(l *plan.Loop) string {
	text := ""
	seen := map[string]bool{}
	for _, s := range l.Stages {
		for i := range s.Writes {
			b := s.Writes[i].To.Buffer
			name := f.fields[b]
			if b.Storage == plan.InRow {
				name = f.fields[root(b)] + "[…]"
			}
			if seen[name] {
				continue
			}
			seen[name] = true
			if text != "" {
				text += ", "
			}
			text += name + " " + shapeText(b.Shape)
		}
	}
	return text
}

// repeat is a loop over iterations.
func (f *frame) repeat(k *plan.Repeat, b *block) {
	body := &block{}
	head := "for range " + dimText(k.Trip)
	if f.held(k.Index) {
		index := f.locals.pick("i")
		body.line("%s = int32(%s)", f.scalar(k.Index), index)
		head = fmt.Sprintf("for %s := range %s", index, dimText(k.Trip))
		if k.Reverse {
			head = fmt.Sprintf("for %[1]s := %[2]s - 1; %[1]s >= 0; %[1]s--", index, dimText(k.Trip))
		}
	}
	f.steps(k.Steps, body)
	if k.Label != "" {
		b.comment("for each of " + k.Label)
	}
	b.nest(head, body)
}

// check stops the call when a value is not finite.
func (f *frame) check(k *plan.Check, b *block) {
	b.comment("nothing has been updated so far")
	fail := &block{}
	if f.outside {
		fail.line("return err")
		b.nest("if err := f.outside.Err(); err != nil", fail)
		fail = &block{}
	}
	fail.line("f.locate()")
	fail.line("return err")
	for _, v := range k.Values {
		what, at := f.describe(v)
		x := f.scalar(v)
		call := "CheckFinite"
		if v.Storage == plan.InScalar || v.Storage == plan.InSetting {
			call = "CheckNumber"
		} else {
			x += "[:" + dimText(volume(v.Shape)) + "]"
		}
		b.add(jen.If(jen.Id("err").Op(":=").Qual(rtPath, call).Call(jen.Op("&f.bad"), jen.Lit(what), jen.Lit(at), jen.Op(x)), jen.Err().Op("!=").Nil()).Block(fail.code...))
	}
}

// describe names a value that must be finite for the user: an objective or
// the norm of its gradient, with the line of the minimize statement, or a
// number that an optimizer is set by.
func (f *frame) describe(b *plan.Buffer) (what, at string) {
	finite := f.fn.IR.Finite
	for i, v := range finite {
		if f.homeOf(b) != v {
			continue
		}
		if i+1 < len(finite) && finite[i+1].Name == "grad_norm" {
			return f.resultOf(v, "loss"), where(finite[i+1].At) // a loss is made in the library
		}
		name := v.Name
		if leaf, ok := v.Attr.(*ir.Leaf); ok {
			name = leaf.Name
		}
		return f.resultOf(v, name), where(v.At)
	}
	return b.Name, where(b.At)
}

// resultOf is the name that a result has for the caller; other if v is none.
func (f *frame) resultOf(v *ir.Value, other string) string {
	for _, r := range f.fn.IR.Results {
		if r.Value == v {
			return r.Name
		}
	}
	return other
}

// homeOf is the checked value that a buffer holds.
func (f *frame) homeOf(b *plan.Buffer) *ir.Value {
	for _, s := range f.fn.Steps {
		if c, ok := s.Kernel.(*plan.Check); ok {
			for i, x := range c.Values {
				if x == b && i < len(f.fn.IR.Finite) {
					return f.fn.IR.Finite[i]
				}
			}
		}
	}
	return nil
}
