package plan

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
)

// Summary is a program from its source alone, for people, when a float has
// floatSize bytes: the layers of its models, the memory and the work of its
// functions, and its kernels. Lines have at most a hundred columns, as long as
// the program's own names are short.
func (p *Plan) Summary(floatSize int) string {
	var b strings.Builder
	for _, m := range p.Program.Models {
		if len(m.Layers) > 0 { // a program read from its own text has none
			p.layers(&b, m)
			b.WriteByte('\n')
		}
	}
	p.memory(&b, floatSize)
	k := &kernelTable{seen: map[kernelRow][]kernelPlace{}}
	for _, f := range p.Funcs {
		if len(f.Steps) > 0 {
			fmt.Fprintf(&b, "\n%s %s: %s\n\n", f.IR.Kind, f.IR.Name, kernels(f))
			k.write(&b, f)
		}
	}
	return b.String()
}

// The widest a cell of the table of layers is.
const (
	pathColumns = 30
	kindColumns = 12
	workColumns = 26
)

// layers is the table of a model.
func (p *Plan) layers(b *strings.Builder, m *ir.Model) {
	batch := p.batch(m)
	work := "FLOPs"
	if batch != nil {
		work += " at " + batch.Name + " = 1"
	}
	t := &table{right: map[int]bool{3: true, 4: true}, flex: 2}
	t.add("layer", "kind", "output", "parameters", work)
	total, own, params := 0, m.Layers[0], p.Program.Parameters()
	callers := []string{own.Path}
	for _, y := range m.Layers[1:] {
		// what a second call adds to a layer may stand deeper than what is before it
		callers = append(callers[:max(1, min(y.Depth, len(callers)))], y.Path)
		n := params[y.Path]
		total += n
		output := y.Output()
		if y.Varies {
			output += " …"
		}
		t.add(clip(strings.Repeat("  ", len(callers)-2)+layerName(callers[len(callers)-2], y), pathColumns), clip(y.Kind, kindColumns),
			output, numberText(n), rowWork(y.FLOPs, batch))
	}
	if n := params[own.Path]; n > 0 {
		total += n
		t.add("of "+clip(m.Name, pathColumns-10)+" itself", "", "", numberText(n), "")
	}
	t.add("in all", "", own.Output(), numberText(total), rowWork(own.FLOPs, batch))
	fmt.Fprintf(b, "model %s (parameters: a layer's own; FLOPs: of a forward pass, with what it calls)\n\n", m.Name)
	t.write(b)
}

// batch is the first run-time dimension of a model's inputs, nil if there is
// none: the number of rows.
func (p *Plan) batch(m *ir.Model) *dsl.Sym {
	f := p.Program.FuncOf(m.Name, ir.ForwardFunc)
	if f == nil || len(f.Inputs) == 0 || len(f.Inputs[0].Shape) == 0 {
		return nil
	}
	return f.Inputs[0].Shape[0].Symbol()
}

// layerName is a layer's path within the one that calls it, and how often it
// is called.
func layerName(caller string, y *ir.Layer) string {
	name := strings.TrimPrefix(y.Path, caller+".")
	if y.Count > 1 {
		name += " × " + strconv.Itoa(y.Count)
	}
	return name
}

// rowWork is the work for one row where each row takes as much, else in terms
// of the number of rows; what is too long to show, at the bounds.
func rowWork(d dsl.Dim, batch *dsl.Sym) string {
	if batch != nil && d.Degree(batch) <= 1 {
		d = d.With(batch, 1)
	}
	if text := workText(d); len(text) <= workColumns {
		return text
	}
	return fmt.Sprintf("at most %.3g", float64(d.Max()))
}

// kernels counts the kernels of a function and says what a call costs.
func kernels(f *Func) string {
	loops := count(f.Steps, func(k Kernel) bool { _, ok := k.(*Loop); return ok })
	return fmt.Sprintf("%d fused loops, %d products, %s FLOPs", loops, f.products(), workText(f.FLOPs()))
}

// products is the number of matrix products of a function.
func (f *Func) products() int {
	return count(f.Steps, func(k Kernel) bool { _, ok := k.(*Gemm); return ok })
}

// count counts the kernels of a kind, those in the body of a Repeat once.
func count(steps []*Step, is func(k Kernel) bool) (n int) {
	visit(steps, func(k Kernel) {
		if is(k) {
			n++
		}
	})
	return n
}

// visit calls f for all kernels, those in the body of a Repeat once.
func visit(steps []*Step, f func(k Kernel)) {
	for _, s := range steps {
		f(s.Kernel)
		if r, ok := s.Kernel.(*Repeat); ok {
			visit(r.Steps, f)
		}
	}
}
