package ir

import (
	"fmt"
	"io"
	"sort"
	"strconv"
	"strings"

	"github.com/gtc-lang/gtc/dsl"
)

// String is the program's text; see Print.
func (p *Program) String() string {
	var b strings.Builder
	_ = p.Print(&b) // a Builder takes everything
	return b.String()
}

// Print writes the program so that a person can read it and Parse can read it
// back: the run-time dimensions with their bounds, the variables, the settings,
// and the functions, one value a line, operands before what uses them. Values
// have numbers of their own in each function. What a training loop knows beside
// the functions (Models, Trains, Decodes, Requires) is not part of the text.
//
//	%12 logits f[B, 10] = contract %3 %4 {i0<B i1<10 i2<64} [i0, i2] [i2, i1] -> [i0, i1]  // digits.gt:9
func (p *Program) Print(w io.Writer) error {
	t := &textWriter{}
	if p.Package != "" {
		t.line(dsl.Span{}, "package %q", p.Package)
	}
	for _, s := range p.symbols() {
		t.line(dsl.Span{}, "dim %s <= %d", s.Name, s.Bound)
	}
	for _, v := range p.Vars {
		t.line(v.At, "var %s", varText(v))
	}
	for _, s := range p.Settings {
		flags := ""
		if s.Driven {
			flags = " driven"
		}
		if s.In != nil {
			flags += " in " + s.In.String()
		}
		t.line(s.At, "setting %q %s%s", s.Path, dsl.Value(s.Default).Text(), flags)
	}
	for _, f := range p.Funcs {
		if t.out.Len() > 0 {
			t.line(dsl.Span{}, "")
		}
		t.function(f)
	}
	_, err := io.WriteString(w, t.out.String())
	return err
}

// String is the function's text, without the declarations around it.
func (f *Func) String() string {
	t := &textWriter{}
	t.function(f)
	return t.out.String()
}

// Text is the text of a graph: its parameters, its values and its results. Two
// graphs with one text compute the same.
func (g *Graph) Text() string {
	t := &textWriter{bare: true}
	number := map[*Value]string{}
	for _, p := range g.Params {
		t.line(p.At, "%s = param", t.define(number, p))
	}
	t.values(number, g.Params, g.Results)
	t.line(dsl.Span{}, "results%s", refs(number, g.Results))
	return t.out.String()
}

func varText(v *Var) string {
	text := fmt.Sprintf("%q %s %s", v.Name, v.Kind, typeText(v.DType, v.Shape))
	if v.Stacked {
		text += fmt.Sprintf(" stacked from %d", v.First)
	}
	if v.Of != nil {
		text += fmt.Sprintf(" of %q", v.Of.Name)
	}
	if v.Train != "" {
		text += fmt.Sprintf(" train %q", v.Train)
	}
	return text
}

// TypeText is a kind of element and a shape: f[B, 10].
func typeText(t DType, shape []dsl.Dim) string { return t.String() + shapeText(shape) }

func shapeText(shape []dsl.Dim) string {
	parts := make([]string, len(shape))
	for k, d := range shape {
		parts[k] = d.String()
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// textWriter writes lines; values are numbered in the order they are written.
type textWriter struct {
	out    strings.Builder
	indent string
	next   int
	bare   bool // without names and places
}

func (t *textWriter) line(at dsl.Span, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if text != "" {
		t.out.WriteString(t.indent + text)
	}
	if at.Valid() && !t.bare && plainPlace(at.Source.Name) {
		fmt.Fprintf(&t.out, "  // %s:%d", at.Source.Name, at.Line())
	}
	t.out.WriteByte('\n')
}

// plainPlace reports whether a source's name can stand in a comment.
func plainPlace(name string) bool {
	return name == strings.TrimSpace(name) && strings.IndexFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }) < 0
}

func (t *textWriter) function(f *Func) {
	t.next = 0
	t.line(f.At, "func %s %q {", f.Kind, f.Name)
	t.indent = "  "
	number := map[*Value]string{}
	for _, v := range f.Inputs {
		t.value(number, v)
	}
	t.values(number, nil, f.Roots())
	if len(f.Inputs) > 0 {
		t.line(dsl.Span{}, "inputs%s", refs(number, f.Inputs))
	}
	for _, r := range f.Results {
		t.line(dsl.Span{}, "result %q%s", r.Name, refs(number, []*Value{r.Value}))
	}
	for _, u := range f.Updates {
		t.line(dsl.Span{}, "update %q%s", u.Var.Name, refs(number, []*Value{u.Value}))
	}
	if len(f.Finite) > 0 {
		t.line(dsl.Span{}, "finite%s", refs(number, f.Finite))
	}
	t.indent = ""
	t.line(dsl.Span{}, "}")
}

// values writes all that roots depend on and that has no number yet.
func (t *textWriter) values(number map[*Value]string, params, roots []*Value) {
	for _, v := range Order(roots...) {
		if number[v] == "" {
			t.value(number, v)
		}
	}
}

// define numbers a value and is the left side of its line.
func (t *textWriter) define(number map[*Value]string, v *Value) string {
	number[v] = "%" + strconv.Itoa(t.next)
	t.next++
	text := number[v]
	if v.Name != "" && !t.bare {
		text += " " + nameText(v.Name)
	}
	if !v.Is("loop") && !v.Is("grad") {
		text += " " + typeText(v.DType, v.Shape)
	}
	return text
}

