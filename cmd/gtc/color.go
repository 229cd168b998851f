package main

import (
	"io"
	"os"

	"github.com/gtc-lang/gtc/cmd/gtc/internal/draw"
	"github.com/gtc-lang/gtc/dsl"
)

// complaints renders diagnostics for w: in colour on a terminal that has it,
// unless the environment says NO_COLOR (https://no-color.org).
func complaints(w io.Writer) dsl.Renderer {
	return dsl.Renderer{Color: draw.IsTerminal(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"}
}
