package dsl

// shapeCodes are GT02xx: names and shapes. First names, kinds of elements, and
// what is given to calls.
var shapeCodes = append([]CodeInfo{
	{"GT0201", "nothing has this name", page(
		"A name is declared before it is used: in the body above, among the inputs and settings, in the file, or in the library. Capitals and small letters differ.",
		`dim B <= 32

model A(x: [B, 4]) -> [B, 4] { relo(x) }`,
		`dim B <= 32

model A(x: [B, 4]) -> [B, 4] { relu(x) }`)},
	{"GT0202", "a name is declared twice", page(
		"In the file, among the settings and inputs of a declaration, and among the parameters, states and instances of a body each name stands for one thing. A name of the library may be declared anew: the file's own is meant then.",
		`dim B <= 32

func double(x) { 2 * x }
func double(x) { x + x }

model A(x: [B, 4]) -> [B, 4] { double(x) }`,
		`dim B <= 32

func double(x) { 2 * x }

model A(x: [B, 4]) -> [B, 4] { double(x) }`)},
	{"GT0203", "a tensor is needed", page(
		"Here stands a tensor or a number. Texts, lists, ranges, layers without their inputs and several values at once are none.",
		`dim B <= 32

model A(x: [B, 4]) -> [B, 4] { x * "2" }`,
		`dim B <= 32

model A(x: [B, 4]) -> [B, 4] { x * 2 }`)},
	{"GT0204", "a dim's bound is not a size", page(
		"A run-time dimension has a bound, a whole number from 1 to 2^30 that is known at compile time. Memory is planned for it.",
		`dim B <= 0

model A(x: [B, 4]) -> [B, 4] { relu(x) }`,
		`dim B <= 256

model A(x: [B, 4]) -> [B, 4] { relu(x) }`)},
	{"GT0205", "elements of the wrong kind", page(
		"Elements are floats, ints or bools. Bools and ints become floats beside floats, never the other way round: labels and positions are declared int, conditions are comparisons.",
		`dim B <= 32

train Fit(x: [B, 4], y: [B]) {
    minimize cross_entropy(x |> Dense(3), y)
    with sgd(lr: 0.1)
}`,
		`dim B <= 32

train Fit(x: [B, 4], y: int[B]) {
    minimize cross_entropy(x |> Dense(3), y)
    with sgd(lr: 0.1)
}`)},
	{"GT0206", "too few axes", page(
		"@ takes tensors with axes, .T tensors with two or more. A plain number is multiplied with *.",
		`dim B <= 32

model A(x: [B, 4]) -> [B, 4] { x @ 2 }`,
		`dim B <= 32

model A(x: [B, 4]) -> [B, 4] { x * 2 }`)},
	{"GT0207", "the inner dimensions of @ differ", page(
		"In x @ W the last axis of x and the last but one of W are the same dimension; a W with one axis has that one. Compile-time sizes are compared by value, run-time dimensions by identity: two of them with the same bound differ.",
		`dim B <= 32

model A(x: [B, 4]) -> [B, 3] {
    param W: [3, 4] = 0
    x @ W
}`,
		`dim B <= 32

model A(x: [B, 4]) -> [B, 3] {
    param W: [3, 4] = 0
    x @ W.T
}`)},
	{"GT0208", "a tensor has no such property", page(
		"A tensor has .T, which exchanges its last two axes. Its sizes have the names that stand in its declaration.",
		`dim B <= 32

model A(x: [B, 4]) -> [B, 4] { x / x.size }`,
		`dim B <= 32

model A(x: [B, 4]) -> [B, 4] { x / 4 }`)},
	{"GT0209", "a size is needed", page(
		"A size is a whole number, a const, a dim, an int setting, a name bound by an input's shape, or + - * / on these, all known at compile time. Division is by a positive number, and must leave no remainder where a run-time dimension is divided.",
		`dim B <= 32

model A(x: [B, 4]) -> [B, 4] { x |> Dense(2.5) |> Dense(4) }`,
		`dim B <= 32

model A(x: [B, 4]) -> [B, 4] { x |> Dense(2) |> Dense(4) }`)},
	{"GT0210", "shapes do not match", page(
		"Axes match by label, and labels come from signatures; axes without a common label match from the right, at equal size. Nothing stretches, an axis of size 1 neither. Compile-time sizes are compared by value, run-time dimensions by identity.",
		`dim B <= 32

model A(x: [B, 4], y: [B, 1]) -> [B, 3] {
    p = x |> Dense(3)
    p - y
}`,
		`dim B <= 32

model A(x: [B, 4], y: [B, 1]) -> [B, 1] {
    p = x |> Dense(1)
    p - y
}`)},
	{"GT0211", "a value is never used", page(
		"A local name or an input that nothing reads is most often a slip of the pen.",
		`dim B <= 32

model A(x: [B, 4]) -> [B, 4] {
    scaled = x * 2
    relu(x)
}`,
		`dim B <= 32

model A(x: [B, 4]) -> [B, 4] {
    scaled = x * 2
    relu(scaled)
}`)},
	{"GT0212", "this cannot be called", page(
		"Functions, layers and models are called, with their inputs in one list, or with their settings in a list before it.",
		`dim B <= 32

model A(x: [B, 4]) -> [B, 4] {
    h = x * 2
    h(x)
}`,
		`dim B <= 32

model A(x: [B, 4]) -> [B, 4] {
    h = x * 2
    relu(h)
}`)},
	{"GT0213", "a setting or an input is missing", page(
		"What has no default must be given. Right of |> and in the first of two lists stand settings; a lone list holds inputs. A model's settings have defaults, since a model is also run by itself.",
		`dim B <= 32

model A(x: [B, 4]) -> [B, 4] { x |> Dense }`,
		`dim B <= 32

model A(x: [B, 4]) -> [B, 4] { x |> Dense(4) }`)},
	{"GT0214", "an argument that is not taken", page(
		"Arguments are given in order or by name, each once.",
		`dim B <= 32

model A(x: [B, 4]) -> [B, 4] { x |> Dense(4, bais: false) }`,
		`dim B <= 32

model A(x: [B, 4]) -> [B, 4] { x |> Dense(4, bias: false) }`)},
	{"GT0215", "a truth value is needed", page(
		"A bool setting is true or false, known at compile time: it decides what the program is made of.",
		`dim B <= 32

model A(x: [B, 4]) -> [B, 4] { x |> Dense(4, bias: 0) }`,
		`dim B <= 32

model A(x: [B, 4]) -> [B, 4] { x |> Dense(4, bias: false) }`)},
	{"GT0216", "an input does not fit", page(
		"What is given has the shape that is declared: small letters stand for any size, the same each time; ... for any axes; capitals and numbers for themselves.",
		`dim B <= 32

layer Head(x: [B, 128]) -> [B, 4] { x |> Dense(4) }

model A(x: [B, 64]) -> [B, 4] { x |> Head }`,
		`dim B <= 32

layer Head(x: [B, n]) -> [B, 4] { x |> Dense(4) }

model A(x: [B, 64]) -> [B, 4] { x |> Head }`)},
	{"GT0217", "the result does not fit", page(
		"The last expression of a body is its value, and has the shape that is declared after ->.",
		`dim B <= 32

model A(x: [B, 4]) -> [B, 4] { x |> Dense(8) }`,
		`dim B <= 32

model A(x: [B, 4]) -> [B, 8] { x |> Dense(8) }`)},
	{"GT0218", "a statement in the wrong place", page(
		"param, state, layer and yield stand in models and layers; minimize, with, batch, stop, report and data in train blocks.",
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dense(3) }

train Fit(x: [B, 4], y: int[B]) {
    param w: [3] = 1
    minimize cross_entropy(MLP(x) * w, y)
    with adam(lr: 1e-3)
}`,
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] {
    param w: [3] = 1
    (x |> Dense(3)) * w
}

train Fit(x: [B, 4], y: int[B]) {
    minimize cross_entropy(MLP(x), y)
    with adam(lr: 1e-3)
}`)},
	{"GT0219", "a value is lost", page(
		"An expression that is no statement's value does nothing. The last expression of a body is its value.",
		`dim B <= 32

model A(x: [B, 4]) -> [B, 4] {
    x |> Dense(8)
    x |> Dense(4)
}`,
		`dim B <= 32

model A(x: [B, 4]) -> [B, 4] {
    h = x |> Dense(8)
    h |> Dense(4)
}`)},
	{"GT0220", "another number of values", page(
		"As many names stand left of = as there are values on the right, and both branches of an if give as many.",
		`dim B <= 32

model A(x: [B, 4]) -> [B, 1] {
    q, k = split(x, 4)
    q * k
}`,
		`dim B <= 32

model A(x: [B, 4]) -> [B, 2] {
    q, k = split(x, 2)
    q * k
}`)},
	{"GT0221", "a condition is a single truth value", page(
		"if chooses between two whole values. where(c, a, b) chooses element by element.",
		`dim B <= 32

model A(x: [B, 4]) -> [B, 4] { if x > 0 { x } else { 0 * x } }`,
		`dim B <= 32

model A(x: [B, 4]) -> [B, 4] { where(x > 0, x, 0) }`)},
	{"GT0222", "a func has no parameters", page(
		"Parameters belong to instances of layers and to models, each call of a layer being one. A func computes from its inputs only.",
		`dim B <= 32

func scale(x: [..., n]) -> [..., n] {
    param w: [n] = 1
    x * w
}

model A(x: [B, 4]) -> [B, 4] { scale(x) }`,
		`dim B <= 32

layer Scale(x: [..., n]) -> [..., n] {
    param w: [n] = 1
    x * w
}

model A(x: [B, 4]) -> [B, 4] { Scale(x) }`)},
}, axisCodes...)
