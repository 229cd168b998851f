package runtime

import "strings"

// nearest is the name of a list that is most like another: the same but for
// its case and signs, or of the least changes, one in three letters at most; ""
// when none is.
func nearest(name string, list []string) string {
	best, least := "", 1+len(name)/3
	for _, other := range list {
		d := changes(plainName(name), plainName(other))
		if d < least || d == least && best == "" && d < len(name) {
			best, least = other, d
		}
	}
	return best
}

// plainName is a name as a careless reader has it.
func plainName(name string) string {
	return strings.NewReplacer("_", "", " ", "", "-", "", ".", "").Replace(strings.ToLower(name))
}

// changes is how many characters are added, dropped or exchanged between two
// names.
func changes(name, other string) int {
	a, b := []rune(name), []rune(other)
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j := range b {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}
