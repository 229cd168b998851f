// Package build makes executables out of generated Go code and runs them. In
// come the files of a main package and the packages below it; out comes an
// executable in the user's cache folder, made once for each text, toolchain
// and version.
package build

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/gtc-lang/gtc/dsl"
)

// Path is the module path of a program.
const Path = "gtc.local/program"

// File is a file of a program, by its path below the program's folder, with
// slashes.
type File struct {
	Name string
	Text []byte
}

// Program is what to build.
type Program struct {
	Files []File
	Clone string // of the compiler's module, to build with instead of what this command was built from; "" for none
	Cache string // folder of executables; "" for gtc below the user's cache folder
	// Building is called before the toolchain is, when there is no executable yet.
	Building func()
}

// unused is how long an executable is kept that nobody runs.
const unused = 30 * 24 * time.Hour

// Build returns the path of the program's executable. A missing toolchain is a
// *dsl.Diagnostic; when ctx ends the error is its.
func (p *Program) Build(ctx context.Context) (string, error) {
	path, err := p.build(ctx)
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	return path, err
}

func (p *Program) build(ctx context.Context) (string, error) {
	goCommand, err := exec.LookPath("go")
	if err != nil {
		return "", &dsl.Diagnostic{Code: "GT0502", Message: "the command go is not found, which makes programs of the generated code",
			Help: "install Go 1.26 or later from https://go.dev/dl, and put its folder bin into PATH"}
	}
	module, err := Locate(ctx, goCommand, p.Clone)
	if err != nil {
		return "", err
	}
	files, err := p.complete(module)
	if err != nil {
		return "", err
	}
	cache, err := p.cache()
	if err != nil {
		return "", err
	}
	key, err := key(ctx, goCommand, cache, module, files)
	if err != nil {
		return "", err
	}
	folder := filepath.Join(cache, key)
	if _, err := os.Stat(executable(folder)); err == nil {
		now := time.Now()
		return executable(folder), os.Chtimes(folder, now, now)
	}
	if p.Building != nil {
		p.Building()
	}
	removeUnused(cache)
	return executable(folder), build(ctx, goCommand, cache, folder, files)
}

func executable(folder string) string {
	name := "program"
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(folder, name)
}

func (p *Program) cache() (string, error) {
	if p.Cache != "" {
		return p.Cache, os.MkdirAll(p.Cache, 0o755)
	}
	base, err := os.UserCacheDir()
	dir := filepath.Join(base, "gtc")
	if err == nil {
		err = os.MkdirAll(dir, 0o755)
	}
	if err != nil {
		return "", fmt.Errorf("no folder to keep executables in: %w; XDG_CACHE_HOME can name one", err)
	}
	return dir, nil
}

// complete adds what makes a module of the files.
func (p *Program) complete(m *Module) ([]File, error) {
	mod, err := m.goMod(Path)
	if err != nil {
		return nil, err
	}
	sum, err := m.goSum()
	if err != nil {
		return nil, err
	}
	return append([]File{{"go.mod", []byte(mod)}, {"go.sum", []byte(sum)}}, p.Files...), nil
}

// key is a hash of all that the executable depends on. It is built below the
// cache folder.
func key(ctx context.Context, goCommand, cache string, m *Module, files []File) (string, error) {
	toolchain, err := goEnv(ctx, goCommand, cache, "GOVERSION")
	if err != nil {
		return "", err
	}
	print, err := m.fingerprint()
	if err != nil {
		return "", err
	}
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s/%s\n%s\n", toolchain, runtime.GOOS, runtime.GOARCH, print)
	for _, f := range files {
		fmt.Fprintf(h, "%s %d\n%s", f.Name, len(f.Text), f.Text)
	}
	return hex.EncodeToString(h.Sum(nil)[:16]), nil
}

// build makes the executable in a folder of its own, which then gets its
// name: nobody ever sees half of one, and of two that build the same one wins.
func build(ctx context.Context, goCommand, cache, folder string, files []File) error {
	work, err := os.MkdirTemp(cache, "building-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	for _, f := range files {
		path := filepath.Join(work, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, f.Text, 0o644); err != nil {
			return err
		}
	}
	c := exec.CommandContext(ctx, goCommand, "build", "-mod=mod", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", executable(work), ".")
	c.Dir = work
	c.Env = append(os.Environ(), "GOWORK=off", "CGO_ENABLED=0", "GOOS="+runtime.GOOS, "GOARCH="+runtime.GOARCH)
	out, err := c.CombinedOutput()
	if err != nil {
		return fmt.Errorf("the generated program does not build (%w):\n%s", err, bytes.TrimSpace(out))
	}
	if err := os.Rename(work, folder); err != nil {
		if _, other := os.Stat(executable(folder)); other != nil {
			return err
		}
	}
	return nil
}

// removeUnused deletes what nobody has run for a long time, and what killed
// builds have left. Errors do not matter: the next build tries again.
func removeUnused(cache string) {
	entries, err := os.ReadDir(cache)
	if err != nil {
		return
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !e.IsDir() {
			continue
		}
		age := time.Since(info.ModTime())
		if age > unused || strings.HasPrefix(e.Name(), "building-") && age > time.Hour {
			os.RemoveAll(filepath.Join(cache, e.Name()))
		}
	}
}
