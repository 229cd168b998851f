package build

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gtc-lang/gtc/dsl"
	rt "github.com/gtc-lang/gtc/runtime"
)

// echo prints its arguments a line, says something on standard error, and
// ends with a code; "wait" waits for an interrupt first, "die" does not come
// so far.
const echo = `package main

import (
	"fmt"
	"os"
	"os/signal"
	"strconv"

	rt "github.com/gtc-lang/gtc/runtime"
)

func main() {
	code := 0
	fmt.Println("contract", rt.ContractVersion)
	for _, a := range os.Args[1:] {
		if a == "die" {
			self, _ := os.FindProcess(os.Getpid())
			self.Kill()
			select {}
		} else if a == "wait" {
			c := make(chan os.Signal, 1)
			signal.Notify(c, os.Interrupt)
			fmt.Println("waiting")
			<-c
		} else {
			code, _ = strconv.Atoi(a)
		}
	}
	fmt.Fprintln(os.Stderr, "bye")
	os.Exit(code)
}
`

// program is the text in a folder of executables of the test's own.
func program(t *testing.T, text string) *Program {
	t.Helper()
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("needs the go command")
	}
	return &Program{Files: []File{{"main.go", []byte(text)}}, Cache: t.TempDir()}
}

func TestBuildAndRun(t *testing.T) {
	p := program(t, echo)
	built := 0
	p.Building = func() { built++ }
	path, err := p.Build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if again, err := p.Build(t.Context()); err != nil || again != path || built != 1 {
		t.Errorf("%v, %s, built %d times", err, again, built)
	}
	var complaints bytes.Buffer
	lines := ""
	use := func(line []byte) error { lines += string(line); return nil }
	if err := Run(t.Context(), t.Context(), path, nil, use, &complaints); err != nil || lines != fmt.Sprintln("contract", rt.ContractVersion) || complaints.String() != "bye\n" {
		t.Errorf("%v, %q, %q", err, lines, complaints.String())
	}
	if err := Run(t.Context(), t.Context(), path, []string{"1"}, use, &complaints); !errors.Is(err, ErrFailed) {
		t.Error(err)
	}
	if err := Run(t.Context(), t.Context(), path, []string{"130"}, use, &complaints); !errors.Is(err, ErrInterrupted) {
		t.Error(err)
	}
	refuse := errors.New("no")
	if err := Run(t.Context(), t.Context(), path, []string{"wait"}, func([]byte) error { return refuse }, &complaints); !errors.Is(err, refuse) {
		t.Error(err)
	}
	if runtime.GOOS != "windows" {
		obey(t, path)
	}
}

// obey ends the context of a program that waits: it is told, and ends itself.
func obey(t *testing.T, path string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	use := func(line []byte) error {
		if string(line) == "waiting\n" {
			cancel()
		}
		return nil
	}
	var complaints bytes.Buffer
	if err := Run(ctx, t.Context(), path, []string{"wait", "130"}, use, &complaints); !errors.Is(err, ErrInterrupted) || complaints.String() != "bye\n" {
		t.Errorf("%v, %q", err, complaints.String())
	}
	complaints.Reset()
	ignore := func([]byte) error { return nil }
	if err := Run(t.Context(), t.Context(), path, []string{"die"}, ignore, &complaints); err == nil || !strings.Contains(err.Error(), "ended from outside") {
		t.Error(err)
	}
	if err := Run(ctx, t.Context(), path, []string{"die"}, ignore, &complaints); !errors.Is(err, ErrInterrupted) && !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	ctx, cancel = context.WithCancel(t.Context())
	urged, urge := context.WithCancel(t.Context())
	waits := 0
	use = func(line []byte) error {
		if string(line) != "waiting\n" {
			return nil
		}
		if waits++; waits == 1 {
			cancel()
		} else { // it does not end
			urge()
		}
		return nil
	}
	if err := Run(ctx, urged, path, []string{"wait", "wait"}, use, &complaints); !errors.Is(err, ErrInterrupted) || complaints.Len() > 0 {
		t.Errorf("%v, %q", err, complaints.String())
	}
}

func TestBuildAtOnce(t *testing.T) {
	p := program(t, echo)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			if path, err := p.Build(t.Context()); err != nil {
				t.Error(err)
			} else if _, err := os.Stat(path); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if left, _ := filepath.Glob(filepath.Join(p.Cache, "building-*")); len(left) > 0 {
		t.Error(left)
	}
}

func TestBrokenProgram(t *testing.T) {
	p := program(t, "package main\n\nfunc main() { undefined() }\n")
	if _, err := p.Build(t.Context()); err == nil || !strings.Contains(err.Error(), "undefined: undefined") {
		t.Error(err)
	}
}

func TestBuildIsEnded(t *testing.T) {
	p := program(t, echo)
	ctx, cancel := context.WithCancel(t.Context())
	p.Building = cancel
	if _, err := p.Build(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, err := p.Build(ctx); !errors.Is(err, context.Canceled) { // before it is looked for
		t.Error(err)
	}
}

func TestNoToolchain(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := (&Program{Cache: t.TempDir()}).Build(t.Context())
	var d *dsl.Diagnostic
	if !errors.As(err, &d) || d.Code != "GT0502" {
		t.Error(err)
	}
}

func TestRemoveUnused(t *testing.T) {
	cache := t.TempDir()
	for name, age := range map[string]time.Duration{"old": unused + time.Hour, "new": time.Hour, "building-1": 2 * time.Hour, "building-2": time.Minute} {
		path := filepath.Join(cache, name)
		if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
		then := time.Now().Add(-age)
		if err := os.Chtimes(path, then, then); err != nil {
			t.Fatal(err)
		}
	}
	removeUnused(cache)
	var left []string
	entries, _ := os.ReadDir(cache)
	for _, e := range entries {
		left = append(left, e.Name())
	}
	if strings.Join(left, " ") != "building-2 new" {
		t.Error(left)
	}
}
