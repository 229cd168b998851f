// Package dsl is what the language is: its syntax tree, places in a source,
// diagnostics, the formatter, the table of primitive operations, and the
// standard library written in the language itself.
//
// It imports Go's standard library only. Package parser makes its trees,
// package ir gives them meaning.
package dsl
