// Package f32 has the functions and reductions of float32, each with one
// meaning, bit for bit: the Go functions in functions.gen.go, emitted from
// dsl/machine like the assembly that computes them for slices.
package f32

//go:generate go run github.com/gtc-lang/gtc/codegen/vector/f32gen .
