module github.com/gtc-lang/gtc

go 1.26.0

require (
	github.com/alecthomas/participle/v2 v2.1.4
	gonum.org/v1/gonum v0.17.0
)
