package ir

import (
	"math"

	"github.com/gtc-lang/gtc/dsl"
)

// The parts of a train block that become no value of the program are checked
// here and in the files beside this one: the stop rule, the data line and the
// budgets. Back ends get them in a form without expressions to interpret.

// conditions checks the data line and the stop rule of a train block once its
// statements are read.
func (k *training) conditions() {
	if k.t.Data != nil {
		k.source(k.t.Data)
	}
	if k.t.Stop != nil {
		k.l.attempt(func() { k.stop() })
	}
}

// once reports the second of two statements that a train block has one of.
func (k *training) once(st dsl.Stmt, word string, first dsl.Node, there bool) {
	if there {
		k.l.fail("GT0309", st, "the train block has two `"+word+"` statements", "the second one", "keep one of them",
			dsl.Label{At: first.Span(), Text: "the first one"})
	}
}

// constant is the value of an expression that is a number at compile time.
func (l *lowerer) constant(code dsl.Code, e dsl.Expr, help string) float64 {
	v := l.expr(l.globals, e)
	n, ok := plain(v)
	if !ok || math.IsNaN(n) || math.IsInf(n, 0) {
		l.fail(code, e, "a plain number is needed here", "this is "+describe(v), help)
	}
	return n
}
