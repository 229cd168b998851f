package parser

import (
	"fmt"
	"slices"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/gtc-lang/gtc/dsl"
)

// ruleReserved: a word of the language where a name stands.
func ruleReserved(f *finding) *dsl.Diagnostic {
	prev, next := f.at(-1), f.at(1)
	if f.t.Type != tKeyword && !wordOperator(f.t) {
		return nil
	}
	header := len(f.open) == 1 && f.open[0].Value == "(" && f.head().Type == tWord && f.head().Value != "require"
	introduced := header && (prev.Value == "(" || prev.Value == ",") || prev.Type == tWord || prev.Value == "for" || prev.Value == "scan" || prev.Value == "." && prev.Type == tSuffix
	if !introduced && next.Value != ":" && next.Value != "=" || f.t.Value == "for" && prev.Value == ":" {
		return nil
	}
	d := &dsl.Diagnostic{Code: "GT0115", Message: f.found() + " is a word of the language, and cannot be a name", Help: "choose another name"}
	if hint := dsl.HintFor(f.t.Value, false); hint != "" && !introduced && f.bracket().Value == "(" {
		d.Help = hint
	}
	return d
}

// ruleArgumentEquals: `f(lr = 1)`, and `if x = 1`.
func ruleArgumentEquals(f *finding) *dsl.Diagnostic {
	equals := f.t
	if f.t.Type == tBind {
		equals = f.at(1)
	}
	if equals.Value != "=" || f.first().Type == tBind && len(f.open) > 0 && f.bracket().Value == "{" {
		return nil
	}
	d := &dsl.Diagnostic{Code: "GT0116", At: f.span(equals)}
	switch {
	case f.bracket().Value == "(" && f.t.Type == tBind:
		d.Message = "`=` in a list of arguments"
		d.Help = fmt.Sprintf("write %s: …; `=` gives a default where a setting is declared", f.t.Value)
	case f.bracket().Value == "(" || f.bracket().Value == "[":
		d.Message, d.Help = "`=` inside brackets", "write == to compare, a colon to name an argument"
	case f.first().Value == "if" || f.first().Value == "stop" || f.first().Value == "require":
		d.Message, d.Help = "`=` in a condition", "write == to compare"
	case f.bracket().Value == "{" && f.first().Type != tWord:
		return f.notATarget()
	default:
		return nil
	}
	return d
}

// ruleAssignTarget: `f(x) = 1`.
func ruleAssignTarget(f *finding) *dsl.Diagnostic {
	if f.first().Type != tBind || f.bracket().Value == "(" {
		return nil
	}
	for _, t := range f.tokens[f.start:f.i] {
		if t.Value == "=" {
			return nil
		}
	}
	return f.notATarget()
}

func (f *finding) notATarget() *dsl.Diagnostic {
	if f.first().Value == "=" {
		return &dsl.Diagnostic{Code: "GT0119", Message: "a name is missing before `=`", At: f.span(f.first()), Help: "write name = …"}
	}
	end := f.start
	for end+1 < len(f.tokens) && f.tokens[end+1].Value != "=" && f.tokens[end+1].Type != tEnd {
		end++
	}
	d := &dsl.Diagnostic{Code: "GT0119", Message: "nothing can be assigned to this", At: f.span(f.first()).To(f.span(f.tokens[end])),
		Help: "left of = stands a name, several names, or index notation such as y[i, j in 0..n]"}
	if hint := dsl.HintFor(f.first().Value, true); hint != "" {
		d.Help = hint
	}
	return d
}

// ruleDimBound: `dim B = 16`.
func ruleDimBound(f *finding) *dsl.Diagnostic {
	if f.head().Value != "dim" || len(f.open) > 0 {
		return nil
	}
	if f.t.Type != tBind && (f.t.Type != tInfix && f.t.Type != tEnd && f.t.Value != "," || !isName(f.at(-1))) {
		return nil
	}
	d := &dsl.Diagnostic{Code: "GT0128", Message: "the bound of a dim is written with <="}
	d.Help = "write dim B <= 256: a size known at run time, with the largest that memory is planned for; a fixed size is a const"
	if f.t.Type == tBind {
		d.At = f.span(f.at(1))
	}
	return d
}

// ruleResult: `model F(x: [B]) [B] {`.
func ruleResult(f *finding) *dsl.Diagnostic {
	if len(f.open) > 0 || f.at(-1).Value != ")" || f.head().Type != tWord || f.head().Value == "require" {
		return nil
	}
	if f.t.Value != "[" && f.t.Value != ":" && !isName(f.t) {
		return nil
	}
	return &dsl.Diagnostic{Code: "GT0127", Message: "`->` is missing before the result", Help: "write (…) -> [B, 10] { … }"}
}

