package peer

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gtc-lang/gtc/bench/internal/machine"
	"github.com/gtc-lang/gtc/bench/wire"
)

// patience is how long a child may take for one request: torch.compile needs
// a minute for its first step.
const patience = 5 * time.Minute

// Process is a running child.
type Process struct {
	cmd     *exec.Cmd
	in      io.WriteCloser
	answers chan string
	stderr  *tail
	stopped sync.Once
}

// Start starts a child in a folder. It ends when the context does.
func Start(ctx context.Context, folder string, command, env []string) (*Process, error) {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Dir, cmd.Env = folder, env
	p := &Process{cmd: cmd, answers: make(chan string), stderr: &tail{}}
	cmd.Stderr = p.stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.in = in
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		lines := bufio.NewScanner(out)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			p.answers <- lines.Text()
		}
		close(p.answers)
	}()
	return p, nil
}

// About asks the child who it is.
func (p *Process) About() (string, error) {
	words, err := p.ask("about")
	return strings.Join(words, " "), err
}

// Load makes a row ready; a wire.NotHere when it is not for this child.
func (p *Process) Load(row string) error {
	_, err := p.ask("load " + row)
	return err
}

// Check asks for n numbers of what the row computes.
func (p *Process) Check(n int) ([]float64, error) {
	words, err := p.ask("check " + strconv.Itoa(n))
	if err != nil {
		return nil, err
	}
	return floats(words)
}

// Run does n units and returns the seconds they took.
func (p *Process) Run(n int) (float64, error) {
	words, err := p.ask("run " + strconv.Itoa(n))
	if err != nil {
		return 0, err
	}
	values, err := floats(words)
	if err != nil || len(values) != 1 || values[0] <= 0 {
		return 0, fmt.Errorf("run: answered %q, not a time: %v", words, err)
	}
	return values[0], nil
}

func floats(words []string) ([]float64, error) {
	values := make([]float64, len(words))
	for i, w := range words {
		v, err := strconv.ParseFloat(w, 64)
		if err != nil {
			return nil, err
		}
		values[i] = v
	}
	return values, nil
}

// ask sends a request and returns the words of its answer.
func (p *Process) ask(request string) ([]string, error) {
	if _, err := fmt.Fprintln(p.in, request); err != nil {
		return nil, p.failed(err)
	}
	select {
	case answer, ok := <-p.answers:
		if !ok {
			p.Stop() // all that it wrote is there then
			return nil, p.failed(errors.New("ended without an answer"))
		}
		words := strings.Fields(answer)
		switch {
		case len(words) > 0 && words[0] == "ok":
			return words[1:], nil
		case len(words) > 0 && words[0] == "no":
			return nil, wire.NotHere(strings.Join(words[1:], " "))
		}
		return nil, p.failed(errors.New(answer))
	case <-time.After(patience):
		return nil, p.failed(fmt.Errorf("no answer to %q within %v", request, patience))
	}
}

// failed adds what the child wrote to standard error last.
func (p *Process) failed(err error) error {
	if last := p.stderr.String(); last != "" {
		return fmt.Errorf("%w\n%s", err, last)
	}
	return err
}

// CPUTime is how long the child's threads have run.
func (p *Process) CPUTime() time.Duration {
	ran, _ := machine.CPUTime(p.cmd.Process.Pid)
	return ran
}

// PeakMemory is the most that the child has held, in bytes.
func (p *Process) PeakMemory() int64 {
	_, peak := machine.Memory(p.cmd.Process.Pid)
	return peak
}

// Stop ends the child: by itself once its input ends, or by force.
func (p *Process) Stop() {
	p.stopped.Do(func() {
		p.in.Close()
		force := time.AfterFunc(2*time.Second, func() { _ = p.cmd.Process.Kill() })
		defer force.Stop()
		for range p.answers {
		}
		_ = p.cmd.Wait()
	})
}

// tail keeps the last bytes written to it.
type tail struct {
	mu   sync.Mutex
	text []byte
}

func (t *tail) Write(b []byte) (int, error) {
	const most = 2000
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, b...)
	if extra := len(t.text) - most; extra > 0 {
		t.text = append(t.text[:0], t.text[extra:]...)
	}
	return len(b), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(string(t.text))
}

// CleanEnv is the process's environment without what would make a child
// slower or different: settings of thread counts, BLAS and collectors.
func CleanEnv() []string {
	var env []string
	for _, pair := range os.Environ() {
		if !tuning(pair) {
			env = append(env, pair)
		}
	}
	return env
}

func tuning(pair string) bool {
	name, _, _ := strings.Cut(pair, "=")
	for _, prefix := range []string{"OPENBLAS_", "OMP_", "GOMP_", "KMP_", "MKL_", "ATEN_", "XLA_", "JAX_", "TORCH", "MALLOC_", "LD_PRELOAD"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	switch name {
	case "GOGC", "GOMEMLIMIT", "GOMAXPROCS", "GODEBUG", "GTC_KERNELS", "NPROC", "GLIBC_TUNABLES", "PYTHONPATH":
		return true
	}
	return false
}
