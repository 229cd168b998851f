package peer

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestMissing(t *testing.T) {
	folder := t.TempDir()
	parts := []Part{{Name: "a", What: "the letter", Path: filepath.Join(folder, "a")}, {Name: "b", Path: filepath.Join(folder, "b")}}
	if err := os.WriteFile(parts[1].Path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	p := Peer{Needs: []string{"b", "a"}}
	missing := p.Missing(parts)
	if missing == nil || missing.How() != "`go run . setup a` installs the letter" {
		t.Errorf("missing %+v", missing)
	}
	if p.Needs = []string{"b"}; p.Missing(parts) != nil {
		t.Error("b is there")
	}
}

func TestEveryNeedIsAPart(t *testing.T) {
	parts := Parts(t.TempDir())
	names := map[string]bool{}
	for _, p := range All("", "") {
		if names[p.Name] {
			t.Errorf("two peers are called %s", p.Name)
		}
		names[p.Name] = true
		for _, need := range p.Needs {
			if chosen, err := ChooseParts(parts, []string{need}); err != nil || len(chosen) != 1 {
				t.Errorf("%s needs %s: %v", p.Name, need, err)
			}
		}
	}
	if _, err := ChooseParts(parts, []string{"nothing"}); err == nil {
		t.Error("an unknown part is chosen")
	}
}

func TestInstall(t *testing.T) {
	path := filepath.Join(t.TempDir(), "done")
	p := Part{Name: "x", Path: path, Make: [][]string{{"sh", "-c", "echo working"}, {"touch", path}}}
	var out bytes.Buffer
	if err := p.Install(t.Context(), &out); err != nil || !p.Present() || !strings.Contains(out.String(), "working\n") {
		t.Errorf("present %v, error %v, output %q", p.Present(), err, out.String())
	}
	p.Make = [][]string{{"false"}, {"touch", path + "2"}}
	if err := p.Install(t.Context(), &out); err == nil {
		t.Error("a command that fails is an error")
	}
	if _, err := os.Stat(path + "2"); err == nil {
		t.Error("the commands after one that failed have run")
	}
}

// Only what is there is built anew.
func TestRefresh(t *testing.T) {
	folder := t.TempDir()
	part := func(name string, built bool) Part {
		log := filepath.Join(folder, "log")
		return Part{Name: name, Path: filepath.Join(folder, name), Built: built, Make: [][]string{{"sh", "-c", "echo " + name + " >> " + log}}}
	}
	parts := []Part{part("there", true), part("absent", true), part("installed", false)}
	for _, name := range []string{"there", "installed"} {
		if err := os.WriteFile(filepath.Join(folder, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := Refresh(t.Context(), parts); err != nil {
		t.Fatal(err)
	}
	if log, _ := os.ReadFile(filepath.Join(folder, "log")); string(log) != "there\n" {
		t.Errorf("built %q, want there alone", log)
	}
}

func TestEnv(t *testing.T) {
	for _, pair := range []string{"OPENBLAS_CORETYPE=Haswell", "OMP_WAIT_POLICY=ACTIVE", "GOGC=off", "LD_PRELOAD=/x"} {
		name, value, _ := strings.Cut(pair, "=")
		t.Setenv(name, value)
		if slices.Contains(CleanEnv(), pair) {
			t.Errorf("%s goes to children", pair)
		}
	}
	t.Setenv("OPENBLAS", "kept")
	p := Peer{Env: []string{"X=1"}, Command: []string{"a", threads}}
	env := p.EnvFor(2)
	for _, want := range []string{"OPENBLAS=kept", "OMP_NUM_THREADS=2", "X=1"} {
		if !slices.Contains(env, want) {
			t.Errorf("no %s in the environment", want)
		}
	}
	if got := p.CommandFor(2); !slices.Equal(got, []string{"a", "2"}) || p.Command[1] != threads {
		t.Errorf("command %v, of %v", got, p.Command)
	}
}

func TestJoins(t *testing.T) {
	p := Peer{Takes: []string{"kind=product", "m=1"}}
	for request, want := range map[string]bool{"kind=product m=1 n=2": true, "kind=product m=12": false, "kind=model m=1": false} {
		if p.Joins(request) != want {
			t.Errorf("%q: %v, want %v", request, !want, want)
		}
	}
}

func TestTailKeepsTheEnd(t *testing.T) {
	var last tail
	for range 100 {
		_, _ = last.Write(bytes.Repeat([]byte("x"), 99))
	}
	_, _ = last.Write([]byte("the end\n"))
	if s := last.String(); len(s) > 2000 || !strings.HasSuffix(s, "xthe end") {
		t.Errorf("kept %d bytes, ending in %q", len(s), s[max(0, len(s)-20):])
	}
}
