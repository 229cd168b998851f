package parser_test

import (
	"testing"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/parser"
)

// TestLines: where a newline ends a statement.
func TestLines(t *testing.T) {
	for body, want := range map[string]int{
		"x\ny":                        2,
		"x; y":                        2,
		"x;\ny;":                      2,
		"x\n|> f\n|> g":               1,
		"x +\ny":                      1,
		"x\n+ y":                      1,
		"x\n* y\n@ z\n/ w\n^ 2":       1,
		"x\n-y":                       2,
		"x\nnot y":                    2,
		"x\nor y\nand z":              1,
		"x\n== y":                     1,
		"a\n= x":                      1,
		"a\n, b = x":                  1,
		"a,\nb = x":                   1,
		"f(x\n)\n(y)":                 2,
		"f(\nx,\n-y\n)":               1,
		"f(x\n- y)":                   1,
		"[x,\ny\n]":                   1,
		"if x { y }\nelse { z }":      1,
		"if x { y } else { z }\nw":    2,
		"if x {\ny\n}\n[z]":           2,
		"f(if x {\ny\nz\n} else {w})": 1,
		"param a: [n]\n~ normal\n, b: [n] = 0\nx":       2,
		"x // comment\n// another\n|> f":                1,
		"layers: for i in 0..3 {\nx = f(x)\n}\nx":       2,
		"scan t over T, h = x,\nc = y {\nyield h\n}\nx": 2,
	} {
		file, err := parser.Parse(dsl.NewSource("a.gt", "layer A(x) {\n"+body+"\n}"))
		if err != nil {
			t.Errorf("%q: %v", body, err)
		} else if got := len(file.Decls[0].(*dsl.Callable).Body.Stmts); got != want {
			t.Errorf("%q: %d statements, want %d", body, got, want)
		}
	}
}

// TestTrainLines: `over` goes on with the line before, `with` begins a
// statement.
func TestTrainLines(t *testing.T) {
	file, err := parser.Parse(dsl.NewSource("a.gt", `train Fit(x: [B]) {
    minimize a = f(x)
        over A.*, B.layers[4..], C.layers[3]
    minimize b = f(x) over A with adam(lr: 1), clip_norm(1)
    with adam(lr: 1) over *.W, adam(lr: 2) over rest
}`))
	if err != nil {
		t.Fatal(err)
	}
	stmts := file.Decls[0].(*dsl.TrainDecl).Body.Stmts
	if len(stmts) != 3 {
		t.Fatal(dump(stmts))
	}
	a, b, with := stmts[0].(*dsl.MinimizeStmt), stmts[1].(*dsl.MinimizeStmt), stmts[2].(*dsl.WithStmt)
	if len(a.Over) != 3 || !a.Over[2].Parts[1].Range.Single || len(b.With) != 2 || len(with.Entries) != 2 || len(with.Entries[1].Over) != 1 {
		t.Error(dump(stmts))
	}
}

// TestSpans: a node's span is exactly its text.
func TestSpans(t *testing.T) {
	src := dsl.NewSource("a.gt", "func f(x: [n, 2*n], k = 1) -> int[n] {\n    y[i] = -(x[i] + 2)^k // c\n    if y { g(a: 1) } else if z { 2 } else { 3 }\n}\n\nconst A = 1\n")
	file, err := parser.Parse(src)
	if err != nil {
		t.Fatal(err)
	}
	f := file.Decls[0].(*dsl.Callable)
	assign := f.Body.Stmts[0].(*dsl.AssignStmt)
	branch := f.Body.Stmts[1].(*dsl.ExprStmt).X.(*dsl.If)
	for want, n := range map[string]dsl.Node{
		"x: [n, 2*n]": f.Inputs[0], "[n, 2*n]": f.Inputs[0].Type.Shape, "2*n": f.Inputs[0].Type.Shape.Axes[1],
		"k = 1": f.Inputs[1], "int[n]": f.Result,
		"y[i] = -(x[i] + 2)^k": assign, "y[i]": assign.Targets[0], "-(x[i] + 2)^k": assign.Value,
		"(x[i] + 2)^k":          assign.Value.(*dsl.Unary).X,
		"if z { 2 } else { 3 }": branch.Else,
		"{ g(a: 1) }":           branch.Then,
		"if y { g(a: 1) } else if z { 2 } else { 3 }": branch,
		"a: 1":        branch.Then.Stmts[0].(*dsl.ExprStmt).X.(*dsl.Call).Args[0],
		"const A = 1": file.Decls[1],
	} {
		if got := n.Span().Text(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := file.Comments[0].At.Text(); got != "// c" {
		t.Errorf("comment %q", got)
	}
	if got := f.Span().Text(); got[len(got)-1] != '}' {
		t.Errorf("declaration %q", got)
	}
}
