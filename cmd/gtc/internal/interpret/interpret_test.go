package interpret

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/pass"
	"github.com/gtc-lang/gtc/parser"
)

const line = `package line

dim B <= 8

model Line(x: [B, 1]) -> [B, 1] {
    param w: [1, 1] = 0.5
    x @ w
}

eval Twice(x: [B, 1]) -> [B, 1] {
    2 * Line(x)
}

train Fit(x: [B, 1], y: [B, 1]) {
    minimize mse(Line(x), y)
    with sgd(lr: 0.1)
    batch 2
    stop when epoch >= 3
    data csv("line.csv") { x = column(0) / 2, y = column(1) }
}
`

// run interprets the text above beside a file of rows.
func run(t *testing.T, o Options) (string, error) {
	t.Helper()
	return runText(t, line, o)
}

func runText(t *testing.T, program string, o Options) (string, error) {
	t.Helper()
	file, err := parser.Parse(dsl.NewSource("line.gt", program))
	if err != nil {
		t.Fatal(err)
	}
	p, err := ir.Lower(file, parser.Library())
	if err != nil {
		t.Fatal(err)
	}
	if err := pass.Run(p, parser.Library(), pass.Options{}); err != nil {
		t.Fatal(err)
	}
	o.Folder = t.TempDir()
	for name, text := range map[string]string{"line.csv": "2,2\n4,4\n6,6\n", "plain.csv": "1,1\n2,2\n3,3\n", "text": "abcdefghijklmnopqrstuvwxyz"} {
		if err := os.WriteFile(filepath.Join(o.Folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if o.Data != "" {
		o.Data = filepath.Join(o.Folder, o.Data)
	}
	var out bytes.Buffer
	err = Run(&out, p, o)
	return out.String(), err
}

// TestTrain: with x = 1, 2 and y = 2x the loss is (2-w)²·5/2 and its gradient
// (w-2)·5.
func TestTrain(t *testing.T) {
	out, err := run(t, Options{Steps: 1, Seed: 1})
	want := "Fit on the first 2 of 3 rows of line.csv, seed 1\nbefore    loss 5.625\nstep 1    loss 5.625  lr 0.1\nLine.w [1, 1]\n        1.25\n"
	if err != nil || out != want {
		t.Errorf("%v\n%s", err, out)
	}
	out, err = run(t, Options{Steps: 1, Seed: 1, Set: []Value{{"lr", 0.2}, {"batch", 1}}})
	if err != nil || !strings.Contains(out, "first 1 of 3") || !strings.HasSuffix(out, "         1.1\n") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestModels(t *testing.T) {
	out, err := run(t, Options{Name: "Twice", Data: "plain.csv", Set: []Value{{"B", 2}}})
	want := "Twice on the first 2 of 3 rows of plain.csv, seed 0\nx [2, 1]\n         0.5\n           1\ny [2, 1]\n         0.5\n           1\n"
	if err != nil || out != want { // prepared as the data line says
		t.Errorf("%v\n%s", err, out)
	}
	first, err := run(t, Options{Name: "Line", Seed: 4})
	if err != nil || !strings.Contains(first, "Line on random inputs, seed 4\nx [4, 1]\n") {
		t.Errorf("%v\n%s", err, first)
	}
	if again, _ := run(t, Options{Name: "Line", Seed: 4}); again != first {
		t.Error("the same seed gave other numbers")
	}
}

func TestWrongOptions(t *testing.T) {
	for want, o := range map[string]Options{
		"no Fot to run; there are Line, Twice, Fit":            {Name: "Fot"},
		"did you mean lr?":                                     {Set: []Value{{"rl", 1}}},
		"B = 9 is not a whole number from 1 to 8":              {Set: []Value{{"B", 9}}},
		"the setting lr is 0 or more, not -1":                  {Set: []Value{{"lr", -1}}},
		"the setting Fit.lr is 0 or more, not NaN":             {Set: []Value{{"Fit.lr", math.NaN()}}},
		"the setting momentum is 0 or more and below 1, not 1": {Set: []Value{{"momentum", 1}}},
		"a batch of 0.5 rows":                                  {Set: []Value{{"batch", 0.5}}},
		"none.csv":                                             {Data: "none.csv"},
	} {
		if out, err := run(t, o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, wanted %s\n%s", err, want, out)
		}
	}
}

func TestShow(t *testing.T) {
	var out bytes.Buffer
	show(&out, "s", dsl.Tensor{Data: []float64{3}})
	show(&out, "v", dsl.Tensor{Shape: []int{0}})
	cube := dsl.NewTensor([]int{2, 1, 10})
	show(&out, "c", cube)
	row := strings.Repeat("           0", 8) + " … 2 more\n"
	if want := "s = 3\nv [0]\nc [2, 1, 10]\n  [0, :, :]\n" + row + "  [1, :, :]\n" + row; out.String() != want {
		t.Errorf("%q", out.String())
	}
}
