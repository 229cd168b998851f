package cli

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"testing"
	"time"
)

const obeying = "GTC_CLI_TEST_OBEY"

// TestObey sends signals to a process of its own: two at once are one.
func TestObey(t *testing.T) {
	if os.Getenv(obeying) != "" {
		obey()
		return
	}
	exe, err := os.Executable()
	if err != nil || runtime.GOOS == "windows" || runtime.GOOS == "js" || runtime.GOOS == "wasip1" {
		t.Skip("no signals here")
	}
	c := exec.Command(exe, "-test.run=^TestObey$")
	c.Env = append(os.Environ(), obeying+"=yes")
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	defer c.Process.Kill()
	lines := bufio.NewScanner(out)
	interrupt := func() {
		if err := c.Process.Signal(os.Interrupt); err != nil {
			t.Error(err)
		}
	}
	begin := time.Now()
	for lines.Scan() && lines.Text() != "PASS" {
		switch lines.Text() {
		case "ready":
			interrupt()
		case "told":
			begin = time.Now()
			interrupt()
			time.Sleep(again)
			interrupt()
		case "urged":
			if took := time.Since(begin); took < again {
				t.Errorf("urged after %v", took)
			}
			return
		}
	}
	t.Error("it was not urged")
}

// obey tells what the signals end.
func obey() {
	told, urged, stop := Obey(context.Background())
	defer stop()
	fmt.Println("ready")
	<-told.Done()
	fmt.Println("told")
	<-urged.Done()
	fmt.Println("urged")
}
