package machine

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// CPUTime returns how long the threads of a process have run, and how long
// they were ready to run but waited for a processor; zeros where the system
// does not tell.
func CPUTime(pid int) (ran, waited time.Duration) {
	files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			continue // the thread has ended
		}
		if fields := strings.Fields(string(raw)); len(fields) >= 2 {
			r, _ := strconv.ParseInt(fields[0], 10, 64)
			w, _ := strconv.ParseInt(fields[1], 10, 64)
			ran, waited = ran+time.Duration(r), waited+time.Duration(w)
		}
	}
	return ran, waited
}

// Memory returns what a process holds now and the most it has held, in bytes;
// zeros where the system does not tell.
func Memory(pid int) (now, peak int64) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, 0
	}
	for line := range strings.Lines(string(raw)) {
		var kB int64
		if _, err := fmt.Sscanf(line, "VmRSS: %d kB", &kB); err == nil {
			now = kB << 10
		}
		if _, err := fmt.Sscanf(line, "VmHWM: %d kB", &kB); err == nil {
			peak = kB << 10
		}
	}
	return now, peak
}

// Usage is how much of the machine has been used since it started.
type Usage struct {
	at   time.Time
	busy time.Duration // of all processors, by whomever, the host included
	ours time.Duration // of this process and of the children that have ended
}

// UsageNow reads the usage; zeros where the system does not tell.
func UsageNow() Usage {
	u := Usage{at: time.Now()}
	raw, err := os.ReadFile("/proc/stat")
	if err != nil {
		return u
	}
	line, _, _ := strings.Cut(string(raw), "\n")
	const tick = 10 * time.Millisecond // USER_HZ is 100 everywhere
	for i, field := range strings.Fields(line) {
		// user nice system idle iowait irq softirq steal
		if ticks, err := strconv.ParseInt(field, 10, 64); err == nil && i <= 8 && i != 4 && i != 5 {
			u.busy += time.Duration(ticks) * tick
		}
	}
	u.ours = selfAndChildren()
	return u
}

// OthersSince is the share of the machine that other processes have used
// since then. Children count as ours once they have ended.
func (u Usage) OthersSince(then Usage, cores int) float64 {
	elapsed := u.at.Sub(then.at) * time.Duration(cores)
	if elapsed <= 0 || u.busy == 0 {
		return 0
	}
	return max(0, float64((u.busy-then.busy)-(u.ours-then.ours))/float64(elapsed))
}
