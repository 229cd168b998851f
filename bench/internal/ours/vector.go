package ours

import (
	"fmt"
	"time"

	rt "github.com/gtc-lang/gtc/runtime"

	"github.com/gtc-lang/gtc/bench/wire"
)

// vector is a function over an array.
type vector struct {
	function func(to, from []float32)
	x, y     []float32
}

func loadVector(row wire.Row) (wire.Work, error) {
	v := &vector{x: rt.Memory[float32](row.Int("n")), y: rt.Memory[float32](row.Int("n"))}
	switch name := row["function"]; name {
	case "exp":
		v.function = rt.ExpRow[float32]
	case "tanh":
		v.function = rt.TanhRow[float32]
	default:
		return nil, fmt.Errorf("unknown function %q", name)
	}
	fill(v.x, 1)
	for i := range v.x {
		v.x[i] *= 16 // both ends of tanh, and exp from 3e-4 to 3e3
	}
	return v, nil
}

func (v *vector) Run(n int) (time.Duration, error) {
	start := time.Now()
	for range n {
		v.function(v.y, v.x)
	}
	return time.Since(start), nil
}

func (v *vector) Check(n int) ([]float64, error) {
	v.function(v.y, v.x)
	return sample(v.y, n), nil
}
