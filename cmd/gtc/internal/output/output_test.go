package output

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/gtc-lang/gtc/dsl"
)

func generated(text string) []byte { return []byte(header + " from a.gt; DO NOT EDIT.\n\n" + text) }

func put(t *testing.T, path string, text []byte) {
	t.Helper()
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

func states(t *testing.T, dir string, files []File) map[string]State {
	t.Helper()
	list, err := Compare(dir, files)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]State{}
	for _, e := range list {
		out[filepath.Base(e.Path)] = e.State
	}
	return out
}

func TestWrite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "folder")
	files := []File{{"a.go", generated("package a")}, {"b.go", generated("package a // b")}}
	if got := states(t, dir, files); got["a.go"] != Missing || got["b.go"] != Missing {
		t.Error(got)
	}
	if changed, err := Write(dir, files); err != nil || !changed {
		t.Fatal(changed, err)
	}
	put(t, filepath.Join(dir, "own.go"), []byte("package a\n"))
	put(t, filepath.Join(dir, "c.go"), generated("package a // c"))
	put(t, filepath.Join(dir, "b.go"), generated("package a // edited"))
	want := map[string]State{"a.go": Current, "b.go": Changed, "c.go": LeftOver}
	got := states(t, dir, files)
	for name, state := range want {
		if got[name] != state {
			t.Errorf("%s %s, wanted: %s", name, got[name], state)
		}
	}
	if _, listed := got["own.go"]; listed {
		t.Error("a file of the user's is listed")
	}
	before := touchBack(t, filepath.Join(dir, "a.go"))
	if changed, err := Write(dir, files); err != nil || !changed {
		t.Fatal(changed, err)
	}
	if changed, err := Write(dir, files); err != nil || changed {
		t.Error(changed, err)
	}
	if !Written(filepath.Join(dir, "a.go")) || Written(filepath.Join(dir, "own.go")) || Written(filepath.Join(dir, "none.go")) {
		t.Error("who has written what")
	}
	if info, _ := os.Stat(filepath.Join(dir, "a.go")); !info.ModTime().Equal(before) {
		t.Error("a file that was right has been written again")
	}
	if got := states(t, dir, files); len(got) != 2 || got["a.go"] != Current || got["b.go"] != Current {
		t.Error(got)
	}
	if _, err := os.Stat(filepath.Join(dir, "own.go")); err != nil {
		t.Error("a file of the user's is gone")
	}
}

func touchBack(t *testing.T, path string) time.Time {
	t.Helper()
	old := time.Now().Add(-time.Hour).Truncate(time.Second)
	if err := os.Chtimes(path, old, old); err != nil {
		t.Fatal(err)
	}
	return old
}

func TestForeignFilesStay(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "b.go"), []byte("package mine\n"))
	_, err := Write(dir, []File{{"a.go", generated("package a")}, {"b.go", generated("package a")}})
	var d *dsl.Diagnostic
	if !errors.As(err, &d) || d.Code != "GT0504" {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "a.go")); err == nil {
		t.Error("something was written")
	}
}
