package ir

import (
	"strconv"
	"unicode/utf8"

	"github.com/gtc-lang/gtc/dsl"
)

// dataCheck compiles a data line; Data says what one looks like.
type dataCheck struct {
	*training
	st     *dsl.DataStmt
	data   *Data
	found  bool // the source is right
	ports  []port
	inputs map[string]DataInput
	window dsl.Dim  // of the first windows(…)
	framed dsl.Node // where it stands, nil before
}

// port is an input of the train block that data is for.
type port struct {
	formal *dsl.Param
	kind   DType
	shape  []dsl.Dim
	text   string // its type as written
	known  bool   // false: its shape is wrong, which is reported elsewhere
}

// source compiles the data line.
func (k *training) source(st *dsl.DataStmt) {
	c := &dataCheck{training: k, st: st, data: &Data{At: st.At}, inputs: map[string]DataInput{}}
	for _, p := range k.d.Inputs {
		c.ports = append(c.ports, k.port(p))
	}
	c.found = k.l.attempt(c.file)
	k.sourced = c.found
	if c.data.Format.Kind == "" {
		return
	}
	good := true
	for _, item := range st.Items {
		good = k.l.attempt(func() { c.item(item) }) && good
	}
	if good {
		k.l.attempt(c.complete)
	}
	k.t.Source = c.data
}

func (k *training) port(p *dsl.Param) port {
	out := port{formal: p}
	if p.Type == nil || p.Type.Shape == nil {
		return out
	}
	out.text = p.Type.At.Text()
	out.kind = map[string]DType{"int": Int, "bool": Bool}[p.Type.Elem]
	out.known = k.l.attempt(func() { out.shape, _ = k.l.writtenShape(newScope(k.l.globals), p.Type.Shape) })
	return out
}

// dataKinds are the kinds of files with their options, in the order in which
// messages list them.
var dataKinds = map[string][]dataOption{
	"csv":  {{"val", (*dataCheck).val}, {"header", (*dataCheck).header}, {"separator", (*dataCheck).separator}, {"comment", (*dataCheck).comment}},
	"idx":  {{"labels", (*dataCheck).labels}, {"val", (*dataCheck).val}, {"val_labels", (*dataCheck).valLabels}},
	"text": {{"by", (*dataCheck).by}, {"val", (*dataCheck).share}},
}

type dataOption struct {
	name string
	set  func(*dataCheck, *dsl.Arg)
}

// file reads the source of the data: csv("digits.csv", val: 0.2).
func (c *dataCheck) file() {
	call, ok := c.st.Source.(*dsl.Call)
	var kind *dsl.Name
	if ok {
		kind, _ = call.Fn.(*dsl.Name)
	}
	if kind == nil {
		c.wrongSource(c.st.Source, "a source of data is a call", "", "write csv(\"file.csv\")")
	}
	options := dataKinds[kind.Name]
	if options == nil {
		help := "there are csv, idx and text"
		if near := dsl.DidYouMean(kind.Name, []string{"csv", "idx", "text"}); near != "" {
			help = "did you mean " + near + "?"
		}
		c.wrongSource(kind, "no kind of data is called "+quote(kind.Name), "", help)
	}
	c.data.Format.Kind = kind.Name
	if len(call.Args) == 0 || call.Args[0].Name != nil {
		c.wrongSource(call, "the file's name is missing", "", "write it first: "+kind.Name+"(\"file\", …)")
	}
	given := map[string]bool{}
	c.l.each(len(call.Args), func(i int) {
		if i == 0 {
			c.data.File = c.text(call.Args[0], "the file's name")
		} else {
			c.option(kind.Name, options, call.Args[i], given)
		}
	})
	c.pairs(call, given)
}

func (c *dataCheck) wrongSource(at dsl.Node, message, here, help string, labels ...dsl.Label) {
	c.l.fail("GT0310", at, message, here, help, labels...)
}

func (c *dataCheck) option(kind string, options []dataOption, a *dsl.Arg, given map[string]bool) {
	var names []string
	for _, o := range options {
		names = append(names, o.name)
		if a.Name == nil || a.Name.Name != o.name {
			continue
		}
		if given[o.name] {
			c.wrongSource(a.Name, quote(o.name)+" is given twice", "", "keep one of them")
		}
		given[o.name] = true
		o.set(c, a)
		return
	}
	help := kind + " has the options " + listText(names)
	if a.Name == nil {
		c.wrongSource(a, "one file is read, and the rest are options by name", "", help)
	}
	if near := dsl.DidYouMean(a.Name.Name, names); near != "" {
		help = "did you mean " + near + "?"
	}
	c.wrongSource(a.Name, kind+" has no option "+quote(a.Name.Name), "", help)
}

