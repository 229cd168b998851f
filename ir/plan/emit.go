package plan

import (
	"fmt"
	"sort"
	"strings"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
)

// emitAll makes the kernel of every unit.
func (g *graph) emitAll() {
	for _, u := range g.units {
		switch {
		case u.check:
			u.kernel = g.emitCheck(u)
		case u.isLoop():
			u.kernel = g.emitLoop(u)
		case u.members[0].Is("contract"):
			u.kernel = g.emitGemm(u, u.members[0])
		default:
			u.kernel = g.emitRepeat(u, u.members[0])
		}
	}
}

func (g *graph) emitCheck(u *unit) *Check {
	c := &Check{}
	for _, v := range g.finite {
		b := g.home(v)
		c.Values = append(c.Values, b)
		u.touches = append(u.touches, touch{buffer: b, old: base(v).Is("leaf")})
	}
	return c
}

func (g *graph) emitGemm(u *unit, v *ir.Value) *Gemm {
	form := g.gemms[v]
	k := form.Gemm
	k.A.Buffer, k.B.Buffer, k.Out.Buffer = g.home(form.a), g.home(form.b), g.home(v)
	for _, x := range []*ir.Value{form.a, form.b} {
		u.touches = append(u.touches, touch{buffer: g.home(x), old: base(x).Is("leaf")})
	}
	u.touches = append(u.touches, touch{buffer: k.Out.Buffer, write: true})
	return &k
}

// nest emits a loop.
type nest struct {
	g      *graph
	u      *unit
	loop   *Loop
	scopes map[int]*scope
	locals map[*ir.Value]int
}

// scope is the body of a stage in the making.
type scope struct {
	*nest
	number int
	space  []dsl.Dim // of the loop and the stage
	stage  *Stage
	memo   map[string]Operand
}

func (g *graph) emitLoop(u *unit) *Loop {
	n := &nest{g: g, u: u, loop: &Loop{Space: u.space[:u.hi]}, scopes: map[int]*scope{}, locals: map[*ir.Value]int{}}
	for _, v := range u.members {
		n.loop.General = n.loop.General || g.general[v] || isReduction(v) && g.general[v.Args[0]]
		n.member(v)
	}
	var numbers []int
	for k := range n.scopes {
		numbers = append(numbers, k)
	}
	sort.Ints(numbers)
	for _, k := range numbers {
		n.loop.Stages = append(n.loop.Stages, n.scopes[k].stage)
	}
	return n.loop
}

// at is the body of a stage: even numbers run over the inner axes.
func (n *nest) at(number int) *scope {
	if n.scopes[number] == nil {
		s := &scope{nest: n, number: number, space: n.u.space[:n.u.hi], stage: &Stage{}, memo: map[string]Operand{}}
		if number%2 == 0 {
			s.space, s.stage.Inner = n.u.space, n.u.space[n.u.hi:]
		}
		n.scopes[number] = s
	}
	return n.scopes[number]
}

func (n *nest) local(v *ir.Value) int {
	n.locals[v] = len(n.loop.Locals)
	n.loop.Locals = append(n.loop.Locals, v.DType)
	return n.locals[v]
}

// member emits what a value of the loop adds to it.
func (n *nest) member(v *ir.Value) {
	s := n.at(n.u.stage[v])
	id := dsl.Identity(len(s.space))
	switch {
	case isReduction(v):
		n.reduction(s, v)
	case v.Is("scatter"):
		rank := len(v.Args[1].Shape)
		at := s.value(v.Args[1], id[:rank], nil, true)
		batch := int(v.Attr.(dsl.Batch))
		to := Access{Buffer: n.g.home(v), Shape: v.Shape, Picks: []Pick{{batch, at}}}
		to.Map = append(append(append(to.Map, id[:batch]...), dsl.Fixed(len(id), dsl.N(0))), id[rank:]...)
		s.write(to, s.value(v.Args[0], id, nil, true), Add)
	case v.Is("fold"):
		to := Access{Buffer: n.g.home(v), Shape: v.Shape, Map: v.Attr.(*dsl.Positions).Map}
		to.Guards = s.guards(nil, to.Map, v.Shape)
		s.write(to, s.value(v.Args[0], id, nil, true), Add)
	default:
		n.point(s, v, id)
	}
}

