package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gtc-lang/gtc/cmd/gtc/internal/interpret"
	"github.com/gtc-lang/gtc/codegen"
	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	rt "github.com/gtc-lang/gtc/runtime"
)

// trainBlock is the train block of a name, or the only one.
func trainBlock(p *ir.Program, name string) (*ir.Train, error) {
	var names []string
	for _, t := range p.Trains {
		if t.Name == name {
			return t, nil
		}
		names = append(names, t.Name)
	}
	switch {
	case len(names) == 0:
		return nil, fmt.Errorf("%s has no train block: nothing says what to minimize", p.Source.Name)
	case name == "" && len(names) == 1:
		return p.Trains[0], nil
	case name == "":
		return nil, usageError{fmt.Errorf("%s has several train blocks; choose one with -train: %s", p.Source.Name, strings.Join(names, ", "))}
	}
	return nil, usageError{fmt.Errorf("no train block %s; there are: %s%s", name, strings.Join(names, ", "), meant(name, names))}
}

func meant(name string, known []string) string {
	if near := dsl.DidYouMean(name, known); near != "" {
		return "; did you mean " + near + "?"
	}
	return ""
}

// direction finds that the best of a value is to be kept of which the program
// does not say what is better.
func (t *training) direction(block *ir.Train) error {
	r := block.Report(strings.TrimPrefix(t.best, "val."))
	if r == nil || r.Better != dsl.Neither {
		return nil
	}
	return dsl.ErrorList{r.Undirected("-best " + t.best)}
}

// check finds what is wrong with the command line, given the program.
func (t *training) check(p *ir.Program, block *ir.Train, path string) error {
	if err := t.checkResume(); err != nil {
		return usageError{err}
	}
	for _, s := range t.set {
		if err := checkSetting(p, block, s); err != nil {
			return usageError{err}
		}
	}
	if t.from != "" {
		if _, err := rt.ReadModelInfo(t.from); err != nil {
			return err
		}
	}
	if block.Stop == nil {
		return errors.New(endless(block))
	}
	return t.checkData(block, path)
}

// checkResume finds what is said of a run to go on with where there is none.
func (t *training) checkResume() error {
	for _, x := range []struct {
		given      bool
		flag, with string
	}{{t.anyData, "-any-data", "other data"}, {t.anyKernels, "-any-kernels", "another kernel set"}} {
		if x.given && !t.resume {
			return fmt.Errorf("%s is for a run that goes on with %s: give -resume too, or leave it out", x.flag, x.with)
		}
	}
	return nil
}

// checkData finds what is wrong with the data without reading its rows. That of
// a block without a data line, and a folder's, is left to the program.
func (t *training) checkData(block *ir.Train, path string) error {
	if t.data != "" {
		if info, err := os.Stat(t.data); err != nil || info.IsDir() || block.Source == nil {
			return err
		}
	}
	if block.Source == nil {
		return fmt.Errorf("%s has no data line; name a CSV file with -data, whose columns are %s in this order", block.Name, strings.Join(block.Inputs, ", "))
	}
	spec := interpret.SpecOf(block.Source).In(filepath.Dir(path))
	if t.data != "" {
		spec.File = t.data
	}
	return spec.CheckColumns()
}

// checkFiles finds what is wrong with the files to write. One that is there
// and that training has not written may be the data, or the program.
func (t *training) checkFiles() error {
	for _, path := range []string{t.model, t.checkpoint()} {
		if err := writable(path); err != nil {
			return err
		}
	}
	if info, err := os.Stat(t.model); err != nil || info.Size() == 0 {
		return nil
	}
	if _, err := rt.ReadModelInfo(t.model); err != nil {
		return fmt.Errorf("%s is there and is no saved model: give another name with -o, or remove it", t.model)
	}
	return nil
}

// endless says that a train block has no stop rule.
func endless(t *ir.Train) string {
	return t.Name + " never ends: it has no stop rule, such as `stop when epoch >= 10`"
}

// checkSetting checks path=number; the path is one that the program knows.
func checkSetting(p *ir.Program, block *ir.Train, text string) error {
	v, err := value(text)
	if err != nil {
		return err
	}
	path := strings.TrimPrefix(v.Path, block.Name+".")
	for _, s := range checked(p, block) {
		if err := s.Check(v.Number); err != nil && path == s.Path {
			return fmt.Errorf("-set %s: %w", text, err)
		}
	}
	known := settingPaths(p, block)
	if slices.Contains(known, path) {
		return nil
	}
	return fmt.Errorf("%s has no setting %q%s\nthere are %s", block.Name, path, meant(path, known), strings.Join(known, ", "))
}

// settingPaths are the paths of a train block's settings and the models',
// without the block's name.
func settingPaths(p *ir.Program, block *ir.Train) []string {
	var paths []string
	for _, s := range p.Settings {
		own, ofBlock := strings.CutPrefix(s.Path, block.Name+".")
		other := slices.ContainsFunc(p.Trains, func(t *ir.Train) bool { return strings.HasPrefix(s.Path, t.Name+".") })
		if !s.Driven && (ofBlock || !other) {
			paths = append(paths, own)
		}
	}
	paths = append(paths, "batch", "accumulate")
	for _, s := range codegen.StopSettings(block) {
		paths = append(paths, s.Path)
	}
	return paths
}

// checked are the settings of a run that cannot be any number.
func checked(p *ir.Program, block *ir.Train) []rt.Setting {
	list := []rt.Setting{{Path: "batch", Whole: true}, {Path: "accumulate", Whole: true, Least: 1}}
	for _, s := range codegen.StopSettings(block) {
		if s.Count {
			list = append(list, rt.Setting{Path: s.Path, Whole: true, Least: 1})
		}
	}
	for _, s := range p.Settings {
		if s.In != nil {
			list = append(list, rt.Setting{Path: strings.TrimPrefix(s.Path, block.Name+"."), In: (*rt.Interval)(s.In)})
		}
	}
	return list
}
