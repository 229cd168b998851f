package ir

import (
	"math"

	"github.com/gtc-lang/gtc/dsl"
)

// expr lowers an expression and marks the values it makes as coming from it.
func (l *lowerer) expr(s *scope, e dsl.Expr) thing {
	t := l.exprAt(s, e)
	if x, ok := t.(tensor); ok && unplaced(x.v, e) {
		x.v.At = l.placed(e.Span())
	}
	return sound(t)
}

// exprs lowers expressions that stand side by side.
func (l *lowerer) exprs(s *scope, list ...dsl.Expr) []thing {
	values := make([]thing, len(list))
	l.each(len(list), func(k int) { values[k] = l.expr(s, list[k]) })
	return values
}

// unplaced reports whether a value that an expression gives has no place of its
// own yet: none, or that of an operand.
func unplaced(v *Value, e dsl.Expr) bool {
	switch e.(type) {
	case *dsl.Name, *dsl.Paren:
		return !v.At.Valid()
	}
	for _, a := range v.Args {
		if a.At.Valid() && a.At == v.At {
			return true
		}
	}
	return !v.At.Valid()
}

// placed is a place in the library together with the call in the program that
// has led there.
func (l *lowerer) placed(at dsl.Span) dsl.Span {
	if at.Source == l.file.Source {
		return at
	}
	for i := len(l.calls) - 1; i >= 0; i-- {
		if call := l.calls[i]; call.Source == l.file.Source {
			at.Via = &call
			break
		}
	}
	return at
}

func (l *lowerer) exprAt(s *scope, e dsl.Expr) thing {
	switch e := e.(type) {
	case *dsl.Name:
		return l.name(s, e)
	case *dsl.Number:
		return number{f: e.Value, whole: e.Int}
	case *dsl.String:
		return text(e.Value)
	case *dsl.Paren:
		return l.expr(s, e.X)
	case *dsl.Unary:
		return l.unary(s, e)
	case *dsl.Binary:
		return l.binary(s, e)
	case *dsl.Call:
		return l.call(s, e)
	case *dsl.Pipe:
		return l.pipe(s, e)
	case *dsl.Select:
		return l.selection(s, e)
	case *dsl.Index:
		return l.indexed(s, e)
	case *dsl.Range:
		d := l.dims(s, e.Lo, e.Hi)
		return span{d[0], d[1]}
	case *dsl.List:
		return list(l.exprs(s, e.Items...))
	case *dsl.If:
		return l.ifExpr(s, e)
	case *dsl.For:
		return l.forLoop(s, e)
	case *dsl.Scan:
		return l.scanLoop(s, e)
	}
	l.fail("GT0201", e, "this is not an expression", "", "")
	return nil
}

func (l *lowerer) name(s *scope, e *dsl.Name) thing {
	if b := s.find(e.Name); b != nil {
		b.used = true
		if b.state != nil {
			return tensor{v: l.read(b.state), ax: b.value.(tensor).ax}
		}
		return b.value
	}
	if t, ok := l.builtinName(e.Name); ok {
		return t
	}
	l.fail("GT0201", e, "nothing is called "+quote(e.Name), "not found", l.nameHelp(s, e))
	return nil
}

// nameHelp says what to do about a name that nothing has: it begins a statement
// of another language, or is one of the program's own but for a slip of the
// pen, or a word of another library, or it is like some other name.
func (l *lowerer) nameHelp(s *scope, e *dsl.Name) string {
	name := e.Name
	own, near := s.slip(name), s.near(name)
	begins := l.begins.Source == e.At.Source && l.begins.Start == e.At.Start
	switch hint, start := dsl.HintFor(name, false), dsl.HintFor(name, true); {
	case begins && hint != start:
		return start
	case own != "":
		return "did you mean " + own + "?"
	case statements[name] != "":
		return name + " is a statement of its own: " + statements[name]
	case hint != "":
		return hint
	case near != "":
		return "did you mean " + near + "?"
	}
	return "names must be declared before they are used"
}

