package dsl_test

import (
	"testing"

	"github.com/gtc-lang/gtc/dsl"
)

// TestFormatMade formats a tree that was read from no source.
func TestFormatMade(t *testing.T) {
	name := func(s string) *dsl.Name { return &dsl.Name{Name: s} }
	id := func(s string) *dsl.Ident { return &dsl.Ident{Name: s} }
	file := &dsl.File{Package: id("p"), Decls: []dsl.Decl{
		&dsl.DimDecl{Items: []dsl.DimItem{{Name: id("B"), Bound: &dsl.Number{Text: "4", Value: 4, Int: true}}}},
		&dsl.Callable{Kind: dsl.Func, Name: id("f"), Inputs: []*dsl.Param{{Name: id("x")}}, Body: &dsl.Block{Stmts: []dsl.Stmt{
			&dsl.AssignStmt{Targets: []*dsl.Target{{Name: id("y")}}, Value: &dsl.Binary{Op: "+", X: name("x"), Y: name("x")}},
			&dsl.ExprStmt{X: &dsl.If{Cond: name("c"), Then: &dsl.Block{Stmts: []dsl.Stmt{&dsl.ExprStmt{X: name("y")}}}}},
		}}},
	}}
	want := "package p\ndim B <= 4\nfunc f(x) {\n    y = x + x\n    if c {\n        y\n    }\n}\n"
	if got := dsl.Format(file); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}
