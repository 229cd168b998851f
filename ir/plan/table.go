package plan

import (
	"fmt"
	"path"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
)

// Summary is a program from its source alone, for people, when a float has
// floatSize bytes: the layers of its models, the memory and the work of its
// functions, and its kernels.
func (p *Plan) Summary(floatSize int) string {
	var b strings.Builder
	for _, m := range p.Program.Models {
		p.layers(&b, m)
	}
	p.memory(&b, floatSize)
	for _, f := range p.Funcs {
		if len(f.Steps) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n%s %s: %s\n", f.IR.Kind, f.IR.Name, kernels(f))
		kernelLines(&b, f.Steps, "  ")
	}
	return b.String()
}

// layers is the table of a model.
func (p *Plan) layers(b *strings.Builder, m *ir.Model) {
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "model %s\tlayer\toutput\tparameters\tFLOPs\n", m.Name)
	own := p.Program.Parameters(m.Name)
	total := own
	for _, y := range m.Layers {
		times := ""
		if y.Count > 1 {
			times = " ×" + strconv.Itoa(y.Count)
		}
		n, shape := p.Program.Parameters(y.Path), shapeText(y.Shape)
		total += n
		if y.Varies {
			shape += " …"
		}
		fmt.Fprintf(w, "%s%s%s\t%s\t%s\t%s\t%s\n", strings.Repeat("  ", 1+y.Depth), y.Path[strings.LastIndexByte(y.Path, '.')+1:], times,
			y.Kind, shape, numberText(n), y.FLOPs)
	}
	if own > 0 && len(m.Layers) > 0 {
		fmt.Fprintf(w, "  of %s itself\t\t\t%s\n", m.Name, numberText(own))
	}
	fmt.Fprintf(w, "  in all\t\t\t%s\n\n", numberText(total))
	w.Flush()
}

// memory is what variables and calls take, exactly.
func (p *Plan) memory(b *strings.Builder, floatSize int) {
	v := p.Variables(floatSize)
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "bytes, floats of %d\tinputs\tresults\tarena\tin use at once\t \n", floatSize)
	for _, f := range p.Funcs {
		fmt.Fprintf(w, "%s %s\t%s\t%s\t%s\t%s\t \n", f.IR.Kind, f.IR.Name, numberText(f.Bytes(InInput, floatSize)),
			numberText(f.Bytes(InOutput, floatSize)), numberText(f.Arena.Bytes(floatSize)), numberText(f.Peak.Bytes(floatSize)))
	}
	w.Flush()
	fmt.Fprintf(b, "parameters %s, state %s, optimizer %s, gradients %s\n", bytesText(v.Params), bytesText(v.State), bytesText(v.Slots), bytesText(v.Grads))
	if v.Caches > 0 {
		fmt.Fprintf(b, "caches of earlier positions %s\n", bytesText(v.Caches))
	}
	for _, t := range p.Program.Trains {
		fmt.Fprintf(b, "peak of training %s, rows included: %s\n", t.Name, bytesText(p.peak(t, v, floatSize)))
	}
}

// peak is the most memory that a train block has in use: variables, one arena
// for its functions, and a batch at the bounds.
func (p *Plan) peak(t *ir.Train, v Sizes, floatSize int) int {
	arena, inputs := 0, 0
	for _, f := range p.Funcs {
		if f.IR.Name == t.Name && f.IR.Kind != ir.InitFunc {
			arena = max(arena, f.Arena.Bytes(floatSize))
			inputs = max(inputs, f.Bytes(InInput, floatSize))
		}
	}
	return v.Total() - v.Caches + arena + inputs
}

// kernels counts the kernels of a function and says what a call costs.
func kernels(f *Func) string {
	loops, products := 0, 0
	var count func(steps []*Step)
	count = func(steps []*Step) {
		for _, s := range steps {
			switch k := s.Kernel.(type) {
			case *Loop:
				loops++
			case *Gemm:
				products++
			case *Repeat:
				count(k.Steps)
			}
		}
	}
	count(f.Steps)
	return fmt.Sprintf("%d fused loops, %d products, %s FLOPs", loops, products, f.FLOPs())
}

// kernelLines has a line for each kernel, and one for several that do the same
// to other tensors.
func kernelLines(b *strings.Builder, steps []*Step, indent string) {
	for i := 0; i < len(steps); {
		same := i + 1
		for same < len(steps) && alike(steps[i], steps[same]) {
			same++
		}
		s := steps[i]
		line := indent + s.String()
		if same-i > 1 {
			line += fmt.Sprintf("  and %d alike", same-i-1)
		}
		if at := place(s.At); at != "" {
			line += "  // " + at
		}
		fmt.Fprintln(b, line)
		if r, ok := s.Kernel.(*Repeat); ok {
			kernelLines(b, r.Steps, indent+"  ")
		}
		i = same
	}
}

// alike reports whether two kernels are the same operations from the same line.
func alike(s, t *Step) bool {
	if _, ok := s.Kernel.(*Loop); !ok || len(s.Makes) != len(t.Makes) || s.At.Source != t.At.Source || s.At.Start != t.At.Start {
		return false
	}
	for i := range s.Makes {
		if s.Makes[i].Op != t.Makes[i].Op {
			return false
		}
	}
	return true
}

// place is the line of the program that a kernel is from.
func place(at dsl.Span) string {
	if at.Via != nil {
		at = *at.Via
	}
	if !at.Valid() {
		return ""
	}
	return fmt.Sprintf("%s:%d", path.Base(at.Source.Name), at.Line())
}

// numberText is a number with its thousands apart.
func numberText(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
