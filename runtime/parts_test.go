package runtime

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

const rootAt = "toy.gt:2:2: a root"

// rooted is a toy of whose values parts do not give the whole's, by their
// numbers: in training and in validation.
func rooted(training, validation []int) *toy[float64] {
	m := newToy[float64](1)
	p := &m.program
	p.Values[1].Better = Lower
	for _, i := range training {
		p.Values[i].Whole = rootAt
	}
	for _, i := range validation {
		p.Values[i].WholeValidation = rootAt
	}
	p.Stop = untilEpoch(1)
	return m
}

// TestRunsByMeansOfPartsAreRefused: what a run goes by is what the whole gives,
// or nothing is changed. The toy takes 8 rows at a time.
func TestRunsByMeansOfPartsAreRefused(t *testing.T) {
	for _, c := range []struct {
		training, validation []int
		accumulate, rows     int // rows of validation
		stop, keep           string
		says                 string
	}{
		{accumulate: 4, rows: 20, stop: "val.bias", keep: "bias"},
		{validation: []int{0}, rows: 9, says: "train Fit validates 9 rows, 8 at a time, but its objective is not"},
		{validation: []int{0}, rows: 8},
		{validation: []int{0}},
		{training: []int{0}, rows: 9},
		{training: []int{0}, accumulate: 2, says: "an update of 8 rows, 4 at a time, but its objective is not"},
		{validation: []int{1}, rows: 9},
		{validation: []int{1}, rows: 9, stop: "val.bias", says: "but val.bias, which the stop rule looks at, is not"},
		{validation: []int{1}, rows: 9, stop: "bias"},
		{validation: []int{1}, rows: 8, stop: "val.bias", keep: "val.bias"},
		{validation: []int{1}, rows: 9, keep: "val.bias", says: "but val.bias, the best of which is to be kept, is not"},
		{validation: []int{1}, rows: 9, keep: "val.loss"},
		{training: []int{1}, accumulate: 2, rows: 9},
		{training: []int{1}, accumulate: 2, stop: "bias", says: "but bias, which the stop rule looks at, is not"},
		{training: []int{1}, accumulate: 2, keep: "bias", says: "but bias, the best of which is to be kept, is not"},
		{training: []int{1}, accumulate: 1, rows: 9, stop: "bias", keep: "val.bias"},
	} {
		m := rooted(c.training, c.validation)
		p := &m.program
		p.Accumulate = c.accumulate
		if c.stop != "" {
			p.StopsBy = []string{c.stop}
		}
		var options []Option
		if c.keep != "" {
			options = append(options, KeepBest(c.keep))
		}
		before := m.W[0]
		_, err := Run(t.Context(), m, toyParts(20+c.rows, c.rows), options...)
		switch {
		case c.says == "" && err != nil:
			t.Errorf("%+v: %v", c, err)
		case c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), rootAt) || m.W[0] != before || p.Step != 0):
			t.Errorf("%+v: %v; W %v, was %v", c, err, m.W[0], before)
		}
	}
}

// TestMeansOfPartsAreMarked: a report that is told without being what the whole
// gives says so, and no other does.
func TestMeansOfPartsAreMarked(t *testing.T) {
	for _, c := range []struct {
		training, validation []int
		accumulate, rows     int
		marked               []string // of bias, val.bias
	}{
		{nil, nil, 4, 9, nil},
		{[]int{1}, []int{1}, 1, 8, nil},
		{[]int{1}, []int{1}, 2, 8, []string{"bias"}},
		{[]int{1}, []int{1}, 1, 9, []string{"val.bias"}},
		{[]int{1}, []int{1}, 2, 9, []string{"bias", "val.bias"}},
	} {
		m := rooted(c.training, c.validation)
		m.program.Accumulate = c.accumulate
		var lines, json bytes.Buffer
		s, err := Run(t.Context(), m, toyParts(16+c.rows, c.rows), Observe(Lines(&lines, 0)), Observe(JSONLines(&json)))
		if err != nil {
			t.Fatal(err)
		}
		checkMarks(t, lines.String(), c.marked)
		want := ""
		if len(c.marked) > 0 {
			want = `,"means_of_parts":["` + strings.Join(c.marked, `","`) + `"]`
		}
		first, _, _ := strings.Cut(json.String(), "\n")
		if !strings.HasSuffix(first, `"names":["loss","bias"]`+want+"}") || strings.Count(json.String(), "means_of_parts") > 1 {
			t.Errorf("%+v: %s", c, json.String())
		}
		if v := s.Values[1]; v.OfParts != (len(c.marked) > 0 && c.marked[0] == "bias") || m.program.Values[1].OfParts || s.Values[0].OfParts {
			t.Errorf("%+v: %+v", c, s.Values)
		}
	}
}

// checkMarks checks that each number of certain names is marked in plain lines,
// and no other one.
func checkMarks(t *testing.T, text string, marked []string) {
	t.Helper()
	const mark = " (mean of parts)"
	rest := text
	for _, name := range marked {
		numbers := 0
		for _, field := range strings.Split(strings.ReplaceAll(text, "\n", "  "), "  ") {
			if strings.HasPrefix(field, name+" ") {
				numbers++
				if !strings.HasSuffix(field, mark) {
					t.Errorf("%q has no mark in\n%s", field, text)
				}
				rest = strings.Replace(rest, field, "", 1)
			}
		}
		if numbers < 2 { // of the epoch, and of the run
			t.Errorf("%d numbers of %s in\n%s", numbers, name, text)
		}
	}
	if strings.Contains(rest, mark) {
		t.Errorf("marked beside %v:\n%s", marked, text)
	}
}

// TestEvaluateInParts: the means come with an error that says what they are.
func TestEvaluateInParts(t *testing.T) {
	for rows, inParts := range map[int]bool{8: false, 9: true} {
		m := rooted([]int{0, 1}, []int{1})
		want, err := Evaluate(t.Context(), newToy[float64](1), toyData[float64](rows))
		if err != nil {
			t.Fatal(err)
		}
		means, err := Evaluate(t.Context(), m, toyData[float64](rows))
		var parts *PartsError
		if errors.As(err, &parts) != inParts || means[0] != want[0] || means[1] != want[1] {
			t.Errorf("%d rows: %v, wanted %v; %v", rows, means, want, err)
		}
		if inParts && (len(parts.Values) != 1 || err.Error() != "evaluated 9 rows, 8 at a time, although parts do not add up to bias ("+rootAt+"): raise the bound of the batch in the program, or evaluate fewer rows") {
			t.Error(err)
		}
	}
}
