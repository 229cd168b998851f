package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Offsets of the fields of gemm.Args.
const (
	argA = 8 * iota
	argB
	argC
	argRowA
	argColA
	argRowB
	argRowC
	argStepA
	argStepC
	argK
	argPanels
	argMask
	argWindow
	argKeep
	argNext
	argNextRow
	argAtA
	argAtC
	argRowsC
	argRest
	argFetching
	argPack
	argAhead
	argAheadTo
	argAheadMask
	argAheadSkip
	argAtHand
	argAlpha // beta is an element further on
)

// Registers of a product's kernel. A's rows are reached from base pointers
// seven rows apart, through one, three and five times the distance of rows.
var (
	args    = reg.RDI
	rowA    = reg.R8
	rowA3   = reg.R9
	rowA5   = reg.R10
	colA    = reg.R11
	rowB    = reg.R12
	ptrB    = reg.RSI
	next    = reg.R13
	nextRow = reg.R15
	count   = reg.RCX
	bases   = []reg.GPPhysical{reg.RAX, reg.RBX, reg.RDX, reg.R14}
	ptrPack = reg.R14 // where no more than three bases are
	ptrC    = reg.RAX // before and after the sums
	rowC    = reg.RBX
)

const rowsPerBase = 7

// product writes the kernel of one tile shape: for each panel of mr rows the
// sums over k in registers, then C = alpha*sum + beta*C.
func (a *asm) product(s shape, kind string) {
	a.begin(a.name(kind)+"x"+s.String(), "C = alpha A B + beta C, in panels of rows.")
	a.tile(s, false)
}

// packing is product, and stores what it reads of B without gaps: the first
// panel of rows packs B for the others while it waits for its sums.
func (a *asm) packing(s shape) {
	a.begin(a.name("packing")+"x"+s.String(), "C = alpha A B + beta C, and packs B.")
	a.tile(s, true)
}

func (a *asm) tile(s shape, packs bool) {
	mask := a.setUp(s)
	a.Label("panel")
	a.startPanel(s)
	if packs {
		a.MOVQ(mem(args, argPack), ptrPack)
	}
	a.sums(s, mask, packs)
	a.storePanel(s, mask)
	a.XORQ(nextRow, nextRow) // the next panel of B has been fetched
	a.nextPanel()
	a.end()
}

// setUp loads what is the same for all panels. It returns the mask of the
// last vector across, if the shape can have it masked.
func (a *asm) setUp(s shape) (mask operand.Op) {
	if a.masks() || s.nv == 1 {
		mask = a.mask(argMask, argWindow)
	}
	a.MOVQ(mem(args, argRowA), rowA)
	a.LEAQ(indexed(rowA, rowA, 2, 0), rowA3)
	a.LEAQ(indexed(rowA, rowA, 4, 0), rowA5)
	a.MOVQ(mem(args, argColA), colA)
	a.MOVQ(mem(args, argRowB), rowB)
	a.MOVQ(mem(args, argNext), next)
	a.MOVQ(mem(args, argNextRow), nextRow)
	a.MOVQ(mem(args, argA), reg.RAX)
	a.MOVQ(reg.RAX, mem(args, argAtA))
	a.MOVQ(mem(args, argC), reg.RAX)
	a.MOVQ(reg.RAX, mem(args, argAtC))
	return mask
}

// acc is the accumulator of row i, vector j.
func (a *asm) acc(s shape, i, j int) reg.Register { return a.vector(i*s.nv + j) }

// startPanel clears the sums, has C fetched and sets the pointers.
func (a *asm) startPanel(s shape) {
	for i := range s.mr * s.nv {
		a.zero(a.vector(i))
	}
	a.MOVQ(mem(args, argK), count)
	a.MOVQ(mem(args, argAtC), ptrC)
	a.MOVQ(mem(args, argRowC), rowC)
	for i := range s.mr {
		a.fetchRow(s, ptrC)
		if i+1 < s.mr {
			a.ADDQ(rowC, ptrC)
		}
	}
	a.MOVQ(mem(args, argAtA), bases[0])
	for i := 1; i*rowsPerBase < s.mr; i++ {
		a.LEAQ(indexed(bases[i-1], rowA5, 1, 0), bases[i])
		a.LEAQ(indexed(bases[i], rowA, 2, 0), bases[i])
	}
	a.MOVQ(mem(args, argB), ptrB)
}

// fetchRow has a tile's part of a row of C fetched.
func (a *asm) fetchRow(s shape, row reg.Register) {
	for j := 0; j < s.nv*a.width; j += 64 {
		a.PREFETCHT0(mem(row, j))
	}
}

