package build

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"

	"github.com/gtc-lang/gtc/runtime/cli"
)

// Ends of a program.
var (
	ErrFailed      = errors.New("the program failed") // and has said why on standard error
	ErrInterrupted = errors.New("interrupted")        // by a signal that it obeyed
)

// Run runs an executable and passes each line that it prints to use. When ctx
// ends the program is told to stop, and is waited for: it saves its state.
// When urged ends it is not waited for any more.
func Run(ctx, urged context.Context, executable string, args []string, use func(line []byte) error, complaints io.Writer) error {
	c := exec.CommandContext(ctx, executable, args...)
	c.Stdin, c.Stderr = os.Stdin, complaints
	// A terminal's interrupt has reached the program already; this one does
	// nothing then. Systems without such signals have terminals only.
	c.Cancel = func() error {
		_ = c.Process.Signal(os.Interrupt)
		return nil
	}
	out, err := c.StdoutPipe()
	if err != nil {
		return err
	}
	if err := c.Start(); err != nil {
		return err
	}
	defer context.AfterFunc(urged, func() { _ = c.Process.Kill() })()
	useErr := eachLine(out, use)
	if useErr != nil {
		_ = c.Process.Kill()
	}
	err = c.Wait()
	switch code := c.ProcessState.ExitCode(); {
	case useErr != nil:
		return useErr
	case code == 0:
		return nil
	case code == cli.ExitInterrupted || urged.Err() != nil:
		return ErrInterrupted
	case code > 0:
		return ErrFailed
	case ctx.Err() != nil: // before it could obey
		return ErrInterrupted
	}
	return fmt.Errorf("the program was ended from outside, as when memory runs out: %w", err)
}

func eachLine(r io.Reader, use func(line []byte) error) error {
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			if err := use(line); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
