package plan

import (
	"fmt"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
)

// VarBytes is the memory of the program's variables of one kind when a float
// has floatSize bytes.
func (p *Plan) VarBytes(kind ir.VarKind, floatSize int) int {
	total := 0
	for _, v := range p.Program.Vars {
		if v.Kind == kind {
			total += ir.Volume(v.Shape).Max() * elementSize(v.DType, floatSize)
		}
	}
	return total
}

func elementSize(t ir.DType, floatSize int) int {
	switch t {
	case ir.Float:
		return floatSize
	case ir.Int:
		return 4
	}
	return 1
}

// Bytes is the memory at the bounds of a function's buffers of one storage.
func (f *Func) Bytes(s Storage, floatSize int) int {
	total := 0
	for _, b := range f.Buffers {
		if b.Storage == s && s != InArena {
			total += b.Bound * elementSize(b.DType, floatSize)
		}
	}
	if s == InArena {
		return f.Arena.Bytes(floatSize)
	}
	return total
}

// Memory is the most that is in use while a model or a train block runs with
// one thread, in bytes at the bounds: its variables, the rows that it takes and
// what it gives, its arena, and the scratch of its products.
func (p *Plan) Memory(name string, floatSize int) int { return p.workspace(name).memory(floatSize) }

// ProductScratch is what a thread holds that computes products: a block of one
// operand, with rows of 2048 bytes and two lines beside them, as many rows as a
// vector has lanes, and two panels of the other operand. Workspaces that share a
// pool share it, but for the thread that calls.
func ProductScratch(floatSize int) int {
	const rows, row, panel = 264, 2048 + 128, 2048 * 128
	return rows*row + (64*row+2*panel)/floatSize
}

// SlabBytes is what large products of all workspaces that share a pool share,
// where there are some: a part of the right operand, which is brought into order
// once for all rows. Not all kernel sets use it.
const SlabBytes = 2048 * 1024

// slabRows is up to how many rows a product does without, and slabOf up to how
// many elements of the right operand.
const (
	slabRows = 3 * 264
	slabOf   = 64 << 10
)

// Scratch is the bytes that a function's products have to themselves, with one
// thread; 0 if it has none.
func (f *Func) Scratch(floatSize int) int {
	if f.products() == 0 {
		return 0
	}
	scratch := ProductScratch(floatSize)
	if f.Large() != nil {
		scratch += SlabBytes
	}
	return scratch
}

// Large is a product that shares memory with others at its bounds, nil if the
// function has none.
func (f *Func) Large() (large *Gemm) {
	visit(f.Steps, func(k Kernel) {
		if g, ok := k.(*Gemm); ok && len(g.Batch) == 0 && g.Pack == nil && g.M.Max() > slabRows && g.N.Mul(g.K).Max() > slabOf {
			large = g
		}
	})
	return large
}

// FLOPs is the number of floating-point operations of a call, in terms of the
// run-time dimensions: two for each term of a product, one for each scalar
// operation of a loop, whatever it costs.
func (f *Func) FLOPs() dsl.Dim { return flops(f.Steps) }

func flops(steps []*Step) dsl.Dim {
	total := dsl.Dim{}
	for _, s := range steps {
		switch k := s.Kernel.(type) {
		case *Loop:
			total = total.Add(k.flops())
		case *Gemm:
			total = total.Add(k.flops())
		case *Repeat:
			total = total.Add(flops(k.Steps).Mul(k.Trip))
		}
	}
	return total
}

func (k *Gemm) flops() dsl.Dim {
	n := k.M.Mul(k.N).Mul(k.K).Mul(dsl.N(2))
	for _, b := range k.Batch {
		n = n.Mul(b.Size)
	}
	if k.Epilogue != nil {
		n = n.Add(k.Epilogue.flops())
	}
	return n
}

func (l *Loop) flops() dsl.Dim {
	total := dsl.Dim{}
	for _, s := range l.Stages {
		n := len(s.Reduces)
		for _, w := range s.Writes {
			if w.Mode != Store {
				n++
			}
		}
		for _, in := range s.Body {
			if in.Access == nil && in.Op != "size" && in.DType == ir.Float {
				n++
			}
		}
		total = total.Add(ir.Volume(s.Inner).Mul(dsl.N(n)))
	}
	return total.Mul(ir.Volume(l.Space))
}

// bytesText is a number of bytes in the unit that suits it, exact below a
// megabyte.
func bytesText(n int) string {
	switch {
	case n >= 1e9:
		return fmt.Sprintf("%.2f GB", float64(n)/1e9)
	case n >= 1e6:
		return fmt.Sprintf("%.2f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%d B", n)
}
