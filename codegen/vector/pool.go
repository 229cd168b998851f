package vector

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
)

// pool is the constants of a file of assembly, in order of first use. What
// does not change in a loop is a constant too: a number among its arguments,
// which is not in the table but in the frame.
type pool struct {
	list  []constant
	index map[constant]reg
}

// constant is a number of the pool: its bits, or its place in the frame.
type constant struct {
	bits  uint32
	frame string
	table string // or the words of a whole register, a table's
}

func (p *pool) add(c constant) reg {
	if r, ok := p.index[c]; ok {
		return r
	}
	if p.index == nil {
		p.index = map[constant]reg{}
	}
	r := constants + reg(len(p.list))
	p.list, p.index[c] = append(p.list, c), r
	return r
}

func (p *pool) bits(b uint32) reg { return p.add(constant{bits: b}) }

// numbers is a register of different numbers.
func (p *pool) numbers(list []float32) reg {
	words := make([]byte, 0, 4*len(list))
	for _, x := range list {
		words = binary.LittleEndian.AppendUint32(words, math.Float32bits(x))
	}
	return p.add(constant{table: string(words)})
}

// of is a constant of the pool.
func (p *pool) of(r reg) constant { return p.list[r-constants] }

// table writes the constants, each as often as an instruction set needs it:
// once, or for each lane.
func (p *pool) table(name string, times int, out *strings.Builder) {
	offset := 0
	for _, c := range p.list {
		if c.frame != "" {
			continue
		}
		for i := 0; i < len(c.table); i += 8 {
			fmt.Fprintf(out, "DATA %s<>+%d(SB)/8, $0x%016x\n", name, offset, binary.LittleEndian.Uint64([]byte(c.table[i:])))
			offset += 8
		}
		if c.table != "" {
			continue
		}
		if times == 1 {
			fmt.Fprintf(out, "DATA %s<>+%d(SB)/4, $0x%08x\n", name, offset, c.bits)
			offset += 4
		}
		for range times / 2 {
			fmt.Fprintf(out, "DATA %s<>+%d(SB)/8, $0x%08[3]x%08[3]x\n", name, offset, c.bits)
			offset += 8
		}
	}
	fmt.Fprintf(out, "GLOBL %s<>(SB), RODATA|NOPTR, $%d\n", name, offset)
}

// offset is a constant's place in the table, in bytes.
func (p *pool) offset(r reg, times int) int {
	n := 0
	for _, c := range p.list[:r-constants] {
		switch {
		case c.table != "":
			n += len(c.table)
		case c.frame == "":
			n += 4 * times
		}
	}
	return n
}
