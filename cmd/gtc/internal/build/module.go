package build

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
)

// modulePath is the module that programs are built with.
const modulePath = "github.com/gtc-lang/gtc"

// Module is the compiler's own module, whose runtime every program links.
type Module struct {
	Dir     string // its files
	Version string // "" for a clone, which is used as it stands
	Sum     string // of the version, as go.sum has it
}

// Locate finds the module: the given clone, if there is one; else the version
// that this command was installed as, else the clone that it was built from.
// It never is what lies where the command runs, or beside a program or its
// data: that may be anybody's.
func Locate(ctx context.Context, goCommand, clone string) (*Module, error) {
	if clone != "" {
		dir, err := filepath.Abs(clone)
		if err != nil {
			return nil, err
		}
		if !isOurs(dir) {
			return nil, fmt.Errorf("%s is no clone of %s: its go.mod does not say so", clone, modulePath)
		}
		return &Module{Dir: dir}, nil
	}
	info, ok := debug.ReadBuildInfo()
	if ok && info.Main.Path == modulePath && info.Main.Sum != "" {
		return installed(ctx, goCommand, info.Main.Version, info.Main.Sum)
	}
	if _, file, _, ok := runtime.Caller(0); ok && filepath.IsAbs(file) {
		if dir := rootAbove(filepath.Dir(file)); dir != "" {
			return &Module{Dir: dir}, nil
		}
	}
	return nil, errors.New("this gtc does not know the source it was built from: name a clone of " + modulePath + " with -clone, or install a version with go install " + modulePath + "/cmd/gtc@latest")
}

var moduleLine = regexp.MustCompile(`(?m)^module[ \t]+(\S+)[ \t]*(//.*)?\r?$`)

// isOurs reports whether a folder has the go.mod of our module.
func isOurs(dir string) bool {
	text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	m := moduleLine.FindSubmatch(text)
	return err == nil && m != nil && string(m[1]) == modulePath
}

// rootAbove is the folder of our module above the folder of one of its
// packages, "" if it is not there any more.
func rootAbove(dir string) string {
	for !isOurs(dir) {
		if filepath.Dir(dir) == dir {
			return ""
		}
		dir = filepath.Dir(dir)
	}
	return dir
}

// installed is a version in the module cache, where installing has put it;
// only when it is not there any more the network is asked.
func installed(ctx context.Context, goCommand, version, sum string) (*Module, error) {
	out, err := goEnv(ctx, goCommand, os.TempDir(), "GOMODCACHE")
	if err != nil {
		return nil, err
	}
	m := &Module{Dir: filepath.Join(out, filepath.FromSlash(modulePath)+"@"+version), Version: version, Sum: sum}
	if _, err := os.Stat(m.Dir); err == nil {
		return m, nil
	}
	c := exec.CommandContext(ctx, goCommand, "mod", "download", modulePath+"@"+version)
	c.Dir = os.TempDir() // outside of any module
	c.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=")
	if out, err := c.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("go mod download %s@%s: %w\n%s", modulePath, version, err, out)
	}
	return m, nil
}

// goEnv is a variable of the Go command in a folder: a go.mod there, or above,
// may choose another toolchain.
func goEnv(ctx context.Context, goCommand, dir, name string) (string, error) {
	c := exec.CommandContext(ctx, goCommand, "env", name)
	c.Dir = dir
	out, err := c.Output()
	if err != nil {
		return "", fmt.Errorf("go env: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}

// goMod is the go.mod of a program: ours with another name, so that every
// version is the one that the runtime was tested with and nothing has to be
// looked up.
func (m *Module) goMod(path string) (string, error) {
	text, err := os.ReadFile(filepath.Join(m.Dir, "go.mod"))
	if err != nil {
		return "", err
	}
	version := m.Version
	if version == "" {
		version = "v0.0.0"
	}
	out := moduleLine.ReplaceAllString(string(text), "module "+path) + "\nrequire " + modulePath + " " + version + "\n"
	if m.Version == "" {
		out += "\nreplace " + modulePath + " => " + strconv.Quote(filepath.ToSlash(m.Dir)) + "\n"
	}
	return out, nil
}

// goSum is the go.sum of a program.
func (m *Module) goSum() (string, error) {
	text, err := os.ReadFile(filepath.Join(m.Dir, "go.sum"))
	if err != nil || m.Version == "" {
		return string(text), err
	}
	mod, err := os.ReadFile(filepath.Join(m.Dir, "go.mod"))
	return fmt.Sprintf("%s%s %s %s\n%s %s/go.mod %s\n", text, modulePath, m.Version, m.Sum, modulePath, m.Version, hashOf("go.mod", mod)), err
}

// hashOf is the hash of a folder with one file (golang.org/x/mod/sumdb/dirhash,
// Hash1), which is what go.sum has for a go.mod.
func hashOf(name string, text []byte) string {
	one := sha256.Sum256(text)
	all := sha256.Sum256([]byte(hex.EncodeToString(one[:]) + "  " + name + "\n"))
	return "h1:" + base64.StdEncoding.EncodeToString(all[:])
}

// fingerprint says what a program gets of the module: the version, or of a
// clone the text of the runtime.
func (m *Module) fingerprint() (string, error) {
	if m.Version != "" {
		return m.Version + " " + m.Sum, nil
	}
	h := sha256.New()
	root := filepath.Join(m.Dir, "runtime")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		io.WriteString(h, fmt.Sprintf("%s %d\n%s", filepath.ToSlash(name), len(text), text))
		return err
	})
	return hex.EncodeToString(h.Sum(nil)), err
}
