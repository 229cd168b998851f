package plan

import (
	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
)

// Plan is a planned program: one Func for each ir.Func, in the same order.
type Plan struct {
	Program *ir.Program
	Funcs   []*Func
	Packs   []*Pack // copies of parameters that products read, of all functions
}

// Func is a planned function. Its meaning: run Steps in order. Reading a
// buffer before a step has written it never happens.
type Func struct {
	IR      *ir.Func
	Buffers []*Buffer // Buffers[i].ID == i
	Steps   []*Step
	Results []*Buffer // one for each ir.Func.Results: storage Output, or Scalar for rank 0
	Packs   []*Pack   // those of the plan's that Steps read
	Arena   Arena
	Peak    Arena // the most that is in use at once: what the arena could be, if places fitted perfectly
}

// Arena is the memory of a function at the bounds of the run-time dimensions,
// in elements of each kind: what lies in it is planned, so no call allocates.
// Float elements are 4 or 8 bytes, ints are int32, bools one byte.
type Arena struct {
	Floats, Ints, Bools int
}

// Bytes is the size of the arena when a float has floatSize bytes.
func (a Arena) Bytes(floatSize int) int { return a.Floats*floatSize + a.Ints*4 + a.Bools }

// WithRoom is an arena that b has room in too.
func (a Arena) WithRoom(b Arena) Arena {
	return Arena{max(a.Floats, b.Floats), max(a.Ints, b.Ints), max(a.Bools, b.Bools)}
}

// Storage says where a buffer lives.
type Storage int

// The kinds of storage.
const (
	// InArena: Offset elements into the arena of the buffer's DType. Offsets
	// are multiples of 16 floats, 16 ints, 64 bools. Buffers whose lifetimes
	// do not overlap share memory.
	InArena Storage = iota
	// InInput: slice number Index of the caller (ir.Func.Inputs), read only.
	InInput
	// InOutput: slice number Index that the caller gave for ir.Func.Results.
	InOutput
	// InVar: the tensor of Var. A step that writes it makes the new version in
	// place; no step reads the old version after that.
	InVar
	// InSetting: the number Setting, rank 0.
	InSetting
	// InScalar: a local variable of the generated function: rank 0. It is
	// assigned once a call, or, if Carried, before a Repeat and again at the
	// end of each iteration (declare it outside of the loop).
	InScalar
	// InRow: part of the buffer Of, compact, from element
	// Iter*Stride + Base of it, where Iter is the Repeat index scalar.
	InRow
)

// String is the storage's name in the text of a plan.
func (s Storage) String() string {
	return [...]string{"arena", "input", "output", "var", "setting", "scalar", "row"}[s]
}

// Buffer is a tensor in memory: compact, row-major, of its actual size, which
// at the bounds of the run-time dimensions is Bound elements.
type Buffer struct {
	ID    int
	Name  string // letters, digits, underscores, unique in the function: from the source where it has one
	At    dsl.Span
	DType ir.DType
	Shape []dsl.Dim
	Bound int
	Value *ir.Value // what it holds first; nil for partial sums

	Storage Storage
	Index   int         // of InInput and InOutput
	Var     *ir.Var     // of InVar
	Setting *ir.Setting // of InSetting
	Carried bool        // the state of a Repeat: assigned before it and in every iteration
	Of      *Buffer     // of InRow
	Iter    *Buffer     // of InRow: the index of a Repeat (InScalar, int)
	Stride  dsl.Dim     // of InRow
	Base    dsl.Dim     // of InRow

	// Offset is the place in the arena. First and Last are the positions of
	// the first and the last step that touch the buffer, counting the steps of
	// the function in order; a Repeat counts before its body and once more
	// after it, and what it uses from outside lives until then. Inputs that are
	// not used have First -1. Reuses is the buffer whose place, dying in the
	// step that writes this one, it takes over.
	Offset      int
	First, Last int
	Reuses      *Buffer

	depth int // the number of Repeats it is local to
}

