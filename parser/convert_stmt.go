package parser

import (
	"github.com/alecthomas/participle/v2/lexer"

	"github.com/gtc-lang/gtc/dsl"
)

func (c *converter) block(b *blockC) *dsl.Block {
	out := &dsl.Block{Place: c.place(b.Tokens)}
	training := c.training
	for _, s := range b.Stmts {
		c.training = training
		if word := s.trainingWord(); there(word) && !training {
			c.outOfPlace(word)
		}
		c.training = false
		out.Stmts = append(out.Stmts, c.stmt(s))
	}
	c.training = training
	return out
}

// trainingWord is the keyword of a statement that only a train declaration
// has.
func (s *stmtC) trainingWord() lexer.Token {
	if s.Minimize != nil || s.With != nil || s.Batch != nil || s.Stop != nil || s.Report != nil || s.Data != nil {
		return s.Tokens[0]
	}
	return lexer.Token{}
}

func (c *converter) outOfPlace(word lexer.Token) {
	c.fail(&dsl.Diagnostic{Code: "GT0120", Message: "`" + word.Value + "` stands outside the body of a train declaration", At: c.at(word),
		Help: "write it directly in the body of `train Name(…) { … }`, not in a block inside it"})
}

func (c *converter) stmt(s *stmtC) dsl.Stmt {
	at := c.place(s.Tokens)
	switch {
	case s.Assign != nil:
		return &dsl.AssignStmt{Place: at, Targets: c.targets(s.Assign.Targets), Value: c.value(s.Assign.Value)}
	case s.Loop != nil:
		return &dsl.ExprStmt{Place: at, X: c.loop(s.Loop)}
	case s.Vars != nil:
		return c.vars(at, s.Vars)
	case s.Layer != nil:
		return &dsl.LayerStmt{Place: at, Name: c.binding(s.Layer.Name), Value: c.expr(s.Layer.Value)}
	case s.Yield != nil:
		return &dsl.YieldStmt{Place: at, Values: c.exprs(s.Yield.Values)}
	case s.Expr != nil:
		return &dsl.ExprStmt{Place: at, X: c.expr(s.Expr)}
	}
	return c.trainStmt(at, s)
}

func (c *converter) trainStmt(at dsl.Place, s *stmtC) dsl.Stmt {
	switch {
	case s.Minimize != nil:
		m := s.Minimize
		return &dsl.MinimizeStmt{Place: at, Name: c.optional(m.Name), Loss: c.expr(m.Loss), Over: c.selectors(m.Over), With: c.entries(m.With)}
	case s.With != nil:
		return &dsl.WithStmt{Place: at, Entries: c.entries(s.With.Entries)}
	case s.Batch != nil:
		return c.batch(at, s.Batch)
	case s.Stop != nil:
		return &dsl.StopStmt{Place: at, Cond: c.expr(s.Stop.Cond)}
	case s.Report != nil:
		return &dsl.ReportStmt{Place: at, Better: dsl.Direction(s.Report.Better.Value), Name: c.binding(s.Report.Name), Value: c.expr(s.Report.Value)}
	}
	return c.data(at, s.Data)
}

func (c *converter) value(v *valueC) dsl.Expr {
	if v.Loop != nil {
		return c.loop(v.Loop)
	}
	return c.expr(v.Expr)
}

func (c *converter) targets(list []*targetC) []*dsl.Target {
	var out []*dsl.Target
	for _, t := range list {
		target := &dsl.Target{Place: c.place(t.Tokens), Name: c.binding(t.Name)}
		for _, i := range t.Indices {
			target.Indices = append(target.Indices, c.indexVar(i))
		}
		out = append(out, target)
	}
	return out
}

func (c *converter) indexVar(i *indexVarC) *dsl.IndexVar {
	out := &dsl.IndexVar{Place: c.place(i.Tokens), Name: c.binding(i.Name)}
	if i.Lo != nil {
		out.Range = c.span(c.expr(i.Lo), c.expr(i.Hi))
	}
	return out
}

