// Package f32 has the functions and reductions of float32, each with one
// meaning, bit for bit, whatever computes it: the Go functions in
// functions.gen.go. They and the assembly that computes them for whole slices
// are emitted from the definitions in dsl/machine.
package f32

//go:generate go run github.com/gtc-lang/gtc/codegen/vector/f32gen .

// chunk is how many elements are computed at once, without a check for a stop
// of the world: at most some ten microseconds.
const chunk = 1 << 13
