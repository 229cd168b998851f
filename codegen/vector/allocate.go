package vector

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// step is an instruction of one of the copies of a body that run side by side.
type step struct {
	inst
	copy, index int
}

// interleave takes an instruction of each copy in turn, so that they hide each
// other's latencies.
func interleave(code []inst, copies int) []step {
	var list []step
	for i, in := range code {
		for c := range copies {
			list = append(list, step{in, c, i})
		}
	}
	return list
}

// errRegisters says that a body needs more registers than there are.
var errRegisters = fmt.Errorf("vector: a loop needs too many registers")

// allocator gives a body's virtual registers real ones and writes its text.
type allocator struct {
	*isa
	pool   *pool
	table  string
	isMask []bool
	last   []int         // by virtual register: the instruction that reads it last
	place  []map[reg]int // by copy
	free   [2][]bool     // vectors, masks
	held   []reg         // constants in registers, from the last one downwards
	access access
	lines  []string
}

// access writes what depends on where a body stands: a load into a register, a
// store of one, and the test of masks, one of each copy, for any lane.
type access interface {
	load(in step, to string) string
	store(in step, from string) string
	test(masks []string) []string
	fixed(in step) (int, bool) // the register, if any, that stands for the memory of a load or store
}

// allocate returns the text of a body with as many of its constants in
// registers as possible, most wanted first; held are those.
func (s *selector) allocate(code []step, table string, at access) (lines []string, held []reg, err error) {
	wanted := wantedConstants(code)
	for n := min(len(wanted), s.regs); n >= 0; n-- {
		if lines, err = s.allocateWith(wanted[:n], code, table, at); err == nil {
			return lines, wanted[:n], nil
		}
	}
	return nil, nil, err
}

// allocateWith returns the text of a body with these constants in registers.
func (s *selector) allocateWith(held []reg, code []step, table string, at access) ([]string, error) {
	a := &allocator{isa: s.isa, pool: s.pool, table: table, isMask: s.isMask, held: held, access: at}
	a.begin(code)
	for i := range held {
		if !a.free[0][a.regs-1-i] {
			return nil, errRegisters
		}
		a.free[0][a.regs-1-i] = false
	}
	for _, in := range code {
		if err := a.instruction(in); err != nil {
			return nil, err
		}
	}
	return a.lines, nil
}

// wantedConstants are the constants of a body in the order in which they are
// worth a register: first those that cannot be read from memory where they
// stand, then those that are read often.
func wantedConstants(code []step) []reg {
	worth := map[reg]int{}
	for _, in := range code {
		for i, r := range in.src {
			switch {
			case !r.constant():
			case i == in.at && i != in.tied:
				worth[r]++
			case i != in.tied:
				worth[r] += 1000
			}
		}
	}
	var list []reg
	for r := range worth {
		list = append(list, r)
	}
	slices.SortFunc(list, func(a, b reg) int { return cmp.Or(worth[b]-worth[a], int(a-b)) })
	return list
}

func (a *allocator) begin(code []step) {
	a.free = [2][]bool{slices.Repeat([]bool{true}, a.regs), slices.Repeat([]bool{true}, a.masks)}
	a.last = make([]int, len(a.isMask))
	for _, in := range code {
		if n, ok := a.access.fixed(in); ok {
			a.free[0][n] = false
		}
		for len(a.place) <= in.copy {
			a.place = append(a.place, map[reg]int{})
		}
		for _, r := range in.reads() {
			if !r.constant() {
				a.last[r] = in.index
			}
		}
	}
}

// reads are the registers that an instruction reads.
func (in *inst) reads() []reg {
	list := slices.Clone(in.src)
	for _, r := range []reg{in.mask, in.keep} {
		if r != noReg {
			list = append(list, r)
		}
	}
	return list
}

func class(mask bool) int {
	if mask {
		return 1
	}
	return 0
}

// take finds a free register.
func (a *allocator) take(mask bool) (int, error) {
	list := a.free[class(mask)]
	r := slices.Index(list, true)
	if r < 0 {
		return 0, errRegisters
	}
	list[r] = false
	return r, nil
}

func (a *allocator) name(n int, mask bool) string {
	if mask {
		return "K" + strconv.Itoa(n+2)
	}
	return a.letter + strconv.Itoa(n)
}

// holds is the register of a constant, if it is in one.
func (a *allocator) holds(r reg) (int, bool) {
	i := slices.Index(a.held, r)
	return a.regs - 1 - i, i >= 0
}

