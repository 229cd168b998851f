package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/gtc-lang/gtc/ir"
)

// usualKinds are the kinds of variable that the table always has, and what it
// calls them; others are shown where there are some.
var usualKinds = []ir.VarKind{ir.ParamVar, ir.StateVar, ir.SlotVar, ir.GradVar}

var kindNames = map[ir.VarKind]string{
	ir.ParamVar: "parameters", ir.SlotVar: "optimizer", ir.GradVar: "sums of gradients", ir.CacheVar: "earlier positions",
}

// memory is what variables and calls take, exactly.
func (p *Plan) memory(b *strings.Builder, floatSize int) {
	fmt.Fprintf(b, "memory in bytes, floats of %d%s\n\n", floatSize, p.bounds())
	t := &table{right: map[int]bool{1: true, 2: true}}
	kinds := slices.Clone(usualKinds)
	for _, v := range p.Program.Vars {
		if !slices.Contains(kinds, v.Kind) {
			kinds = append(kinds, v.Kind)
		}
	}
	for _, k := range kinds {
		n := p.VarBytes(k, floatSize)
		t.add(cmp.Or(kindNames[k], string(k)), numberText(n), unitText(n))
	}
	if n := packBytes(p.Packs, floatSize); n > 0 {
		t.add("packed parameters", numberText(n), unitText(n))
	}
	t.write(b)
	b.WriteByte('\n')
	p.calls(b, floatSize)
	b.WriteByte('\n')
	p.peaks(b, floatSize)
}

// bounds are the sizes that memory is planned for.
func (p *Plan) bounds() string {
	var parts []string
	for _, s := range p.Program.Syms {
		parts = append(parts, fmt.Sprintf("%s = %d", s.Name, s.Bound))
	}
	if len(parts) == 0 {
		return ""
	}
	return ", " + clip(strings.Join(parts, ", "), 60)
}

// calls is what the functions use.
func (p *Plan) calls(b *strings.Builder, floatSize int) {
	t := &table{right: map[int]bool{1: true, 2: true, 3: true, 4: true}}
	t.add("a call of", "inputs", "results", "arena", "in use at once")
	for _, f := range p.Funcs {
		if len(f.Steps) > 0 {
			t.add(string(f.IR.Kind)+" "+clip(f.IR.Name, 30), numberText(f.Bytes(InInput, floatSize)),
				numberText(f.Bytes(InOutput, floatSize)), numberText(f.Arena.Bytes(floatSize)), numberText(f.Peak.Bytes(floatSize)))
		}
	}
	t.write(b)
}

// peaks is the most that is in use while a model or a train block runs: every
// variable that its functions touch, packed copies too, and what they need
// beside. It is what a budget on memory is held against.
func (p *Plan) peaks(b *strings.Builder, floatSize int) {
	t := &table{right: map[int]bool{1: true, 2: true, 3: true, 4: true, 5: true, 6: true}}
	t.add("peak of", "variables", "in and out", "arena", "products", "in all", "")
	var done []string
	scratch := 0
	for _, f := range p.Funcs {
		if f.IR.Kind == ir.InitFunc || slices.Contains(done, f.IR.Name) {
			continue
		}
		done = append(done, f.IR.Name)
		w := p.workspace(f.IR.Name)
		n := w.memory(floatSize)
		scratch = max(scratch, w.scratch(floatSize))
		name := f.IR.Name
		if p.Program.FuncOf(name, ir.StepFunc) != nil {
			name = "training " + name
		}
		t.add(clip(name, 30), numberText(w.variables(floatSize)), numberText(w.rows(floatSize)), numberText(w.arena.Bytes(floatSize)),
			numberText(w.scratch(floatSize)), numberText(n), unitText(n))
	}
	t.write(b)
	if scratch > 0 {
		fmt.Fprintf(b, "  with one thread; each other one takes %s for products\n", numberText(scratch))
	}
}
