package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// gtc runs the command and returns what it printed.
func gtc(args ...string) (out, complaints string, err error) {
	var o, e bytes.Buffer
	c := root()
	c.SetOut(&o)
	c.SetErr(&e)
	c.SetArgs(args)
	err = c.Execute()
	return o.String(), e.String(), err
}

func TestCheckReportsEveryMistake(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bad.gt")
	text := "package p\n\ndim B <= 4\n\nmodel M(x: [B, 3]) -> [B, 5] {\n    param W: [4, 5] = 0\n    x @ W\n}\n\nmodel K(x: [B, 3]) -> [B, 3] {\n    x + zzz\n}\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	_, complaints, err := gtc("check", path)
	if !errors.Is(err, errReported) {
		t.Fatal(err)
	}
	for _, want := range []string{"GT0207", "bad.gt:7:7", "left is [B, 3], right is [4, 5]", "GT0201", "bad.gt:11:9"} {
		if !strings.Contains(complaints, want) {
			t.Errorf("%q is not in\n%s", want, complaints)
		}
	}
}

func TestSummaryAndFormat(t *testing.T) {
	digits := "../../golden/programs/digits.gt"
	out, _, err := gtc("summary", digits)
	if err != nil || !strings.Contains(out, "parameters         38,440  38.4 KB") {
		t.Errorf("%v\n%s", err, out)
	}
	text, err := os.ReadFile(digits)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "digits.gt")
	if err := os.WriteFile(path, bytes.ReplaceAll(text, []byte("    x |>"), []byte("  x   |>")), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := gtc("fmt", "-w", path); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(path); !bytes.Equal(got, text) {
		t.Errorf("formatted to\n%s", got)
	}
}

// TestSummaryOfEveryProgram holds the lines to a hundred columns, and each run
// to the same text.
func TestSummaryOfEveryProgram(t *testing.T) {
	files, err := filepath.Glob("../../golden/programs/*.gt")
	if err != nil || len(files) < 10 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		if filepath.Base(file) == "private.gt" {
			continue // is not compiled yet
		}
		out, complaints, err := gtc("summary", file)
		if err != nil {
			t.Errorf("%s: %v\n%s", file, err, complaints)
		}
		for line := range strings.Lines(out) {
			if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > 100 {
				t.Errorf("%s: %d columns: %s", file, n, line)
			}
		}
		if again, _, _ := gtc("summary", file); again != out {
			t.Errorf("%s: another text the second time", file)
		}
	}
}

func TestFormatInput(t *testing.T) {
	format := func(text string, args ...string) (string, error) {
		var out bytes.Buffer
		c := root()
		c.SetIn(strings.NewReader(text))
		c.SetOut(&out)
		c.SetErr(&bytes.Buffer{})
		c.SetArgs(append([]string{"fmt"}, args...))
		err := c.Execute()
		return out.String(), err
	}
	if got, err := format("package  p\n\ndim B<=4\n"); err != nil || got != "package p\n\ndim B <= 4\n" {
		t.Errorf("%v\n%s", err, got)
	}
	if got, err := format("dim B <=\n"); !errors.Is(err, errReported) || got != "" {
		t.Errorf("a wrong text: %v, %q", err, got)
	}
	if _, err := format("package p\n", "-w"); err == nil {
		t.Error("standard input was written back")
	}
}

func TestExplain(t *testing.T) {
	if out, _, err := gtc("explain", "GT0101"); err != nil || !strings.Contains(out, "GT0101") {
		t.Errorf("%v\n%s", err, out)
	}
	if _, _, err := gtc("explain", "GT9999"); err == nil {
		t.Error("a page for an unknown code")
	}
}
