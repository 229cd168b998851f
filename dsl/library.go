package dsl

import "embed"

// LibraryFS holds the standard library, written in the language.
//
//go:embed library/*.gt
var LibraryFS embed.FS
