package dsl

import (
	"fmt"
	"strings"
)

// Class says how an operation moves numbers; passes and the planner go by it.
type Class int

// The classes of operations.
const (
	Elementwise Class = iota // one result element from one element of each operand
	Reduction                // some axes go
	Product                  // a sum of products over shared indices
	Move                     // elements change their place
	Maker                    // no tensor operand
	Random                   // numbers of the counter-based generator
	Structural               // has a body, or a rule of its own in Go
)

// Op is one row of the table of operations: everything the compiler knows of
// a primitive. Builtins, arity, types, messages, differentiation,
// interpretation, folding, fusion and code generation all read the row.
type Op struct {
	// Sig is the signature, such as "where(c: b[S], a: t[S], b: t[S]) t[S]".
	// The letters are f float, i int, b bool, n float or int, t any type; one
	// letter stands for one type in a row. S is a whole shape, the same
	// wherever it stands; `*` a shape that Check settles; [] a scalar.
	Sig   string
	Class Class
	Doc   string

	// Point is the float64 meaning of an elementwise row, for one element of
	// each operand; integers and booleans (0, 1) are exact in a float64.
	Point func(x []float64) float64
	// Eval is the float64 meaning of any other row that has one.
	Eval func(c *OpCall) Tensor
	// Scalar writes an elementwise row over the machine's operations, in the
	// language; back ends emit it.
	Scalar string
	// Grad gives the cotangent of each operand, in the language, separated by
	// semicolons; `none` for an operand that is not differentiable. It sees
	// the operands by name, the result as y, the result's cotangent as dy.
	// Empty: no operand is differentiable.
	Grad string
	// Check tells whether a result shape fits the operands' shapes and the
	// attribute, for rows whose signature does not say.
	Check func(args [][]Dim, attr Attr, result []Dim) error
	// Smooth rows have second derivatives everywhere in their test domain.
	Smooth bool
	// Domain is the range that tests draw operands from; zero means [-2, 2].
	Domain [2]float64
	// Hidden rows are made by the compiler only; programs cannot call them.
	Hidden bool

	Name   string    // from Sig
	Params []OpParam // from Sig
	Result OpParam   // from Sig; Name is "y"
}

// OpParam is an operand or the result in a signature.
type OpParam struct {
	Name  string
	Kind  byte   // f, i, b, n or t
	Shape string // "S", "*" or ""
}

// Tensor is a value of the float64 interpreter: elements in row-major order.
type Tensor struct {
	Shape []int
	Data  []float64
}

// OpCall is one evaluation of a row.
type OpCall struct {
	Args  []Tensor
	Attr  Attr
	Shape []int // of the result
	Sizes Sizes
	Seed  uint64
}

// Ops is the table, in the order of the reference pages.
var Ops = index(elementwise, reductions, contractions, moves, makers, randoms, structurals)

var opByName = byName(Ops)

// OpNamed finds a row; nil when there is none.
func OpNamed(name string) *Op { return opByName[name] }

func index(lists ...[]*Op) []*Op {
	var all []*Op
	for _, list := range lists {
		for _, op := range list {
			if err := op.readSig(); err != nil {
				panic(fmt.Sprintf("op table: %s: %v", op.Sig, err))
			}
			all = append(all, op)
		}
	}
	return all
}

func byName(ops []*Op) map[string]*Op {
	m := map[string]*Op{}
	for _, op := range ops {
		m[op.Name] = op
	}
	return m
}

// readSig fills Name, Params and Result from Sig.
func (o *Op) readSig() error {
	open, shut := strings.IndexByte(o.Sig, '('), strings.LastIndexByte(o.Sig, ')')
	if open < 0 || shut < open {
		return fmt.Errorf("no list of operands")
	}
	o.Name = o.Sig[:open]
	if list := strings.TrimSpace(o.Sig[open+1 : shut]); list != "" {
		for _, item := range strings.Split(list, ", ") {
			name, typ, ok := strings.Cut(item, ": ")
			if !ok {
				return fmt.Errorf("operand %q has no type", item)
			}
			p, err := readOpType(name, typ)
			if err != nil {
				return err
			}
			o.Params = append(o.Params, p)
		}
	}
	var err error
	o.Result, err = readOpType("y", strings.TrimSpace(o.Sig[shut+1:]))
	return err
}

func readOpType(name, text string) (OpParam, error) {
	if len(text) < 3 || text[1] != '[' || text[len(text)-1] != ']' || !strings.ContainsRune("fibnt", rune(text[0])) {
		return OpParam{}, fmt.Errorf("type %q", text)
	}
	return OpParam{Name: name, Kind: text[0], Shape: text[2 : len(text)-1]}, nil
}

// Run evaluates the row in float64.
func (o *Op) Run(c *OpCall) Tensor {
	if o.Point == nil {
		return o.Eval(c)
	}
	out := NewTensor(c.Shape)
	x := make([]float64, len(c.Args))
	for i := range out.Data {
		for k := range x {
			x[k] = c.Args[k].Data[i]
		}
		out.Data[i] = o.Point(x)
	}
	return out
}

// NewTensor is a tensor of zeros.
func NewTensor(shape []int) Tensor {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return Tensor{Shape: shape, Data: make([]float64, n)}
}
