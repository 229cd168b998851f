package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gtc-lang/gtc/cmd/gtc/internal/build"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/parser"
	rt "github.com/gtc-lang/gtc/runtime"
)

// prediction is the command line of predict.
type prediction struct {
	out, source, model, labels string
	probabilities              bool
	clone                      *string
}

func predictCommand() *cobra.Command {
	var p prediction
	c := &cobra.Command{Use: "predict MODEL ROWS", Short: "Run a saved model on a raw file", Args: between(2, 2, "a model and a file of rows"),
		Example: "  gtc predict digits.safetensors rows.csv\n  gtc predict digits.safetensors rows.csv -o predictions.csv\n  gtc predict digits.safetensors - < rows.csv",
		Long: `Run a model that gtc train has saved on the rows of a raw file, which is
prepared as the training data was; columns of labels may be absent. The file -
is standard input. The results are written as CSV. A model that tells classes
apart also gives the class of the highest score, by its name if it has one. What a model predicts of a column
that was standardized or scaled is in the units of the column again.

The model file holds the text of its program; -source takes another.`,
		RunE: func(c *cobra.Command, args []string) error { return p.run(c, args[0], args[1]) },
	}
	p.clone = cloneFlag(c)
	flags := c.Flags()
	flags.StringVarP(&p.out, "out", "o", "", "file to write instead of the output")
	flags.StringVar(&p.source, "source", "", "program instead of the one in the model file")
	flags.StringVar(&p.model, "model", "", "name of the model, if there are several")
	flags.BoolVar(&p.probabilities, "probabilities", false, "write probabilities (softmax) instead of the scores of classes")
	flags.StringVar(&p.labels, "labels", "", "file of labels, where the rows are one of a pair of IDX files")
	return c
}

func (o *prediction) run(c *cobra.Command, model, rows string) error {
	return o.saved(c, model, rows, func(p *ir.Program, info rt.ModelInfo) ([]string, error) {
		forward, err := forwardOf(p, o.model)
		if err != nil {
			return nil, err
		}
		args := []string{"predict", "-model", forward.Name, "-o", o.out, "-labels", o.labels}
		block := trainedBy(p, info)
		if name, count := classes(p, block, forward); count > 1 {
			args = append(args, "-classes", fmt.Sprintf("%s:%d", name, count))
		}
		if o.probabilities {
			args = append(args, "-probabilities")
		}
		if name := target(p, block, forward); name != "" {
			args = append(args, "-target", name)
		}
		return args, nil
	})
}

// trainedBy is the train block that made a model: as the file says, or the only
// one there is, for a file that a Go program saved.
func trainedBy(p *ir.Program, info rt.ModelInfo) string {
	if info.Train == "" && len(p.Trains) == 1 {
		return p.Trains[0].Name
	}
	return info.Train
}

// target is the input of the train block that a model's result is subtracted
// from, or that from it, as every loss of numbers does: both are in the same
// units. It is "" for none.
func target(p *ir.Program, train string, forward *ir.Func) string {
	f := p.FuncOf(train, ir.EvaluateFunc)
	if f == nil {
		return ""
	}
	for _, v := range ir.Order(f.Roots()...) {
		if !v.Is("sub") {
			continue
		}
		for i, y := range v.Args {
			leaf, ok := y.Attr.(*ir.Leaf)
			if ok && leaf.Kind == ir.InputLeaf && ir.Alike(v.Args[1-i], forward.Results[0].Value) {
				return leaf.Name
			}
		}
	}
	return ""
}

// saved runs the program of a saved model on a file of rows.
func (o *prediction) saved(c *cobra.Command, model, rows string, arguments func(*ir.Program, rt.ModelInfo) ([]string, error)) error {
	info, err := rt.ReadModelInfo(model)
	if err != nil {
		return err
	}
	if err := o.pair(model, info.Pipeline); err != nil {
		return err
	}
	if err := o.files(model, rows); err != nil {
		return err
	}
	p, err := o.program(c, model, info)
	if err != nil {
		return err
	}
	f := float("f32")
	if info.Double {
		f = "f64"
	}
	args, err := arguments(p, info)
	if err != nil {
		return err
	}
	out, err := planned(c, p, &stages{}, &f)
	if err != nil {
		return err
	}
	made, err := prepare(out, &f, *o.clone)
	if err != nil {
		return err
	}
	urged, stop := obeying(c)
	defer stop()
	executable, err := made.executable(c, false)
	if err != nil {
		return err
	}
	return build.Run(c.Context(), urged, executable, append(args, model, rows), func(line []byte) error {
		_, err := c.OutOrStdout().Write(line)
		return err
	}, c.ErrOrStderr())
}

