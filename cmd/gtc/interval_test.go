package main

import (
	"math"
	"testing"

	"github.com/gtc-lang/gtc/ir"
	rt "github.com/gtc-lang/gtc/runtime"
)

// TestIntervalsAgree: the compiler and the runtime mean the same by a range, and
// say the same of it.
func TestIntervalsAgree(t *testing.T) {
	ends := []float64{math.Inf(-1), -2, 0, 0.5, 1, math.Inf(1)}
	numbers := append([]float64{math.NaN(), -3, 0.25, 2}, ends...)
	for _, lo := range ends {
		for _, hi := range ends {
			for flags := range 4 {
				i := ir.Interval{Lo: lo, Hi: hi, Above: flags&1 > 0 && !math.IsInf(lo, 0), Below: flags&2 > 0 && !math.IsInf(hi, 0)}
				r := (*rt.Interval)(&i)
				if i.Empty() {
					continue
				}
				if i.Words() != r.String() {
					t.Errorf("%s: %q, and %q", i, i.Words(), r)
				}
				for _, x := range numbers {
					if i.Has(x) != r.Has(x) {
						t.Errorf("whether %v is in %s", x, i)
					}
				}
			}
		}
	}
}
