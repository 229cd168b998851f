package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// transpose writes the transposition of as many rows as a vector has lanes:
// of each block of as many columns, and of a last one with fewer, of which
// only the rows that there are are stored.
func (a *asm) transpose() {
	a.begin(a.name("transpose"), "Transposes as many rows as a vector has lanes.")
	to, toRow, blocks := reg.RSI, reg.R12, reg.RCX
	a.moveSetUp(to, bases[0], toRow, rowA)
	a.LEAQ(indexed(rowA, rowA, 2, 0), rowA3)
	a.LEAQ(indexed(rowA, rowA, 4, 0), rowA5)
	for i := 1; i*rowsPerBase < a.lanes(); i++ {
		a.LEAQ(indexed(bases[i-1], rowA5, 1, 0), bases[i])
		a.LEAQ(indexed(bases[i], rowA, 2, 0), bases[i])
	}
	a.MOVQ(mem(args, moveVectors), blocks)
	a.TESTQ(blocks, blocks)
	a.JZ(operand.LabelRef("rest"))
	a.Label("block")
	a.transposeBlock(a.move, func(v reg.Register) {
		a.move(v, mem(to, 0))
		a.ADDQ(toRow, to)
	})
	a.again(blocks, "block")
	a.Label("rest")
	a.transposeRest(to, toRow)
	a.Label("done")
	a.end()
}

// transposeRest writes the last block.
func (a *asm) transposeRest(to, toRow reg.Register) {
	rows := reg.RCX
	a.MOVQ(mem(args, moveRows), rows)
	a.TESTQ(rows, rows)
	a.JZ(operand.LabelRef("done"))
	bits := operand.Op(reg.K1)
	if a.masks() {
		a.KMOVW(mem(args, moveMask), reg.K1)
	} else {
		bits = a.vector(a.registers() - 1)
		a.MOVQ(mem(args, moveWindow), reg.R13)
		a.VMOVUPS(mem(reg.R13, 0), bits)
	}
	a.transposeBlock(func(from, v operand.Op) { a.load(from, bits, v) }, func(v reg.Register) {
		a.move(v, mem(to, 0))
		a.ADDQ(toRow, to)
		a.DECQ(rows)
		a.JZ(operand.LabelRef("done"))
	})
}

// transposeBlock loads a square block, a vector of each row, and stores its
// columns, in order. Elements are interleaved within 128 bits, then whole 128
// bits are exchanged; each round reads one half of the registers and writes
// the other.
func (a *asm) transposeBlock(load func(from, v operand.Op), store func(reg.Register)) {
	n := a.lanes()
	for i := range n {
		at := elementA(i)
		load(at, a.vector(i))
		at.Disp = 4 * a.width
		a.PREFETCHT0(at)
	}
	for i := 0; i < n; i += rowsPerBase {
		a.ADDQ(operand.Imm(uint64(a.width)), bases[i/rowsPerBase])
	}
	r := rounds{a: a, rows: make([]int, n)}
	for i := range n {
		r.rows[i] = i
	}
	piece := 16 / a.size // elements in 128 bits
	if piece == 4 {
		r.pairs(1, a.unpack(a.VUNPCKLPS), a.unpack(a.VUNPCKHPS))
	}
	r.pairs(piece/2, a.unpack(a.VUNPCKLPD), a.unpack(a.VUNPCKHPD))
	if a.width == 64 {
		r.pairs(piece, a.exchange(0x88), a.exchange(0xdd))
		r.pairs(2*piece, a.exchange(0x88), a.exchange(0xdd))
	} else {
		r.pairs(piece, a.exchange(0x20), a.exchange(0x31))
	}
	for c := range n {
		store(a.vector(r.rows[r.place(c, piece)]))
	}
}

// rounds is a transposition in progress: rows[i] is the register of row i.
type rounds struct {
	a    *asm
	rows []int
	odd  bool
}

// pairs combines rows that are a distance apart: the lower one becomes low of
// both, the upper one high.
func (r *rounds) pairs(distance int, low, high func(x, y, to int)) {
	free := 0
	if r.odd = !r.odd; r.odd {
		free = len(r.rows)
	}
	for i := range r.rows {
		if i&distance != 0 {
			continue
		}
		x, y := r.rows[i], r.rows[i+distance]
		low(x, y, free)
		high(x, y, free+1)
		r.rows[i], r.rows[i+distance] = free, free+1
		free += 2
	}
}

// place is the row that column c has become: columns are in order, but that
// two rounds of interleaving reverse the two bits of a column's number.
func (r *rounds) place(c, piece int) int {
	within, across := c%piece, c/piece
	if piece == 4 {
		within = within>>1 | within&1<<1
	}
	return across*piece + within
}

// unpack interleaves the elements of two registers.
func (a *asm) unpack(f func(...operand.Op)) func(x, y, to int) {
	return func(x, y, to int) { f(a.vector(y), a.vector(x), a.vector(to)) }
}

// exchange takes 128 bits each from two registers.
func (a *asm) exchange(which uint64) func(x, y, to int) {
	return func(x, y, to int) {
		vx, vy, vt := a.vector(x), a.vector(y), a.vector(to)
		if a.width == 64 {
			a.VSHUFF32X4(operand.Imm(which), vy, vx, vt)
		} else {
			a.VPERM2F128(operand.Imm(which), vy, vx, vt)
		}
	}
}
