package build

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// folder makes a module's folder below another module.
func folder(t *testing.T, path, mod, sum string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), path)
	if err := os.MkdirAll(filepath.Join(dir, "runtime", "sub"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"go.mod": mod, "go.sum": sum, "runtime/a.go": "package runtime\n", "runtime/a_test.go": "package runtime\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const ourMod = "module github.com/gtc-lang/gtc // the compiler\n\ngo 1.26.0\n\nrequire gonum.org/v1/gonum v0.17.0\n"

// TestLocate: what a program links does not depend on where the command runs.
func TestLocate(t *testing.T) {
	clone := folder(t, "a clone", ourMod, "")
	here, err := filepath.Abs("../../../..")
	if err != nil {
		t.Fatal(err)
	}
	user := folder(t, "user", "module example.com/user\n\ngo 1.26.0\n\nrequire github.com/gtc-lang/gtc v0.0.0\n\nreplace github.com/gtc-lang/gtc => "+strconv.Quote(filepath.ToSlash(clone))+"\n", "")
	for _, dir := range []string{clone, filepath.Join(clone, "runtime", "sub"), user} {
		t.Chdir(dir)
		if m, err := Locate(t.Context(), "go", ""); err != nil || m.Dir != here || m.Version != "" { // where this test was built
			t.Errorf("in %s: %+v, %v", dir, m, err)
		}
	}
	t.Chdir(filepath.Dir(clone))
	if m, err := Locate(t.Context(), "go", filepath.Base(clone)); err != nil || m.Dir != clone || m.Version != "" {
		t.Errorf("%+v, %v", m, err)
	}
	for _, dir := range []string{user, filepath.Join(clone, "runtime")} {
		if m, err := Locate(t.Context(), "go", dir); err == nil || !strings.Contains(err.Error(), "no clone of") {
			t.Errorf("%+v, %v", m, err)
		}
	}
}

func TestModuleOfClone(t *testing.T) {
	m := &Module{Dir: folder(t, "a clone", ourMod, "sums\n")}
	mod, err := m.goMod("x/y")
	want := "module x/y\n\ngo 1.26.0\n\nrequire gonum.org/v1/gonum v0.17.0\n\nrequire github.com/gtc-lang/gtc v0.0.0\n\nreplace github.com/gtc-lang/gtc => \"" + filepath.ToSlash(m.Dir) + "\"\n"
	if err != nil || mod != want {
		t.Errorf("%v\n%s", err, mod)
	}
	if sum, err := m.goSum(); err != nil || sum != "sums\n" {
		t.Errorf("%v, %q", err, sum)
	}
	print := func() string {
		text, err := m.fingerprint()
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	before := print()
	write := func(name string) {
		if err := os.WriteFile(filepath.Join(m.Dir, name), []byte("package runtime // changed\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if write("runtime/a_test.go"); print() != before {
		t.Error("a test of the runtime is part of programs")
	}
	if write("runtime/a.go"); print() == before {
		t.Error("a change of the runtime is not seen")
	}
}

func TestModuleOfVersion(t *testing.T) {
	m := &Module{Dir: folder(t, "v", ourMod, "sums\n"), Version: "v1.2.3", Sum: "h1:abc="}
	mod, err := m.goMod("x")
	if err != nil || !strings.Contains(mod, "require github.com/gtc-lang/gtc v1.2.3\n") || strings.Contains(mod, "replace") {
		t.Errorf("%v\n%s", err, mod)
	}
	sum, err := m.goSum()
	if err != nil || !strings.HasPrefix(sum, "sums\ngithub.com/gtc-lang/gtc v1.2.3 h1:abc=\ngithub.com/gtc-lang/gtc v1.2.3/go.mod h1:") {
		t.Errorf("%v\n%s", err, sum)
	}
}

// TestHash compares with what the Go command has written into our go.sum.
func TestHash(t *testing.T) {
	path, err := exec.Command("go", "list", "-m", "-f", "{{.GoMod}}", "github.com/spf13/cobra").Output()
	if err != nil {
		t.Skip("needs the go command")
	}
	mod, err := os.ReadFile(strings.TrimSpace(string(path)))
	if err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile("../../../../go.sum")
	if err != nil {
		t.Fatal(err)
	}
	if got := hashOf("go.mod", mod); !strings.Contains(string(sums), "/go.mod "+got+"\n") {
		t.Errorf("%s is not in go.sum", got)
	}
}
