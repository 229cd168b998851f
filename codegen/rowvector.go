package codegen

import (
	"fmt"
	"go/format"
	"strings"

	"github.com/gtc-lang/gtc/codegen/vector"
	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir/plan"
)

// vector is the loop of a row kernel in assembly; nil when there is none.
func (k *rowSite) vector(r *rowKernel) *vector.Loop {
	v := &vectorizer{rowSite: k, Builder: vector.Functions(k.Library.Functions).Build(r.name), values: make([]vector.Value, len(k.stage.Body))}
	loop, err := v.loop(r)
	if err != nil {
		return nil // it uses what no vector has
	}
	return loop
}

// vectorizer makes the program of a row kernel.
type vectorizer struct {
	*rowSite
	*vector.Builder
	rows, lanes, numbers []vector.Value // parameters
	values               []vector.Value // of the stage's body
}

func (v *vectorizer) loop(r *rowKernel) (*vector.Loop, error) {
	for _, name := range v.rowSite.rows.names {
		v.rows = append(v.rows, v.Param(name))
	}
	for _, to := range r.reduced {
		v.lanes = append(v.lanes, v.Param(to.name))
	}
	for _, name := range v.rowSite.numbers.names {
		v.numbers = append(v.numbers, v.Param(name))
	}
	for i := range v.stage.Body {
		if v.uses[i] == 0 || !v.varying[i] {
			continue
		}
		var err error
		if v.values[i], err = v.instr(&v.stage.Body[i]); err != nil {
			return nil, err
		}
	}
	results, err := v.written()
	if err != nil {
		return nil, err
	}
	reduced, err := v.reduced()
	if err != nil {
		return nil, err
	}
	return v.Loop(append(results, reduced...), len(v.rows), len(v.lanes)), nil
}

// written are the values that are written to rows.
func (v *vectorizer) written() (results []vector.Value, err error) {
	for i := range v.stage.Writes {
		w := &v.stage.Writes[i]
		if v.outside(&w.To) {
			continue
		}
		x, err := v.operand(w.Value)
		if err != nil {
			return nil, err
		}
		if w.Mode == plan.Add {
			x = v.Add(v.rows[v.rowSite.rows.of(v.rowText(&w.To))], x)
		}
		results = append(results, x)
	}
	return results, nil
}

// reduced are what the lanes become.
func (v *vectorizer) reduced() (results []vector.Value, err error) {
	for _, r := range v.stage.Reduces {
		if !v.wanted[r.Local] {
			continue
		}
		x, err := v.operand(r.Value)
		if err != nil {
			return nil, err
		}
		lane := v.lanes[len(results)]
		if r.Op == "sum" {
			results = append(results, v.Add(lane, x))
			continue
		}
		x, err = v.Expr(v.Library.Scalars[r.Op+"imum"], map[string]vector.Value{"a": lane, "b": x})
		if err != nil {
			return nil, err
		}
		results = append(results, x)
	}
	return results, nil
}

func (v *vectorizer) instr(in *plan.Instr) (vector.Value, error) {
	if in.Op == "read" {
		return v.rows[v.rowSite.rows.of(v.rowText(in.Access))], nil
	}
	args := map[string]vector.Value{}
	for i, a := range in.Args {
		x, err := v.operand(a)
		if err != nil {
			return vector.None, err
		}
		args[dsl.OpNamed(in.Op).Params[i].Name] = x
	}
	if x, ok := args["x"]; ok && in.Op == "float" && v.IsMask(x) {
		return v.Truth(x)
	}
	return v.Expr(v.Library.Scalars[in.Op], args)
}

func (v *vectorizer) operand(o plan.Operand) (vector.Value, error) {
	if v.varies(o) {
		return v.values[o.Index], nil
	}
	x := v.rowSite.operand(o)
	if x.fixed {
		return v.Number(x.value)
	}
	return v.numbers[v.rowSite.numbers.of(x.text)], nil
}

// assembly writes the files of the row kernels' assembly: a file for each
// instruction set, the functions that choose among them, and those that stand
// for them elsewhere.
func (g *generator) assembly(pkg string) {
	var loops []*vector.Loop
	var choose, plain, declare strings.Builder
	for _, k := range g.kernelList {
		if k.vector == nil {
			continue
		}
		loops = append(loops, k.vector)
		for _, set := range vector.Sets {
			declare.WriteString("\n" + k.vector.Declaration(set))
		}
		choose.WriteString("\n" + k.chooser())
		fmt.Fprintf(&plain, "\nfunc %s(%s) %s { %s }\n", k.name, k.signature(g.Float), k.resultTypes(g.Float), k.plain())
	}
	if len(loops) == 0 {
		return
	}
	head := commentLine(Header+g.sourceName()+"; DO NOT EDIT.") + "\n\n"
	for _, set := range vector.Sets {
		text, err := vector.Assembly(set, loops)
		if err != nil {
			g.fail(fmt.Errorf("codegen: %w", err))
			return
		}
		g.files = append(g.files, File{"kernels_" + strings.ToLower(set) + ".gen.s", []byte(head + "//go:build amd64 && !noasm\n\n" + text)})
	}
	g.text("kernels_amd64.gen.go", fmt.Sprintf("%s//go:build amd64 && !noasm\n\npackage %s\n\nimport rt %q\n%s%s", head, pkg, rtPath, declare.String(), choose.String()))
	g.text("kernels_go.gen.go", fmt.Sprintf("%s//go:build !amd64 || noasm\n\npackage %s\n%s", head, pkg, plain.String()))
}

