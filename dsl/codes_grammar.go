package dsl

// grammarCodes are the rest of GT01xx: words and signs in an order that means
// nothing.
var grammarCodes = []CodeInfo{
	{"GT0111", "no declaration begins like this", page(
		"At its top level a file holds declarations: package, const, dim, model, layer, func, optimizer, transform, schedule, initializer, eval, train, decode, require. Statements stand in their bodies.",
		"modle A(x: [B, 4]) -> [B, 4] { x }", "model A(x: [B, 4]) -> [B, 4] { x }")},
	{"GT0112", "a package clause in the wrong place", page(
		"The package clause names the Go package that is generated. It is the first declaration, and the only one of its kind.",
		"const A = 3\npackage p", "package p\nconst A = 3")},
	{"GT0113", "an expression is missing", page(
		"Something has to stand here: a name, a number, a call, something in brackets.",
		"func f(x) {\n    y = x *\n}", "func f(x) {\n    y = x * 2\n    y\n}")},
	{"GT0114", "something else is expected", page(
		"The message says what the grammar allows at this place, and what was found.",
		"train Fit(x: [B]) {\n    minimize mean(x)\n    stop epoch >= 3\n}", "train Fit(x: [B]) {\n    minimize mean(x)\n    stop when epoch >= 3\n}")},
	{"GT0115", "a word of the language used as a name", page(
		"if, else, for, scan, in, over, and, or, not, minimize, yield, true, false and none are never names. Other words, such as data, batch, step and next, are keywords only where a statement begins with them.",
		"func f(in) { 2 * in }", "func f(input) { 2 * input }")},
	{"GT0116", "= where == or a colon belongs", page(
		"Arguments are named with a colon, as in adam(lr: 1e-3); a setting's default is given with = where it is declared. Values are compared with ==.",
		"train Fit(x: [B]) {\n    minimize mean(x) with adam(lr = 1e-3)\n}", "train Fit(x: [B]) {\n    minimize mean(x) with adam(lr: 1e-3)\n}")},
	{"GT0117", "a chain of comparisons", page(
		"A comparison compares two values; two comparisons are joined with `and`.",
		"func f(x) { where(0 < x < 1, x, 0) }", "func f(x) { where(0 < x and x < 1, x, 0) }")},
	{"GT0118", "brackets are needed", page(
		"From loosest to tightest: |>, or, and, not, comparisons, + and -, * / and @, a minus before a value, ^. Right of |> stands a function or a layer with its settings, and nothing looser.",
		"func f(x) { x |> g + 1 }", "func f(x) { (x |> g) + 1 }")},
	{"GT0119", "this cannot be given a value", page(
		"Left of = stands a name, several names, or a name with indices. A name with a colon is a label of a loop, or a parameter after `param`.",
		"func f(x) {\n    g(x) = 3\n    x\n}", "func f(x) {\n    g[i] = 3 * x[i]\n    g\n}")},
	{"GT0120", "a training statement outside train", page(
		"minimize, with, batch, stop, report and data stand directly in the body of a train declaration: they describe the training, and are not executed at a moment.",
		"model A(x: [B]) -> [] {\n    minimize mean(x)\n}", "train Fit(x: [B]) {\n    minimize mean(x)\n}")},
	{"GT0121", "an unknown type", page(
		"The types are float (which needs not be written before a shape), int and bool. A tensor is [B, n], int[B, n] or bool[B, n]; a number is float, int or bool.",
		"layer A(n: integer)(x: [B]) { n * x }", "layer A(n: int)(x: [B]) { n * x }")},
	{"GT0122", "an opening brace at the start of a line", page(
		"A newline ends the header that a block belongs to, so that its brace stands on the same line.",
		"func f(x)\n{\n    x\n}", "func f(x) {\n    x\n}")},
	{"GT0123", "no statement begins like this", page(
		"Two names follow one another only where the first is a keyword: param, state, layer, with, batch, stop, report, data.",
		"layer A(x: [B, n]) -> [B, n] {\n    parm W: [n] = 0\n    x + W\n}", "layer A(x: [B, n]) -> [B, n] {\n    param W: [n] = 0\n    x + W\n}")},
	{"GT0124", "a sign of another language", page(
		"Conditions are joined with and, or and not; powers are written ^; x += 1 is written x = x + 1; comments begin with //.",
		"func f(x) { x**2 }", "func f(x) { x^2 }")},
	{"GT0125", "the statement does not end", page(
		"A statement ends at the end of its line, or at a semicolon.",
		"func f(x) {\n    y = x z = y\n    z\n}", "func f(x) {\n    y = x; z = y\n    z\n}")},
	{"GT0126", "a call is expected", page(
		"`data` is followed by a source, such as csv(\"digits.csv\"), `with` by optimizers and transforms of the gradient.",
		"train Fit(x: [B]) {\n    minimize mean(x) with 0.1\n}", "train Fit(x: [B]) {\n    minimize mean(x) with sgd(lr: 0.1)\n}")},
	{"GT0127", "-> is missing", page(
		"Between the inputs and the shape of the result stands ->.",
		"model A(x: [B, 4]) [B, 4] { x }", "model A(x: [B, 4]) -> [B, 4] { x }")},
	{"GT0128", "a dim needs its bound", page(
		"A dim is a size that is known at run time only, such as that of a batch. Its bound, written <=, is what memory is planned for. A size that never changes is a const.",
		"dim B = 256", "dim B <= 256")},
	{"GT0129", "an else without its if", page(
		"`else` follows the closing brace of an `if`, on the same line or at the start of the next.",
		"func f(x) {\n    if training { x }; else { 2 * x }\n}", "func f(x) {\n    if training { x }\n    else { 2 * x }\n}")},
	{"GT0130", "a colon inside an index", page(
		"A range is written with two dots and is half open: x[1..4] holds the elements 1, 2 and 3. A colon by itself stands for the whole axis.",
		"func f(x) { x[1:4, :] }", "func f(x) { x[1..4, :] }")},
	{"GT0131", "a comma is missing", page(
		"The elements of a list are separated by commas; the list ends with its bracket.",
		"func f(x) { maximum(x 0) }", "func f(x) { maximum(x, 0) }")},
}
