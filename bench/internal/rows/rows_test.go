package rows

import (
	"math"
	"strings"
	"testing"

	"github.com/gtc-lang/gtc/bench/internal/machine"
	"github.com/gtc-lang/gtc/bench/internal/stat"
)

func quartiles(low, median float64) stat.Quartiles {
	return stat.Quartiles{Low: low, Median: median, High: median + 1}
}

func TestJudge(t *testing.T) {
	openblas := Peer{Name: "OpenBLAS", Family: "openblas", Seconds: 2, Ratio: quartiles(0.98, 1.01)}
	slow := Peer{Name: "slow", Family: "other", Seconds: 9, Ratio: quartiles(4, 4.5)}
	broken := Peer{Name: "broken", Family: "openblas", Seconds: math.NaN()}
	for _, c := range []struct {
		name  string
		floor Floor
		m     Measured
		holds bool
		open  bool
	}{
		{"equal", Floor{Ratio: 1}, Measured{Peers: []Peer{openblas}}, true, false},
		{"the fastest peer counts", Floor{Ratio: 2}, Measured{Peers: []Peer{slow, openblas}}, false, false},
		{"of a family the fastest counts", Floor{Ratio: 3, Against: "other"}, Measured{Peers: []Peer{slow, openblas}}, true, false},
		{"a low quartile too low", Floor{Ratio: 1}, Measured{Peers: []Peer{{Name: "p", Seconds: 1, Ratio: quartiles(0.96, 1.01)}}}, false, false},
		{"a median too low", Floor{Ratio: 1}, Measured{Peers: []Peer{{Name: "p", Seconds: 1, Ratio: quartiles(0.98, 0.99)}}}, false, false},
		{"no peer", Floor{Ratio: 1}, Measured{}, false, true},
		{"a peer without a time", Floor{Ratio: 1}, Measured{Peers: []Peer{broken}}, false, true},
		{"not of this family", Floor{Ratio: 1, Against: "jax"}, Measured{Peers: []Peer{openblas}}, false, true},
		{"a share", Floor{Share: 0.8}, Measured{Share: 0.81}, true, false},
		{"a share too low", Floor{Share: 0.8}, Measured{Share: 0.79}, false, false},
		{"no share known", Floor{Share: 0.8}, Measured{}, false, true},
		{"the lesser of both: the share", Floor{Ratio: 2, Share: 0.8}, Measured{Share: 0.81, Peers: []Peer{openblas}}, true, false},
		{"the lesser of both: the ratio", Floor{Ratio: 1, Share: 0.8}, Measured{Share: 0.5, Peers: []Peer{openblas}}, true, false},
		{"neither", Floor{Ratio: 2, Share: 0.8}, Measured{Share: 0.5, Peers: []Peer{openblas}}, false, false},
		{"a share is enough without peers", Floor{Ratio: 2, Share: 0.8}, Measured{Share: 0.9}, true, false},
		{"near", Floor{Near: "nn"}, Measured{Share: 0.78, Near: map[string]float64{"nn": 0.80}}, true, false},
		{"not near", Floor{Near: "nn"}, Measured{Share: 0.76, Near: map[string]float64{"nn": 0.80}}, false, false},
		{"near what was not measured", Floor{Near: "nn"}, Measured{Share: 0.76}, false, true},
	} {
		v := c.floor.Judge(c.m)
		if v.Holds != c.holds || (v.Open != "") != c.open {
			t.Errorf("%s: %+v, want holds %v, open %v", c.name, v, c.holds, c.open)
		}
	}
}

func TestAllowed(t *testing.T) {
	for _, c := range []struct{ summary, low, high float64 }{
		{100e6, 95e6, 105e6},
		{10e6, 6e6, 14e6},
	} {
		if low, high := (&Bound{Summary: "x.gt"}).Allowed(c.summary); low != c.low || high != c.high {
			t.Errorf("%g: from %g to %g, want %g to %g", c.summary, low, high, c.low, c.high)
		}
	}
	if low, high := (&Bound{Value: 3}).Allowed(0); low != 0 || high != 3 {
		t.Errorf("from %g to %g, want 0 to 3", low, high)
	}
}

