package parser_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/parser"
)

// FuzzParse: no text makes the parser panic, every error has a known code and
// a place inside the text, and what parses survives formatting.
func FuzzParse(f *testing.F) {
	for _, text := range programs(f) {
		f.Add(text)
	}
	paths, _ := filepath.Glob("../golden/syntax/*.txtar")
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for _, s := range archive(string(data)) {
			f.Add(s.text)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		file, err := parser.Parse(dsl.NewSource("fuzz.gt", text))
		if file == nil {
			t.Fatal("no file")
		}
		if err == nil {
			checkFormat(t, "fuzz.gt", text)
			return
		}
		for _, d := range err.(dsl.ErrorList) {
			if dsl.Explain(d.Code) == "" || d.At.Start < 0 || d.At.Start > d.At.End || d.At.End > len(text) {
				t.Fatalf("%v, %+v", d, d.At)
			}
		}
		_ = dsl.Renderer{Color: true}.Error(err)
		dsl.Format(file) // of the good declarations; only that it ends
	})
}
