package vector

import "slices"

// selector chooses the instructions of a program for an instruction set.
type selector struct {
	*isa
	*Program
	pool   *pool
	code   []inst
	isMask []bool          // by virtual register
	value  []reg           // by Value
	used   []int           // by Value, of what stands behind changes of type
	parts  map[Value]Value // what is computed by the instruction of another value
	last   []Value         // by Value: the last one in whose instruction it is read
	turned map[Value]bool  // comparisons that are computed as their opposite
	upper  map[reg]reg     // by index of tables: its bit 3 as a mask
}

// choose returns the instructions of a program; inputs has the register of
// each of its parameters.
func (t *isa) choose(p *Program, pool *pool, inputs func(s *selector, k int) reg) (*selector, error) {
	if err := t.check(p); err != nil {
		return nil, err
	}
	s := &selector{isa: t, Program: p, pool: pool, value: make([]reg, len(p.Instrs)), parts: map[Value]Value{}, turned: map[Value]bool{}, upper: map[reg]reg{}}
	s.count()
	s.join()
	s.lifetimes()
	for v, in := range p.Instrs {
		if s.value[v] = noReg; in.Op != "table" {
			s.value[v] = s.compute(Value(v), inputs)
		}
	}
	return s, nil
}

// root is the value behind changes of type, which no instruction computes.
func (s *selector) root(v Value) Value {
	for s.Instrs[v].Op == "bits" || s.Instrs[v].Op == "from_bits" {
		v = s.Instrs[v].Args[0]
	}
	return v
}

// count finds out how often each root is read.
func (s *selector) count() {
	s.used = make([]int, len(s.Instrs))
	for v, in := range s.Instrs {
		if s.root(Value(v)) == Value(v) {
			for _, a := range in.Args {
				s.used[s.root(a)]++
			}
		}
	}
	for _, r := range s.Results {
		s.used[s.root(r)]++
	}
	if s.Leave != None {
		s.used[s.Leave]++
	}
}

// join finds operations that one instruction does together: a choice and what
// it chooses, two operations over bits.
func (s *selector) join() {
	if s.masks == 0 {
		return
	}
	for v, in := range s.Instrs {
		v := Value(v)
		switch {
		case in.Op == "where":
			s.joinChoice(v, in)
		case logic[in.Op] != nil:
			for _, a := range in.Args {
				if a := s.root(a); logic[s.Instrs[a].Op] != nil && s.alone(a) {
					s.parts[a] = v
					break
				}
			}
		}
	}
}

// alone reports whether a value is read once, and computed by itself.
func (s *selector) alone(v Value) bool {
	for _, whole := range s.parts {
		if whole == v {
			return false
		}
	}
	return s.used[v] == 1 && !slices.Contains(s.Results, v)
}

// joinChoice looks for an operand of a choice that can be computed under the
// choice's mask, into the other operand.
func (s *selector) joinChoice(v Value, in Instr) {
	for k := 2; k >= 1; k-- {
		a, other := s.root(in.Args[k]), s.root(in.Args[3-k])
		_, simple := s.simple[s.Instrs[a].Op]
		simple = simple || s.Instrs[a].Op == "fma" && s.isZero(other)
		if !simple || !s.alone(a) {
			continue
		}
		s.parts[a] = v
		if m := in.Args[0]; k == 2 && s.used[m] == 1 && s.comparison(m) {
			s.turned[m] = true
		}
		return
	}
}

func (s *selector) comparison(v Value) bool {
	op := s.Instrs[v].Op
	return op == "lt" || op == "le" || op == "eq" || op == "int_lt" || op == "int_eq"
}

func (s *selector) isZero(v Value) bool { return s.Instrs[v].Op == "const" && s.Instrs[v].Bits == 0 }

