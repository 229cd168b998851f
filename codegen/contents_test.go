package codegen_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"
)

// small is a program with room for a body, for more declarations, and for what
// a train block says more.
func small(body, more, training string) string {
	return "package small\n\ndim B <= 8\n\nmodel Net(x: [B, 4]) -> [B, 3] {\n    h = x |> Dense(4)\n" + body + "\n    h |> Dense(3)\n}\n\n" + more +
		"\n\ntrain Fit(x: [B, 4], y: int[B]) {\n    minimize cross_entropy(Net(x), y)\n    with sgd(lr: 0.1)\n" + training + "\n    stop when epoch >= 2\n}\n"
}

const bidi = "\u202e \u2066 \u2028 \u2029 \u200b"

// strange are programs that say strange things in right places, or in wrong
// ones; compiled are those that must come through.
var strange = []struct {
	name, text string
	compiled   bool
}{
	{"comment end", small("    h = tanh(h)   // */ func init() { panic(1) } /*", "", ""), true},
	{"directives", small("    h = tanh(h)   //go:build ignore\n//go:build ignore\n//line x.go:1\n// +build ignore\n    //go:linkname a b\n", "", ""), true},
	{"backticks", small("    h = tanh(h)   // `+\"x\"+`", "", ""), true},
	{"carriage returns", strings.ReplaceAll(small("    h = tanh(h)   // a", "", ""), "\n", "\r\n"), true},
	{"lone carriage return", small("    h = tanh(h)   // a\rfunc init() { panic(1) }", "", ""), false},
	{"bidi", small("    h = tanh(h)   // "+bidi, "", ""), false},
	{"controls", small("    h = tanh(h)   // \x00 \x01 \x1b[31m \x7f \ufeff", "", ""), false},
	{"not UTF-8", small("    h = tanh(h)   // \xff\xfe\xc0", "", ""), false},
	{"percent", small("    h = tanh(h)   // %s %d %!", "", ""), true},
	{"strings", small("", "", `    data csv("a\"b\\c`+"`"+`.csv", val: 0.2) { x = columns("a b", "%d", "\\n", "d\"") , y = column("*/") }`), false},
	{"file names", small("", "", `    data csv("/etc/*/ // %v.csv", val: 0.2) { x = columns(0..4) / 16, y = column(4) }`), true},
	{"large numbers", small("    h = h * 1e300 + 1e39 - 1e38", "", ""), true},
	{"small numbers", small("    h = h + 1e-320 * 1e-46", "", ""), true},
	{"NaN", small("    h = h + 0 / 0", "", ""), false},
	{"Inf", small("    h = maximum(h, -1 / 0)", "", ""), false},
	{"negative zero", small("    h = maximum(h, -0.0) * -0.0 / -1e-30", "", ""), true},
	{"folded NaN", small("    h = h + sqrt(-1) + log(-1)", "", ""), false},
	{"integers", small("    h = h + mean(iota(B) * 2147483647 + 1)", "", ""), false},
	{"integer ends", small("", "eval Pick(t: int[B]) -> int[B] { t * 2147483647 - 2147483648 + 4294967296 }", ""), false},
	{"huge dims", small("", "eval Big(t: [B, 70000, 70000]) -> [] { sum(t) }", ""), true},
	{"beyond sizes", small("", "eval Big(t: [B, 1000000000, 1000000000]) -> [] { sum(t) }", ""), false},
	{"only once", small("", "layer Two()(x: [..., n]) -> [..., n] { param a_b: [n] = 0, aB: [n] = 1, A_B: [n] = 2, AB: [n] = 3\n x * a_b + aB * A_B + AB }\nmodel Other(x: [B, 4]) -> [B, 4] { x |> Two() }", ""), false},
	{"trains", small("", "train FIT(x: [B, 4], y: int[B]) {\n minimize cross_entropy(Net(x), y)\n with sgd(lr: 0.1)\n stop when epoch >= 2\n}\ntrain fit(x: [B, 4], y: int[B]) {\n minimize cross_entropy(Net(x), y)\n with sgd(lr: 0.1)\n stop when epoch >= 2\n}", ""), true},
	{"models", small("", "model net(x: [B, 4]) -> [B, 4] { x |> Dense(4) }\nmodel NET(x: [B, 4]) -> [B, 4] { x |> Dense(4) }\neval ForwardNet(x: [B, 4]) -> [B, 4] { net(x) }\neval Forward(x: [B, 4]) -> [B, 4] { NET(x) }", ""), true},
	{"settings that are no numbers", strings.Replace(small("", "", ""), "sgd(lr: 0.1)", "sgd(lr: 1 / 0, momentum: 0 / 0)", 1), false},
	{"infinite setting", strings.Replace(small("", "", ""), "sgd(lr: 0.1)", "sgd(lr: -1 / 0)", 1), false},
	{"large setting", strings.Replace(small("", "", ""), "sgd(lr: 0.1)", "sgd(lr: 1e308 * 10)", 1), false},
	{"NaN in a layer's setting", small("    h = h |> Dropout(0 / 0)", "", ""), false},
	{"stop at infinity", strings.Replace(small("", "", ""), "epoch >= 2", "loss < -1 / 0 or loss > 0 / 0 or loss < 1e308 * 10 or epoch >= 1e300", 1), false},
	{"stop never", strings.Replace(small("", "", ""), "epoch >= 2", "epoch >= -1 or step > 1e18", 1), false},
	{"stalls for ever", strings.Replace(small("", "", ""), "epoch >= 2", "stalls(loss, epochs: 1e300) or epoch >= 2", 1), false},
	{"data ops that are no numbers", small("", "", `    data csv("x.csv", val: 0.2) { x = columns(0..4) / (1 / 0) + 0 / 0, y = column(4) }`), false},
	{"data ops", small("", "", `    data csv("x.csv", val: 0.2) { x = columns(0..4) * 1e308 * 10, y = column(4) }`), false},
	{"a share of nothing", small("", "", `    data csv("x.csv", val: 0 / 0) { x = columns(0..4), y = column(4) }`), false},
	{"no parameters", "package small\n\ndim B <= 8\n\nmodel Half(x: [B, 4]) -> [B, 4] { x / 2 }\n", true},
	{"no model", "package small\n\ndim B <= 8\n\neval Half(x: [B, 4]) -> [B, 4] { x / 2 }\n", true},
	{"no dimensions", "eval Half(x: [4]) -> [4] { x / 2 }\n", true},
	{"no inputs", "eval Three() -> [] { 3.0 }\n", false},
	{"draws alone", "dim B <= 8\neval Noise(x: [B]) -> [B] { x + randn(B) }\n", true},
	{"nothing", "", false},
	{"long line", small("    h = tanh(h"+strings.Repeat(" + 1.5", 200)+")", "", ""), true},
	{"nested", small("    h = "+strings.Repeat("tanh(", 60)+"h"+strings.Repeat(")", 60), "", ""), true},
}