// find returns a row of the table of a processor.
func find(t *testing.T, cpu machine.CPU, name string) Row {
	t.Helper()
	for _, r := range All(cpu) {
		if r.Name == name {
			return r
		}
	}
	t.Fatalf("no row %s", name)
	return Row{}
}

var zen4 = machine.CPU{Vendor: "AuthenticAMD", Family: 25, Number: 0x11}

// The floors of some rows, written a second time.
func TestFloors(t *testing.T) {
	for _, c := range []struct {
		name       string
		here, zen4 string
	}{
		{"nn-16-1", "1×", "0.97×"},
		{"nn-64-1", "1× or 82 %", "0.97× or 82 %"},
		{"nn-512-1", "1× or 86 %", "1× or 88 %"},
		{"nn-128-2", "1× or 78 %", "1× or 78 %"},
		{"nn-2048-2", "1× or 80 %", "1× or 88 %"},
		{"packed-1024-1", "88 %", "91 %"},
		{"packed-1024-2", "84 %", "84 %"},
		{"tn-256-2", "1× or nn-256-2 less 3 points", "1× or nn-256-2 less 3 points"},
		{"128x512x784-dw-1", "1× or 76 %", "1× or 76 %"},
		{"256x50257x768-packed-2", "1× or 86 %", "1× or 86 %"},
		{"128x10x256-1", "1×", "1×"},
		{"exp", "1×", "1×"},
		{"linreg", "100× pytorch, 20× jax, 3× gomlx, 3× gorgonia", "100× pytorch, 20× jax, 3× gomlx, 3× gorgonia"},
		{"mlp-mnist", "1.25× or 60 %, 3× gomlx, 3× gorgonia", "1.25× or 60 %, 3× gomlx, 3× gorgonia"},
	} {
		for cpu, want := range map[machine.CPU]string{{}: c.here, zen4: c.zen4} {
			var floors []string
			for _, f := range find(t, cpu, c.name).Floors {
				floors = append(floors, f.String())
			}
			if got := strings.Join(floors, ", "); got != want {
				t.Errorf("%s on %q: %s, want %s", c.name, cpu.Vendor, got, want)
			}
		}
	}
}

func TestEveryRowIsWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range All(machine.CPU{}) {
		if seen[r.Name] {
			t.Errorf("two rows are called %s", r.Name)
		}
		seen[r.Name] = true
		if r.Group == "" || r.Title == "" || r.Request == "" {
			t.Errorf("%s lacks a group, a title or a request", r.Name)
		}
		if r.AtMost == nil && (len(r.Floors) == 0 || r.Steps == 0 || r.Checked == 0) {
			t.Errorf("%s has no floor, no steps or nothing to check", r.Name)
		}
		for _, f := range r.Floors {
			if f.Near != "" && !seen[f.Near] {
				t.Errorf("%s is near %s, which does not stand before it", r.Name, f.Near)
			}
		}
	}
}

func TestChoose(t *testing.T) {
	all := All(machine.CPU{})
	some, err := Choose(all, []string{"tn-512-1", "mlp-*"})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, r := range some {
		names = append(names, r.Name)
	}
	if got, want := strings.Join(names, " "), "nn-512-1 tn-512-1 mlp-digits mlp-mnist"; got != want {
		t.Errorf("chose %s, want %s", got, want)
	}
	if _, err := Choose(all, []string{"nothing"}); err == nil {
		t.Error("a pattern that matches nothing is an error")
	}
	if some, err := Choose(all, nil); err != nil || len(some) != len(all) {
		t.Errorf("no pattern chose %d of %d rows: %v", len(some), len(all), err)
	}
}
