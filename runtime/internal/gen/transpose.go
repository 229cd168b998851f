package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// transpose writes the transposition of as many rows as a vector has lanes:
// of square blocks, and of a last one of which not all columns are stored.
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
	a.transposeBlock(func(column reg.Register) {
		a.move(column, mem(to, 0))
		a.ADDQ(toRow, to)
	})
	for i := 0; i < a.lanes(); i += rowsPerBase {
		a.ADDQ(operand.Imm(uint64(a.width)), bases[i/rowsPerBase])
	}
	a.again(blocks, "block")
	a.Label("rest")
	columns := blocks
	a.MOVQ(mem(args, moveRows), columns)
	a.TESTQ(columns, columns)
	a.JZ(operand.LabelRef("done"))
	a.transposeBlock(func(column reg.Register) {
		a.move(column, mem(to, 0))
		a.ADDQ(toRow, to)
		a.DECQ(columns)
		a.JZ(operand.LabelRef("done"))
	})
	a.Label("done")
	a.end()
}

// transposeBlock hands the columns of a square block to store, in order. Four
// (two) of them at a time: rows whose 128 bits of them belong side by side in
// the columns are loaded into one vector; then elements are interleaved within
// 128 bits. Loads that insert are cheaper than exchanges between registers.
func (a *asm) transposeBlock(store func(column reg.Register)) {
	piece := 16 / a.size // elements in 128 bits
	for i := range a.lanes() {
		ahead := elementA(i)
		ahead.Disp = 4 * a.width
		a.PREFETCHT0(ahead)
	}
	for c := 0; c < a.lanes(); c += piece {
		rows := make([]reg.Register, piece)
		for r := range piece {
			rows[r] = a.gather(r, piece, c)
		}
		if piece == 4 {
			low, high := a.interleave(a.VUNPCKLPS, rows, 4), a.interleave(a.VUNPCKHPS, rows, 6)
			rows = []reg.Register{low[0], low[1], high[0], high[1]}
		}
		for h := 0; h < piece; h += 2 {
			store(a.interleave(a.VUNPCKLPD, rows[h:h+2], 8)[0])
			store(a.interleave(a.VUNPCKHPD, rows[h:h+2], 9)[0])
		}
	}
}

// gather loads 128 bits from column c on of each row that is r and a multiple
// of piece.
func (a *asm) gather(r, piece, c int) reg.Register {
	v := reg.Vector.Lookup(reg.Index(r), reg.S128).(reg.VecPhysical)
	for g := range a.width / 16 {
		from, lane := elementA(r+g*piece), operand.Imm(uint64(g))
		from.Disp = c * a.size
		switch {
		case g == 0:
			a.VMOVUPS(from, v)
		case a.width == 64:
			a.VINSERTF32X4(lane, from, v.AsZ(), v.AsZ())
		default:
			a.VINSERTF128(lane, from, v.AsY(), v.AsY())
		}
	}
	return a.vector(r)
}

// interleave combines pairs of registers into the ones from register to on.
func (a *asm) interleave(f func(...operand.Op), v []reg.Register, to int) (out []reg.Register) {
	for i := 0; i < len(v); i += 2 {
		w := a.vector(to + i/2)
		f(v[i+1], v[i], w)
		out = append(out, w)
	}
	return out
}
