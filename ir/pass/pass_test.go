package pass_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/irtest"
	"github.com/gtc-lang/gtc/ir/pass"
)

// TestListIsInOrder checks the constraints that the passes state.
func TestListIsInOrder(t *testing.T) {
	for i, p := range pass.List {
		if p.Name == "" || p.Doc == "" || p.Run == nil {
			t.Errorf("pass %d lacks a name, a line of help or its function", i)
		}
		for _, name := range p.After {
			if !slices.ContainsFunc(pass.List[:i], func(q pass.Pass) bool { return q.Name == name }) {
				t.Errorf("pass %d, %s, comes before %s", i, p.Name, name)
			}
		}
	}
}

const quadratic = `func eval "F" {
  %0 x f[] = input "x"
  %1 f[] = const 2
  %2 f[] = pow %0 %1
  %3 = grad %2 %0
  %4 f[] = out %3 0
  inputs %0
  result "y" %4
}
`

func TestRun(t *testing.T) {
	run := func(o pass.Options) (string, error) {
		p, err := ir.Parse(quadratic)
		if err != nil {
			t.Fatal(err)
		}
		err = pass.Run(p, irtest.Library(), o)
		return p.String(), err
	}
	var names []string
	on, err := run(pass.Options{Dump: func(_ int, name, text string) { names = append(names, name) }})
	if err != nil || strings.Contains(on, "grad") || strings.Contains(on, "pow") {
		t.Errorf("%v\n%s", err, on)
	}
	if len(names) != len(pass.List)+1 || names[0] != "lower" {
		t.Errorf("texts after %v", names)
	}
	off, err := run(pass.Options{Off: []string{"simplify"}})
	if err != nil || !strings.Contains(off, "pow") {
		t.Errorf("%v\n%s", err, off)
	}
	for name, want := range map[string]string{"gradient": "cannot be left out", "jump": "no pass"} {
		if _, err := run(pass.Options{Off: []string{name}}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("-off=%s: %v", name, err)
		}
	}
}

// TestVerifierNamesThePass breaks the program in a pass.
func TestVerifierNamesThePass(t *testing.T) {
	list := pass.List
	defer func() { pass.List = list }()
	broken := func(p *ir.Program, _ *dsl.Library) error {
		f := p.Funcs[0]
		f.Results[0].Value = irtest.Input("z", ir.Float)
		return nil
	}
	failing := func(*ir.Program, *dsl.Library) error { return errors.New("no") }
	for want, run := range map[string]func(*ir.Program, *dsl.Library) error{"after bad: eval F: z f[] = input \"z\": it is not declared": broken, "bad: no": failing} {
		pass.List = []pass.Pass{{Name: "bad", Doc: "breaks", Run: run}}
		p, err := ir.Parse(quadratic)
		if err != nil {
			t.Fatal(err)
		}
		if err := pass.Run(p, irtest.Library(), pass.Options{}); err == nil || err.Error() != want {
			t.Errorf("%v, not %s", err, want)
		}
	}
}
