package runtime

import (
	"fmt"
	"io"
	"strconv"
	"time"
)

// Lines returns an observer that writes plain lines: notes, the start, epochs and
// validations, steps not more often than interval, skipped steps,
// checkpoints, the end.
func Lines(w io.Writer, interval time.Duration) Observer {
	return &lines{w: w, interval: interval}
}

type lines struct {
	w        io.Writer
	interval time.Duration
	last     time.Duration // when the last step or epoch was written
	ended    time.Duration // when the last epoch was written
	epoch    int           // the last one written
	buf      []byte
}

// Observe writes the event's line, if it has one.
func (l *lines) Observe(e *Event) {
	if l.tooSoon(e) {
		return
	}
	l.buf = append(appendLine(l.buf[:0], e), '\n')
	l.w.Write(l.buf)
}

// tooSoon holds back steps that follow too fast on what was written, and epochs
// that follow too fast on each other. A validation is written when its epoch
// was.
func (l *lines) tooSoon(e *Event) bool {
	switch e.Kind {
	case StepDone:
		if e.Elapsed-l.last < l.interval {
			return true
		}
		l.last = e.Elapsed
	case EpochDone:
		if e.Elapsed-l.ended < l.interval {
			return true
		}
		l.last, l.ended, l.epoch = e.Elapsed, e.Elapsed, e.Progress.Epoch
	case Validated:
		return l.epoch != e.Progress.Epoch
	}
	return false
}

func appendLine(b []byte, e *Event) []byte {
	p := e.Progress
	switch e.Kind {
	case RunStarted:
		for _, note := range e.Notes {
			b = fmt.Appendf(b, "note: %s\n", note)
		}
		return fmt.Appendf(b, "train %s: epoch %d, step %d%s, %d steps an epoch", e.Program, p.Epoch, p.Step, of(e.Total), e.StepsPerEpoch)
	case StepDone:
		b = appendValues(fmt.Appendf(b, "step %d%s", p.Step, of(e.Total)), false, e.Values, e.Results)
		return appendRate(fmt.Appendf(b, "  grad_norm %.4g", p.GradNorm), p.LR)
	case StepSkipped:
		return fmt.Appendf(b, "step left out: %v", e.NotFinite)
	case EpochDone:
		return appendValues(fmt.Appendf(b, "epoch %d", p.Epoch), false, e.Values, p.Train)
	case Validated:
		return appendValues(fmt.Appendf(b, "epoch %d", p.Epoch), true, e.Values, p.Validation)
	case Checkpointed:
		return append(append(b, "saved "...), e.Path...)
	}
	return appendSummary(b, e.Summary)
}

// appendRate writes a learning rate, if there is one.
func appendRate(b []byte, lr float64) []byte {
	if lr != lr {
		return b
	}
	return fmt.Appendf(b, "  lr %.4g", lr)
}

func of(total int) string {
	if total == 0 {
		return ""
	}
	return "/" + strconv.Itoa(total)
}

func appendValues(b []byte, validation bool, values []Value, x []float64) []byte {
	for i := range values {
		v := &values[i]
		b = fmt.Appendf(b, "  %s %.6g%s", v.full(validation), x[i], v.Mark(validation))
	}
	return b
}

func appendSummary(b []byte, s *Summary) []byte {
	why := string(s.Reason)
	if s.Held != "" {
		why += ": " + s.Held
	}
	b = fmt.Appendf(b, "ended (%s) after %d epochs, %d steps, %v", why, s.Epochs, s.Steps, s.Elapsed.Round(time.Millisecond))
	b = appendValues(b, false, s.Values, s.Train)
	if s.Unfinished > 0 {
		b = fmt.Appendf(b, "  (%d rows of an unfinished epoch)", s.Unfinished)
	}
	if s.Validation != nil {
		b = appendValues(b, true, s.Values, s.Validation)
	}
	if s.Best != "" {
		b = fmt.Appendf(b, "  (of epoch %d, the best %s)", s.BestEpoch, s.Best)
	}
	if s.Skipped > 0 {
		b = fmt.Appendf(b, "  (%d steps left out)", s.Skipped)
	}
	return b
}
