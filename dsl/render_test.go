package dsl_test

import (
	"strings"
	"testing"

	"github.com/gtc-lang/gtc/dsl"
)

// find is the span of the n-th occurrence, from 1, of part in a source.
func find(src *dsl.Source, part string, n int) dsl.Span {
	at := -1
	for range n {
		at += 1 + strings.Index(src.Text[at+1:], part)
	}
	return dsl.Span{Source: src, Start: at, End: at + len(part)}
}

func TestRender(t *testing.T) {
	src := dsl.NewSource("digits.gt", "1\n2\n3\n4\n5\n6\n    param W: [n, hidden]\n8\n    y = h @ W @ U\n")
	lib := dsl.NewSource("library/dense.gt", "layer Dense(out: int) {\n\ty = x @ W // 世界 @\n}\n")
	for _, c := range []struct {
		name string
		d    dsl.Diagnostic
		want string
	}{
		{"the page of the language", dsl.Diagnostic{Code: "GT0207", Message: "the inner dimensions of @ differ",
			At: find(src, "@", 2), Here: "left is [B, hidden=128], right is [classes=10, hidden=128]",
			Labels: []dsl.Label{{At: find(src, "hidden", 1), Text: "hidden = 128, set by MLP(hidden: 128) at digits.gt:21"}},
			Help:   "did you mean U.T?"}, `
error[GT0207]: the inner dimensions of @ differ
  --> digits.gt:9:15
  |
7 |     param W: [n, hidden]
  |                  ------ hidden = 128, set by MLP(hidden: 128) at digits.gt:21
9 |     y = h @ W @ U
  |               ^ left is [B, hidden=128], right is [classes=10, hidden=128]
help: did you mean U.T?
`},
		{"two labels on a line, and another source", dsl.Diagnostic{Code: "GT0200", Message: "m", At: find(src, "h @ W", 1), Here: "here",
			Labels: []dsl.Label{{At: find(src, "U", 1), Text: "there"}, {At: find(lib, "@", 1), Text: "from here"}}}, `
error[GT0200]: m
  --> digits.gt:9:9
  |
9 |     y = h @ W @ U
  |         ^^^^^ here
  |                 - there
  ::: library/dense.gt:2:8
  |
2 |     y = x @ W // 世界 @
  |           - from here
`},
		{"wide characters", dsl.Diagnostic{Code: "GT0200", Message: "m", At: find(lib, "@", 2)}, `
error[GT0200]: m
  --> library/dense.gt:2:22
  |
2 |     y = x @ W // 世界 @
  |                       ^
`},
		{"several lines", dsl.Diagnostic{Code: "GT0200", Message: "m", At: dsl.Span{Source: lib, Start: 22, End: len(lib.Text) - 1}, Here: "all of it"}, `
error[GT0200]: m
  --> library/dense.gt:1:23
  |
1 | layer Dense(out: int) {
  |                       ^
...
3 | }
  | ^ all of it
`},
		{"the end of the file", dsl.Diagnostic{Code: "GT0200", Message: "m\x1b[31m", At: dsl.Span{Source: src, Start: len(src.Text), End: len(src.Text)}}, `
error[GT0200]: m` + "\ufffd" + `[31m
   --> digits.gt:10:1
   |
10 |
   | ^
`},
		{"no place", dsl.Diagnostic{Code: "GT0200", Message: "m", Help: "h"}, "\nerror[GT0200]: m\nhelp: h\n"},
	} {
		if got := (dsl.Renderer{}).Diagnostic(&c.d); got != c.want[1:] {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want[1:])
		}
	}
}

func TestRenderColor(t *testing.T) {
	src := dsl.NewSource("a.gt", "x\n")
	d := &dsl.Diagnostic{Code: "GT0200", Message: "m", At: find(src, "x", 1)}
	got := (dsl.Renderer{Color: true}).Diagnostic(d)
	if !strings.Contains(got, "\x1b[1;31m^\x1b[0m") {
		t.Errorf("%q", got)
	}
}

// TestRenderLong shows a part of a long line around the mark.
func TestRenderLong(t *testing.T) {
	src := dsl.NewSource("a.gt", strings.Repeat("a", 5000)+"+"+strings.Repeat("b", 5000))
	got := strings.Split((dsl.Renderer{}).Diagnostic(&dsl.Diagnostic{At: find(src, "+", 1)}), "\n")
	line, marks := []rune(got[3]), []rune(got[4])
	if len(line) > 180 || line[len(marks)-1] != '+' {
		t.Errorf("%q\n%q", got[3], got[4])
	}
}

func TestRenderMany(t *testing.T) {
	src := dsl.NewSource("many.gt", strings.Repeat("x\n", 30))
	var list dsl.ErrorList
	for i := range 20 {
		list = append(list, &dsl.Diagnostic{Code: "GT0111", Message: "m", At: dsl.Span{Source: src, Start: 2 * i, End: 2*i + 1}})
	}
	all := dsl.Renderer{}.Error(list)
	for n, end := range map[int]string{1: "\nand 1 more error\n", 5: "\nand 5 more errors\n"} {
		more := append(list[:20:20], list[:n]...)
		if got := (dsl.Renderer{}).Error(more); strings.Count(got, "-->") != 20 || got != all+end {
			t.Errorf("%d more: %s", n, got)
		}
	}
}

func TestDidYouMean(t *testing.T) {
	words := []string{"layer", "model", "func", "train", "dim", "const", "elu", "relu"}
	for name, want := range map[string]string{"modle": "model", "Layer": "layer", "fun": "func", "tain": "train", "din": "dim", "x": "", "optimizer": "", "model": "", "Relu": "relu"} {
		if got := dsl.DidYouMean(name, words); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
