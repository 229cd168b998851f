package runtime

import (
	"fmt"
	"io"
	"math"
	"strconv"
)

// JSONLines returns an observer that writes every event as a line of JSON:
// "event" is its name; numbers that are NaN or infinite are null. The first
// line has the names of the values in their order, and of those that are means
// of parts (Value.OfParts), and notes, if there are any; the last one has the
// summary.
func JSONLines(w io.Writer) Observer { return &jsonLines{w: w} }

type jsonLines struct {
	w   io.Writer
	buf []byte
}

// Observe writes the event.
func (l *jsonLines) Observe(e *Event) {
	p := e.Progress
	b := fmt.Appendf(l.buf[:0], `{"event":%q,"program":%s,"epoch":%d,"step":%d,"total":%d,"rows":%d,"seconds":%.3f`,
		e.Kind, quoteJSON(e.Program), p.Epoch, p.Step, e.Total, e.Rows, e.Elapsed.Seconds())
	switch e.Kind {
	case RunStarted:
		b = appendStart(b, e)
	case StepDone:
		b = fmt.Appendf(b, `,"step_in_epoch":%d`, e.StepInEpoch)
		b = appendJSONValues(b, "values", e.Values, e.Results)
		b = appendNumber(append(b, `,"grad_norm":`...), p.GradNorm)
		b = appendNumber(append(b, `,"lr":`...), p.LR)
	case StepSkipped:
		b = append(append(b, `,"error":`...), quoteJSON(e.NotFinite.Error())...)
	case EpochDone:
		b = appendJSONValues(b, "values", e.Values, p.Train)
	case Validated:
		b = appendJSONValues(b, "values", e.Values, p.Validation)
	case Checkpointed:
		b = append(append(b, `,"path":`...), quoteJSON(e.Path)...)
	case RunEnded:
		b = appendEnd(b, e.Summary)
	}
	l.buf = append(b, "}\n"...)
	l.w.Write(l.buf)
}

func appendStart(b []byte, e *Event) []byte {
	var names, ofParts []string
	for i := range e.Values {
		v := &e.Values[i]
		names = append(names, v.Name)
		for _, validation := range []bool{false, true} {
			if v.Mark(validation) != "" {
				ofParts = append(ofParts, v.full(validation))
			}
		}
	}
	b = appendTexts(fmt.Appendf(b, `,"steps_per_epoch":%d`, e.StepsPerEpoch), "names", names)
	if len(ofParts) > 0 {
		b = appendTexts(b, "means_of_parts", ofParts)
	}
	if len(e.Notes) > 0 {
		b = appendTexts(b, "notes", e.Notes)
	}
	return b
}

func appendTexts(b []byte, key string, texts []string) []byte {
	b = fmt.Appendf(b, `,%q:[`, key)
	for i, text := range texts {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, quoteJSON(text)...)
	}
	return append(b, ']')
}

func appendEnd(b []byte, s *Summary) []byte {
	b = append(append(b, `,"reason":`...), quoteJSON(string(s.Reason))...)
	b = append(append(b, `,"held":`...), quoteJSON(s.Held)...)
	if s.Best != "" {
		b = append(append(b, `,"best":`...), quoteJSON(s.Best)...)
		b = fmt.Appendf(b, `,"best_epoch":%d`, s.BestEpoch)
	}
	b = fmt.Appendf(b, `,"skipped":%d,"resumed":%t`, s.Skipped, s.Resumed)
	b = appendNumber(append(b, `,"lr":`...), s.LR)
	b = appendJSONValues(b, "values", s.Values, s.Train)
	if s.Unfinished > 0 {
		b = fmt.Appendf(b, `,"unfinished":%d`, s.Unfinished)
	}
	if s.Validation != nil {
		b = appendJSONValues(b, "validation", s.Values, s.Validation)
	}
	return append(append(b, `,"path":`...), quoteJSON(s.Checkpoint)...)
}

func appendJSONValues(b []byte, key string, values []Value, x []float64) []byte {
	b = fmt.Appendf(b, `,%q:{`, key)
	for i, v := range values {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(b, quoteJSON(v.Name)...), ':')
		b = appendNumber(b, x[i])
	}
	return append(b, '}')
}

func appendNumber(b []byte, x float64) []byte {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return append(b, "null"...)
	}
	return strconv.AppendFloat(b, x, 'g', -1, 64)
}