// text adds a file of Go.
func (g *generator) text(name, text string) {
	formatted, err := format.Source([]byte(text))
	if err != nil {
		g.fail(fmt.Errorf("codegen: %s: %w", name, err))
		return
	}
	g.files = append(g.files, File{name, formatted})
}

// signature are the parameters of a kernel.
func (k *rowKernel) signature(float string) string { return k.rowParams(float) + k.numberParams(float) }

func (k *rowKernel) rowParams(float string) string { return strings.Join(k.rows, ", ") + " []" + float }

func (k *rowKernel) numberParams(float string) string {
	if len(k.numbers) == 0 {
		return ""
	}
	return ", " + strings.Join(k.numbers, ", ") + " " + float
}

// passed are arguments for the signature: these rows, and the numbers.
func (k *rowKernel) passed(rows []string) string {
	return strings.Join(append(rows[:len(rows):len(rows)], k.numbers...), ", ")
}

// plain is the call of the kernel's Go function.
func (k *rowKernel) plain() string {
	call := fmt.Sprintf("%sGo(%s)", k.name, k.passed(k.rows))
	if len(k.reduced) > 0 {
		return "return " + call
	}
	return call
}

// chooser is the function that goes through the rows in assembly, if there is
// one for the processor, a chunk at a time.
func (k *rowKernel) chooser() string {
	w := &textWriter{}
	w.line("func %s(%s) %s {", k.name, k.signature("float32"), k.resultTypes("float32"))
	w.line("if rt.Vectors() == rt.NoVectors {")
	w.line("%s", k.plain())
	if len(k.reduced) == 0 {
		w.line("return")
	}
	w.line("}")
	var lanes, results []string
	for _, r := range k.reduced {
		w.line("%s", r.declaration("float32"))
		if r.op != "sum" {
			w.line("%s.Fill(%s)", r.name, map[string]string{"max": "-inf", "min": "inf"}[r.op])
		}
		lanes = append(lanes, "&"+r.lanes()+"[0]")
		results = append(results, r.result())
	}
	size := "rt.VectorChunk"
	if n := vector.MostChunk / k.vector.Chunk(); n > 1 {
		size += fmt.Sprintf("/%d", n)
	}
	w.line("for lo := 0; lo < len(%s); lo += %s {", k.rows[0], size)
	w.line("hi := min(lo+%s, len(%s))", size, k.rows[0])
	w.line("%sChunk(%s)", k.name, k.passed(append(k.each("", "[lo:hi]"), lanes...)))
	for _, r := range k.reduced {
		if r.runs() {
			w.line("if hi&(rt.ReduceRun-1) == 0 {\n%s.EndRun()\n}", r.name)
		}
	}
	w.line("}")
	if len(results) > 0 {
		w.line("return %s", strings.Join(results, ", "))
	}
	w.line("}")
	k.chunk(w)
	return w.String()
}

// each is the rows, with text around each.
func (k *rowKernel) each(before, after string) []string {
	list := make([]string, len(k.rows))
	for i, name := range k.rows {
		list[i] = before + name + after
	}
	return list
}

// chunk writes the function that goes through a part of the rows. Elements that
// assembly leaves are computed by the Go function.
func (k *rowKernel) chunk(w *textWriter) {
	var lanes, firsts []string
	for _, r := range k.reduced {
		lanes = append(lanes, r.name)
	}
	for _, name := range k.written {
		firsts = append(firsts, "&"+name+"[0]")
	}
	firsts = append(append(firsts, k.each("&", "[0]")...), lanes...)
	call := func(set string) string {
		return fmt.Sprintf("%s%s(%s, len(%s))", k.name, set, k.passed(firsts), k.rows[0])
	}
	params := k.rowParams("float32")
	if len(lanes) > 0 {
		params += ", " + strings.Join(lanes, ", ") + " *float32"
	}
	w.line("\n//go:noinline\nfunc %sChunk(%s%s) {", k.name, params, k.numberParams("float32"))
	if k.vector.Body.Leave == vector.None {
		w.line("if rt.Vectors() == rt.AVX512 {\n%s\n} else {\n%s\n}\n}", call("AVX512"), call("AVX2"))
		return
	}
	w.line("for len(%s) > 0 {", k.rows[0])
	w.line("var done, next int")
	w.line("if rt.Vectors() == rt.AVX512 {\ndone = %s\nnext = done + %d", call("AVX512"), k.vector.Group("AVX512"))
	w.line("} else {\ndone = %s\nnext = done + %d\n}", call("AVX2"), k.vector.Group("AVX2"))
	w.line("next = min(next, len(%s))", k.rows[0])
	w.line("%sGo(%s)", k.name, k.passed(k.each("", "[done:next]")))
	w.line("%s = %s", strings.Join(k.rows, ", "), strings.Join(k.each("", "[next:]"), ", "))
	w.line("}\n}")
}

// textWriter writes lines.
type textWriter struct{ strings.Builder }

func (w *textWriter) line(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }
