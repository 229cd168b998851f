package codegen_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var boundsCheck = regexp.MustCompile(`(\w+\.gen\.go):(\d+):\d+: Found IsInBounds`)

// TestInnermostLoopsCheckNoBounds builds the examples' packages with the Go
// compiler's list of bounds checks: there is none in an innermost loop, but for
// positions that are computed.
func TestInnermostLoopsCheckNoBounds(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the go command")
	}
	for _, dir := range []string{"../examples/digits/digits", "../examples/mnist/mnist"} {
		build := exec.Command("go", "build", "-gcflags=-d=ssa/check_bce", ".")
		build.Dir = dir
		out, err := build.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		found := boundsCheck.FindAllStringSubmatch(string(out), -1)
		if len(found) == 0 {
			t.Fatalf("%s: the compiler lists no bounds checks", dir)
		}
		inner := map[string]map[int]bool{}
		for _, m := range found {
			name := dir + "/" + m[1]
			if inner[name] == nil {
				inner[name] = innermostLines(t, name)
			}
			if line, _ := strconv.Atoi(m[2]); inner[name][line] {
				text := strings.Split(read(t, name), "\n")[line-1]
				if !strings.Contains(text, "int(") && !strings.Contains(text, ".Index(") {
					t.Errorf("%s:%d: %s", name, line, strings.TrimSpace(text))
				}
			}
		}
	}
}

// innermostLines are the lines of loops without loops in them.
func innermostLines(t *testing.T, name string) map[int]bool {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	lines := map[int]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if body := loopBody(n); body != nil && !hasLoop(body) {
			for l := fset.Position(body.Lbrace).Line + 1; l < fset.Position(body.Rbrace).Line; l++ {
				lines[l] = true
			}
		}
		return true
	})
	return lines
}

func loopBody(n ast.Node) *ast.BlockStmt {
	switch n := n.(type) {
	case *ast.ForStmt:
		return n.Body
	case *ast.RangeStmt:
		return n.Body
	}
	return nil
}

// rowKernel is how the functions are called that innermost loops are.
var rowKernel = regexp.MustCompile(`Row\d*(Chunk)?$`)

func hasLoop(body *ast.BlockStmt) (found bool) {
	ast.Inspect(body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if ok {
			f, named := call.Fun.(*ast.Ident)
			found = found || named && rowKernel.MatchString(f.Name)
		}
		found = found || loopBody(n) != nil
		return true
	})
	return found
}
