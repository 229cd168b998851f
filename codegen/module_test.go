package codegen_test

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/gtc-lang/gtc/codegen"
)

// module is a Go module in a temporary folder, that builds against this
// repository without a network.
type module struct {
	t   testing.TB
	dir string
}

var keep = flag.String("codegen.keep", "", "folder to leave generated packages in, instead of a temporary one")

var moduleLine = regexp.MustCompile(`(?m)^module .*$`)

func newModule(t testing.TB) *module {
	t.Helper()
	if testing.Short() {
		t.Skip("builds generated code")
	}
	m := &module{t, *keep}
	if m.dir == "" {
		m.dir = t.TempDir()
	}
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	mod := moduleLine.ReplaceAllLiteralString(read(t, "../go.mod"), "module generated")
	mod += "\nrequire github.com/gtc-lang/gtc v0.0.0\n\nreplace github.com/gtc-lang/gtc => " + root + "\n"
	m.write("go.mod", []byte(mod))
	m.write("go.sum", []byte(read(t, "../go.sum")))
	return m
}

func read(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func (m *module) write(name string, text []byte) {
	m.t.Helper()
	path := filepath.Join(m.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		m.t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o666); err != nil {
		m.t.Fatal(err)
	}
}

// add writes a generated package into a folder.
func (m *module) add(folder string, files []codegen.File) {
	m.t.Helper()
	for _, f := range files {
		m.write(filepath.Join(folder, f.Name), f.Text)
	}
}

// command is the go command in the module.
func (m *module) command(args ...string) *exec.Cmd {
	c := exec.Command("go", args...)
	c.Dir = m.dir
	c.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off")
	return c
}

// run runs the go command; what it prints, and whether it failed.
func (m *module) run(args ...string) (string, error) {
	out, err := m.command(args...).CombinedOutput()
	return string(out), err
}
