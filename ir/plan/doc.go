// Package plan turns a program into what is executed: kernels in an order,
// and a place for every tensor.
//
// In comes an ir.Program after the passes of ir/pass (gradients expanded, no
// grad nodes left). Out goes a Plan: for every function its buffers, each with
// a storage and, in the arena, a fixed offset at the bounds of the run-time
// dimensions, and its steps. Views are gone, folded into the accesses of the
// kernels that read through them; chains of elementwise operations, row
// reductions and random draws are fused into loops over memory; contractions
// of the shape of a matrix product are recognised. Everything is a pure
// function of the program: no map order, no machine, no time.
//
// What a step means is written at its type in kernel.go, so that a back end
// needs nothing but that file; ir/plan/run executes plans in float64.
package plan
