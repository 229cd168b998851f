package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// groupPanels is how many panels copyPanels takes at most.
const groupPanels = 4

// copyPanels writes the copy of Rows rows to Vectors panels beside each other,
// ToRow bytes apart: what is read of a row lies in one piece, and rows far
// apart are read once for all. It fetches aheadOf rows ahead.
func (a *asm) copyPanels() {
	a.begin(a.name("copyPanels"), "Copies rows to panels beside each other.")
	to, from, toPanel, fromRow, rows := reg.RSI, reg.RBX, reg.R8, reg.R9, reg.RCX
	panels, at, here := reg.RDX, reg.RAX, reg.R10
	a.moveSetUp(to, from, toPanel, fromRow)
	a.MOVQ(mem(args, moveRows), rows)
	a.CMPQ(mem(args, moveVectors), operand.Imm(groupPanels))
	a.JE(operand.LabelRef("all"))
	a.Label("row")
	a.MOVQ(mem(args, moveVectors), panels)
	a.MOVQ(from, here)
	a.MOVQ(to, at)
	a.Label("panel")
	a.PREFETCHT0(indexed(here, fromRow, aheadOf, 0))
	a.copyLine(mem(here, 0), mem(at, 0), 0)
	a.ADDQ(signed(acrossPanel*a.width), here)
	a.ADDQ(toPanel, at)
	a.again(panels, "panel")
	a.ADDQ(fromRow, from)
	a.ADDQ(signed(acrossPanel*a.width), to)
	a.again(rows, "row")
	a.JMP(operand.LabelRef("done"))
	a.Label("all")
	a.LEAQ(indexed(toPanel, toPanel, 2, 0), at)
	a.Label("rowOfAll")
	for p, to := range []operand.Mem{mem(to, 0), indexed(to, toPanel, 1, 0), indexed(to, toPanel, 2, 0), indexed(to, at, 1, 0)} {
		a.PREFETCHT0(indexed(from, fromRow, aheadOf, p*acrossPanel*a.width))
		a.copyLine(mem(from, p*acrossPanel*a.width), to, p*acrossPanel)
	}
	a.ADDQ(fromRow, from)
	a.ADDQ(signed(acrossPanel*a.width), to)
	a.again(rows, "rowOfAll")
	a.Label("done")
	a.end()
}

// copyLine copies a panel's part of a row, through registers from v on.
func (a *asm) copyLine(from, to operand.Mem, v int) {
	for j := range acrossPanel {
		a.move(from, a.vector(v+j))
		from.Disp += a.width
	}
	for j := range acrossPanel {
		a.move(a.vector(v+j), to)
		to.Disp += a.width
	}
}
