package parser_test

import (
	"strings"
	"testing"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/parser"
)

// TestDeep: text that nests without end is an error with a code, whatever it
// nests.
func TestDeep(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		code dsl.Code
	}{
		"parens":         {"const A = " + strings.Repeat("(", 400000), "GT0109"},
		"closed parens":  {"const A = " + strings.Repeat("(", 400000) + "1" + strings.Repeat(")", 400000), "GT0109"},
		"minuses":        {"const A = " + strings.Repeat("-", 3000000) + "1", "GT0110"},
		"fewer minuses":  {"const A = " + strings.Repeat("-", 900000) + "1", "GT0109"},
		"not":            {"require " + strings.Repeat("not ", 200000) + "a", "GT0109"},
		"pipes":          {"func f(x) { x" + strings.Repeat(" |> f", 150000) + " }", "GT0109"},
		"powers":         {"const A = 2" + strings.Repeat("^2", 400000), "GT0109"},
		"sums":           {"const A = 2" + strings.Repeat("+2", 400000), "GT0109"},
		"else if":        {"func f(x) { if a { 1 }" + strings.Repeat(" else if a { 1 }", 50000) + " }", "GT0109"},
		"blocks":         {"func f(x) " + strings.Repeat("{ if a ", 100000), "GT0109"},
		"lists":          {"const A = " + strings.Repeat("[", 400000), "GT0109"},
		"calls":          {"const A = f" + strings.Repeat("()", 400000), "GT0109"},
		"nested calls":   {"const A = " + strings.Repeat("f(", 400000), "GT0109"},
		"fields":         {"const A = f" + strings.Repeat(".f", 400000), "GT0109"},
		"spread nesting": {"const A = " + strings.Repeat("(1+1+1+1+1+1+1+1+", 200) + "1" + strings.Repeat(")", 200), "GT0109"},
	} {
		_, err := parser.Parse(dsl.NewSource(name, c.text))
		list, _ := err.(dsl.ErrorList)
		if len(list) != 1 || list[0].Code != c.code {
			t.Errorf("%s: %.200v", name, err)
		}
	}
}

// TestDeepEnough: what people write is far below the cap.
func TestDeepEnough(t *testing.T) {
	for name, text := range map[string]string{
		"parens":     "const A = " + strings.Repeat("(", 900) + "1" + strings.Repeat(")", 900),
		"pipes":      "func f(x) { x" + strings.Repeat(" |> f", 900) + " }",
		"statements": "func f(x) {\n" + strings.Repeat("x = f(x) + 1\n", 5000) + "x\n}",
		"elements":   "const A = f(" + strings.Repeat("1 + 1, ", 20000) + "1)",
	} {
		if _, err := parser.Parse(dsl.NewSource(name, text)); err != nil {
			t.Errorf("%s: %.300v", name, err)
		}
	}
}

// TestNoBacktracking: a bad program takes no longer than a good one.
func TestNoBacktracking(t *testing.T) {
	if _, err := parser.Parse(dsl.NewSource("a.gt", "const A = "+strings.Repeat("((((x[", 150))); err == nil {
		t.Error("accepted")
	}
	if _, err := parser.Parse(dsl.NewSource("a.gt", "const A = "+strings.Repeat("(f([", 150)+"1 1"+strings.Repeat("]))", 150))); err == nil {
		t.Error("accepted")
	}
}

// TestEncodings: byte order marks and line ends of other systems change
// nothing; other bytes are errors.
func TestEncodings(t *testing.T) {
	plain := "package p\n\nfunc f(x) {\n    y = x // é 世\n    y\n}\n"
	want, err := parser.Parse(dsl.NewSource("a.gt", plain))
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"\ufeff" + plain, strings.ReplaceAll(plain, "\n", "\r\n"), strings.TrimSpace(plain)} {
		got, err := parser.Parse(dsl.NewSource("a.gt", text))
		if err != nil || dump(got) != dump(want) || dsl.Format(got) != plain {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, text := range []string{"const A = \xff", "package p\rconst V = 3"} {
		if _, err := parser.Parse(dsl.NewSource("a.gt", text)); err == nil {
			t.Errorf("%q is accepted", text)
		}
	}
	for _, text := range []string{"", "\n", "// nothing", "\ufeff"} {
		if f, err := parser.Parse(dsl.NewSource("a.gt", text)); err != nil || len(f.Decls) > 0 {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestContextualWords: words of statements are names everywhere else.
func TestContextualWords(t *testing.T) {
	text := `func f(data, next, step, total, batch, state) {
    data  = next + step
    batch = data[next] * total
    with, report = split(batch, 2)
    stop(with)
    report.data |> layer |> param
}
`
	file, err := parser.Parse(dsl.NewSource("a.gt", text))
	if err != nil {
		t.Fatal(err)
	}
	if got := dsl.Format(file); got != text {
		t.Errorf("formatted\n%s", got)
	}
}