// statements are words that begin one, and how: they are no functions.
var statements = map[string]string{
	"param": "param W: [n, out] ~ glorot_uniform", "state": "state mu: [n] = 0", "layer": "layer head = Dense(2)",
	"report": "report accuracy = mean(argmax(logits) == y)", "batch": "batch 32", "stop": "stop when epoch >= 30",
}

// builtinNames are what builtinName resolves.
var builtinNames = []string{"true", "false", "training", "none", "inf", "step", "total"}

// builtinName resolves the names every body sees.
func (l *lowerer) builtinName(name string) (thing, bool) {
	switch name {
	case "true", "false":
		return truth(name == "true"), true
	case "training":
		return truth(l.fn != nil && l.fn.training), true
	case "none":
		return absent{}, true
	case "inf":
		return number{f: math.Inf(1)}, true
	case "step", "total":
		if l.fn == nil {
			return nil, false
		}
		if l.fn.initial {
			return number{f: 0}, true
		}
		return scalarOf(l.setting(name, 0, dsl.Span{}, true)), true
	}
	return nil, false
}

// tensorOf lowers an expression that must be a tensor; numbers and sizes
// become scalars.
func (l *lowerer) tensorOf(s *scope, e dsl.Expr) tensor {
	return l.asTensor(l.expr(s, e), e)
}

func (l *lowerer) asTensor(t thing, at dsl.Node) tensor {
	switch t := sound(t).(type) {
	case tensor:
		return t
	case number:
		return l.fromSource(scalarOf(Const(t.f)), at)
	case dimension:
		return l.fromSource(scalarOf(SizeOf(t.d)), at)
	case truth:
		n := 0.0
		if t {
			n = 1
		}
		return l.fromSource(scalarOf(ConstOf(Bool, n)), at)
	case tuple:
		if len(t) == 1 {
			return l.asTensor(t[0], at)
		}
	}
	l.fail("GT0203", at, "a tensor is needed here", "this is "+describe(t), "")
	return tensor{}
}

func (l *lowerer) fromSource(t tensor, at dsl.Node) tensor {
	t.v.At = l.placed(at.Span())
	return t
}

func (l *lowerer) unary(s *scope, e *dsl.Unary) thing {
	x := l.expr(s, e.X)
	if e.Op == "not" {
		if b, ok := x.(truth); ok {
			return !b
		}
		t := l.asTensor(x, e.X)
		if t.v.DType != Bool {
			l.fail("GT0205", e, "not needs a truth value", "this is "+describe(t), "compare it with something")
		}
		return tensor{v: New("not", nil, t.v), ax: t.ax}
	}
	switch n := x.(type) {
	case number:
		return number{f: -n.f, whole: n.whole}
	case dimension:
		return dimension{d: dsl.N(0).Sub(n.d)}
	}
	t := l.asTensor(x, e.X)
	if t.v.DType == Bool {
		t.v = cast(t.v, Float)
	}
	return tensor{v: New("neg", nil, t.v), ax: t.ax}
}

func (l *lowerer) binary(s *scope, e *dsl.Binary) thing {
	v := l.exprs(s, e.X, e.Y)
	x, y := v[0], v[1]
	if t, ok := foldBinary(e.Op, x, y); ok {
		return t
	}
	a, b := l.asTensor(x, e.X), l.asTensor(y, e.Y)
	if e.Op == "@" {
		return l.matmul(s, e, a, b)
	}
	return l.arith(opNode(e), e.Op, wholeBeside(x, a, b), wholeBeside(y, b, a))
}

// wholeBeside turns a whole number that stands beside an integer tensor into
// an integer; beside anything else it is a float.
func wholeBeside(from thing, t, other tensor) tensor {
	switch n := from.(type) {
	case number:
		if n.whole && other.v.DType == Int {
			return scalarOf(ConstOf(Int, n.f).Like(t.v))
		}
	case dimension:
		if other.v.DType != Int {
			return t
		}
		if c, ok := n.d.Const(); ok {
			return scalarOf(ConstOf(Int, float64(c)).Like(t.v))
		}
		return scalarOf(New("size", &dsl.Size{Dim: n.d}).Like(t.v))
	}
	return t
}

