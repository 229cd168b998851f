package ir_test

import (
	"math"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/eval"
	"github.com/gtc-lang/gtc/ir/pass"
	"github.com/gtc-lang/gtc/parser"
)

// means are objectives that parts of a batch add up to.
var means = []string{
	"mse(o, z)",
	"cross_entropy(o, c)",
	"bce(sigmoid(o), where(z > 0, 1, 0))",
	"mean(sum((o - z)^2, axis: 1) * w)",
	"sum(w * o[:, 0]) / B",
	"sum(o) / (2 * B) + 0.1 * sum(m^2)",
	"3 * mse(o, z) - mean(o) / 7 + sqrt(sum(m^2))",
	"mean(sqrt(sum(o^2, axis: 1) + 1))",
	"mean(logsumexp(o, axis: 1))",
	"mean(max(o, axis: 1) - min(z, axis: 1))",
	"mean(reshape(o, [2*B]) * reshape(z, [2*B]))",
	"mean(variance(o, axis: 1))",
	"mean(o @ m)",
	"mean(m[c][:, 0] * o[:, 0])",
	"mean(concat(o, z, axis: 1)^2)",
	"mean(permute(o, 1, 0)^2)",
	"mean(grad(sum(o^2), x)^2) + mse(o, z)",
	"mean((z + mean(m))^2 * o)",
	"mean(reshape(permute(series(x), 1, 0, 2), [B*T, 2])^2) + 0 * mean(o)",
	"mean(series(x)[2] * m[0, 1] - o)",
	"mean(abs(grad(mean(o), x) * B))",
	"mean(columns(o, z)) / B",
	"sum(o.T @ z) / B",
	"sum(grad(mean(o @ m), m) * m)",
	"mean(z[:, iota(2)] * o)",
	"mse(o, z) + max(m @ m.T) * float(argmax(m[0]) + 1)",
	"mean(o) + sum(grad(sum(m^2), m))",
	"mean(o * B) / B + mean(grad(sum(m^2), x)) * max(zeros(B))",
	"mean(o * where(z > 0.5, o, 0)) + mean(where(m[0, 0] > 0, o, 0))",
	"mean(where(m[0, 0] > 0, mean(o), 0))",
	"mean(prod(z, axis: 1) * w) + mean(o)",
}

// others are objectives that they do not add up to, and where that shows.
var others = map[string]string{
	"sum((o - z)^2)":                    "sum((o - z)^2)",
	"sqrt(mse(o, z))":                   "sqrt(mse(o, z))",
	"mean(o) * mean(z) + mean(o)^2":     "*",
	"max(o^2)":                          "max(o^2)",
	"log(sum(exp(o[:, 0])))":            "log(sum(exp(o[:, 0])))",
	"sum(w^2 * o[:, 0]) / sum(w^2)":     "/",
	"mean((o - mean(o, axis: 0))^2)":    "mean(o, axis: 0)",
	"mean(o @ o.T)":                     "@",
	"mean(o[0..1])":                     "o[0..1]",
	"mean(o * reverse(z, axis: 0))":     "reverse(z, axis: 0)",
	"mean(o[:, 0] * float(iota(B)))":    "iota(B)",
	"sum((o - z)^2) / (B - 1)":          "(B - 1)",
	"mean(grad(mean(o^2), x)^2)":        "",
	"mean(logsumexp(permute(o, 1, 0)))": "",
	"mean(reshape(permute(o, 1, 0), [2*B]) * reshape(z, [2*B]))": "reshape(permute(o, 1, 0), [2*B])",
	"mse(o, z) * log(B)":                     "",
	"mean(o) + sum(m) * B":                   "",
	"sum(m) * B + 0 * mean(o)":               "+",
	"mean(w[c] * o[:, 0])":                   "w[c]",
	"sum(grad(mean(o @ m), m)^2)":            "",
	"mean(o) + mean(grad(mean(o @ m)^2, m))": "",
	"mean(prod(z, axis: 0)) + mean(o)":       "",
	"mean(o) / mean(w)":                      "/",
	"mean(pairs(o, z))":                      "",
	"mean(walk(x)) + mean(o)":                "",
}

