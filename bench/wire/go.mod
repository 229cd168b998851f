module github.com/gtc-lang/gtc/bench/wire

go 1.26.0
