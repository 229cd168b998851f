package contest

import (
	"context"
	"errors"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gtc-lang/gtc/bench/internal/peer"
	"github.com/gtc-lang/gtc/bench/internal/rows"
	"github.com/gtc-lang/gtc/bench/wire"
)

// The test's own program is every child: BENCH_FAKE says how many
// milliseconds it claims a unit takes, or how it misbehaves.
func TestMain(m *testing.M) {
	if how := os.Getenv("BENCH_FAKE"); how != "" {
		fake(how)
		return
	}
	os.Exit(m.Run())
}

type fakeWork string

func (f fakeWork) Check(n int) ([]float64, error) {
	values := make([]float64, n)
	for i := range values {
		values[i] = 2
		if f == "wrong" {
			values[i] += 0.01
		}
	}
	return values, nil
}

func (f fakeWork) Run(n int) (time.Duration, error) {
	if f == "crash" {
		os.Stderr.WriteString("out of luck\n")
		os.Exit(3)
	}
	ms, err := strconv.ParseFloat(string(f), 64)
	if f == "wrong" {
		ms, err = 1, nil
	}
	return time.Duration(float64(n) * ms * 1e6), err
}

func fake(how string) {
	_ = wire.Serve(os.Stdin, os.Stdout, wire.Server{About: "fake " + how, Load: func(r wire.Row) (wire.Work, error) {
		switch {
		case how == "no":
			return nil, wire.NotHere("never")
		case how == "stubborn":
			return nil, errors.New("will not")
		}
		return fakeWork(how), nil
	}})
}

func fakePeer(name, family, how string) peer.Peer {
	self, _ := os.Executable()
	return peer.Peer{Name: name, Family: family, Takes: []string{"kind=product"}, Command: []string{self}, Env: []string{"BENCH_FAKE=" + how}}
}

// settings are for a contest of fakes: ours claims the given time.
func settings(t *testing.T, ours string, peers ...peer.Peer) Settings {
	t.Setenv("BENCH_FAKE", ours)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return Settings{Processes: 2, Turns: 3, Sample: 20 * time.Millisecond, Folder: t.TempDir(), Ours: []string{self}, Peers: peers, Progress: func(string) {}}
}

func measure(t *testing.T, row rows.Row, s Settings) *Result {
	t.Helper()
	results, err := All(t.Context(), []rows.Row{row}, s)
	if err != nil {
		t.Fatal(err)
	}
	return results[0]
}

func productRow(floors ...rows.Floor) rows.Row {
	return rows.Row{Name: "r", Request: "kind=product", Threads: 1, Steps: 2, Flops: 1e6, Checked: 3, Differ: 1e-6, Floors: floors}
}

func TestContest(t *testing.T) {
	s := settings(t, "2", fakePeer("slow", "a", "5"), fakePeer("fast", "b", "3"))
	r := measure(t, productRow(rows.Floor{Ratio: 1.4}, rows.Floor{Ratio: 2.5, Against: "a"}, rows.Floor{Ratio: 1.6}), s)
	if len(r.Entries) != 3 || r.Entries[0].Name != ourName {
		t.Fatalf("entries %+v", r.Entries)
	}
	for i, want := range []struct{ seconds, ratio float64 }{{1e-3, 0}, {2.5e-3, 2.5}, {1.5e-3, 1.5}} {
		e := r.Entries[i]
		if !same(e.Seconds, want.seconds) || !same(e.Ratio.Median, want.ratio) || !same(e.Rate, 1e6/(2*want.seconds)) {
			t.Errorf("%s: %v s a step, ratio %v, %v flops a second; want %+v", e.Name, e.Seconds, e.Ratio, e.Rate, want)
		}
	}
	for i, want := range []bool{true, true, false} {
		if v := r.Verdicts[i]; v.Holds != want || v.Open != "" {
			t.Errorf("floor %s: %+v, want holds %v", v.Floor, v, want)
		}
	}
	if r.Verdict() != "below" {
		t.Errorf("in all %s, want below", r.Verdict())
	}
}

func same(a, b float64) bool { return math.Abs(a-b) <= 1e-6*math.Abs(b) }

func TestWhoDoesNotTakePart(t *testing.T) {
	s := settings(t, "2",
		fakePeer("absent", "a", "no"), fakePeer("stubborn", "a", "stubborn"), fakePeer("crashing", "a", "crash"))
	r := measure(t, productRow(rows.Floor{Ratio: 1}), s)
	if len(r.Entries) != 1 || r.Verdict() != "open" {
		t.Errorf("entries %+v, verdict %s: want ours alone, open", r.Entries, r.Verdict())
	}
	notes := strings.Join(r.Notes, "\n")
	for want, there := range map[string]bool{"absent": false, "stubborn, threads 1: error will not": true, "out of luck": true} {
		if strings.Contains(notes, want) != there {
			t.Errorf("notes have %q: %v, want %v:\n%s", want, !there, there, notes)
		}
	}
}

