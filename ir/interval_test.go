package ir_test

import (
	"math"
	"testing"

	"github.com/gtc-lang/gtc/ir"
)

// TestIntervals: what is in an interval, how it is written, and what is in two.
func TestIntervals(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		in          ir.Interval
		text, words string
		has, not    []float64
	}{
		{ir.Interval{Lo: 0, Hi: 1, Below: true}, "0..1", "0 or more and below 1", []float64{0, 0.5}, []float64{-1e-9, 1}},
		{ir.Interval{Lo: 0, Hi: 1, Above: true}, "0<..=1", "above 0 and at most 1", []float64{1e-9, 1}, []float64{0, 1.5}},
		{ir.Interval{Lo: -0.5, Hi: inf}, "-0.5..", "-0.5 or more", []float64{-0.5, 1e300}, []float64{-0.6}},
		{ir.Interval{Lo: 1e-5, Hi: inf, Above: true}, "1e-05<..", "above 1e-05", []float64{1}, []float64{1e-5}},
		{ir.Interval{Lo: -inf, Hi: -2, Below: true}, "..-2", "below -2", []float64{-3}, []float64{-2}},
		{ir.AnyNumber, "..", "a finite number", []float64{0, -1e300}, nil},
	} {
		if c.in.String() != c.text || c.in.Words() != c.words {
			t.Errorf("%+v is %q, %q; want %q, %q", c.in, c.in, c.in.Words(), c.text, c.words)
		}
		for _, x := range c.has {
			if !c.in.Has(x) {
				t.Errorf("%v is not in %s", x, c.in)
			}
		}
		for _, x := range append(c.not, math.NaN(), inf, -inf) {
			if c.in.Has(x) {
				t.Errorf("%v is in %s", x, c.in)
			}
		}
		if c.in.Empty() || c.in.Meet(ir.AnyNumber) != c.in || ir.AnyNumber.Meet(c.in) != c.in {
			t.Errorf("%s and every number are not %s", c.in, c.in)
		}
		again, err := ir.Parse("setting \"a\" 1 in " + c.text + "\n")
		if err != nil || *again.Settings[0].In != c.in {
			t.Errorf("%s is read as %+v, %v", c.text, again, err)
		}
	}
	open, closed := ir.Interval{Lo: 0, Hi: 1, Above: true, Below: true}, ir.Interval{Lo: 0, Hi: 1}
	if open.Meet(closed) != open || closed.Meet(open) != open {
		t.Error("an end that is left out of one is in both")
	}
	if apart := open.Meet(ir.Interval{Lo: 1, Hi: 2}); !apart.Empty() {
		t.Errorf("%s is not empty", apart)
	}
}
