// Command gen writes the assembly of the runtime, and the Go files that
// declare it, from the root of the repository:
//
//	go -C runtime/internal/gen run . [-check] ..
//
// The argument is the folder runtime/internal. With -check nothing is
// written; the exit status is 1 if a file is not what it would be.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/pass"
	"github.com/mmcloughlin/avo/printer"
)

// file is a file to write, by its path in runtime/internal.
type file struct {
	path string
	text []byte
}

func main() {
	log.SetFlags(0)
	check := flag.Bool("check", false, "only compare with the files that are there")
	flag.Parse()
	if flag.NArg() != 1 {
		log.Fatal("usage: gen [-check] runtime/internal")
	}
	files, err := gemmFiles()
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range files {
		path := filepath.Join(flag.Arg(0), f.path)
		if err := settle(path, f.text, *check); err != nil {
			log.Fatal(err)
		}
	}
}

// settle writes a file, or compares it with the one that is there.
func settle(path string, text []byte, check bool) error {
	if !check {
		return os.WriteFile(path, text, 0o644)
	}
	old, err := os.ReadFile(path)
	if err == nil && !bytes.Equal(old, text) {
		err = fmt.Errorf("%s is not what the generator writes: run it", path)
	}
	return err
}

// assemble is the text of an assembly file.
func assemble(write func(c *build.Context)) ([]byte, error) {
	c := build.NewContext()
	c.ConstraintExpr("amd64,!noasm")
	write(c)
	f, err := c.Result()
	if err != nil {
		return nil, err
	}
	var text output
	print := &pass.Output{Writer: &text, Printer: printer.NewGoAsm(printer.Config{Name: "runtime/internal/gen"})}
	if err := pass.Concat(pass.Compile, print).Execute(f); err != nil {
		return nil, err
	}
	return text.Bytes(), nil
}

// output is a buffer that avo can close.
type output struct{ bytes.Buffer }

func (*output) Close() error { return nil }
