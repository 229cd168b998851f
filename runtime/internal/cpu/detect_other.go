//go:build !amd64 || noasm

package cpu

// detect finds no assembly in this build.
func detect() Set { return Go }