// instruction writes an instruction: constants that are in neither a register
// nor a place where memory may stand are loaded first, and what it overwrites
// but is still needed is copied.
func (a *allocator) instruction(in step) error {
	if in.op == leave {
		a.leave(in)
		return nil
	}
	if n, ok := a.access.fixed(in); ok {
		a.fix(in, n)
		return nil
	}
	texts := make([]string, len(in.src))
	var loaded []int
	broadcast := false
	for i, r := range in.src {
		switch held, ok := a.holds(r); {
		case i == in.tied:
		case !r.constant():
			texts[i] = a.name(a.place[in.copy][r], a.isMask[r])
		case ok:
			texts[i] = a.name(held, false)
		case i == in.at && (a.width == 16 || a.pool.of(r).frame == ""):
			texts[i], broadcast = a.memory(r), a.pool.of(r).table == ""
		default:
			n, err := a.take(false)
			if err != nil {
				return err
			}
			a.fetch(r, n)
			loaded = append(loaded, n)
			texts[i] = a.name(n, false)
		}
	}
	if in.dst == noReg {
		a.line("%s", a.access.store(in, texts[0]))
		a.release(in)
		return nil
	}
	n, err := a.result(in)
	if err != nil {
		return err
	}
	if result := a.name(n, a.isMask[in.dst]); in.src == nil {
		a.line("%s", a.access.load(in, result))
	} else {
		a.text(in, texts, result, broadcast && a.width == 16)
	}
	for _, n := range loaded {
		a.free[0][n] = true
	}
	return nil
}

// fix makes a register that keeps what it has from one round of the loop to the
// next one the result of a load, or writes it.
func (a *allocator) fix(in step, n int) {
	if in.src == nil {
		a.place[in.copy][in.dst], a.last[in.dst] = n, -1
		return
	}
	a.copy(in.src[0], in.copy, n)
	a.release(in)
}

// leave writes the test of the masks of all copies behind the last of them.
func (a *allocator) leave(in step) {
	if in.copy < len(a.place)-1 {
		return
	}
	var masks []string
	for c := range a.place {
		masks = append(masks, a.name(a.place[c][in.src[0]], a.masks > 0))
		a.release(step{in.inst, c, in.index})
	}
	for _, line := range a.access.test(masks) {
		a.line("%s", line)
	}
}

// result finds the register of an instruction's result, and frees those that
// are read last.
func (a *allocator) result(in step) (int, error) {
	old := in.keep
	if in.tied != untied {
		old = in.src[in.tied]
	}
	place := a.place[in.copy]
	reuse := old != noReg && !old.constant() && a.last[old] == in.index
	if old != noReg && !reuse {
		n, err := a.take(false)
		if err != nil {
			return 0, err
		}
		a.copy(old, in.copy, n)
		a.release(in)
		place[in.dst] = n
		return n, nil
	}
	if reuse {
		place[in.dst] = place[old]
		a.release(in)
		a.free[0][place[in.dst]] = false
		return place[in.dst], nil
	}
	a.release(in)
	n, err := a.take(a.isMask[in.dst])
	place[in.dst] = n
	return n, err
}

// release frees the registers that an instruction reads last.
func (a *allocator) release(in step) {
	for _, r := range in.reads() {
		if !r.constant() && a.last[r] == in.index {
			a.free[class(a.isMask[r])][a.place[in.copy][r]] = true
		}
	}
}

// copy writes what a register or a constant holds to a register.
func (a *allocator) copy(from reg, copy, to int) {
	switch held, ok := a.holds(from); {
	case ok:
		a.line("VMOVAPS %s, %s", a.name(held, false), a.name(to, false))
	case from.constant():
		a.fetch(from, to)
	default:
		a.line("VMOVAPS %s, %s", a.name(a.place[copy][from], false), a.name(to, false))
	}
}

// memory is a constant in memory.
func (a *allocator) memory(r reg) string {
	if c := a.pool.of(r); c.frame != "" {
		return c.frame
	}
	return fmt.Sprintf("%s<>+%d(SB)", a.table, a.pool.offset(r, a.times()))
}

// fetch writes a load of a constant into a register.
func (a *allocator) fetch(r reg, to int) {
	op := "VBROADCASTSS"
	if a.pool.of(r).table != "" {
		op = "VMOVUPS"
	}
	a.line("%s %s, %s", op, a.memory(r), a.name(to, false))
}

func (a *allocator) line(format string, args ...any) {
	a.lines = append(a.lines, fmt.Sprintf(format, args...))
}

// text writes an instruction whose sources have their texts.
func (a *allocator) text(in step, texts []string, result string, broadcast bool) {
	op := in.op
	if broadcast {
		op += ".BCST"
	}
	if in.zero {
		op += ".Z"
	}
	var operands []string
	if in.imm != noImm {
		operands = append(operands, "$"+strconv.Itoa(in.imm))
	}
	for i, t := range texts {
		if i != in.tied {
			operands = append(operands, t)
		}
	}
	if in.mask != noReg {
		operands = append(operands, a.name(a.place[in.copy][in.mask], true))
	}
	a.line("%s %s", op, strings.Join(append(operands, result), ", "))
}
