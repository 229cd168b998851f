//go:build race

package codegen_test

// raceFlag is what the go command takes to build what is generated as this is.
var raceFlag = []string{"-race"}
