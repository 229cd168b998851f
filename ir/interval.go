package ir

import (
	"math"
	"strconv"
)

// Interval is the numbers that a parameter takes, as it declares them: from Lo
// to Hi, without Lo where Above, without Hi where Below. An end that is infinite
// is none: NaN and Inf are in no interval.
type Interval struct {
	Lo, Hi       float64
	Above, Below bool
}

// AnyNumber is every finite number.
var AnyNumber = Interval{Lo: math.Inf(-1), Hi: math.Inf(1)}

// Has reports whether a number is in the interval.
func (i Interval) Has(x float64) bool {
	above := x > i.Lo || x == i.Lo && !i.Above
	below := x < i.Hi || x == i.Hi && !i.Below
	return above && below && !math.IsInf(x, 0)
}

// Meet is what is in both.
func (i Interval) Meet(j Interval) Interval {
	if j.Lo > i.Lo || j.Lo == i.Lo && j.Above {
		i.Lo, i.Above = j.Lo, j.Above
	}
	if j.Hi < i.Hi || j.Hi == i.Hi && j.Below {
		i.Hi, i.Below = j.Hi, j.Below
	}
	return i
}

// Empty reports whether no number is in the interval.
func (i Interval) Empty() bool { return i.Lo > i.Hi || i.Lo == i.Hi && (i.Above || i.Below) }

// String is the interval as a source has it: "0..1", "0<..", "0..=1".
func (i Interval) String() string {
	text := ""
	if !math.IsInf(i.Lo, 0) {
		text = shortest(i.Lo)
	}
	if i.Above {
		text += "<"
	}
	text += ".."
	if math.IsInf(i.Hi, 0) {
		return text
	}
	if !i.Below {
		text += "="
	}
	return text + shortest(i.Hi)
}

// Words says what the numbers are: "0 or more and below 1". The runtime says the
// same of a setting.
func (i Interval) Words() string {
	lo, hi := !math.IsInf(i.Lo, 0), !math.IsInf(i.Hi, 0)
	least, most := shortest(i.Lo)+" or more", "at most "+shortest(i.Hi)
	if i.Above {
		least = "above " + shortest(i.Lo)
	}
	if i.Below {
		most = "below " + shortest(i.Hi)
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

func shortest(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

// interval reads what String writes.
func (c *cursor) interval() *Interval {
	i := AnyNumber
	if !c.take("..") {
		i.Lo = c.end()
		i.Above = c.take("<")
		c.expect("..")
	}
	closed := c.take("=")
	if b := c.peek(); b == '-' || b >= '0' && b <= '9' {
		i.Hi, i.Below = c.end(), !closed
	}
	return &i
}

// end is a number before a mark or a blank.
func (c *cursor) end() float64 {
	rest := c.rest()
	n := 0
	for n < len(rest) && rest[n] != ' ' && rest[n] != '<' && (rest[n] != '.' || n+1 < len(rest) && rest[n+1] != '.') {
		n++
	}
	x, err := strconv.ParseFloat(rest[:n], 64)
	if err != nil {
		c.fail("a number is expected at %q", rest)
		return 0
	}
	c.pos += n
	return x
}
