package contest

import (
	"runtime"
	"testing"
	"time"

	"github.com/gtc-lang/gtc/bench/internal/machine"
)

// What this process itself uses is not used by others.
func TestOwnWorkIsNotOthers(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells")
	}
	before := now()
	for start := time.Now(); time.Since(start) < 50*time.Millisecond; {
	}
	after := now()
	if own := after.ours - before.ours; own < 5*time.Millisecond {
		t.Errorf("fifty busy milliseconds count as %v of ours", own)
	}
	if share := after.others(before); share < 0 || share > 1 {
		t.Errorf("others used %v of the machine", share)
	}
}

func TestOthers(t *testing.T) {
	cores := float64(machine.ThisCPU().Cores)
	start := time.Now()
	then := moment{usage: machine.Usage{At: start, Idle: time.Second}}
	later := start.Add(time.Second)
	// a tenth of a second was not idle on some core, half of which was ours
	idle := time.Duration((cores - 0.1) * float64(time.Second))
	m := moment{usage: machine.Usage{At: later, Idle: time.Second + idle}, ours: 50 * time.Millisecond}
	if got, want := m.others(then), 0.05/cores; !same(got, want) {
		t.Errorf("others used %v of the machine, want %v", got, want)
	}
}