func (n *nest) point(s *scope, v *ir.Value, id dsl.Map) {
	x := s.value(v, id, nil, true)
	if b := n.g.homes[v]; b != nil {
		s.write(Access{Buffer: b, Shape: v.Shape, Map: id}, x, Store)
	}
	if n.u.inRow[v] && n.u.late[v] > n.u.stage[v] {
		s.stage.Keeps = append(s.stage.Keeps, Keep{x, n.local(v)})
	}
}

var modes = map[string]Mode{"sum": Add, "max": Max, "min": Min}

// reduction folds along a row, then stores what each row gives, or adds it up.
func (n *nest) reduction(s *scope, v *ir.Value) {
	x := s.value(v.Args[0], dsl.Identity(len(s.space)), nil, true)
	mode := modes[v.Op.Name]
	if !n.u.inRow[v] && trailing(v) < len(n.u.space) {
		l := n.local(v)
		s.stage.Reduces = append(s.stage.Reduces, Reduce{v.Op.Name, x, l})
		if n.g.homes[v] == nil {
			return
		}
		if n.u.perRow(v) {
			mode = Store
		}
		x = Operand{Kind: OfLocal, Index: l, DType: v.DType}
		s = n.at(n.u.stage[v] + 1)
	}
	kept := others(v.Attr.(dsl.Axes), len(v.Args[0].Shape))
	s.write(Access{Buffer: n.g.homes[v], Shape: v.Shape, Map: dsl.Project(len(s.space), kept...)}, x, mode)
}

func (s *scope) write(to Access, x Operand, mode Mode) {
	s.stage.Writes = append(s.stage.Writes, Write{To: to, Value: x, Mode: mode})
	s.touch(&to, true, mode, false)
}

func (s *scope) touch(a *Access, write bool, mode Mode, old bool) {
	s.u.touches = append(s.u.touches, touch{a.Buffer, a, s.number, len(s.stage.Inner), write, mode, old})
}

func (s *scope) add(in Instr) Operand {
	s.stage.Body = append(s.stage.Body, in)
	return Operand{Kind: OfInstr, Index: len(s.stage.Body) - 1, DType: in.DType}
}

// guards adds what a read of shape at m needs to stay inside.
func (s *scope) guards(have []Guard, m dsl.Map, shape []dsl.Dim) []Guard {
	out := have[:len(have):len(have)]
next:
	for k, a := range m {
		if (dsl.Map{a}).Inside(s.space, shape[k:k+1]) {
			continue
		}
		for _, g := range out {
			if g.Pos.Equal(a) && g.Size.Equal(shape[k]) {
				continue next
			}
		}
		out = append(out, Guard{a, shape[k]})
	}
	return out
}

// value is the element of x at m, where the guards hold. Where one fails it is
// 0 if exact, else any number, because what uses it is guarded in turn.
func (s *scope) value(x *ir.Value, m dsl.Map, guards []Guard, exact bool) Operand {
	key := s.key(x, m, guards, exact)
	if o, ok := s.memo[key]; ok {
		return o
	}
	o := s.compute(x, m, guards, exact)
	s.memo[key] = o
	return o
}

func (s *scope) key(x *ir.Value, m dsl.Map, guards []Guard, exact bool) string {
	var b strings.Builder
	names := dsl.IndexNames(len(s.space))
	fmt.Fprintf(&b, "%d %s", x.ID(), m.Text(names))
	for _, g := range guards {
		fmt.Fprintf(&b, " %s<%s", g.Pos.Text(names), g.Size)
	}
	if len(guards) > 0 && exact {
		b.WriteString(" exact")
	}
	return b.String()
}

func (s *scope) compute(x *ir.Value, m dsl.Map, guards []Guard, exact bool) Operand {
	if o, ok := s.fromStage(x, m, guards, exact); ok {
		return o
	}
	switch {
	case x.Is("leaf"), x.Is("out"), x.Is("reshape"), s.g.placed(x) && s.g.unitOf[x] != s.u:
		return s.read(x, m, guards)
	case x.Is("view"):
		inner, _ := x.Attr.(*dsl.Positions).Map.Compose(m, len(s.space))
		more := s.guards(guards, inner, x.Args[0].Shape)
		return s.value(x.Args[0], inner, more, exact || len(more) > len(guards))
	case x.Is("iota"):
		return s.add(Instr{Op: "iota", DType: ir.Int, From: x.Attr.(*dsl.Offset).From, Value: x,
			Access: &Access{Shape: x.Shape, Map: m, Guards: guards}})
	case x.Op.Class == dsl.Random:
		return s.draw(x, m, guards)
	case x.Is("gather"):
		return s.gather(x, m, guards)
	}
	return s.guarded(s.plain(x, m, guards), guards, exact)
}

