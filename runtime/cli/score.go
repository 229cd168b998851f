package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"

	rt "github.com/gtc-lang/gtc/runtime"
)

// score evaluates a saved model, as its train block does, over all rows of a
// raw file, and prints a line for each value. It marks those that are means of
// parts and should not be.
func (c *command[T]) score(ctx context.Context, args []string) error {
	var name, labels string
	set := flag.NewFlagSet("score", flag.ContinueOnError)
	set.StringVar(&name, "train", "", "name of the train block")
	set.StringVar(&labels, "labels", "", "file of the labels, for pairs of IDX files")
	if err := c.parse(set, args, 2); err != nil {
		return err
	}
	model := c.New(rt.DefaultSeed)
	info, err := c.open(set.Arg(0), &model)
	if err != nil {
		return err
	}
	block, err := chosen("train block", name, model.Trains, func(t Train[T]) string { return t.Name })
	if err != nil {
		return err
	}
	job := block.Job()
	if info.Pipeline == nil {
		info.Pipeline = &rt.Pipeline{} // columns in the inputs' order
	}
	rows, err := rt.Prepare[T](info.Pipeline, set.Arg(1), labels, job.Program().Ports)
	if err != nil {
		return err
	}
	means, err := rt.Evaluate(ctx, job, rows)
	var parts *rt.PartsError
	if err != nil && !errors.As(err, &parts) {
		return err
	}
	fmt.Fprintf(c.out, "rows %d\n", rows.Len())
	for i, v := range job.Program().Values {
		v.ValidationOfParts = parts != nil && v.WholeValidation != ""
		fmt.Fprintf(c.out, "%s %.6g%s\n", v.Name, means[i], v.Mark(true))
	}
	return nil
}
