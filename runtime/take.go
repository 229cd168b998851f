package runtime

import (
	"fmt"
	"math"
)

// take appends a finished block to a port's rows.
func (t *Table[T]) take(b *block, i int, port Port) error {
	if err := b.numbers(); err != nil {
		return err
	}
	for j, v := range b.number {
		switch {
		case math.IsNaN(v):
			return b.noValue(j)
		case port.Int && !port.admits(v):
			return b.notAdmitted(j, v, port)
		case port.Int:
			t.Ints[i] = append(t.Ints[i], int32(v))
		case math.IsInf(rounded[T](v), 0):
			return b.wrong(j, v, fmt.Sprintf("too large: numbers go up to %.2g", largest[T]()))
		default:
			t.Floats[i] = append(t.Floats[i], T(v))
		}
	}
	return nil
}

// admits tells whether v is one of the integers that a port takes.
func (p Port) admits(v float64) bool {
	if p.Limit > 0 && !(v >= 0 && v < float64(p.Limit)) {
		return false
	}
	return v == math.Trunc(v) && v >= math.MinInt32 && v <= math.MaxInt32
}

// notAdmitted says why a port does not take value i of a block.
func (b *block) notAdmitted(i int, v float64, port Port) error {
	switch {
	case v != math.Trunc(v):
		return b.wrong(i, v, fmt.Sprintf("no integer, %s takes integers", port.Name))
	case port.Limit > 0:
		what, _ := b.subject(i, v)
		return fmt.Errorf("%s: %s, the program takes 0 to %d%s", b.place(i), what, port.Limit-1, b.classHelp())
	case v < 0:
		return b.wrong(i, v, fmt.Sprintf("too small: integers go down to %d", math.MinInt32))
	}
	return b.wrong(i, v, fmt.Sprintf("too large: integers go up to %d", math.MaxInt32))
}

// rounded returns v as T has it.
func rounded[T Float](v float64) float64 { return float64(T(v)) }

// largest is the largest number of a type.
func largest[T Float]() float64 {
	if math.IsInf(rounded[T](math.MaxFloat64), 0) {
		return math.MaxFloat32
	}
	return math.MaxFloat64
}
