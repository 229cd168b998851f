package ir

import (
	"strconv"
	"strings"

	"github.com/gtc-lang/gtc/dsl"
)

// Parse reads the text that Print writes, and verifies the program. Numbers of
// values may be any that are unique in their graph. Comments that name a line
// of a source give the values their places.
func Parse(text string) (*Program, error) {
	r := &textReader{p: &Program{}, syms: map[string]*dsl.Sym{}, vars: map[string]*Var{}, settings: map[string]*Setting{}}
	r.lines = textLines(text)
	for r.err == nil && r.more() {
		r.declaration()
	}
	if r.err != nil {
		return nil, r.err
	}
	if err := Verify(r.p); err != nil {
		return nil, err
	}
	return r.p, nil
}

// textLine is a line without its comment, and the place the comment names.
type textLine struct {
	text string
	at   dsl.Span
}

const maxPlaceLines = 1 << 20 // lines of all sources together that comments may name

// textLines takes comments off and turns them into places. The sources have
// lines without text: only their numbers are known.
func textLines(text string) []textLine {
	var lines []textLine
	last, comments := map[string]int{}, []string{}
	for _, line := range strings.Split(text, "\n") {
		code, comment := cutComment(line)
		lines = append(lines, textLine{text: strings.TrimSpace(code)})
		comments = append(comments, comment)
		if name, n := placeText(comment); n > 0 {
			last[name] = max(last[name], n)
		}
	}
	total := 0
	sources := map[string]*dsl.Source{}
	for i, comment := range comments {
		name, n := placeText(comment)
		if n == 0 {
			continue
		}
		if sources[name] == nil {
			if total += last[name]; total > maxPlaceLines {
				break
			}
			sources[name] = dsl.NewSource(name, strings.Repeat("\n", last[name]))
		}
		lines[i].at = dsl.Span{Source: sources[name], Start: n - 1, End: n - 1}
	}
	return lines
}

// cutComment splits a line at the // that is not in a quoted text.
func cutComment(line string) (code, comment string) {
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '"':
			if q, err := strconv.QuotedPrefix(line[i:]); err == nil {
				i += len(q) - 1
			}
		case '/':
			if strings.HasPrefix(line[i:], "//") {
				return line[:i], strings.TrimSpace(line[i+2:])
			}
		}
	}
	return line, ""
}

// placeText reads "digits.gt:9"; the line is 0 when it is something else.
func placeText(comment string) (name string, line int) {
	i := strings.LastIndexByte(comment, ':')
	if i < 1 {
		return "", 0
	}
	n, err := strconv.Atoi(comment[i+1:])
	if err != nil || n < 1 || n > maxPlaceLines {
		return "", 0
	}
	return comment[:i], n
}

// textReader reads line by line and stops at the first error.
type textReader struct {
	cursor
	p        *Program
	syms     map[string]*dsl.Sym
	vars     map[string]*Var
	settings map[string]*Setting
	lines    []textLine
	depth    int // loops around the current line
}

// more moves to the next line that is not empty; false at the end, and after
// an error. What is left of the current line is one.
func (r *textReader) more() bool {
	if rest := r.rest(); rest != "" {
		r.fail("%q is left over", rest)
	}
	for r.err == nil && r.line < len(r.lines) {
		r.text, r.pos = r.lines[r.line].text, 0
		r.line++
		if r.text != "" {
			return true
		}
	}
	return false
}

// at is the place of the current line.
func (r *textReader) at() dsl.Span { return r.lines[r.line-1].at }

func (r *textReader) declaration() {
	switch word := r.word(); word {
	case "package":
		r.p.Package = r.quoted()
	case "dim":
		r.dim()
	case "var":
		r.variable()
	case "setting":
		r.setting()
	case "func":
		r.function()
	default:
		r.fail("%q is no declaration", word)
	}
}

func (r *textReader) dim() {
	s := &dsl.Sym{Name: r.word()}
	r.expect("<=")
	s.Bound = r.integer()
	if r.syms[s.Name] != nil {
		r.fail("dim %s is declared twice", s.Name)
	}
	r.syms[s.Name] = s
	r.p.Syms = append(r.p.Syms, s)
}

func (r *textReader) variable() {
	v := &Var{Name: r.quoted(), Kind: VarKind(r.word()), At: r.at()}
	v.DType, v.Shape = r.typ()
	if r.take("stacked") {
		r.expect("from")
		v.Stacked, v.First = true, r.integer()
	}
	if r.take("of") {
		v.Of = r.varNamed(r.quoted())
	}
	if r.take("train") {
		v.Train = r.quoted()
	}
	r.vars[v.Name] = v
	r.p.Vars = append(r.p.Vars, v)
}

func (r *textReader) varNamed(name string) *Var {
	v := r.vars[name]
	if v == nil {
		r.fail("no variable %q", name)
	}
	return v
}

func (r *textReader) setting() {
	s := &Setting{Path: r.quoted(), At: r.at()}
	s.Default = r.float()
	s.Driven = r.take("driven")
	if r.take("in") {
		s.In = r.interval()
	}
	r.settings[s.Path] = s
	r.p.Settings = append(r.p.Settings, s)
}

func (r *textReader) function() {
	f := &Func{Kind: FuncKind(r.word()), Name: r.quoted(), At: r.at()}
	r.expect("{")
	known := map[int]*Value{}
	for r.more() {
		if r.take("}") {
			r.p.Funcs = append(r.p.Funcs, f)
			return
		}
		if r.peek() == '%' {
			r.value(known)
			continue
		}
		r.functionLine(f, known)
	}
	r.fail("func %s has no end", f.Name)
}

// functionLine reads what a function takes, gives and checks.
func (r *textReader) functionLine(f *Func, known map[int]*Value) {
	switch word := r.word(); word {
	case "inputs":
		f.Inputs = append(f.Inputs, r.refs(known)...)
	case "result":
		f.Results = append(f.Results, Output{Name: r.quoted(), Value: r.ref(known)})
	case "update":
		f.Updates = append(f.Updates, Update{Var: r.varNamed(r.quoted()), Value: r.ref(known)})
	case "finite":
		f.Finite = append(f.Finite, r.refs(known)...)
	default:
		r.fail("%q is no part of a function", word)
	}
}
