package ir

import (
	"fmt"

	"github.com/gtc-lang/gtc/dsl"
)

// item is one entry of the data line: x = columns(0..64) / 16.
func (c *dataCheck) item(st *dsl.AssignStmt) {
	for _, t := range st.Targets {
		if t.Indices != nil {
			c.l.fail("GT0311", t, "an input is made as a whole", "", "write "+t.Name.Name+" = …")
		}
	}
	if c.data.Format.Kind == "text" {
		c.framedItem(st)
		return
	}
	if len(st.Targets) > 1 {
		c.l.fail("GT0312", st.Targets[1], "each input is made on its own", "", "write "+st.Targets[0].Name.Name+" = …, "+st.Targets[1].Name.Name+" = …")
	}
	p := c.portOf(st.Targets[0])
	made := c.made(st.Value)
	c.fits(p, st, made)
	c.take(st, p, made.columns, made.ops)
}

// portOf is the input that a target names.
func (c *dataCheck) portOf(t *dsl.Target) *port {
	var names []string
	for i := range c.ports {
		p := &c.ports[i]
		if p.formal.Name.Name != t.Name.Name {
			names = append(names, p.formal.Name.Name)
			continue
		}
		if first, twice := c.inputs[t.Name.Name]; twice {
			c.l.fail("GT0311", t, quote(t.Name.Name)+" is made twice", "", "keep one of them", dsl.Label{At: first.At, Text: "the first one"})
		}
		return p
	}
	help := "the inputs are " + listText(names)
	if near := dsl.DidYouMean(t.Name.Name, names); near != "" {
		help = "did you mean " + near + "?"
	}
	c.l.fail("GT0311", t, "train "+c.d.Name.Name+" has no input "+quote(t.Name.Name), "", help)
	return nil
}

func (c *dataCheck) take(at dsl.Node, p *port, columns Columns, ops []DataOp) {
	name := p.formal.Name.Name
	c.inputs[name] = DataInput{Port: name, Columns: columns, Ops: ops, At: at.Span()}
}

// complete orders the inputs as the train block has them; each must be there.
func (c *dataCheck) complete() {
	var missing []*port
	for i := range c.ports {
		p := &c.ports[i]
		in, ok := c.inputs[p.formal.Name.Name]
		if !ok {
			missing = append(missing, p)
		}
		c.data.Inputs = append(c.data.Inputs, in)
	}
	if len(missing) == 0 {
		c.sameRows()
		return
	}
	var names []string
	var labels []dsl.Label
	for _, p := range missing {
		names, labels = append(names, quote(p.formal.Name.Name)), append(labels, dsl.Label{At: p.formal.At, Text: "this input"})
	}
	verb := " is made of"
	if len(missing) > 1 {
		verb = " are made of"
	}
	c.l.fail("GT0311", c.st.Source, "nothing says what "+listText(names)+verb, "", c.example(missing[0]), labels...)
}

func (c *dataCheck) example(p *port) string {
	name := p.formal.Name.Name
	switch c.data.Format.Kind {
	case "idx":
		return "add { " + name + " = images } or { " + name + " = labels }"
	case "text":
		return "add { " + name + " = windows(T) }"
	}
	return "add it in braces: { " + name + " = columns(…) }"
}

// sameRows checks that the inputs have their rows along one dimension.
func (c *dataCheck) sameRows() {
	for _, p := range c.ports {
		first := c.ports[0]
		if !p.known || !first.known {
			return
		}
		if !p.shape[0].Equal(first.shape[0]) {
			c.l.fail("GT0313", p.formal, "a data line feeds inputs that have their rows in common", p.text,
				"several kinds of rows are fed from Go", dsl.Label{At: first.formal.At, Text: first.text})
		}
	}
}

// rows checks the first axis of an input that data is for.
func (c *dataCheck) rows(p *port, at dsl.Node) bool {
	if !p.known {
		return false
	}
	declared := dsl.Label{At: p.formal.At, Text: "declared here"}
	name := quote(p.formal.Name.Name)
	switch {
	case p.kind == Bool:
		c.l.fail("GT0313", at, "data gives numbers and integers, "+name+" takes truth values", "", "make it int, and compare it with 1", declared)
	case len(p.shape) == 0 || p.shape[0].Symbol() == nil:
		c.l.fail("GT0313", at, "the first axis of "+name+" is not that of the rows", "", "begin its shape with a run-time dimension, such as [B, …]", declared)
	}
	return true
}

