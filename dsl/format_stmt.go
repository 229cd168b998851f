package dsl

import "strings"

// block writes `{ … }`, on one line when it was written on one.
func (p *formatter) block(b *Block) {
	p.space = true
	p.at("{", b.At)
	p.push(false)
	broken := p.broken(b.At)
	pads := p.alignment(b.Stmts)
	for i, s := range b.Stmts {
		p.startStmt(s.Span().Start, i > 0, broken && i == 0)
		p.pad = pads[i]
		p.stmt(s)
	}
	p.shut(b.At.End-1, broken, len(b.Stmts) > 0)
}

// broken reports whether a block is written on several lines.
func (p *formatter) broken(at Span) bool { return !at.Valid() || strings.Contains(at.Text(), "\n") }

// startStmt begins a statement: on a new line where the source does, else
// after a semicolon.
func (p *formatter) startStmt(at int, separate, force bool) {
	if separate && p.src != "" && !p.breaks(at) {
		p.put(";")
	}
	p.space = true
	p.advance(at, force || p.src == "", p.level().base, p.level().base)
	p.space = false
}

// breaks reports whether a line ends between here and an offset.
func (p *formatter) breaks(at int) bool { return p.newlines(at) > 0 }

// shut writes the brace at the end of a block.
func (p *formatter) shut(at int, broken, space bool) {
	l := p.level()
	p.fresh = true
	p.space = space
	p.advance(at, broken, l.opener, l.base)
	p.levels = p.levels[:len(p.levels)-1]
	p.write("}")
}

func (p *formatter) stmt(s Stmt) {
	switch s := s.(type) {
	case *AssignStmt:
		p.assign(s)
	case *ParamStmt:
		p.word("param")
		p.items(s.Items)
	case *StateStmt:
		p.word("state")
		p.items(s.Items)
	case *LayerStmt:
		p.word("layer")
		p.name(s.Name)
		p.spaced("=")
		p.expr(s.Value)
	case *YieldStmt:
		p.word("yield")
		p.exprs(s.Values)
	case *ExprStmt:
		p.expr(s.X)
	default:
		p.trainStmt(s)
	}
}

func (p *formatter) trainStmt(s Stmt) {
	switch s := s.(type) {
	case *MinimizeStmt:
		p.minimize(s)
	case *WithStmt:
		p.word("with")
		p.entries(s.Entries)
	case *BatchStmt:
		p.word("batch")
		for i, item := range s.Items {
			p.comma(i)
			p.batchItem(item)
		}
	case *StopStmt:
		p.word("stop")
		p.word("when")
		p.expr(s.Cond)
	case *ReportStmt:
		p.word("report")
		if s.Better != Neither {
			p.word(string(s.Better))
		}
		p.name(s.Name)
		p.spaced("=")
		p.expr(s.Value)
	case *DataStmt:
		p.data(s)
	}
}

func (p *formatter) assign(s *AssignStmt) {
	for i, t := range s.Targets {
		p.comma(i)
		p.name(t.Name)
		if t.Indices != nil {
			p.open("[")
			dense := p.dense(t.At)
			for i, v := range t.Indices {
				p.listComma(i, dense)
				p.indexVar(v)
			}
			p.close("]")
		}
	}
	p.put(strings.Repeat(" ", p.pad))
	p.blank, p.pad = false, 0
	p.spaced("=")
	p.expr(s.Value)
}

func (p *formatter) indexVar(v *IndexVar) {
	p.name(v.Name)
	if v.Range != nil {
		p.word("in")
		p.expr(v.Range)
	}
}

func (p *formatter) items(list []*DeclItem) {
	for i, item := range list {
		p.comma(i)
		p.name(item.Name)
		if item.Type != nil {
			p.tight(":")
			p.typ(item.Type)
		}
		if item.Init != nil {
			sign := "="
			if item.Sampled {
				sign = "~"
			}
			p.spaced(sign)
			p.expr(item.Init)
		}
	}
}

func (p *formatter) minimize(s *MinimizeStmt) {
	p.word("minimize")
	if s.Name != nil {
		p.name(s.Name)
		p.spaced("=")
	}
	p.expr(s.Loss)
	p.over(s.Over)
	if s.With != nil {
		p.word("with")
		p.entries(s.With)
	}
}

func (p *formatter) entries(list []*WithEntry) {
	for i, e := range list {
		p.comma(i)
		p.expr(e.Call)
		p.over(e.Over)
	}
}

func (p *formatter) over(list []*Selector) {
	if list == nil {
		return
	}
	p.word("over")
	for i, s := range list {
		p.comma(i)
		for j, part := range s.Parts {
			if j > 0 {
				p.tight(".")
			}
			p.at(part.Name, part.At)
			if part.Range != nil {
				p.selectorRange(part.Range)
			}
		}
	}
}

func (p *formatter) selectorRange(r *Range) {
	p.open("[")
	if r.Single {
		p.expr(r.Lo)
	} else {
		p.rng(r)
	}
	p.close("]")
}

func (p *formatter) batchItem(item BatchItem) {
	if item.Dim != nil {
		p.name(item.Dim)
		p.spaced("=")
	}
	if item.All {
		p.tight("all")
	} else {
		p.expr(item.Size)
	}
}

func (p *formatter) data(s *DataStmt) {
	p.word("data")
	p.expr(s.Source)
	if s.Items == nil {
		return
	}
	p.space = true
	p.tight("{")
	broken := p.broken(Span{Source: s.At.Source, Start: s.Source.Span().End, End: s.At.End})
	p.push(false)
	for i, item := range s.Items {
		at := item.At.Start
		if i > 0 && p.src != "" && !p.breaks(at) {
			p.put(",")
		}
		p.space = true
		p.advance(at, broken && i == 0 || p.src == "", p.level().base, p.level().base)
		p.space = false
		p.assign(item)
	}
	p.shut(s.At.End-1, broken, true)
}
