package runtime

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// starts keeps the notes of a run's start.
type starts struct{ notes []string }

func (s *starts) Observe(e *Event) {
	if e.Kind == RunStarted {
		s.notes = append(s.notes, slices.Clone(e.Notes)...)
	}
}

// TestFewerClasses: a run says once that its data has fewer classes than the
// program has scores for, in the event of its start, as a line and as JSON.
func TestFewerClasses(t *testing.T) {
	shapes := &Pipeline{Inputs: []Input{{Port: "group", Ops: []Op{Categories("circle", "square", "triangle")}}}}
	all := []string{"circle", "square", "triangle"}
	for _, c := range []struct {
		limit      int
		pipeline   *Pipeline
		train, val []int32
		want       string
	}{
		{3, nil, []int32{0, 1, 2}, nil, ""},
		{10, nil, []int32{0, 2, 1}, nil, "group has 3 of 10 classes in the data (from 0 to 2): if no others are to come, make scores for 3"},
		{10, shapes, []int32{0, 2, 1}, nil, "group has 3 of 10 classes in the data (" + strings.Join(all, ", ") + "): if no others are to come, make scores for 3"},
		{3, nil, []int32{0, 1}, []int32{2}, ""}, // one is in the validation part alone
		{4, nil, []int32{1, 2}, []int32{3}, "group has 3 of 4 classes in the data (from 1 to 3): if no others are to come, number them from 0 (|> categories does that), and make scores for 3"},
		{4, nil, []int32{0, 3}, nil, "group has 2 of 4 classes in the data (from 0 to 3): if no others are to come, number them from 0 (|> categories does that), and make scores for 2"},
		{4, shapes, []int32{0, 1}, nil, "group has 2 of 4 classes in the data (from 0 to 1): if no others are to come, make scores for 2"},
	} {
		m := newToy[float64](1)
		m.program.Stop = untilEpoch(2)
		m.program.Ports[2].Limit, m.program.Ports[2].Class = c.limit, true
		data := Data[float64]{Train: classTable(c.train), Pipeline: c.pipeline}
		if c.val != nil {
			data.Validation = classTable(c.val)
		}
		var lines, json bytes.Buffer
		var seen starts
		if _, err := Run(t.Context(), m, data, Observe(&seen), Observe(Lines(&lines, 0)), Observe(JSONLines(&json))); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(seen.notes, "\n"); got != c.want {
			t.Errorf("%q, wanted %q", got, c.want)
		}
		if n := strings.Count(lines.String(), "note: "+c.want+"\n"); (n == 1) != (c.want != "") {
			t.Errorf("%d notes in\n%s", n, lines.String())
		}
		if n := strings.Count(json.String(), `,"notes":[`+string(quoteJSON(c.want))+`]}`); (n == 1) != (c.want != "") {
			t.Errorf("%d notes in\n%s", n, json.String())
		}
	}
}

// TestNoNoteOfClasses: positions in a table, tokens, and sources that are not in
// memory say nothing of classes.
func TestNoNoteOfClasses(t *testing.T) {
	few := classTable([]int32{0, 1})
	for name, c := range map[string]struct {
		port  Port
		train Source[float64]
	}{
		"positions": {Port{Name: "group", Int: true, Limit: 5}, few},
		"any":       {Port{Name: "group", Int: true, Class: true}, few},
		"tokens":    {Port{Name: "group", Int: true, Class: true, Limit: 5, Shape: []int{2}}, few},
		"no table":  {Port{Name: "group", Int: true, Class: true, Limit: 5}, struct{ Source[float64] }{few}},
	} {
		data := Data[float64]{Train: c.train, Validation: &Table[float64]{}}
		if notes := data.notes([]Port{{}, {}, c.port}); len(notes) > 0 {
			t.Errorf("%s: %q", name, notes)
		}
	}
}

// classTable is a toy's rows of these classes.
func classTable(classes []int32) *Table[float64] {
	t := toyData[float64](len(classes))
	t.Ints[2] = classes
	return t
}
