package runtime

import (
	"fmt"
	"slices"
	"strings"
)

// Pipeline says how raw data becomes a program's rows. What it learns from
// the training part (means, classes, …) stays in it; it is saved with the
// model, so that prediction on a raw file does the same. It is plain JSON.
type Pipeline struct {
	Format Format  `json:"format"`
	Inputs []Input `json:"inputs"`
}

// Input is how one port is made: which columns, and what is done to them.
type Input struct {
	Port    string  `json:"port"`
	Columns Columns `json:"columns"`
	Ops     []Op    `json:"ops,omitempty"`
}

// Columns chooses columns by name, by the names of the first and the last, both
// included, or else by number: From up to, without, To. Load puts the names
// between First and Last in Names, so that these are what a saved pipeline
// asks other files for.
type Columns struct {
	Names []string `json:"names,omitempty"`
	First string   `json:"first,omitempty"`
	Last  string   `json:"last,omitempty"`
	From  int      `json:"from,omitempty"`
	To    int      `json:"to,omitempty"`
}

// ColumnRange chooses columns by number, half open.
func ColumnRange(from, to int) Columns { return Columns{From: from, To: to} }

// ColumnNames chooses columns by the names in the header; for IDX files these
// are "images" and "labels", for text "tok" and "next".
func ColumnNames(names ...string) Columns { return Columns{Names: names} }

// ColumnSpan chooses the columns of a CSV file from one name in its header to
// another, both included.
func ColumnSpan(first, last string) Columns { return Columns{First: first, Last: last} }

// String returns the columns as a message names them.
func (c Columns) String() string {
	if c.First != "" {
		return fmt.Sprintf("columns %q..%q", c.First, c.Last)
	}
	if len(c.Names) > 0 {
		return "columns " + strings.Join(c.Names, ", ")
	}
	return fmt.Sprintf("columns %d..%d", c.From, c.To)
}

// Find returns the input of a port, nil if there is none.
func (p *Pipeline) Find(port string) *Input {
	for i := range p.Inputs {
		if p.Inputs[i].Port == port {
			return &p.Inputs[i]
		}
	}
	return nil
}

// Undo turns a row of a port's numbers back into what the columns held: what is
// done last is undone first. It is false, and the row as it was, where that
// cannot be told, as of classes.
func Undo[T Float](p *Pipeline, port string, row []T) bool {
	in := p.Find(port)
	if in == nil || !slices.ContainsFunc(in.Ops, func(op Op) bool { return op.changes() }) {
		return false
	}
	for i := range in.Ops {
		if op := &in.Ops[i]; op.changes() && !op.invertible(len(row)) {
			return false
		}
	}
	for i, v := range row {
		x := float64(v)
		for j := len(in.Ops) - 1; j >= 0; j-- {
			x = in.Ops[j].undo(x, i)
		}
		row[i] = T(x)
	}
	return true
}

// Fitted returns what a saved pipeline has learned, for other data of the same
// kind: p with the means, medians, deviations, classes and characters of saved.
// Without the same inputs made in the same way it is false.
func (p *Pipeline) Fitted(saved *Pipeline) (*Pipeline, bool) {
	if saved == nil || len(saved.Inputs) != len(p.Inputs) {
		return p, false
	}
	out := &Pipeline{Format: p.Format, Inputs: slices.Clone(p.Inputs)}
	out.Format.Vocabulary = saved.Format.Vocabulary
	for i := range out.Inputs {
		in, was := &out.Inputs[i], &saved.Inputs[i]
		same := in.Port == was.Port && slices.EqualFunc(in.Ops, was.Ops, func(a, b Op) bool {
			return a.Kind == b.Kind && a.Value == b.Value && a.Text == b.Text && a.Count == b.Count
		})
		if !same {
			return p, false
		}
		in.Ops = was.Ops
	}
	return out, true
}

// ClassNames returns the names of a port's class numbers, nil if it has none.
func (p *Pipeline) ClassNames(port string) []string {
	in := p.Find(port)
	if in == nil {
		return nil
	}
	for _, op := range in.Ops {
		if op.Kind == opCategories || op.Kind == opNames {
			return op.Classes
		}
	}
	return nil
}

// raw is data as a file has it: cells in rows and columns.
type raw interface {
	rows() int
	// resolve returns the numbers of the columns that are meant.
	resolve(c Columns) ([]int, error)
	// load fills a block with rows of columns, as text or as numbers.
	load(b *block)
	// cell is what a cell holds, as the file has it.
	cell(row, column int) string
	// columnName names a column: `column "age" of people.csv`.
	columnName(column int) string
	// place says where a cell stands: "digits.csv:12:5".
	place(row, column int) string
}

// block is some rows of an input on their way through its ops.
type block struct {
	source  raw
	in      *Input
	passed  []Op  // those of its ops that are behind it
	at      []int // rows in the source
	columns []int // in the source
	width   int   // values in a row now
	text    []string
	number  []float64 // NaN where the source has no value; valid once text is nil
	classes []string  // whose numbers these are, nil for none
}

// At most so many rows, or so many numbers, go through the ops at a time.
const (
	blockRows    = 1024
	blockNumbers = 1 << 22
)

// each passes the given rows through ops, block by block.
func each(src raw, in *Input, ops []Op, rows []int, use func(b *block) error) error {
	columns, width, err := in.columnsOf(src)
	if err != nil {
		return err
	}
	for part := range slices.Chunk(rows, rowsAtOnce(width)) {
		b := &block{source: src, in: in, at: part, columns: columns, width: len(columns)}
		src.load(b)
		if err := b.finite(); err != nil {
			return err
		}
		for i := range ops {
			if err := ops[i].apply(b); err != nil {
				return err
			}
			b.passed = ops[:i+1]
		}
		if err := use(b); err != nil {
			return err
		}
	}
	return nil
}

// spread names the columns that are given by the first and the last of them.
func (p *Pipeline) spread(src raw) error {
	t, ok := src.(*csvTable)
	if !ok {
		return nil
	}
	for i := range p.Inputs {
		if err := t.spread(&p.Inputs[i].Columns); err != nil {
			return fmt.Errorf("%s: %w", p.Inputs[i].Port, err)
		}
	}
	return nil
}

// fit lets the ops learn from the training rows what they do not know yet.
func (p *Pipeline) fit(src raw, rows []int) error {
	for i := range p.Inputs {
		in := &p.Inputs[i]
		for j := range in.Ops {
			learn, done := in.Ops[j].learner()
			if learn == nil {
				continue
			}
			var last *block
			err := each(src, in, in.Ops[:j], rows, func(b *block) error {
				last = b
				return learn(b)
			})
			if err == nil {
				err = done(last)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// table makes the rows of the given ports, which p has been checked for.
func table[T Float](p *Pipeline, src raw, ports []Port, rows []int) (*Table[T], error) {
	t := &Table[T]{Rows: len(rows), Floats: make([][]T, len(ports)), Ints: make([][]int32, len(ports))}
	for i, port := range ports {
		in := p.Find(port.Name)
		_, width, err := in.columnsOf(src)
		if err == nil && len(rows) > 0 {
			err = in.room(port, len(rows), width)
		}
		if err != nil {
			return nil, err
		}
		if port.Int {
			t.Ints[i] = make([]int32, 0, len(rows)*port.Size())
		} else {
			t.Floats[i] = make([]T, 0, len(rows)*port.Size())
		}
		if err := each(src, in, in.Ops, rows, func(b *block) error { return t.take(b, i, port) }); err != nil {
			return nil, err
		}
	}
	return t, nil
}
