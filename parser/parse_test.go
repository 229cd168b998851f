package parser_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/parser"
)

// programs are the texts of golden/programs by name.
func programs(t testing.TB) map[string]string {
	t.Helper()
	paths, err := filepath.Glob("../golden/programs/*.gt")
	if err != nil || len(paths) < 12 {
		t.Fatalf("%d programs, error %v", len(paths), err)
	}
	out := map[string]string{}
	for _, p := range paths {
		text, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Base(p)] = string(text)
	}
	return out
}

func TestPrograms(t *testing.T) {
	for name, text := range programs(t) {
		file, err := parser.Parse(dsl.NewSource(name, text))
		if err != nil {
			t.Error(err)
		}
		if file.Package == nil || len(file.Decls) < 2 {
			t.Errorf("%s: package %v, %d declarations", name, file.Package, len(file.Decls))
		}
	}
}

func TestLibrary(t *testing.T) {
	if lib := parser.Library(); len(lib.Files) == 0 || len(lib.Grads) == 0 {
		t.Error("the library is empty")
	}
}
