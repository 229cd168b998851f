package codegen_test

import (
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gtc-lang/gtc/codegen"
	"github.com/gtc-lang/gtc/dsl"
)

// generated compiles a text, or says what is wrong with it; a main package
// comes last.
func generated(name, text string, tests bool) ([]codegen.File, error) {
	c := compilation{tests: tests}
	p, err := c.planned(name, text)
	if err != nil {
		return nil, err
	}
	files, err := codegen.Generate(p, c.options())
	if err != nil {
		return nil, err
	}
	main, err := codegen.Main(p, ownPath, c.options())
	return append(files, main), err
}

const ownPath = "example.org/generated"

// world finds packages: the runtime from its source, and the one in hand.
type world struct {
	types.Importer
	own *types.Package
}

func (w *world) Import(path string) (*types.Package, error) {
	if path == ownPath {
		return w.own, nil
	}
	return w.Importer.Import(path)
}

// goTypes reads the runtime once.
var goTypes = sync.OnceValues(func() (*token.FileSet, types.Importer) {
	fset := token.NewFileSet()
	return fset, importer.ForCompiler(fset, "source", nil)
})

// typeCheck fails where the files are no Go packages, or have directives.
func typeCheck(files []codegen.File) error {
	fset, from := goTypes()
	packages := map[string][]*ast.File{}
	seen := map[string]bool{}
	for _, f := range files {
		if seen[strings.ToLower(f.Name)] {
			return fmt.Errorf("two files %s", f.Name)
		}
		seen[strings.ToLower(f.Name)] = true
		if strings.HasSuffix(f.Name, ".s") || f.Name == "kernels_go.gen.go" { // for other machines
			continue
		}
		file, err := parser.ParseFile(fset, f.Name, f.Text, parser.ParseComments)
		if err != nil {
			return err
		}
		if err := plainComments(file); err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
		packages[file.Name.Name] = append(packages[file.Name.Name], file)
	}
	own := packages[parsedName(files[0])]
	w := &world{Importer: from}
	c := types.Config{Importer: w}
	var err error
	if w.own, err = c.Check(ownPath, fset, own, nil); err != nil {
		return err
	}
	for name, parsed := range packages {
		if name == w.own.Name() {
			continue
		}
		if _, err := c.Check(name, fset, parsed, nil); err != nil {
			return err
		}
	}
	return nil
}

// directives are the only comments that mean something to Go.
var directives = []string{"//go:build amd64 && !noasm", "//go:noescape", "//go:noinline"}

// plainComments fails where a comment means something to the go command.
func plainComments(file *ast.File) error {
	for _, group := range file.Comments {
		for _, c := range group.List {
			if slices.Contains(directives, c.Text) {
				continue
			}
			if strings.HasPrefix(c.Text, "/*") || !strings.HasPrefix(c.Text, "// ") && c.Text != "//" && !strings.HasPrefix(c.Text, "//\t") {
				return fmt.Errorf("the comment %q", c.Text)
			}
		}
	}
	return nil
}

func parsedName(f codegen.File) string {
	file, err := parser.ParseFile(token.NewFileSet(), f.Name, f.Text, parser.PackageClauseOnly)
	if err != nil {
		return ""
	}
	return file.Name.Name
}

// right fails where a text is compiled to what is no Go package, or refused
// without a code.
func right(name, text string, tests bool) (compiled bool, err error) {
	files, err := generated(name, text, tests)
	if err != nil {
		var list dsl.ErrorList
		if !errors.As(err, &list) || list[0].Code == "" {
			return false, fmt.Errorf("an error without a code: %w", err)
		}
		return false, nil
	}
	return true, typeCheck(files)
}

