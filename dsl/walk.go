package dsl

// Walk calls visit for a node and then, where visit says so, for the nodes in
// it, in the order of the text.
func Walk(n Node, visit func(Node) bool) {
	if !visit(n) {
		return
	}
	for _, c := range children(n) {
		Walk(c, visit)
	}
}

// children are the nodes directly in a node.
func children(n Node) []Node {
	var c family
	switch n := n.(type) {
	case *Block:
		nodes(&c, n.Stmts)
	case *Type:
		c.shape(n.Shape)
	case *Shape:
		for _, a := range n.Axes {
			c.expr(a.Size)
		}
	case *DeclItem:
		c.typ(n.Type)
		c.expr(n.Init)
	case *Target:
		nodes(&c, n.Indices)
	case *IndexVar:
		c.between(n.Range)
	case *WithEntry:
		c.expr(n.Call)
	case *Arg:
		c.expr(n.Value)
	case *IndexItem:
		c.between(n.Range)
		c.expr(n.Value)
		if n.Bind != nil {
			c = append(c, n.Bind)
		}
	case Stmt:
		c.ofStmt(n)
	case Expr:
		c.ofExpr(n)
	}
	return c
}

// family collects the children of a node; what is nil is none.
type family []Node

func nodes[T Node](c *family, list []T) {
	for _, n := range list {
		*c = append(*c, n)
	}
}

func (c *family) expr(list ...Expr) {
	for _, e := range list {
		if e != nil {
			*c = append(*c, e)
		}
	}
}

func (c *family) shape(s *Shape) {
	if s != nil {
		*c = append(*c, s)
	}
}

func (c *family) typ(t *Type) {
	if t != nil {
		*c = append(*c, t)
	}
}

func (c *family) between(r *Range) {
	if r != nil {
		*c = append(*c, r)
	}
}

func (c *family) ofStmt(st Stmt) {
	switch st := st.(type) {
	case *AssignStmt:
		nodes(c, st.Targets)
		c.expr(st.Value)
	case *ParamStmt:
		nodes(c, st.Items)
	case *StateStmt:
		nodes(c, st.Items)
	case *LayerStmt:
		c.expr(st.Value)
	case *YieldStmt:
		c.expr(st.Values...)
	case *ExprStmt:
		c.expr(st.X)
	case *MinimizeStmt:
		c.expr(st.Loss)
		nodes(c, st.With)
	case *WithStmt:
		nodes(c, st.Entries)
	case *BatchStmt:
		for _, item := range st.Items {
			c.expr(item.Size)
		}
	case *StopStmt:
		c.expr(st.Cond)
	case *ReportStmt:
		c.expr(st.Value)
	case *DataStmt:
		c.expr(st.Source)
		nodes(c, st.Items)
	}
}

func (c *family) ofExpr(e Expr) {
	switch e := e.(type) {
	case *Unary:
		c.expr(e.X)
	case *Binary:
		c.expr(e.X, e.Y)
	case *Paren:
		c.expr(e.X)
	case *Call:
		c.expr(e.Fn)
		nodes(c, e.Args)
	case *Pipe:
		c.expr(e.X, e.Fn)
	case *Select:
		c.expr(e.X)
	case *Index:
		c.expr(e.X)
		nodes(c, e.Items)
	case *Range:
		c.expr(e.Lo, e.Hi)
	case *List:
		c.expr(e.Items...)
	case *If:
		c.expr(e.Cond)
		*c = append(*c, e.Then)
		if e.Else != nil {
			*c = append(*c, e.Else)
		}
	case *For:
		c.expr(e.Iter)
		*c = append(*c, e.Body)
	case *Scan:
		c.expr(e.Over)
		nodes(c, e.Carry)
		*c = append(*c, e.Body)
	}
}
