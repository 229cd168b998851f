package ir

import "github.com/gtc-lang/gtc/dsl"

// Note is about what is no mistake in a program, but hardly meant.
type Note struct {
	At   dsl.Span
	Text string
}

// unmeant are inputs of the library's functions that are hardly meant to be
// what some function has made.
var unmeant = []struct{ of, input, made, text string }{
	{"cross_entropy", "logits", "softmax", "cross_entropy takes scores before any softmax, and makes one of them itself: leave the softmax out"},
	{"cross_entropy", "logits", "sigmoid", "cross_entropy takes scores, of any size: leave the sigmoid out"},
	{"bce_logits", "x", "sigmoid", "bce_logits takes scores before any sigmoid, and makes one of them itself: leave the sigmoid out, or write bce"},
	{"bce_logits", "x", "softmax", "bce_logits takes scores before any sigmoid: leave the softmax out"},
}

// remember notes which function of the library has made a value; one that gives
// on what another has made is not it.
func (l *lowerer) remember(c *configured, value thing) {
	if t, ok := value.(tensor); ok && c.library && l.made[t.v] == "" {
		l.made[t.v] = c.decl.Name.Name
	}
}

// notice notes an input that is hardly meant.
func (k *binder) notice(formal *dsl.Param, given tensor, at dsl.Node) {
	if !k.library() {
		return
	}
	made := k.l.made[given.v]
	if made == "" {
		made = given.v.Op.Name
	}
	for _, u := range unmeant {
		if u.of == k.decl.Name.Name && u.input == formal.Name.Name && u.made == made {
			k.l.note(at.Span(), u.text)
		}
	}
}

// library reports whether the callee is the library's.
func (k *binder) library() bool { return k.decl.At.Source != k.l.file.Source }

// note adds a note, once for a place: training and evaluation lower the same
// statements.
func (l *lowerer) note(at dsl.Span, text string) {
	for _, n := range l.prog.Notes {
		if n.At == at {
			return
		}
	}
	l.prog.Notes = append(l.prog.Notes, Note{at, text})
}
