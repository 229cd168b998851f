//go:build !linux

package memory

// advise has nobody to ask.
func advise([]byte) {}
