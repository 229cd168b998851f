package runtime

import (
	"fmt"
	"slices"
)

// LengthError says that a slice given for a tensor has the wrong length.
type LengthError struct {
	Name  string // the tensor
	Shape string // as in the source, with sizes: "[B, 64] ([32 64])"
	Want  int    // elements
	Got   int
}

func (e *LengthError) Error() string {
	return fmt.Sprintf("%s is %s: wants %d elements, got %d", e.Name, e.Shape, e.Want, e.Got)
}

// CheckLength returns nil if a slice has the length that its tensor wants,
// else a *LengthError. shape is the tensor's shape as the source has it, and
// dims the actual sizes.
func CheckLength(name, shape string, got int, dims ...int) error {
	want := Elements(dims)
	if got == want {
		return nil
	}
	sizes := slices.Clone(dims) // dims itself stays on the caller's stack
	return &LengthError{Name: name, Shape: fmt.Sprintf("%s (%v)", shape, sizes), Want: want, Got: got}
}

// CheckRows returns nil if a number of rows is between 1 and the bound that
// the program declares for its dimension, else an error that names it.
func CheckRows(dim string, rows, bound int) error {
	if rows < 1 || rows > bound {
		return fmt.Errorf("dimension %s is %d, declared as 1 to %d", dim, rows, bound)
	}
	return nil
}

// CheckTotal returns nil if the number of updates of the whole run is known,
// else an error: the train block has a schedule that needs it.
func CheckTotal(train string, total int) error {
	if total < 1 {
		return fmt.Errorf("train %s: its schedule needs the number of updates of the whole run: bound epoch or step in the stop rule, or set Settings.Total for steps without Run", train)
	}
	return nil
}

// CheckIndices returns nil if every value lies in [0, limit), else an error
// that names the first one that does not.
func CheckIndices(name string, values []int32, limit int) error {
	for i, v := range values {
		if v < 0 || int(v) >= limit {
			return fmt.Errorf("%s[%d] is %d, allowed are 0 to %d", name, i, v, limit-1)
		}
	}
	return nil
}

// Elements returns the product of the sizes, 1 for none.
func Elements(shape []int) int {
	n := 1
	for _, size := range shape {
		n *= size
	}
	return n
}
