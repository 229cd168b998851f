package ir

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/gtc-lang/gtc/dsl"
)

// A thing is what an expression means while a program is lowered: a tensor, or
// something known at compile time.
type thing interface{}

// tensor is a value with a label for each axis; "" is no label. Labels belong
// to the body being lowered: an axis that came in through `...` or an untyped
// input carries its caller's label behind a tick, so that it matches itself
// and nothing of the body's own.
type tensor struct {
	v  *Value
	ax []string
}

// number is a plain number; whole ones can be sizes.
type number struct {
	f     float64
	whole bool
}

// dimension is a size with the name it was written by.
type dimension struct {
	d    dsl.Dim
	name string
	from string // of a setting: what set it
}

type (
	truth  bool   // known at compile time
	text   string // a string literal
	tuple  []thing
	list   []thing
	span   struct{ lo, hi dsl.Dim } // a range of whole numbers
	absent struct{}                 // `none`
	poison struct{}                 // the value of a statement that failed
)

// axisSet is the axes a reduction works over, ascending.
type axisSet []int

// callable is a declared layer, model, func, optimizer, ….
type callable struct {
	decl    *dsl.Callable
	scope   *scope
	library bool
}

// configured is a callable with its settings given: Dense(10).
type configured struct {
	*callable
	args []*dsl.Arg
	from *scope // where the arguments are evaluated
}

// instance is a named instance of a layer: calls of it share parameters.
type instance struct {
	*configured
	at *body
}

// builtinRef names a function of the compiler.
type builtinRef string

type (
	trainRef  struct{ decl *dsl.TrainDecl }
	decodeRef struct{ decl *dsl.DecodeDecl }
)

// binding is a name's value in a scope.
type binding struct {
	name  string
	value thing
	at    dsl.Span
	used  bool
	state *Var // `=` on it updates this variable
}

// scope maps names to values. Names of an enclosing scope are visible; `=` in a
// nested block rebinds them.
type scope struct {
	outer *scope
	names map[string]*binding
	order []string // of local names, for messages in order
	body  *body    // of the callable being lowered
	top   bool     // the outermost scope of a body: `=` does not reach beyond
	lost  bool     // something here is called by a name that is not there
}

// body is the callable a scope belongs to.
type body struct {
	path    string              // of the instance: "GPT.layers.3.dense1"
	pattern string              // path with * for the numbers of iterations
	draws   string              // keys random draws: pattern, with a number for repeated calls of a model
	sites   sites               // ordinals of the call sites of the block being lowered
	written map[string]dsl.Span // where a label stands first in a written shape
	kind    dsl.CallableKind
}

func newScope(outer *scope) *scope {
	s := &scope{outer: outer, names: map[string]*binding{}}
	if outer != nil {
		s.body = outer.body
	}
	return s
}

func (s *scope) find(name string) *binding {
	for ; s != nil; s = s.outer {
		if b := s.names[name]; b != nil {
			return b
		}
	}
	return nil
}

func (s *scope) bind(name string, value thing, at dsl.Span) *binding {
	b := &binding{name: name, value: value, at: at}
	if s.names[name] == nil {
		s.order = append(s.order, name)
	}
	s.names[name] = b
	return b
}

// near is a name that is like one that is not there, and used then, or "".
func (s *scope) near(name string) string {
	near := dsl.DidYouMean(name, append(s.visible(), builtinNames...))
	if near == "" {
		s.lose()
	} else if b := s.find(near); b != nil {
		b.used = true
	}
	return near
}

// slip is a name of the program that is one slip of the pen away, and used
// then, or "".
func (s *scope) slip(name string) string {
	for _, near := range dsl.Slips(name, s.visible()) {
		if b := s.find(near); b.at.Valid() {
			b.used = true
			return near
		}
	}
	return ""
}

// lose notes that a name is not there: it may stand for any that is.
func (s *scope) lose() {
	for ; s != nil && s.outer != nil; s = s.outer {
		s.lost = true
		if s.top {
			return
		}
	}
}

// visible lists the names in reach, for "did you mean".
func (s *scope) visible() []string {
	var names []string
	for ; s != nil; s = s.outer {
		for n := range s.names {
			names = append(names, n)
		}
	}
	return names
}

// describe says what a thing is, with shape and labels.
func describe(t thing) string {
	switch t := t.(type) {
	case tensor:
		if len(t.ax) == 0 {
			return "a single " + [...]string{"number", "int", "truth value"}[t.v.DType] + " of run time"
		}
		return t.String()
	case number:
		return "the number " + strconv.FormatFloat(t.f, 'g', -1, 64)
	case dimension:
		return "the size " + nameSize(t.name, t.d)
	case truth:
		return fmt.Sprint(bool(t))
	case text:
		return strconv.Quote(string(t))
	case tuple:
		return fmt.Sprintf("%d values", len(t))
	case list:
		return "a list"
	case span:
		return "the range " + t.lo.String() + ".." + t.hi.String()
	case *callable:
		return "the " + string(t.decl.Kind) + " " + t.decl.Name.Name
	case *configured:
		return "the " + string(t.decl.Kind) + " " + t.decl.Name.Name
	case *instance:
		return "the layer " + t.at.path
	case trainRef:
		return "the train block " + t.decl.Name.Name
	case decodeRef:
		return "the decode block " + t.decl.Name.Name
	case builtinRef:
		return "the function " + string(t)
	}
	return "nothing that has a value"
}

// String is the shape with labels: "[B, hidden=128]".
func (t tensor) String() string {
	parts := make([]string, len(t.ax))
	for i, label := range t.ax {
		parts[i] = nameSize(strings.Trim(label, "'"), t.v.Shape[i])
	}
	kind := [...]string{"", "int", "bool"}[t.v.DType]
	return kind + "[" + strings.Join(parts, ", ") + "]"
}

func nameSize(name string, d dsl.Dim) string {
	size := d.String()
	if name == "" || name == size {
		return size
	}
	return name + "=" + size
}

// scalarOf is a tensor without axes.
func scalarOf(v *Value) tensor { return tensor{v: v} }
