package interpret

import (
	"slices"
	"strings"
	"testing"
)

const sums = `package sums

dim B <= 2, T <= 6

model Sums(tok: int[B, T]) -> [B, T] {
    param w: [] = 1
    y[b, i in 0..T] = sum[j](where(j <= i, tok[b, j] - 96, 0))
    w * y
}

train Fit(tok: int[B, T], next: int[B, T]) {
    minimize mse(Sums(tok), next)
    with sgd(lr: 0.1)
    data text("text", by: bytes) { tok, next = windows(T) }
}

decode Go from Sums over T
`

// TestDecode: the letters of a text, counted from 1, have sums so far, however
// many are given at a time.
func TestDecode(t *testing.T) {
	want := []string{"1", "3", "6", "10", "15", "7", "15", "24", "34", "45"} // a to e, g to k: rows are six letters apart
	for n, calls := range map[float64]int{1: 5, 2: 3, 5: 1, 6: 1} {
		out, err := runText(t, sums, Options{Name: "Go", Data: "text", Set: []Value{{"T", 5}, {"N", n}}})
		if err != nil {
			t.Fatal(err)
		}
		rows := make([]string, 2)
		parts := strings.Split(out, "\ny ")
		for _, part := range parts[1:] {
			lines := strings.Split(part, "\n")
			rows[0], rows[1] = rows[0]+lines[1], rows[1]+lines[2]
		}
		if got := strings.Fields(rows[0] + rows[1]); len(parts)-1 != calls || !slices.Equal(got, want) || !strings.Contains(out, "\npositions 0..") {
			t.Errorf("%v at a time: %v in %d calls\n%s", n, got, len(parts)-1, out)
		}
	}
	out, err := runText(t, sums, Options{Name: "Go"})
	if err != nil || !strings.HasPrefix(out, "Go on random inputs, seed 0\npositions 0..1 of 4\ntok [2, 1]\n") {
		t.Errorf("%v\n%s", err, out)
	}
	if _, err := runText(t, sums, Options{Name: "Go", Set: []Value{{"N", 7}}}); err == nil || !strings.Contains(err.Error(), "from 1 to 6") {
		t.Error(err)
	}
}
