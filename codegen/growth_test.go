package codegen_test

import (
	"fmt"
	"regexp"
	"runtime"
	"testing"

	"github.com/gtc-lang/gtc/codegen"
	"github.com/gtc-lang/gtc/ir/plan"
	rt "github.com/gtc-lang/gtc/runtime"
)

// large has a training workspace of some 150 MB, and products of several
// blocks.
const large = `package large

dim B <= 4096

model Deep(x: [B, 512]) -> [B, 10] {
    h = x |> Dense(768) |> relu |> Dense(768) |> gelu |> Dense(512) |> LayerNorm
    h |> Dense(10)
}

train Fit(x: [B, 512], y: int[B]) {
    minimize cross_entropy(Deep(x), y)
    with adamw(lr: 1e-3)
    report accuracy = mean(argmax(Deep(x)) == y)
}
`

// growthMain prints by how many bytes the process, and its heap, have grown
// when a workspace has done all that it can with as many rows as fit.
const growthMain = `package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"

	rt "github.com/gtc-lang/gtc/runtime"

	p "generated/p"
)

func held() (resident, heap int) {
	debug.FreeOSMemory()
	status, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(status)) {
		if n, _ := fmt.Sscanf(line, "VmRSS: %d kB", &resident); n == 1 {
			resident <<= 10
			break
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return resident, int(m.HeapAlloc)
}

func main() {
	runtime.GOMAXPROCS(2)
	resident, heap := held()
	job := p.New().Fit(p.FitDefaults()).Job()
	job.Program().Total = 100
	batch := rt.NewBatch[float32](job.Program().Ports, job.Program().MaxRows)
	batch.Rows = job.Program().MaxRows
	rt.FillNormal(rt.Draw{Seed: 1}, batch.Floats[0], 0) // what is read only is not there until then
	apply := func(*rt.Batch[float32]) error { return job.Apply() }
	for _, call := range []func(*rt.Batch[float32]) error{job.Step, job.Evaluate, job.Backward, apply} {
		if err := call(batch); err != nil {
			panic(err)
		}
	}
	nowResident, nowHeap := held()
	fmt.Println("grown", nowResident-resident, nowHeap-heap)
	runtime.KeepAlive(job)
	runtime.KeepAlive(batch)
}
`

// TestGrowth: a process that trains grows by what gtc summary says, within 5 %
// from 64 MB up, within 4 MB below. What it allocates is that and some small
// things, each filled up to a whole number of pages.
func TestGrowth(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells what a process holds")
	}
	for name, text := range map[string]string{"digits": read(t, "../examples/digits/digits.gt"), "large": large} {
		t.Run(name, func(t *testing.T) {
			c := compilation{}
			pl, err := c.planned(name+".gt", text)
			if err != nil {
				t.Fatal(err)
			}
			files, err := codegen.Generate(pl, c.options())
			if err != nil {
				t.Fatal(err)
			}
			m := newModule(t)
			m.add("p", files)
			m.write("main.go", []byte(growthMain))
			out, err := m.run("run", ".")
			if err != nil {
				t.Fatal(out)
			}
			var resident, heap int
			if _, err := fmt.Sscanf(regexp.MustCompile(`grown .*`).FindString(out), "grown %d %d", &resident, &heap); err != nil {
				t.Fatal(out)
			}
			one, thread := pl.Memory("Fit", 4), plan.ProductScratch(4)
			want := one + thread // two threads
			if rt.Kernels() != "avx2" && name == "large" {
				want -= plan.SlabBytes // which other kernel sets do without
			}
			if d := heap - want; d < 0 || d > 128<<10 {
				t.Errorf("planned %d bytes, allocated %d, which is %d more", want, heap, d)
			}
			margin := 4_000_000
			if want >= 64e6 {
				margin = want / 20
			}
			if d := resident - want; d < -margin || d > margin {
				t.Errorf("planned %d bytes, grown by %d, which is %d more", want, resident, d)
			}
			t.Logf("planned %d, heap %d, resident %d", want, heap, resident)
		})
	}
}
