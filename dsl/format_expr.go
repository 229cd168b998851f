package dsl

import "strings"

func (p *formatter) exprs(list []Expr) {
	for i, e := range list {
		p.comma(i)
		p.expr(e)
	}
}

func (p *formatter) expr(e Expr) {
	switch e := e.(type) {
	case *Name:
		p.at(e.Name, e.At)
	case *Number:
		p.at(e.Text, e.At)
	case *String:
		p.at(quote(e.Value), e.At)
	case *Unary:
		p.at(e.Op, e.At)
		p.space = e.Op == "not"
		p.expr(e.X)
	case *Binary:
		p.binary(e)
	case *Paren:
		p.at("(", e.At)
		p.push(true)
		p.expr(e.X)
		p.close(")")
	case *Call:
		p.expr(e.Fn)
		p.open("(")
		for i, a := range e.Args {
			p.comma(i)
			p.arg(a)
		}
		p.close(")")
	case *Pipe:
		p.pipe(e, new(int))
	case *Select:
		p.expr(e.X)
		p.tight(".")
		p.name(e.Name)
	case *Index:
		p.index(e)
	case *Range:
		p.rng(e)
	case *List:
		p.at("[", e.At)
		p.push(true)
		p.exprs(e.Items)
		p.close("]")
	default:
		p.compound(e)
	}
}

func (p *formatter) arg(a *Arg) {
	if a.Name != nil {
		p.name(a.Name)
		p.tight(":")
	}
	p.expr(a.Value)
}

func (p *formatter) rng(r *Range) {
	if r.Lo != nil {
		p.expr(r.Lo)
	}
	p.tight("..")
	if r.Hi != nil {
		p.expr(r.Hi)
	}
}

func (p *formatter) index(e *Index) {
	p.expr(e.X)
	p.open("[")
	dense := p.dense(Span{Source: e.At.Source, Start: p.pos, End: e.At.End})
	for i, item := range e.Items {
		p.listComma(i, dense)
		switch {
		case item.Ellipsis:
			p.at("...", item.At)
		case item.Bind != nil:
			p.indexVar(item.Bind)
		case item.Value != nil:
			p.expr(item.Value)
		case item.Range.Lo == nil && item.Range.Hi == nil && !strings.HasPrefix(item.At.Text(), ".."):
			p.at(":", item.At)
		default:
			p.rng(item.Range)
		}
	}
	p.close("]")
}

// dense reports whether the writer set a list of indices without spaces, as
// is usual in index notation.
func (p *formatter) dense(at Span) bool {
	return at.Valid() && strings.Contains(at.Text(), ",") && !strings.ContainsAny(at.Text(), " \t\n")
}

func (p *formatter) listComma(i int, dense bool) {
	p.comma(i)
	if dense {
		p.space = false
	}
}

// binary keeps a product or sum that was written without spaces so, unless a
// part of it has some.
func (p *formatter) binary(e *Binary) {
	tight := p.isTight(e)
	p.expr(e.X)
	p.space = !tight
	p.at(e.Op, e.OpAt)
	p.space = !tight
	p.expr(e.Y)
}

func (p *formatter) isTight(e *Binary) bool {
	switch e.Op {
	case "^":
		return true
	case "+", "-", "*", "/", "@":
	default:
		return false
	}
	before, after := e.OpAt.Start-1, e.OpAt.End
	if before < 0 || after >= len(p.src) || strings.IndexByte(" \t\r\n", p.src[before]) >= 0 ||
		strings.IndexByte(" \t\r\n/", p.src[after]) >= 0 {
		return false
	}
	return p.noSpaces(e.X) && p.noSpaces(e.Y)
}

// noSpaces reports whether an operand shows no spaces outside brackets.
func (p *formatter) noSpaces(e Expr) bool {
	switch e := e.(type) {
	case *Binary:
		return p.isTight(e)
	case *Unary:
		return e.Op == "-" && p.noSpaces(e.X)
	case *If, *Pipe:
		return false
	}
	return true
}

// pipe writes a chain. A line of it that begins with |> has it below the
// chain's first one, whose column is known through first.
func (p *formatter) pipe(e *Pipe, first *int) {
	if x, ok := e.X.(*Pipe); ok {
		p.pipe(x, first)
	} else {
		p.expr(e.X)
	}
	indent := p.inside()
	if *first > 0 {
		indent = *first
	}
	p.space = true
	p.advance(p.find("|>"), false, indent, indent)
	if *first == 0 {
		*first = p.column
	}
	p.write("|>")
	p.space = true
	p.expr(e.Fn)
}

// compound writes an expression that has blocks.
func (p *formatter) compound(e Expr) {
	switch e := e.(type) {
	case *If:
		p.ifElse(e)
	case *For:
		p.label(e.Label)
		p.at("for", e.At)
		p.space = true
		p.name(e.Var)
		p.word("in")
		p.expr(e.Iter)
		p.block(e.Body)
	case *Scan:
		p.label(e.Label)
		p.word("scan")
		p.name(e.Var)
		p.word("over")
		p.expr(e.Over)
		for _, c := range e.Carry {
			p.tight(",")
			p.assign(c)
		}
		p.block(e.Body)
	}
}

func (p *formatter) label(n *Ident) {
	if n != nil {
		p.name(n)
		p.tight(":")
	}
}

// ifElse writes a branch. An `else` at the start of a line stands below its
// statement.
func (p *formatter) ifElse(e *If) {
	p.at("if", e.At)
	p.space = true
	p.expr(e.Cond)
	p.block(e.Then)
	if e.Else == nil {
		return
	}
	p.space = true
	p.advance(p.find("else"), false, p.level().base, p.level().base)
	p.write("else")
	p.space = true
	switch e := e.Else.(type) {
	case *If:
		p.ifElse(e)
	case *Block:
		p.block(e)
	}
}

// quote writes a string with the escapes of the language.
func quote(s string) string {
	return `"` + strings.NewReplacer(`"`, `\"`, `\`, `\\`, "\n", `\n`, "\r", `\r`).Replace(s) + `"`
}
