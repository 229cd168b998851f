package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Offsets of the fields of gemm.MoveArgs.
const (
	moveTo = 8 * iota
	moveFrom
	moveToRow
	moveFromRow
	moveRows
	moveVectors
	moveMask
	moveWindow
)

// copyRows writes the copy of a matrix with rows of whole vectors and one
// that may be masked. Four rows ahead are fetched.
func (a *asm) copyRows() {
	a.begin(a.name("copyRows"), "Copies rows from one matrix to another.")
	mask := a.mask(moveMask, moveWindow)
	to, from, toRow, fromRow, rows := reg.RSI, reg.RBX, reg.R8, reg.R9, reg.RCX
	a.moveSetUp(to, from, toRow, fromRow)
	a.MOVQ(mem(args, moveRows), rows)
	a.Label("row")
	a.XORQ(reg.RAX, reg.RAX)
	a.LEAQ(indexed(from, fromRow, 4, 0), reg.R10)
	a.MOVQ(mem(args, moveVectors), reg.RDX)
	a.TESTQ(reg.RDX, reg.RDX)
	a.JZ(operand.LabelRef("last"))
	a.Label("vector")
	a.PREFETCHT0(indexed(reg.R10, reg.RAX, 1, 0))
	a.move(indexed(from, reg.RAX, 1, 0), a.vector(0))
	a.move(a.vector(0), indexed(to, reg.RAX, 1, 0))
	a.ADDQ(operand.Imm(uint64(a.width)), reg.RAX)
	a.again(reg.RDX, "vector")
	a.Label("last")
	a.CMPQ(mem(args, moveMask), operand.Imm(0))
	a.JEQ(operand.LabelRef("next"))
	a.PREFETCHT0(indexed(reg.R10, reg.RAX, 1, 0))
	a.load(indexed(from, reg.RAX, 1, 0), mask, a.vector(0))
	a.store(a.vector(0), mask, indexed(to, reg.RAX, 1, 0))
	a.Label("next")
	a.ADDQ(fromRow, from)
	a.ADDQ(toRow, to)
	a.again(rows, "row")
	a.end()
}

func (a *asm) moveSetUp(to, from, toRow, fromRow reg.Register) {
	a.MOVQ(mem(args, moveTo), to)
	a.MOVQ(mem(args, moveFrom), from)
	a.MOVQ(mem(args, moveToRow), toRow)
	a.MOVQ(mem(args, moveFromRow), fromRow)
}
