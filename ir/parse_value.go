package ir

import "github.com/gtc-lang/gtc/dsl"

const (
	maxTextRank  = 64
	maxTextDepth = 100
)

// head is the left side of a value's line.
type textHead struct {
	number int
	name   string
	dtype  DType
	shape  []dsl.Dim
	at     dsl.Span
}

// head reads "%3 logits f[B, 10] =".
func (r *textReader) head() textHead {
	h := textHead{number: r.reference(), at: r.at()}
	if r.peek() != '=' && !r.typeNext() {
		if r.peek() == '"' {
			h.name = r.quoted()
		} else {
			h.name = r.word()
		}
	}
	if r.peek() != '=' {
		h.dtype, h.shape = r.typ()
	}
	r.expect("=")
	return h
}

// define gives a value what the left side of its line says.
func (r *textReader) define(known map[int]*Value, h textHead, v *Value) {
	if r.err != nil {
		return
	}
	if known[h.number] != nil {
		r.fail("%%%d is defined twice", h.number)
		return
	}
	v.Name, v.At = h.name, h.at
	known[h.number] = v
}

func (r *textReader) typeNext() bool {
	rest := r.rest()
	return len(rest) > 1 && rest[1] == '[' && (rest[0] == 'f' || rest[0] == 'i' || rest[0] == 'b')
}

// typ reads "f[B, 10]".
func (r *textReader) typ() (DType, []dsl.Dim) {
	if !r.typeNext() {
		r.fail("a type is expected at %q", r.rest())
		return Float, nil
	}
	t := map[byte]DType{'f': Float, 'i': Int, 'b': Bool}[r.peek()]
	r.pos++
	var shape []dsl.Dim
	r.list("[", "]", func() { shape = append(shape, r.dimension()) })
	if len(shape) > maxTextRank {
		r.fail("%d axes are too many", len(shape))
	}
	return t, shape
}

// value reads one value, a loop with all its lines.
func (r *textReader) value(known map[int]*Value) {
	h := r.head()
	op := r.word()
	switch op {
	case "loop":
		r.loop(known, h)
		return
	case "input", "var", "setting", "param", "iter":
		r.define(known, h, NewLeaf(r.leaf(LeafKind(op)), h.dtype, h.shape))
		return
	}
	row := dsl.OpNamed(op)
	if row == nil || op == "leaf" {
		r.fail("no operation %q", op)
		return
	}
	args := r.refs(known)
	if r.err != nil {
		return
	}
	if attr := r.attr(row, args, h); r.err == nil {
		r.define(known, h, Make(row, attr, h.dtype, h.shape, args...))
	}
}

func (r *textReader) leaf(kind LeafKind) *Leaf {
	l := &Leaf{Kind: kind, Name: r.quoted()}
	switch kind {
	case VarLeaf:
		l.Var = r.varNamed(l.Name)
	case SettingLeaf:
		if l.Setting = r.settings[l.Name]; l.Setting == nil {
			r.fail("no setting %q", l.Name)
		}
	}
	return l
}

// loop reads a loop from after the word to its closing bracket.
func (r *textReader) loop(known map[int]*Value, h textHead) {
	l := &Loop{Trip: r.dimension(), Body: &Graph{}}
	l.Reverse = r.take("reverse")
	if r.peek() == '"' {
		l.Label = r.quoted()
	}
	r.expect("{")
	if r.depth++; r.depth > maxTextDepth {
		r.fail("loops nest too deep")
	}
	b := &textBody{textReader: r, loop: l, outer: known, inner: map[int]*Value{}}
	b.read()
	r.depth--
	if r.err == nil {
		r.define(known, h, Make(dsl.OpNamed("loop"), l, Float, nil, b.args...))
	}
}

// textBody is a loop's body being read.
type textBody struct {
	*textReader
	loop         *Loop
	outer, inner map[int]*Value
	args         []*Value
	next, stack  []*Value
}

func (b *textBody) read() {
	for b.more() {
		switch {
		case b.take("}"):
			if len(b.next) != b.loop.Carried {
				b.fail("%d values are carried, %d come next", b.loop.Carried, len(b.next))
			}
			b.loop.Body.Results = append(b.next, b.stack...)
			return
		case b.take("next"):
			b.next = append(b.next, b.refs(b.inner)...)
		case b.take("stack"):
			b.stack = append(b.stack, b.refs(b.inner)...)
		case !b.param():
			b.value(b.inner)
		}
	}
	b.fail("a loop has no end")
}

// param reads the line of a parameter, if it is one. They come in the order
// number, carried, row, whole.
func (b *textBody) param() bool {
	start := b.pos
	h := b.head()
	l := b.loop
	switch {
	case b.take("number"):
		b.inOrder(len(l.Body.Params) == 0)
	case b.take("carried"):
		b.inOrder(len(b.args) == l.Carried)
		b.args = append(b.args, b.ref(b.outer))
		l.Carried++
	case b.take("row"):
		b.inOrder(len(b.args) == l.Carried+l.Sliced)
		b.args = append(b.args, b.ref(b.outer))
		l.Sliced++
	case b.take("whole"):
		b.args = append(b.args, b.ref(b.outer))
	default:
		if b.err == nil {
			b.pos = start
		}
		return b.err != nil
	}
	p := BodyParam(h.name, h.dtype, h.shape)
	b.define(b.inner, h, p)
	l.Body.Params = append(l.Body.Params, p)
	return true
}

func (b *textBody) inOrder(ok bool) {
	if !ok {
		b.fail("parameters come in the order number, carried, row, whole")
	}
}
