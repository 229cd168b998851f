package cli

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	rt "github.com/gtc-lang/gtc/runtime"
)

// classes names an input of the train block that held class numbers below
// count: a result of that many numbers is a score for each class.
type classes struct {
	port  string
	count int
}

// String returns nothing: there is no default to show.
func (k *classes) String() string { return "" }

// Set takes name:count.
func (k *classes) Set(text string) error {
	name, count, found := strings.Cut(text, ":")
	n, err := strconv.Atoi(count)
	if !found || err != nil || n < 1 {
		return fmt.Errorf("%q is not name:count", text)
	}
	*k = classes{name, n}
	return nil
}

// predict runs a saved model over the rows of a raw file, and writes the
// results as CSV: to a file, whole or not at all, or to the output.
func (c *command[T]) predict(ctx context.Context, args []string) error {
	var name, to, labels, target string
	var kinds classes
	set := flag.NewFlagSet("predict", flag.ContinueOnError)
	set.StringVar(&name, "model", "", "name of the model")
	set.StringVar(&to, "o", "", "file to write")
	set.StringVar(&labels, "labels", "", "file of the labels, for pairs of IDX files")
	set.StringVar(&target, "target", "", "input in whose units the first result is")
	shares := set.Bool("probabilities", false, "probabilities instead of scores")
	set.Var(&kinds, "classes", "input that held class numbers, name:count")
	if err := c.parse(set, args, 2); err != nil {
		return err
	}
	model := c.New(rt.DefaultSeed)
	info, err := c.open(set.Arg(0), &model)
	if err != nil {
		return err
	}
	forward, err := chosen("model", name, model.Forwards, func(f Forward[T]) string { return f.Name })
	if err != nil {
		return err
	}
	if info.Pipeline == nil {
		info.Pipeline = &rt.Pipeline{} // columns in the inputs' order
	}
	rows, err := rt.Prepare[T](info.Pipeline, set.Arg(1), labels, forward.Ports)
	if err != nil {
		return err
	}
	t := &writer[T]{forward: forward, rows: rows, kinds: kinds, names: info.Pipeline.ClassNames(kinds.port), pipeline: info.Pipeline, target: target, shares: *shares}
	if to == "" {
		return t.write(ctx, c.out)
	}
	return rt.WriteFileAtomic(to, func(w io.Writer) error { return t.write(ctx, w) })
}

// writer writes predictions.
type writer[T rt.Float] struct {
	forward Forward[T]
	rows    rt.Source[T]
	kinds   classes
	names   []string // of the classes; nil for none
	scores  int      // number of the result that has the scores, -1 for none

	shares   bool // write probabilities instead of scores
	pipeline *rt.Pipeline
	target   string // input in whose units the first result is; "" for none
}

func (t *writer[T]) write(ctx context.Context, to io.Writer) error {
	t.scores = -1
	for i, r := range t.forward.Results {
		if t.scores < 0 && t.kinds.count > 1 && len(r.Shape) == 1 && r.Shape[0] == t.kinds.count {
			t.scores = i
		}
	}
	if t.shares && t.scores < 0 {
		return errors.New("the model has no scores of classes to make probabilities of")
	}
	b := bufio.NewWriter(to)
	w := csv.NewWriter(b)
	if err := w.Write(t.header()); err != nil {
		return err
	}
	if err := t.batches(ctx, w); err != nil {
		return err
	}
	w.Flush()
	return b.Flush()
}

// header names a column for each number of the results: y for one, the classes
// for their scores, else y0 to y9.
func (t *writer[T]) header() []string {
	var names []string
	for n, r := range t.forward.Results {
		if r.Size() == 1 {
			names = append(names, r.Name)
			continue
		}
		for i := range r.Size() {
			if n == t.scores && i < len(t.names) {
				names = append(names, t.names[i])
				continue
			}
			names = append(names, r.Name+strconv.Itoa(i))
		}
	}
	if t.scores >= 0 {
		names = append(names, "class")
	}
	return names
}

// batches runs the model over all rows.
func (t *writer[T]) batches(ctx context.Context, w *csv.Writer) error {
	f := &t.forward
	size := min(f.MaxRows, max(1, t.rows.Len()))
	b := rt.NewBatch[T](f.Ports, size)
	out := make([][]T, len(f.Results))
	for i, r := range f.Results {
		out[i] = make([]T, size*r.Size())
	}
	for lo := 0; lo < t.rows.Len(); lo += size {
		if ctx.Err() != nil {
			return errInterrupted
		}
		b.Rows, b.First = min(size, t.rows.Len()-lo), lo
		if err := t.fill(b, lo); err != nil {
			return err
		}
		used := make([][]T, len(out))
		for i, r := range f.Results {
			used[i] = out[i][:b.Rows*r.Size()]
		}
		if err := f.Run(b, used); err != nil {
			return err
		}
		for row := range b.Rows {
			if err := w.Write(t.record(used, row)); err != nil {
				return err
			}
		}
	}
	return nil
}

// fill reads the rows from lo on into the batch.
func (t *writer[T]) fill(b *rt.Batch[T], lo int) error {
	for i, p := range t.forward.Ports {
		size := p.Size()
		if p.Int {
			b.Ints[i] = b.Ints[i][:b.Rows*size]
		} else {
			b.Floats[i] = b.Floats[i][:b.Rows*size]
		}
		for row := range b.Rows {
			var floats []T
			var ints []int32
			if p.Int {
				ints = b.Ints[i][row*size : (row+1)*size]
			} else {
				floats = b.Floats[i][row*size : (row+1)*size]
			}
			if err := t.rows.Row(lo+row, i, floats, ints); err != nil {
				return err
			}
		}
	}
	return nil
}

// record is a row of the results as text.
func (t *writer[T]) record(out [][]T, row int) []string {
	var cells []string
	for i, r := range t.forward.Results {
		size := r.Size()
		if i == 0 && t.target != "" {
			rt.Undo(t.pipeline, t.target, out[i][row*size:(row+1)*size])
		}
		if i == t.scores && t.shares {
			softmax(out[i][row*size : (row+1)*size])
		}
		for _, v := range out[i][row*size : (row+1)*size] {
			cells = append(cells, number(v))
		}
	}
	if t.scores < 0 {
		return cells
	}
	n := t.kinds.count
	return append(cells, t.class(out[t.scores][row*n:(row+1)*n]))
}

// softmax makes scores probabilities: their exponentials' shares. The largest
// is subtracted first, so that none overflows.
func softmax[T rt.Float](scores []T) {
	top := slices.Max(scores)
	sum := 0.0
	for _, v := range scores {
		sum += math.Exp(float64(v - top))
	}
	for i, v := range scores {
		scores[i] = T(math.Exp(float64(v-top)) / sum)
	}
}

// class names the class of the highest score, "" when one is NaN.
func (t *writer[T]) class(scores []T) string {
	for _, v := range scores {
		if v != v {
			return ""
		}
	}
	class := rt.ArgMax(scores)
	if class < len(t.names) {
		return t.names[class]
	}
	return strconv.Itoa(class)
}

// number is the shortest text that reads back as v.
func number[T rt.Float](v T) string {
	if _, single := any(v).(float32); single {
		return strconv.FormatFloat(float64(v), 'g', -1, 32)
	}
	return strconv.FormatFloat(float64(v), 'g', -1, 64)
}
