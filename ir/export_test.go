package ir

import "github.com/gtc-lang/gtc/dsl"

// WholeWork is the work of all that results depend on, counted value by value.
func WholeWork(results []*Value) dsl.Dim { return new(layersSoFar).jobOf(results, 0).work }
