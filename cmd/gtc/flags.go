package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/gtc-lang/gtc/cmd/gtc/internal/draw"
	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir/pass"
)

// complete tells shells what may stand where: programs, models, codes, and the
// values of flags that have few.
func complete(root *cobra.Command) {
	extensions := map[string]string{"predict": "safetensors", "score": "safetensors"}
	for _, c := range root.Commands() {
		switch c.Name() {
		case "explain":
			for _, code := range dsl.Codes {
				c.ValidArgs = append(c.ValidArgs, string(code.Code)+"\t"+code.Title)
			}
		case "version":
			c.ValidArgsFunction = cobra.NoFileCompletions
		default:
			extension := "gt"
			if other := extensions[c.Name()]; other != "" {
				extension = other
			}
			c.ValidArgsFunction = func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
				if len(args) > 0 && extension != "gt" {
					return nil, cobra.ShellCompDirectiveDefault // rows of any kind
				}
				return []string{extension}, cobra.ShellCompDirectiveFilterFileExt
			}
		}
		for name, values := range flagValues() {
			if c.Flags().Lookup(name) != nil {
				_ = c.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)) // fails for no flag alone
			}
		}
	}
}

// flagValues are the values of flags that have few, by name.
func flagValues() map[string][]cobra.Completion {
	dump, off := []string{lowerStage}, []string(nil)
	for _, p := range pass.List {
		dump = append(dump, p.Name)
		if p.Optional {
			off = append(off, p.Name)
		}
	}
	return map[string][]cobra.Completion{
		"progress": draw.Modes, "dtype": {"f32", "f64"}, "dump": append(dump, fuseStage), "off": append(off, fuseStage),
	}
}

// longFlags writes -word as --word where word is a long flag of some command,
// as Go's own commands take them. What follows -- stays as it is.
func longFlags(root *cobra.Command, args []string) []string {
	known := map[string]bool{"help": true}
	var collect func(c *cobra.Command)
	collect = func(c *cobra.Command) {
		c.Flags().VisitAll(func(f *pflag.Flag) { known[f.Name] = true })
		for _, sub := range c.Commands() {
			collect(sub)
		}
	}
	collect(root)
	out := make([]string, len(args))
	for i, arg := range args {
		if arg == "--" {
			copy(out[i:], args[i:])
			break
		}
		name, _, _ := strings.Cut(strings.TrimPrefix(arg, "-"), "=")
		if len(name) > 1 && strings.HasPrefix(arg, "-") && known[name] {
			arg = "-" + arg
		}
		out[i] = arg
	}
	return out
}

// flagKinds says what flags of a type take.
var flagKinds = map[string]string{"uint64": "a whole number from 0 to 2^64 - 1", "int": "a whole number", "bool": "true or false"}

// flagText says what is wrong with a flag, with one dash.
func flagText(c *cobra.Command, err error) string {
	var value *pflag.InvalidValueError
	var unknown *pflag.NotExistError
	var missing *pflag.ValueRequiredError
	switch {
	case errors.As(err, &value):
		if kind := flagKinds[value.GetFlag().Value.Type()]; kind != "" {
			return fmt.Sprintf("-%s takes %s, not %q", value.GetFlag().Name, kind, value.GetValue())
		}
		return fmt.Sprintf("-%s: %v", value.GetFlag().Name, value.Unwrap())
	case errors.As(err, &unknown):
		name := unknown.GetSpecifiedName()
		if letters := unknown.GetSpecifiedShortnames(); letters != "" {
			name = letters // -resum is read as letters, -r and others
		}
		var known []string
		c.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, f.Name) })
		text := "no flag -" + name
		if near := dsl.DidYouMean(name, known); near != "" {
			text += "; did you mean -" + near + "?"
		}
		return text
	case errors.As(err, &missing):
		return fmt.Sprintf("-%s takes a value", missing.GetFlag().Name)
	}
	return err.Error()
}
