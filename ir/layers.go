package ir

import (
	"slices"
	"strings"

	"github.com/gtc-lang/gtc/dsl"
)

// Layer is a model, or a call of a layer or a model in its body, or the calls
// that the iterations of a for make of it: what a summary lists.
type Layer struct {
	Path   string    // "GPT.layers.*.dense1": * stands for the iterations
	Kind   string    // what is called: "Dense"
	Depth  int       // of nesting, 0 for the model itself
	Count  int       // of the calls; those in the steps of a scan are one
	Shape  []dsl.Dim // of the first result of the first call
	Labels []string  // names of its axes in the source, "" for none
	Varies bool      // other calls have results of other shapes
	// FLOPs is the work of all calls, what they call included: two for each
	// term of a product, one for each element of other float operations and for
	// each element that a reduction reads.
	FLOPs dsl.Dim
}

// Output is the shape of the result as diagnostics write it: "[B, hidden=128]".
func (y *Layer) Output() string {
	parts := make([]string, len(y.Shape))
	for i, d := range y.Shape {
		parts[i] = nameSize(y.Labels[i], d)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// layersSoFar collects the layers of the function in hand, if it is one that
// anybody asks for them.
type layersSoFar struct {
	wanted bool
	list   []*Layer
	byPath map[string]*Layer
	depth  int
	trips  []dsl.Dim       // of the scans around
	done   map[*Value]*job // by each result that the call has made
}

// job is what a call does.
type job struct {
	work   dsl.Dim
	inputs []*Value // older values that its results depend on
}

// repeated notes that a body is lowered once for trip steps, until the end.
func (s *layersSoFar) repeated(trip dsl.Dim) (end func()) {
	s.trips = append(s.trips, trip)
	return func() { s.trips = s.trips[:len(s.trips)-1] }
}

// layer runs a call and records it when it is one of a layer or a model.
func (l *lowerer) layer(c *configured, b *body, run func() thing) thing {
	seen := &l.fn.layers
	if !seen.wanted || c.decl.Kind != dsl.Layer && c.decl.Kind != dsl.Model {
		return run()
	}
	y := seen.at(b.pattern, c.decl.Name.Name)
	y.Count++
	before := lastID.Load()
	seen.depth++
	out := run()
	seen.depth--
	work := seen.finish(y.take(out), before).work
	for _, n := range seen.trips {
		work = work.Mul(n)
	}
	y.FLOPs = y.FLOPs.Add(work)
	return out
}

// at is the layer at a path, a new one if there is none.
func (s *layersSoFar) at(path, kind string) *Layer {
	if y := s.byPath[path]; y != nil {
		return y
	}
	if s.byPath == nil {
		s.byPath, s.done = map[string]*Layer{}, map[*Value]*job{}
	}
	y := &Layer{Path: path, Kind: kind, Depth: s.depth}
	s.byPath[path], s.list = y, append(s.list, y)
	return y
}

// take notes the shape of the first result, and returns all results.
func (y *Layer) take(out thing) []*Value {
	many, ok := out.(tuple)
	if !ok {
		many = tuple{out}
	}
	var results []*Value
	for _, x := range many {
		t, ok := x.(tensor)
		if !ok {
			continue
		}
		if len(results) == 0 && y.Shape == nil {
			y.Shape, y.Labels = t.v.Shape, make([]string, len(t.ax))
			for i, label := range t.ax {
				y.Labels[i] = strings.Trim(label, "'")
			}
		}
		y.Varies = y.Varies || len(results) == 0 && !SameShape(y.Shape, t.v.Shape)
		results = append(results, t.v)
	}
	return results
}

// finish is what a call has done that began when a value was made.
func (s *layersSoFar) finish(results []*Value, since int64) *job {
	j := s.jobOf(results, since)
	for _, v := range results {
		if v.id > since {
			s.done[v] = j
		}
	}
	return j
}

// jobOf is the work of the values that results depend on and that are newer
// than a number: what an older value depends on is older. Calls that have
// ended are not looked into again, so that nesting costs nothing.
func (s *layersSoFar) jobOf(results []*Value, since int64) *job {
	all, seen, added := &job{}, map[*Value]bool{}, map[*job]bool{}
	for stack := slices.Clone(results); len(stack) > 0; {
		v := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if seen[v] {
			continue
		}
		seen[v] = true
		switch inner := s.done[v]; {
		case v.id <= since:
			all.inputs = append(all.inputs, v)
		case inner == nil:
			all.work = all.work.Add(s.flops(v))
			stack = append(stack, v.Args...)
		case !added[inner]:
			added[inner] = true
			all.work = all.work.Add(inner.work)
			stack = append(stack, inner.inputs...)
		}
	}
	return all
}

// flops is the work of one value.
func (s *layersSoFar) flops(v *Value) dsl.Dim {
	switch {
	case v.Is("contract"):
		return Volume(v.Attr.(*dsl.Contraction).Space).Mul(dsl.N(2))
	case v.Is("loop"):
		l := v.LoopOf()
		return s.jobOf(l.Body.Results, 0).work.Mul(l.Trip)
	case v.Op.Class == dsl.Reduction:
		return Volume(v.Args[0].Shape)
	case v.Op.Class == dsl.Elementwise && v.DType == Float:
		return Volume(v.Shape)
	}
	return dsl.Dim{}
}

// Parameters counts the numbers that belong to each layer or model itself, by
// path, of all of its calls: not to what it calls.
func (p *Program) Parameters() map[string]int {
	count := map[string]int{}
	for _, v := range p.Vars {
		name := plainPattern(v.Name)
		if i := strings.LastIndexByte(name, '.'); v.Kind == ParamVar && i >= 0 {
			count[name[:i]] += Volume(v.Shape).Max()
		}
	}
	return count
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