// nameText is a name as a word, or quoted when it is none.
func nameText(name string) string {
	for i, r := range name {
		letter := r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || !(r >= '0' && r <= '9' || r == '.')) {
			return strconv.Quote(name)
		}
	}
	return name
}

func (t *textWriter) value(number map[*Value]string, v *Value) {
	if v.Is("loop") {
		t.loop(number, v)
		return
	}
	args := refs(number, v.Args) // before v has a number of its own
	t.line(v.At, "%s = %s", t.define(number, v), opText(v, args))
}

// opText is the right side of a value's line.
func opText(v *Value, args string) string {
	switch a := v.Attr.(type) {
	case nil:
		return v.Op.Name + args
	case *Leaf:
		switch {
		case a.Var != nil:
			return fmt.Sprintf("var %q", a.Var.Name)
		case a.Setting != nil:
			return fmt.Sprintf("setting %q", a.Setting.Path)
		}
		return a.Text()
	default:
		return v.Op.Name + args + " " + a.Text()
	}
}

// loop writes a loop as a block: a line for each parameter with the operand it
// stands for, the body's values, then what is carried on and what is stacked.
func (t *textWriter) loop(number map[*Value]string, v *Value) {
	l := v.LoopOf()
	args := make([]string, len(v.Args))
	for k := range args {
		args[k] = refs(number, v.Args[k:k+1])
	}
	head := "loop " + l.Trip.String()
	if l.Reverse {
		head += " reverse"
	}
	if l.Label != "" && !t.bare {
		head += " " + strconv.Quote(l.Label)
	}
	t.line(v.At, "%s = %s {", t.define(number, v), head)
	t.indent += "  "
	inner := map[*Value]string{}
	for k, p := range l.Body.Params {
		t.line(p.At, "%s = %s", t.define(inner, p), l.role(k, args))
	}
	t.values(inner, l.Body.Params, l.Body.Results)
	carried := min(l.Carried, len(l.Body.Results))
	if carried > 0 {
		t.line(dsl.Span{}, "next%s", refs(inner, l.Body.Results[:carried]))
	}
	if carried < len(l.Body.Results) {
		t.line(dsl.Span{}, "stack%s", refs(inner, l.Body.Results[carried:]))
	}
	t.indent = t.indent[2:]
	t.line(dsl.Span{}, "}")
}

// role says what parameter k of the body stands for.
func (l *Loop) role(k int, args []string) string {
	switch {
	case k == 0:
		return "number"
	case k > len(args):
		return "param" // of a broken loop
	case k <= l.Carried:
		return "carried" + args[k-1]
	case k <= l.Carried+l.Sliced:
		return "row" + args[k-1]
	}
	return "whole" + args[k-1]
}

// refs is the numbers of values, each behind a space; %? stands for one that
// is out of reach, which a correct program does not have.
func refs(number map[*Value]string, list []*Value) string {
	text := ""
	for _, v := range list {
		n := number[v]
		if n == "" {
			n = "%?"
		}
		text += " " + n
	}
	return text
}

// symbols lists the run-time dimensions: those declared, then any others that
// shapes use, by name.
func (p *Program) symbols() []*dsl.Sym {
	list, seen := append([]*dsl.Sym(nil), p.Syms...), map[*dsl.Sym]bool{}
	for _, s := range list {
		seen[s] = true
	}
	declared := len(list)
	add := func(d dsl.Dim) {
		for _, s := range d.Symbols() {
			if !seen[s] {
				seen[s] = true
				list = append(list, s)
			}
		}
	}
	for _, v := range p.Vars {
		eachDim(v.Shape, add)
	}
	for _, f := range p.Funcs {
		eachValue(append(append([]*Value(nil), f.Inputs...), f.Roots()...), func(v *Value) { valueDims(v, add) })
	}
	others := list[declared:]
	sort.SliceStable(others, func(i, j int) bool { return others[i].Name < others[j].Name })
	return list
}

// eachValue calls f for every value that roots depend on, the bodies of loops
// included.
func eachValue(roots []*Value, f func(v *Value)) {
	for _, v := range Order(roots...) {
		f(v)
		if l, ok := v.Attr.(*Loop); ok {
			eachValue(append(append([]*Value(nil), l.Body.Params...), l.Body.Results...), f)
		}
	}
}

func eachDim(shape []dsl.Dim, f func(d dsl.Dim)) {
	for _, d := range shape {
		f(d)
	}
}

// valueDims calls f for every dimension in a value's type and attribute.
func valueDims(v *Value, f func(d dsl.Dim)) {
	eachDim(v.Shape, f)
	positions := func(m dsl.Map) {
		for _, a := range m {
			f(a.Const)
		}
	}
	switch a := v.Attr.(type) {
	case *dsl.Positions:
		positions(a.Map)
	case *dsl.Contraction:
		eachDim(a.Space, f)
		positions(a.A)
		positions(a.B)
		positions(a.Out)
	case *dsl.Offset:
		f(a.From)
	case *dsl.Size:
		f(a.Dim)
	case *Loop:
		f(a.Trip)
	}
}
