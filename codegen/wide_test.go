package codegen_test

import (
	"strings"
	"testing"
)

// wideProgram has sizes beyond the integers beside floats.
const wideProgram = `package wide

dim B <= 50000, N <= 50000

eval Count(x: [B], z: [N]) -> [] { mean(x) + mean(z) + B * N - 1 }
eval Mean(x: [B, N]) -> [] { mean(x) }
`

// TestWideSizes runs a program whose sizes multiply to more than 2^31: as
// floats they are right.
func TestWideSizes(t *testing.T) {
	files, err := generated("wide.gt", wideProgram, false)
	if err != nil {
		t.Fatal(err)
	}
	m := newModule(t)
	for _, f := range files {
		if f.Name == "main.go" {
			continue
		}
		m.write("wide/"+f.Name, f.Text)
		for line := range strings.Lines(string(f.Text)) {
			if strings.Contains(line, "int32(f.") {
				t.Errorf("%s: %s", f.Name, line)
			}
		}
	}
	m.write("main.go", []byte(`package main

import (
	"fmt"

	"generated/wide"
)

func main() {
	x := make([]float32, 50000)
	fmt.Print(wide.New().Session().Count(50000, 50000, x, x))
}
`))
	if out, err := m.run("run", "."); err != nil || strings.TrimSpace(out) != "2.5e+09 <nil>" {
		t.Errorf("%s %v, want 2.5e+09", out, err)
	}
}
