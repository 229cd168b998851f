package rows

import (
	"fmt"
	"math"

	"github.com/gtc-lang/gtc/bench/internal/stat"
)

// slack is how far the lower quartile of a ratio may lie below its floor.
const slack = 0.97

// nearBy is how far a share may lie below that of the row it is near to.
const nearBy = 0.03

// Measured is what a row's floors are judged by.
type Measured struct {
	Share float64 // median of ours; 0 when the limit could not be measured
	Peers []Peer
	Near  map[string]float64 // shares of other rows
}

// Peer is how ours compares with one peer.
type Peer struct {
	Name, Family string
	Seconds      float64
	Ratio        stat.Quartiles // theirs by ours
}

// Verdict is a floor, judged.
type Verdict struct {
	Floor string `json:"floor"` // in words
	Found string `json:"found"`
	Holds bool   `json:"holds"`
	Open  string `json:"open,omitempty"` // why it could not be judged
}

// Judge holds what was measured against a floor. One of ratio and share is
// enough; a floor is open when neither holds and one of them is not known.
func (f Floor) Judge(m Measured) Verdict {
	v := Verdict{Floor: f.String()}
	if f.Ratio > 0 {
		v.ratio(f, m)
	}
	if share, ok := f.share(m.Near); ok || f.Near != "" {
		v.share(share, ok, m)
	}
	if v.Holds {
		v.Open = ""
	}
	return v
}

func (v *Verdict) ratio(f Floor, m Measured) {
	fastest := Fastest(m.Peers, f.Against)
	if fastest == nil {
		v.Open = "no peer " + f.Against + " was measured"
		return
	}
	v.add(fmt.Sprintf("%s of %s", times(fastest.Ratio.Median), fastest.Name))
	v.Holds = fastest.Ratio.Median >= f.Ratio && fastest.Ratio.Low >= slack*f.Ratio
}

func (v *Verdict) share(share float64, known bool, m Measured) {
	if m.Share == 0 || !known {
		v.Open = "the share of the limit is not known"
		return
	}
	v.add(percent(m.Share))
	v.Holds = v.Holds || m.Share >= share
}

func (v *Verdict) add(found string) {
	if v.Found != "" {
		v.Found += ", "
	}
	v.Found += found
}

// share is the share that is asked for, and whether there is one.
func (f Floor) share(near map[string]float64) (float64, bool) {
	if f.Near == "" {
		return f.Share, f.Share > 0
	}
	share, ok := near[f.Near]
	return share - nearBy, ok && share > 0
}

// Fastest returns the fastest peer of a family ("" for any), nil for none.
func Fastest(peers []Peer, family string) *Peer {
	var fastest *Peer
	for i, p := range peers {
		if family != "" && family != p.Family || math.IsNaN(p.Seconds) {
			continue
		}
		if fastest == nil || p.Seconds < fastest.Seconds {
			fastest = &peers[i]
		}
	}
	return fastest
}

// String says a floor as the table prints it.
func (f Floor) String() string {
	var s string
	if f.Ratio > 0 {
		s = times(f.Ratio)
		if f.Against != "" {
			s += " " + f.Against
		}
	}
	if f.Near != "" || f.Share > 0 {
		if s != "" {
			s += " or "
		}
		if f.Near != "" {
			s += f.Near + " less 3 points"
		} else {
			s += percent(f.Share)
		}
	}
	return s
}

// times writes a ratio in three digits.
func times(x float64) string { return fmt.Sprintf("%.3g×", x) }

func percent(x float64) string { return fmt.Sprintf("%.0f %%", 100*x) }

// Allowed is the largest value for which a bound holds, given the memory that
// gtc summary says (for bounds that have one), and the smallest.
func (b *Bound) Allowed(summary float64) (low, high float64) {
	if b.Summary == "" {
		return 0, b.Value
	}
	slack := 0.05 * summary
	if summary < 64e6 {
		slack = 4e6
	}
	return summary - slack, summary + slack
}

// Range says in words what a bound allows, given the memory that gtc summary
// says.
func Range(b *Bound, summary float64) string {
	low, high := b.Allowed(summary)
	if b.Summary == "" {
		return "at most " + Amount(high, b.Unit)
	}
	return Amount(summary, b.Unit) + " ± " + Amount((high-low)/2, b.Unit)
}

// Amount writes a number of seconds ("s") or bytes ("B") in a fitting unit.
func Amount(x float64, unit string) string {
	scales := map[string][]scale{
		"s": {{1, "s"}, {1e-3, "ms"}, {1e-6, "µs"}, {1e-9, "ns"}},
		"B": {{1e9, "GB"}, {1e6, "MB"}, {1e3, "KB"}, {1, "B"}},
	}[unit]
	for _, s := range scales {
		if math.Abs(x) >= s.size {
			return fmt.Sprintf("%.3g %s", x/s.size, s.name)
		}
	}
	return fmt.Sprintf("%.3g %s", x, unit)
}

// scale is a unit of an amount.
type scale struct {
	size float64
	name string
}