// fromStage is a member of this loop that an earlier stage has computed.
func (s *scope) fromStage(x *ir.Value, m dsl.Map, guards []Guard, exact bool) (Operand, bool) {
	if s.g.unitOf[x] != s.u || !isReduction(x) && s.u.stage[x] >= s.number {
		return Operand{}, false
	}
	if l, ok := s.locals[x]; ok {
		return s.guarded(Operand{Kind: OfLocal, Index: l, DType: x.DType}, guards, exact), true
	}
	if s.g.homes[x] != nil {
		return s.read(x, m, guards), true
	}
	return Operand{}, false
}

// guarded is a number that is 0 where a guard fails.
func (s *scope) guarded(o Operand, guards []Guard, exact bool) Operand {
	if len(guards) == 0 || !exact || o.Kind == OfConst && o.Const == 0 {
		return o
	}
	return s.add(Instr{Op: "guard", DType: o.DType, Args: []Operand{o}, Access: &Access{Guards: guards}})
}

// plain is a constant, a size, or an elementwise operation.
func (s *scope) plain(x *ir.Value, m dsl.Map, guards []Guard) Operand {
	if c, ok := x.Const(); ok {
		return Operand{Kind: OfConst, Const: c, DType: x.DType}
	}
	if size, ok := x.Attr.(*dsl.Size); ok {
		return s.add(Instr{Op: "size", DType: ir.Int, Size: size.Dim, Value: x})
	}
	if size, ok := sizeAsFloat(x); ok { // at once: it need not fit an int
		return s.add(Instr{Op: "size", DType: ir.Float, Size: size, Value: x})
	}
	in := Instr{Op: x.Op.Name, DType: x.DType, Value: x}
	for _, a := range x.Args {
		in.Args = append(in.Args, s.value(a, m, guards, false))
	}
	return s.add(in)
}

func sizeAsFloat(x *ir.Value) (dsl.Dim, bool) {
	if !x.Is("float") {
		return dsl.Dim{}, false
	}
	size, ok := x.Args[0].Attr.(*dsl.Size)
	if !ok {
		return dsl.Dim{}, false
	}
	return size.Dim, true
}

func (s *scope) read(x *ir.Value, m dsl.Map, guards []Guard) Operand {
	a := &Access{Buffer: s.g.home(x), Shape: x.Shape, Map: m, Guards: guards}
	if a.Buffer.Storage == InSetting {
		a.Shape, a.Map = nil, nil
	}
	s.touch(a, false, Store, base(x).Is("leaf"))
	return s.add(Instr{Op: "read", DType: x.DType, Access: a, Value: x})
}

func (s *scope) draw(x *ir.Value, m dsl.Map, guards []Guard) Operand {
	in := Instr{Op: x.Op.Name, DType: x.DType, Draw: x.Attr.(*dsl.Draw), Value: x, Access: &Access{Shape: x.Shape, Map: m, Guards: guards}}
	for _, a := range x.Args {
		in.Args = append(in.Args, s.value(a, dsl.Map{}, nil, true))
	}
	return s.add(in)
}

// gather reads a row of x at a position that is itself computed.
func (s *scope) gather(v *ir.Value, m dsl.Map, guards []Guard) Operand {
	x, batch, rank := v.Args[0], int(v.Attr.(dsl.Batch)), len(v.Args[1].Shape)
	at := s.value(v.Args[1], m[:rank], guards, false)
	a := &Access{Buffer: s.g.home(x), Shape: x.Shape, Guards: guards, Picks: []Pick{{batch, at}}}
	a.Map = append(append(append(a.Map, m[:batch]...), dsl.Fixed(len(s.space), dsl.N(0))), m[rank:]...)
	s.touch(a, false, Store, base(x).Is("leaf"))
	return s.add(Instr{Op: "read", DType: v.DType, Access: a, Value: v})
}