const objectiveProgram = `dim B <= 8
const T = 3

model Net(x: [B, 3]) -> [B, 2] { x |> Dense(2) |> tanh }

layer series(x: [B, 3]) -> [T, B, 2] {
    param u: [3, 2] = 0.5
    scan t over T, h = zeros(B, 2) {
        h = tanh(x @ u + h)
        yield h
    }
}

layer walk(x: [B, 3]) -> [] {
    param u: [3] = 0.5
    h = zeros()
    scan b over B { h = tanh(h + sum(x[b] * u)) }
    h
}

func columns(x: [B, 2], y: [B, 2]) -> [2] {
    s[i] = sum[b](x[b, i] * y[b, i])
    s
}

func pairs(x: [B, 2], y: [B, 2]) -> [B] {
    s[i] = sum[j](x[i, 0] * y[j, 1])
    s / B
}

model Table() -> [2, 3] {
    param m: [2, 3] = 0.3
    m
}

train Fit(x: [B, 3], z: [B, 2], w: [B], c: int[B]) {
    o = Net(x)
    m = Table()
    used = 0 * (sum(m) + mean(z) + mean(w) + mean(float(c)))
    minimize OBJECTIVE + used
    with sgd(lr: 0.1)
}`

func objectiveOf(t *testing.T, objective string) *ir.Program {
	t.Helper()
	return rowsProgram(t, strings.Replace(objectiveProgram, "OBJECTIVE", objective, 1))
}

// reportOf is the program with a report beside an objective that is a mean.
func reportOf(t *testing.T, report string) *ir.Program {
	t.Helper()
	return rowsProgram(t, strings.Replace(objectiveProgram, "minimize OBJECTIVE", "report r = "+report+"\n    minimize mse(o, z)", 1))
}

func rowsProgram(t *testing.T, text string) *ir.Program {
	t.Helper()
	file, err := parser.Parse(dsl.NewSource("p.gt", text))
	if err != nil {
		t.Fatal(dsl.Renderer{}.Error(err))
	}
	p, err := ir.Lower(file, parser.Library())
	if err != nil {
		t.Fatal(dsl.Renderer{}.Error(err))
	}
	return p
}

// TestMeansOverRows: what may be taken in parts is known, and it gives the
// same in parts; what may not gives something else.
func TestMeansOverRows(t *testing.T) {
	for _, objective := range means {
		t.Run(objective, func(t *testing.T) {
			p := objectiveOf(t, objective)
			if w := p.Trains[0].Whole[0].Training; w != nil {
				t.Fatalf("%v %q: %s", w.At, w.At.Text(), w.Why)
			}
			if d := partsDiffer(t, p); !(d < 1e-12) {
				t.Errorf("in parts it differs by %g", d)
			}
		})
	}
	for objective, at := range others {
		t.Run(objective, func(t *testing.T) {
			p := objectiveOf(t, objective)
			w := p.Trains[0].Whole[0].Training
			if w == nil {
				t.Fatal("taken for a mean over rows")
			}
			if at != "" && w.At.Text() != at {
				t.Errorf("shows at %q: %s", w.At.Text(), w.Why)
			}
			if d := partsDiffer(t, p); !(d > 1e-6) {
				t.Errorf("in parts it differs by %g only", d)
			}
		})
	}
}

// TestReportsOverRows: the same of reports, not training.
func TestReportsOverRows(t *testing.T) {
	differ := func(report string) (*ir.Whole, float64) {
		p := reportOf(t, report)
		w := p.Trains[0].Whole[1]
		if p.Trains[0].Whole[0] != (ir.Wholes{}) || (w.Training == nil) != (w.Evaluating == nil) {
			t.Errorf("%s: %+v", report, p.Trains[0].Whole)
		}
		env := ready(t, p)
		f := p.FuncOf("Fit", ir.EvaluateFunc)
		return w.Evaluating, math.Abs(resultInParts(t, p, f, "r", env, 0, 7) - resultInParts(t, p, f, "r", env, 0, 2, 7))
	}
	for _, report := range means {
		if w, d := differ(report); w != nil || !(d < 1e-12) {
			t.Errorf("%s: %v; in parts it differs by %g", report, w, d)
		}
	}
	for report := range others {
		if w, d := differ(report); w == nil || !w.At.Valid() || !(d > 1e-6) {
			t.Errorf("%s: %v; in parts it differs by %g only", report, w, d)
		}
	}
}

