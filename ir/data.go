package ir

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/gtc-lang/gtc/dsl"
)

// Data is the `data` line of a train block in the form that a back end needs:
// numbers, names and texts, no expressions. Its fields are those of
// runtime.DataSpec, Pipeline, Format, Input and Op, one to one; the compiler
// does not import the runtime.
//
//	data csv("iris.csv", val: 0.2, header: true) {
//	    x = columns("sepal_length", "sepal_width", "petal_length", "petal_width") |> standardize
//	    y = column("species") |> categories
//	}
//
// The kinds of files and their options:
//
//	csv("a.csv", val: 0.2, header: true, separator: ";", comment: "#")
//	idx("images.gz", labels: "labels.gz", val: "images2.gz", val_labels: "labels2.gz")
//	text("a.txt", by: bytes, val: 0.1)          by: bytes or chars
//
// Each of these files may be gzipped.
//
// val is the share of the rows that is kept for validation, or (not for text)
// a file of its own. Without header a first row that has no number in it is
// one.
//
// What an input is made of:
//
//	columns(0..64)  columns("a", "b")           of csv, by number (half open) or by the header
//	columns("a".."f")                           those from a to f in the header, both included
//	column(64)      column("a")
//	images          labels                      of idx
//	tok, next = windows(T, stride: 8)           of text: T tokens, and those one further on
//
// What is done to columns, from left to right:
//
//	c * 2   c / 16   c + 1   c - 1   1 - c   -c     with numbers known at compile time
//	c |> standardize                            minus the column's mean, by its standard deviation
//	c |> categories                             texts to class numbers, in order of the sorted texts
//	c |> categories("no", "yes")                the same by a given list
//	c |> names("zero", "one")                   what class numbers mean, for messages and predictions
//	c |> one_hot(10)                            a class number to ten numbers, one of them 1
//	c |> fill(0)  c |> fill_mean  c |> fill_median   where there is no value: "", NA, N/A, NaN, null, ?
//	c |> fill("none") |> categories             the same for texts
//
// Means, medians, deviations and classes are those of the training part.
type Data struct {
	File             string // as written: relative to the program's file
	Labels           string // idx: the file of labels; "" for none
	Validation       float64
	ValidationFile   string // instead of a share of File
	ValidationLabels string
	Format           DataFormat
	Inputs           []DataInput // in the order of the train block's inputs
	At               dsl.Span
}

// DataFormat says how the file is read.
type DataFormat struct {
	Kind      string // "csv", "idx" or "text"
	Header    string // csv: "" decides by the first row, "yes", "no"
	Separator string // csv: one character; "" is a comma
	Comment   string // csv: one character that begins lines to leave out; "" for none
	By        string // text: "bytes" or "chars"
	Window    int    // text: tokens in a row
	Stride    int    // text: from row to row; 0 is Window
}

// DataInput is what one input of the train block is made of.
type DataInput struct {
	Port    string
	Columns Columns
	Ops     []DataOp // in order
	At      dsl.Span
}

// Columns chooses columns by name, by the names of the first and the last one,
// both included, or else by number: From up to, without, To. Of an IDX file the
// names are "images" and "labels", of a text "tok" and "next".
type Columns struct {
	Names       []string
	First, Last string
	From, To    int
}

// DataOp is one step of preprocessing.
type DataOp struct {
	Kind    DataOpKind
	Value   float64  // of Multiply, Divide, Add and Fill
	Text    string   // that Fill puts instead of Value; "" for none
	Count   int      // of OneHot
	Classes []string // of Categories (nil: from the data) and Names
}

// DataOpKind says what a DataOp does; the texts are those that the runtime
// saves with a model.
type DataOpKind string

// The kinds of DataOp.
const (
	DataMultiply    DataOpKind = "multiply"
	DataDivide      DataOpKind = "divide"
	DataAdd         DataOpKind = "add"
	DataStandardize DataOpKind = "standardize"
	DataCategories  DataOpKind = "categories"
	DataNames       DataOpKind = "names"
	DataOneHot      DataOpKind = "onehot"
	DataFill        DataOpKind = "fill"
	DataFillMean    DataOpKind = "fill_mean"
	DataFillMedian  DataOpKind = "fill_median"
)

// String is "x 0..64 divide(16)".
func (in DataInput) String() string {
	text := in.Port + " " + in.Columns.String()
	for _, op := range in.Ops {
		text += " " + op.String()
	}
	return text
}

// String is the names in quotes, or the range.
func (c Columns) String() string {
	if c.First != "" {
		return strconv.Quote(c.First) + ".." + strconv.Quote(c.Last)
	}
	if len(c.Names) == 0 {
		return fmt.Sprintf("%d..%d", c.From, c.To)
	}
	quoted := make([]string, len(c.Names))
	for i, n := range c.Names {
		quoted[i] = strconv.Quote(n)
	}
	return strings.Join(quoted, " ")
}

// String is the kind with its number or its classes.
func (op DataOp) String() string {
	switch op.Kind {
	case DataMultiply, DataDivide, DataAdd, DataFill:
		if op.Text != "" {
			return fmt.Sprintf("%s(%q)", op.Kind, op.Text)
		}
		return fmt.Sprintf("%s(%v)", op.Kind, op.Value)
	case DataOneHot:
		return fmt.Sprintf("%s(%d)", op.Kind, op.Count)
	}
	if len(op.Classes) > 0 {
		return string(op.Kind) + "(" + strings.Join(op.Classes, ",") + ")"
	}
	return string(op.Kind)
}
