// Package peer knows the programs that gtc is compared with: how each is
// installed, started and brought to its best.
package peer

import (
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/gtc-lang/gtc/bench/internal/machine"
)

// Peer is a program in one way of using it.
type Peer struct {
	Name    string
	Family  string   // floors are against families
	Takes   []string // words that the request of a row must have for the peer to have a part in it
	Needs   []string // parts that must be there
	Command []string
	Env     []string // beside what every peer gets
}

// All lists the peers whose parts are in a folder, ours not among them.
func All(folder, peers string) []Peer {
	var all []Peer
	all = append(all, nativePeers(folder)...)
	all = append(all, torchPeers(folder, peers)...)
	all = append(all, jaxPeers(folder, peers)...)
	return append(all, goPeers(folder)...)
}

func nativePeers(folder string) []Peer {
	products := filepath.Join(folder, "products")
	needs := []string{"libopenblas0-openmp", "products"}
	takes := []string{"kind=product"}
	return []Peer{
		{Name: "OpenBLAS", Family: "openblas", Takes: takes, Needs: needs, Command: []string{products, debianBLAS, "sgemm"}, Env: openBLASCore()},
		{Name: "OpenBLAS sgemv", Family: "openblas", Takes: append(takes, "m=1"), Needs: needs, Command: []string{products, debianBLAS, "sgemv"}, Env: openBLASCore()},
		{Name: "C loop", Family: "c", Takes: []string{"kind=vector"}, Needs: []string{"vector"}, Command: []string{filepath.Join(folder, "vector")}},
		{Name: "C loop, 512 bits", Family: "c", Takes: []string{"kind=vector"}, Needs: []string{"vector512"}, Command: []string{filepath.Join(folder, "vector512")}},
	}
}

// torchPeers are PyTorch's ways of making a step. The number of threads is
// appended to the command.
func torchPeers(folder, peers string) []Peer {
	script := filepath.Join(peers, "pytorch.py")
	var all []Peer
	for _, way := range [][2]string{{"eager", "single"}, {"eager", "foreach"}} {
		all = append(all, Peer{
			Name: "PyTorch 1.13 " + way[1], Family: "pytorch", Takes: []string{"kind=model"}, Needs: []string{"python3-torch", "libopenblas0-openmp"},
			Command: []string{"/usr/bin/python3", script, way[0], way[1], threads},
			Env:     append(openBLASCore(), "LD_LIBRARY_PATH="+filepath.Dir(debianBLAS)),
		})
	}
	python := filepath.Join(folder, "pytorch2", "bin", "python")
	for _, way := range [][2]string{{"eager", "fused"}, {"compile", "fused"}, {"compile", "compiled"}, {"whole", "compiled"}} {
		all = append(all, Peer{
			Name: fmt.Sprintf("PyTorch 2.15 %s, %s", way[0], way[1]), Family: "pytorch", Takes: []string{"kind=model"}, Needs: []string{"pytorch2"},
			Command: []string{python, script, way[0], way[1], threads},
		})
	}
	return all
}

func jaxPeers(folder, peers string) []Peer {
	python := filepath.Join(folder, "jax", "bin", "python")
	script := filepath.Join(peers, "jax_peer.py")
	return []Peer{
		{Name: "JAX", Family: "jax", Takes: []string{"kind=model"}, Needs: []string{"jax"}, Command: []string{python, script, "steps"}},
		{Name: "JAX fori_loop", Family: "jax-loop", Takes: []string{"kind=model", "name=linreg"}, Needs: []string{"jax"}, Command: []string{python, script, "loop"}},
	}
}

func goPeers(folder string) []Peer {
	program := func(name, family, part string, env ...string) Peer {
		return Peer{
			Name: name, Family: family, Takes: []string{"kind=model"}, Needs: []string{part},
			Command: []string{filepath.Join(folder, part)}, Env: env,
		}
	}
	return []Peer{
		program("GoMLX", "gomlx", "gomlx"),
		program("GoMLX, simd", "gomlx", "gomlx-simd"),
		// what it needs to run on a Go that is newer than it knows
		program("Gorgonia", "gorgonia", "gorgonia", "ASSUME_NO_MOVING_GC_UNSAFE_RISK_IT_WITH="+goRelease()),
	}
}

// openBLASCore is what OpenBLAS has to be told to be at its best.
func openBLASCore() []string {
	if core := machine.ThisCPU().OpenBLASCore(); core != "" {
		return []string{"OPENBLAS_CORETYPE=" + core}
	}
	return nil
}

// goRelease is the release of the Go that builds peers: "go1.26" for go1.26.8.
func goRelease() string {
	parts := strings.SplitN(runtime.Version(), ".", 3)
	return strings.Join(parts[:min(2, len(parts))], ".")
}

// threads stands in a command for their number.
const threads = "{threads}"

// Missing returns the first part that the peer needs and that is not there,
// nil when all are.
func (p *Peer) Missing(parts []Part) *Part {
	for i := range parts {
		if slices.Contains(p.Needs, parts[i].Name) && !parts[i].Present() {
			return &parts[i]
		}
	}
	return nil
}

// CommandFor is the command that starts the peer with a number of threads.
func (p *Peer) CommandFor(n int) []string {
	command := slices.Clone(p.Command)
	for i, word := range command {
		if word == threads {
			command[i] = strconv.Itoa(n)
		}
	}
	return command
}

// EnvFor is the environment in which the peer is at its best with a number of
// threads: they are set explicitly for every library that may ask, and malloc
// keeps its pages. OpenMP keeps its default of spinning for a few milliseconds
// before it sleeps: threads are awake from one step to the next and asleep
// while others are measured.
func (p *Peer) EnvFor(n int) []string {
	count := strconv.Itoa(n)
	env := append(CleanEnv(),
		"OMP_NUM_THREADS="+count, "OPENBLAS_NUM_THREADS="+count, "MKL_NUM_THREADS="+count, "NPROC="+count, "GOMAXPROCS="+count,
		"MALLOC_MMAP_THRESHOLD_=33554432", // the most that glibc takes
		"MALLOC_MMAP_MAX_=0", "MALLOC_TRIM_THRESHOLD_=17179869184",
		"TORCHINDUCTOR_COMPILE_THREADS=1", // compiling starts no processes that stay
	)
	return append(env, p.Env...)
}

// Joins tells whether the peer may have a part in a row.
func (p *Peer) Joins(request string) bool {
	words := strings.Fields(request)
	return !slices.ContainsFunc(p.Takes, func(word string) bool { return !slices.Contains(words, word) })
}