// Step is one statement of a function: a kernel and what it is for.
type Step struct {
	Kernel Kernel
	Pos    int         // position, as in Buffer.First and Last
	End    int         // of a Repeat the position after its body; else Pos
	At     dsl.Span    // the line of the last value it makes; may be invalid
	Makes  []*ir.Value // the values computed, in order of creation
}

// Kernel is *Loop, *Gemm, *Repeat or *Check.
type Kernel interface{ kernel() }

func (*Loop) kernel()   {}
func (*Gemm) kernel()   {}
func (*Repeat) kernel() {}
func (*Check) kernel()  {}

// Loop is a fused loop nest. For every index of Space in row-major order (a
// row), every stage runs in order: for every index of its Inner in row-major
// order, its Body; then its Reduces and Keeps are final. Maps of accesses in a
// stage are over the indices of Space followed by those of the stage's Inner.
//
// Before the nest every accumulated buffer (Write.Mode not Store) is filled
// with its neutral element: 0, -Inf or +Inf.
//
// With an empty Space and stages without Inner it is scalar code: each body
// runs once.
type Loop struct {
	Space  []dsl.Dim
	Locals []ir.DType // scalars that live for one row
	Stages []*Stage
	Split  Split
	// General marks a contraction that is no matrix product (a convolution,
	// say), written as the plain nest.
	General bool
}

// Stage is one pass over the inner axes of a row. Inner may be empty: the body
// then runs once a row, for what belongs to the row as a whole.
type Stage struct {
	Inner   []dsl.Dim
	Body    []Instr // in an order in which operands come first
	Writes  []Write // after the body, at each index
	Reduces []Reduce
	Keeps   []Keep // only when Inner is empty
}

// Instr computes one scalar, number i of the body for Body[i].
//
// Op is the name of an elementwise row of the op table, over Args, or one of:
//
//	read           the element of Access.Buffer at Access, 0 where a guard fails
//	guard          Args[0], 0 (false) where one of Access.Guards fails
//	iota           the int position Access.Map[0] plus From; 0 where a guard fails
//	uniform,       the random number of stream Draw at step Args[0] and index
//	normal         Args[1], element number: the row-major position of
//	               Access.Map in Access.Shape; 0 where a guard fails
//	size           the number Size, an int or a float
type Instr struct {
	Op     string
	DType  ir.DType
	Args   []Operand
	Access *Access   // of read, guard, iota, uniform, normal
	From   dsl.Dim   // of iota
	Draw   *dsl.Draw // of uniform, normal
	Size   dsl.Dim   // of size
	Value  *ir.Value // what it computes; nil for guards
}

// OperandKind says what an Operand names.
type OperandKind int

// The kinds of operand.
const (
	OfInstr OperandKind = iota // the result of Body[Index] of the same stage
	OfLocal                    // Locals[Index], set by an earlier stage of the row
	OfConst                    // Const, of the instruction's own kind of number
)

// Operand is an argument of an instruction. DType is its kind of number.
type Operand struct {
	Kind  OperandKind
	Index int
	Const float64
	DType ir.DType
}

// Access is a place in a buffer: the buffer seen under Shape (as many elements
// as the buffer's own shape, row-major), position Map[k] along axis k. Where
// no guard is given the position is proven to lie inside, for all sizes.
type Access struct {
	Buffer *Buffer // nil for guard, iota, uniform, normal
	Shape  []dsl.Dim
	Map    dsl.Map
	Guards []Guard
	Picks  []Pick
}

// Guard is a condition: Pos is whole and 0 <= Pos < Size.
type Guard struct {
	Pos  dsl.Affine
	Size dsl.Dim
}

// Pick replaces the position along Axis of the Access's Shape (whose Map entry
// is then 0) by an int computed in the body: a gathered read or a scattered
// write. The position must be inside the axis: a back end checks it, unless
// it comes straight from an input, whose range is checked before the call. A
// pick under a failing guard is not made.
type Pick struct {
	Axis int
	At   Operand
}

