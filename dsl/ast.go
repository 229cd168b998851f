package dsl

// File is one parsed program.
type File struct {
	Source   *Source
	Package  *Ident // nil in the library's files
	Decls    []Decl
	Comments []Comment // in order of position
}

// Comment is a // comment, from its slashes to the end of its line.
type Comment struct {
	At   Span
	Text string // with the slashes
}

// Node is anything with a place in the source.
type Node interface{ Span() Span }

// Place is embedded by every node.
type Place struct{ At Span }

// Span is the stretch of source the node was read from.
func (p Place) Span() Span { return p.At }

// Ident is a name.
type Ident struct {
	Place
	Name string
}

// ---- declarations ----

// Decl is a top-level declaration.
type Decl interface {
	Node
	decl()
}

// ConstDecl is `const V = 256, D = 128`.
type ConstDecl struct {
	Place
	Items []ConstItem
}

// ConstItem is one `V = 256`.
type ConstItem struct {
	Name  *Ident
	Value Expr
}

// DimDecl is `dim B <= 16, T <= 64`: sizes known at run time, with bounds.
type DimDecl struct {
	Place
	Items []DimItem
}

// DimItem is one `B <= 16`. The bound may be a constant expression.
type DimItem struct {
	Name  *Ident
	Bound Expr
}

// CallableKind says which keyword introduced a Callable.
type CallableKind string

// The kinds of Callable.
const (
	Model       CallableKind = "model"
	Layer       CallableKind = "layer"
	Func        CallableKind = "func"
	Optimizer   CallableKind = "optimizer"
	Transform   CallableKind = "transform" // of a gradient: clip_norm
	Schedule    CallableKind = "schedule"
	Initializer CallableKind = "initializer"
	Eval        CallableKind = "eval"
)

// Callable is `layer Dense(out: int, bias: bool = true)(x: [..., n]) -> [..., out] { … }`
// and its relatives. Two lists are settings and inputs; a lone list holds
// inputs, except for a schedule, whose lone list holds settings.
type Callable struct {
	Place
	Kind     CallableKind
	Name     *Ident
	Settings []*Param
	Inputs   []*Param
	Result   *Type // nil when not written
	Body     *Block
}

// Param is one formal setting or input: `out: int`, `eps = 1e-5 in 0..`,
// `x: [..., n]`.
type Param struct {
	Place
	Name    *Ident
	Type    *Type     // nil when not written: a number or any tensor
	Default Expr      // nil when required
	In      *Interval // nil when any number will do
}

// Interval is the numbers that a Param takes: `0..1`, half open as ranges are.
// `..=` has the upper end, too, and `<..` not the lower one; without an end, `0..`,
// every finite number is in it.
type Interval struct {
	Place
	Lo, Hi        Expr // nil for no end
	Above, Closed bool // Lo is left out; Hi is in it
}

// Sign is what stands between the ends.
func (i *Interval) Sign() string {
	sign := ".."
	if i.Above {
		sign = "<.."
	}
	if i.Closed {
		sign += "="
	}
	return sign
}

// Type is `[B, 64]`, `int[B]`, `bool[B, T]`, `int`, `bool` or `float`.
type Type struct {
	Place
	Elem  string // "", "float", "int" or "bool"; "" means float
	Shape *Shape // nil for a scalar word such as `int`
}

// Shape is a bracketed list of axes.
type Shape struct {
	Place
	Axes []Axis
}

// Axis is one entry of a Shape: `...`, `_`, or a dimension expression.
type Axis struct {
	Place
	Ellipsis bool
	Wildcard bool
	Size     Expr // nil for `...` and `_`
}

// TrainDecl is `train Fit(x: [B, 64], y: int[B]) { … }`. Its body holds
// training statements among ordinary ones.
type TrainDecl struct {
	Place
	Name   *Ident
	Inputs []*Param
	Body   *Block
}

// DecodeDecl is `decode Generate from GPT over T`.
type DecodeDecl struct {
	Place
	Name, Model, Axis *Ident
}

// RequireDecl is `require memory(Fit) < 4MB`.
type RequireDecl struct {
	Place
	Cond Expr
}