// elementA is where A's element of row i lies in the column at hand.
func elementA(i int) operand.Mem {
	base := bases[i/rowsPerBase]
	switch i %= rowsPerBase; i {
	case 0:
		return mem(base, 0)
	case 3, 6:
		return indexed(base, rowA3, uint8(i/3), 0)
	case 5:
		return indexed(base, rowA5, 1, 0)
	default:
		return indexed(base, rowA, uint8(i), 0)
	}
}

// sums writes the loop over k.
func (a *asm) sums(s shape, mask operand.Op, packs bool) {
	a.Label("sum")
	for j := range s.nv {
		v, from := a.acc(s, s.mr, j), mem(ptrB, j*a.width)
		if j == s.nv-1 && mask != nil {
			a.load(from, mask, v)
		} else {
			a.move(from, v)
		}
		if packs {
			a.move(v, mem(ptrPack, j*a.width))
		}
	}
	if packs {
		a.ADDQ(operand.Imm(uint64(s.nv*a.width)), ptrPack)
	}
	if !packs || !a.inRounds(s.nv) {
		a.fetchB(s)
	}
	spare := (s.mr + 1) * s.nv // registers for A's elements, in turn
	spares := a.registers() - spare
	if mask != nil && !a.masks() {
		spares-- // the mask is in the last one
	}
	for i := range s.mr {
		if s.nv == 1 && a.masks() { // one instruction less for each sum
			a.bySize(a.VFMADD231PS_BCST, a.VFMADD231PD_BCST, elementA(i), a.acc(s, s.mr, 0), a.acc(s, i, 0))
			continue
		}
		v := a.vector(spare + i%spares)
		a.spread(elementA(i), v)
		for j := range s.nv {
			a.fma(a.acc(s, s.mr, j), v, a.acc(s, i, j))
		}
	}
	for i := 0; i*rowsPerBase < s.mr; i++ {
		a.ADDQ(colA, bases[i])
	}
	a.ADDQ(rowB, ptrB)
	a.again(count, "sum")
}

// fetchB has B's rows fetched: tiles of many rows have time to fetch the next
// panel for the panels after this one, others fetch their own rows ahead.
func (a *asm) fetchB(s shape) {
	if s.nv > 2 {
		for j := 0; j < s.nv*a.width; j += 64 {
			a.PREFETCHT0(indexed(ptrB, rowB, 8, j))
		}
		return
	}
	for j := 0; j < s.nv*a.width; j += 64 {
		a.PREFETCHT1(mem(next, j))
	}
	a.ADDQ(nextRow, next)
}

// storePanel writes C = alpha*sum + beta*C, C read only if it is kept, and
// nothing multiplied if alpha is 1 then.
func (a *asm) storePanel(s shape, mask operand.Op) {
	alpha, beta, old := a.vector(s.mr*s.nv), a.vector(s.mr*s.nv+1), a.vector(s.mr*s.nv+2)
	a.MOVQ(mem(args, argAtC), ptrC)
	a.MOVQ(mem(args, argRowC), rowC)
	a.CMPQ(mem(args, argKeep), operand.Imm(0))
	a.JLT(operand.LabelRef("plain"))
	a.spread(mem(args, argAlpha), alpha)
	a.spread(mem(args, argAlpha+a.size), beta)
	a.JEQ(operand.LabelRef("fresh"))
	a.storeRows(s, mask, func(sum, at operand.Op, last bool) operand.Op {
		if last {
			a.load(at, mask, old)
			a.mul(old, beta, old)
		} else {
			a.mul(at, beta, old)
		}
		a.fma(alpha, sum, old)
		return old
	})
	a.JMP(operand.LabelRef("stored"))
	a.Label("fresh")
	a.storeRows(s, mask, func(sum, _ operand.Op, _ bool) operand.Op {
		a.mul(alpha, sum, old)
		return old
	})
	a.JMP(operand.LabelRef("stored"))
	a.Label("plain")
	a.storeRows(s, mask, func(sum, _ operand.Op, _ bool) operand.Op { return sum })
	a.Label("stored")
}

// storeRows stores what of gives for each vector of the tile; last says that
// the vector is to be masked.
func (a *asm) storeRows(s shape, mask operand.Op, of func(sum, at operand.Op, last bool) operand.Op) {
	for i := range s.mr {
		for j := range s.nv {
			at, last := mem(ptrC, j*a.width), j == s.nv-1 && mask != nil
			if v := of(a.acc(s, i, j), at, last); last {
				a.store(v, mask, at)
			} else {
				a.move(v, at)
			}
		}
		if i+1 < s.mr {
			a.ADDQ(rowC, ptrC)
		}
	}
}

// nextPanel goes on to the rows below.
func (a *asm) nextPanel() {
	a.MOVQ(mem(args, argStepA), reg.RAX)
	a.ADDQ(reg.RAX, mem(args, argAtA))
	a.MOVQ(mem(args, argStepC), reg.RAX)
	a.ADDQ(reg.RAX, mem(args, argAtC))
	a.again(mem(args, argPanels), "panel")
}
