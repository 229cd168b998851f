package dsl

import "strings"

// Format writes a file in the one style of the language. It keeps the tree,
// the comments, and the writer's lines: what stood on one line stays on one
// line. What it settles is indentation, spaces and empty lines. Formatting
// twice changes nothing more. A file that was parsed with errors lacks the bad
// declarations: do not write it back. A tree made without a source is laid out
// with a statement a line.
func Format(f *File) string {
	p := newFormatter(f)
	if f.Package != nil {
		p.startDecl(p.find("package"))
		p.word("package")
		p.name(f.Package)
	}
	for _, d := range f.Decls {
		p.startDecl(d.Span().Start)
		p.decl(d)
	}
	p.finish()
	return p.out.String()
}

func (p *formatter) decl(d Decl) {
	switch d := d.(type) {
	case *ConstDecl:
		p.word("const")
		for i, item := range d.Items {
			p.comma(i)
			p.name(item.Name)
			p.spaced("=")
			p.expr(item.Value)
		}
	case *DimDecl:
		p.word("dim")
		for i, item := range d.Items {
			p.comma(i)
			p.name(item.Name)
			p.spaced("<=")
			p.expr(item.Bound)
		}
	case *Callable:
		p.callable(d)
	case *TrainDecl:
		p.word("train")
		p.name(d.Name)
		p.params(d.Inputs)
		p.block(d.Body)
	case *DecodeDecl:
		p.word("decode")
		p.name(d.Name)
		p.word("from")
		p.name(d.Model)
		p.word("over")
		p.name(d.Axis)
	case *RequireDecl:
		p.word("require")
		p.expr(d.Cond)
	}
}

func (p *formatter) callable(d *Callable) {
	p.word(string(d.Kind))
	p.name(d.Name)
	switch {
	case d.Kind == Schedule && d.Inputs == nil:
		p.params(d.Settings)
	case d.Settings == nil && d.Kind != Schedule:
		p.params(d.Inputs)
	default:
		p.params(d.Settings)
		p.params(d.Inputs)
	}
	if d.Result != nil {
		p.spaced("->")
		p.typ(d.Result)
	}
	p.block(d.Body)
}

func (p *formatter) params(list []*Param) {
	p.open("(")
	for i, param := range list {
		p.comma(i)
		p.name(param.Name)
		if param.Type != nil {
			p.tight(":")
			p.typ(param.Type)
		}
		if param.Default != nil {
			p.spaced("=")
			p.expr(param.Default)
		}
		if param.In != nil {
			p.spaced("in")
			p.interval(param.In)
		}
	}
	p.close(")")
}

func (p *formatter) interval(i *Interval) {
	if i.Lo != nil {
		p.expr(i.Lo)
		p.tight(i.Sign())
	} else {
		p.at(i.Sign(), i.At)
	}
	if i.Hi != nil {
		p.expr(i.Hi)
	}
}

func (p *formatter) typ(t *Type) {
	if t.Elem != "" {
		p.at(t.Elem, t.At)
	}
	if t.Shape != nil {
		p.shape(t.Shape)
	}
}

func (p *formatter) shape(s *Shape) {
	p.at("[", s.At)
	p.push(true)
	for i, a := range s.Axes {
		p.comma(i)
		switch {
		case a.Ellipsis:
			p.at("...", a.At)
		case a.Wildcard:
			p.at("_", a.At)
		default:
			p.expr(a.Size)
		}
	}
	p.close("]")
}

func (p *formatter) name(n *Ident) { p.at(n.Name, n.At) }

// tidy removes what may not stand at the end of a text.
func tidy(text string) string {
	text = strings.TrimRight(text, " \n")
	if text == "" {
		return ""
	}
	return text + "\n"
}