// everything is a program with a name in every place that has one.
const everything = `package PACKAGE

const CONST = 3
dim DIM <= 8

layer LAYER(SETTING: int, RATE = 0.5)(ARG: [..., n]) -> [..., SETTING] {
    param PARAM: [n, SETTING] ~ glorot_uniform, SECOND: [SETTING] = 0
    LOCAL = ARG @ PARAM
    LOCAL * RATE + SECOND
}

model MODEL(INPUT: [DIM, 4]) -> [DIM, CONST] {
    layer INSTANCE = LAYER(5)
    HIDDEN = INPUT |> INSTANCE |> Dropout(0.1)
    BLOCK: for i in 0..3 {
        HIDDEN = HIDDEN + tanh(HIDDEN |> LAYER(5))
    }
    HIDDEN |> Dense(CONST)
}

train TRAIN(INPUT: [DIM, 4], TARGET: int[DIM]) {
    OUT = MODEL(INPUT)
    minimize cross_entropy(OUT, TARGET)
    with adamw(lr: cosine(peak: 1e-3, warmup: 10)), clip_norm(1.0)
    report maximize REPORT = mean(argmax(OUT) == TARGET)
    batch 4
    stop when epoch >= 3 or val.REPORT > 0.9 or stalls(val.loss, epochs: 2) or stalls(REPORT, epochs: 2)
}

eval EVAL(INPUT: [DIM, 4], TARGET: int[DIM]) -> [DIM, 4] {
    abs(grad(sum(MODEL(INPUT)[..., TARGET]), INPUT))
}
`

// places are the names of everything, with what they are when they are not
// hostile.
var places = map[string]string{
	"PACKAGE": "names", "CONST": "C", "DIM": "B", "LAYER": "Part", "SETTING": "out", "RATE": "rate", "ARG": "x", "PARAM": "W", "SECOND": "b",
	"LOCAL": "y", "MODEL": "Net", "INPUT": "x", "INSTANCE": "first", "HIDDEN": "h", "BLOCK": "layers", "TRAIN": "Fit", "TARGET": "y", "OUT": "logits",
	"REPORT": "accuracy", "EVAL": "Saliency",
}

// hostile names are words of Go, names that generated code uses, and names
// that become the same.
var hostile = strings.Fields(`
	break case chan const continue default defer fallthrough func go goto import interface map package range return select struct switch type var
	any append bool byte cap clear close complex copy error false float32 float64 imag int int32 iota len make max min new nil panic print real
	recover rune string true uint uint64
	f rt w err inf nan m s b p o d l t v x y i j k n lo hi chunk pool products seed first bad outside bound run attach check load fit session model
	floats ints bools program settings vars rows grads tensors memory options option apply backward evaluate step batch total loss grad_norm epoch val
	Model Session Settings Save Load Tensors Pipeline New Seed Option Options Workers BLAS Source SourceName Structure Stop Batch Accumulate Total
	Fit FIT fit Step Run Forward Backward Apply Grad Results Evaluate Job Rows FitSettings FitDefaults FitData FitJob fitStep modelInit SettingList
	Net net NET netForward fitJob context math init main test linux windows amd64 internal vendor cgo runtime generated
	_ __ _x x_ x__y X xY x_y X_Y XY x1 x_1 X1 e1 E1 LR lr Lr ID id String Error Go Type Len
	Dense dense1 dense Dense1 relu sum mean T B W
`)

var stride = flag.Int("codegen.names", 31, "which hostile names go into a program together")

// TestHostileNames puts every hostile name in every place, many at once.
func TestHostileNames(t *testing.T) {
	if testing.Short() {
		t.Skip("type-checks many packages")
	}
	names := append([]string{strings.Repeat("long", 80), strings.Repeat("Long_", 60)}, hostile...)
	compiled := 0
	for n := range names {
		chosen := map[string]string{}
		for k, place := range order {
			chosen[place] = names[(n+*stride*k)%len(names)]
		}
		ok, err := right("names.gt", filled(chosen), n%16 == 0)
		if err != nil {
			t.Errorf("%v: %v", chosen, err)
		}
		if ok {
			compiled++
		}
	}
	t.Logf("%d of %d programs were compiled", compiled, len(names))
	if compiled < len(names)/2 {
		t.Errorf("only %d programs were compiled", compiled)
	}
}

// order is the places in some order.
var order = slices.Sorted(maps.Keys(places))

func filled(names map[string]string) string {
	var list []string
	for place, name := range places {
		if other, ok := names[place]; ok {
			name = other
		}
		list = append(list, place, name)
	}
	return strings.NewReplacer(list...).Replace(everything)
}
