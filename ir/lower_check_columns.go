package ir

import (
	"slices"
	"sort"

	"github.com/gtc-lang/gtc/dsl"
)

// made is what an input is made of.
type made struct {
	columns Columns
	width   int // numbers a row; 0 when only the file knows
	ops     []DataOp
	at      []dsl.Node // where each op stands
}

func (m *made) then(at dsl.Node, op DataOp) *made {
	m.ops, m.at = append(m.ops, op), append(m.at, at)
	if op.Kind == DataOneHot {
		m.width = min(m.width*op.Count, dsl.MaxSize)
	}
	return m
}

const (
	maxColumns = 1 << 20
	madeHelp   = "write columns(0..4), column(\"name\"), and what is done to them: columns(0..4) / 16, column(4) |> categories"
)

func (c *dataCheck) wrong(at dsl.Node, message, here, help string, labels ...dsl.Label) {
	c.l.fail("GT0312", at, message, here, help, labels...)
}

// made compiles the right side of an entry of the data line.
func (c *dataCheck) made(e dsl.Expr) *made {
	switch e := e.(type) {
	case *dsl.Paren:
		return c.made(e.X)
	case *dsl.Unary:
		if e.Op == "-" && c.ofColumns(e.X) {
			return c.made(e.X).then(e, DataOp{Kind: DataMultiply, Value: -1})
		}
	case *dsl.Binary:
		return c.arithmetic(e)
	case *dsl.Pipe:
		if call, ok := e.Fn.(*dsl.Call); ok {
			return c.transformed(call.Fn, e.X, call.Args)
		}
		return c.transformed(e.Fn, e.X, nil)
	case *dsl.Call:
		return c.called(e)
	case *dsl.Name:
		return c.named(e)
	}
	c.wrong(e, "no column of the data stands here", "", madeHelp)
	return nil
}

// ofColumns reports whether an expression is one of columns, right or wrong,
// rather than a number.
func (c *dataCheck) ofColumns(e dsl.Expr) bool {
	switch e := e.(type) {
	case *dsl.Paren:
		return c.ofColumns(e.X)
	case *dsl.Unary:
		return c.ofColumns(e.X)
	case *dsl.Binary:
		return c.ofColumns(e.X) || c.ofColumns(e.Y)
	case *dsl.Pipe:
		return true
	case *dsl.Call:
		n, ok := e.Fn.(*dsl.Name)
		return ok && (n.Name == "column" || n.Name == "columns" || dataTransforms[n.Name] != nil)
	case *dsl.Name:
		return c.data.Format.Kind == "idx" && (e.Name == "images" || e.Name == "labels")
	}
	return false
}

// arithmetic is columns with a number.
func (c *dataCheck) arithmetic(e *dsl.Binary) *made {
	left, right := c.ofColumns(e.X), c.ofColumns(e.Y)
	switch {
	case left && right:
		c.wrong(opNode(e), "columns are combined with numbers only", "", "make two inputs, and combine them in the train block")
	case !left && !right:
		c.wrong(e, "no column of the data stands here", "", madeHelp)
	case left:
		return c.made(e.X).then(opNode(e), c.scaled(e, e.Y))
	}
	n := c.l.constant("GT0312", e.X, "")
	switch e.Op {
	case "+":
		return c.made(e.Y).then(opNode(e), DataOp{Kind: DataAdd, Value: n})
	case "*":
		return c.made(e.Y).then(opNode(e), DataOp{Kind: DataMultiply, Value: n})
	case "-":
		m := c.made(e.Y).then(opNode(e), DataOp{Kind: DataMultiply, Value: -1})
		return m.then(opNode(e), DataOp{Kind: DataAdd, Value: n})
	}
	c.wrong(opNode(e), "columns have no number "+e.Op+" columns", "", "+ - * / with a number on the right are done to columns, + - * with one on the left")
	return nil
}

// scaled is the op of columns with a number on the right.
func (c *dataCheck) scaled(e *dsl.Binary, y dsl.Expr) DataOp {
	n := c.l.constant("GT0312", y, "columns are combined with numbers known at compile time")
	switch e.Op {
	case "+":
		return DataOp{Kind: DataAdd, Value: n}
	case "-":
		return DataOp{Kind: DataAdd, Value: -n}
	case "*":
		return DataOp{Kind: DataMultiply, Value: n}
	case "/":
		if n == 0 {
			c.wrong(y, "columns are divided by 0", "", "")
		}
		return DataOp{Kind: DataDivide, Value: n}
	}
	c.wrong(opNode(e), "columns have no "+e.Op, "", "+ - * / with a number are done to columns")
	return DataOp{}
}

