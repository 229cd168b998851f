package vector

import (
	"fmt"
	"math"

	"github.com/gtc-lang/gtc/dsl"
)

// Value is the number of an instruction: what it computes.
type Value int

// Instr computes one value. Op is an operation of dsl.MachineOps, or
//
//	param   a parameter of the program
//	const   the float32 or the int of these Bits
//	call    the result of the program Callee over Args
//	table   the float32 of the Table at Args[0] modulo its length, 8 or 16
type Instr struct {
	Op     string
	Kind   byte // f float32, i int32, m mask
	Args   []Value
	Bits   uint32
	Name   string // of a parameter, or what the source calls the value; may be empty
	Callee *Program
	Table  []float32
}

// Program is a function without branches: instructions after their operands.
type Program struct {
	Name    string
	Doc     string // the definition, as written
	Params  []Value
	Instrs  []Instr
	Results []Value
	Leave   Value // a mask of elements that are left to scalar code; None if there is none
}

// None is no value.
const None Value = -1

// builder adds instructions to a program; equal ones are one.
type builder struct {
	*Program
	known map[string]Value
}

func newBuilder(name string) *builder {
	return &builder{&Program{Name: name, Leave: None}, map[string]Value{}}
}

func (b *builder) add(in Instr) Value {
	key := fmt.Sprint(in.Op, in.Kind, in.Args, in.Bits, in.Op == "param", in.Callee, in.Table)
	if in.Op == "param" {
		key += in.Name
	}
	if v, ok := b.known[key]; ok {
		return v
	}
	v := Value(len(b.Instrs))
	b.Instrs = append(b.Instrs, in)
	b.known[key] = v
	return v
}

// kind is the kind of a value.
func (p *Program) kind(v Value) byte { return p.Instrs[v].Kind }

func (b *builder) param(name string) Value {
	v := b.add(Instr{Op: "param", Kind: 'f', Name: name})
	b.Params = append(b.Params, v)
	return v
}

// constant is a number as a value of a kind.
func (b *builder) constant(x float64, kind byte) (Value, error) {
	switch {
	case kind == 'i' && x == math.Trunc(x) && math.Abs(x) <= 1<<31:
		return b.add(Instr{Op: "const", Kind: 'i', Bits: uint32(int64(x))}), nil
	case kind == 'f':
		return b.add(Instr{Op: "const", Kind: 'f', Bits: math.Float32bits(float32(x))}), nil
	}
	return None, fmt.Errorf("%v is no number of kind %c", x, kind)
}

// op applies an operation; its operands are of the right kinds.
func (b *builder) op(op *dsl.MachineOp, args []Value) Value {
	kind := op.Result
	if kind == 't' {
		kind = b.kind(args[len(args)-1])
	}
	return b.add(Instr{Op: op.Name, Kind: kind, Args: args})
}

// uses counts how often each value is an operand, or a result.
func (p *Program) uses() []int {
	n := make([]int, len(p.Instrs))
	for _, in := range p.Instrs {
		for _, a := range in.Args {
			n[a]++
		}
	}
	for _, r := range p.Results {
		n[r]++
	}
	if p.Leave != None {
		n[p.Leave]++
	}
	return n
}
