package codegen_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gtc-lang/gtc/codegen"
)

// TestStopRules: what becomes of stop rules in Go.
func TestStopRules(t *testing.T) {
	rule := regexp.MustCompile(`(?s)\) stop\(p \*rt.Progress\) bool \{\n(.*?)\n\}`)
	why := regexp.MustCompile(`(?s)\) why\(p \*rt.Progress\) string \{\n(.*?)\n\}`)
	for _, c := range []struct{ rule, stop, why string }{
		{"epoch >= 3", "s := &w.Settings.Stop\nreturn float64(p.Epoch) >= s.Epoch", `return rt.Holds("epoch >= ", s.Epoch)`},
		{"1e-3 > loss", "s := &w.Settings.Stop\nreturn p.Loss < s.Loss", `return rt.Holds("loss < ", s.Loss)`},
		{"loss < val.loss", `return p.Loss < p.Value("val.loss")`, `return "loss < val.loss"`},
		{"epoch >= step or val.loss > (loss)", `return float64(p.Epoch) >= float64(p.Step) || p.Value("val.loss") > p.Loss`,
			"case float64(p.Epoch) >= float64(p.Step):\nreturn \"epoch >= step\"\ncase p.Value(\"val.loss\") > p.Loss:\nreturn \"val.loss > loss\""},
		{"(loss < val.loss and 3 <= epoch) or stalls(val.loss, epochs: 2)", "s := &w.Settings.Stop\nreturn p.Loss < p.Value(\"val.loss\") && float64(p.Epoch) >= s.Epoch || p.Stalls(\"val.loss\", int(s.StallsValLoss))",
			`return "loss < val.loss" + " and " + rt.Holds("epoch >= ", s.Epoch)`},
	} {
		text := strings.Replace(small("", "", ""), "stop when epoch >= 2", "stop when "+c.rule, 1)
		if ok, err := right("small.gt", text, false); !ok || err != nil {
			t.Errorf("%s: compiled %v, %v", c.rule, ok, err)
			continue
		}
		files, err := generated("small.gt", text, false)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if f.Name != "fit.gen.go" {
				continue
			}
			stop, reason := body(rule, f.Text), body(why, f.Text)
			if stop != c.stop || !strings.Contains(reason, c.why) {
				t.Errorf("%s: stops by\n%s\nwant\n%s\nand says\n%s\nwant\n%s", c.rule, stop, c.stop, reason, c.why)
			}
		}
	}
}

// body is what a pattern finds, without its indentation.
func body(what *regexp.Regexp, text []byte) string {
	m := what.FindSubmatch(text)
	if m == nil {
		return ""
	}
	return strings.ReplaceAll(strings.TrimSpace(string(m[1])), "\t", "")
}

// TestDirections: what a package tells the loop of which values are better.
func TestDirections(t *testing.T) {
	for report, want := range map[string]string{
		"report r":          `{{Name: "loss", Better: rt.Lower}, {Name: "r"}}`,
		"report maximize r": `{{Name: "loss", Better: rt.Lower}, {Name: "r", Better: rt.Higher}}`,
		"report minimize r": `{{Name: "loss", Better: rt.Lower}, {Name: "r", Better: rt.Lower}}`,
	} {
		files, err := generated("small.gt", small("", "", "    "+report+" = mean(Net(x))"), false)
		if err != nil {
			t.Fatal(err)
		}
		if !within(files, "p.Values = []rt.Value"+want) {
			t.Errorf("%s: want %s", report, want)
		}
	}
}

// TestWhole: what a package tells the loop of values that parts do not add up
// to, and of what the stop rule looks at.
func TestWhole(t *testing.T) {
	text := small("", "", "    report r = sqrt(mean(Net(x)^2))\n    report m = mean(Net(x))")
	text = strings.Replace(text, "epoch >= 2", "epoch >= 2 or val.r < 0.1 and val.loss < m or loss > 9 or m < r", 1)
	files, err := generated("small.gt", text, false)
	if err != nil {
		t.Fatal(err)
	}
	const why = `"small.gt:16:16: not a sum of what each row gives alone"`
	for _, want := range []string{
		`{Name: "loss", Better: rt.Lower}, {Name: "r", Whole: ` + why + ", WholeValidation: " + why + `}, {Name: "m"}}`,
		`p.StopsBy = []string{"val.r", "m", "m", "r"}`,
	} {
		if !within(files, want) {
			t.Errorf("want %s", want)
		}
	}
}

// within reports whether one of the files has a text.
func within(files []codegen.File, text string) bool {
	return slices.ContainsFunc(files, func(f codegen.File) bool { return strings.Contains(string(f.Text), text) })
}
