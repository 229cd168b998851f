package vector

import "slices"

// avx512 is AVX-512 F, VL, DQ and BW. K1 is the mask of a slice's end.
var avx512 = &isa{name: "AVX512", width: 16, letter: "Z", regs: 32, masks: 6}

func init() {
	avx512.simple = shared("D")
	for op, s := range map[string]simple{
		"floor": {op: "VRNDSCALEPS", imm: 9}, "ceil": {op: "VRNDSCALEPS", imm: 10}, "round": {op: "VRNDSCALEPS", imm: 8},
		"scale": {op: "VSCALEFPS", imm: noImm},
		"and":   {op: "KANDW", imm: noImm}, "or": {op: "KORW", imm: noImm}, "not": {op: "KNOTW", imm: noImm},
	} {
		avx512.simple[op] = s
	}
	avx512.special = map[string]func(s *selector, v Value, args []reg, u under){
		"fma": fma,
		"table": func(s *selector, v Value, args []reg, u under) {
			table := s.Instrs[v].Table
			table = slices.Repeat(table, 16/len(table))
			s.emit(u, plain("VPERMPS", s.pool.numbers(table), args[0]))
		},
		"shift_left": shift("VPSLLD"), "shift_right": shift("VPSRAD"),
		"lt": predicate("VCMPPS", 0x11, 0x15, 0x1e, 0x1a), "le": predicate("VCMPPS", 0x12, 0x16, 0x1d, 0x19), "eq": predicate("VCMPPS", 0, 4, 0, 4),
		"int_lt": predicate("VPCMPD", 1, 5, 6, 2), "int_eq": predicate("VPCMPD", 0, 4, 0, 4),
	}
}

// predicate is a comparison: the immediates of it and of its opposite, and of
// both with the operands exchanged.
func predicate(op string, is, not, turnedIs, turnedNot int) func(s *selector, v Value, args []reg, u under) {
	return func(s *selector, v Value, args []reg, u under) {
		in := plain(op, args[1], args[0])
		in.imm = is
		if s.turned[v] {
			in.imm = not
		}
		if args[0].constant() {
			in.src = args
			if in.imm = turnedIs; s.turned[v] {
				in.imm = turnedNot
			}
		}
		s.emit(u, in)
	}
}

// opposite is a mask of the other lanes.
func (s *selector) opposite(mask reg) reg {
	u := s.into(true)
	s.emit(u, plain("KNOTW", mask))
	return u.dst
}

// blend is a where the mask holds, else b.
func (s *selector) blend(mask, a, b reg, u under) {
	switch {
	case s.masks == 0:
		s.blendVector(mask, a, b, u)
	case b.constant():
		u.mask, u.keep = mask, b
		in := plain("VMOVAPS", a)
		in.at = -1 // it does not spread a number over the lanes
		s.emit(u, in)
	default:
		s.emit(u, plain("VBLENDMPS", a, b, mask))
	}
}

// logic is the bit that each operation over bits gives for two bits.
var logic = map[string]func(a, b int) int{
	"bit_and": func(a, b int) int { return a & b },
	"bit_or":  func(a, b int) int { return a | b },
	"bit_xor": func(a, b int) int { return a ^ b },
}

// inner is the operand of an operation over bits, if there is one, that is
// such an operation itself and is computed with it.
func (s *selector) inner(v Value) (Value, int) {
	for k, a := range s.Instrs[v].Args {
		if a := s.root(a); logic[s.Instrs[v].Op] != nil {
			if whole, ok := s.parts[a]; ok && whole == v {
				return a, k
			}
		}
	}
	return None, 0
}

// ternary computes two operations over three words of bits by a table: bit
// 4a+2b+c of the immediate is the result for the bits a of the word that is
// overwritten, b, and c, which may be in memory.
func (s *selector) ternary(v, inner Value, k int, u under) {
	in, out := logic[s.Instrs[inner].Op], logic[s.Instrs[v].Op]
	words := append(s.args(inner), s.args(v)[1-k])
	dies := append(s.dies(inner), s.dies(v)[1-k])
	order := []int{0, 1, 2} // a, b, c
	for i, w := range words {
		if w.constant() {
			order[i], order[2] = order[2], order[i]
			break
		}
	}
	if !dies[order[0]] && dies[order[1]] {
		order[0], order[1] = order[1], order[0]
	}
	table := 0
	for bit := range 8 {
		var x [3]int
		for place, word := range order {
			x[word] = bit >> (2 - place) & 1
		}
		table |= out(in(x[0], x[1]), x[2]) << bit
	}
	op := plain("VPTERNLOGD", words[order[2]], words[order[1]], words[order[0]])
	op.imm, op.tied = table, 2
	s.emit(u, op)
}
