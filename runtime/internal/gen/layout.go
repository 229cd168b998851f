package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// layout is how a block of A lies for kernels in rounds. bases[0] points at
// the first element of the panel.
type layout interface {
	name() string
	doc() string
	// start makes the other pointers.
	start(a *asm, s shape)
	// at is where row i has its element of column u of a round; direct says
	// that it has no index, which an instruction that multiplies by it would
	// be split for.
	at(a *asm, s shape, i, u int) (from operand.Mem, direct bool)
	// advance goes on by 1 or by columnsAtOnce columns.
	advance(a *asm, s shape, columns int)
	// fetchesLate says that fetchC is free.
	fetchesLate() bool
	// packsAhead says that ptrPack is free.
	packsAhead() bool
}

// layouts are those of package gemm, in its order.
var layouts = []layout{byRows{}, byColumns{}, inPanels{}}

// inPanels has panels column by column without gaps, as packed ones are.
type inPanels struct{}

func (inPanels) name() string      { return "panels" }
func (inPanels) packsAhead() bool  { return true }
func (inPanels) doc() string       { return "A in panels column by column" }
func (inPanels) fetchesLate() bool { return true }
func (inPanels) start(*asm, shape) {}

func (inPanels) at(a *asm, s shape, i, u int) (operand.Mem, bool) {
	return mem(bases[0], (u*s.mr+i)*a.size), true
}

func (inPanels) advance(a *asm, s shape, columns int) {
	a.ADDQ(signed(columns*s.mr*a.size), bases[0])
}

// byColumns has its columns in one piece, somewhere: a pointer for each column
// of a round.
type byColumns struct{}

func (byColumns) name() string      { return "columns" }
func (byColumns) packsAhead() bool  { return false }
func (byColumns) doc() string       { return "A in place, its columns dense" }
func (byColumns) fetchesLate() bool { return true }

func (byColumns) start(a *asm, _ shape) {
	for u := 1; u < columnsAtOnce; u++ {
		a.LEAQ(indexed(bases[u-1], colA, 1, 0), bases[u])
	}
}

func (byColumns) at(a *asm, _ shape, i, u int) (operand.Mem, bool) {
	return mem(bases[u], i*a.size), true
}

func (byColumns) advance(a *asm, _ shape, columns int) {
	if columns == 1 {
		a.ADDQ(colA, bases[0])
		return
	}
	for u := range columnsAtOnce {
		a.LEAQ(indexed(bases[u], colA, columnsAtOnce, 0), bases[u])
	}
}

// byRows has its rows in one piece, somewhere: a pointer for every other one.
type byRows struct{}

// rowPairs are the pointers at rows 0, 2, 4, …
var rowPairs = append(append([]reg.GPPhysical{}, bases...), colA, rowA5)

func (byRows) name() string      { return "rows" }
func (byRows) packsAhead() bool  { return false }
func (byRows) doc() string       { return "A in place, its rows dense" }
func (byRows) fetchesLate() bool { return false }

func (byRows) start(a *asm, s shape) {
	for p := 1; 2*p < s.mr; p++ {
		a.LEAQ(indexed(rowPairs[p-1], rowA, 2, 0), rowPairs[p])
	}
}

func (byRows) at(a *asm, _ shape, i, u int) (operand.Mem, bool) {
	if i%2 == 1 {
		return indexed(rowPairs[i/2], rowA, 1, u*a.size), false
	}
	return mem(rowPairs[i/2], u*a.size), true
}

func (byRows) advance(a *asm, s shape, columns int) {
	for p := 0; 2*p < s.mr; p++ {
		a.ADDQ(signed(columns*a.size), rowPairs[p])
	}
}
