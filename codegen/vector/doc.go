// Package vector turns straight-line code over the machine's operations
// (dsl.MachineOps) into Go and into vector assembly, one meaning, bit for bit.
// In come definitions of the language (dsl/machine/*.gt); out come a Program,
// its Go function, and loops over slices for AVX2 and AVX-512.
package vector
