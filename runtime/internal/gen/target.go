package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// target is an instruction set with an element type: what kernels are written
// for.
type target struct {
	set   string // AVX512 or AVX2, as in the functions' names
	size  int    // bytes of an element
	width int    // bytes of a vector
	most  int    // accumulators at most
	wide  int    // vectors across a tile at most
}

// targets are what there are kernels for. A tile of 24 accumulators (12 of
// the 16 registers that AVX2 has) leaves room for B's vectors and for A's
// elements on their way, and hides the latency of the multiply-adds.
var targets = []target{
	{"AVX512", 4, 64, 24, 8},
	{"AVX512", 8, 64, 24, 8},
	{"AVX2", 4, 32, 12, 4},
	{"AVX2", 8, 32, 12, 4},
}

// acrossPanel is how many vectors wide a panel of B is.
const acrossPanel = 2

// shape is the size of a tile in registers: rows, and vectors across.
type shape struct{ mr, nv int }

func (s shape) String() string { return fmt.Sprintf("%dx%d", s.mr, s.nv) }

// shapes are the tiles that there are kernels for, but those in rounds: in
// every width that is a power of two, any number of rows that there are
// registers for.
func (t target) shapes() (list []shape) {
	for nv := 1; nv <= t.wide; nv *= 2 {
		if t.inRounds(nv) {
			continue
		}
		for mr := 1; mr*nv <= t.most && (mr+1)*nv < t.registers(); mr++ {
			list = append(list, shape{mr, nv})
		}
	}
	return list
}

// packingShapes are those of the first panel of many rows: as even panels of
// more than 32 rows in all are.
func (t target) packingShapes() (list []shape) {
	for mr := t.most/acrossPanel - t.most/12; mr <= t.most/acrossPanel; mr++ {
		list = append(list, shape{mr, acrossPanel})
	}
	return list
}

// roundShapes are the tiles of kernels in rounds.
func (t target) roundShapes() (list []shape) {
	for nv := 1; nv <= t.wide; nv *= 2 {
		for mr := 1; t.inRounds(nv) && mr <= t.most/nv; mr++ {
			list = append(list, shape{mr, nv})
		}
	}
	return list
}

// inRounds reports whether the kernels of so many vectors across go in rounds:
// those of a panel, and of two panels where there are registers for it.
func (t target) inRounds(nv int) bool {
	return nv == acrossPanel || nv == 2*acrossPanel && t.masks()
}

// half is the target with vectors half as wide, for tiles of few columns:
// where wide vectors are computed in two halves, they take half the time.
func (t target) half() target {
	t.width /= 2
	return t
}

// registers is how many vector registers there are.
func (t target) registers() int {
	if t.set == "AVX512" {
		return 32
	}
	return 16
}

// lanes is how many elements a vector holds.
func (t target) lanes() int { return t.width / t.size }

// masks says whether any vector can be masked at no cost.
func (t target) masks() bool { return t.set == "AVX512" }

// typ is the element type.
func (t target) typ() string { return fmt.Sprintf("float%d", 8*t.size) }

// name is a function's name for this target.
func (t target) name(kind string) string { return fmt.Sprintf("%s%sF%d", kind, t.set, 8*t.size) }

// vector is vector register i in the target's width.
func (t target) vector(i int) reg.Register {
	x := reg.Vector.Lookup(reg.Index(i), reg.S128).(reg.VecPhysical)
	if t.width == 64 {
		return x.AsZ()
	}
	return x.AsY()
}

// asm writes the instructions of one target: where they differ by element
// type or instruction set, it knows which.
type asm struct {
	*build.Context
	target
}

// begin starts a leaf function of one pointer to its arguments.
func (a *asm) begin(name, doc string) {
	a.Function(name)
	a.Doc(doc)
	a.Attributes(attr.NOSPLIT | attr.NOFRAME)
	a.SignatureExpr("func(args uintptr)")
	a.Load(a.Param("args"), args)
}

// end returns.
func (a *asm) end() {
	a.VZEROUPPER()
	a.RET()
}

// bySize calls the form of an instruction for the element type.
func (a *asm) bySize(single, double func(...operand.Op), ops ...operand.Op) {
	if a.size == 4 {
		single(ops...)
	} else {
		double(ops...)
	}
}

// fma adds x*y to acc.
func (a *asm) fma(x, y, acc operand.Op) { a.bySize(a.VFMADD231PS, a.VFMADD231PD, x, y, acc) }

// mul is z = x*y.
func (a *asm) mul(x, y, z operand.Op) { a.bySize(a.VMULPS, a.VMULPD, x, y, z) }

// spread fills a vector with the element at m.
func (a *asm) spread(m, v operand.Op) { a.bySize(a.VBROADCASTSS, a.VBROADCASTSD, m, v) }

// move loads or stores a vector.
func (a *asm) move(from, to operand.Op) { a.bySize(a.VMOVUPS, a.VMOVUPD, from, to) }

// zero clears a vector.
func (a *asm) zero(v operand.Op) {
	if a.masks() {
		a.VPXORD(v, v, v)
	} else {
		a.VXORPS(v, v, v)
	}
}

// load loads the lanes that mask names and clears the others; mask is an
// opmask for AVX-512, a vector for AVX2.
func (a *asm) load(from, mask, v operand.Op) {
	switch {
	case !a.masks():
		three := func(f func(_, _, _ operand.Op)) { f(from, mask, v) }
		if a.size == 4 {
			three(a.VMASKMOVPS)
		} else {
			three(a.VMASKMOVPD)
		}
	case a.size == 4:
		a.VMOVUPS_Z(from, mask, v)
	default:
		a.VMOVUPD_Z(from, mask, v)
	}
}

// store stores the lanes that mask names.
func (a *asm) store(v, mask, to operand.Op) {
	switch {
	case a.masks():
		a.bySize(a.VMOVUPS, a.VMOVUPD, v, mask, to)
	case a.size == 4:
		a.VMASKMOVPS(v, mask, to)
	default:
		a.VMASKMOVPD(v, mask, to)
	}
}

// mask makes the mask of a last vector from its two forms in the arguments:
// bits for AVX-512, the address of a vector for AVX2.
func (a *asm) mask(bits, window int) operand.Op {
	if a.masks() {
		a.KMOVW(mem(args, bits), reg.K1)
		return reg.K1
	}
	v := a.vector(a.registers() - 1)
	a.MOVQ(mem(args, window), reg.RAX)
	a.VMOVUPS(mem(reg.RAX, 0), v)
	return v
}

// again jumps back to a label until count is down to 0.
func (a *asm) again(count operand.Op, label string) {
	a.DECQ(count)
	a.JNZ(operand.LabelRef(label))
}

func mem(base reg.Register, disp int) operand.Mem { return operand.Mem{Base: base, Disp: disp} }

func indexed(base, index reg.Register, scale uint8, disp int) operand.Mem {
	return operand.Mem{Base: base, Index: index, Scale: scale, Disp: disp}
}
