package codegen_test

import (
	"bytes"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/gtc-lang/gtc/codegen"
	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/eval"
	"github.com/gtc-lang/gtc/ir/plan"
	rt "github.com/gtc-lang/gtc/runtime"
	"github.com/gtc-lang/gtc/runtime/rttest"
)

// smaller makes the programs of the tour small enough for the interpreter.
var smaller = strings.NewReplacer("T <= 128", "T <= 5", "T <= 64", "T <= 5", "32, 32]", "8, 8]", "V = 1000", "V = 50")

// refused programs, with the code that they get, and what is left out of others.
var refused = map[string]string{"gan": "GT0503", "heat": "GT0503"}

// tour is how the programs are compiled that are compared with the interpreter.
var tour = compilation{plan: plan.Options{PackAll: true}, float: "float64"}

func tourProgram(t *testing.T, name string) *ir.Program {
	t.Helper()
	text, _, _ := strings.Cut(read(t, "../golden/programs/"+name+".gt"), "\ndecode ")
	text = strings.ReplaceAll(text, ", private(clip: 1.0, noise: 1.1, delta: 1e-5)", "")
	text = smaller.Replace(strings.ReplaceAll(text, "epsilon > 3.0 or ", ""))
	p, err := tour.lowered(name+".gt", text)
	if err != nil {
		t.Fatal((&dsl.Renderer{}).Error(err))
	}
	return p
}

// trace is what a generated package and the interpreter are compared in: the
// tensors and the results after each stage of a short training.
type trace struct {
	Name   string
	Total  int
	Ports  []rt.Port
	Stages []stage
}

type stage struct {
	Name    string
	Results []float64
	Tensors map[string][]float64
}

// driver is a main function that prints the traces of packages.
const driver = `package main

import (
	"encoding/gob"
	"log"
	"math"
	"os"

	rt "github.com/gtc-lang/gtc/runtime"
	"github.com/gtc-lang/gtc/runtime/rttest"
IMPORTS)

type stage struct {
	Name    string
	Results []float64
	Tensors map[string][]float64
}

type trace struct {
	Name   string
	Total  int
	Ports  []rt.Port
	Stages []stage
}

var out = gob.NewEncoder(os.Stdout)

func run(name string, job rt.Job[float64]) {
	p := job.Program()
	if p.Total == 0 {
		p.Total = 60
	}
	var stages []stage
	note := func(name string, results []float64, err error) {
		if err != nil {
			log.Fatal(err)
		}
		s := stage{name, append([]float64{}, results...), map[string][]float64{}}
		for _, t := range p.Tensors {
			s.Tensors[t.Name] = append([]float64{}, t.Data...)
		}
		stages = append(stages, s)
	}
	batch := func(seed uint64) *rt.Batch[float64] {
		b := rttest.Batch[float64](p.Ports, 3, seed)
		for _, x := range b.Floats {
			for i := range x {
				x[i] = math.Abs(x[i]) // a mask leaves something over
			}
		}
		return b
	}
	note("init", nil, nil)
	for step := range 3 {
		err := job.Step(batch(uint64(step)))
		note("step", append(p.Results, p.GradNorm), err)
	}
	err := job.Evaluate(batch(9))
	note("evaluate", p.Results, err)
	parts := 2
	if p.Values[0].Whole != "" {
		parts = 1
	}
	for part := range parts {
		err := job.Backward(batch(uint64(20 + part)))
		note("backward", p.Results, err)
	}
	err = job.Apply()
	note("apply", []float64{p.GradNorm}, err)
	if err := out.Encode(trace{name, p.Total, p.Ports, stages}); err != nil {
		log.Fatal(err)
	}
}

func main() {
CALLS}
`

// TestTour compares three steps, an evaluation, and an update (in two parts where
// they add up) of every program of the tour with the interpreter, from the first
// weights on.
func TestTour(t *testing.T) {
	m := newModule(t)
	files, err := filepath.Glob("../golden/programs/*.gt")
	if err != nil || len(files) == 0 {
		t.Fatal("no programs", err)
	}
	programs := map[string]*ir.Program{}
	var imports, calls strings.Builder
	for _, path := range files {
		name := strings.TrimSuffix(filepath.Base(path), ".gt")
		p := tourProgram(t, name)
		generated := generateTour(t, name, p)
		if generated == nil || len(p.Trains) == 0 {
			continue
		}
		programs[name] = p
		m.add(name, generated)
		fmt.Fprintf(&imports, "\t%s \"generated/%s\"\n", name, name)
		train := p.Trains[0].Name
		fmt.Fprintf(&calls, "\t{\n\t\tm := %s.New(%s.Seed(7))\n\t\trun(%q, m.%s(%s.%sDefaults()).Job())\n\t}\n", name, name, name, train, name, train)
	}
	m.write("main.go", []byte(strings.NewReplacer("IMPORTS", imports.String(), "CALLS", calls.String()).Replace(driver)))
	if out, err := m.command("build", "-o", "trace", ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	run := m.command("version")
	run.Path, run.Args = filepath.Join(m.dir, "trace"), []string{"trace"}
	var complaints strings.Builder
	run.Stderr = &complaints
	out, err := run.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, complaints.String())
	}
	for traces := gob.NewDecoder(bytes.NewReader(out)); ; {
		var got trace
		if err := traces.Decode(&got); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		t.Run(got.Name, func(t *testing.T) { compare(t, programs[got.Name], got) })
		delete(programs, got.Name)
	}
	if len(programs) > 0 {
		t.Errorf("no trace of %d programs", len(programs))
	}
}

