package runtime

import (
	"fmt"
	"math"
	"strconv"
)

// Interval is what a setting may be, as the program declares it: the numbers
// from Lo to Hi, without Lo where Above, without Hi where Below. An end that is
// infinite is none: NaN and Inf are in no interval. A nil Interval is none at
// all: whatever is there is taken.
type Interval struct {
	Lo, Hi       float64
	Above, Below bool
}

// Has reports whether a number is in the interval.
func (i *Interval) Has(x float64) bool {
	if i == nil {
		return true
	}
	above := x > i.Lo || x == i.Lo && !i.Above
	below := x < i.Hi || x == i.Hi && !i.Below
	return above && below && IsFinite(x)
}

// String is "0 or more and below 1".
func (i *Interval) String() string {
	lo, hi := !math.IsInf(i.Lo, 0), !math.IsInf(i.Hi, 0)
	least, most := decimal(i.Lo)+" or more", "at most "+decimal(i.Hi)
	if i.Above {
		least = "above " + decimal(i.Lo)
	}
	if i.Below {
		most = "below " + decimal(i.Hi)
	}
	switch {
	case lo && hi:
		return least + " and " + most
	case lo:
		return least
	case hi:
		return most
	}
	return "a finite number"
}

func decimal(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

// CheckSettings returns an error for the first setting that is outside its
// interval.
func CheckSettings(settings []Setting) error {
	for i := range settings {
		if s := &settings[i]; !s.In.Has(*s.Value) {
			return s.outside(*s.Value)
		}
	}
	return nil
}

func (s *Setting) outside(value float64) error {
	return fmt.Errorf("the setting %s is %s, not %v", s.Path, s.In, value)
}
