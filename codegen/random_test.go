package codegen_test

import (
	"bytes"
	"encoding/gob"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gtc-lang/gtc/codegen"
	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/irtest"
	"github.com/gtc-lang/gtc/ir/pass"
	"github.com/gtc-lang/gtc/ir/plan"
	language "github.com/gtc-lang/gtc/parser"
)

var programs = flag.Int("codegen.programs", 200, "random programs to compile and compare with the interpreter")

const (
	perPackage = 25
	seed       = 7 // of random rows
)

// variant is one way of compiling a program.
type variant struct {
	name  string
	float string
	off   []string // passes
	plan  plan.Options
	parts bool // every loop is cut into parts that may be
}

var variants = []variant{
	{name: "f64", float: "float64", plan: plan.Options{PackAll: true}},
	{name: "parts", float: "float64", parts: true},
	{name: "plain", float: "float64", off: []string{"simplify", "cse", "dce"}, plan: plan.Options{NoFuse: true}},
	{name: "f32", float: "float32"},
}

// TestRandomPrograms compiles random programs in several ways and compares
// what they compute, in three calls in a row, with the interpreter.
func TestRandomPrograms(t *testing.T) {
	m := newModule(t)
	list := samples(t, *programs)
	b := &batch{module: m}
	for from := 0; from < len(list); from += perPackage {
		group := list[from:min(from+perPackage, len(list))]
		for _, v := range variants {
			if err := b.add(v, group); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := b.build(); err != nil {
		t.Fatal(err)
	}
	out, err := b.outcomes()
	if err != nil {
		t.Fatal(err)
	}
	for k, c := range b.cases {
		if err := c.check(out[k]); err != nil {
			t.Fatal(explain(t, c, err))
		}
	}
}

// samples makes programs whose sizes are at least 1.
func samples(t *testing.T, n int) (list []*sample) {
	wild := 0
	for seed := int64(0); len(list) < n; seed++ {
		var choices irtest.Choices
		(&irtest.Programs{Choose: choices.Record(seed)}).New()
		s, err := newSample(choices)
		if err != nil {
			t.Fatal(err)
		}
		if s == nil {
			continue
		}
		if s.wild {
			wild++
		}
		list = append(list, s)
	}
	t.Logf("%d of %d programs are compared, the others for NaN alone", n-wild, n)
	if 4*wild > n {
		t.Errorf("%d of %d programs have no numbers to compare", wild, n)
	}
	return list
}

// explain shrinks a failure and describes what is left.
func explain(t *testing.T, c *testCase, failure error) string {
	tries := 0
	choices := c.choices.Shrink(func(d irtest.Choices) bool {
		if tries++; tries > 150 {
			return false
		}
		_, err := alone(t, c.variant, d)
		return err != nil
	})
	if b, err := alone(t, c.variant, choices); err != nil {
		return fmt.Sprintf("%s: %v\n%s", c.variant.name, err, b.text)
	}
	return fmt.Sprintf("%s: %v, but not alone", c.variant.name, failure)
}

// alone compiles, runs and compares one program.
func alone(t *testing.T, v variant, choices irtest.Choices) (*batch, error) {
	b := &batch{module: newModule(t)}
	s, err := newSample(choices)
	if err != nil || s == nil {
		return b, nil
	}
	if err := b.add(v, []*sample{s}); err != nil {
		return b, err
	}
	if err := b.build(); err != nil {
		return b, err
	}
	out, err := b.outcomes()
	if err != nil {
		return b, err
	}
	return b, b.cases[0].check(out[0])
}

// batch is packages of programs that are built and run together.
type batch struct {
	*module
	cases    []*testCase
	calls    []call
	packages []string
	text     string // of the last package: the program, its plan, the generated kernels
}

// testCase is a program in one variant.
type testCase struct {
	*sample
	variant variant
	f       *ir.Func
}

// call, slice and called are what testdata/runner is told and tells.
type call struct {
	Package, Method string
	Sizes           []int
	Inputs          []slice
	Outputs         []int
	Var             string
	Start           []float64
	Times           int
}

type slice struct {
	Ints   []int32
	Floats []float64
}

type called struct {
	Scalars []float64
	Slices  [][]float64
	Var     []float64
	Err     string
}

// add writes a package of several programs.
func (b *batch) add(v variant, group []*sample) error {
	var choices []irtest.Choices
	for _, s := range group {
		choices = append(choices, s.choices)
	}
	p, data := combined(choices)
	b.text = p.String()
	lib := language.Library()
	if err := pass.Run(p, lib, pass.Options{Off: v.off}); err != nil {
		return err
	}
	planned, err := plan.Build(p, v.plan)
	if err != nil {
		return err
	}
	files, err := codegen.Generate(planned, codegen.Options{Float: v.float, Library: lib})
	if err != nil {
		return err
	}
	name := fmt.Sprintf("%s_%d", v.name, len(b.packages))
	b.packages = append(b.packages, name)
	if v.parts {
		files = parted(files)
	}
	b.module.add(name, files)
	b.text += "\n" + planned.Funcs[len(planned.Funcs)-1].String() + "\n" + text(files, "session.gen.go")
	sizes, err := sizeParams(text(files, "session.gen.go"))
	if err != nil {
		return err
	}
	for k, r := range data {
		f := p.Funcs[1+k]
		b.cases = append(b.cases, &testCase{group[k], v, f})
		b.calls = append(b.calls, newCall(name, f, r, sizes[f.Name]))
	}
	return nil
}

func text(files []codegen.File, name string) string {
	for _, f := range files {
		if f.Name == name {
			return string(f.Text)
		}
	}
	return ""
}

// parted makes loops run in parts that are too short for it.
func parted(files []codegen.File) []codegen.File {
	for i, f := range files {
		files[i].Text = bytes.ReplaceAll(f.Text, []byte("rt.Chunks("), []byte("chunks("))
	}
	return append(files, codegen.File{Name: "chunks.go", Text: []byte("package random\n\nfunc chunks(n, _ int) int { return max(1, min(n, 3)) }\n")})
}

// sizeParams are the sizes that each method of the session takes: the names of
// its int parameters.
func sizeParams(session string) (map[string][]string, error) {
	file, err := parser.ParseFile(token.NewFileSet(), "session.gen.go", session, 0)
	if err != nil {
		return nil, err
	}
	list := map[string][]string{}
	for _, d := range file.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		for _, p := range fn.Type.Params.List {
			for _, name := range p.Names {
				if t, ok := p.Type.(*ast.Ident); ok && t.Name == "int" {
					list[fn.Name.Name] = append(list[fn.Name.Name], strings.ToUpper(name.Name))
				}
			}
		}
	}
	return list, nil
}

func newCall(pkg string, f *ir.Func, r *irtest.Random, params []string) call {
	w := r.Program.Vars[0].Name
	c := call{Package: pkg, Method: f.Name, Var: w, Start: r.Vars[w].Data, Times: calls}
	for _, name := range params {
		c.Sizes = append(c.Sizes, r.Sizes[name])
	}
	for _, in := range f.Inputs {
		s := slice{Floats: r.Inputs[in.Name].Data}
		if in.DType == ir.Int {
			for _, x := range s.Floats {
				s.Ints = append(s.Ints, int32(x))
			}
		}
		c.Inputs = append(c.Inputs, s)
	}
	sizes := dsl.Sizes{}
	for _, s := range r.Program.Syms {
		sizes[s] = r.Sizes[s.Name]
	}
	for _, o := range f.Results {
		if !o.Value.Scalar() {
			c.Outputs = append(c.Outputs, len(dsl.NewTensor(irtest.Shape(o.Value.Shape, sizes)).Data))
		}
	}
	return c
}

// build makes the program that calls the packages.
func (b *batch) build() error {
	var registry strings.Builder
	registry.WriteString("package main\n\nimport (\n")
	for _, name := range b.packages {
		fmt.Fprintf(&registry, "\t%s \"generated/%s\"\n", name, name)
	}
	registry.WriteString(")\n\nfunc init() {\n")
	for _, name := range b.packages {
		fmt.Fprintf(&registry, "\t{\n\t\tm := %s.New(%s.Seed(%d))\n\t\tregister(%q, m.Tensors(), m.Session())\n\t}\n", name, name, seed, name)
	}
	registry.WriteString("}\n")
	b.write("runner/registry.go", []byte(registry.String()))
	b.write("runner/main.go", []byte(read(b.t, "testdata/runner/main.go")))
	// what is not optimised by us is not by Go either: it is long
	if out, err := b.run("build", "-trimpath", "-gcflags=generated/plain...=-N -l", "-o", "run", "./runner"); err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	return nil
}

// outcomes runs the calls, on one thread and on several: the bytes are the same.
// Other kernel sets give the same numbers where there are no products.
func (b *batch) outcomes() ([][]called, error) {
	var in bytes.Buffer
	if err := gob.NewEncoder(&in).Encode(b.calls); err != nil {
		return nil, err
	}
	var first []byte
	var list [][]called
	for _, setting := range []string{"GOMAXPROCS=1", "GOMAXPROCS=4", "GTC_KERNELS=avx2", "GTC_KERNELS=go"} {
		c := exec.Command(filepath.Join(b.dir, "run"))
		c.Env = append(os.Environ(), setting)
		c.Stdin = bytes.NewReader(in.Bytes())
		var complaint bytes.Buffer
		c.Stderr = &complaint
		out, err := c.Output()
		if err != nil {
			return nil, fmt.Errorf("%w\n%s", err, complaint.String())
		}
		threads := strings.HasPrefix(setting, "GOMAXPROCS")
		switch {
		case first == nil:
			first = out
			if err := gob.NewDecoder(bytes.NewReader(out)).Decode(&list); err != nil {
				return nil, err
			}
		case threads && !bytes.Equal(first, out):
			return nil, fmt.Errorf("with %s something else comes out", setting)
		case !threads:
			var other [][]called
			if err := gob.NewDecoder(bytes.NewReader(out)).Decode(&other); err != nil {
				return nil, err
			}
			if err := b.sameNumbers(list, other); err != nil {
				return nil, fmt.Errorf("with %s: %w", setting, err)
			}
		}
	}
	return list, nil
}

// sameNumbers compares bit for bit what programs without products have given.
func (b *batch) sameNumbers(one, other [][]called) error {
	compared := 0
	for k, c := range b.cases {
		if multiplies(c.f.Roots()) {
			continue
		}
		compared++
		for i := range one[k] {
			x, y := one[k][i], other[k][i]
			slices := append(append([][]float64{x.Var}, x.Slices...), x.Scalars)
			for n, with := range append(append([][]float64{y.Var}, y.Slices...), y.Scalars) {
				for at := range with {
					if v, w := slices[n][at], with[at]; math.Float64bits(v) != math.Float64bits(w) && (v == v || w == w) {
						return fmt.Errorf("%s %s, call %d: element %d of result %d is %v, not %v", c.variant.name, c.f.Name, i, at, n, w, v)
					}
				}
			}
		}
	}
	if len(b.cases) > perPackage && compared < perPackage {
		return fmt.Errorf("only %d programs have no products", compared)
	}
	return nil
}

// multiplies reports whether values are made by products of matrices.
func multiplies(roots []*ir.Value) bool {
	for _, v := range ir.Order(roots...) {
		if v.Is("contract") || v.Is("loop") && multiplies(v.LoopOf().Body.Results) {
			return true
		}
	}
	return false
}

// check compares what was called with the interpreter.
func (c *testCase) check(list []called) error {
	var got []outcome
	for _, o := range list {
		if o.Err != "" {
			return fmt.Errorf("%s", o.Err)
		}
		var all outcome
		for _, r := range c.f.Results {
			if r.Value.Scalar() {
				all, o.Scalars = append(all, o.Scalars[:1]), o.Scalars[1:]
			} else {
				all, o.Slices = append(all, o.Slices[0]), o.Slices[1:]
			}
		}
		got = append(got, append(all, o.Var))
	}
	return c.compare(got, c.variant.float)
}
