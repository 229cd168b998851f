package dsl

import (
	"slices"
	"strings"
)

// DidYouMean is the candidate nearest to name, or "" when none is near; small
// and capital letters differ least. Of equally near ones it is the first in the
// alphabet.
func DidYouMean(name string, candidates []string) string {
	best, bestDistance := "", 1+len(name)/3
	for _, c := range candidates {
		d := distance(name, c)
		if c != name && strings.EqualFold(c, name) {
			d = 0
		}
		if c == name || d > bestDistance || d >= len(name) && !strings.EqualFold(c, name) {
			continue
		}
		if d < bestDistance || best == "" || c < best {
			best, bestDistance = c, d
		}
	}
	return best
}

// Slips are the candidates that differ from name by one slip of the pen, in
// alphabetical order: one letter, or small and capital letters. A candidate of
// one letter is like too much.
func Slips(name string, candidates []string) []string {
	var list []string
	for _, c := range candidates {
		if c != name && len(c) > 1 && (distance(name, c) == 1 || strings.EqualFold(name, c)) {
			list = append(list, c)
		}
	}
	slices.Sort(list)
	return list
}

// distance is the least number of characters to add, drop, change, or exchange
// with a neighbour.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	prev, row := make([]int, len(y)+1), make([]int, len(y)+1)
	older := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(x); i++ {
		older, prev, row = prev, row, older
		row[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			row[j] = min(prev[j]+1, row[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], older[j-2]+1)
			}
		}
	}
	return row[len(y)]
}
