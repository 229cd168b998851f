package parser

import (
	"fmt"
	"io/fs"
	"strings"
	"sync"

	"github.com/gtc-lang/gtc/dsl"
)

// Library reads the standard library, the gradients and bodies of the op table,
// and the definitions of its functions, once. They are part of the compiler: an error in them is a bug.
var Library = sync.OnceValue(func() *dsl.Library {
	lib := &dsl.Library{
		Files: texts(dsl.LibraryFS, "library/*.gt"), Grads: map[string][]dsl.Expr{}, Scalars: map[string]dsl.Expr{}, Functions: map[string]*dsl.Callable{},
	}
	for _, file := range texts(dsl.MachineFS, "machine/*.gt") {
		for _, d := range file.Decls {
			fn := d.(*dsl.Callable)
			lib.Functions[fn.Name.Name] = fn
		}
	}
	for _, op := range dsl.Ops {
		if op.Grad != "" {
			for i, text := range strings.Split(op.Grad, ";") {
				name := fmt.Sprintf("gradient %d of %s", i+1, op.Name)
				lib.Grads[op.Name] = append(lib.Grads[op.Name], gradient(name, strings.TrimSpace(text)))
			}
		}
		if op.Scalar != "" {
			lib.Scalars[op.Name] = must(ParseExpr(dsl.NewSource("body of "+op.Name, op.Scalar)))
		}
	}
	return lib
})

// gradient is nil for `none`.
func gradient(name, text string) dsl.Expr {
	if text == "none" {
		return nil
	}
	return must(ParseExpr(dsl.NewSource(name, text)))
}

// texts parses the compiler's own files.
func texts(files fs.FS, pattern string) []*dsl.File {
	paths := must(fs.Glob(files, pattern))
	list := make([]*dsl.File, len(paths))
	var wg sync.WaitGroup
	for i, path := range paths {
		wg.Go(func() {
			text := must(fs.ReadFile(files, path))
			list[i] = must(Parse(dsl.NewSource(path, string(text))))
		})
	}
	wg.Wait()
	return list
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(fmt.Sprintf("the compiler's own texts are wrong: %v", err))
	}
	return v
}
