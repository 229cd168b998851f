package cli

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// again is how long after a signal another one counts as a second: one press
// of Ctrl-C reaches a program twice, from the terminal and from gtc.
const again = 500 * time.Millisecond

// Obey returns a context that ends with the first interrupt or SIGTERM, for
// those who finish what they have begun, and one that ends with the second,
// for those who do not.
func Obey(parent context.Context) (told, urged context.Context, stop func()) {
	told, tell := context.WithCancel(parent)
	urged, urge := context.WithCancel(parent)
	signals, ended := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		var first time.Time
		for {
			select {
			case <-ended:
				return
			case <-signals:
			}
			switch {
			case first.IsZero():
				first = time.Now()
				tell()
			case time.Since(first) >= again:
				urge()
			}
		}
	}()
	return told, urged, func() {
		signal.Stop(signals)
		close(ended)
		tell()
		urge()
	}
}
