package main

import (
	"fmt"
	"math"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gtc-lang/gtc/cmd/gtc/internal/interpret"
	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir/pass"
	"github.com/gtc-lang/gtc/ir/plan"
	"github.com/gtc-lang/gtc/parser"
	rt "github.com/gtc-lang/gtc/runtime"
)

func evalCommand() *cobra.Command {
	o := interpret.Options{}
	var set []string
	var limit *memory
	c := &cobra.Command{Use: "eval FILE [NAME]", Short: "Run a model, an eval, train or decode block in the interpreter and print the numbers", Args: between(1, 2, "a file and perhaps a name"),
		Example: "  gtc eval linreg.gt\n  gtc eval linreg.gt Fit -data points.csv -steps 5 -set lr=0.1\n  gtc eval digits.gt MLP -set B=2\n  gtc eval gpt.gt Generate -data input.txt -set T=8 -set N=2",
		Long: `Run a block of a program in float64 without building anything, and print what
it computes. A train block is evaluated and then makes some steps on the first
batch of its data; its parameters are printed after them. A model or an eval
block prints its inputs and its results. A decode block takes its positions in
order, N new ones at a time, and goes on from what it has kept of earlier ones.
Inputs that no file gives are random.

-set gives a setting, or a run-time dimension, a value.`,
		RunE: func(c *cobra.Command, args []string) error {
			for _, text := range set {
				v, err := value(text)
				if err != nil {
					return err
				}
				o.Set = append(o.Set, v)
			}
			if len(args) > 1 {
				o.Name = args[1]
			}
			o.Folder = filepath.Dir(args[0])
			p, err := lowered(c, args[0])
			if err != nil {
				return err
			}
			if err := pass.Run(p, parser.Library(), pass.Options{}); err != nil {
				return err
			}
			if err := limit.check(c, func(limit int64) *dsl.Diagnostic { return plan.VarsFit(p, limit) }); err != nil {
				return err
			}
			return interpret.Run(c.OutOrStdout(), p, o)
		}}
	limit = memoryFlag(c)
	flags := c.Flags()
	flags.StringVar(&o.Data, "data", "", "file of rows")
	flags.StringArrayVar(&set, "set", nil, "a setting's value or a dimension's size, `path=number`")
	flags.Uint64Var(&o.Seed, "seed", rt.DefaultSeed, "seed of weights, random draws and random inputs")
	flags.IntVar(&o.Steps, "steps", 3, "steps of a train block")
	return c
}

// value reads path=number.
func value(text string) (interpret.Value, error) {
	path, number, found := strings.Cut(text, "=")
	x, err := strconv.ParseFloat(number, 64)
	if !found || path == "" || err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		return interpret.Value{}, usageError{fmt.Errorf("-set takes path=number, not %q", text)}
	}
	return interpret.Value{Path: path, Number: x}, nil
}
