package ir

import (
	"strconv"

	"github.com/gtc-lang/gtc/dsl"
)

// Every independent mistake of a file is reported in one run, and none that is
// only a consequence of another. What fails bails out, to the nearest attempt;
// operands, arguments, statements and declarations are attempted one by one,
// so that what does not need each other is all read. What a failed statement
// would have bound is poison, a value that fails silently whatever needs it.
// What has a declared shape has it, right or wrong: a call whose body is wrong
// gives what the declaration promises (see promise.go), so that what is made
// of it is still checked.

// bail unwinds to the nearest attempt; the diagnostic has been reported.
type bail struct{}

// sound bails out on poison.
func sound(t thing) thing {
	if _, bad := t.(poison); bad {
		panic(bail{})
	}
	return t
}

// attempt runs f and reports whether it went through.
func (l *lowerer) attempt(f func()) (ok bool) {
	calls, fn := len(l.calls), l.fn
	defer func() {
		if r := recover(); r != nil {
			if _, is := r.(bail); !is {
				panic(r)
			}
			l.calls, l.fn, l.bailed = l.calls[:calls], fn, true
			ok = false
		}
	}()
	f()
	return true
}

// each does n things that do not need each other, all of them, and bails out
// at the end when some have failed: each has reported its own mistake.
func (l *lowerer) each(n int, do func(k int)) {
	good := true
	for k := range n {
		good = l.attempt(func() { do(k) }) && good
	}
	if !good {
		panic(bail{})
	}
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
