package ir

import (
	"slices"

	"github.com/gtc-lang/gtc/dsl"
)

// Program is a whole file: its variables and the functions over them.
type Program struct {
	Package  string
	Source   *dsl.Source
	Syms     []*dsl.Sym // the file's run-time dimensions, in order of declaration
	Vars     []*Var     // in order of first use
	Settings []*Setting
	Funcs    []*Func
	Models   []*Model
	Trains   []*Train
	Decodes  []*Decode
	Requires []Require
	Notes    []Note // of the lowering; not in the text
}

// VarKind says what a variable is for.
type VarKind string

// The kinds of variable.
const (
	ParamVar VarKind = "param" // a weight
	StateVar VarKind = "state" // running statistics and the like
	SlotVar  VarKind = "slot"  // the optimizer's memory of one parameter
	GradVar  VarKind = "grad"  // a gradient summed over several calls of backward
	CacheVar VarKind = "cache" // what a decode block keeps of earlier positions
	// DerivedVar is a function of the versions of others and of settings: a
	// derive function makes it, once a version.
	DerivedVar VarKind = "derived"
)

// Var is a tensor that outlives a call. Functions read its version at their
// start and may make a new one. Its shape has no run-time symbols.
type Var struct {
	// Name is the path, with * for the iterations of a stacked one,
	// "GPT.layers.*.dense1.W"; *@4 when they begin at iteration 4.
	Name  string
	Kind  VarKind
	DType DType
	Shape []dsl.Dim
	At    dsl.Span
	// Stacked variables hold the variables of several iterations of a for, one
	// a row: iterations First to First+Shape[0]-1 replace the *.
	Stacked bool
	First   int
	Of      *Var   // the parameter a slot or a gradient belongs to
	Train   string // the train block a slot or gradient belongs to, the block of a cache, the function of a derived variable
}

// Setting is a number that can be set between steps, such as a learning rate.
type Setting struct {
	Path    string // "Fit.lr.peak", "MLP.dropout1.rate"
	Default float64
	At      dsl.Span
	// Driven settings are given by the loop, not by a person: "step", "total".
	Driven bool
	// In is what the setting may be, as the parameters declare it that it is
	// given for; nil where none does.
	In *Interval
}

// FuncKind says who calls a function.
type FuncKind string

// The kinds of function.
const (
	InitFunc     FuncKind = "init"     // makes the first versions: "init" the models', one of a train block's name what it adds
	ForwardFunc  FuncKind = "forward"  // a model, not training
	EvalFunc     FuncKind = "eval"     // an eval block
	StepFunc     FuncKind = "step"     // forward, backward and update
	BackwardFunc FuncKind = "backward" // forward and backward; adds rows × gradient to the grad variables
	ApplyFunc    FuncKind = "apply"    // the update from the grad variables
	EvaluateFunc FuncKind = "evaluate" // the objective and the reports, not training
	DecodeFunc   FuncKind = "decode"   // a model, a few positions at a time
	DeriveFunc   FuncKind = "derive"   // makes the derived variables that the function of its name reads
)

// Func is an entry point.
type Func struct {
	Name    string // "MLP", "Fit"; together with Kind unique
	Kind    FuncKind
	Inputs  []*Value // input leaves, in order
	Results []Output
	Updates []Update
	// Finite values are checked before any update: when one is NaN or infinite
	// no variable changes and the call reports it.
	Finite []*Value
	At     dsl.Span
}

// Output is a value the caller gets.
type Output struct {
	Name  string // "y", "loss", "accuracy"
	Value *Value
}

// Update makes Value the next version of Var.
type Update struct {
	Var   *Var
	Value *Value
}

// Roots lists every value the function is asked for.
func (f *Func) Roots() []*Value {
	var roots []*Value
	for _, r := range f.Results {
		roots = append(roots, r.Value)
	}
	for _, u := range f.Updates {
		roots = append(roots, u.Value)
	}
	return append(roots, f.Finite...)
}

