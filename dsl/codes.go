package dsl

import (
	"cmp"
	"slices"
	"strings"
)

// CodeInfo is what a code stands for. The page explains it to who writes
// programs: what is wrong, a wrong program and a right one.
type CodeInfo struct {
	Code  Code
	Title string
	Page  string // made by page
}

// Codes is every code, in order. A new one is an entry in the file of its
// hundred: codes_syntax.go has GT01xx, codes_shape.go GT02xx, codes_train.go
// GT03xx, codes_limit.go GT04xx, codes_backend.go GT05xx.
var Codes = slices.Concat(syntaxCodes, shapeCodes, trainCodes, limitCodes, backendCodes)

// Explain is the page of a code below its title, "" for a code that does not
// exist.
func Explain(code Code) string {
	i, ok := slices.BinarySearchFunc(Codes, code, func(c CodeInfo, code Code) int { return cmp.Compare(c.Code, code) })
	if !ok {
		return ""
	}
	return string(code) + ": " + Codes[i].Title + "\n\n" + Codes[i].Page
}

// page is a text with a wrong program and a right one; tests compile both.
func page(text, wrong, right string) string {
	return text + "\n\nWrong:\n\n" + example(wrong) + "\nRight:\n\n" + example(right)
}

func example(text string) string {
	text = "    " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n    ") + "\n"
	return strings.ReplaceAll(text, "\n    \n", "\n\n")
}