// ruleLabel: `x: 1` as a statement.
func ruleLabel(f *finding) *dsl.Diagnostic {
	if f.at(-1).Value != ":" || f.i-2 != f.start || f.first().Type != tLabel || f.bracket().Value != "{" {
		return nil
	}
	name := f.first().Value
	d := &dsl.Diagnostic{Code: "GT0119", Message: "a label stands before `for` or `scan`", At: f.span(f.first()).To(f.span(f.at(-1))),
		Help: fmt.Sprintf("write %s = … to name a value, param %s: [n] for a parameter", name, name)}
	if hint := dsl.HintFor(name, true); hint != "" {
		d.Help = hint
	}
	return d
}

// ruleUnknownStatement: `parm W: [n]`, and `epochs 20`.
func ruleUnknownStatement(f *finding) *dsl.Diagnostic {
	if f.bracket().Value != "{" || f.i != f.start+1 || !isName(f.first()) {
		return nil
	}
	if !named(f.t) && (f.t.Type != tLiteral || dsl.HintFor(f.first().Value, true) == "") {
		return nil
	}
	words := []string{"minimize", "yield", "for", "scan", "if"}
	for w := range stmtWords {
		words = append(words, w)
	}
	d := &dsl.Diagnostic{Code: "GT0123", Message: fmt.Sprintf("`%s` begins no statement", f.first().Value), At: f.span(f.first())}
	d.Help = "write one statement a line, or `;` between two"
	if hint := dsl.HintFor(f.first().Value, true); hint != "" {
		d.Help = hint
	} else if guess := dsl.DidYouMean(f.first().Value, words); guess != "" {
		d.Help = "did you mean " + guess + "?"
	} else if declWords[f.first().Value] {
		d.Help = "declarations stand at the top level of the file, not in a body"
	}
	return d
}

// ruleElse: an `else` that follows no `if`.
func ruleElse(f *finding) *dsl.Diagnostic {
	if f.t.Value != "else" {
		return nil
	}
	return &dsl.Diagnostic{Code: "GT0129", Message: "`else` follows no `if`",
		Help: "write if c { a } else { b }; between } and else stands nothing but a newline"}
}

// ruleIndexColon: `x[1:2]`.
func ruleIndexColon(f *finding) *dsl.Diagnostic {
	if f.t.Value != ":" || f.bracket().Value != "[" {
		return nil
	}
	return &dsl.Diagnostic{Code: "GT0130", Message: "a range is written with two dots", Help: "write x[1..4], x[1..], x[..4], or x[:] for all"}
}

// ruleOperand: an expression is missing.
func ruleOperand(f *finding) *dsl.Diagnostic {
	if endsOperand(f.at(-1)) || f.expected != "" && f.expected != "an expression" || f.at(-1).Value == "{" && f.t.Type != tInfix {
		return nil
	}
	after := ""
	if f.i > 0 && f.at(-1).Type != tEnd {
		after = " after " + describe(f.at(-1))
	}
	d := &dsl.Diagnostic{Code: "GT0113", Message: fmt.Sprintf("expected an expression%s, found %s", after, f.found())}
	switch {
	case f.t.Value == "for" || f.t.Value == "scan":
		d.Help = "a `for` or `scan` stands alone, or right of =; give its value a name first"
	case f.t.Type == tWord || f.t.Type == tKeyword:
		d.Help = "a statement cannot stand here"
	case f.t.Value == "{":
		d.Help = "blocks belong to if, for, scan and declarations; lists are written [a, b]"
	}
	return d
}

// ruleDefaultLast: `a in 0..1 = 0.5`.
func ruleDefaultLast(f *finding) *dsl.Diagnostic {
	in := f.rangeBefore()
	if f.t.Value != "=" || in < 0 {
		return nil
	}
	return &dsl.Diagnostic{Code: "GT0116", Message: "the default stands before the range", Help: "write a = 0.5 in 0..1"}
}

// ruleRange: `a = 1 in 3`, and `x[1..=3]`.
func ruleRange(f *finding) *dsl.Diagnostic {
	in := f.rangeBefore()
	switch {
	case ranging[f.t.Value] && f.t.Value != ".." && in < 0:
		return &dsl.Diagnostic{Code: "GT0131", Message: f.found() + " is of the range of a setting", Help: "other ranges are half open: 1..4 is 1, 2 and 3"}
	case in >= 0 && (f.t.Value == "," || f.t.Value == ")") && !slices.ContainsFunc(f.tokens[in:f.i], func(t lexer.Token) bool { return ranging[t.Value] }):
		return &dsl.Diagnostic{Code: "GT0131", Message: "a range has two dots", Help: "write in 0..1, or in 0.. for 0 or more"}
	}
	return nil
}

