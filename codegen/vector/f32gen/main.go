// Command f32gen writes the functions of runtime/internal/f32, in Go and in
// assembly, from their definitions in dsl/machine, into the folder that it is
// told. With -check it writes nothing and fails if a file there is not as it
// would write it.
package main

import (
	"bytes"
	"flag"
	"go/format"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/gtc-lang/gtc/codegen/vector"
	"github.com/gtc-lang/gtc/parser"
)

// functions are the definitions that the runtime has, reductions those of the
// steps of its reductions, whose last parameter is a lane.
var (
	functions  = []string{"exp", "log", "tanh", "sigmoid", "erf", "rsqrt", "sin", "cos", "pow"}
	reductions = []string{"sum", "dot", "most", "least"}

	// A chain of multiply-adds is longer than a processor looks ahead for
	// independent work; AVX2 has no registers for two of them.
	unroll = map[string]int{"AVX512": 2}
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("f32gen: ")
	check := flag.Bool("check", false, "write nothing; fail if a file is stale")
	flag.Parse()
	if flag.NArg() != 1 {
		log.Fatal("usage: f32gen [-check] FOLDER")
	}
	files, err := generate()
	if err != nil {
		log.Fatal(err)
	}
	for name, text := range files {
		path := filepath.Join(flag.Arg(0), name)
		if *check {
			if old, err := os.ReadFile(path); err != nil || !bytes.Equal(old, text) {
				log.Fatalf("%s is stale: run go generate ./runtime/internal/f32", filepath.ToSlash(path))
			}
			continue
		}
		if err := os.WriteFile(path, text, 0o666); err != nil {
			log.Fatal(err)
		}
	}
}

// generate returns the files by name.
func generate() (map[string][]byte, error) {
	library := vector.Functions(parser.Library().Functions)
	files := map[string][]byte{}
	var list []row
	var loops []*vector.Loop
	for i, name := range append(functions, reductions...) {
		body, err := library.Define(name, true)
		if err != nil {
			return nil, err
		}
		l := &vector.Loop{Name: name, Body: body, Slices: len(body.Params), Unroll: unroll}
		p := body // Go, too, has all of a step in one function
		if i >= len(functions) {
			l.Slices, l.Lanes = l.Slices-1, 1
		} else if p, err = library.Define(name, false); err != nil {
			return nil, err
		}
		loops = append(loops, l)
		list = append(list, row{Loop: l, Text: comment(p.Doc) + p.Go()})
	}
	for name, t := range templates {
		var out bytes.Buffer
		if err := t.Execute(&out, list); err != nil {
			return nil, err
		}
		text, err := format.Source(out.Bytes())
		if err != nil {
			return nil, err
		}
		files[name] = text
	}
	for _, set := range vector.Sets {
		text, err := vector.Assembly(set, loops)
		if err != nil {
			return nil, err
		}
		files["functions_"+strings.ToLower(set)+".gen.s"] = []byte(header + "//go:build amd64 && !noasm\n\n" + text)
	}
	return files, nil
}

// comment is a definition as the comment of a Go function: its own comment,
// which begins with the name, then its text.
func comment(doc string) string {
	var out strings.Builder
	for line := range strings.Lines(doc) {
		if text, ok := strings.CutPrefix(line, "// "); ok {
			if out.Len() == 0 {
				text = strings.ToUpper(text[:1]) + text[1:]
			}
			out.WriteString("// " + text)
			continue
		}
		if strings.HasPrefix(line, "func ") {
			out.WriteString("//\n")
		}
		out.WriteString("//\t" + strings.ReplaceAll(line, "    ", "\t"))
	}
	return out.String() + "\n"
}
