package pass

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
)

// Identity is an equation of elementwise rows, read from left to right. Words
// with brackets are rows, numbers are tensors that repeat them (truths are 0
// and 1), letters are any tensors, the same letter the same one. Operands of
// commutative rows match in either order.
type Identity struct {
	Text string
	// Only restricts the kind of the result: "i", "b"; "" any.
	Only string
	// Rounding is set where the last bits of results may change, or the result
	// at the edge of the domain that Note names.
	Rounding bool
	Note     string
}

// Algebra is the simplifier's equations. What is not here is not forgotten:
// x·0 is NaN for a NaN, x-x is NaN for an infinity.
var Algebra = []Identity{
	{Text: "(add x 0) => x", Note: "-0 stays -0"},
	{Text: "(sub x 0) => x"},
	{Text: "(sub 0 x) => (neg x)", Note: "of 0 it is -0"},
	{Text: "(add x (neg y)) => (sub x y)"},
	{Text: "(sub x (neg y)) => (add x y)"},
	{Text: "(neg (neg x)) => x"},
	{Text: "(neg (sub x y)) => (sub y x)", Note: "of equal ones it is 0, not -0"},
	{Text: "(mul x 1) => x"},
	{Text: "(mul x -1) => (neg x)"},
	{Text: "(mul (neg x) y) => (neg (mul x y))"},
	{Text: "(div x 1) => x"},
	{Text: "(div x -1) => (neg x)"},
	{Text: "(div (neg x) y) => (neg (div x y))"},
	{Text: "(div x (neg y)) => (neg (div x y))"},
	{Text: "(mul x 0) => 0", Only: "i"},
	{Text: "(sub x x) => 0", Only: "i"},
	{Text: "(pow x 0) => 1"},
	{Text: "(pow x 1) => x"},
	{Text: "(pow 1 x) => 1"},
	{Text: "(pow x 2) => (mul x x)", Rounding: true},
	{Text: "(pow x 3) => (mul x (mul x x))", Rounding: true},
	{Text: "(pow x 0.5) => (sqrt x)", Rounding: true, Note: "of -Inf it is NaN, not +Inf"},
	{Text: "(pow x -0.5) => (div 1 (sqrt x))", Rounding: true, Note: "of -Inf it is NaN, not 0"},
	{Text: "(pow x -1) => (div 1 x)", Rounding: true},
	{Text: "(pow x -2) => (div 1 (mul x x))", Rounding: true, Note: "x·x may leave the range of floats before its inverse does"},
	{Text: "(abs (neg x)) => (abs x)"},
	{Text: "(abs (abs x)) => (abs x)"},
	{Text: "(abs (mul x x)) => (mul x x)"},
	{Text: "(mul (abs x) (abs x)) => (mul x x)"},
	{Text: "(cos (neg x)) => (cos x)"},
	{Text: "(maximum x x) => x"},
	{Text: "(minimum x x) => x"},
	{Text: "(maximum (neg x) (neg y)) => (neg (minimum x y))"},
	{Text: "(minimum (neg x) (neg y)) => (neg (maximum x y))"},
	{Text: "(where c x x) => x"},
	{Text: "(where 1 x y) => x"},
	{Text: "(where 0 x y) => y"},
	{Text: "(where (not c) x y) => (where c y x)"},
	{Text: "(where c (where c x y) z) => (where c x z)"},
	{Text: "(where c x (where c y z)) => (where c x z)"},
	{Text: "(where c 1 0) => c", Only: "b"},
	{Text: "(where c 0 1) => (not c)", Only: "b"},
	{Text: "(lt x x) => 0"},
	{Text: "(not (not x)) => x"},
	{Text: "(and x x) => x"},
	{Text: "(and x 1) => x"},
	{Text: "(and x 0) => 0"},
	{Text: "(or x x) => x"},
	{Text: "(or x 0) => x"},
	{Text: "(or x 1) => 1"},
}

