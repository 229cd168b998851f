// Package vector turns straight-line code over the machine's operations
// (dsl.MachineOps) into Go and into vector assembly, one meaning, bit for bit.
// In come definitions of the language (dsl/machine/*.gt); out come a Program,
// its Go function, and loops over slices for AVX2 and AVX-512.
//
// A Loop computes elements, or reduces them in sixteen lanes, element i in lane
// i mod 16, as the runtime's reductions do. Where a program leaves elements to
// scalar code (huge arguments of sin), its loop stops before the group of
// elements that has one, and says how far it came.
package vector
