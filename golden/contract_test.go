package golden

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	rt "github.com/gtc-lang/gtc/runtime"
)

const contractFile = "contract.txt"

// TestContract holds the runtime to what code that was generated for this
// contract names: rt.New, and the fields rt.Setting.Path of what it makes. If
// a name goes, or begins to mean another thing, rt.ContractVersion must rise,
// for a package that was generated before must not build.
func TestContract(t *testing.T) {
	named := map[string]bool{}
	for _, pattern := range []string{"../examples/*/*/*.gen.go", "../bench/workloads/*/*.gen.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatal("no generated files", pattern, err)
		}
		for _, f := range files {
			namedIn(t, f, named)
		}
	}
	head := fmt.Sprintf("contract %d", rt.ContractVersion)
	if *update {
		lines := append([]string{head}, sortedNames(named)...)
		if err := os.WriteFile(contractFile, []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(contractFile)
	if err != nil {
		t.Fatal(err)
	}
	promised := strings.Fields(strings.TrimPrefix(string(text), head))
	if !strings.HasPrefix(string(text), head+"\n") {
		t.Fatalf("%s is of another contract than %d: write it anew with -update", contractFile, rt.ContractVersion)
	}
	there := exported(t)
	for _, name := range promised {
		if !there[name] {
			t.Errorf("rt.%s is gone: packages that were generated before name it, so rt.ContractVersion must rise", name)
		}
	}
	for _, name := range sortedNames(named) {
		if !slices.Contains(promised, name) {
			t.Errorf("generated code names rt.%s: add it to %s with -update", name, contractFile)
		}
	}
}

func sortedNames(names map[string]bool) []string {
	var list []string
	for n := range names {
		list = append(list, n)
	}
	slices.Sort(list)
	return list
}

// namedIn adds what a generated file names of the runtime.
func namedIn(t *testing.T, path string, named map[string]bool) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if name := ofRuntime(n); name != "" {
				named[name] = true
			}
		case *ast.CompositeLit:
			literal(n, named)
		}
		return true
	})
}

// literal adds the fields of a value of a type of the runtime, or of a list of
// such values.
func literal(lit *ast.CompositeLit, named map[string]bool) {
	of := lit.Type
	if list, ok := of.(*ast.ArrayType); ok {
		for _, e := range lit.Elts {
			if inner, ok := e.(*ast.CompositeLit); ok && inner.Type == nil {
				inner.Type = list.Elt
			}
		}
		return
	}
	if generic, ok := of.(*ast.IndexExpr); ok {
		of = generic.X
	}
	name := ofRuntime(of)
	for _, e := range lit.Elts {
		if pair, ok := e.(*ast.KeyValueExpr); ok && name != "" {
			named[name+"."+pair.Key.(*ast.Ident).Name] = true
		}
	}
}

// ofRuntime is the name in rt.Name, else "".
func ofRuntime(x ast.Expr) string {
	if s, ok := x.(*ast.SelectorExpr); ok {
		if pkg, ok := s.X.(*ast.Ident); ok && pkg.Name == "rt" {
			return s.Sel.Name
		}
	}
	return ""
}

// exported are the names of package runtime, and the fields of its structs.
func exported(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	files, err := filepath.Glob("../runtime/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for name, object := range file.Scope.Objects {
			names[name] = true
			if spec, ok := object.Decl.(*ast.TypeSpec); ok {
				contractFields(name, spec.Type, names)
			}
		}
	}
	return names
}

func contractFields(of string, x ast.Expr, names map[string]bool) {
	if s, ok := x.(*ast.StructType); ok {
		for _, f := range s.Fields.List {
			for _, n := range f.Names {
				names[of+"."+n.Name] = true
			}
		}
	}
}