func (c *converter) vars(at dsl.Place, v *varsC) dsl.Stmt {
	var items []*dsl.DeclItem
	for _, i := range v.Items {
		item := &dsl.DeclItem{Place: c.place(i.Tokens), Name: c.binding(i.Name), Sampled: i.Sign.Value == "~"}
		if i.Type != nil {
			item.Type = c.typ(i.Type)
		}
		if i.Init != nil {
			item.Init = c.expr(i.Init)
		}
		items = append(items, item)
	}
	if v.Kind.Value == "param" {
		return &dsl.ParamStmt{Place: at, Items: items}
	}
	return &dsl.StateStmt{Place: at, Items: items}
}

func (c *converter) batch(at dsl.Place, b *batchC) dsl.Stmt {
	out := &dsl.BatchStmt{Place: at}
	for _, i := range b.Items {
		item := dsl.BatchItem{Dim: c.optional(i.Dim), Size: c.expr(i.Size)}
		if n, ok := item.Size.(*dsl.Name); ok && n.Name == "all" {
			item.Size, item.All = nil, true
		}
		out.Items = append(out.Items, item)
	}
	return out
}

func (c *converter) data(at dsl.Place, d *dataC) dsl.Stmt {
	out := &dsl.DataStmt{Place: at, Source: c.expr(d.Source)}
	if _, ok := out.Source.(*dsl.Call); !ok {
		c.fail(&dsl.Diagnostic{Code: "GT0126", Message: "a source of data is a call", At: out.Source.Span(),
			Help: `write data csv("file.csv") { x = columns(0..4), y = column(4) }`})
	}
	for _, i := range d.Items {
		out.Items = append(out.Items, &dsl.AssignStmt{Place: c.place(i.Tokens), Targets: c.targets(i.Targets), Value: c.expr(i.Value)})
	}
	return out
}

func (c *converter) entries(list []*entryC) []*dsl.WithEntry {
	var out []*dsl.WithEntry
	for _, e := range list {
		entry := &dsl.WithEntry{Place: c.place(e.Tokens), Call: c.expr(e.Call), Over: c.selectors(e.Over)}
		switch entry.Call.(type) {
		case *dsl.Call, *dsl.Name:
		default:
			c.fail(&dsl.Diagnostic{Code: "GT0126", Message: "an entry of `with` is an optimizer or a transform of the gradient",
				At: entry.Call.Span(), Help: "write with adam(lr: 1e-3), clip_norm(1.0)"})
		}
		out = append(out, entry)
	}
	return out
}

func (c *converter) selectors(s *selectorsC) []*dsl.Selector {
	if s == nil {
		return nil
	}
	var out []*dsl.Selector
	for _, i := range s.Items {
		sel := &dsl.Selector{Place: c.place(i.Tokens)}
		for _, p := range i.Parts {
			sel.Parts = append(sel.Parts, dsl.SelectorPart{Place: c.place(p.Tokens), Name: p.Name.Value, Range: c.partRange(p.Range)})
		}
		out = append(out, sel)
	}
	return out
}

func (c *converter) partRange(r *partRangeC) *dsl.Range {
	if r == nil {
		return nil
	}
	out := &dsl.Range{Place: c.place(r.Tokens), Single: !there(r.Dots)}
	if r.Lo != nil {
		out.Lo = c.expr(r.Lo)
	} else if out.Single {
		c.fail(&dsl.Diagnostic{Code: "GT0113", Message: "an iteration or a range of them is missing", At: out.At,
			Help: "write [3], [4..], [..2] or [1..3]"})
	}
	if r.Hi != nil {
		out.Hi = c.expr(r.Hi)
	}
	return out
}

func (c *converter) loop(l *loopC) dsl.Expr {
	at := c.place(l.Tokens)
	if l.For != nil {
		return &dsl.For{Place: at, Label: c.optional(l.Label), Var: c.binding(l.For.Var), Iter: c.ranged(l.For.Iter.Lo, l.For.Iter.Hi), Body: c.block(l.For.Body)}
	}
	out := &dsl.Scan{Place: at, Label: c.optional(l.Label), Var: c.binding(l.Scan.Var), Over: c.ranged(l.Scan.Over.Lo, l.Scan.Over.Hi)}
	for _, k := range l.Scan.Carry {
		at, name := c.place(k.Tokens), c.binding(k.Name)
		target := &dsl.Target{Place: dsl.Place{At: name.At}, Name: name}
		out.Carry = append(out.Carry, &dsl.AssignStmt{Place: at, Targets: []*dsl.Target{target}, Value: c.expr(k.Value)})
	}
	out.Body = c.block(l.Scan.Body)
	return out
}