func (*ConstDecl) decl()   {}
func (*DimDecl) decl()     {}
func (*Callable) decl()    {}
func (*TrainDecl) decl()   {}
func (*DecodeDecl) decl()  {}
func (*RequireDecl) decl() {}

// ---- statements ----

// Stmt is a statement of a body.
type Stmt interface {
	Node
	stmt()
}

// Block is `{ … }`. The value of a block is that of its last statement when
// that is an ExprStmt.
type Block struct {
	Place
	Stmts []Stmt
}

// AssignStmt is `q, k, v = split(x, 3)` or, in index notation,
// `y[b, o, i in 0..h, j in 0..w] = sum[c](…)`.
type AssignStmt struct {
	Place
	Targets []*Target
	Value   Expr
}

// Target is a name being bound, with the free indices of index notation.
type Target struct {
	Place
	Name    *Ident
	Indices []*IndexVar // nil for a plain name
}

// IndexVar is `i` or `i in 0..h` in index notation.
type IndexVar struct {
	Place
	Name  *Ident
	Range *Range // nil when it follows from a bare use
}

// DeclItem is one `W: [n, out] ~ glorot_uniform` or `mu: [c] = 0`.
type DeclItem struct {
	Place
	Name    *Ident
	Type    *Type // nil in an optimizer's state: the parameter's shape
	Init    Expr  // a number or expression after `=`, an initializer after `~`
	Sampled bool  // written with ~
}

// ParamStmt is `param W: [n, out] ~ glorot_uniform, b: [out] = 0`.
type ParamStmt struct {
	Place
	Items []*DeclItem
}

// StateStmt is `state mu: [c] = 0, var: [c] = 1`.
type StateStmt struct {
	Place
	Items []*DeclItem
}

// LayerStmt is `layer head = Dense(2)`: a named instance. A call of it shares
// its parameters.
type LayerStmt struct {
	Place
	Name  *Ident
	Value Expr
}

// YieldStmt is `yield h` or `yield h, c` in a scan.
type YieldStmt struct {
	Place
	Values []Expr
}

// ExprStmt is an expression standing as a statement: the value of its block,
// or a `for`, `scan` or `if` run for what it rebinds.
type ExprStmt struct {
	Place
	X Expr
}

// MinimizeStmt is `minimize critic = bce(…) over Critic with adam(lr: 2e-4)`.
type MinimizeStmt struct {
	Place
	Name *Ident // nil: the only objective
	Loss Expr
	Over []*Selector // nil: every parameter the loss depends on
	With []*WithEntry
}

// WithStmt is `with adamw(lr: 2e-5) over *.W, clip_norm(1.0)`.
type WithStmt struct {
	Place
	Entries []*WithEntry
}

// WithEntry is an optimizer or a transform of the gradient, with the
// parameters it is for.
type WithEntry struct {
	Place
	Call Expr
	Over []*Selector // nil: all
}

// Selector picks parameters by path: `Classifier.head`, `Encoder.layers[4..]`,
// `*.W`, `rest`.
type Selector struct {
	Place
	Parts []SelectorPart
}

// SelectorPart is one step of a path: a name or `*`, and a range of iterations.
type SelectorPart struct {
	Place
	Name  string // "*" for any number of parts
	Range *Range // `[4..]`, `[..2]`, `[3]` (Lo set, Single); nil for none
}

// BatchStmt is `batch 32`, `batch all` or `batch B = 256, N = all`.
type BatchStmt struct {
	Place
	Items []BatchItem
}

// BatchItem is the size for one dimension.
type BatchItem struct {
	Dim  *Ident // nil when only one size is written
	All  bool
	Size Expr // nil when All
}

// StopStmt is `stop when …`.
type StopStmt struct {
	Place
	Cond Expr
}

// ReportStmt is `report maximize accuracy = mean(argmax(logits) == y)`.
type ReportStmt struct {
	Place
	Better Direction
	Name   *Ident
	Value  Expr
}

// Direction says which values of a number are better.
type Direction string

// The directions, as they are written.
const (
	Neither Direction = ""
	Lower   Direction = "minimize"
	Higher  Direction = "maximize"
)

