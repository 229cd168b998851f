package ir

import (
	"fmt"
	"math"
	"sort"

	"github.com/gtc-lang/gtc/dsl"
)

// Lower gives a parsed file its meaning: names are resolved, layers become
// instances with parameters, every shape is checked, and each model, eval and
// train block becomes functions over the program's variables. The error is a
// dsl.ErrorList of every independent mistake found.
func Lower(file *dsl.File, library *dsl.Library) (*Program, error) {
	l := newLowerer(file)
	l.derivatives = library.Grads
	l.declareLibrary(library)
	l.declareFile()
	for _, d := range file.Decls {
		l.attempt(func() { l.declaration(d) })
	}
	for _, d := range file.Decls { // derived from models, wherever those stand
		if d, ok := d.(*dsl.DecodeDecl); ok {
			l.attempt(func() { l.decode(d) })
		}
	}
	for _, d := range file.Decls {
		if d, ok := d.(*dsl.Callable); ok {
			l.uncalled(d)
		}
	}
	l.finish()
	l.tooLarge()
	if list := dsl.ErrorList(l.diags.List()); len(list) > 0 {
		return nil, list.Sorted()
	}
	if l.bailed {
		return nil, fmt.Errorf("%s: a part of the program fails without a message: a fault of the compiler", file.Source.Name)
	}
	return l.prog, nil
}

// lowerer is the state of one lowering.
type lowerer struct {
	file    *dsl.File
	prog    *Program
	diags   dsl.Diagnostics
	bailed  bool // something has failed
	globals *scope

	derivatives Derivatives

	fn       *function                   // being lowered
	space    *space                      // of index notation, nil outside
	slot     func(*scope, *dsl.DeclItem) // makes a state of the optimizer being applied
	begins   dsl.Span                    // the statement being lowered
	calls    []dsl.Span                  // call sites on the way to where we are, outermost first
	vars     map[string]*variable        // by path
	inits    []Update                    // first versions, in order of declaration
	cuts     map[string][]int            // iterations at which some selector divides a for, by the for's path
	settings map[string]*Setting         // by path
	ordinals map[*dsl.Block]sites        // call sites of a body
	promises map[*Value]bool             // stand-ins for what calls with wrong bodies give
	made     map[*Value]string           // the library's function whose result a value is

	instances  int                    // that may be made, against runaway programs
	runaway    map[*dsl.Callable]bool // called too deep
	called     map[*dsl.Callable]bool // with what it takes
	undeclared map[string]bool        // sizes that the file has to declare; told
}

// function is one ir.Func on its way.
type function struct {
	training bool
	versions map[*Var]*Value     // the current version of each variable read or updated
	leaves   map[*Var]*Value     // the version at the start
	updated  []*Var              // in order
	given    map[*Setting]*Value // setting leaves
	uses     map[string]int      // calls of each model, so that random draws differ
	index    *Value              // number of the innermost iteration, for random draws
	number   int                 // the same, while it is known: iterations of for are numbered at compile time
	iter     *iteration          // the iteration of a for being lowered
	scan     *scanState          // the innermost scan
	initial  bool                // lowering an initial value: draws are of step 0
	layers   layersSoFar
}

func newLowerer(file *dsl.File) *lowerer {
	l := &lowerer{
		file:     file,
		prog:     &Program{Source: file.Source},
		vars:     map[string]*variable{},
		cuts:     map[string][]int{},
		settings: map[string]*Setting{},
		ordinals: map[*dsl.Block]sites{},
		promises: map[*Value]bool{},
		made:     map[*Value]string{},
		fn:       newFunction(false), // of constants and other text outside bodies

		instances:  maxInstances,
		runaway:    map[*dsl.Callable]bool{},
		called:     map[*dsl.Callable]bool{},
		undeclared: map[string]bool{},
	}
	if file.Package != nil {
		l.prog.Package = file.Package.Name
	}
	return l
}

func newFunction(training bool) *function {
	return &function{
		training: training,
		versions: map[*Var]*Value{},
		leaves:   map[*Var]*Value{},
		given:    map[*Setting]*Value{},
		uses:     map[string]int{},
		index:    ConstOf(Int, 0),
	}
}

func (l *lowerer) declareLibrary(library *dsl.Library) {
	l.globals = newScope(nil)
	l.globals.body = &body{}
	for name := range builtins {
		l.globals.names[name] = &binding{value: builtinRef(name), used: true}
	}
	l.globals.names["pi"] = &binding{value: number{f: 3.141592653589793}, used: true}
	for _, f := range library.Files {
		for _, d := range f.Decls {
			if c, ok := d.(*dsl.Callable); ok {
				l.globals.names[c.Name.Name] = &binding{value: &callable{decl: c, scope: l.globals, library: true}, used: true}
			}
		}
	}
}

