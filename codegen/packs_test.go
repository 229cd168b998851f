package codegen_test

import (
	"testing"

	"github.com/gtc-lang/gtc/ir/plan"
	rt "github.com/gtc-lang/gtc/runtime"
)

// TestPackedLength holds the plan's sizes of packed copies to the runtime's.
func TestPackedLength(t *testing.T) {
	for k := 1; k < 70; k += 3 {
		for n := 1; n < 140; n++ {
			p := plan.Pack{K: k, N: n, Count: 3}
			if got, want := p.Elements(4), 3*rt.PackedLen[float32](k, n); got != want {
				t.Errorf("float32 [%d, %d]: %d elements, %d in the runtime", k, n, got, want)
			}
			if got, want := p.Elements(8), 3*rt.PackedLen[float64](k, n); got != want {
				t.Errorf("float64 [%d, %d]: %d elements, %d in the runtime", k, n, got, want)
			}
		}
	}
}
