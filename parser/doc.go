// Package parser turns text of the language into the tree of package dsl.
//
// A text goes through four steps, one group of files each:
//
//	scan*.go     characters to tokens: the rule of newlines, contextual words,
//	             caps on size and nesting
//	split.go     tokens to declarations, so that each is parsed by itself and
//	             one run reports an error for each
//	grammar*.go  the grammar, as structs that participle reads; LL(1)
//	convert*.go  those structs to dsl nodes, with operator precedence
//
// diagnose.go says in words what participle found wrong. It is the only
// package that imports participle.
package parser
