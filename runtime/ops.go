package runtime

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Op is one step of preprocessing. Make it with the functions below; its
// fields are what is saved.
type Op struct {
	Kind    string    `json:"op"`
	Value   float64   `json:"value,omitempty"`
	Text    string    `json:"text,omitempty"`    // that fills, instead of Value
	Count   int       `json:"count,omitempty"`   // of one-hot positions
	Classes []string  `json:"classes,omitempty"` // in the order of their numbers
	Center  []float64 `json:"center,omitempty"`  // by column: mean, median
	Scale   []float64 `json:"scale,omitempty"`   // by column: standard deviation
}

const (
	opMultiply    = "multiply"
	opDivide      = "divide"
	opAdd         = "add"
	opStandardize = "standardize"
	opCategories  = "categories"
	opNames       = "names"
	opOneHot      = "onehot"
	opFill        = "fill"
	opFillMean    = "fill_mean"
	opFillMedian  = "fill_median"
)

// Multiply multiplies every value by v.
func Multiply(v float64) Op { return Op{Kind: opMultiply, Value: v} }

// Divide divides every value by v, which is not 0.
func Divide(v float64) Op { return Op{Kind: opDivide, Value: v} }

// AddTo adds v to every value.
func AddTo(v float64) Op { return Op{Kind: opAdd, Value: v} }

// Standardize subtracts each column's mean and divides by its standard
// deviation (of the training part, divided by n); a constant column becomes 0.
func Standardize() Op { return Op{Kind: opStandardize} }

// Categories turns text into class numbers: by the given list, or else by the
// training part's different texts, sorted (as numbers if all are numbers).
func Categories(classes ...string) Op { return Op{Kind: opCategories, Classes: classes} }

// Names says what the class numbers of a column of integers mean.
func Names(classes ...string) Op { return Op{Kind: opNames, Classes: classes} }

// OneHot turns each class number into n values, one of them 1.
func OneHot(n int) Op { return Op{Kind: opOneHot, Count: n} }

// Fill puts v where there is no value (an empty cell, NA, N/A, NaN, null, ?).
func Fill(v float64) Op { return Op{Kind: opFill, Value: v} }

// FillText puts a text where there is no value, for categories.
func FillText(text string) Op { return Op{Kind: opFill, Text: text} }

// FillMean puts the column's mean over the training part where there is no value.
func FillMean() Op { return Op{Kind: opFillMean} }

// FillMedian puts the column's median over the training part where there is no value.
func FillMedian() Op { return Op{Kind: opFillMedian} }

// check returns an error for an op that cannot work; one that is fitted must
// have learned what it learns from the training part.
func (op *Op) check(fitted bool) error {
	if math.IsNaN(op.Value) || math.IsInf(op.Value, 0) {
		return fmt.Errorf("%s by %v", op.Kind, op.Value)
	}
	lacks := false
	switch op.Kind {
	case opMultiply, opAdd, opFill, opNames:
	case opDivide:
		if op.Value == 0 {
			return fmt.Errorf("division by 0")
		}
	case opOneHot:
		if op.Count < 1 || op.Count > 1<<20 {
			return fmt.Errorf("onehot of %d positions", op.Count)
		}
	case opStandardize:
		if lacks = op.Center == nil; len(op.Scale) != len(op.Center) {
			return fmt.Errorf("%s by %d means, and %d deviations", op.Kind, len(op.Center), len(op.Scale))
		}
	case opFillMean, opFillMedian:
		lacks = op.Center == nil
	case opCategories:
		lacks = op.Classes == nil
	default:
		return fmt.Errorf("unknown preprocessing %q", op.Kind)
	}
	if lacks && fitted {
		return fmt.Errorf("%s has not learned anything", op.Kind)
	}
	return nil
}

// apply does the op to a block.
func (op *Op) apply(b *block) error {
	switch {
	case op.Kind == opCategories:
		return op.categories(b)
	case op.Kind == opFill && b.text != nil:
		op.fillTexts(b)
		return nil
	}
	if err := b.numbers(); err != nil {
		return err
	}
	if op.Kind == opOneHot {
		return op.oneHot(b)
	}
	for i, v := range b.number {
		b.number[i] = op.scalar(v, i%b.width)
	}
	return nil
}

