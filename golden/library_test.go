package golden

import (
	"slices"
	"testing"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/parser"
)

// TestLibraryRanges: every number that configures something of the library
// declares its range; one that may be any number says so, in `..`.
func TestLibraryRanges(t *testing.T) {
	counted := 0
	for _, file := range parser.Library().Files {
		counted += len(numberParams(file))
		for _, p := range rangeless(file) {
			t.Errorf("%s:%d: %s declares no range: write in 0..1, or in .. for any number", file.Source.Name, p.At.Line(), p.At.Text())
		}
	}
	if counted < 40 {
		t.Errorf("the library has %d numbers", counted)
	}
	lacking, err := parser.Parse(dsl.NewSource("lacking.gt", `layer A(a: int, b = 0.5, c: bool = true, d = 1 in ..)(x: [n], e: int) -> [n] { x }
func f(x: [n], slope = -0.1, axes = all, y: int[n] = x) { x }
schedule s(peak) { peak }
`))
	var names []string
	for _, p := range rangeless(lacking) {
		names = append(names, p.Name.Name)
	}
	if err != nil || !slices.Equal(names, []string{"a", "b", "e", "slope", "peak"}) {
		t.Errorf("without ranges are %v, %v", names, err)
	}
}

func rangeless(f *dsl.File) []*dsl.Param {
	return slices.DeleteFunc(numberParams(f), func(p *dsl.Param) bool { return p.In != nil })
}

// numberParams are the parameters of a file's declarations that are numbers: settings
// but for truth values, and inputs of which the head says so.
func numberParams(f *dsl.File) (list []*dsl.Param) {
	for _, d := range f.Decls {
		c, ok := d.(*dsl.Callable)
		if !ok {
			continue
		}
		for _, p := range c.Settings {
			if p.Type == nil || p.Type.Elem != "bool" {
				list = append(list, p)
			}
		}
		for _, p := range c.Inputs {
			whole := p.Type != nil && p.Type.Shape == nil && p.Type.Elem == "int"
			if _, tensor := p.Default.(*dsl.Name); whole || p.Default != nil && p.Type == nil && !tensor {
				list = append(list, p)
			}
		}
	}
	return list
}