// opNode is the node whose span a message about an operator points at.
func opNode(e *dsl.Binary) dsl.Node {
	if e.OpAt.Valid() {
		return dsl.Place{At: e.OpAt}
	}
	return e
}

// arithmetic names the row of each operator, and whether its operands must be
// floats, and whether they are exchanged.
var arithmetic = map[string]struct {
	row           string
	floats, swaps bool
	negated       bool
}{
	"+": {row: "add"}, "-": {row: "sub"}, "*": {row: "mul"},
	"/": {row: "div", floats: true}, "^": {row: "pow", floats: true},
	"<": {row: "lt"}, "<=": {row: "le"}, ">": {row: "lt", swaps: true}, ">=": {row: "le", swaps: true},
	"==": {row: "eq"}, "!=": {row: "eq", negated: true},
	"and": {row: "and"}, "or": {row: "or"},
}

func (l *lowerer) arith(at dsl.Node, op string, a, b tensor) tensor {
	row := arithmetic[op]
	ts := l.match(at, op, a, b)
	kind := promote(ts)
	switch {
	case op == "and" || op == "or":
		if kind != Bool {
			l.fail("GT0205", at, op+" needs truth values", "found "+describeAll([]tensor{a, b}), "compare them with something")
		}
	case kind == Bool && op != "==" && op != "!=", row.floats:
		for i := range ts {
			ts[i].v = cast(ts[i].v, Float)
		}
	}
	if row.swaps {
		ts[0], ts[1] = ts[1], ts[0]
	}
	v := New(row.row, nil, ts[0].v, ts[1].v)
	if row.negated {
		v = New("not", nil, v)
	}
	v.At = l.placed(at.Span())
	return tensor{v: v, ax: mergeLabels(ts)}
}

// mergeLabels gives each axis the first label any operand has for it.
func mergeLabels(ts []tensor) []string {
	ax := append([]string(nil), ts[0].ax...)
	for _, t := range ts[1:] {
		for k := range ax {
			if ax[k] == "" {
				ax[k] = t.ax[k]
			}
		}
	}
	return ax
}

// foldBinary does arithmetic on what is known at compile time. Numbers divide
// truly; sizes divide truly too, outside of shapes.
func foldBinary(op string, x, y thing) (thing, bool) {
	if a, ok := x.(truth); ok {
		if b, ok := y.(truth); ok {
			return foldTruths(op, bool(a), bool(b))
		}
	}
	p, okx := sizeOf(x)
	q, oky := sizeOf(y)
	if okx && oky {
		if t, ok := foldSizes(op, p, q); ok {
			return t, true
		}
	}
	a, okx := plain(x)
	b, oky := plain(y)
	if !okx || !oky {
		return nil, false
	}
	return foldNumbers(op, a, b)
}

func foldTruths(op string, a, b bool) (thing, bool) {
	switch op {
	case "and":
		return truth(a && b), true
	case "or":
		return truth(a || b), true
	case "==":
		return truth(a == b), true
	case "!=":
		return truth(a != b), true
	}
	return nil, false
}

// sizeOf is a thing as a size: a dimension or a whole number.
func sizeOf(t thing) (dsl.Dim, bool) {
	switch t := t.(type) {
	case dimension:
		return t.d, true
	case number:
		if t.whole && math.Abs(t.f) < dsl.MaxSize {
			return dsl.N(int(t.f)), true
		}
	}
	return dsl.Dim{}, false
}

// plain is a thing as a number known at compile time.
func plain(t thing) (float64, bool) {
	switch t := t.(type) {
	case number:
		return t.f, true
	case dimension:
		n, ok := t.d.Const()
		return float64(n), ok
	}
	return 0, false
}