// called is columns(…), column(…), or a transform before its columns.
func (c *dataCheck) called(e *dsl.Call) *made {
	name, ok := e.Fn.(*dsl.Name)
	if !ok {
		c.wrong(e, "no column of the data stands here", "", madeHelp)
	}
	switch {
	case name.Name == "windows":
		c.wrong(e, "windows are of a text", "", "write data text(\"file.txt\") { tok, next = windows(T) }")
	case (name.Name == "column" || name.Name == "columns") && c.data.Format.Kind == "idx":
		c.wrong(e, "an IDX file has no columns", "", "write images or labels")
	case name.Name == "column":
		return c.column(e)
	case name.Name == "columns":
		return c.columns(e)
	case len(e.Args) > 0 && e.Args[0].Name == nil:
		return c.transformed(name, e.Args[0].Value, e.Args[1:])
	}
	return c.transformed(name, nil, e.Args)
}

// named is images or labels of an IDX file.
func (c *dataCheck) named(e *dsl.Name) *made {
	if c.ofColumns(e) {
		if e.Name == "labels" && c.data.Labels == "" && c.found {
			c.wrong(e, "no file of labels is given", "", "add it to the source: idx(\"images\", labels: \"labels\")", dsl.Label{At: c.st.Source.Span(), Text: "here"})
		}
		return &made{columns: Columns{Names: []string{e.Name}}, width: map[string]int{"labels": 1}[e.Name]}
	}
	switch {
	case dataTransforms[e.Name] != nil:
		c.wrong(e, quote(e.Name)+" is done to columns", "", "write column(4) |> "+e.Name)
	case c.data.Format.Kind == "idx":
		c.wrong(e, "an IDX file has no "+quote(e.Name), "", "write images or labels")
	}
	c.wrong(e, "no column of the data stands here", "", "write column("+quote(e.Name)+") for the column of that name")
	return nil
}

// column is column(4) or column("species").
func (c *dataCheck) column(e *dsl.Call) *made {
	if len(e.Args) != 1 || e.Args[0].Name != nil {
		c.wrong(e, "column takes one column, by number or by name", "", "write column(4) or column(\"species\"); columns(…) takes several")
	}
	if s, ok := e.Args[0].Value.(*dsl.String); ok {
		c.wrongNames(s)
		return &made{columns: Columns{Names: []string{s.Value}}, width: 1}
	}
	if _, ok := e.Args[0].Value.(*dsl.Range); ok {
		c.wrong(e.Args[0], "column takes one column", "", "write columns("+e.Args[0].At.Text()+") for several")
	}
	n := c.number(e.Args[0].Value)
	return &made{columns: Columns{From: n, To: n + 1}, width: 1}
}

// wrongNames reports names of columns that are none.
func (c *dataCheck) wrongNames(names ...*dsl.String) {
	for _, s := range names {
		switch {
		case s.Value == "":
			c.wrong(s, "a column has a name", "", "columns without one are chosen by number")
		case c.data.Format.Header == "no":
			c.wrong(s, "a file without a header has no names of columns", "", "choose columns by number, such as columns(0..4), or leave header: false out")
		}
	}
}

// columns is columns(0..64), columns("a".."d") or columns("a", "b").
func (c *dataCheck) columns(e *dsl.Call) *made {
	m := &made{}
	for _, a := range e.Args {
		s, ok := a.Value.(*dsl.String)
		if !ok || a.Name != nil {
			return c.columnRange(e)
		}
		c.wrongNames(s)
		m.columns.Names = append(m.columns.Names, s.Value)
	}
	if m.width = len(e.Args); m.width == 0 {
		return c.columnRange(e)
	}
	return m
}

func (c *dataCheck) columnRange(e *dsl.Call) *made {
	var r *dsl.Range
	if len(e.Args) == 1 {
		r, _ = e.Args[0].Value.(*dsl.Range)
	}
	if r == nil {
		c.wrong(e, "columns takes a range, or names", "", "write columns(0..4), columns(\"a\"..\"d\"), columns(\"a\", \"b\"), or column(3) for one")
	}
	lo, byName := r.Lo.(*dsl.String)
	hi, both := r.Hi.(*dsl.String)
	switch {
	case byName != both:
		c.wrong(r, "a range of columns has two numbers or two names", "", "write columns(0..4), whose end is not in it, or columns(\"a\"..\"d\"), whose end is")
	case both:
		c.wrongNames(lo, hi)
		return &made{columns: Columns{First: lo.Value, Last: hi.Value}}
	}
	from, to := c.number(r.Lo), c.number(r.Hi)
	if to <= from {
		c.wrong(r, "this range of columns is empty", "", "the first column has the number 0, and the end is not included: 0..4 is four columns")
	}
	return &made{columns: Columns{From: from, To: to}, width: to - from}
}

// number is the number of a column.
func (c *dataCheck) number(e dsl.Expr) int {
	n, ok := c.l.dim(c.l.globals, e).Const()
	if !ok || n < 0 || n >= maxColumns {
		c.wrong(e, "the number of a column is a whole number from 0 on", "", "columns are counted from 0, up to a million")
	}
	return n
}

// dataTransforms are what columns are piped through.
var dataTransforms map[string]func(*dataCheck, dsl.Node, []*dsl.Arg) DataOp

