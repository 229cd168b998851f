package main

import (
	"io"
	"slices"
	"strings"
	"testing"
)

func TestLongFlags(t *testing.T) {
	for in, want := range map[string]string{
		"train a.gt -set lr=1 -resume":          "train a.gt --set lr=1 --resume",
		"train -progress=plain --seed 3 -o x":   "train --progress=plain --seed 3 -o x",
		"fmt -d -w a.gt":                        "fmt -d -w a.gt",
		"compile -unknown -check -- -check":     "compile -unknown --check -- -check",
		"summary -dump=fuse - -- a":             "summary --dump=fuse - -- a",
		"train -help":                           "train --help",
		"train -data -1 a-set -o=m.safetensors": "train --data -1 a-set -o=m.safetensors",
	} {
		if got := longFlags(root(), strings.Fields(in)); !slices.Equal(got, strings.Fields(want)) {
			t.Errorf("%s: %v", in, got)
		}
	}
}

// TestComplete asks as shells do.
func TestComplete(t *testing.T) {
	for line, want := range map[string]string{
		"train --progress ":       "json",
		"compile --dtype ":        "f64",
		"summary --dump ":         "fuse",
		"explain ":                "GT0207",
		"train ":                  "gt\n:8", // files of this extension
		"predict ":                "safetensors\n:8",
		"predict m.safetensors r": ":0",
		"summary a.gt --off ":     "fuse",
	} {
		var out strings.Builder
		c := root()
		c.SetOut(&out)
		c.SetErr(io.Discard)
		c.SetArgs(append([]string{"__complete"}, strings.Split(line, " ")...))
		if err := c.Execute(); err != nil || !strings.Contains(out.String(), want) {
			t.Errorf("%q: %v\n%s", line, err, &out)
		}
	}
}

func TestCommandLine(t *testing.T) {
	if got := commandLine("gtc", "a b", "it's", "x=1", ""); got != `gtc 'a b' 'it'\''s' x=1 ''` {
		t.Error(got)
	}
}
