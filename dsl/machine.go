package dsl

import "embed"

// MachineFS holds the definitions of float32 functions, written over the
// operations of MachineOps: one meaning, from which Go and vector assembly are
// emitted, bit for bit the same.
//
// A definition is straight-line code; every operation rounds to float32. A
// number takes the kind of what it stands beside. Beside the operations and
// other definitions it may say
//
//	poly(x, c0, c1, …)    c0 + x·(c1 + x·(…)), by fma, from the inside
//	table(k, c0, …, c15)  the number whose index k is, modulo 16; or of eight, modulo 8
//	leave(c)              as a statement: where c holds, vector code leaves
//	                      the element to scalar code, the function NAMEFar
//
//go:embed machine/*.gt
var MachineFS embed.FS

// MachineOp is an operation that back ends have for one lane of a vector.
type MachineOp struct {
	Name   string
	Params string // a letter for each operand: f float32, i int32, m mask; t the kind of the other t's
	Result byte
	Sign   string // the operator that it is written as; two operands, or one
	Doc    string
}

// MachineOps are all operations of a machine. Integers wrap around. What is
// said of float32 is IEEE 754's, rounded to nearest, with denormals; which NaN
// comes out is not said.
var MachineOps = []MachineOp{
	{"add", "ff", 'f', "+", "a + b, rounded"},
	{"sub", "ff", 'f', "-", "a - b, rounded"},
	{"mul", "ff", 'f', "*", "a·b, rounded"},
	{"div", "ff", 'f', "/", "a / b, rounded"},
	{"fma", "fff", 'f', "", "a·b + c, rounded once"},
	{"sqrt", "f", 'f', "", "square root, rounded"},
	{"neg", "f", 'f', "-", "a with its sign turned"},
	{"abs", "f", 'f', "", "a without its sign"},
	{"min", "ff", 'f', "", "a if a < b, else b: b if one is NaN"},
	{"max", "ff", 'f', "", "a if a > b, else b: b if one is NaN"},
	{"floor", "f", 'f', "", "the largest whole number not above a"},
	{"ceil", "f", 'f', "", "the smallest whole number not below a"},
	{"round", "f", 'f', "", "the nearest whole number, halves to even"},
	{"scale", "ff", 'f', "", "a·2^b, rounded once, for |a| in [1/2, 2) or NaN and whole b in [-160, 160]"},
	{"lt", "ff", 'm', "<", "a < b; false for NaN"},
	{"le", "ff", 'm', "<=", "a <= b; false for NaN"},
	{"eq", "ff", 'm', "==", "a == b; false for NaN"},
	{"and", "mm", 'm', "and", "both"},
	{"or", "mm", 'm', "or", "either"},
	{"not", "m", 'm', "not", "the opposite"},
	{"where", "mtt", 't', "", "a where the mask holds, else b"},
	{"bits", "f", 'i', "", "the bits of a"},
	{"from_bits", "i", 'f', "", "the number of these bits"},
	{"float", "i", 'f', "", "a as a float, rounded"},
	{"int_add", "ii", 'i', "+", "a + b"},
	{"int_sub", "ii", 'i', "-", "a - b"},
	{"int_lt", "ii", 'm', "<", "a < b"},
	{"int_eq", "ii", 'm', "==", "a == b"},
	{"bit_and", "ii", 'i', "", "the bits that both have"},
	{"bit_or", "ii", 'i', "", "the bits that either has"},
	{"bit_xor", "ii", 'i', "", "the bits that one of them has"},
	{"shift_left", "ii", 'i', "", "a·2^b, for a constant b"},
	{"shift_right", "ii", 'i', "", "a / 2^b, rounded down, for a constant b"},
}

var machineByName = func() map[string]*MachineOp {
	m := map[string]*MachineOp{}
	for i := range MachineOps {
		m[MachineOps[i].Name] = &MachineOps[i]
	}
	return m
}()

// MachineOpNamed finds an operation; nil when there is none.
func MachineOpNamed(name string) *MachineOp { return machineByName[name] }