// A peer that computes something else is not compared, and fails the row.
func TestOtherResults(t *testing.T) {
	s := settings(t, "2", fakePeer("wrong", "a", "wrong"), fakePeer("right", "a", "4"))
	r := measure(t, productRow(rows.Floor{Ratio: 1}), s)
	if len(r.Entries) != 2 || r.Verdict() != "below" {
		t.Errorf("entries %+v, verdict %s: want two, below", r.Entries, r.Verdict())
	}
	if v := r.Verdicts[0]; !strings.Contains(v.Floor, "results of wrong") || !strings.Contains(v.Found, "off by 0.005") {
		t.Errorf("verdict %+v", v)
	}
}

// Of each family those near its fastest are measured in full.
func TestHeats(t *testing.T) {
	s := settings(t, "2", fakePeer("a1", "a", "10"), fakePeer("a2", "a", "11"), fakePeer("a3", "a", "30"), fakePeer("b1", "b", "90"), fakePeer("c1", "c", "no"))
	row := productRow(rows.Floor{Ratio: 5}, rows.Floor{Ratio: 45, Against: "b"}, rows.Floor{Ratio: 1, Against: "c"})
	row.Threads = 0
	r := measure(t, row, s)
	heat := map[string]bool{}
	for _, e := range r.Entries[1:] {
		heat[e.Name] = e.Heat
		if e.Heat != (e.Ratio.Median == 0) {
			t.Errorf("%s: heat %v, ratio %v", e.Name, e.Heat, e.Ratio)
		}
	}
	want := map[string]bool{"a1": false, "a2": false, "a3": true, "b1": false}
	if len(heat) != len(want) {
		t.Errorf("entries %v, want %v", heat, want)
	}
	for name, h := range want {
		if heat[name] != h {
			t.Errorf("%s: heat only %v, want %v", name, heat[name], h)
		}
	}
	if r.Verdicts[0].Holds != true || r.Verdicts[1].Holds != true || r.Verdicts[2].Open == "" {
		t.Errorf("verdicts %+v", r.Verdicts)
	}
}

func TestOurFailureIsAnError(t *testing.T) {
	s := settings(t, "crash", fakePeer("a", "a", "1"))
	if _, err := All(t.Context(), []rows.Row{productRow()}, s); err == nil || !strings.Contains(err.Error(), "out of luck") {
		t.Errorf("got %v", err)
	}
}

func TestBound(t *testing.T) {
	row := rows.Row{Name: "stop", Request: "kind=pauses", AtMost: &rows.Bound{Value: 2, Unit: "s", Runs: 1}}
	if r := measure(t, row, settings(t, "1")); r.Verdict() != "ok" || r.Value != 2 {
		t.Errorf("2 of at most 2: %+v", r)
	}
	row.AtMost.Value = 1.9
	if r := measure(t, row, settings(t, "1")); r.Verdict() != "below" {
		t.Errorf("2 of at most 1.9: %+v", r)
	}
	row.AtMost.Control, row.AtMost.ControlTitle = "kind=pauses", "a control"
	if r := measure(t, row, settings(t, "1")); r.Verdict() != "below" || r.Control != 2 || !strings.Contains(r.Verdicts[0].Found, "beside a control 2 s") {
		t.Errorf("a control changes no verdict, and is told: %+v", r)
	}
}

func TestInterrupt(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := settings(t, "1", fakePeer("a", "a", "1"))
	s.Progress = func(string) { cancel() }
	if _, err := All(ctx, []rows.Row{productRow()}, s); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestAbout(t *testing.T) {
	s := settings(t, "1", fakePeer("a", "a", "2"), peer.Peer{Name: "b", Command: []string{"/nowhere/at/all"}})
	about, err := About(t.Context(), &s)
	if err != nil {
		t.Fatal(err)
	}
	if about[ourName] != "fake 1" || about["a"] != "fake 2" || !strings.HasPrefix(about["b"], "left out: ") || len(s.Peers) != 1 {
		t.Errorf("about %v, peers %v", about, s.Peers)
	}
}

func TestParseSummary(t *testing.T) {
	const text = "memory in bytes\n\n  peak of        variables  in and out      arena  products      in all\n  training Fit  10,703,012     401,920  4,286,592   740,352  16,131,876  16.1 MB\n"
	if got, err := parseSummary(text); err != nil || got != 16131876 {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := parseSummary("nothing"); err == nil {
		t.Error("no line of training is an error")
	}
}

func TestDifference(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		a, b []float64
		want float64
	}{
		{[]float64{1, -4}, []float64{1, -4}, 0},
		{[]float64{1, -4}, []float64{1.5, -4}, 0.125},
		{[]float64{0, 0}, []float64{0, 0}, 0},
		{[]float64{1}, []float64{1, 2}, nan},
		{[]float64{1, nan}, []float64{1, nan}, nan},
	} {
		if got := difference(c.a, c.b); got != c.want && !(math.IsNaN(got) && math.IsNaN(c.want)) {
			t.Errorf("difference(%v, %v) = %v, want %v", c.a, c.b, got, c.want)
		}
	}
}
