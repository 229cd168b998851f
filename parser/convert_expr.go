package parser

import (
	"github.com/alecthomas/participle/v2/lexer"

	"github.com/gtc-lang/gtc/dsl"
)

func (c *converter) exprs(list []*exprC) []dsl.Expr {
	var out []dsl.Expr
	for _, e := range list {
		out = append(out, c.expr(e))
	}
	return out
}

// operand converts an operand without its prefix operators.
func (c *converter) operand(o *operandC) dsl.Expr {
	x := c.primary(o)
	for _, s := range o.Suffix {
		x = c.suffix(x, s)
	}
	return x
}

func (c *converter) primary(o *operandC) dsl.Expr {
	at := dsl.Place{At: c.at(o.Tokens[0])}
	switch {
	case o.Name:
		return &dsl.Name{Place: at, Name: o.Tokens[0].Value}
	case o.Literal:
		return literal(at, o.Tokens[0].Value)
	}
	at = c.place(withoutSuffix(o))
	switch {
	case o.Paren != nil:
		return &dsl.Paren{Place: at, X: c.expr(o.Paren)}
	case o.List != nil:
		return &dsl.List{Place: at, Items: c.exprs(o.List.Items)}
	}
	if len(o.Suffix) > 0 {
		c.fail(&dsl.Diagnostic{Code: "GT0118", Message: "an `if` needs brackets here", At: at.At, Help: "write (if c { a } else { b }) before it"})
	}
	return c.ifExpr(at, o.If)
}

func literal(at dsl.Place, text string) dsl.Expr {
	if text[0] == '"' {
		return &dsl.String{Place: at, Value: unquote(text)}
	}
	value, whole, _ := numberValue(text)
	return &dsl.Number{Place: at, Text: text, Value: value, Int: whole}
}

// withoutSuffix is the tokens of an operand's primary.
func withoutSuffix(o *operandC) []lexer.Token {
	n := len(o.Tokens)
	for _, s := range o.Suffix {
		n -= len(s.Tokens)
	}
	return o.Tokens[:n]
}

func (c *converter) ifExpr(at dsl.Place, i *ifC) dsl.Expr {
	out := &dsl.If{Place: at, Cond: c.expr(i.Cond), Then: c.block(i.Then)}
	last := out
	for k, e := range i.Else {
		if e.Cond == nil {
			last.Else = c.block(e.Body)
			if k < len(i.Else)-1 {
				c.fail(&dsl.Diagnostic{Code: "GT0114", Message: "an `else` after the last `else`", At: c.at(i.Else[k+1].Tokens[0]),
					Help: "only the last branch has no condition"})
			}
			break
		}
		next := &dsl.If{Place: dsl.Place{At: c.at(e.Tokens[1]).To(at.At)}, Cond: c.expr(e.Cond), Then: c.block(e.Body)}
		last.Else = next
		last = next
	}
	return out
}

func (c *converter) suffix(x dsl.Expr, s *suffixC) dsl.Expr {
	at := dsl.Place{At: x.Span().To(c.place(s.Tokens).At)}
	switch {
	case s.Call:
		out := &dsl.Call{Place: at, Fn: x}
		for _, a := range s.Args {
			arg := &dsl.Arg{Place: c.place(a.Tokens), Value: c.ranged(a.Lo, a.Hi)}
			if a.Named {
				arg.Name = c.ident(a.Tokens[0])
			}
			out.Args = append(out.Args, arg)
		}
		return out
	case s.Index:
		out := &dsl.Index{Place: at, X: x}
		for _, i := range s.Items {
			out.Items = append(out.Items, c.item(i))
		}
		return out
	}
	return &dsl.Select{Place: at, X: x, Name: c.ident(s.Tokens[1])}
}

func (c *converter) item(i *itemC) *dsl.IndexItem {
	at := c.place(i.Tokens)
	switch {
	case i.Ellipsis:
		return &dsl.IndexItem{Place: at, Ellipsis: true}
	case i.Colon:
		return &dsl.IndexItem{Place: at, Range: &dsl.Range{Place: at}}
	case i.To != nil:
		return &dsl.IndexItem{Place: at, Range: c.openRange(at, nil, i.To)}
	}
	x := c.expr(i.X)
	switch {
	case i.Bind != nil:
		return &dsl.IndexItem{Place: at, Bind: c.bind(at, x, i.Bind)}
	case i.After != nil:
		return &dsl.IndexItem{Place: at, Range: c.openRange(at, x, i.After)}
	}
	return &dsl.IndexItem{Place: at, Value: x}
}

func (c *converter) openRange(at dsl.Place, lo dsl.Expr, to *toC) *dsl.Range {
	out := &dsl.Range{Place: at, Lo: lo}
	if to.Hi != nil {
		out.Hi = c.expr(to.Hi)
	}
	return out
}

// bind converts `u in 0..2` in the list of a reduction.
func (c *converter) bind(at dsl.Place, x dsl.Expr, r *rangeC) *dsl.IndexVar {
	out := &dsl.IndexVar{Place: at}
	if n, ok := x.(*dsl.Name); ok {
		out.Name = &dsl.Ident{Place: n.Place, Name: n.Name}
	} else {
		c.fail(&dsl.Diagnostic{Code: "GT0119", Message: "an index is a name", At: x.Span(), Help: "write [i in 0..n]"})
		out.Name = &dsl.Ident{Place: dsl.Place{At: x.Span()}, Name: "_"}
	}
	var ok bool
	if out.Range, ok = c.ranged(r.Lo, r.Hi).(*dsl.Range); !ok {
		c.fail(&dsl.Diagnostic{Code: "GT0114", Message: "`in` needs a range", At: c.place(r.Tokens).At, Help: "write i in 0..n"})
	}
	return out
}

func (c *converter) ranged(lo, hi *exprC) dsl.Expr {
	if hi == nil {
		return c.expr(lo)
	}
	return c.span(c.expr(lo), c.expr(hi))
}

func (c *converter) span(lo, hi dsl.Expr) *dsl.Range {
	return &dsl.Range{Place: dsl.Place{At: lo.Span().To(hi.Span())}, Lo: lo, Hi: hi}
}