// declareFile makes the file's declarations known before any body is read,
// dimensions and constants first.
func (l *lowerer) declareFile() {
	l.globals = newScope(l.globals)
	for _, d := range l.file.Decls {
		switch d := d.(type) {
		case *dsl.ConstDecl:
			l.attempt(func() { l.constants(d) })
		case *dsl.DimDecl:
			l.attempt(func() { l.dimensions(d) })
		}
	}
	for _, d := range l.file.Decls {
		switch d := d.(type) {
		case *dsl.Callable:
			l.formals(d.Settings, d.Inputs)
			l.ranges(d.Settings, d.Inputs)
			v := thing(poison{})
			l.attempt(func() { l.rule(d); l.rests(d); v = &callable{decl: d, scope: l.globals} })
			l.declare(d.Name, v)
		case *dsl.TrainDecl:
			l.formals(d.Inputs)
			l.ranges(d.Inputs)
			l.declare(d.Name, trainRef{d})
		case *dsl.DecodeDecl:
			l.declare(d.Name, decodeRef{d})
		}
	}
	l.findCuts()
}

func (l *lowerer) declare(name *dsl.Ident, value thing) {
	if old := l.globals.names[name.Name]; old != nil {
		l.twice(name, old.at)
		return
	}
	l.globals.names[name.Name] = &binding{value: value, at: name.At, used: true}
}

func (l *lowerer) constants(d *dsl.ConstDecl) {
	for _, item := range d.Items {
		v := thing(poison{})
		l.attempt(func() { v = l.constantOf(item) })
		l.declare(item.Name, v)
	}
}

func (l *lowerer) constantOf(item dsl.ConstItem) thing {
	v := l.expr(l.globals, item.Value)
	switch v := v.(type) {
	case number:
		if v.whole && math.Abs(v.f) < dsl.MaxSize {
			return dimension{d: dsl.N(int(v.f)), name: item.Name.Name}
		}
		return v
	case truth, dimension:
		return v
	case tensor:
		l.fail("GT0238", item.Value, "a const is a plain number", "this is known at run time only", "write a number, or arithmetic on numbers and other consts")
	}
	l.fail("GT0238", item.Value, "a const is a plain number", "this is "+describe(v), "write a number, or arithmetic on numbers and other consts")
	return nil
}

// maxBound caps a run-time dimension, so that sizes stay within arithmetic.
const maxBound = 1 << 30

func (l *lowerer) dimensions(d *dsl.DimDecl) {
	for _, item := range d.Items {
		v := thing(poison{})
		l.attempt(func() {
			bound, ok := l.dim(l.globals, item.Bound).Const()
			if !ok || bound < 1 || bound > maxBound {
				l.fail("GT0204", item.Bound, "the bound of "+quote(item.Name.Name)+" is not a whole number from 1 to 1073741824", "", "memory is planned for the bound; write the largest size you need")
			}
			sym := &dsl.Sym{Name: item.Name.Name, Bound: bound}
			l.prog.Syms = append(l.prog.Syms, sym)
			v = dimension{d: sym.Dim(), name: sym.Name}
		})
		l.declare(item.Name, v)
	}
}

func (l *lowerer) declaration(d dsl.Decl) {
	switch d := d.(type) {
	case *dsl.Callable:
		switch d.Kind {
		case dsl.Model:
			l.model(d)
		case dsl.Eval:
			l.evalBlock(d)
		}
	case *dsl.TrainDecl:
		l.train(d)
	case *dsl.RequireDecl:
		l.require(d)
	}
}

// finish makes the init function and orders what was collected.
func (l *lowerer) finish() {
	names := make([]string, 0, len(l.settings))
	for path := range l.settings {
		names = append(names, path)
	}
	sort.Strings(names)
	for _, path := range names {
		l.prog.Settings = append(l.prog.Settings, l.settings[path])
	}
	l.prog.Funcs = append(l.initFuncs(), l.prog.Funcs...)
}

// initFuncs makes the first versions: of what the models have by "init", of
// what a train block adds by a function of its name, which comes after.
func (l *lowerer) initFuncs() []*Func {
	list := []*Func{{Name: "init", Kind: InitFunc}}
	of := map[string]*Func{"": list[0]}
	for _, u := range l.inits {
		f := of[u.Var.Train]
		if f == nil {
			f = &Func{Name: u.Var.Train, Kind: InitFunc}
			of[f.Name] = f
			list = append(list, f)
		}
		f.Updates = append(f.Updates, u)
	}
	return list
}