// Model is a model's interface.
type Model struct {
	Name   string
	Labels [][]string // a label for each axis of each input, "" for none
	Layers []*Layer   // its calls, in order
	At     dsl.Span
}

// Decode is what a caller of a decode block's function has to know: its inputs
// are those of the model's forward function, New positions of Axis at a time,
// and how many there are already.
type Decode struct {
	Name, Model string
	Axis, New   *dsl.Sym
	Position    string // the input that says how many
}

// Report is a number beside the objectives.
type Report struct {
	Name   string
	Better dsl.Direction
	At     dsl.Span
}

// Values are the names of the objectives and of the reports, as steps and
// evaluations give them.
func (t *Train) Values() []string {
	names := slices.Clone(t.Objectives)
	for _, r := range t.Reports {
		names = append(names, r.Name)
	}
	return names
}

// StopsBy are the quantities that the stop rule looks at, as it names them.
func (t *Train) StopsBy() []string { return quantitiesIn(t.Stop) }

// Report is the report of a name, nil for none.
func (t *Train) Report(name string) *Report {
	for i := range t.Reports {
		if t.Reports[i].Name == name {
			return &t.Reports[i]
		}
	}
	return nil
}

// Undirected is the message that something asks for the best value of a report
// that does not say which is better.
func (r *Report) Undirected(what string) *dsl.Diagnostic {
	return &dsl.Diagnostic{Code: "GT0324", At: r.At, Message: what + " needs to know which " + r.Name + " is better", Here: "this does not say",
		Help: "write report maximize " + r.Name + " = … if a larger one is better, report minimize " + r.Name + " = … if a smaller one is"}
}

// Train is what the training loop needs to know beside the functions of the
// same name.
type Train struct {
	Name       string
	Inputs     []string // ports, as the functions' inputs
	Objectives []string // names of their losses among the results of step
	Reports    []Report
	Batch      []BatchSize
	Accumulate int // 1 when not written
	// Stop is the stop rule, nil when not written: comparisons of quantities
	// and numbers, and, or, stalls(quantity, epochs: number).
	Stop      dsl.Expr
	MaxEpochs int      // after which Stop holds at the latest; 0 for no bound
	MaxSteps  int      // the same in steps
	Awaits    string   // a quantity of the validation part without which Stop never holds, "val.loss"; "" for none
	Whole     []Wholes // by Values
	Data      *dsl.DataStmt
	Source    *Data          // what Data says; nil when there is none
	Indexed   map[string]int // int inputs used as positions, with the size of the axis they index
	Classes   []string       // those that choose among numbers of their own row: a class, of its scores
	At        dsl.Span
}

// Wholes is why a number of a batch is not the mean of what its parts give,
// while training and not: the reasons are nil where it is. That of an objective
// tells whether an update may be made in parts.
type Wholes struct{ Training, Evaluating *Whole }

// BatchSize is the number of rows along one run-time dimension.
type BatchSize struct {
	Dim *dsl.Sym
	All bool
	N   int
}

// Require is a budget the program states, What(Of) < Limit, checked when
// memory is planned.
type Require struct {
	What   Quantity
	Of     string  // a model or a train block
	Limit  float64 // bytes, or a number of parameters
	Strict bool    // <, else <=
	Cond   dsl.Expr
	At     dsl.Span // of the declaration
}

// Quantity is what a budget is about.
type Quantity string

// The quantities that have budgets.
const (
	MemoryOf Quantity = "memory" // bytes, at the bounds of the run-time dimensions
	ParamsOf Quantity = "params" // a number of parameters
)

// FuncOf finds a function by name and kind; nil when there is none.
func (p *Program) FuncOf(name string, kind FuncKind) *Func {
	for _, f := range p.Funcs {
		if f.Name == name && f.Kind == kind {
			return f
		}
	}
	return nil
}
