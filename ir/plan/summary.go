package plan

import (
	"fmt"
	"strings"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
)

// Sizes is what a program's variables take, in bytes.
type Sizes struct {
	Params, State, Slots, Grads, Caches int
}

// Total is the sum.
func (s Sizes) Total() int { return s.Params + s.State + s.Slots + s.Grads + s.Caches }

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
		case ir.CacheVar:
			s.Caches += n
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
	return kind + ": " + s.work()
}

// work lists what a kernel computes: the names from the source, and how many
// operations go with each.
func (s *Step) work() string {
	var parts []string
	plain := 0
	for _, v := range s.Makes {
		if v.Name == "" || len(parts) > 0 && parts[len(parts)-1] == v.Name {
			plain++
			continue
		}
		parts = append(parts, v.Name)
	}
	if len(parts) > maxNamed {
		plain += len(parts) - maxNamed
		parts = append(parts[:maxNamed:maxNamed], "…")
	}
	switch {
	case len(parts) == 0 && len(s.Makes) > 0:
		parts = append(parts, s.Makes[len(s.Makes)-1].Op.Name)
		plain--
	}
	text := strings.Join(parts, ", ")
	if plain > 0 {
		text += fmt.Sprintf(" (and %d more)", plain)
	}
	return text
}

// maxNamed is how many names a kernel's line has.
const maxNamed = 6

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
