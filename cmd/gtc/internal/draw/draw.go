package draw

import (
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"time"

	rt "github.com/gtc-lang/gtc/runtime"
)

// Modes are the ways to show a run.
var Modes = []string{"auto", "bar", "plain", "json", "none"}

// plainInterval is the least time between two plain lines.
const plainInterval = time.Second

// drawer shows events; close leaves the terminal in order.
type drawer interface {
	rt.Observer
	close()
}

// Progress shows one run.
type Progress struct {
	Notes io.Writer // for notes about the data; nil for nowhere
	mode  string
	w     io.Writer
	decoder
	drawer drawer
}

// IsTerminal reports whether w is a terminal that can be drawn on.
func IsTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	return ok && isTerminal(file)
}

// New shows a run in one of the Modes; auto is a bar on a terminal and plain
// lines elsewhere.
func New(mode string, w io.Writer) (*Progress, error) {
	p := &Progress{mode: mode, w: w}
	switch mode {
	case "auto":
		if IsTerminal(w) {
			return New("bar", w)
		}
		return New("plain", w)
	case "bar":
		p.drawer = newBar(w)
	case "plain":
		p.drawer = plain{rt.Lines(w, plainInterval)}
	case "json", "none":
		p.drawer = silent{}
	default:
		return nil, fmt.Errorf("-progress is one of %s, not %q", strings.Join(Modes, ", "), mode)
	}
	return p, nil
}

// Interval is the least time between two steps that the program should tell.
func (p *Progress) Interval() time.Duration {
	switch p.mode {
	case "bar":
		return 50 * time.Millisecond
	case "plain":
		return plainInterval
	case "json":
		return 0
	}
	return time.Hour
}

// Interrupted is called when a key has interrupted the run. The terminal has
// shown ^C where the cursor was, below the bar: it goes back to the beginning of
// that line, from where the bar is drawn again.
func (p *Progress) Interrupted() {
	if p.mode == "bar" {
		_, _ = io.WriteString(p.w, "\r")
	}
}

// Line takes a line that the program has printed.
func (p *Progress) Line(text []byte) error {
	if p.mode == "json" {
		if _, err := p.w.Write(text); err != nil {
			return err
		}
	}
	e, err := p.decode(text)
	if e != nil {
		p.note()
		p.drawer.Observe(e)
	}
	return err
}

// note prints the notes, before anything is drawn.
func (p *Progress) note() {
	for _, text := range p.notes {
		if p.Notes != nil && p.mode != "json" { // there they are among the lines
			fmt.Fprintf(p.Notes, "note: %s\n", text)
		}
	}
	p.notes = nil
}

// Close ends the drawing.
func (p *Progress) Close() { p.drawer.close() }

// Summarise prints what the run came to, if it came to an end.
func (p *Progress) Summarise() {
	s := p.event.Summary
	if s == nil || p.mode == "json" {
		return
	}
	word := "trained"
	switch {
	case s.Reason == rt.Cancelled:
		word = "interrupted"
	case s.Reason == rt.Failed:
		word = "failed"
	}
	fmt.Fprintf(p.w, "%s %s: %d epochs, %d steps, %v\n", word, s.Program, s.Epochs, s.Steps, s.Elapsed.Round(time.Millisecond))
	if s.Held != "" {
		fmt.Fprintf(p.w, "  stopped by  %s\n", s.Held)
	}
	if s.Best != "" {
		fmt.Fprintf(p.w, "  kept        epoch %d, the best %s\n", s.BestEpoch, s.Best)
	}
	over := ""
	if !math.IsNaN(s.LR) {
		over = fmt.Sprintf("  lr %.4g", s.LR)
	}
	if s.Unfinished > 0 {
		over += fmt.Sprintf("  (%d rows of an unfinished epoch)", s.Unfinished)
	}
	if s.Epochs > 0 || s.Unfinished > 0 {
		fmt.Fprint(p.w, values("training  ", false, s.Values, s.Train, over))
	}
	if s.Epochs > 0 || s.Unfinished > 0 && s.Reason != rt.Failed {
		fmt.Fprint(p.w, values("validation", true, s.Values, s.Validation, ""))
	}
}

// values is a line of the summary; nothing when there are none.
func values(title string, validation bool, names []rt.Value, x []float64, over string) string {
	if len(x) == 0 {
		return ""
	}
	text := "  " + title
	for i, v := range names {
		text += fmt.Sprintf("  %s %.6g%s", v.Name, x[i], v.Mark(validation))
	}
	return text + over + "\n"
}

// Model is the file that the model was saved to, "" when it was not.
func (p *Progress) Model() string { return p.model }

// Saved is the file that the run's state was saved to last, "" when it was
// not; SavedStep is when.
func (p *Progress) Saved() string  { return p.saved }
func (p *Progress) SavedStep() int { return p.step }

// plain leaves the end to the summary, and checkpoints unsaid.
type plain struct{ lines rt.Observer }

// Observe writes the event's line.
func (l plain) Observe(e *rt.Event) {
	if e.Kind != rt.Checkpointed && e.Kind != rt.RunEnded {
		l.lines.Observe(e)
	}
}

func (plain) close() {}

// silent shows nothing.
type silent struct{}

// Observe does nothing.
func (silent) Observe(*rt.Event) {}

func (silent) close() {}