// fits checks what columns give against what an input takes.
func (c *dataCheck) fits(p *port, st *dsl.AssignStmt, m *made) {
	if !c.rows(p, st) {
		return
	}
	name, declared := quote(p.formal.Name.Name), dsl.Label{At: p.formal.At, Text: "declared here"}
	size, fixed := Volume(p.shape[1:]).Const()
	switch {
	case !fixed:
		c.l.fail("GT0313", st.Value, "a row of "+name+" has no fixed size", p.text, "the axes after the first are known at compile time where data comes from "+c.data.Format.Kind, declared)
	case m.width > 0 && m.width != size:
		c.l.fail("GT0313", st.Value, fmt.Sprintf("%s takes %s a row, its columns give %d", name, plural(size, "number"), m.width), fmt.Sprintf("%d a row", m.width), "columns are counted from 0, and the end of a range is not in it: 0..4 is four columns", declared)
	}
	for i, op := range m.ops {
		if p.kind == Int && (op.Kind == DataStandardize || op.Kind == DataFillMean) {
			c.l.fail("GT0313", m.at[i], name+" takes integers, "+string(op.Kind)+" gives fractions", "", "declare it "+p.formal.Name.Name+": "+p.formal.Type.Shape.At.Text(), declared)
		}
	}
}

// framedItem is tok, next = windows(T): the first target gets T tokens, the
// second those one further on.
func (c *dataCheck) framedItem(st *dsl.AssignStmt) {
	call, _ := st.Value.(*dsl.Call)
	name := (*dsl.Name)(nil)
	if call != nil {
		name, _ = call.Fn.(*dsl.Name)
	}
	if name == nil || name.Name != "windows" {
		c.l.fail("GT0312", st.Value, "an input of a text is made of windows", "", "write tok, next = windows(T)")
	}
	if len(st.Targets) > 2 {
		c.l.fail("GT0312", st.Targets[2], "windows gives tokens and those that follow", "", "write tok, next = windows(T)")
	}
	window := c.windows(call)
	for i, t := range st.Targets {
		p := c.portOf(t)
		if c.rows(p, st) && (p.kind != Int || len(p.shape) != 2 || !p.shape[1].Equal(window)) {
			c.l.fail("GT0313", t, fmt.Sprintf("%s is %s, windows give int[%s, %s]", quote(t.Name.Name), p.text, p.formal.Type.Shape.Axes[0].At.Text(), call.Args[0].Value.Span().Text()),
				"", "", dsl.Label{At: p.formal.At, Text: "declared here"})
		}
		c.take(st, p, Columns{Names: []string{[...]string{"tok", "next"}[i]}}, nil)
	}
}

// windows reads windows(T, stride: 8); all of a data line are alike.
func (c *dataCheck) windows(call *dsl.Call) dsl.Dim {
	if len(call.Args) == 0 || len(call.Args) > 2 || call.Args[0].Name != nil {
		c.l.fail("GT0312", call, "windows takes the number of tokens in a row", "", "write windows(T), or windows(T, stride: 8)")
	}
	window := c.l.dim(c.l.globals, call.Args[0].Value)
	stride := 0
	if len(call.Args) == 2 {
		a := call.Args[1]
		n, ok := c.l.dim(c.l.globals, a.Value).Const()
		if a.Name == nil || a.Name.Name != "stride" || !ok || n < 1 {
			c.l.fail("GT0312", a, "the second argument of windows is its stride, a positive whole number", "", "write stride: 8 for windows that begin 8 tokens apart")
		}
		stride = n
	}
	n := window.Max()
	if n < 1 || n > maxBound {
		c.l.fail("GT0312", call.Args[0], "a window has a positive number of tokens", "this is "+window.String(), "")
	}
	f := &c.data.Format
	if c.framed != nil && (!window.Equal(c.window) || stride != f.Stride) {
		c.l.fail("GT0312", call, "the windows of a text are alike", "", "write tok, next = windows(T)", dsl.Label{At: c.framed.Span(), Text: "the first ones"})
	}
	c.window, c.framed, f.Window, f.Stride = window, call, n, stride
	return window
}