// TestWholeWhileTraining: what differs between training and evaluation. Batch
// statistics are those of a part only while training.
func TestWholeWhileTraining(t *testing.T) {
	p := rowsProgram(t, `dim B <= 8
model Net(x: [B, 3]) -> [B, 2] { x |> BatchNorm |> Dense(2) |> Dropout(0.5) }

train Fit(x: [B, 3], z: [B, 2]) {
    e = (Net(x) - z)^2
    minimize mean(e)
    with sgd(lr: 0.1)
    report rmse = sqrt(mean(e))
    report constant = 1
    report rows = float(B)
}`)
	var list []string
	for _, w := range p.Trains[0].Whole {
		list = append(list, w.Training.String(), w.Evaluating.String())
	}
	const norm = "p.gt:2:34: rows of a batch see each other here"
	want := []string{norm, "", norm, "p.gt:8:19: not a sum of what each row gives alone", "", "", "p.gt:10:25: it depends on the number of rows", "p.gt:10:25: it depends on the number of rows"}
	if !slices.Equal(list, want) {
		t.Errorf("got %q", list)
	}
}

// partsDiffer is by how much the objective or a gradient of a batch of seven
// differs from those of its first two and its last five rows.
func partsDiffer(t *testing.T, p *ir.Program) float64 {
	env := ready(t, p)
	whole := inParts(t, p, env, 0, 7)
	parts := inParts(t, p, env, 0, 2, 7)
	worst := 0.0
	for i := range whole {
		worst = max(worst, math.Abs(whole[i]-parts[i]))
	}
	return worst
}

// ready runs the passes, and makes first values.
func ready(t *testing.T, p *ir.Program) *eval.Env {
	t.Helper()
	if err := pass.Run(p, parser.Library(), pass.Options{}); err != nil {
		t.Fatal(err)
	}
	env := &eval.Env{Seed: 1, Vars: map[*ir.Var]dsl.Tensor{}, Settings: map[string]float64{}}
	if err := eval.Init(p, env); err != nil {
		t.Fatal(err)
	}
	return env
}

// inParts is the objective and the gradients, means over the rows of parts that
// end where the next begins.
func inParts(t *testing.T, p *ir.Program, env *eval.Env, ends ...int) []float64 {
	e := *env
	e.Vars = map[*ir.Var]dsl.Tensor{}
	for v, x := range env.Vars {
		e.Vars[v] = x
	}
	list := []float64{resultInParts(t, p, p.FuncOf("Fit", ir.BackwardFunc), "loss", &e, ends...)}
	all := float64(ends[len(ends)-1])
	for _, v := range p.Vars {
		if v.Kind == ir.GradVar && v.Of != nil {
			for _, g := range e.Vars[v].Data {
				list = append(list, g/all)
			}
		}
	}
	return list
}

// resultInParts is a result of a function, the mean over the rows of parts that
// end where the next begins. It makes the function's updates in e.
func resultInParts(t *testing.T, p *ir.Program, f *ir.Func, name string, e *eval.Env, ends ...int) float64 {
	t.Helper()
	sum := 0.0
	for i, from := range ends[:len(ends)-1] {
		n := ends[i+1] - from
		e.Sizes = dsl.Sizes{p.Syms[0]: n}
		e.Inputs = rowsOf(f, from, n)
		results, err := eval.Run(p, f, e)
		if err != nil {
			t.Fatal(err)
		}
		sum += results[name].Data[0] * float64(n)
	}
	return sum / float64(ends[len(ends)-1])
}

// rowsOf are rows of inputs, each drawn by its number.
func rowsOf(f *ir.Func, from, n int) map[string]dsl.Tensor {
	inputs := map[string]dsl.Tensor{}
	for k, in := range f.Inputs {
		shape := []int{n}
		for _, d := range in.Shape[1:] {
			shape = append(shape, d.Max())
		}
		x := dsl.NewTensor(shape)
		width := len(x.Data) / n
		for i := range n {
			r := rand.New(rand.NewSource(int64(100*k + from + i)))
			for j := range width {
				x.Data[i*width+j] = r.Float64() + 0.1
				if in.DType == ir.Int {
					x.Data[i*width+j] = float64(r.Intn(2))
				}
			}
		}
		inputs[in.Attr.(*ir.Leaf).Name] = x
	}
	return inputs
}
