package plan

import (
	"sort"

	"github.com/gtc-lang/gtc/ir"
)

// manyUnits is from how many kernels on the order of the source is taken as it
// is, without looking for one that needs less memory.
const manyUnits = 3000

// schedule orders the kernels and makes them steps. Two orders are weighed:
// that of the source, which reads best, and one that takes the kernel that
// frees the most at each point. The second must need less memory to be taken.
func (g *graph) schedule() []*Step {
	g.attachEpilogues()
	order := g.ordered(func(ready []*unit) int { return 0 })
	if len(g.units) <= manyUnits {
		w := g.weigh()
		if other := g.ordered(w.best); w.peak(other) < w.peak(order) {
			order = other
		}
	}
	steps := make([]*Step, len(order))
	for i, u := range order {
		steps[i] = u.step()
		g.finish(u.kernel)
	}
	return steps
}

// finish simplifies a loop's axes and settles how it is shared out.
func (g *graph) finish(k Kernel) {
	switch k := k.(type) {
	case *Loop:
		k.coalesce()
		g.split(k)
	case *Gemm:
		if k.Epilogue == nil {
			return
		}
		if k.Tiled = len(k.Batch) == 0 && k.Epilogue.overMatrix(k.M, k.N); k.Tiled {
			k.Epilogue.Split = Split{Axis: -1, Max: 1, Grain: 1}
			return
		}
		g.finish(k.Epilogue)
	}
}

func (u *unit) step() *Step {
	s := &Step{Kernel: u.kernel, Makes: append([]*ir.Value(nil), u.members...)}
	sort.Slice(s.Makes, func(i, j int) bool { return s.Makes[i].ID() < s.Makes[j].ID() })
	for _, v := range s.Makes {
		if v.At.Valid() {
			s.At = v.At
		}
	}
	return s
}

// ordered is a topological order: pick chooses among the ready kernels, which
// are sorted by number.
func (g *graph) ordered(pick func(ready []*unit) int) []*unit {
	waits, next := map[*unit]int{}, map[*unit][]*unit{}
	var ready, order []*unit
	for _, u := range g.units {
		waits[u] = len(u.deps)
		for d := range u.deps {
			next[d] = append(next[d], u)
		}
		if len(u.deps) == 0 {
			ready = append(ready, u)
		}
	}
	for len(ready) > 0 {
		k := pick(ready)
		u := ready[k]
		ready = append(ready[:k], ready[k+1:]...)
		order = append(order, u)
		for _, v := range next[u] {
			if waits[v]--; waits[v] == 0 {
				at := sort.Search(len(ready), func(i int) bool { return ready[i].id > v.id })
				ready = append(ready[:at], append([]*unit{v}, ready[at:]...)...)
			}
		}
	}
	return order
}

// weights is what the memory of a graph's kernels takes.
type weights struct {
	uses  map[*unit][]*Buffer // tensors in the arena, each once
	count map[*Buffer]int     // kernels that use it
	left  map[*Buffer]int     // of those, not yet run
	born  map[*Buffer]bool
}

func (g *graph) weigh() *weights {
	w := &weights{uses: map[*unit][]*Buffer{}, count: map[*Buffer]int{}}
	for _, u := range g.units {
		seen := map[*Buffer]bool{}
		for _, t := range u.touches {
			if b := t.buffer; b.Storage == InArena && b.depth == g.depth && !seen[b] {
				seen[b] = true
				w.uses[u] = append(w.uses[u], b)
				w.count[b]++
			}
		}
	}
	w.reset()
	return w
}

func (w *weights) reset() {
	w.left, w.born = map[*Buffer]int{}, map[*Buffer]bool{}
	for b, n := range w.count {
		w.left[b] = n
	}
}

func (b *Buffer) weight() int {
	switch b.DType {
	case ir.Bool:
		return b.Bound
	}
	return 4 * b.Bound
}

// growth is by how much memory grows when u runs: first what it needs, then
// what remains.
func (w *weights) growth(u *unit) (needs, remains int) {
	for _, b := range w.uses[u] {
		if !w.born[b] {
			needs, remains = needs+b.weight(), remains+b.weight()
		}
		if w.left[b] == 1 {
			remains -= b.weight()
		}
	}
	return needs, remains
}

func (w *weights) run(u *unit) {
	for _, b := range w.uses[u] {
		w.born[b] = true
		w.left[b]--
	}
}

// best is the ready kernel after which the least memory is in use.
func (w *weights) best(ready []*unit) int {
	best, least := 0, 0
	for i, u := range ready {
		if _, remains := w.growth(u); i == 0 || remains < least {
			best, least = i, remains
		}
	}
	w.run(ready[best])
	return best
}

// peak is the most memory in use at once in an order.
func (w *weights) peak(order []*unit) int {
	w.reset()
	peak, now := 0, 0
	for _, u := range order {
		needs, remains := w.growth(u)
		peak = max(peak, now+needs)
		now += remains
		w.run(u)
	}
	return peak
}

// attachEpilogues moves loops that go once over the result of a product into
// the product's kernel.
func (g *graph) attachEpilogues() {
	if g.opt.NoFuse {
		return
	}
	gone := map[*unit]bool{}
	for _, u := range g.units {
		k, ok := u.kernel.(*Gemm)
		if !ok {
			continue
		}
		for _, e := range g.units {
			if e.deps[u] && !gone[e] && g.isEpilogue(e, u, k) {
				k.Epilogue = e.kernel.(*Loop)
				g.absorb(u, e)
				gone[e] = true
				break
			}
		}
	}
	var kept []*unit
	for _, u := range g.units {
		if !gone[u] {
			kept = append(kept, u)
		}
	}
	g.units = kept
}

// isEpilogue reports whether loop e is elementwise over the product of u, and
// needs nothing that comes after the product.
func (g *graph) isEpilogue(e, u *unit, k *Gemm) bool {
	loop, ok := e.kernel.(*Loop)
	v := u.members[0]
	if !ok || len(loop.Stages) != 1 || len(loop.Stages[0].Inner) > 0 || !ir.SameShape(loop.Space, v.Shape) {
		return false
	}
	for _, w := range loop.Stages[0].Writes {
		if w.Mode != Store {
			return false
		}
	}
	for _, t := range e.touches {
		if t.buffer == k.Out.Buffer && (t.access == nil || len(t.access.Picks)+len(t.access.Guards) > 0 ||
			!ir.SameShape(t.access.Shape, v.Shape) || !t.access.Map.Identity(len(v.Shape))) {
			return false
		}
		if t.write && (t.buffer == k.A.Buffer || t.buffer == k.B.Buffer) {
			return false
		}
	}
	for d := range e.deps {
		if d != u && g.needs(d, u) {
			return false
		}
	}
	return true
}

// absorb makes e a part of u.
func (g *graph) absorb(u, e *unit) {
	for d := range e.deps {
		if d != u {
			u.deps[d] = true
		}
	}
	for _, w := range g.units {
		if w.deps[e] {
			delete(w.deps, e)
			if w != u {
				w.deps[u] = true
			}
		}
	}
	u.members = append(u.members, e.members...)
	u.touches = append(u.touches, e.touches...)
}
