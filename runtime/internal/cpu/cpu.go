// Package cpu decides, once and in one place, which kernel set a process
// uses: assembly for AVX-512, assembly for AVX2 with FMA, or plain Go. What
// has kernels in assembly asks Use where it chooses one; nothing else looks
// at the processor's features.
package cpu

import (
	"fmt"
	"os"
)

// Set is a kernel set; a higher one needs a newer processor.
type Set uint8

// The kernel sets, from the one that runs everywhere upwards.
const (
	Go     Set = iota // plain Go
	AVX2              // AVX2, FMA3
	AVX512            // AVX-512 F, VL, DQ, BW beside the above
)

// Variable is the environment variable that holds the kernel set down, for
// runs that must give the bits of a lesser processor: "avx512", "avx2", "go".
const Variable = "GTC_KERNELS"

var (
	best         = detect()
	use, problem = choose(os.Getenv(Variable), best)
)

// String is the name that checkpoints record.
func (s Set) String() string { return [...]string{"go", "avx2", "avx512"}[s] }

// Use is the kernel set of this process.
func Use() Set { return use }

// Best is the highest set that this processor and this build have.
func Best() Set { return best }

// Problem says what is wrong with the environment variable's value, if it
// names no kernel set; Use is then as if it were not set.
func Problem() error { return problem }

// Force makes the process use a set, at most the best one, and returns what
// brings the former one back. For tests: while nothing else runs.
func Force(s Set) (restore func()) {
	former := use
	use = min(s, best)
	return func() { use = former }
}

// choose is the set for a value of the environment variable.
func choose(value string, best Set) (Set, error) {
	if value == "" {
		return best, nil
	}
	for s := Go; s <= AVX512; s++ {
		if value == s.String() {
			return min(s, best), nil
		}
	}
	return best, fmt.Errorf("%s=%s: no such kernel set; say avx512, avx2 or go", Variable, value)
}
