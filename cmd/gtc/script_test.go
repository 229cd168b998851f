package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	rt "github.com/gtc-lang/gtc/runtime"
	"github.com/gtc-lang/gtc/runtime/cli"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"gtc": main})
}

// passedOn are variables of the Go command that scripts keep, so that builds
// find what has been built and downloaded.
var passedOn = []string{"GOCACHE", "GOMODCACHE", "GOPATH", "GOFLAGS", "GOTOOLCHAIN"}

// TestScripts runs the command as users do. There is no network, and the
// scripts share a folder of executables.
func TestScripts(t *testing.T) {
	cache := t.TempDir()
	out, err := exec.Command("go", append([]string{"env"}, passedOn...)...).Output()
	if err != nil {
		t.Skip("needs the go command")
	}
	values := strings.Split(string(out), "\n")
	testscript.Run(t, testscript.Params{
		Dir: "../../golden/command",
		Setup: func(env *testscript.Env) error {
			for i, name := range passedOn {
				env.Setenv(name, values[i])
			}
			env.Setenv("GOPROXY", "off")
			env.Setenv("HOME", cache)
			env.Setenv("XDG_CACHE_HOME", cache)
			bin, _, _ := strings.Cut(env.Getenv("PATH"), string(os.PathListSeparator))
			env.Setenv("BIN", bin)
			return nil
		},
		Condition: condition,
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits":     exits,
			"interrupt": interrupt,
		},
	})
}

// condition is [kernels]: there is a kernel set beside plain Go.
func condition(name string) (bool, error) {
	if name != "kernels" {
		return false, fmt.Errorf("no condition %q", name)
	}
	return rt.Kernels() != "go", nil
}

// exits CODE COMMAND… checks a command's exit code.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, wanted %d", got, want)
	}
}

// interrupt TEXT ARGUMENTS… runs gtc, interrupts it at the first line of its
// output that has the text, and checks that it ends as it should. The output
// goes to the file interrupted.
func interrupt(ts *testscript.TestScript, _ bool, args []string) {
	c := exec.Command(filepath.Join(ts.Getenv("BIN"), "gtc"), args[1:]...)
	c.Dir = ts.MkAbs(".")
	for _, name := range append([]string{"PATH", "HOME", "XDG_CACHE_HOME", "GOPROXY"}, passedOn...) {
		c.Env = append(c.Env, name+"="+ts.Getenv(name))
	}
	out, err := c.StdoutPipe()
	ts.Check(err)
	ts.Check(c.Start())
	var text strings.Builder
	seen := false
	for lines := bufio.NewScanner(out); lines.Scan(); {
		text.WriteString(lines.Text() + "\n")
		if !seen && strings.Contains(lines.Text(), args[0]) {
			seen = true
			ts.Check(c.Process.Signal(os.Interrupt))
		}
	}
	_ = c.Wait()
	ts.Check(os.WriteFile(ts.MkAbs("interrupted"), []byte(text.String()), 0o600))
	if code := c.ProcessState.ExitCode(); code != cli.ExitInterrupted {
		ts.Fatalf("exit code %d\n%s", code, text.String())
	}
}