func foldSizes(op string, p, q dsl.Dim) (thing, bool) {
	switch op {
	case "+":
		return sized(p.Add(q)), true
	case "-":
		return sized(p.Sub(q)), true
	case "*":
		return sized(p.Mul(q)), true
	case "==":
		if p.Equal(q) {
			return truth(true), true
		}
	case "!=":
		if p.Equal(q) {
			return truth(false), true
		}
	}
	return nil, false
}

func sized(d dsl.Dim) thing {
	if n, ok := d.Const(); ok {
		return number{f: float64(n), whole: true}
	}
	return dimension{d: d}
}

func foldNumbers(op string, a, b float64) (thing, bool) {
	switch op {
	case "+":
		return number{f: a + b}, true
	case "-":
		return number{f: a - b}, true
	case "*":
		return number{f: a * b}, true
	case "/":
		return number{f: a / b}, true
	case "^":
		p := math.Pow(a, b)
		return number{f: p, whole: p == math.Trunc(p) && math.Abs(p) < dsl.MaxSize && a == math.Trunc(a) && b >= 0}, true
	case "<":
		return truth(a < b), true
	case "<=":
		return truth(a <= b), true
	case ">":
		return truth(a > b), true
	case ">=":
		return truth(a >= b), true
	case "==":
		return truth(a == b), true
	case "!=":
		return truth(a != b), true
	}
	return nil, false
}

// matmul is a @ b: the last axis of a against the last but one of b. Further
// axes of b are shared with a.
func (l *lowerer) matmul(s *scope, e *dsl.Binary, a, b tensor) tensor {
	at := opNode(e)
	a.v, b.v = cast(a.v, Float), cast(b.v, Float)
	ra, rb := len(a.ax), len(b.ax)
	if ra == 0 || rb == 0 {
		l.fail("GT0206", at, "@ needs tensors with axes", "left is "+a.String()+", right is "+b.String(), "use * to scale by a number")
	}
	inner := rb - 2
	if rb == 1 {
		inner = 0
	}
	if !a.v.Shape[ra-1].Equal(b.v.Shape[inner]) {
		l.fail("GT0207", at, "the inner dimensions of @ differ", "left is "+a.String()+", right is "+b.String(), transposeHelp(e, a, b),
			l.origins(s, a.ax[ra-1], b.ax[inner])...)
	}
	shared := max(rb-2, 0)
	if shared > ra-1 {
		l.fail("GT0239", at, "the right side of @ has more shared axes than the left", "left is "+a.String()+", right is "+b.String(), "the axes before the last two of the right side must be those of the left")
	}
	for k := 0; k < shared; k++ {
		if !a.v.Shape[k].Equal(b.v.Shape[k]) {
			l.fail("GT0239", at, "the shared axes of @ differ", "left is "+a.String()+", right is "+b.String(), "the axes before the last two of the right side must be those of the left")
		}
	}
	return l.multiply(at, a, b, shared, inner)
}

// transposeHelp names the side that would fit if it were transposed.
func transposeHelp(e *dsl.Binary, a, b tensor) string {
	ra, rb := len(a.ax), len(b.ax)
	switch {
	case rb >= 2 && a.v.Shape[ra-1].Equal(b.v.Shape[rb-1]):
		return "did you mean " + transposed(e.Y) + "?"
	case ra >= 2 && a.v.Shape[ra-2].Equal(b.v.Shape[max(rb-2, 0)]):
		return "did you mean " + transposed(e.X) + "?"
	}
	return "the last axis of the left side and the last but one of the right must be the same dimension"
}

func transposed(e dsl.Expr) string {
	text := e.Span().Text()
	switch e.(type) {
	case *dsl.Name, *dsl.Select, *dsl.Call, *dsl.Index, *dsl.Paren:
		return text + ".T"
	}
	return "(" + text + ").T"
}

