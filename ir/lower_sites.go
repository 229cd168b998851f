package ir

import (
	"sort"
	"strconv"
	"strings"
	"unicode"

	"github.com/gtc-lang/gtc/dsl"
)

// sites names every place of a body where something is called, by what is
// called and its ordinal in the text: dense1, dense2, layer_norm1. The names
// are parts of the paths of parameters and of random draws, so they depend on
// the text only, not on which branch is taken.
type sites map[dsl.Node]string

type site struct {
	node dsl.Node
	name string
	at   int
}

// sitesOf names the call sites of a block. Bodies of for are blocks of their
// own, since each iteration has its own path.
func (l *lowerer) sitesOf(b *dsl.Block) sites {
	if known := l.ordinals[b]; known != nil {
		return known
	}
	var found []site
	collectBlock(b, &found)
	sort.SliceStable(found, func(i, j int) bool { return found[i].at < found[j].at })
	counts, names := map[string]int{}, sites{}
	for _, f := range found {
		counts[f.name]++
		names[f.node] = snake(f.name) + strconv.Itoa(counts[f.name])
	}
	l.ordinals[b] = names
	return names
}

// snake is LayerNorm as layer_norm, and LSTM as lstm.
func snake(name string) string {
	var b strings.Builder
	runes := []rune(name)
	for i, r := range runes {
		startsWord := i > 0 && unicode.IsUpper(r) && (unicode.IsLower(runes[i-1]) ||
			i+1 < len(runes) && unicode.IsLower(runes[i+1]) && unicode.IsUpper(runes[i-1]))
		if startsWord {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// callee is the name at the head of a call: Dense in Dense(10)(x).
func callee(e dsl.Expr) *dsl.Name {
	for {
		switch x := e.(type) {
		case *dsl.Call:
			e = x.Fn
		case *dsl.Name:
			return x
		default:
			return nil
		}
	}
}

func addSite(node dsl.Node, fn dsl.Expr, found *[]site) {
	if n := callee(fn); n != nil {
		*found = append(*found, site{node, n.Name, n.At.Start})
	}
}

func collectBlock(b *dsl.Block, found *[]site) {
	for _, st := range b.Stmts {
		collectStmt(st, found)
	}
}

func collectStmt(st dsl.Stmt, found *[]site) {
	switch st := st.(type) {
	case *dsl.AssignStmt:
		collect(st.Value, found)
	case *dsl.ExprStmt:
		collect(st.X, found)
	case *dsl.YieldStmt:
		for _, v := range st.Values {
			collect(v, found)
		}
	case *dsl.MinimizeStmt:
		collect(st.Loss, found)
	case *dsl.ReportStmt:
		collect(st.Value, found)
	case *dsl.ParamStmt:
		collectItems(st.Items, found)
	case *dsl.StateStmt:
		collectItems(st.Items, found)
	}
}

func collectItems(items []*dsl.DeclItem, found *[]site) {
	for _, item := range items {
		if item.Init != nil {
			collect(item.Init, found)
		}
	}
}

func collect(e dsl.Node, found *[]site) {
	switch e := e.(type) {
	case *dsl.Pipe:
		addSite(e, e.Fn, found)
		collect(e.X, found)
		collectArgs(e.Fn, found)
	case *dsl.Call:
		addSite(e, e.Fn, found)
		collectArgs(e, found)
	case *dsl.Unary:
		collect(e.X, found)
	case *dsl.Binary:
		collect(e.X, found)
		collect(e.Y, found)
	case *dsl.Paren:
		collect(e.X, found)
	case *dsl.Select:
		collect(e.X, found)
	case *dsl.Index:
		collect(e.X, found)
		for _, item := range e.Items {
			if item.Value != nil {
				collect(item.Value, found)
			}
		}
	case *dsl.List:
		for _, x := range e.Items {
			collect(x, found)
		}
	case *dsl.If:
		collect(e.Cond, found)
		collectBlock(e.Then, found)
		collect(e.Else, found)
	case *dsl.Block:
		if e != nil {
			collectBlock(e, found)
		}
	case *dsl.For:
		*found = append(*found, site{e, loopName(e.Label, "for"), e.At.Start})
	case *dsl.Scan:
		*found = append(*found, site{e, loopName(e.Label, "scan"), e.At.Start})
		for _, c := range e.Carry {
			collect(c.Value, found)
		}
		collectBlock(e.Body, found)
	}
}

// loopName keeps the site of a labelled loop apart from unlabelled ones.
func loopName(label *dsl.Ident, kind string) string {
	if label != nil {
		return label.Name
	}
	return kind
}

// collectArgs enters the argument lists of a call, the inner one too.
func collectArgs(e dsl.Expr, found *[]site) {
	c, ok := e.(*dsl.Call)
	if !ok {
		return
	}
	collectArgs(c.Fn, found)
	for _, a := range c.Args {
		collect(a.Value, found)
	}
}

// child is the body of something called at a node of this one. Outside of
// loops its three names are one text.
func (b *body) child(name string, kind dsl.CallableKind) *body {
	path := join(b.path, name)
	c := &body{path: path, pattern: path, draws: path, kind: kind}
	if b.pattern != b.path {
		c.pattern = join(b.pattern, name)
	}
	if b.draws == b.pattern {
		c.draws = c.pattern
	} else {
		c.draws = join(b.draws, name)
	}
	return c
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
