package contest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/gtc-lang/gtc/bench/internal/rows"
	"github.com/gtc-lang/gtc/bench/internal/stat"
	"github.com/gtc-lang/gtc/bench/wire"
)

const (
	heatTurns = 3
	// inSlices is into how many slices a sample is cut, if it has as many units.
	inSlices = 4
	// near is how much slower than the fastest of its family a peer may be in
	// the heat and still be measured in full.
	near = 1.2
	// idleTime is for how long a child must not run to count as idle, and
	// idleWithin the time in which it must come to that after a sample.
	idleTime   = 2 * time.Millisecond
	idleWithin = 200 * time.Millisecond
	// calm is the share of idleTime that an idle child may still use.
	calm = 0.05
)

// heats are for rows with many peers: each is measured alone for a few
// samples, and of each family only those near its fastest go on.
func (m *meeting) heats(ctx context.Context) error {
	ours := m.runners[0]
	err := m.enter(ctx, ours) // for what it computes
	ours.stop()
	if err != nil {
		return fmt.Errorf("%s: %w", m.row.Name, err)
	}
	for _, r := range m.runners[1:] {
		m.Progress(fmt.Sprintf("%s: heat of %s", m.row.Name, r))
		r.begin()
		err := m.enter(ctx, r)
		for range heatTurns {
			if err == nil {
				err = m.turn(ctx, []*runner{r})
			}
		}
		r.stop()
		if err := m.handle(ctx, r, err); err != nil {
			return err
		}
		r.heat = true
	}
	m.choose()
	return nil
}

// begin makes room for the samples of one more process.
func (r *runner) begin() {
	r.seconds, r.shares = append(r.seconds, nil), append(r.shares, nil)
}

// enter starts a program, checks that it computes what ours does, and warms
// it up.
func (m *meeting) enter(ctx context.Context, r *runner) error {
	if err := m.start(ctx, r); err != nil {
		return err
	}
	if err := m.compare(r); err != nil {
		return err
	}
	return m.warm(r)
}

// handle drops a peer that has no part in the row or fails; our own failure
// is an error.
func (m *meeting) handle(ctx context.Context, r *runner, err error) error {
	var no wire.NotHere
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case r.ours:
		return fmt.Errorf("%s: %w", m.row.Name, err)
	case !errors.As(err, &no):
		m.note("%s: %v", r, err)
	}
	r.out = true
	return nil
}

// choose keeps, of each family, those near its fastest for the rounds.
func (m *meeting) choose() {
	fastest := map[string]float64{}
	for _, r := range m.runners[1:] {
		if best, ok := fastest[r.peer.Family]; !r.out && (!ok || r.median() < best) {
			fastest[r.peer.Family] = r.median()
		}
	}
	for _, r := range m.runners[1:] {
		if !r.out && r.median() <= near*fastest[r.peer.Family] {
			r.heat = false
			r.seconds, r.shares = nil, nil // the heat does not count
		}
	}
}

func (r *runner) median() float64 { return stat.MedianOfMedians(r.seconds) }

// round starts a process of each program and takes the samples in turns.
func (m *meeting) round(ctx context.Context) error {
	for _, r := range m.runners {
		defer r.stop()
		if r.out || r.heat {
			continue
		}
		r.begin()
		if err := m.handle(ctx, r, m.enter(ctx, r)); err != nil {
			return err
		}
	}
	for turn := range m.Turns {
		var list []*runner
		for i := range m.runners { // nobody always comes first
			if r := m.runners[(i+turn)%len(m.runners)]; !r.out && !r.heat {
				list = append(list, r)
			}
		}
		if err := m.turn(ctx, list); err != nil {
			return err
		}
	}
	return nil
}

// warm runs the row until a sample's time has passed twice, and so finds how
// many units a sample has.
func (m *meeting) warm(r *runner) error {
	r.units = 1
	for range 2 {
		for {
			took, err := r.process.Run(r.units)
			if err != nil {
				return err
			}
			if took >= m.Sample.Seconds() {
				break
			}
			grow := math.Min(20, 1.1*m.Sample.Seconds()/took)
			r.units = max(r.units+1, int(float64(r.units)*grow))
		}
	}
	return nil
}

// turn takes a sample of each program, again while others disturb them, until
// as many have been taken again in this row as may be.
func (m *meeting) turn(ctx context.Context, list []*runner) error {
	for {
		before := now(list...)
		samples, err := m.slices(ctx, list)
		if err != nil {
			return err
		}
		list = slices.DeleteFunc(list, func(r *runner) bool { return r.out })
		calm := now(list...).others(before) <= quiet
		if !calm && m.retakes < m.Retakes {
			m.retakes++
			time.Sleep(pause)
			continue
		}
		if !calm {
			m.disturbed++
		}
		for _, r := range list {
			m.keep(r, samples[r])
		}
		return nil
	}
}

