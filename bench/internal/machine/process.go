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
	At   time.Time
	Idle time.Duration // of all processors together
}

// UsageNow reads the usage; nothing is idle where the system does not tell.
func UsageNow() Usage {
	u := Usage{At: time.Now()}
	raw, err := os.ReadFile("/proc/stat")
	if err != nil {
		return u
	}
	line, _, _ := strings.Cut(string(raw), "\n")
	const tick = 10 * time.Millisecond // USER_HZ is 100 everywhere
	// cpu user nice system idle iowait …
	if fields := strings.Fields(line); len(fields) > 5 {
		idle, _ := strconv.ParseInt(fields[4], 10, 64)
		waiting, _ := strconv.ParseInt(fields[5], 10, 64)
		u.Idle = time.Duration(idle+waiting) * tick
	}
	return u
}

// OthersSince is how much processor time others have used since then: all but
// the idle time and what is known to be ours, the time that the host of a
// virtual machine took included. It is exact to about a hundredth of a second;
// 0 where the system does not tell.
func (u Usage) OthersSince(then Usage, cores int, ours time.Duration) time.Duration {
	if u.Idle == 0 {
		return 0
	}
	busy := u.At.Sub(then.At)*time.Duration(cores) - (u.Idle - then.Idle)
	return max(0, busy-ours)
}
