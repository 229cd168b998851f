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
	found := collect(b)
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

// collect lists the sites of a block. What a statement of training other than
// an objective or a report calls is none: it is no part of the body's graph.
func collect(b *dsl.Block) []site {
	var found []site
	head := map[dsl.Node]bool{} // calls that are the head of another or of a pipe
	add := func(node dsl.Node, fn dsl.Expr) {
		head[fn] = true
		if n := callee(fn); n != nil && !head[node] {
			found = append(found, site{node, n.Name, n.At.Start})
		}
	}
	dsl.Walk(b, func(n dsl.Node) bool {
		switch n := n.(type) {
		case *dsl.LayerStmt, *dsl.WithEntry, *dsl.WithStmt, *dsl.BatchStmt, *dsl.StopStmt, *dsl.DataStmt:
			return false
		case *dsl.Pipe:
			add(n, n.Fn)
		case *dsl.Call:
			add(n, n.Fn)
		case *dsl.For:
			found = append(found, site{n, loopName(n.Label, "for"), n.At.Start})
			return false
		case *dsl.Scan:
			found = append(found, site{n, loopName(n.Label, "scan"), n.At.Start})
		}
		return true
	})
	return found
}

// loopName keeps the site of a labelled loop apart from unlabelled ones.
func loopName(label *dsl.Ident, kind string) string {
	if label != nil {
		return label.Name
	}
	return kind
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