func init() {
	plainOp := func(kind DataOpKind) func(*dataCheck, dsl.Node, []*dsl.Arg) DataOp {
		return func(c *dataCheck, at dsl.Node, args []*dsl.Arg) DataOp {
			if len(args) > 0 {
				c.wrong(args[0], string(kind)+" takes nothing but columns", "", "write column(4) |> "+string(kind))
			}
			return DataOp{Kind: kind}
		}
	}
	dataTransforms = map[string]func(*dataCheck, dsl.Node, []*dsl.Arg) DataOp{
		"standardize": plainOp(DataStandardize), "fill_mean": plainOp(DataFillMean), "fill_median": plainOp(DataFillMedian),
		"categories": (*dataCheck).categories, "names": (*dataCheck).classNames,
		"one_hot": (*dataCheck).oneHot, "fill": (*dataCheck).fill,
	}
}

// transformed is x |> fn(args…). x is nil where no columns are given.
func (c *dataCheck) transformed(fn dsl.Expr, x dsl.Expr, args []*dsl.Arg) *made {
	name, ok := fn.(*dsl.Name)
	if !ok || dataTransforms[name.Name] == nil {
		var known []string
		for n := range dataTransforms {
			known = append(known, n)
		}
		sort.Strings(known)
		help := "columns are piped through " + listText(known)
		if ok {
			if near := dsl.DidYouMean(name.Name, append(known, "column", "columns")); near != "" {
				help = "did you mean " + near + "?"
			}
		}
		c.wrong(fn, "nothing that is done to data is called "+quote(fn.Span().Text()), "", help)
	}
	if x == nil {
		c.wrong(fn, quote(name.Name)+" is done to columns", "", "write column(4) |> "+name.Name)
	}
	m := c.made(x)
	op := dataTransforms[name.Name](c, fn, args)
	c.inOrder(fn, m.ops, op)
	return m.then(fn, op)
}

func (c *dataCheck) categories(_ dsl.Node, args []*dsl.Arg) DataOp {
	return DataOp{Kind: DataCategories, Classes: c.classes(args)}
}

func (c *dataCheck) classNames(at dsl.Node, args []*dsl.Arg) DataOp {
	if len(args) == 0 {
		c.wrong(at, "names takes the names of the classes", "", "write column(4) |> names(\"no\", \"yes\")")
	}
	return DataOp{Kind: DataNames, Classes: c.classes(args)}
}

func (c *dataCheck) classes(args []*dsl.Arg) []string {
	var out []string
	seen := map[string]bool{}
	for _, a := range args {
		s, ok := a.Value.(*dsl.String)
		if !ok || a.Name != nil {
			c.wrong(a, "a class is named by a text in quotes", "", "write categories(\"no\", \"yes\")")
		}
		if seen[s.Value] {
			c.wrong(a, "the class "+quote(s.Value)+" stands twice", "", "")
		}
		seen[s.Value] = true
		out = append(out, s.Value)
	}
	return out
}

func (c *dataCheck) oneHot(at dsl.Node, args []*dsl.Arg) DataOp {
	if len(args) != 1 || args[0].Name != nil {
		c.wrong(at, "one_hot takes the number of classes", "", "write column(4) |> one_hot(10)")
	}
	n, ok := c.l.dim(c.l.globals, args[0].Value).Const()
	if !ok || n < 1 || n > maxColumns {
		c.wrong(args[0], "the number of classes is a whole number from 1 to 1048576", "", "write column(4) |> one_hot(10)")
	}
	return DataOp{Kind: DataOneHot, Count: n}
}

func (c *dataCheck) fill(at dsl.Node, args []*dsl.Arg) DataOp {
	if len(args) != 1 || args[0].Name != nil {
		c.wrong(at, "fill takes what to put where there is none", "", "write column(4) |> fill(0), or column(4) |> fill(\"none\") |> categories")
	}
	if s, ok := args[0].Value.(*dsl.String); ok {
		if s.Value == "" {
			c.wrong(args[0], "an empty text is no value", "", "write fill(\"none\")")
		}
		return DataOp{Kind: DataFill, Text: s.Value}
	}
	return DataOp{Kind: DataFill, Value: c.l.constant("GT0312", args[0].Value, "write column(4) |> fill(0)")}
}

// inOrder checks an op against those before it: class numbers have no mean, and
// a text fills texts.
func (c *dataCheck) inOrder(at dsl.Node, before []DataOp, op DataOp) {
	ofClasses := func(op DataOp) bool { return op.Kind == DataCategories || op.Kind == DataNames }
	switch {
	case (op.Kind == DataFillMean || op.Kind == DataFillMedian) && slices.ContainsFunc(before, ofClasses):
		c.wrong(at, "class numbers have no mean and no median", "", "fill before them, with a class of its own: column(4) |> fill(\"none\") |> categories")
	case op.Text != "" && slices.ContainsFunc(before, func(op DataOp) bool { return op.Text == "" }):
		c.wrong(at, "a text fills texts, and these are numbers by now", "", "write it first: column(4) |> fill(\"none\") |> categories")
	}
}
