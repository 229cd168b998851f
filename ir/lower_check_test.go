package ir_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/parser"
)

// trained lowers a program with the given inputs, stop rule and data line.
func trained(t *testing.T, inputs, stop, data string) (*ir.Train, error) {
	t.Helper()
	text := "const V = 256, K = 4\ndim B <= 8, T <= 32\ntrain Fit(" + inputs + ") {\n"
	text = "layer Scale(x: [..., n]) -> [..., n] {\n    param w: [n] = 1\n    x * w\n}\n\n" + text
	text += "    r = mean(Scale(ones(B, 3)))"
	for _, input := range strings.SplitAfter(inputs, "]") {
		if name, _, ok := strings.Cut(input, ":"); ok {
			text += " + 0 * sum(" + strings.TrimLeft(name, ", ") + ")"
		}
	}
	text += "\n    minimize r\n    with sgd(lr: 0.1)\n    report maximize accuracy = r\n"
	if stop != "" {
		text += "    stop when " + stop + "\n"
	}
	if data != "" {
		text += "    data " + data + "\n"
	}
	file, err := parser.Parse(dsl.NewSource("test.gt", text+"}\n"))
	if err != nil {
		t.Fatal((&dsl.Renderer{}).Error(err))
	}
	p, err := ir.Lower(file, parser.Library())
	if err != nil {
		return nil, err
	}
	return p.Trains[0], nil
}

// TestData: the data lines of the tour and one of each spelling, compiled.
func TestData(t *testing.T) {
	cases := []struct{ inputs, data, format, made string }{
		{"x: [B, 64], y: int[B]", `csv("digits.csv", val: 0.2) { x = columns(0..64) / 16, y = column(64) }`,
			`{"File":"digits.csv","Validation":0.2,"Kind":"csv"}`,
			`x 0..64 divide(16); y 64..65`},
		{"x: [B, 4], y: int[B]", `csv("iris.csv", val: 0.2, header: true) { x = columns("a", "b", "c", "d") |> standardize, y = column("species") |> categories }`,
			`{"File":"iris.csv","Validation":0.2,"Kind":"csv","Header":"yes"}`,
			`x "a" "b" "c" "d" standardize; y "species" categories`},
		{"x: [B, 4], y: int[B]", `csv("iris.csv") { x = columns("a".."d") |> fill(0), y = column("species") |> categories }`,
			`{"File":"iris.csv","Kind":"csv"}`,
			`x "a".."d" fill(0); y "species" categories`},
		{"tok: int[B, T], next: int[B, T]", `text("input.txt", by: bytes, val: 0.1) { tok, next = windows(T) }`,
			`{"File":"input.txt","Validation":0.1,"Kind":"text","By":"bytes","Window":32}`,
			`tok "tok"; next "next"`},
		{"a: int[B, 8]", `text("input.txt", by: chars) { a = windows(2*K, stride: K) }`,
			`{"File":"input.txt","Kind":"text","By":"chars","Window":8,"Stride":4}`,
			`a "tok"`},
		{"x: [B, 28, 28], y: int[B]", `idx("i.gz", labels: "l.gz", val: "ti.gz", val_labels: "tl.gz") { y = labels, x = images / 255 }`,
			`{"File":"i.gz","Labels":"l.gz","ValidationFile":"ti.gz","ValidationLabels":"tl.gz","Kind":"idx"}`,
			`x "images" divide(255); y "labels"`},
		{"x: [B]", `csv("a.csv", header: false, separator: ";", comment: "#", val: "b.csv") { x = -((1 - 2*(column(K - 1) + 3 - 4)) |> fill_median |> fill(0)) }`,
			`{"File":"a.csv","ValidationFile":"b.csv","Kind":"csv","Header":"no","Separator":";","Comment":"#"}`,
			`x 3..4 add(3) add(-4) multiply(2) multiply(-1) add(1) fill_median fill(0) multiply(-1)`},
		{"x: [B, 6], y: int[B], z: [B]", `csv("a.csv") { x = columns("p", "q") |> categories("u", "v", "w") |> one_hot(3), z = fill_mean(column(2)), y = column(3) |> names("no", "yes") }`,
			`{"File":"a.csv","Kind":"csv"}`,
			`x "p" "q" categories(u,v,w) onehot(3); y 3..4 names(no,yes); z 2..3 fill_mean`},
	}
	for _, c := range cases {
		tr, err := trained(t, c.inputs, "", c.data)
		if err != nil {
			t.Errorf("%s", (&dsl.Renderer{}).Error(err))
			continue
		}
		if format, made := sourceText(t, tr.Source); format != c.format || made != c.made {
			t.Errorf("%s\ngives %s\n      %s\nwant  %s\n      %s", c.data, format, made, c.format, c.made)
		}
	}
}

// sourceText is what a data line says: its file and format, and how each input
// is made.
func sourceText(t *testing.T, d *ir.Data) (format, made string) {
	t.Helper()
	text, err := json.Marshal(struct {
		File             string  `json:",omitempty"`
		Labels           string  `json:",omitempty"`
		Validation       float64 `json:",omitempty"`
		ValidationFile   string  `json:",omitempty"`
		ValidationLabels string  `json:",omitempty"`
		Kind             string  `json:",omitempty"`
		Header           string  `json:",omitempty"`
		Separator        string  `json:",omitempty"`
		Comment          string  `json:",omitempty"`
		By               string  `json:",omitempty"`
		Window           int     `json:",omitempty"`
		Stride           int     `json:",omitempty"`
	}{d.File, d.Labels, d.Validation, d.ValidationFile, d.ValidationLabels, d.Format.Kind, d.Format.Header,
		d.Format.Separator, d.Format.Comment, d.Format.By, d.Format.Window, d.Format.Stride})
	if err != nil {
		t.Fatal(err)
	}
	var inputs []string
	for _, in := range d.Inputs {
		inputs = append(inputs, in.String())
	}
	return string(text), strings.Join(inputs, "; ")
}

// TestStop: stop rules as they are handed on, with the bounds they set.
func TestStop(t *testing.T) {
	cases := []struct {
		stop          string
		epochs, steps int
	}{
		{"epoch >= 30 or stalls(val.loss, epochs: 5)", 30, 0},
		{"loss < 1e-6 or grad_norm < 1e-8 or epoch >= 1000", 1000, 0},
		{"step >= 5000", 0, 5000},
		{"step > 10 * K and (epoch >= 3 or 100 < step)", 0, 101},
		{"epoch >= 3 and step >= 100", 0, 0},
		{"epoch >= 3 and epoch > 4.5 or step > 7", 5, 8},
		{"epoch == 3 or step < 9 or 5 > step", 0, 0},
		{"val.accuracy > accuracy and step.loss <= 1/2 or stalls(accuracy, 2)", 0, 0},
		{"epoch >= 0", 1, 0},
	}
	for _, c := range cases {
		tr, err := trained(t, "x: [B]", c.stop, "")
		if err != nil {
			t.Errorf("%s", (&dsl.Renderer{}).Error(err))
			continue
		}
		if tr.MaxEpochs != c.epochs || tr.MaxSteps != c.steps {
			t.Errorf("%s: at most %d epochs, %d steps; want %d, %d", c.stop, tr.MaxEpochs, tr.MaxSteps, c.epochs, c.steps)
		}
	}
}
