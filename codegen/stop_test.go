package codegen_test

import (
	"regexp"
	"strings"
	"testing"
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
		found := false
		for _, f := range files {
			found = found || strings.Contains(string(f.Text), "p.Values = []rt.Value"+want)
		}
		if !found {
			t.Errorf("%s: want %s", report, want)
		}
	}
}
