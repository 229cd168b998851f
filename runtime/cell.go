package runtime

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// missing tells whether a cell stands for no value.
func missing(cell string) bool {
	switch strings.ToLower(cell) {
	case "", "na", "n/a", "nan", "null", "?":
		return true
	}
	return false
}

// readDecimal reads a number in decimal notation, such as 12, -0.5 or 1e-3. What
// else Go takes (0x1p4, 1_000, inf) is none: in a file of data it is a mistake.
func readDecimal(cell string) (float64, error) {
	if strings.Trim(cell, "+-.0123456789eE") != "" {
		return 0, strconv.ErrSyntax
	}
	return strconv.ParseFloat(cell, 64)
}

// column is the column of the source that value c of a row comes from; ops may
// have made several values of one.
func (b *block) column(c int) int { return b.columns[c/(b.width/len(b.columns))] }

// place says where value i of the block comes from.
func (b *block) place(i int) string {
	return b.source.place(b.at[i/b.width], b.column(i%b.width))
}

// cell is what the source has for value i of the block.
func (b *block) cell(i int) string {
	return b.source.cell(b.at[i/b.width], b.column(i%b.width))
}

// finite returns an error for a number of a source that is infinite: means and
// deviations would be, and then every row.
func (b *block) finite() error {
	for i, v := range b.number {
		if math.IsInf(v, 0) {
			return b.infinite(i, b.cell(i))
		}
	}
	return nil
}

func (b *block) infinite(i int, cell string) error {
	return fmt.Errorf("%s: %q for %s is not a finite number", b.place(i), cell, b.in.Port)
}

// noNumber says what is wrong with a cell that is no number, as err tells.
func (b *block) noNumber(i int, cell string, err error) error {
	v, other := strconv.ParseFloat(cell, 64)
	switch {
	case errors.Is(err, strconv.ErrRange):
		return fmt.Errorf("%s: %s for %s is too large: numbers go up to %.2g", b.place(i), cell, b.in.Port, math.MaxFloat64)
	case other == nil && math.IsInf(v, 0):
		return b.infinite(i, cell)
	}
	return fmt.Errorf("%s: %q is no number, %s takes numbers such as 12, -0.5 or 1e-3 (categories would number texts)%s", b.place(i), cell, b.in.Port, separatorHint(cell))
}

// noValue says that value i of the block is none.
func (b *block) noValue(i int) error {
	if !missing(b.cell(i)) {
		return b.wrong(i, math.NaN(), "too large on the way")
	}
	return fmt.Errorf("%s: no value for %s (fill would give one)", b.place(i), b.in.Port)
}

// wrong says what is wrong with value i of the block, which is v now.
func (b *block) wrong(i int, v float64, what string) error {
	subject, changed := b.subject(i, v)
	if changed {
		return fmt.Errorf("%s: %s, %s", b.place(i), subject, what)
	}
	return fmt.Errorf("%s: %s is %s", b.place(i), subject, what)
}

// subject names value i of the block as its file has it, and if that is
// something else, what it is now: the number of a class, or v.
func (b *block) subject(i int, v float64) (text string, changed bool) {
	if n := int(v); float64(n) == v && n >= 0 && n < len(b.classes) {
		return fmt.Sprintf("%q is class %d of %s", b.classes[n], n, b.in.Port), true
	}
	cell := b.cell(i)
	switch was, err := readDecimal(cell); {
	case err != nil:
		return fmt.Sprintf("%q for %s is %v after %s", cell, b.in.Port, v, b.history(cell)), true
	case was != v:
		return fmt.Sprintf("%s for %s is %v after %s", cell, b.in.Port, v, b.history(cell)), true
	}
	return fmt.Sprintf("%s for %s", cell, b.in.Port), false
}

// history lists the ops that have done something to a cell.
func (b *block) history(cell string) string {
	var kinds []string
	for i := range b.passed {
		if op := &b.passed[i]; op.Kind != opNames && (op.changes() || missing(cell)) {
			kinds = append(kinds, op.Kind)
		}
	}
	return strings.Join(kinds, ", ")
}

// classHelp says how class numbers come to fit.
func (b *block) classHelp() string {
	if b.classes != nil {
		return fmt.Sprintf("; there are %d classes: %s", len(b.classes), listed(b.classes))
	}
	return " (- 1 after the column makes numbers from 1 on fit, |> categories any others)"
}