// multiply builds the contraction over the space (axes of a but the last, the
// last axis of b, the inner axis).
func (l *lowerer) multiply(at dsl.Node, a, b tensor, shared, inner int) tensor {
	ra, rb := len(a.ax), len(b.ax)
	space := append([]dsl.Dim(nil), a.v.Shape[:ra-1]...)
	ax := append([]string(nil), a.ax[:ra-1]...)
	if rb > 1 {
		space, ax = append(space, b.v.Shape[rb-1]), append(ax, b.ax[rb-1])
	}
	out := len(space)
	space = append(space, a.v.Shape[ra-1])
	rank := len(space)
	var left, right []int
	for k := 0; k < ra-1; k++ {
		left = append(left, k)
	}
	left = append(left, out)
	for k := 0; k < shared; k++ {
		right = append(right, k)
	}
	right = append(right, out)
	if rb > 1 {
		right = append(right, out-1)
	}
	c := &dsl.Contraction{Space: space, A: dsl.Project(rank, left...), B: dsl.Project(rank, right...), Out: dsl.Project(rank, upTo(out)...)}
	v := Contract(a.v, b.v, c, space[:out])
	v.At = l.placed(at.Span())
	return tensor{v: v, ax: uniqueLabels(ax)}
}

func upTo(n int) []int {
	list := make([]int, n)
	for k := range list {
		list[k] = k
	}
	return list
}

// uniqueLabels drops the later of two equal labels, so that a label names one
// axis.
func uniqueLabels(ax []string) []string {
	seen := map[string]bool{}
	for k, label := range ax {
		if seen[label] {
			ax[k] = ""
		}
		seen[label] = true
	}
	return ax
}

// ofModel reports whether a path begins with a model: MLP.dense1.W.
func (l *lowerer) ofModel(s *scope, e dsl.Expr) bool {
	switch e := e.(type) {
	case *dsl.Select:
		return l.ofModel(s, e.X)
	case *dsl.Name:
		if b := s.find(e.Name); b != nil {
			c, ok := b.value.(*callable)
			return ok && c.decl.Kind == dsl.Model
		}
	}
	return false
}

// memberHelp says what to write for a member that is not there, of what is no
// tensor either where other languages have prefixes.
func (l *lowerer) memberHelp(s *scope, e *dsl.Select) string {
	name, prefix := e.Name.Name, ""
	if of, ok := e.X.(*dsl.Name); ok && s.find(of.Name) == nil {
		prefix = of.Name
	}
	_, builtin := l.builtinName(name)
	switch known := builtin || s.find(name) != nil; {
	case l.ofModel(s, e):
		return "a model's parameters are read in the model alone; to keep them small write with adamw(decay: 0.01) over " + e.At.Text() + ", adamw(decay: 0) over rest"
	case known && prefix != "":
		return "write " + name + ", without " + prefix + "."
	case known:
		return "functions stand before what they are of: " + name + "(x)"
	case dsl.HintFor(name, false) != "":
		return dsl.HintFor(name, false)
	case dsl.HintFor(prefix, false) != "":
		return dsl.HintFor(prefix, false)
	}
	return "a tensor has .T, its last two axes exchanged"
}

func (l *lowerer) selection(s *scope, e *dsl.Select) thing {
	if e.Name.Name != "T" {
		l.fail("GT0208", e.Name, "nothing is called "+quote(e.Name.Name)+" here", "", l.memberHelp(s, e))
	}
	t := l.tensorOf(s, e.X)
	n := len(t.ax)
	if n < 2 {
		l.fail("GT0206", e, ".T needs two axes", "this is "+t.String(), "x[:, none] makes a column of a vector, x[none, :] a row")
	}
	perm := upTo(n)
	perm[n-1], perm[n-2] = n-2, n-1
	ax := append([]string(nil), t.ax...)
	ax[n-1], ax[n-2] = ax[n-2], ax[n-1]
	return tensor{v: Transpose(t.v, perm...), ax: ax}
}
