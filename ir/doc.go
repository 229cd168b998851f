// Package ir is the typed tensor graph between the language and the code: what
// a program computes, with every shape known.
//
// A Value is a node of a directed acyclic graph in single-assignment form: a
// row of the op table applied to other values. Values are pure; a Func says
// which values a caller gets and which become new versions of variables. Loops
// are one operation with a closed body graph. Lower makes a Program from a
// file; the passes in ir/pass rewrite it; ir/eval gives it meaning in float64;
// ir/plan turns it into kernels.
package ir