// Mode says how a write meets what is there.
type Mode int

// The modes of a write.
const (
	Store Mode = iota // each element is written once in a stage; a later stage may replace it
	Add               // added up, from 0
	Max               // the largest, from -Inf; NaN if one is
	Min               // the smallest, from +Inf; NaN if one is
)

// String is the mode in the text of a plan.
func (m Mode) String() string { return [...]string{"=", "+=", "max=", "min="}[m] }

// Write puts a scalar into a buffer at each index of the stage. Guarded writes
// are left out where a guard fails.
//
// An accumulating write meets its elements in the order of the nest. Where
// Partial is not nil and the loop is split into more than one chunk, chunk c
// accumulates into row c of Partial, [Split.Max, elements of the buffer],
// instead; afterwards the rows of the chunks in use are accumulated into the
// buffer, in order of c.
type Write struct {
	To      Access
	Value   Operand
	Mode    Mode
	Partial *Buffer
}

// Reduce folds a scalar over the inner axes of the stage, for one row, into
// Locals[Local], in row-major order, by the fixed tree of runtime/reduce.go
// when Op is sum.
type Reduce struct {
	Op    string // sum, max, min or argmax: rows of the op table
	Value Operand
	Local int // int for argmax: the row-major position in Inner of the first largest
}

// Keep sets Locals[Local] to a scalar of a stage without inner axes.
type Keep struct {
	Value Operand
	Local int
}

// Split is how a loop may be shared out: axis Axis of Space is cut into
// chunks, each runs the whole nest with its part of that axis. The number of
// chunks is a pure function of the actual sizes, such as runtime.Chunks(n/Grain,
// Grain*Cost), and at most Max; a chunk takes Grain indices or more. Axis is -1
// if the loop must run in one piece. A loop whose Space is empty may still
// share out the runs of its reductions.
type Split struct {
	Axis  int
	Max   int
	Grain int
	Cost  dsl.Dim // elementary operations for one index of Axis (of the whole loop when Axis is -1)
}

// MaxChunks is the largest Split.Max.
const MaxChunks = 64

// Gemm is a batch of matrix products: for every index of Batch
//
//	Out = A·B          A is [M, K], B is [K, N], Out is [M, N]
//
// Afterwards Epilogue runs, if any: a loop without reductions over Out's
// elements that reads Out as its raw product. If it is Tiled its Space is
// [M, N], and a back end may run it for any part of Out that is complete, while
// others are not.
type Gemm struct {
	Batch     []BatchAxis
	M, N, K   dsl.Dim
	A, B, Out Matrix
	Epilogue  *Loop
	Tiled     bool
	Pack      *Pack // what a back end may read instead of B; in a Repeat whose index B's row is of, its matrix of that number
}

// BatchAxis is an axis of a batch: its size, and how many elements lie between
// neighbours in each operand (0: shared; never 0 for Out).
type BatchAxis struct {
	Size      dsl.Dim
	A, B, Out dsl.Dim
}

// Matrix is an operand of a product in a buffer: element (i, j) is element
// Base + i*Ld + j, of the buffer, or Base + j*Ld + i when Trans. Out is never
// Trans. Ld is at least the length of a stored row.
type Matrix struct {
	Buffer *Buffer
	Base   dsl.Dim
	Ld     dsl.Dim
	Trans  bool
}

// Repeat runs Steps Trip times with the int scalar Index going 0, 1, …,
// Trip-1, or downwards with Reverse. What is carried from iteration to
// iteration is in buffers marked Carried, written before the Repeat and by
// Steps; slices and stacked results are buffers InRow, whose Iter is Index.
type Repeat struct {
	Trip    dsl.Dim
	Reverse bool
	Label   string // from the source
	Index   *Buffer
	Steps   []*Step
}

// Check looks at every element of its values: if one is NaN or infinite the
// call ends there, reports that value's name and line, and no variable has
// changed, for every step that writes one comes later.
type Check struct {
	Values []*Buffer
}
