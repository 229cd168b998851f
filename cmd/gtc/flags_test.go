package main

import (
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

func TestCommandLine(t *testing.T) {
	if got := commandLine("gtc", "a b", "it's", "x=1", ""); got != `gtc 'a b' 'it'\''s' x=1 ''` {
		t.Error(got)
	}
}