// TestStrangeContents compiles strange programs to right packages that hold
// their text and nothing else of it.
func TestStrangeContents(t *testing.T) {
	if testing.Short() {
		t.Skip("type-checks many packages")
	}
	for _, c := range strange {
		t.Run(c.name, func(t *testing.T) {
			ok, err := right("small.gt", c.text, false)
			if err != nil {
				t.Error(err)
			}
			if !ok && c.compiled {
				_, err := generated("small.gt", c.text, false)
				t.Error("it is refused: ", err)
			}
			if ok {
				holdsSource(t, "small.gt", c.text)
			}
		})
	}
}

// holdsSource checks the constant that keeps a program's text.
func holdsSource(t *testing.T, name, text string) {
	t.Helper()
	files, err := generated(name, text, false)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if strings.HasSuffix(f.Name, ".s") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), f.Name, f.Text, 0)
		if err != nil {
			t.Fatal(err)
		}
		if o := file.Scope.Lookup("Source"); o != nil {
			if got := constant(o.Decl.(*ast.ValueSpec).Values[0]); got != text {
				t.Errorf("Source is %q", got)
			}
		}
	}
}

// constant is the value of an expression of strings.
func constant(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, _ := strconv.Unquote(e.Value)
		return text
	case *ast.BinaryExpr:
		return constant(e.X) + constant(e.Y)
	case *ast.ParenExpr:
		return constant(e.X)
	}
	return fmt.Sprintf("%T", e)
}

// TestOutputDependsOnTheTextAlone compiles the same text many times, from
// files in different places.
func TestOutputDependsOnTheTextAlone(t *testing.T) {
	text := filled(nil)
	first, err := generated("names.gt", text, true)
	if err != nil {
		t.Fatal(err)
	}
	for n := range 20 {
		name := []string{"names.gt", "/home/somebody/secret/names.gt", "../../names.gt", "./names.gt"}[n%4]
		again, err := generated(name, text, true)
		if err != nil {
			t.Fatal(err)
		}
		for i, f := range first {
			if again[i].Name != f.Name || !bytes.Equal(again[i].Text, f.Text) {
				t.Fatalf("%s of %s has changed", f.Name, name)
			}
		}
	}
	for _, f := range first {
		if bytes.Contains(f.Text, []byte("secret")) || bytes.Contains(f.Text, []byte("/home/")) {
			t.Errorf("%s tells where it was made", f.Name)
		}
	}
}

// TestStrangeFileNames compiles files whose names are not made for comments.
func TestStrangeFileNames(t *testing.T) {
	if testing.Short() {
		t.Skip("type-checks many packages")
	}
	for _, name := range []string{"a b.gt", "a\nfunc init() { panic(1) }.gt", "*/ x.gt", "`.gt", "go:build ignore.gt", "\"\\.gt", "é\u202e.gt", "", "model.gt", ".gt", "%d.gt", "\xff.gt"} {
		if ok, err := right(name, filled(nil), false); err != nil || !ok {
			t.Errorf("%q: %v", name, err)
		}
	}
}
