package irtest

import (
	"math/rand"
	"slices"
)

// Choices is what a random program was made from: it makes the same one again.
type Choices []int

// Record makes choices from a seed and records them.
func (c *Choices) Record(seed int64) func(n int) int {
	rng := rand.New(rand.NewSource(seed))
	return func(n int) int {
		*c = append(*c, rng.Intn(n))
		return (*c)[len(*c)-1]
	}
}

// Replay makes the recorded choices again, and 0 after the last.
func (c Choices) Replay() func(n int) int {
	next := 0
	return func(n int) int {
		if next++; next > len(c) {
			return 0
		}
		return c[next-1] % n
	}
}

const maxTries = 4000

// Shrink looks for fewer and smaller choices that are still bad: it leaves
// stretches out and puts 0 for choices as long as that helps.
func (c Choices) Shrink(bad func(c Choices) bool) Choices {
	tries := 0
	try := func(d Choices) bool {
		if tries++; tries > maxTries || !bad(d) {
			return false
		}
		c = d
		return true
	}
	for before := -1; before != tries && tries < maxTries; {
		before = tries
		helped := false
		for size := 64; size > 0; size /= 2 {
			for i := 0; i+size <= len(c); {
				if !try(slices.Delete(slices.Clone(c), i, i+size)) {
					i++
				} else {
					helped = true
				}
			}
		}
		for i := range c {
			if d := slices.Clone(c); c[i] != 0 {
				d[i] = 0
				helped = try(d) || helped
			}
		}
		if !helped {
			break
		}
	}
	return c
}