// fillTexts fills cells that are not read yet: as numbers or as classes.
func (op *Op) fillTexts(b *block) {
	text := op.Text
	if text == "" {
		text = strconv.FormatFloat(op.Value, 'g', -1, 64)
	}
	for i, cell := range b.text {
		if missing(cell) {
			b.text[i] = text
		}
	}
}

// scalar does an elementwise op to a value of a column.
func (op *Op) scalar(v float64, column int) float64 {
	switch op.Kind {
	case opMultiply:
		return v * op.Value
	case opDivide:
		return v / op.Value
	case opAdd:
		return v + op.Value
	case opStandardize:
		return (v - op.Center[column]) / op.Scale[column]
	}
	if math.IsNaN(v) {
		switch op.Kind {
		case opFill:
			return op.Value
		case opFillMean, opFillMedian:
			return op.Center[column]
		}
	}
	return v
}

// changes reports whether the op does more than to put values where there are none.
func (op *Op) changes() bool {
	return op.Kind != opFill && op.Kind != opFillMean && op.Kind != opFillMedian
}

// invertible reports whether undo is what the op has been done to a row of so
// many values.
func (op *Op) invertible(width int) bool {
	switch op.Kind {
	case opMultiply:
		return op.Value != 0
	case opDivide, opAdd:
		return true
	case opStandardize:
		return len(op.Center) == width && len(op.Scale) == width
	}
	return false
}

// undo is the inverse of scalar.
func (op *Op) undo(v float64, column int) float64 {
	switch op.Kind {
	case opMultiply:
		return v / op.Value
	case opDivide:
		return v * op.Value
	case opAdd:
		return v - op.Value
	case opStandardize:
		return float64(v*op.Scale[column]) + op.Center[column]
	}
	return v
}

// numbers reads a block's text as numbers; what is missing becomes NaN.
func (b *block) numbers() error {
	if b.text == nil {
		return nil
	}
	b.number = make([]float64, len(b.text))
	for i, cell := range b.text {
		if missing(cell) {
			b.number[i] = math.NaN()
			continue
		}
		v, err := readDecimal(cell)
		if err != nil {
			return b.noNumber(i, cell, err)
		}
		b.number[i] = v
	}
	b.text = nil
	return nil
}

// texts returns a block's cells as text.
func (b *block) texts() []string {
	if b.text != nil {
		return b.text
	}
	text := make([]string, len(b.number))
	for i, v := range b.number {
		text[i] = strconv.FormatFloat(v, 'g', -1, 64)
	}
	return text
}

func (op *Op) categories(b *block) error {
	text := b.texts()
	b.text, b.number, b.classes = nil, make([]float64, len(text)), op.Classes
	number := make(map[string]int, len(op.Classes))
	for i, class := range op.Classes {
		number[class] = i
	}
	for i, cell := range text {
		n, known := number[cell]
		switch {
		case known:
			b.number[i] = float64(n)
		case missing(cell):
			b.number[i] = math.NaN()
		default:
			return fmt.Errorf("%s: %q is none of the classes of %s: %s", b.place(i), cell, b.in.Port, listed(op.Classes))
		}
	}
	return nil
}

// listed names the first classes of a list.
func listed(classes []string) string {
	const most = 20
	if len(classes) <= most {
		return strings.Join(classes, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(classes[:most], ", "), len(classes)-most)
}

func (op *Op) oneHot(b *block) error {
	out := make([]float64, len(b.number)*op.Count)
	for i, v := range b.number {
		if math.IsNaN(v) {
			return b.noValue(i)
		}
		if !(v >= 0 && v < float64(op.Count) && v == math.Trunc(v)) {
			what, _ := b.subject(i, v)
			return fmt.Errorf("%s: %s, one_hot(%d) has room for 0 to %d%s", b.place(i), what, op.Count, op.Count-1, b.classHelp())
		}
		out[i*op.Count+int(v)] = 1
	}
	b.number, b.width = out, b.width*op.Count
	return nil
}

// sortClasses sorts by number if all are numbers, else by text.
func sortClasses(classes []string) {
	values := map[string]float64{}
	for _, c := range classes {
		if v, err := strconv.ParseFloat(c, 64); err == nil {
			values[c] = v
		}
	}
	slices.Sort(classes)
	if len(values) == len(classes) {
		slices.SortStableFunc(classes, func(a, b string) int {
			switch {
			case values[a] < values[b]:
				return -1
			case values[a] > values[b]:
				return 1
			}
			return 0
		})
	}
}
