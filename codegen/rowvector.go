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
func (k *rowSite) vector(name string) *vector.Loop {
	for i := range k.stage.Reduces {
		if k.wanted[k.stage.Reduces[i].Local] {
			return nil
		}
	}
	v := &vectorizer{rowSite: k, Builder: vector.Functions(k.Library.Functions).Build(name), values: make([]vector.Value, len(k.stage.Body))}
	loop, err := v.loop()
	if err != nil {
		return nil // it uses what no vector has
	}
	return loop
}

// vectorizer makes the program of a row kernel.
type vectorizer struct {
	*rowSite
	*vector.Builder
	rows, numbers []vector.Value // parameters
	values        []vector.Value // of the stage's body
}

func (v *vectorizer) loop() (*vector.Loop, error) {
	for _, name := range v.rowSite.rows.names {
		v.rows = append(v.rows, v.Param(name))
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
	var results []vector.Value
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
	return v.Loop(results, len(v.rows)), nil
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
		choose.WriteString(k.chooser())
		fmt.Fprintf(&plain, "\nfunc %s(%s) { %sGo(%s) }\n", k.name, k.signature(g.Float), k.name, k.passed(k.rows))
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
func (k *rowKernel) signature(float string) string {
	text := strings.Join(k.rows, ", ") + " []" + float
	if len(k.numbers) > 0 {
		text += ", " + strings.Join(k.numbers, ", ") + " " + float
	}
	return text
}

// passed are arguments for the signature: these rows, and the numbers.
func (k *rowKernel) passed(rows []string) string {
	return strings.Join(append(rows[:len(rows):len(rows)], k.numbers...), ", ")
}

// chooser is the function that goes through the rows in assembly, if there is
// one for the processor, a chunk at a time.
func (k *rowKernel) chooser() string {
	parts, firsts := make([]string, len(k.rows)), []string(nil)
	for i, name := range k.rows {
		parts[i] = name + "[lo:hi]"
	}
	for _, name := range append(k.written[:len(k.written):len(k.written)], k.rows...) {
		firsts = append(firsts, "&"+name+"[0]")
	}
	call := func(set string) string {
		return fmt.Sprintf("%s%s(%s, len(%s))", k.name, set, k.passed(firsts), k.rows[0])
	}
	return fmt.Sprintf(`
func %[1]s(%[2]s) {
	if rt.Vectors() == rt.NoVectors {
		%[1]sGo(%[3]s)
		return
	}
	for lo := 0; lo < len(%[4]s); lo += rt.VectorChunk {
		hi := min(lo+rt.VectorChunk, len(%[4]s))
		%[1]sChunk(%[5]s)
	}
}

//go:noinline
func %[1]sChunk(%[2]s) {
	if rt.Vectors() == rt.AVX512 {
		%[6]s
	} else {
		%[7]s
	}
}
`, k.name, k.signature("float32"), k.passed(k.rows), k.rows[0], k.passed(parts), call("AVX512"), call("AVX2"))
}
