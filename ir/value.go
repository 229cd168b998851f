package ir

import (
	"sort"
	"strconv"
	"sync/atomic"

	"github.com/gtc-lang/gtc/dsl"
)

// DType is the kind of element a value has. Float is the model's float; how
// wide it is, is decided when code is generated.
type DType uint8

// The kinds of element.
const (
	Float DType = iota
	Int
	Bool
)

// String is the name of the kind in the text of the IR.
func (t DType) String() string { return [...]string{"f", "i", "b"}[t] }

// Value is one node: an operation on other values. It is immutable once built,
// except for Name and At, which are for people.
type Value struct {
	Op    *dsl.Op
	Args  []*Value
	Attr  dsl.Attr // nil for most
	DType DType
	Shape []dsl.Dim

	Name string   // from the source, when the value was named there
	At   dsl.Span // where in the source it comes from

	id int64 // creation order, a topological order
}

var lastID atomic.Int64

// ID is unique, and larger than the IDs of all operands.
func (v *Value) ID() int64 { return v.id }

// Rank is the number of axes.
func (v *Value) Rank() int { return len(v.Shape) }

// Scalar reports whether v has no axes.
func (v *Value) Scalar() bool { return len(v.Shape) == 0 }

// Is reports whether v is made by the named row.
func (v *Value) Is(op string) bool { return v.Op.Name == op }

// Const returns the number of a constant.
func (v *Value) Const() (float64, bool) {
	if n, ok := v.Attr.(dsl.Value); ok {
		return float64(n), true
	}
	return 0, false
}

// Splat returns the number that every element of v is known to be: v is a
// constant, or a view that repeats one.
func (v *Value) Splat() (float64, bool) {
	for v.Is("view") && v.Args[0].Scalar() {
		v = v.Args[0]
	}
	return v.Const()
}

// LeafKind says where a leaf's value comes from.
type LeafKind string

// The kinds of leaf.
const (
	InputLeaf   LeafKind = "input"   // given by the caller
	VarLeaf     LeafKind = "var"     // the version of a variable when the function starts
	SettingLeaf LeafKind = "setting" // a number that can be set between steps
	ParamLeaf   LeafKind = "param"   // of a loop's body
	IterLeaf    LeafKind = "iter"    // the number of a for's iteration while it is lowered; gone afterwards
)

// Leaf is the attribute of a leaf.
type Leaf struct {
	Kind    LeafKind
	Name    string
	Var     *Var     // of a VarLeaf
	Setting *Setting // of a SettingLeaf
}

// Text is the kind and the name.
func (l *Leaf) Text() string { return string(l.Kind) + " " + strconv.Quote(l.Name) }

// Loop is the attribute of a loop. The operands are the Carried initial
// values, then the Sliced tensors of shape [Trip, …] of which an iteration sees
// one row, then the values every iteration sees whole. The body's parameters
// are the iteration's number, and one for each operand; its results are the
// Carried values for the next iteration, then rows of stacked results. The
// loop's results are the last carried values, then the stacked tensors
// [Trip, …]. With Reverse the iterations run from Trip-1 down to 0.
type Loop struct {
	Trip    dsl.Dim
	Reverse bool
	Carried int
	Sliced  int
	Body    *Graph
	Label   string // from the source, for people
}

// Text leaves the body out: a loop is the same as another only when it is the
// same node, so the body's identity stands for it.
func (l *Loop) Text() string { return "trip=" + l.Trip.String() }

// Graph is a closed body: its values depend on its parameters and on values
// without operands, nothing else.
type Graph struct {
	Params  []*Value
	Results []*Value
}

// Result is the attribute of out: which result of its operand.
type Result int

// Text is the number.
func (r Result) Text() string { return strconv.Itoa(int(r)) }

// Order lists the values that roots depend on, roots included, operands first,
// in order of creation. Bodies of loops are not entered.
func Order(roots ...*Value) []*Value {
	seen := map[*Value]bool{}
	var list []*Value
	stack := append([]*Value(nil), roots...)
	for len(stack) > 0 {
		v := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if v == nil || seen[v] {
			continue
		}
		seen[v] = true
		list = append(list, v)
		stack = append(stack, v.Args...)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].id < list[j].id })
	return list
}

// Depends marks the values among those roots depend on that depend on any of
// the given ones, the given ones included.
func Depends(roots []*Value, on ...*Value) map[*Value]bool {
	marked := map[*Value]bool{}
	for _, v := range on {
		marked[v] = true
	}
	for _, v := range Order(roots...) {
		for _, a := range v.Args {
			if marked[a] {
				marked[v] = true
				break
			}
		}
	}
	return marked
}

// LoopOf returns the loop's attribute of a loop node.
func (v *Value) LoopOf() *Loop { return v.Attr.(*Loop) }

// OutType is the type of result k of a loop or of a grad.
func (v *Value) OutType(k int) (DType, []dsl.Dim) {
	if v.Is("grad") {
		x := v.Args[1+k]
		return x.DType, x.Shape
	}
	l := v.LoopOf()
	r := l.Body.Results[k]
	if k < l.Carried {
		return r.DType, r.Shape
	}
	return r.DType, append([]dsl.Dim{l.Trip}, r.Shape...)
}

// FixedSize reports whether no size in a value's type and attribute is one that
// is known at run time only. The bodies of loops are not looked at.
func (v *Value) FixedSize() bool {
	fixed := true
	valueDims(v, func(d dsl.Dim) {
		_, ok := d.Const()
		fixed = fixed && ok
	})
	return fixed
}
