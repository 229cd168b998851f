package irtest

import (
	"maps"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/parser"
)

// Library is the compiler's library, with a map of gradients of its own for
// tests that change some.
func Library() *dsl.Library {
	lib := *parser.Library()
	lib.Grads = maps.Clone(lib.Grads)
	return &lib
}
