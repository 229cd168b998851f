// Package ours is our side of the comparison, as a child of the bench command:
// products, vector functions and training steps by the runtime and by
// generated packages, called as a user calls them.
package ours

import (
	"fmt"
	"runtime"

	rt "github.com/gtc-lang/gtc/runtime"

	"github.com/gtc-lang/gtc/bench/wire"
)

// Server answers the bench command.
func Server() wire.Server {
	return wire.Server{
		About: fmt.Sprintf("kernels %s, %s", rt.Kernels(), runtime.Version()),
		Load:  load,
	}
}

func load(row wire.Row) (wire.Work, error) {
	switch kind := row["kind"]; kind {
	case "product":
		return loadProduct(row)
	case "vector":
		return loadVector(row)
	case "model":
		return loadModel(row)
	case "growth":
		return loadGrowth(row)
	case "pauses":
		return loadPauses(row)
	default:
		return nil, fmt.Errorf("unknown kind %q", kind)
	}
}
