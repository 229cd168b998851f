package plan

import (
	"fmt"

	"github.com/gtc-lang/gtc/ir"
)

// Options changes how a plan is made, never what it computes.
type Options struct {
	// NoFuse gives every operation a kernel of its own and every result a
	// tensor of its own; reductions may then add up in another order.
	NoFuse bool
	// PackAll has every parameter packed that products read more than once in
	// one version of it, however small; otherwise those that gain from it.
	PackAll bool
}

// Build plans every function of a program. The program is not changed. It
// fails when a derivative is left, and with a *dsl.Diagnostic (GT0401) when
// memory or a loop would be beyond all bounds.
func Build(p *ir.Program, opt Options) (*Plan, error) {
	out := &Plan{Program: p}
	for _, f := range p.Funcs {
		if err := checkFunc(f.Roots()); err != nil {
			return nil, err
		}
		b := &builder{opt: opt, f: &Func{IR: f}, names: map[string]bool{}, leaves: map[any]*Buffer{}}
		b.build()
		if err := b.f.tooLarge(); err != nil {
			return nil, err
		}
		out.Funcs = append(out.Funcs, b.f)
	}
	packs(out, opt.PackAll)
	return out, nil
}

// builder plans one function.
type builder struct {
	opt    Options
	f      *Func
	names  map[string]bool
	leaves map[any]*Buffer // of inputs (by name), variables and settings
}

func (b *builder) build() {
	f := b.f.IR
	for k, in := range f.Inputs {
		l := in.Attr.(*ir.Leaf)
		b.leaves[l.Name] = b.buffer(in, l.Name, &Buffer{Storage: InInput, Index: k})
	}
	g := &graph{builder: b}
	for k, r := range f.Results {
		root := &root{value: r.Value, result: k + 1}
		if len(r.Value.Shape) > 0 {
			root.to = b.buffer(r.Value, r.Name, &Buffer{Storage: InOutput, Index: k})
		}
		g.roots = append(g.roots, root)
	}
	for _, u := range f.Updates {
		if l, ok := u.Value.Attr.(*ir.Leaf); ok && l.Kind == ir.VarLeaf && l.Var == u.Var {
			continue
		}
		g.roots = append(g.roots, &root{value: u.Value, to: b.variable(u.Var), update: true, guarded: len(f.Finite) > 0})
	}
	g.finite = f.Finite
	b.f.Steps = g.plan()
	b.f.Results = make([]*Buffer, len(f.Results))
	for _, r := range g.roots {
		if r.result > 0 {
			b.f.Results[r.result-1] = g.home(r.final)
		}
	}
	b.place()
}

func (b *builder) variable(v *ir.Var) *Buffer {
	if b.leaves[v] == nil {
		b.leaves[v] = b.add(&Buffer{Name: v.Name, At: v.At, DType: v.DType, Shape: v.Shape, Storage: InVar, Var: v})
	}
	return b.leaves[v]
}

// leaf is the buffer of an input, a variable or a setting.
func (b *builder) leaf(v *ir.Value) *Buffer {
	l := v.Attr.(*ir.Leaf)
	switch l.Kind {
	case ir.VarLeaf:
		return b.variable(l.Var)
	case ir.SettingLeaf:
		if b.leaves[l.Setting] == nil {
			b.leaves[l.Setting] = b.add(&Buffer{Name: l.Setting.Path, At: l.Setting.At, DType: v.DType, Storage: InSetting, Setting: l.Setting, Value: v})
		}
		return b.leaves[l.Setting]
	case ir.InputLeaf:
		if b.leaves[l.Name] == nil { // asked for, but not declared
			b.leaves[l.Name] = b.buffer(v, l.Name, &Buffer{Storage: InInput, Index: -1})
		}
		return b.leaves[l.Name]
	}
	return nil
}

// buffer completes a buffer for a value.
func (b *builder) buffer(v *ir.Value, name string, as *Buffer) *Buffer {
	as.Name, as.At, as.DType, as.Shape, as.Value = name, v.At, v.DType, v.Shape, v
	return b.add(as)
}

func (b *builder) add(as *Buffer) *Buffer {
	as.ID, as.Bound = len(b.f.Buffers), ir.Volume(as.Shape).Max()
	as.Name = b.unique(as.Name)
	b.f.Buffers = append(b.f.Buffers, as)
	return as
}

// temporary is a new place for a value: a local variable, or in the arena.
func (b *builder) temporary(v *ir.Value, depth int) *Buffer {
	as := &Buffer{depth: depth}
	if len(v.Shape) == 0 {
		as.Storage = InScalar
	}
	return b.buffer(v, nameOf(v), as)
}

// nameOf is a value's own name, or that of what it was made from.
func nameOf(v *ir.Value) string {
	if v.Name != "" {
		return v.Name
	}
	return v.Op.Name
}

// unique makes an identifier out of a name that no other buffer has.
func (b *builder) unique(name string) string {
	text := []byte(name)
	for i, c := range text {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9') {
			text[i] = '_'
		}
	}
	if len(text) == 0 || text[0] >= '0' && text[0] <= '9' {
		text = append([]byte("t"), text...)
	}
	base, name := string(text), string(text)
	for n := 2; b.names[name]; n++ {
		name = fmt.Sprintf("%s_%d", base, n)
	}
	b.names[name] = true
	return name
}