// lifetimes finds out where each value is read last.
func (s *selector) lifetimes() {
	end := Value(len(s.Instrs))
	s.last = make([]Value, end)
	at := make([]Value, end)
	first := slices.Repeat([]Value{end}, int(end))
	for v := end - 1; v >= 0; v-- {
		at[v] = v
		if whole, ok := s.parts[v]; ok {
			at[v] = at[whole]
		}
		if s.root(v) != v {
			continue
		}
		if s.Instrs[v].Op == "table" {
			at[v] = first[v]
		}
		for _, a := range s.Instrs[v].Args {
			a = s.root(a)
			s.last[a] = max(s.last[a], at[v])
			first[a] = min(first[a], at[v])
		}
	}
	for _, r := range s.Results {
		s.last[s.root(r)] = end
	}
	if s.Leave != None {
		s.last[s.Leave] = end
	}
}

// dies tells for each operand of a value whether it is read there last.
func (s *selector) dies(v Value) []bool {
	at := v
	for whole, ok := s.parts[at]; ok; whole, ok = s.parts[at] {
		at = whole
	}
	list := make([]bool, len(s.Instrs[v].Args))
	for i, a := range s.Instrs[v].Args {
		list[i] = !s.value[a].constant() && s.last[s.root(a)] == at
	}
	return list
}

// emit adds an instruction that writes what u says.
func (s *selector) emit(u under, in inst) {
	in.dst, in.mask, in.zero, in.keep = u.dst, u.mask, u.zero, u.keep
	s.code = append(s.code, in)
}

// into is a new virtual register, of vectors or of masks, without a mask.
func (s *selector) into(mask bool) under {
	s.isMask = append(s.isMask, mask && s.masks > 0)
	return under{reg(len(s.isMask) - 1), noReg, false, noReg}
}

// compute adds the instructions of a value, unless it is part of another one.
func (s *selector) compute(v Value, inputs func(s *selector, k int) reg) reg {
	in := s.Instrs[v]
	switch in.Op {
	case "param":
		return inputs(s, slices.Index(s.Params, v))
	case "const":
		return s.pool.bits(in.Bits)
	case "bits", "from_bits":
		return s.value[in.Args[0]]
	}
	if _, ok := s.parts[v]; ok || s.used[v] == 0 {
		return noReg
	}
	u := s.into(in.Kind == 'm')
	if in.Op == "where" {
		s.choice(v, u)
	} else {
		s.operation(v, u)
	}
	return u.dst
}

// read is the register of a value. Tables are computed where they are read
// first, as there are many of one index.
func (s *selector) read(v Value) reg {
	if s.value[v] == noReg && s.Instrs[v].Op == "table" {
		s.value[v] = s.compute(v, nil)
	}
	return s.value[v]
}

func (s *selector) args(v Value) []reg {
	var list []reg
	for _, a := range s.Instrs[v].Args {
		list = append(list, s.read(s.root(a)))
	}
	return list
}

// operation computes anything but a choice.
func (s *selector) operation(v Value, u under) {
	in := s.Instrs[v]
	if special := s.special[in.Op]; special != nil {
		special(s, v, s.args(v), u)
		return
	}
	if inner, k := s.inner(v); inner != None {
		s.ternary(v, inner, k, u)
		return
	}
	s.one(s.simple[in.Op], s.args(v), u)
}

// one computes an operation of one instruction.
func (s *selector) one(op simple, args []reg, u under) {
	in := plain(op.op)
	in.imm = op.imm
	switch {
	case len(args) == 1 && op.with != 0:
		in.src = []reg{s.pool.bits(op.with), args[0]}
	case len(args) == 1:
		in.src = args
	case op.commutes && args[0].constant():
		in.src = []reg{args[0], args[1]}
	default:
		in.src = []reg{args[1], args[0]}
	}
	s.emit(u, in)
}

// choice computes a where.
func (s *selector) choice(v Value, u under) {
	in, args := s.Instrs[v], s.args(v)
	for k := 1; k <= 2; k++ {
		part := s.root(in.Args[k])
		if whole, ok := s.parts[part]; !ok || whole != v {
			continue
		}
		u.mask = args[0]
		if k == 2 && !s.turned[in.Args[0]] {
			u.mask = s.opposite(args[0])
		}
		if u.zero = s.isZero(s.root(in.Args[3-k])); !u.zero {
			u.keep = args[3-k]
		}
		s.operation(part, u)
		return
	}
	s.blend(args[0], args[1], args[2], u)
}
