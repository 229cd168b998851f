package codegen_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// setsProgram has a row kernel of each kind: reductions over a few elements,
// over a run and over several, and functions that leave elements to Go.
const setsProgram = `package sets

dim B <= 64, N <= 3000, L <= 50000

eval Softmax(x: [B, N]) -> [B, N] { softmax(x) }
eval Norm(x: [L]) -> [] { sqrt(sum(x * x)) + max(x) - min(x) }
eval Wave(x: [L]) -> [L] { sin(x) * cos(x * 1000) }
eval Curves(x: [L]) -> [L] { gelu(x) + silu(x) + erf(x) * log(1 + abs(x)) + abs(x)^(x / 8) }
`

// setsMain prints a hash of each result's bits.
const setsMain = `package main

import (
	"fmt"
	"hash/fnv"
	"math"

	"generated/sets"
)

func main() {
	s := sets.New().Session()
	x := make([]float32, 50000)
	for i := range x {
		x[i] = float32(math.Sin(float64(i)*float64(i))) * 9
		if i%701 == 5 {
			x[i] *= 1e6
		}
	}
	show := func(y []float32, err error) {
		h := fnv.New64a()
		for _, v := range y {
			if v != v {
				v = 0
			}
			fmt.Fprint(h, math.Float32bits(v), " ")
		}
		fmt.Println(h.Sum64(), err)
	}
	for _, n := range []int{1, 10, 16, 257, 3000} {
		y := make([]float32, 4*n)
		show(y, s.Softmax(4, n, x[:4*n], y))
	}
	for _, n := range []int{1, 17, 8192, 16384, 16385, 50000} {
		y, err := s.Norm(x[:n])
		show([]float32{y}, err)
		z := make([]float32, n)
		show(z, s.Wave(x[:n], z))
		show(z, s.Curves(x[:n], z))
	}
}
`

// TestKernelSets compares what row kernels compute in each kernel set, and
// looks whether they are all in assembly.
func TestKernelSets(t *testing.T) {
	files, err := generated("sets.gt", setsProgram, false)
	if err != nil {
		t.Fatal(err)
	}
	m := newModule(t)
	for _, f := range files {
		if f.Name != "main.go" {
			m.write("sets/"+f.Name, f.Text)
		}
		if f.Name == "kernels.gen.go" {
			for _, line := range strings.Split(string(f.Text), "\n") {
				if name, ok := strings.CutPrefix(line, "func "); ok && !strings.Contains(name, "Go(") {
					t.Errorf("no assembly for %s", name)
				}
			}
		}
	}
	m.write("main.go", []byte(setsMain))
	if out, err := m.run("build", "-o", "run", "."); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	want := ""
	for _, set := range []string{"go", "avx2", "avx512"} {
		c := exec.Command(filepath.Join(m.dir, "run"))
		c.Env = append(os.Environ(), "GTC_KERNELS="+set)
		out, err := c.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if want == "" {
			want = string(out)
		} else if string(out) != want {
			t.Errorf("%s gives\n%s\nnot\n%s", set, out, want)
		}
	}
}