// generateTour is the package of a program in float64; nil for one that is
// refused as it should be.
func generateTour(t *testing.T, name string, p *ir.Program) []codegen.File {
	t.Helper()
	planned, err := plan.Build(p, tour.plan)
	if err != nil {
		t.Fatal(err)
	}
	files, err := codegen.Generate(planned, tour.options())
	if code := refused[name]; code != "" {
		if err == nil || !strings.Contains(err.Error(), code) {
			t.Errorf("%s: %v, wanted %s", name, err, code)
		}
		return nil
	}
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return files
}

// compare replays a trace in the interpreter.
func compare(t *testing.T, p *ir.Program, got trace) {
	train := p.Trains[0].Name
	env := &eval.Env{Sizes: dsl.Sizes{}, Vars: map[*ir.Var]dsl.Tensor{}, Settings: map[string]float64{}, Seed: 7}
	for _, s := range p.Syms {
		env.Sizes[s] = s.Bound
	}
	step := p.FuncOf(train, ir.StepFunc)
	env.Sizes[step.Inputs[0].Shape[0].Symbol()] = 3
	for _, s := range p.Settings {
		env.Settings[s.Path] = s.Default
	}
	env.Settings["total"], env.Settings["step"] = float64(got.Total), 1
	if err := eval.Init(p, env); err != nil {
		t.Fatal(err)
	}
	update, steps, parts := 1, uint64(0), uint64(0)
	for n, s := range got.Stages {
		var results map[string]dsl.Tensor
		env.Settings["step"] = float64(update)
		switch s.Name {
		case "step":
			results = interpret(t, p, step, env, got.Ports, steps)
			steps++
			update++
		case "evaluate":
			results = interpret(t, p, p.FuncOf(train, ir.EvaluateFunc), env, got.Ports, 9)
		case "backward":
			results = interpret(t, p, p.FuncOf(train, ir.BackwardFunc), env, got.Ports, 20+parts)
			parts++
		case "apply":
			results = interpret(t, p, p.FuncOf(train, ir.ApplyFunc), env, nil, 0)
		}
		checkStage(t, fmt.Sprint(s.Name, " ", n), p, s, results, env)
	}
}

func interpret(t *testing.T, p *ir.Program, f *ir.Func, env *eval.Env, ports []rt.Port, seed uint64) map[string]dsl.Tensor {
	t.Helper()
	env.Inputs = map[string]dsl.Tensor{}
	if ports != nil {
		batch := rttest.Batch[float64](ports, 3, seed)
		for i, port := range ports {
			x := dsl.NewTensor(append([]int{3}, port.Shape...))
			for k, v := range batch.Floats[i] {
				x.Data[k] = math.Abs(v)
			}
			for k, v := range batch.Ints[i] {
				x.Data[k] = float64(v)
			}
			env.Inputs[port.Name] = x
		}
	}
	out, err := eval.Run(p, f, env)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func checkStage(t *testing.T, name string, p *ir.Program, s stage, results map[string]dsl.Tensor, env *eval.Env) {
	t.Helper()
	train := p.Trains[0]
	var order []string
	switch s.Name {
	case "apply":
		order = []string{"grad_norm"}
	case "step":
		order = append(append(order, train.Values()...), "grad_norm")
	case "evaluate", "backward":
		order = append(order, train.Values()...)
	}
	for i, result := range order {
		near(t, name+" "+result, s.Results[i:i+1], results[result].Data)
	}
	seen := 0
	for _, v := range p.Vars {
		if v.Kind != ir.ParamVar && v.Kind != ir.StateVar && v.Kind != ir.SlotVar {
			continue // not kept in files
		}
		for tensor, want := range rowsOf(v, env.Vars[v]) {
			seen++
			near(t, name+" "+tensor, s.Tensors[tensor], want)
		}
	}
	if seen != len(s.Tensors) {
		t.Errorf("%s: %d tensors, the interpreter has %d", name, len(s.Tensors), seen)
	}
}

// rowsOf are the tensors that a variable is in files, by name.
func rowsOf(v *ir.Var, x dsl.Tensor) map[string][]float64 {
	if !v.Stacked {
		return map[string][]float64{v.Name: x.Data}
	}
	list := map[string][]float64{}
	star := "*"
	if v.First > 0 {
		star += "@" + strconv.Itoa(v.First)
	}
	size := len(x.Data) / x.Shape[0]
	for i := range x.Shape[0] {
		list[strings.Replace(v.Name, star, strconv.Itoa(v.First+i), 1)] = x.Data[i*size : (i+1)*size]
	}
	return list
}

// near fails when two tensors differ by more than 1e-10 of the largest element.
func near(t *testing.T, name string, got, want []float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d elements, not %d", name, len(got), len(want))
	}
	scale := 1.0
	for _, x := range want {
		scale = max(scale, math.Abs(x))
	}
	for i, x := range want {
		if !(math.Abs(got[i]-x) <= 1e-10*scale) {
			t.Fatalf("%s[%d] is %v, the interpreter has %v", name, i, got[i], x)
		}
	}
}
