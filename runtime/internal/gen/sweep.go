package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Registers of sweep: pointers into the rows of B at hand, and the next
// element of A.
var (
	sweepRows = []reg.GPPhysical{reg.RAX, reg.RBX, reg.RDX, reg.R14, reg.R8, reg.R9, reg.R10, reg.R11}
	sweepA    = reg.R13
	sweepC    = reg.RSI
	sweepLeft = reg.R15 // vectors left in the row
)

// sweepUnroll is how many vectors a round of sweep takes.
const sweepUnroll = 4

// sweep writes C += A B for one row of A, K elements ColA apart, and a C of
// Panels vectors, the last one masked. It goes through B in the order of
// memory, eight rows at a time: what is read once, from a cache further away,
// comes as fast as it can only then.
func (a *asm) sweep() {
	a.begin(a.name("sweep"), "C += A B for one row of A, in the order in which B lies.")
	mask := a.mask(argMask, argWindow)
	a.MOVQ(mem(args, argRowB), rowB)
	a.MOVQ(mem(args, argA), sweepA)
	a.MOVQ(mem(args, argB), reg.RAX)
	a.MOVQ(reg.RAX, mem(args, argAtA)) // where in B
	a.sweepGroups(mask, len(sweepRows), "many")
	a.sweepGroups(mask, 1, "single")
	a.end()
}

// sweepGroups goes on by so many rows at a time, as often as there are.
func (a *asm) sweepGroups(mask operand.Op, rows int, label string) {
	a.Label(label)
	a.CMPQ(mem(args, argK), operand.Imm(uint64(rows)))
	a.JLT(operand.LabelRef(label + "Done"))
	a.SUBQ(operand.Imm(uint64(rows)), mem(args, argK))
	a.MOVQ(mem(args, argAtA), sweepRows[0])
	for u := range rows {
		a.spread(mem(sweepA, 0), a.vector(u))
		a.ADDQ(mem(args, argColA), sweepA)
		if u > 0 {
			a.LEAQ(indexed(sweepRows[u-1], rowB, 1, 0), sweepRows[u])
		}
	}
	a.LEAQ(indexed(sweepRows[rows-1], rowB, 1, 0), sweepC)
	a.MOVQ(sweepC, mem(args, argAtA))
	a.MOVQ(mem(args, argC), sweepC)
	a.MOVQ(mem(args, argPanels), sweepLeft)
	a.sweepVectors(rows, sweepUnroll, label+"Rounds")
	a.sweepVectors(rows, 1, label+"Vectors")
	a.sweepVector(mask, rows, 0)
	a.JMP(operand.LabelRef(label))
	a.Label(label + "Done")
}

// sweepVectors adds so many vectors at a time, as long as more than so many
// are left.
func (a *asm) sweepVectors(rows, unroll int, label string) {
	a.Label(label)
	a.CMPQ(sweepLeft, operand.Imm(uint64(unroll)))
	a.JLE(operand.LabelRef(label + "Done"))
	for v := range unroll {
		a.sweepVector(nil, rows, v)
	}
	for u := range rows {
		a.ADDQ(signed(unroll*a.width), sweepRows[u])
	}
	a.ADDQ(signed(unroll*a.width), sweepC)
	a.SUBQ(operand.Imm(uint64(unroll)), sweepLeft)
	a.JMP(operand.LabelRef(label))
	a.Label(label + "Done")
}

// sweepVector adds to vector v of those at hand.
func (a *asm) sweepVector(mask operand.Op, rows, v int) {
	sum, at := a.vector(len(sweepRows)+v), mem(sweepC, v*a.width)
	if mask == nil {
		a.move(at, sum)
	} else {
		a.load(at, mask, sum)
	}
	for u := range rows {
		from := operand.Op(mem(sweepRows[u], v*a.width))
		if mask != nil {
			b := a.vector(len(sweepRows) + 1)
			a.load(from, mask, b)
			from = b
		}
		a.fma(from, a.vector(u), sum)
	}
	if mask == nil {
		a.move(sum, at)
	} else {
		a.store(sum, mask, at)
	}
}
