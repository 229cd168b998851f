package plan

import (
	"fmt"
	"strings"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
)

// Sizes is what a program's variables take, in bytes.
type Sizes struct {
	Params, State, Slots, Grads int
}

// Total is the sum.
func (s Sizes) Total() int { return s.Params + s.State + s.Slots + s.Grads }

// Variables is the memory of the program's variables when a float has
// floatSize bytes.
func (p *Plan) Variables(floatSize int) Sizes {
	var s Sizes
	for _, v := range p.Program.Vars {
		n := ir.Volume(v.Shape).Max() * elementSize(v.DType, floatSize)
		switch v.Kind {
		case ir.ParamVar:
			s.Params += n
		case ir.StateVar:
			s.State += n
		case ir.SlotVar:
			s.Slots += n
		case ir.GradVar:
			s.Grads += n
		}
	}
	return s
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

// Memory is what it takes to run a function, at the bounds: every variable
// that it touches, its inputs and results, and its arena.
func (f *Func) Memory(floatSize int) int {
	return f.Bytes(InVar, floatSize) + f.Bytes(InInput, floatSize) + f.Bytes(InOutput, floatSize) + f.Bytes(InArena, floatSize)
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

// Summary is the memory, the work and the kernels of a program, for people.
func (p *Plan) Summary(floatSize int) string {
	var b strings.Builder
	v := p.Variables(floatSize)
	fmt.Fprintf(&b, "parameters %s, state %s, optimizer %s, gradients %s\n", bytesText(v.Params), bytesText(v.State), bytesText(v.Slots), bytesText(v.Grads))
	for _, f := range p.Funcs {
		fmt.Fprintf(&b, "%s %s: inputs %s, results %s, arena %s (in use at once %s), %s FLOPs\n", f.IR.Kind, f.IR.Name,
			bytesText(f.Bytes(InInput, floatSize)), bytesText(f.Bytes(InOutput, floatSize)),
			bytesText(f.Arena.Bytes(floatSize)), bytesText(f.Peak.Bytes(floatSize)), f.FLOPs())
		summarise(&b, f.Steps, "  ")
	}
	return b.String()
}

func summarise(b *strings.Builder, steps []*Step, indent string) {
	for _, s := range steps {
		fmt.Fprintf(b, "%s%s\n", indent, s)
		if r, ok := s.Kernel.(*Repeat); ok {
			summarise(b, r.Steps, indent+"  ")
		}
	}
}

// String names the kernel and what is fused in it.
func (s *Step) String() string {
	var kind string
	switch k := s.Kernel.(type) {
	case *Loop:
		kind = "loop over " + shapeText(k.Space)
		if len(k.Space) == 0 {
			kind = "scalars"
			for _, stage := range k.Stages {
				if len(stage.Inner) > 0 {
					kind = "loop over " + shapeText(stage.Inner)
				}
			}
		}
	case *Gemm:
		kind = fmt.Sprintf("product [%s, %s] by [%s, %s]", k.M, k.K, k.K, k.N)
	case *Repeat:
		return fmt.Sprintf("repeat %s times", k.Trip)
	case *Check:
		return "check that everything is finite"
	}
	var ops []string
	for _, v := range s.Makes {
		name := v.Op.Name
		if v.Name != "" {
			name += " (" + v.Name + ")"
		}
		ops = append(ops, name)
	}
	return kind + ": " + strings.Join(ops, ", ")
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
