package pass

import (
	"strings"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
)

// Watch calls hit with the name of every rule that applies, and with the text
// of every equation.
func Watch(hit func(name string)) (stop func()) {
	var undo []func()
	for i := range Rules {
		r, apply := &Rules[i], Rules[i].apply
		undo = append(undo, func() { r.apply = apply })
		r.apply = func(s *simplifier, v *ir.Value) *ir.Value {
			w := apply(s, v)
			if w != nil && w != v {
				hit(r.Name)
			}
			return w
		}
	}
	return func() {
		for _, f := range undo {
			f()
		}
	}
}

// Side builds a side of an equation, 0 left and 1 right, of scalars. Letters
// are parameters of a kind of element, except where a row wants another; they
// are the same for both sides. It is nil when the kind does not fit.
func Side(i Identity, side int, kind ir.DType) (v *ir.Value, letters []*ir.Value) {
	left, right, _ := strings.Cut(i.Text, " => ")
	bound := map[string]*ir.Value{}
	defer func() {
		if recover() != nil { // New refuses operands that do not fit
			v = nil
		}
	}()
	l := readFormula(left)
	l.letters(bound, kind, &letters)
	y := ir.Make(dsl.OpNamed("leaf"), nil, resultKind(l, kind), nil)
	v = l.build(y, bound)
	if side == 1 {
		v = readFormula(right).build(y, bound)
	}
	return v, letters
}

// letters binds the letters of a formula to parameters, made once for an
// equation and a kind.
func (f *formula) letters(bound map[string]*ir.Value, kind ir.DType, list *[]*ir.Value) {
	for k, a := range f.args {
		of := kind
		if f.row.Params[k].Kind == 'b' {
			of = ir.Bool
		}
		if a.letter != "" && bound[a.letter] == nil {
			key := a.letter + of.String()
			if sideLeaves[key] == nil {
				sideLeaves[key] = ir.NewLeaf(&ir.Leaf{Kind: ir.InputLeaf, Name: a.letter}, of, nil)
			}
			bound[a.letter] = sideLeaves[key]
			*list = append(*list, bound[a.letter])
		}
		a.letters(bound, of, list)
	}
}

var sideLeaves = map[string]*ir.Value{}

func resultKind(f *formula, kind ir.DType) ir.DType {
	if f.row.Result.Kind == 'b' {
		return ir.Bool
	}
	return kind
}