// pairs checks that files of labels go with files of images.
func (c *dataCheck) pairs(call *dsl.Call, given map[string]bool) {
	switch {
	case given["val_labels"] && c.data.ValidationFile == "":
		c.wrongSource(call, "val_labels goes with a file for validation", "", `write val: "images" too`)
	case c.data.Format.Kind == "idx" && c.data.ValidationFile != "" && given["labels"] != given["val_labels"]:
		c.wrongSource(call, "one of the two files of images has no labels", "", "write labels and val_labels, or neither")
	}
	if c.data.Format.Kind == "text" && c.data.Format.By == "" {
		c.data.Format.By = "bytes"
	}
	if f := c.data.Format; f.Comment != "" && f.Comment == f.Separator {
		c.wrongSource(call, "the separator and the comment are the same character", "", "")
	}
}

// text is an argument that is a string with something in it.
func (c *dataCheck) text(a *dsl.Arg, what string) string {
	s, ok := a.Value.(*dsl.String)
	if !ok || s.Value == "" {
		c.wrongSource(a.Value, what+" is a text in quotes", "", `write it like "file.csv"`)
	}
	return s.Value
}

// val is a share of the rows or a file.
func (c *dataCheck) val(a *dsl.Arg) {
	if _, ok := a.Value.(*dsl.String); ok {
		c.data.ValidationFile = c.text(a, "the file for validation")
		return
	}
	c.share(a)
}

func (c *dataCheck) share(a *dsl.Arg) {
	if _, ok := a.Value.(*dsl.String); ok {
		c.wrongSource(a.Value, "a text is validated on its own end, not on another file", "", "write a share, such as val: 0.1")
	}
	n := c.l.constant("GT0310", a.Value, "write a share of the rows, such as val: 0.2")
	if n < 0 || n >= 1 {
		c.wrongSource(a.Value, "the share for validation is at least 0 and less than 1", "this is "+strconv.FormatFloat(n, 'g', -1, 64), "val: 0.2 keeps a fifth of the rows for validation")
	}
	c.data.Validation = n
}

func (c *dataCheck) header(a *dsl.Arg) {
	yes, ok := c.l.expr(c.l.globals, a.Value).(truth)
	if !ok {
		c.wrongSource(a.Value, "header is true or false", "", "")
	}
	c.data.Format.Header = map[truth]string{true: "yes", false: "no"}[yes]
}

func (c *dataCheck) separator(a *dsl.Arg) { c.data.Format.Separator = c.character(a) }
func (c *dataCheck) comment(a *dsl.Arg)   { c.data.Format.Comment = c.character(a) }

func (c *dataCheck) character(a *dsl.Arg) string {
	s := c.text(a, a.Name.Name)
	if r, n := utf8.DecodeRuneInString(s); n != len(s) || r == utf8.RuneError || r == '"' || r == '\n' || r == '\r' {
		c.wrongSource(a.Value, a.Name.Name+" is one character, and neither a quote nor a newline", "", `write it like ";" or "\t"`)
	}
	return s
}

func (c *dataCheck) labels(a *dsl.Arg)    { c.data.Labels = c.text(a, "the file of labels") }
func (c *dataCheck) valLabels(a *dsl.Arg) { c.data.ValidationLabels = c.text(a, "the file of labels") }

func (c *dataCheck) by(a *dsl.Arg) {
	n, ok := a.Value.(*dsl.Name)
	if !ok || n.Name != "bytes" && n.Name != "chars" {
		c.wrongSource(a.Value, "a text is read by bytes or by chars", "", "write by: bytes (256 tokens) or by: chars (a token for each character that occurs)")
	}
	c.data.Format.By = n.Name
}

// listText is "a, b and c".
func listText(names []string) string {
	text := ""
	for i, n := range names {
		switch {
		case i == 0:
		case i == len(names)-1:
			text += " and "
		default:
			text += ", "
		}
		text += n
	}
	return text
}
