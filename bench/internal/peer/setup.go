package peer

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Part is something that peers need and setup installs: a folder or a file,
// and the commands that make it.
type Part struct {
	Name  string // `go run . setup NAME`
	What  string
	Path  string     // exists once the part is there
	Make  [][]string // commands, run in the bench's folder
	Env   []string   // added to the environment of the commands
	Built bool       // from sources of the bench: made anew before a run, so that it is never stale
}

// Versions of the peers that setup installs.
const (
	pytorchVersion = "2.15.0"
	jaxVersion     = "0.10.2"
)

const debianBLAS = "/usr/lib/x86_64-linux-gnu/openblas-openmp/libopenblas.so.0"

// Folder is where the peers' environments are.
func Folder() (string, error) {
	cache, err := os.UserCacheDir()
	return filepath.Join(cache, "gtc", "bench"), err
}

// Parts lists what can be installed into a folder.
func Parts(folder string) []Part {
	in := func(elements ...string) string { return filepath.Join(append([]string{folder}, elements...)...) }
	venv := func(name, what string, packages ...string) Part {
		return Part{
			Name: name, What: what, Path: in(name, "done"),
			Make: [][]string{
				{"python3", "-m", "venv", "--clear", in(name)},
				append([]string{in(name, "bin", "pip"), "install"}, packages...),
				{"touch", in(name, "done")},
			},
		}
	}
	apt := func(name, what, path string) Part {
		return Part{
			Name: name, What: what, Path: path,
			Make: [][]string{{"apt-get", "update"}, {"apt-get", "install", "-y", "--no-install-recommends", name}},
		}
	}
	gcc := func(name, what string, arguments ...string) Part {
		command := append([]string{"gcc", "-O3", "-march=native", "-o", in(name)}, arguments...)
		return Part{Name: name, What: what, Path: in(name), Make: [][]string{command}, Built: true}
	}
	gobuild := func(name, what, module string, env ...string) Part {
		command := []string{"go", "build", "-C", filepath.Join("peers", module), "-o", in(name), "."}
		return Part{Name: name, What: what, Path: in(name), Make: [][]string{command}, Env: env, Built: true}
	}
	return []Part{
		apt("libopenblas0-openmp", "OpenBLAS of Debian, built for OpenMP", debianBLAS),
		gcc("products", "products by OpenBLAS, in C", "-fopenmp", "peers/products.c", "-ldl"),
		gcc("vector", "vector functions in C", "-ffast-math", "peers/vector.c", "-lm"),
		gcc("vector512", "the same, told to use 512 bits", "-ffast-math", "-mprefer-vector-width=512", "peers/vector.c", "-lm"),
		apt("python3-torch", "PyTorch 1.13 of Debian, 0.6 GB", "/usr/lib/python3/dist-packages/torch"),
		venv("pytorch2", "PyTorch "+pytorchVersion+" of PyPI, 5.4 GB, three minutes", "torch=="+pytorchVersion, "numpy"),
		venv("jax", "JAX "+jaxVersion+" of PyPI, 0.6 GB", "jax=="+jaxVersion),
		gobuild("gomlx", "GoMLX 0.28.2 with its backend in Go", "gomlx", "GOEXPERIMENT="),
		gobuild("gomlx-simd", "the same with GOEXPERIMENT=simd", "gomlx", "GOEXPERIMENT=simd"),
		gobuild("gorgonia", "Gorgonia 0.9.18", "gorgonia"),
	}
}

// Present tells whether the part is there.
func (p *Part) Present() bool {
	_, err := os.Stat(p.Path)
	return err == nil
}

// How is the sentence that says how to install the part.
func (p *Part) How() string {
	return fmt.Sprintf("`go run . setup %s` installs %s", p.Name, p.What)
}

// Install runs the part's commands and shows what they print. Debian's
// packages need root: for others the commands are only said.
func (p *Part) Install(ctx context.Context, out io.Writer) error {
	if p.Make[0][0] == "apt-get" && os.Geteuid() != 0 {
		var lines []string
		for _, command := range p.Make {
			lines = append(lines, strings.Join(command, " "))
		}
		return fmt.Errorf("%s needs root: %s", p.Name, strings.Join(lines, " && "))
	}
	for _, command := range p.Make {
		fmt.Fprintf(out, "  %s\n", strings.Join(command, " "))
		if err := p.run(ctx, command, out); err != nil {
			return fmt.Errorf("%s: %s: %w", p.Name, command[0], err)
		}
	}
	return nil
}

func (p *Part) run(ctx context.Context, command []string, out io.Writer) error {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Env = append(os.Environ(), p.Env...)
	cmd.Stdout, cmd.Stderr = out, out
	return cmd.Run()
}

// Refresh makes the parts that are built from the bench's own sources anew,
// those that are there.
func Refresh(ctx context.Context, parts []Part) error {
	for _, p := range parts {
		if !p.Built || !p.Present() {
			continue
		}
		if err := p.Install(ctx, io.Discard); err != nil {
			return err
		}
	}
	return nil
}

// ChooseParts returns the parts of the given names, all for none.
func ChooseParts(parts []Part, names []string) ([]Part, error) {
	if len(names) == 0 {
		return parts, nil
	}
	var chosen []Part
	for _, name := range names {
		i := slices.IndexFunc(parts, func(p Part) bool { return p.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("no part is called %q: `go run . list` names those that are not there", name)
		}
		chosen = append(chosen, parts[i])
	}
	return chosen, nil
}
