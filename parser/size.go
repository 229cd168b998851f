package parser

import "regexp"

var sizeForm = regexp.MustCompile(`^\d+(\.\d+)?([KMGT]i?B)?$`)

// Bytes reads a size as a program writes it: 4MB, 1.5GiB, 4096.
func Bytes(text string) (n float64, ok bool) {
	if !sizeForm.MatchString(text) {
		return 0, false
	}
	n, whole, problem := numberValue(text)
	return n, whole && problem == ""
}
