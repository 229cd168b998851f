package main

import (
	"math"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Registers of a kernel in rounds, beside those of product.
var (
	rowB3  = rowA3
	rest   = mem(args, argRest)
	fetchC = reg.R8 // where no layout needs the distance of A's rows
)

const (
	// columnsAtOnce are the columns of A in a round of the loop.
	columnsAtOnce = 4
	// fetchEvery is after how many rounds another row of C is fetched.
	fetchEvery = 4
)

// rounds is product for tiles one or two panels of B wide, four columns of A at
// a time: elements of A that have a fixed place then are operands of the
// multiply-adds, and the loop takes a third fewer instructions. On a core of
// which another thread has a share that is what counts.
func (a *asm) rounds(s shape, l layout) {
	a.begin(a.name(l.name())+"x"+s.String(), "C = alpha A B + beta C, "+l.doc()+".")
	mask := a.setUp(s)
	a.LEAQ(indexed(rowB, rowB, 2, 0), rowB3)
	a.MOVQ(operand.U32(fetchingPanels(s)), mem(args, argFetching))
	if l.packsAhead() {
		a.startAhead()
	}
	a.Label("panel")
	a.startRounds(s, l)
	a.JZ(operand.LabelRef("few"))
	a.allRounds(s, l, mask)
	a.Label("few")
	a.CMPQ(rest, operand.Imm(0))
	a.JEQ(operand.LabelRef("summed"))
	a.Label("one")
	a.column(s, l, mask, 0)
	l.advance(a, s, 1)
	a.ADDQ(rowB, ptrB)
	a.again(rest, "one")
	a.Label("summed")
	a.storePanel(s, mask)
	a.DECQ(mem(args, argFetching))
	a.JNZ(operand.LabelRef("fetchesOn"))
	a.XORQ(nextRow, nextRow)
	a.Label("fetchesOn")
	a.nextPanel()
	if l.packsAhead() {
		a.MOVQ(next, mem(args, argNext))
		a.MOVQ(ptrPack, mem(args, argAheadTo))
	}
	a.end()
}

// startAhead sets where the next panel of B is packed to, if it is.
func (a *asm) startAhead() {
	a.MOVQ(mem(args, argAheadTo), ptrPack)
	if a.masks() {
		a.KMOVW(mem(args, argAheadMask), reg.K2)
	}
	a.CMPQ(mem(args, argAhead), operand.Imm(0))
	a.JEQ(operand.LabelRef("panel"))
	a.MOVQ(operand.U32(math.MaxInt32), mem(args, argFetching)) // nextRow stays
}

// allRounds writes the loops over a panel's rounds, which end at label few: one
// that packs ahead as long as there is something to be packed, one that fetches
// what is needed next, and one that does nothing beside its sums.
func (a *asm) allRounds(s shape, l layout, mask operand.Op) {
	if l.packsAhead() {
		a.CMPQ(mem(args, argAhead), operand.Imm(0))
		a.JNE(operand.LabelRef("aheadRound"))
	}
	a.TESTQ(nextRow, nextRow)
	a.JZ(operand.LabelRef("round"))
	a.loopRounds(s, l, mask, "firstRound", fetching)
	a.JMP(operand.LabelRef("few"))
	if l.packsAhead() {
		a.loopRounds(s, l, mask, "aheadRound", packingAhead)
		a.JMP(operand.LabelRef("few"))
		a.Label("aheadDone")
		a.XORQ(nextRow, nextRow)
		a.DECQ(count)
		a.JZ(operand.LabelRef("few"))
	}
	a.loopRounds(s, l, mask, "round", summing)
}

// fetchingPanels is how many panels of A it takes to have all rows fetched
// that are needed next.
func fetchingPanels(s shape) int {
	if s.nv > acrossPanel {
		return 1
	}
	return columnsAtOnce
}

// startRounds clears the sums and sets the pointers and the counts of rounds
// and of columns that are left over; the flags say whether there are rounds.
// The rows of C are fetched in the rounds, if there are enough and a register
// is left: all at once they would hold up what the first sums need, for as
// long as memory takes.
func (a *asm) startRounds(s shape, l layout) {
	for i := range s.mr * s.nv {
		a.zero(a.vector(i))
	}
	at := count
	if l.fetchesLate() {
		at = fetchC
	}
	a.MOVQ(mem(args, argAtC), at)
	if l.fetchesLate() {
		a.MOVQ(operand.U32(s.mr), mem(args, argRowsC))
		a.CMPQ(mem(args, argK), signed(s.mr*columnsAtOnce*fetchEvery))
		a.JGE(operand.LabelRef("later"))
	}
	a.CMPQ(mem(args, argAtHand), operand.Imm(0))
	a.JNE(operand.LabelRef("atHand"))
	for range s.mr {
		a.fetchRow(s, at)
		a.ADDQ(mem(args, argRowC), at)
	}
	a.Label("atHand")
	if l.fetchesLate() {
		a.MOVQ(operand.U32(0), mem(args, argRowsC))
		a.Label("later")
	}
	a.MOVQ(mem(args, argAtA), bases[0])
	l.start(a, s)
	a.MOVQ(mem(args, argB), ptrB)
	a.MOVQ(mem(args, argK), count)
	a.MOVQ(count, rest)
	a.ANDQ(operand.Imm(columnsAtOnce-1), rest)
	a.SHRQ(operand.Imm(2), count)
}

// What a loop over rounds does beside its sums.
const (
	summing      = iota // nothing
	fetching            // it has rows of B fetched that are needed next
	packingAhead        // it packs the next panel of B, a row a round
)

// loopRounds writes the loop over rounds.
func (a *asm) loopRounds(s shape, l layout, mask operand.Op, label string, beside int) {
	a.Label(label)
	for u := range columnsAtOnce {
		if beside == fetching && (u == 0 || s.nv > acrossPanel) {
			a.fetchNext(s)
		}
		a.column(s, l, mask, u)
	}
	l.advance(a, s, columnsAtOnce)
	a.LEAQ(indexed(ptrB, rowB, columnsAtOnce, 0), ptrB)
	if l.fetchesLate() {
		a.TESTQ(operand.U32(fetchEvery-1), count)
		a.JNE(operand.LabelRef(label + "Fetched"))
		a.DECQ(mem(args, argRowsC))
		a.JLT(operand.LabelRef(label + "Fetched"))
		a.fetchRow(s, fetchC)
		a.ADDQ(mem(args, argRowC), fetchC)
		a.Label(label + "Fetched")
	}
	if beside == packingAhead {
		a.TESTQ(count, mem(args, argAheadSkip))
		a.JNE(operand.LabelRef(label + "Packed"))
		a.packRow()
		a.DECQ(mem(args, argAhead))
		a.JZ(operand.LabelRef("aheadDone"))
		a.Label(label + "Packed")
	}
	a.again(count, label)
}

// aheadOf is how many rows before it is packed a row is fetched: memory takes
// as long as some rounds, and rows that share a set of the first-level cache
// must be fewer than it has ways.
const aheadOf = 4

// packRow packs a row of the next panel of B. Far apart rows, as B's are in
// place, share sets of the second-level cache too, so that the panel cannot
// wait there to be packed at once. A row lies in three lines if it does not
// begin at one.
func (a *asm) packRow() {
	first, second := a.vector(a.registers()-2), a.vector(a.registers()-1)
	for line := 0; line < acrossPanel*a.width; line += 64 {
		a.PREFETCHT0(indexed(next, nextRow, aheadOf, line))
	}
	a.PREFETCHT0(indexed(next, nextRow, aheadOf, acrossPanel*a.width-1))
	a.move(mem(next, 0), first)
	if a.masks() {
		a.load(mem(next, a.width), reg.K2, second)
	} else {
		a.move(mem(next, a.width), second)
	}
	a.move(first, mem(ptrPack, 0))
	a.move(second, mem(ptrPack, a.width))
	a.ADDQ(nextRow, next)
	a.ADDQ(signed(acrossPanel*a.width), ptrPack)
}

// fetchNext has a row of B that is needed next fetched: of the panel after
// this one into the second-level cache, a row a round, since more would take
// all that can be fetched at a time; tiles of few rows are soon there.
func (a *asm) fetchNext(s shape) {
	for j := 0; j < s.nv*a.width; j += 64 {
		if s.nv > acrossPanel {
			a.PREFETCHT0(mem(next, j))
		} else {
			a.PREFETCHT1(mem(next, j))
		}
	}
	a.ADDQ(nextRow, next)
}

// column adds the products of column u of a round. Of two rows one has
// its element in the instruction: more would load more than can be loaded in
// the time that the sums take.
func (a *asm) column(s shape, l layout, mask operand.Op, u int) {
	for j := range s.nv {
		v, from := a.acc(s, s.mr, j), rowOfB(u, j*a.width)
		if j == s.nv-1 && mask != nil {
			a.load(from, mask, v)
		} else {
			a.move(from, v)
		}
	}
	spare, end := (s.mr+1)*s.nv, a.registers()
	if l.packsAhead() && a.masks() {
		end -= 2 // for packRow
	}
	for i := range s.mr {
		from, direct := l.at(a, s, i, u)
		if direct && a.masks() && i%2 == 0 {
			for j := range s.nv {
				a.bySize(a.VFMADD231PS_BCST, a.VFMADD231PD_BCST, from, a.acc(s, s.mr, j), a.acc(s, i, j))
			}
			continue
		}
		v := a.vector(spare + i%(end-spare))
		a.spread(from, v)
		for j := range s.nv {
			a.fma(a.acc(s, s.mr, j), v, a.acc(s, i, j))
		}
	}
}

// rowOfB is the place in row u of a round.
func rowOfB(u, disp int) operand.Mem {
	switch u {
	case 0:
		return mem(ptrB, disp)
	case 3:
		return indexed(ptrB, rowB3, 1, disp)
	}
	return indexed(ptrB, rowB, uint8(u), disp)
}

// signed is a number as the smallest signed immediate.
func signed(n int) operand.Op {
	if n < 1<<7 {
		return operand.I8(n)
	}
	return operand.I32(n)
}