// sample is what a sample has come to so far.
type sample struct {
	seconds float64
	limits  []float64 // beside its slices
}

// slices takes a sample of each program, a slice of all of them after the
// other, so that what a machine does to one for a while it does to all.
func (m *meeting) slices(ctx context.Context, list []*runner) (map[*runner]*sample, error) {
	samples := map[*runner]*sample{}
	for slice := range inSlices {
		for _, r := range list {
			units := r.units*(slice+1)/inSlices - r.units*slice/inSlices
			if r.out || units == 0 {
				continue
			}
			if samples[r] == nil {
				samples[r] = &sample{}
			}
			if err := m.handle(ctx, r, m.slice(r, units, samples[r])); err != nil {
				return nil, err
			}
		}
	}
	return samples, nil
}

// slice runs units between two measurements of the limit.
func (m *meeting) slice(r *runner, units int, s *sample) error {
	before := m.measureLimit()
	took, err := r.process.Run(units)
	if err != nil {
		return err
	}
	if !waitIdle(r) {
		r.restless = true
	}
	s.seconds += took
	if before > 0 {
		s.limits = append(s.limits, (before+m.measureLimit())/2)
	}
	return nil
}

// keep adds a sample to those of the process in hand.
func (m *meeting) keep(r *runner, s *sample) {
	last, unit := len(r.seconds)-1, s.seconds/float64(r.units)
	r.seconds[last] = append(r.seconds[last], unit)
	if len(s.limits) > 0 {
		limit := stat.Mean(s.limits)
		m.limits = append(m.limits, limit)
		r.shares[last] = append(r.shares[last], m.row.Work()/unit/limit)
	}
}

func (m *meeting) measureLimit() float64 {
	if m.limit == nil {
		return 0
	}
	return m.limit.Measure()
}

// waitIdle waits until the child's threads sleep: those that spin for a while
// after their work would disturb who comes next.
func waitIdle(r *runner) bool {
	for start := time.Now(); time.Since(start) < idleWithin; {
		ran := r.process.CPUTime()
		time.Sleep(idleTime)
		if float64(r.process.CPUTime()-ran) < calm*float64(idleTime) {
			return true
		}
	}
	return false
}

// compare checks that a program computes the same as ours, which comes first.
// One that does not fails the row.
func (m *meeting) compare(r *runner) error {
	got, err := r.process.Check(m.row.Checked)
	if err != nil {
		return err
	}
	if r.ours {
		m.want = got
		return nil
	}
	if off := difference(m.want, got); !(off <= m.row.Differ) {
		m.result.Verdicts = append(m.result.Verdicts, rows.Verdict{
			Floor: fmt.Sprintf("the results of %s, within %.0g", r, m.row.Differ),
			Found: fmt.Sprintf("off by %.1g: ours begin with %.7g, theirs with %.7g", off, shorten(m.want), shorten(got)),
		})
		return fmt.Errorf("computes something else")
	}
	return nil
}

// difference is the largest difference of two lists, relative to the largest
// number of the first; NaN when they differ in length or hold a NaN.
func difference(want, got []float64) float64 {
	if len(want) != len(got) {
		return math.NaN()
	}
	largest, off := 0.0, 0.0
	for i := range want {
		if math.IsNaN(want[i]) || math.IsNaN(got[i]) {
			return math.NaN()
		}
		largest = max(largest, math.Abs(want[i]))
		off = max(off, math.Abs(want[i]-got[i]))
	}
	if off == 0 {
		return 0
	}
	return off / largest
}

func shorten(values []float64) []float64 { return values[:min(len(values), 4)] }

// conclude makes the result of what was measured.
func (m *meeting) conclude() {
	ours := m.runners[0]
	for _, r := range m.runners {
		if r.out {
			continue
		}
		e := Entry{
			Name: r.peer.Name, Family: r.peer.Family, Threads: r.threads,
			Seconds: r.median() / float64(m.row.Steps), Memory: r.memory, Heat: r.heat,
		}
		if work := m.row.Work(); work > 0 {
			e.Rate = work / r.median()
			e.Share = stat.QuartilesOf(flat(r.shares))
		}
		if !r.ours && !r.heat {
			e.Ratio = stat.QuartilesOf(stat.Ratios(r.seconds, ours.seconds))
		}
		if r.restless {
			m.note("%s did not come to rest within %v of a sample", r, idleWithin)
		}
		m.result.Entries = append(m.result.Entries, e)
	}
	if len(m.limits) > 0 {
		m.result.Limit = stat.Median(m.limits)
	}
	m.result.Others, m.result.Retaken = now().others(m.began), m.retakes
	if m.disturbed > 0 {
		m.note("others used the machine during %d samples, and too often to take those again", m.disturbed)
	}
}

func flat(groups [][]float64) (all []float64) {
	for _, g := range groups {
		all = append(all, g...)
	}
	return all
}
