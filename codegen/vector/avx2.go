package vector

import "math"

// avx2 is AVX2 with FMA3. Y15 is the mask of a slice's end.
var avx2 = &isa{name: "AVX2", width: 8, letter: "Y", regs: 15}

func init() {
	avx2.simple = shared("")
	for op, s := range map[string]simple{
		"floor": {op: "VROUNDPS", imm: 9}, "ceil": {op: "VROUNDPS", imm: 10}, "round": {op: "VROUNDPS", imm: 8},
		"and": {op: "VANDPS", imm: noImm, commutes: true}, "or": {op: "VORPS", imm: noImm, commutes: true},
		"not": {op: "VXORPS", imm: noImm, with: math.MaxUint32},
		"lt":  {op: "VCMPPS", imm: 0x11}, "le": {op: "VCMPPS", imm: 0x12}, "eq": {op: "VCMPPS", imm: 0, commutes: true},
		"int_eq": {op: "VPCMPEQD", imm: noImm, commutes: true},
	} {
		avx2.simple[op] = s
	}
	avx2.special = map[string]func(s *selector, v Value, args []reg, u under){
		"fma":        fma,
		"shift_left": shift("VPSLLD"), "shift_right": shift("VPSRAD"),
		"int_lt": func(s *selector, _ Value, args []reg, u under) { s.emit(u, plain("VPCMPGTD", args[0], args[1])) },
		"scale":  scale,
		"table":  lookup,
	}
}

// scale multiplies by 2^n in two steps, of which the first one is exact.
func scale(s *selector, _ Value, args []reg, u under) {
	step := func(op string, imm int, src ...reg) reg {
		to := s.into(false)
		in := plain(op, src...)
		in.imm = imm
		s.emit(to, in)
		return to.dst
	}
	one := s.pool.bits(math.Float32bits(1))
	power := func(n reg) reg { return step("VPADDD", noImm, one, step("VPSLLD", 23, n)) }
	n := step("VCVTPS2DQ", noImm, args[1])
	half := step("VPSRAD", 1, n)
	rest := step("VPSUBD", noImm, half, n)
	s.emit(u, plain("VMULPS", step("VMULPS", noImm, args[0], power(half)), power(rest)))
}

// lookup chooses from a table of eight numbers by one instruction, from one of
// sixteen by its lower half, its upper half, and bit 3 of the index.
func lookup(s *selector, v Value, args []reg, u under) {
	table := s.Instrs[v].Table
	if len(table) == 8 {
		s.permute(table, args[0], u)
		return
	}
	upper, ok := s.upper[args[0]]
	if !ok {
		to, in := s.into(false), plain("VPSLLD", args[0])
		in.imm = 28
		s.emit(to, in)
		upper = to.dst
		s.upper[args[0]] = upper
	}
	low, high := s.into(false), s.into(false)
	s.permute(table[:8], args[0], low)
	s.permute(table[8:], args[0], high)
	in := plain("VBLENDVPS", upper, high.dst, low.dst)
	in.at = 1
	s.emit(u, in)
}

// permute chooses from eight numbers, which are read by an instruction of their
// own: some processors take twice as long for both in one.
func (s *selector) permute(table []float32, index reg, u under) {
	in := plain("VPERMPS", s.pool.numbers(table), index)
	in.at = -1
	s.emit(u, in)
}

// blendVector is blend where masks are vectors.
func (s *selector) blendVector(mask, a, b reg, u under) {
	zero := s.pool.bits(0)
	switch {
	case b == zero:
		s.emit(u, plain("VANDPS", a, mask))
	case a == zero:
		s.emit(u, plain("VANDNPS", b, mask))
	default:
		in := plain("VBLENDVPS", mask, a, b)
		in.at = 1
		s.emit(u, in)
	}
}