// DataStmt is `data csv("digits.csv", val: 0.2) { x = columns(0..64) / 16, y = column(64) }`.
type DataStmt struct {
	Place
	Source Expr // a call
	Items  []*AssignStmt
}

func (*AssignStmt) stmt()   {}
func (*ParamStmt) stmt()    {}
func (*StateStmt) stmt()    {}
func (*LayerStmt) stmt()    {}
func (*YieldStmt) stmt()    {}
func (*ExprStmt) stmt()     {}
func (*MinimizeStmt) stmt() {}
func (*WithStmt) stmt()     {}
func (*BatchStmt) stmt()    {}
func (*StopStmt) stmt()     {}
func (*ReportStmt) stmt()   {}
func (*DataStmt) stmt()     {}

// ---- expressions ----

// Expr is an expression.
type Expr interface {
	Node
	expr()
}

// Name is a use of a name. `true`, `false`, `all` and `none` are names.
type Name struct {
	Place
	Name string
}

// Number is a literal. A size literal such as 4MB is an integer already
// multiplied by its unit.
type Number struct {
	Place
	Text  string // as written, with its unit
	Value float64
	Int   bool // written without point or exponent
}

// String is a string literal.
type String struct {
	Place
	Value string // unquoted
}

// Unary is `-x` or `not x`.
type Unary struct {
	Place
	Op string
	X  Expr
}

// Binary is `x + y`; the operators are
// `or and == != < <= > >= + - * / @ ^`.
type Binary struct {
	Place
	Op   string
	OpAt Span
	X, Y Expr
}

// Paren is `(x)`; it has no meaning beyond grouping.
type Paren struct {
	Place
	X Expr
}

// Call is `f(x, causal: true)`. A call whose Fn is a Call holds inputs, and
// the inner one settings. `sum[d](…)` is a Call whose Fn is an Index.
type Call struct {
	Place
	Fn   Expr
	Args []*Arg
}

// Arg is one argument, named or by position.
type Arg struct {
	Place
	Name  *Ident // nil by position
	Value Expr
}

// Pipe is `x |> f`, where f is a Name, or a Call that holds f's settings.
type Pipe struct {
	Place
	X, Fn Expr
}

// Select is `wte.T`, `val.loss`, `Encoder.head`.
type Select struct {
	Place
	X    Expr
	Name *Ident
}

// Index is `x[:, 2..5, y, none, ...]`.
type Index struct {
	Place
	X     Expr
	Items []*IndexItem
}

// IndexItem is one entry of an Index: exactly one of Ellipsis, Range, Value,
// Bind; `:` is a Range without ends, `none` a Value. Bind is the
// `u in 0..2` of a reduction in index notation.
type IndexItem struct {
	Place
	Ellipsis bool
	Range    *Range
	Value    Expr
	Bind     *IndexVar
}

// Range is `lo..hi`, half open. In an index list either end may be missing.
type Range struct {
	Place
	Lo, Hi Expr
	Single bool // `[3]` in a selector: Lo alone
}

// List is `[16, 32, 64]`, or a shape such as `[B, 4, n/4]`.
type List struct {
	Place
	Items []Expr
}

// If is `if c { … } else { … }`; Else is nil, a *Block or an *If.
type If struct {
	Place
	Cond Expr
	Then *Block
	Else Node
}

// For is `layers: for i in 0..L { … }`; Iter is a Range or a list.
type For struct {
	Place
	Label *Ident // nil when not written
	Var   *Ident
	Iter  Expr
	Body  *Block
}

// Scan is `scan t over T, h = zeros(B, hidden) { … }`. Over is a dimension,
// or a range within one.
type Scan struct {
	Place
	Label *Ident
	Var   *Ident
	Over  Expr
	Carry []*AssignStmt // one target each
	Body  *Block
}

func (*Name) expr()   {}
func (*Number) expr() {}
func (*String) expr() {}
func (*Unary) expr()  {}
func (*Binary) expr() {}
func (*Paren) expr()  {}
func (*Call) expr()   {}
func (*Pipe) expr()   {}
func (*Select) expr() {}
func (*Index) expr()  {}
func (*Range) expr()  {}
func (*List) expr()   {}
func (*If) expr()     {}
func (*For) expr()    {}
func (*Scan) expr()   {}