func scoreCommand() *cobra.Command {
	var p prediction
	var block string
	c := &cobra.Command{Use: "score MODEL ROWS", Short: "Print the loss and the reports of a saved model on a raw file", Args: between(2, 2, "a model and a file of rows"),
		Example: "  gtc score digits.safetensors test.csv",
		Long: `Evaluate a model that gtc train has saved on the rows of a raw file with labels,
which is prepared as the training data was: the loss and the reports of the
train block, means over all rows; where parts of the rows do not add up to one,
it is marked as the mean of what they give. The file - is standard input.`,
		RunE: func(c *cobra.Command, args []string) error {
			return p.saved(c, args[0], args[1], func(program *ir.Program, info rt.ModelInfo) ([]string, error) {
				if block == "" {
					block = info.Train
				}
				t, err := trainBlock(program, block)
				if err != nil {
					return nil, err
				}
				return []string{"score", "-train", t.Name, "-labels", p.labels}, nil
			})
		},
	}
	p.clone = cloneFlag(c)
	flags := c.Flags()
	flags.StringVar(&p.source, "source", "", "program instead of the one in the model file")
	flags.StringVar(&block, "train", "", "name of the train block, if there are several")
	flags.StringVar(&p.labels, "labels", "", "file of labels, where the rows are one of a pair of IDX files")
	return c
}

// pair refuses a file of labels where the rows hold their own.
func (o *prediction) pair(model string, p *rt.Pipeline) error {
	if o.labels == "" || p != nil && p.Format.Kind == rt.KindIDX {
		return nil
	}
	return usageError{fmt.Errorf("-labels goes with IDX files, and %s takes rows of another kind, which hold their labels", model)}
}

// files checks what is to be read and written. "-" is standard input.
func (o *prediction) files(model, rows string) error {
	if rows != "-" {
		if err := readable(rows); err != nil {
			return err
		}
	}
	for _, input := range []string{model, rows, o.labels} {
		in, inErr := os.Stat(input)
		out, outErr := os.Stat(o.out)
		if inErr == nil && outErr == nil && os.SameFile(in, out) {
			return fmt.Errorf("-o %s would replace what is read", o.out)
		}
	}
	if filepath.Ext(o.out) == ".gt" {
		return fmt.Errorf("-o %s is the name of a program, and results are CSV: name another file", o.out)
	}
	return writable(o.out)
}

// program is the text that the model was trained with, or another.
func (o *prediction) program(c *cobra.Command, model string, info rt.ModelInfo) (*ir.Program, error) {
	if o.source != "" {
		return lowered(c, o.source)
	}
	if info.Source == "" {
		return nil, fmt.Errorf("%s does not hold its program; name the .gt file with -source", model)
	}
	file, err := parsed(c, info.SourceName, []byte(info.Source))
	if err != nil {
		return nil, err
	}
	p, err := ir.Lower(file, parser.Library())
	return p, shown(c, err)
}

// forwardOf is the model of a name, or the only one.
func forwardOf(p *ir.Program, name string) (*ir.Func, error) {
	var names []string
	var found *ir.Func
	for _, f := range p.Funcs {
		if f.Kind != ir.ForwardFunc {
			continue
		}
		if names = append(names, f.Name); name == "" || f.Name == name {
			found = f
		}
	}
	switch {
	case len(names) == 0:
		return nil, fmt.Errorf("%s has no model", p.Source.Name)
	case name == "" && len(names) > 1:
		return nil, usageError{fmt.Errorf("%s has several models; choose one with -model: %s", p.Source.Name, strings.Join(names, ", "))}
	case found == nil:
		return nil, usageError{fmt.Errorf("no model %s; there are: %s%s", name, strings.Join(names, ", "), meant(name, names))}
	}
	return found, nil
}

// classes is the input of the train block that held class numbers, and how
// many classes there are: an input that indexes, and that the model itself
// does not read.
func classes(p *ir.Program, train string, forward *ir.Func) (name string, count int) {
	for _, t := range p.Trains {
		if t.Name != train {
			continue
		}
		for _, in := range t.Inputs {
			read := slices.ContainsFunc(forward.Inputs, func(v *ir.Value) bool { return v.Attr.(*ir.Leaf).Name == in })
			if t.Indexed[in] > 0 && !read {
				return in, t.Indexed[in]
			}
		}
	}
	return "", 0
}