var commutative = map[string]bool{"add": true, "mul": true, "maximum": true, "minimum": true, "eq": true, "and": true, "or": true}

// formula is a side of an equation: a row, a letter, or a number.
type formula struct {
	row    *dsl.Op
	args   []*formula
	letter string
	number float64
}

// equation is an Identity that has been read.
type equation struct {
	Identity
	left, right *formula
}

// equations is Algebra by the outermost row.
var equations = readAlgebra()

func readAlgebra() map[string][]*equation {
	m := map[string][]*equation{}
	for _, i := range Algebra {
		left, right, ok := strings.Cut(i.Text, " => ")
		e := &equation{Identity: i, left: readFormula(left), right: readFormula(right)}
		if !ok || e.left.row == nil {
			panic("not an equation: " + i.Text)
		}
		m[e.left.row.Name] = append(m[e.left.row.Name], e)
	}
	return m
}

// readFormula reads a side of an equation; the texts are our own, a bad one is
// a panic at the start of every test.
func readFormula(text string) *formula {
	words := strings.Fields(strings.NewReplacer("(", "( ", ")", " )").Replace(text))
	f, rest := readWords(words)
	if len(rest) > 0 {
		panic(fmt.Sprintf("%q: %q is left over", text, rest))
	}
	return f
}

func readWords(words []string) (*formula, []string) {
	word, rest := words[0], words[1:]
	if word != "(" {
		if n, err := strconv.ParseFloat(word, 64); err == nil {
			return &formula{number: n}, rest
		}
		return &formula{letter: word}, rest
	}
	f := &formula{row: dsl.OpNamed(rest[0])}
	for rest = rest[1:]; rest[0] != ")"; {
		var a *formula
		a, rest = readWords(rest)
		f.args = append(f.args, a)
	}
	if f.row == nil || len(f.args) != len(f.row.Params) {
		panic(fmt.Sprintf("not a formula: %q", words))
	}
	return f, rest[1:]
}

// algebra applies the first equation that fits.
func algebra(_ *simplifier, v *ir.Value) *ir.Value {
	for _, e := range equations[v.Op.Name] {
		if e.Only != "" && e.Only != v.DType.String() {
			continue
		}
		bound := map[string]*ir.Value{}
		if !e.left.match(v, bound) {
			continue
		}
		if w := e.right.build(v, bound); w.DType == v.DType {
			return w
		}
	}
	return nil
}

// match reports whether v is of the formula's form, and binds its letters.
func (f *formula) match(v *ir.Value, bound map[string]*ir.Value) bool {
	switch {
	case f.letter != "":
		if x := bound[f.letter]; x != nil {
			return x == v
		}
		bound[f.letter] = v
		return true
	case f.row == nil:
		n, ok := v.Splat()
		return ok && n == f.number
	case v.Op != f.row:
		return false
	}
	before := make(map[string]*ir.Value, len(bound))
	for k, x := range bound {
		before[k] = x
	}
	if f.matchArgs(v.Args, bound) {
		return true
	}
	if !commutative[f.row.Name] {
		return false
	}
	clear(bound)
	for k, x := range before {
		bound[k] = x
	}
	return f.matchArgs([]*ir.Value{v.Args[1], v.Args[0]}, bound)
}

func (f *formula) matchArgs(args []*ir.Value, bound map[string]*ir.Value) bool {
	for k, a := range f.args {
		if !a.match(args[k], bound) {
			return false
		}
	}
	return true
}

// build makes the formula's value, of the kind and shape of v.
func (f *formula) build(v *ir.Value, bound map[string]*ir.Value) *ir.Value {
	switch {
	case f.letter != "":
		return bound[f.letter]
	case f.row == nil:
		return ir.Fill(v.DType, f.number, v.Shape)
	}
	args := make([]*ir.Value, len(f.args))
	for k, a := range f.args {
		args[k] = a.build(v, bound)
	}
	return ir.New(f.row.Name, nil, args...)
}
