package parser

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/alecthomas/participle/v2"
	"github.com/alecthomas/participle/v2/lexer"

	"github.com/gtc-lang/gtc/dsl"
)

// finding is a token that the grammar does not allow, with what is around it.
type finding struct {
	src      *dsl.Source
	tokens   []lexer.Token
	i        int           // the token's index; len(tokens) at the end
	t        lexer.Token   // the token
	open     []lexer.Token // the brackets around it
	start    int           // the first token of its statement
	expected string        // in words; may be empty
}

// rules say what may be wrong, most telling first. Each returns nil when it
// does not apply.
var rules = []func(*finding) *dsl.Diagnostic{
	ruleReserved, ruleDefaultLast, ruleArgumentEquals, ruleDimBound, ruleResult, ruleUnknownStatement, ruleAssignTarget, ruleLabel,
	ruleElse, ruleIndexColon, ruleRange, ruleOperand, ruleComma, ruleStatementEnd, ruleExpected,
}

// diagnose says in words what participle found.
func diagnose(src *dsl.Source, tokens []lexer.Token, err *participle.UnexpectedTokenError) *dsl.Diagnostic {
	f := &finding{src: src, tokens: tokens, t: err.Unexpected, i: len(tokens), expected: inWords(err.Message())}
	for i, t := range tokens {
		if t == err.Unexpected {
			f.i = i
			break
		}
	}
	f.surround()
	for _, rule := range rules {
		if d := rule(f); d != nil {
			d.At = f.place(d.At)
			return d
		}
	}
	panic("the last rule applies always")
}

// surround finds the brackets and the statement that the token is in.
func (f *finding) surround() {
	starts := []int{0}
	for i, t := range f.tokens[:f.i] {
		switch {
		case t.Type == tEnd:
			starts[len(starts)-1] = i + 1
		case isString(t):
		case closer(t.Value) != "":
			f.open = append(f.open, t)
			starts = append(starts, i+1)
		case strings.Contains(")]}", t.Value) && len(f.open) > 0:
			f.open = f.open[:len(f.open)-1]
			starts = starts[:len(starts)-1]
		}
	}
	f.start = starts[len(starts)-1]
}

// at is the token n places away; the zero Token outside the declaration.
func (f *finding) at(n int) lexer.Token {
	if i := f.i + n; i >= 0 && i < len(f.tokens) {
		return f.tokens[i]
	}
	return lexer.Token{}
}

// bracket is the innermost open bracket.
func (f *finding) bracket() lexer.Token {
	if len(f.open) == 0 {
		return lexer.Token{}
	}
	return f.open[len(f.open)-1]
}

// head is the first token of the declaration.
func (f *finding) head() lexer.Token {
	if len(f.tokens) == 0 {
		return lexer.Token{}
	}
	return f.tokens[0]
}

// first is the first token of the statement.
func (f *finding) first() lexer.Token {
	if f.start < len(f.tokens) {
		return f.tokens[f.start]
	}
	return lexer.Token{}
}

func (f *finding) span(t lexer.Token) dsl.Span { return (&converter{src: f.src}).at(t) }

// place is the place of a message: the token, unless a rule says better. What
// ends a statement has no width and is shown after the token before it.
func (f *finding) place(given dsl.Span) dsl.Span {
	switch {
	case given.Valid():
		return given
	case f.t.Type == tEnd || f.t.Type == tEOF:
		return dsl.Span{Source: f.src, Start: f.t.Pos.Offset, End: f.t.Pos.Offset}
	case f.i > 0 && !endsOperand(f.at(-1)) && f.span(f.at(-1)).Line() < f.span(f.t).Line() && f.at(-1).Value != "{":
		end := f.span(f.at(-1)).End // what is missing is missing there
		return dsl.Span{Source: f.src, Start: end, End: end}
	}
	return f.span(f.t)
}

// found is the token in words.
func (f *finding) found() string { return describe(f.t) }

func describe(t lexer.Token) string {
	switch {
	case t.Type == tEOF:
		return "the end of the declaration"
	case t.Type == tEnd && t.Value == "\n":
		return "the end of the line"
	case isString(t) || len(t.Value) > 40:
		return "a string"
	}
	return "`" + t.Value + "`"
}

var (
	expectation = regexp.MustCompile(`\(expected (.*)\)$`)
	firstOf     = regexp.MustCompile(`^\(*(?:"([^"]*)"|<(\w+)>|(\w+))`)
)

// inWords reads what participle expected, of which only the first part matters.
func inWords(message string) string {
	m := expectation.FindStringSubmatch(message)
	if m == nil {
		return ""
	}
	m = firstOf.FindStringSubmatch(m[1])
	switch {
	case m == nil:
		return ""
	case m[1] != "":
		return "`" + m[1] + "`"
	case m[2] == "end":
		return "the end of the statement"
	case m[2] != "":
		return "a name"
	}
	switch m[3] {
	case "BlockC":
		return "`{`"
	case "ParamsC":
		return "`(`"
	case "ParamC", "TargetC", "IndexVarC", "VarItemC", "CarryC", "ConstItemC", "DimItemC", "DataItemC":
		return "a name"
	case "TypeC":
		return "a type"
	case "SelectorC", "PartC":
		return "the path of a parameter"
	}
	return "an expression"
}

func named(t lexer.Token) bool {
	return isName(t) || t.Type == tWord || t.Type == tKeyword || wordOperator(t)
}

func wordOperator(t lexer.Token) bool { return t.Value == "and" || t.Value == "or" || t.Value == "not" }

// checkStart reports a declaration that begins with no keyword.
func checkStart(src *dsl.Source, c chunk) *dsl.Diagnostic {
	first := c.tokens[0]
	if first.Type == tWord {
		return nil
	}
	d := &dsl.Diagnostic{Code: "GT0111", At: (&converter{src: src}).at(first),
		Message: fmt.Sprintf("%s begins no declaration", describe(first))}
	var words []string
	for w := range declWords {
		words = append(words, w)
	}
	hint := dsl.HintFor(first.Value, true)
	switch guess := dsl.DidYouMean(first.Value, words); {
	case hint != "":
		d.Help = hint
	case guess != "" && isName(first):
		d.Help = "did you mean " + guess + "?"
	case stmtWords[first.Value] || keywords[first.Value] || isName(first) && len(c.tokens) > 1 && c.tokens[1].Value == "=":
		d.Help = "statements stand in the body of a declaration, such as model Net(x: [B, 4]) -> [B, 1] { … }; a number is named by const"
	default:
		d.Help = "a file is made of const, dim, model, layer, func, train and their like"
	}
	return d
}
