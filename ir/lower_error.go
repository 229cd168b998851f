package ir

import (
	"strconv"

	"github.com/gtc-lang/gtc/dsl"
)

// bail unwinds to the nearest attempt; the diagnostic has been reported.
type bail struct{}

// attempt runs f and reports whether it went through.
func (l *lowerer) attempt(f func()) (ok bool) {
	calls, fn := len(l.calls), l.fn
	defer func() {
		if r := recover(); r != nil {
			if _, is := r.(bail); !is {
				panic(r)
			}
			l.calls, l.fn = l.calls[:calls], fn
			ok = false
		}
	}()
	f()
	return true
}

// fail reports a mistake at a node and bails out. here stands under the caret,
// help after the source; both may be empty.
func (l *lowerer) fail(code dsl.Code, at dsl.Node, message, here, help string, labels ...dsl.Label) {
	l.report(&dsl.Diagnostic{Code: code, At: at.Span(), Message: message, Here: here, Help: help, Labels: labels})
	panic(bail{})
}

// report adds a diagnostic. A mistake inside the library is the caller's: it
// is shown at the call in the user's file, with the library's line as a label.
func (l *lowerer) report(d *dsl.Diagnostic) {
	if d.At.Source != l.file.Source {
		for i := len(l.calls) - 1; i >= 0; i-- {
			if l.calls[i].Source == l.file.Source {
				d.Labels = append([]dsl.Label{{At: d.At, Text: d.Here}}, d.Labels...)
				d.At, d.Here = l.calls[i], "in this call"
				break
			}
		}
	}
	l.diags.Add(d)
}

func quote(name string) string { return strconv.Quote(name) }
