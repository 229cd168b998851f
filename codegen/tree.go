package codegen

import (
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/gtc-lang/gtc/ir"
)

// tree is a struct type made of paths: a node for each prefix, a field of a
// basic type at the end.
type tree struct {
	fields []*tree // in order of addition
	byKey  map[string]*tree
	names  *names
	name   string // Go name in its parent
	leaf   jen.Code
	note   string
	exprs  map[*ir.Var]string
}

func newTree(reserved ...string) *tree {
	return &tree{byKey: map[string]*tree{}, names: (&names{}).scope(reserved...), exprs: map[*ir.Var]string{}}
}

// put adds a leaf under a path and returns its selector, "MLP.Dense1.W".
func (t *tree) put(path []string, leaf jen.Code, note string) string {
	var parts []string
	for i, key := range path {
		last := i == len(path)-1
		child := t.byKey[key]
		if child == nil || last {
			child = newTree()
			child.name = t.names.pick(exported(key))
			t.fields = append(t.fields, child)
			if !last {
				t.byKey[key] = child
			}
		}
		parts = append(parts, child.name)
		t = child
	}
	t.leaf, t.note = leaf, note
	return strings.Join(parts, ".")
}

// add adds a variable.
func (t *tree) add(v *ir.Var) {
	t.exprs[v] = t.put(pathOf(v), nil, shapeText(v.Shape))
}

// pathOf is a variable's path; the iterations that it is stacked over belong
// to the name of their loop.
func pathOf(v *ir.Var) []string {
	var path []string
	for _, part := range strings.Split(v.Name, ".") {
		if n := len(path); strings.HasPrefix(part, "*") && n > 0 {
			path[n-1] += strings.Replace(strings.TrimPrefix(part, "*"), "@", " from ", 1)
			continue
		}
		path = append(path, part)
	}
	return path
}

// code is the struct's fields; each leaf without a type of its own has type t.
func (t *tree) code(leaf jen.Code) []jen.Code {
	var list []jen.Code
	for _, f := range t.fields {
		if len(f.fields) > 0 {
			list = append(list, jen.Id(f.name).Struct(f.code(leaf)...))
			continue
		}
		of := f.leaf
		if of == nil {
			of = leaf
		}
		line := jen.Id(f.name).Add(of)
		if f.note != "" {
			line.Add(remark(f.note))
		}
		list = append(list, line)
	}
	return list
}
