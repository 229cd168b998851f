package dsl

// A maximum or minimum over axes gives its gradient to the first extreme
// element in row-major order.
var reductions = []*Op{
	{Sig: "sum(x: n[*]) n[*]", Class: Reduction, Doc: "sum over axes", Smooth: true, Eval: evalSum, Check: checkReduce,
		Grad: "lift(dy)"},
	{Sig: "max(x: n[*]) n[*]", Class: Reduction, Doc: "largest element over axes; -Inf of none", Eval: evalMax, Check: checkReduce,
		Grad: "where(position(x) == lift(argmax(x)), lift(dy), 0)"},
	{Sig: "min(x: n[*]) n[*]", Class: Reduction, Doc: "smallest element over axes; +Inf of none", Eval: evalMin, Check: checkReduce,
		Grad: "where(position(x) == lift(argmax(-x)), lift(dy), 0)"},
	{Sig: "argmax(x: n[*]) i[*]", Class: Reduction, Doc: "row-major position, within the axes, of the first largest element", Eval: evalArgmax, Check: checkReduce},
}

var contractions = []*Op{
	{Sig: "contract(a: f[*], b: f[*]) f[*]", Class: Product, Doc: "sum of products over an iteration space", Smooth: true, Hidden: true,
		Eval: evalContract, Check: checkContract, Grad: "turn_a(dy, b); turn_b(a, dy)"},
}

var moves = []*Op{
	{Sig: "view(x: t[*]) t[*]", Class: Move, Doc: "elements read at affine positions, 0 outside", Smooth: true, Hidden: true,
		Eval: evalView, Check: checkView, Grad: "fold_like(dy, x)"},
	{Sig: "fold(x: f[*]) f[*]", Class: Move, Doc: "elements added up at affine positions: the adjoint of view", Smooth: true, Hidden: true,
		Eval: evalFold, Check: checkFold, Grad: "view_like(dy, x)"},
	{Sig: "reshape(x: t[*]) t[*]", Class: Move, Doc: "the same elements in row-major order under another shape", Smooth: true, Hidden: true,
		Eval: evalReshape, Check: checkReshape, Grad: "reshape_like(dy, x)"},
	{Sig: "gather(x: t[*], at: i[*]) t[*]", Class: Move, Doc: "rows of x at integer positions", Smooth: true, Hidden: true,
		Eval: evalGather, Check: checkGather, Grad: "scatter_like(dy, at, x); none"},
	{Sig: "scatter(x: f[*], at: i[*]) f[*]", Class: Move, Doc: "rows added up at integer positions: the adjoint of gather", Smooth: true, Hidden: true,
		Eval: evalScatter, Check: checkScatter, Grad: "gather_like(dy, at, x); none"},
}

var makers = []*Op{
	{Sig: "const() f[]", Class: Maker, Doc: "a number", Hidden: true, Eval: evalConst},
	{Sig: "const_int() i[]", Class: Maker, Doc: "a whole number", Hidden: true, Eval: evalConst},
	{Sig: "const_bool() b[]", Class: Maker, Doc: "a truth", Hidden: true, Eval: evalConst},
	{Sig: "iota() i[*]", Class: Maker, Doc: "whole numbers along the only axis, from an offset", Hidden: true, Eval: evalIota},
	{Sig: "size() i[]", Class: Maker, Doc: "a dimension as a number", Hidden: true, Eval: evalSize},
}

// Random rows are keyed by the seed of the run, the step, the index of the
// enclosing loops' iteration and the path of the call.
var randoms = []*Op{
	{Sig: "uniform(step: i[], index: i[]) f[*]", Class: Random, Doc: "uniform numbers in [0, 1)", Hidden: true, Eval: evalUniform},
	{Sig: "normal(step: i[], index: i[]) f[*]", Class: Random, Doc: "standard normal numbers", Hidden: true, Eval: evalNormal},
}

// Structural rows have their rules in package ir: leaf reads an input, a
// variable or a setting; loop runs a body; out takes one result of a loop;
// grad is replaced by the gradient pass.
var structurals = []*Op{
	{Sig: "leaf() t[*]", Class: Structural, Doc: "an input, a variable's current version, or a setting", Hidden: true},
	{Sig: "loop() t[*]", Class: Structural, Doc: "a body run again and again, with carried, sliced and stacked values", Hidden: true},
	{Sig: "out() t[*]", Class: Structural, Doc: "one result of a loop or of a grad", Hidden: true},
	{Sig: "grad() t[*]", Class: Structural, Doc: "derivatives of a scalar with respect to values it was computed from", Hidden: true},
}
