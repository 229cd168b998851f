package runtime

import (
	"fmt"
	"slices"
	"strings"
)

// notes says what is no mistake in data, but hardly meant: that it has fewer
// classes than the program has scores for.
func (d Data[T]) notes(ports []Port) (list []string) {
	for i, p := range ports {
		if !p.Class || p.Limit == 0 || p.Size() != 1 {
			continue // of a class for each place of a row, as of tokens, some may well be missing
		}
		seen := make([]bool, p.Limit)
		for _, part := range []Source[T]{d.Train, d.Validation} {
			if t, ok := part.(*Table[T]); ok && t.Rows > 0 {
				for _, class := range t.Ints[i] {
					seen[class] = true
				}
			}
		}
		var names []string
		if d.Pipeline != nil {
			names = d.Pipeline.ClassNames(p.Name)
		}
		if text := fewer(p, seen, names); text != "" {
			list = append(list, text)
		}
	}
	return list
}

// mostNamed is of how many classes the names are listed.
const mostNamed = 8

// fewer tells that some classes of a port are not there; "" where all are, or
// where none is known.
func fewer(p Port, seen []bool, names []string) string {
	count, first, last := 0, slices.Index(seen, true), 0
	for class, there := range seen {
		if there {
			count, last = count+1, class
		}
	}
	if count == 0 || count == len(seen) {
		return ""
	}
	which, advice := fmt.Sprintf("from %d to %d", first, last), ""
	switch {
	case len(names) == count && count <= mostNamed:
		which = strings.Join(names, ", ")
	case first > 0 || last >= count:
		advice = "number them from 0 (|> categories does that), and "
	}
	return fmt.Sprintf("%s has %d of %d classes in the data (%s): if no others are to come, %smake scores for %[2]d", p.Name, count, len(seen), which, advice)
}
