module github.com/gtc-lang/gtc/bench

go 1.26.0

require (
	github.com/gtc-lang/gtc v0.0.0
	github.com/gtc-lang/gtc/bench/wire v0.0.0
)

require (
	golang.org/x/sys v0.49.0
	gonum.org/v1/gonum v0.17.0 // indirect
)

replace (
	github.com/gtc-lang/gtc => ..
	github.com/gtc-lang/gtc/bench/wire => ./wire
)
