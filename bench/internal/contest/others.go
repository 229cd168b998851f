package contest

import (
	"time"

	"github.com/gtc-lang/gtc/bench/internal/machine"
)

const (
	// quiet is the share of the machine that others may use during a sample.
	quiet = 0.08
	// pause is how long is waited before a sample is taken again.
	pause = 250 * time.Millisecond
)

// moment is a reading of what has been used so far, by all and by us.
type moment struct {
	usage machine.Usage
	ours  time.Duration
}

// now reads what this process, its ended children and the given one have used.
func now(running ...*runner) moment {
	ours := machine.OwnTime()
	for _, r := range running {
		ours += r.process.CPUTime()
	}
	return moment{usage: machine.UsageNow(), ours: ours}
}

// others is the share of the machine that others have used between two
// moments.
func (m moment) others(since moment) float64 {
	cores := machine.ThisCPU().Cores
	used := m.usage.OthersSince(since.usage, cores, m.ours-since.ours)
	return used.Seconds() / (m.usage.At.Sub(since.usage.At).Seconds() * float64(cores))
}
