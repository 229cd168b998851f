package runtime

import (
	"fmt"
	"slices"
	"strings"
)

// An update of more rows than one call takes, or a validation, is made in
// parts. Its numbers are the means of what the parts give, weighted by their
// rows: right for means over rows, and not for others (Value.Whole). A run that
// goes by one of those is refused; one that only tells it says what it is.

// checkParts refuses a run that goes by a number that parts do not add up to,
// and marks the others of that kind.
func (l *loop[T]) checkParts() error {
	inParts, validationInParts := l.updateRows > l.partRows(), l.validationRows() > l.p.MaxRows
	for i := range l.values {
		v := &l.values[i]
		v.OfParts = inParts && v.Whole != ""
		v.ValidationOfParts = validationInParts && v.WholeValidation != ""
		if v.OfParts && (i == 0 || l.goesBy(v.Name)) {
			return fmt.Errorf("train %s makes an update of %d rows, %d at a time, but %s is not a mean over rows that parts add up to (%s): set batch=%d or less and accumulate=1, or raise the bound of the batch in the program",
				l.p.Name, l.updateRows, l.partRows(), l.role(i, v.Name), v.Whole, l.p.MaxRows)
		}
		if v.ValidationOfParts && (i == 0 || l.goesBy("val."+v.Name)) {
			return fmt.Errorf("train %s validates %d rows, %d at a time, but %s is not a mean over rows that parts add up to (%s): raise the bound of the batch in the program to %[2]d, or validate with %[3]d rows or less",
				l.p.Name, l.validationRows(), l.p.MaxRows, l.role(i, "val."+v.Name), v.WholeValidation)
		}
	}
	return nil
}

// CheckWhole returns an error where the objective of a batch is not the mean of
// what its parts give, and gradients of so many rows are there for another part's
// to be added to. Generated code calls it.
func CheckWhole[T Float](p *Program[T], rows int) error {
	whole := p.Values[0].Whole
	if whole == "" || rows == 0 {
		return nil
	}
	return fmt.Errorf("train %s has the gradient of %d rows, and another part's cannot be added: its objective is not a mean over rows that parts add up to (%s): call Apply after each Backward, or Job().Discard() to forget them",
		p.Name, rows, whole)
}

// CheckGradients returns an error where there is no row's gradient to make an
// update from. Generated code calls it.
func CheckGradients[T Float](p *Program[T], rows int) error {
	if rows > 0 {
		return nil
	}
	return fmt.Errorf("train %s has no gradient to apply: call Backward before each Apply", p.Name)
}

// goesBy reports whether something depends on a number of the run.
func (l *loop[T]) goesBy(name string) bool {
	return l.keep == name || slices.Contains(l.p.StopsBy, name)
}

// role is what a value is that a run goes by.
func (l *loop[T]) role(i int, name string) string {
	switch {
	case i == 0:
		return "its objective"
	case l.keep == name:
		return name + ", the best of which is to be kept,"
	}
	return name + ", which the stop rule looks at,"
}

func (l *loop[T]) validationRows() int {
	if l.data.Validation == nil {
		return 0
	}
	return l.data.Validation.Len()
}

// full is the name that a stop rule has for a value: "loss", "val.loss".
func (v *Value) full(validation bool) string {
	if validation {
		return "val." + v.Name
	}
	return v.Name
}

// Mark is what to write behind a number of the value, of the training part or
// of the validation, that is not what the whole would give; "" behind others.
func (v *Value) Mark(validation bool) string {
	if validation && v.ValidationOfParts || !validation && v.OfParts {
		return " (mean of parts)"
	}
	return ""
}

// PartsError says of which values an evaluation in parts gives the mean of
// what the parts give, although that is not what all rows together would.
type PartsError struct {
	Rows, MaxRows int
	Values        []Value // those
}

// Error names the values, and what to do.
func (e *PartsError) Error() string {
	list := make([]string, len(e.Values))
	for i, v := range e.Values {
		list[i] = fmt.Sprintf("%s (%s)", v.Name, v.WholeValidation)
	}
	return fmt.Sprintf("evaluated %d rows, %d at a time, although parts do not add up to %s: raise the bound of the batch in the program, or evaluate fewer rows",
		e.Rows, e.MaxRows, strings.Join(list, ", "))
}

// partsError is nil when an evaluation of so many rows gives what it should.
func partsError(values []Value, rows, maxRows int) error {
	if rows <= maxRows {
		return nil
	}
	e := &PartsError{Rows: rows, MaxRows: maxRows}
	for _, v := range values {
		if v.WholeValidation != "" {
			e.Values = append(e.Values, v)
		}
	}
	if len(e.Values) == 0 {
		return nil
	}
	return e
}
