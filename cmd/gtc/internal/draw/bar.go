//go:build !js && !wasip1

package draw

import (
	"fmt"
	"io"
	"math"
	"os"
	"sync/atomic"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/cwriter"
	"github.com/vbauerster/mpb/v8/decor"

	rt "github.com/gtc-lang/gtc/runtime"
)

// isTerminal reports whether a bar can be drawn there: some terminals say that
// they have no columns.
func isTerminal(f *os.File) bool {
	if !cwriter.IsTerminal(int(f.Fd())) {
		return false
	}
	width, height, err := cwriter.GetSize(int(f.Fd()))
	return err == nil && width > 0 && height > 0
}

// bar is a progress bar: over the whole run when its length is known, else
// over the epoch.
type bar struct {
	progress *mpb.Progress
	bar      *mpb.Bar
	before   atomic.Pointer[string]   // text left of the bar
	after    atomic.Pointer[[]string] // right of it, most important first
	first    int                      // steps that a resumed run had made
	ended    bool
}

// leastBar is how wide the bar is at least: what does not fit beside it is left
// out.
const leastBar = 8

func newBar(w io.Writer) drawer {
	return &bar{progress: mpb.New(mpb.WithOutput(w), mpb.WithAutoRefresh())}
}

// begin draws the bar, once there is something to say beside it.
func (b *bar) begin() {
	b.bar = b.progress.New(0, mpb.BarStyle().Lbound("").Rbound("").Filler("█").Tip("█").Padding("░"),
		mpb.BarWidth(24),
		mpb.PrependDecorators(decor.Any(func(decor.Statistics) string { return *b.before.Load() })),
		mpb.AppendDecorators(decor.Any(func(s decor.Statistics) string {
			return fitting(*b.after.Load(), s.AvailableWidth-leastBar)
		})))
}

// Observe moves the bar.
func (b *bar) Observe(e *rt.Event) {
	switch e.Kind {
	case rt.RunStarted:
		b.first = e.Progress.Step
	case rt.RunEnded:
		b.ended = e.Summary.Reason == rt.Stopped
	}
	before, after := b.texts(e)
	b.before.Store(&before)
	b.after.Store(&after)
	if b.bar == nil {
		b.begin()
	}
	if e.Total > 0 {
		b.bar.SetTotal(int64(e.Total), false)
		b.bar.SetCurrent(int64(e.Progress.Step))
	} else if e.Kind == rt.StepDone {
		b.bar.SetTotal(int64(e.StepsPerEpoch), false)
		b.bar.SetCurrent(int64(e.StepInEpoch))
	}
}

// fitting is as many parts as there is room for.
func fitting(parts []string, room int) string {
	text := " "
	for _, part := range parts {
		if len(text)+1+len(part) <= room {
			text += " " + part
		}
	}
	return text
}

// texts says where the run is, and how well it does.
func (b *bar) texts(e *rt.Event) (before string, after []string) {
	p := e.Progress
	epoch := fmt.Sprint(p.Epoch)
	if e.Total > 0 && e.StepsPerEpoch > 0 {
		epoch += fmt.Sprintf("/%d", (e.Total+e.StepsPerEpoch-1)/e.StepsPerEpoch)
	}
	before = fmt.Sprintf("%s  epoch %s ", e.Program, epoch)
	if len(e.Values) > 0 && p.Step > b.first {
		after = append(after, fmt.Sprintf("%s %.4g%s", e.Values[0].Name, newest(e), e.Values[0].Mark(false)))
	}
	for i, v := range e.Values {
		if x := p.Validation[i]; i < 2 && !math.IsNaN(x) {
			after = append(after, fmt.Sprintf(" val.%s %.4g%s", v.Name, x, v.Mark(true)))
		}
	}
	if !math.IsNaN(p.LR) {
		after = append(after, fmt.Sprintf(" lr %.3g", p.LR))
	}
	if seconds := e.Elapsed.Seconds(); seconds > 0 && p.Step > b.first {
		after = append(after, " "+speed(float64(p.Step-b.first)/seconds))
	}
	return before, after
}

// newest is the first value of the step told last, or of the epoch while no
// step has been told.
func newest(e *rt.Event) float64 {
	if x := e.Results[0]; !math.IsNaN(x) {
		return x
	}
	return e.Progress.Train[0]
}

// speed is a number of steps a second, in three digits or more.
func speed(x float64) string {
	if x >= 100 {
		return fmt.Sprintf("%.0f steps/s", x)
	}
	return fmt.Sprintf("%.3g steps/s", x)
}

// close leaves the bar as it stands.
func (b *bar) close() {
	switch {
	case b.bar == nil: // nothing has happened
	case b.ended:
		b.bar.SetTotal(-1, true) // where it is, is the end
	default:
		b.bar.Abort(false)
	}
	b.progress.Wait()
}
