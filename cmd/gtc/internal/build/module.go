package build

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
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
	// Sum and GoModSum are the lines that go.sum has for a version.
	Sum, GoModSum string
}

// Locate finds the module: a clone that one of the given folders lies in, else
// the version that this command was installed as, else the clone that it was
// built from.
func Locate(ctx context.Context, goCommand string, near ...string) (*Module, error) {
	for _, dir := range near {
		if root := rootAbove(dir); root != "" {
			return &Module{Dir: root}, nil
		}
	}
	info, ok := debug.ReadBuildInfo()
	if ok && info.Main.Path == modulePath && info.Main.Sum != "" {
		return download(ctx, goCommand, info.Main.Version)
	}
	if _, file, _, ok := runtime.Caller(0); ok && filepath.IsAbs(file) {
		if root := rootAbove(filepath.Dir(file)); root != "" {
			return &Module{Dir: root}, nil
		}
	}
	return nil, errors.New("the source of the runtime is not found: run gtc in a clone of " + modulePath + ", or install it with go install " + modulePath + "/cmd/gtc@latest")
}

var moduleLine = regexp.MustCompile(`(?m)^module[ \t]+(\S+)[ \t]*(//.*)?\r?$`)

// rootAbove is the folder of our go.mod at or above dir, "" for none.
func rootAbove(dir string) string {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return ""
	}
	for {
		text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if m := moduleLine.FindSubmatch(text); err == nil && m != nil {
			if string(m[1]) == modulePath {
				return dir
			}
			return ""
		}
		if filepath.Dir(dir) == dir {
			return ""
		}
		dir = filepath.Dir(dir)
	}
}

// download finds a version in the module cache; only when it is not there any
// more the network is asked.
func download(ctx context.Context, goCommand, version string) (*Module, error) {
	c := exec.CommandContext(ctx, goCommand, "mod", "download", "-json", modulePath+"@"+version)
	c.Dir = os.TempDir() // outside of any module
	c.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=")
	out, err := c.Output()
	var m struct{ Dir, Version, Sum, GoModSum, Error string }
	if jsonErr := json.Unmarshal(out, &m); jsonErr == nil && m.Error != "" {
		return nil, errors.New(m.Error)
	}
	if err != nil {
		return nil, fmt.Errorf("go mod download %s@%s: %w", modulePath, version, err)
	}
	return &Module{m.Dir, m.Version, m.Sum, m.GoModSum}, nil
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
	return fmt.Sprintf("%s%s %s %s\n%s %s/go.mod %s\n", text, modulePath, m.Version, m.Sum, modulePath, m.Version, m.GoModSum), nil
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
