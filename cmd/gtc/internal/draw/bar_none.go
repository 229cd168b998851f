//go:build js || wasip1

package draw

import (
	"io"
	"os"

	rt "github.com/gtc-lang/gtc/runtime"
)

// isTerminal is false where there are no terminals.
func isTerminal(*os.File) bool { return false }

// newBar is plain lines there.
func newBar(w io.Writer) drawer { return plain{rt.Lines(w, plainInterval)} }