// rangeBefore is the index of the `in` of the parameter that the finding is in,
// or -1.
func (f *finding) rangeBefore() int {
	if len(f.open) != 1 || f.bracket().Value != "(" || !bodyWords[f.head().Value] {
		return -1
	}
	for i := f.i - 1; i >= 0 && f.tokens[i].Value != "," && f.tokens[i].Value != "("; i-- {
		if f.tokens[i].Value == "in" {
			return i
		}
	}
	return -1
}

// ruleComma: a list goes on without a comma.
func ruleComma(f *finding) *dsl.Diagnostic {
	b := f.bracket()
	if b.Value != "(" && b.Value != "[" || !endsOperand(f.at(-1)) {
		return nil
	}
	d := &dsl.Diagnostic{Code: "GT0131", Message: fmt.Sprintf("expected `,` or `%s`, found %s", closer(b.Value), f.found()),
		Labels: []dsl.Label{{At: f.span(b), Text: "in this list"}}}
	if f.t.Value == ":" {
		d.Help = "only a name stands before a colon"
	} else if f.t.Value == ".." {
		d.Help = "a range stands by itself: bracket nothing around it"
	}
	return d
}

// ruleStatementEnd: two statements on a line, or a declaration that goes on.
func ruleStatementEnd(f *finding) *dsl.Diagnostic {
	if f.t.Type == tEnd || f.t.Type == tEOF || !endsOperand(f.at(-1)) || f.bracket().Value != "{" || f.t.Value == "{" {
		return nil
	}
	if f.expected != "" && f.expected != "the end of the statement" {
		return nil
	}
	d := &dsl.Diagnostic{Code: "GT0125", Message: fmt.Sprintf("expected the end of the statement, found %s", f.found()),
		Help: "write one statement a line, or `;` between two"}
	if f.t.Value == "," {
		d.Help = "several names are bound as in a, b = split(x, 2); a chain is not a list"
	}
	return d
}

// ruleExpected is what is left: expected this, found that.
func ruleExpected(f *finding) *dsl.Diagnostic {
	d := &dsl.Diagnostic{Code: "GT0114", Message: "unexpected " + f.found()}
	if f.expected != "" {
		d.Message = fmt.Sprintf("expected %s, found %s", f.expected, f.found())
	}
	d.Help = forms[f.first().Value]
	if f.expected == "a name" && f.t.Type == tLiteral && !isString(f.t) {
		d.Help = "names begin with a letter or _"
	}
	return d
}

// forms show how the statements and declarations with a form of their own are
// written.
var forms = map[string]string{
	"package":     "write package name",
	"const":       "write const V = 256, D = 128",
	"dim":         "write dim B <= 256",
	"model":       "write model Name(x: [B, 4]) -> [B, 1] { … }",
	"layer":       "write layer Name(out: int)(x: [..., n]) -> [..., out] { … }, or in a body layer head = Dense(2)",
	"func":        "write func name(x: [...]) -> [...] { … }",
	"optimizer":   "write optimizer name(lr = 0.1)(w, g) { … }",
	"transform":   "write transform name(limit = 1.0)(g) { … }",
	"initializer": "write initializer name(std = 1.0)(w) { … }",
	"schedule":    "write schedule name(peak, warmup = 0) { … }",
	"eval":        "write eval Name(x: [B, 4]) -> [B, 1] { … }",
	"train":       "write train Name(x: [B, 4], y: int[B]) { … }",
	"decode":      "write decode Generate from GPT over T",
	"require":     "write require memory(Fit) < 4MB",
	"param":       "write param W: [n, out] ~ glorot_uniform, b: [out] = 0",
	"state":       "write state mu: [c] = 0",
	"for":         "write for i in 0..4 { … }",
	"scan":        "write scan t over T, h = zeros(B, n) { … }",
	"if":          "write if c { a } else { b }",
	"minimize":    "write minimize mse(Net(x), y) over Net with adam(lr: 1e-3)",
	"with":        "write with adam(lr: 1e-3), clip_norm(1.0)",
	"batch":       "write batch 32, batch all, or batch B = 32, N = all",
	"stop":        "write stop when epoch >= 30 or loss < 1e-6",
	"report":      "write report accuracy = mean(argmax(logits) == y), with maximize or minimize before the name if one is better",
	"data":        `write data csv("file.csv") { x = columns(0..4), y = column(4) }`,
	"yield":       "write yield h",
}
