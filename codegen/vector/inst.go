package vector

import (
	"fmt"
	"math"
)

// reg is a virtual register of a loop's body, or a constant.
type reg int

const (
	noReg     reg = -1
	constants reg = 1 << 20 // registers from here on are constants of the pool
)

func (r reg) constant() bool { return r >= constants }

// inst is a machine instruction over virtual registers. Its sources stand in
// the order of Go's assembler, the last one of Intel's first.
type inst struct {
	op   string
	imm  int // noImm: none
	src  []reg
	at   int // which source may be in memory
	dst  reg // noReg: a store
	tied int // the source in whose register the result comes, and that is not written; untied

	mask reg  // the lanes that are computed; noReg: all
	zero bool // the other lanes are 0, else as in keep
	keep reg  // what the result's register holds before; noReg: anything

	stream int // of a load or a store: which slice
}

const (
	noImm  = -1
	untied = -1

	move  = "move"  // a load from a slice or a store into one
	leave = "leave" // out of the loop where a mask holds
)

// plain is an instruction without an immediate or a tied source.
func plain(op string, src ...reg) inst { return inst{op: op, imm: noImm, src: src, tied: untied} }

// under says where the result of an operation goes: into dst, with a mask only
// in its lanes.
type under struct {
	dst  reg
	mask reg
	zero bool
	keep reg
}

// isa is an instruction set: how each operation is computed, and what there
// is to compute it with.
type isa struct {
	name    string
	width   int    // float32 in a register
	letter  string // of its registers
	regs    int    // vector registers that a body may use
	masks   int    // mask registers that a body may use, from K2 on; 0: masks are vectors
	simple  map[string]simple
	special map[string]func(s *selector, v Value, args []reg, u under)
}

// times is how often a constant stands in memory: for each lane, if no
// instruction can spread it.
func (t *isa) times() int {
	if t.masks == 0 {
		return t.width
	}
	return 1
}

// simple is an operation that is one instruction, Intel's op dst, a, b.
type simple struct {
	op       string
	imm      int
	commutes bool
	with     uint32 // if not 0: the bits of a second operand
}

// shared are the operations that have the same instruction in all sets, but
// for the letter at the end of those over bits.
func shared(bits string) map[string]simple {
	return map[string]simple{
		"add":     {op: "VADDPS", imm: noImm, commutes: true},
		"sub":     {op: "VSUBPS", imm: noImm},
		"mul":     {op: "VMULPS", imm: noImm, commutes: true},
		"div":     {op: "VDIVPS", imm: noImm},
		"sqrt":    {op: "VSQRTPS", imm: noImm},
		"min":     {op: "VMINPS", imm: noImm},
		"max":     {op: "VMAXPS", imm: noImm},
		"neg":     {op: "VXORPS", imm: noImm, with: 1 << 31},
		"abs":     {op: "VANDPS", imm: noImm, with: math.MaxInt32},
		"float":   {op: "VCVTDQ2PS", imm: noImm},
		"int_add": {op: "VPADDD", imm: noImm, commutes: true},
		"int_sub": {op: "VPSUBD", imm: noImm},
		"bit_and": {op: "VPAND" + bits, imm: noImm, commutes: true},
		"bit_or":  {op: "VPOR" + bits, imm: noImm, commutes: true},
		"bit_xor": {op: "VPXOR" + bits, imm: noImm, commutes: true},
	}
}

// check makes sure that every operation of a program has instructions.
func (t *isa) check(p *Program) error {
	for _, in := range p.Instrs {
		_, simple := t.simple[in.Op]
		_, special := t.special[in.Op]
		switch in.Op {
		case "param", "const", "bits", "from_bits", "where":
		default:
			if !simple && !special {
				return fmt.Errorf("vector: %s has no %s", t.name, in.Op)
			}
		}
	}
	return nil
}

// shift is a shift by a constant.
func shift(op string) func(s *selector, v Value, args []reg, u under) {
	return func(s *selector, v Value, args []reg, u under) {
		in := plain(op, args[0])
		in.imm = int(s.Instrs[s.Instrs[v].Args[1]].Bits)
		s.emit(u, in)
	}
}

// fma chooses the form of a multiply-add that overwrites what is not needed
// any more. Intel's digits say which operands are multiplied and which one is
// added: 213 is dst = second·dst + third. The third may be in memory.
func fma(s *selector, v Value, args []reg, u under) {
	a, b, c := args[0], args[1], args[2]
	dies := s.dies(v)
	if !dies[0] && (dies[1] || a.constant()) {
		a, b = b, a
		dies[0], dies[1] = dies[1], dies[0]
	}
	form, src := "213", []reg{c, b, a}
	switch {
	case dies[0] && b.constant() && !c.constant():
		form, src = "132", []reg{b, c, a}
	case !dies[0] && b.constant():
		form, src = "231", []reg{b, a, c}
	case !dies[0]:
		form, src = "231", []reg{a, b, c}
	}
	in := plain("VFMADD"+form+"PS", src...)
	in.tied = 2
	s.emit(u, in)
}
