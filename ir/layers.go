package ir

import (
	"strings"

	"github.com/gtc-lang/gtc/dsl"
)

// Layer is a call of a layer or a model in the body of a model, or the calls
// that the iterations of a for make of it: what a summary lists.
type Layer struct {
	Path   string    // "GPT.layers.*.dense1": * stands for the iterations
	Kind   string    // what is called: "Dense"
	Depth  int       // of nesting, 0 in the model's own body
	Count  int       // of the calls
	Shape  []dsl.Dim // of the first result of the first call
	Varies bool      // other calls have results of other shapes
	FLOPs  dsl.Dim   // of all calls, what they call included: two for each term of a product, one for each other operation
}

// layersSoFar collects the layers of the function in hand.
type layersSoFar struct {
	list  []*Layer
	depth int
}

// layer runs a call and records it when it is one of a layer or a model.
func (l *lowerer) layer(c *configured, b *body, run func() thing) thing {
	if c.decl.Kind != dsl.Layer && c.decl.Kind != dsl.Model || len(l.calls) < 2 && c.decl.Kind == dsl.Model {
		return run()
	}
	seen := &l.fn.layers
	y := seen.find(b.pattern)
	if y == nil {
		y = &Layer{Path: b.pattern, Kind: c.decl.Name.Name, Depth: seen.depth}
		seen.list = append(seen.list, y)
	}
	y.Count++
	before := lastID.Load()
	seen.depth++
	out := run()
	seen.depth--
	y.take(out, before)
	return out
}

func (s *layersSoFar) find(pattern string) *Layer {
	for _, y := range s.list {
		if y.Path == pattern {
			return y
		}
	}
	return nil
}

// take notes the shape of the first result, and adds the work since a value was
// made.
func (y *Layer) take(out thing, since int64) {
	many, ok := out.(tuple)
	if !ok {
		many = tuple{out}
	}
	var roots []*Value
	for _, x := range many {
		if t, ok := x.(tensor); ok {
			if len(roots) == 0 && y.Count == 1 {
				y.Shape = t.v.Shape
			}
			y.Varies = y.Varies || len(roots) == 0 && !SameShape(y.Shape, t.v.Shape)
			roots = append(roots, t.v)
		}
	}
	y.FLOPs = y.FLOPs.Add(flopsSince(roots, since))
}

// flopsSince is the work of the values that roots depend on and that are newer
// than a number.
func flopsSince(roots []*Value, since int64) dsl.Dim {
	total := dsl.Dim{}
	for _, v := range Order(roots...) {
		if v.id <= since {
			continue
		}
		switch {
		case v.Is("contract"):
			total = total.Add(Volume(v.Attr.(*dsl.Contraction).Space).Mul(dsl.N(2)))
		case v.Is("loop"):
			l := v.LoopOf()
			total = total.Add(flopsSince(l.Body.Results, 0).Mul(l.Trip))
		case v.Op.Class == dsl.Reduction:
			total = total.Add(Volume(v.Args[0].Shape))
		case v.Op.Class == dsl.Elementwise && v.DType == Float:
			total = total.Add(Volume(v.Shape))
		}
	}
	return total
}

// Parameters counts the numbers that belong to a layer or model at a path
// itself, of all of its calls: not to what it calls.
func (p *Program) Parameters(path string) int {
	total := 0
	for _, v := range p.Vars {
		name := plainPattern(v.Name)
		if i := strings.LastIndexByte(name, '.'); v.Kind == ParamVar && i >= 0 && name[:i] == path {
			total += Volume(v.Shape).Max()
		}
	}
	return total
}

// plainPattern is a variable's name without where its iterations begin, and
// with a * for the number of one that stands alone.
func plainPattern(name string) string {
	parts := strings.Split(name, ".")
	for i, part := range parts {
		if strings.HasPrefix(part, "*@") || part != "" && strings.Trim(part, "0123456789") == "" {
			parts[i] = "*"
		}
	}
	return strings.Join(parts, ".")
}
