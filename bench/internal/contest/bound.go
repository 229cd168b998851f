package contest

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/gtc-lang/gtc/bench/internal/peer"
	"github.com/gtc-lang/gtc/bench/internal/rows"
)

// measureBound takes our own number of a row in every process; the one
// farthest from what is allowed counts.
func measureBound(ctx context.Context, row rows.Row, s Settings, result *Result) error {
	bound := row.AtMost
	summary := 0.0
	if bound.Summary != "" {
		var err error
		if summary, err = summaryOf(ctx, bound.Summary); err != nil {
			return err
		}
	}
	low, high := bound.Allowed(summary)
	start := now()
	worst, control := 0.0, 0.0
	for p := range s.Processes {
		s.Progress(fmt.Sprintf("%s: process %d of %d", row.Name, p+1, s.Processes))
		value, err := calmNumber(ctx, row, s, result)
		if err != nil {
			return err
		}
		if bound.Control != "" {
			beside, err := ownNumber(ctx, row, bound.Control, s)
			if err != nil {
				return err
			}
			control = max(control, beside)
		}
		if outside := max(low-value, value-high); p == 0 || outside > worst {
			worst, result.Value = outside, value
		}
	}
	result.Unit = bound.Unit
	result.Others = now().others(start)
	found := rows.Amount(result.Value, bound.Unit)
	if bound.Control != "" {
		result.Beside, result.Control = bound.ControlTitle, control
		found += ", beside " + bound.ControlTitle + " " + rows.Amount(control, bound.Unit)
	}
	result.Verdicts = []rows.Verdict{{Floor: rows.Range(bound, summary), Found: found, Holds: worst <= 0}}
	return nil
}

// calmNumber takes our own number, again while others disturb it.
func calmNumber(ctx context.Context, row rows.Row, s Settings, result *Result) (float64, error) {
	for {
		before := now()
		value, err := ownNumber(ctx, row, row.Request, s)
		if err != nil || now().others(before) <= quiet || result.Retaken >= s.Retakes {
			return value, err
		}
		result.Retaken++
		time.Sleep(pause)
	}
}

// ownNumber starts our side and asks for the number of a request.
func ownNumber(ctx context.Context, row rows.Row, request string, s Settings) (float64, error) {
	process, err := peer.Start(ctx, s.Folder, s.Ours, peer.CleanEnv())
	if err != nil {
		return 0, err
	}
	defer process.Stop()
	if err := process.Load(request); err != nil {
		return 0, fmt.Errorf("%s: %w", row.Name, err)
	}
	values, err := process.Check(row.AtMost.Runs)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", row.Name, err)
	}
	if len(values) != 1 {
		return 0, fmt.Errorf("%s: %d numbers, not one", row.Name, len(values))
	}
	return values[0], nil
}

// parseSummary finds the bytes of training in what gtc summary prints: the
// last number of the line "training NAME variables … in-all", which is there
// once more in a unit.
func parseSummary(text string) (float64, error) {
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) >= 6 && fields[0] == "training" {
			return strconv.ParseFloat(strings.ReplaceAll(fields[len(fields)-3], ",", ""), 64)
		}
	}
	return 0, fmt.Errorf("gtc summary has no line of training:\n%s", text)
}
