package dsl

// axisCodes are the rest of GT02xx: parameters, axes, indices and loops.
var axisCodes = []CodeInfo{
	{"GT0223", "a shape must be written", page(
		"Parameters, states, and the inputs of models, eval and train blocks have shapes that are written in full. The shapes in between follow.",
		`dim B <= 32

model A(x: [B, 4]) -> [B, 4] {
    param w = 1
    x * w
}`,
		`dim B <= 32

model A(x: [B, 4]) -> [B, 4] {
    param w: [4] = 1
    x * w
}`)},
	{"GT0224", "a parameter's size is known at run time only", page(
		"Parameters and states are made once, before any batch. A parameter may have a run-time dimension as it is declared: it is stored at the bound, and its leading part is used.",
		`dim B <= 32

model A(x: [B, 4]) -> [B, 4] {
    param w: [2*B, 4] = 0
    x + w[0..B, :]
}`,
		`dim B <= 32

model A(x: [B, 4]) -> [B, 4] {
    param w: [B, 4] = 0
    x + w
}`)},
	{"GT0225", "a shared instance with two shapes", page(
		"Calls of a named instance share its parameters, which have one shape.",
		`dim B <= 32

model A(x: [B, 4], y: [B, 5]) -> [B, 2] {
    layer head = Dense(2)
    head(x) + head(y)
}`,
		`dim B <= 32

model A(x: [B, 4], y: [B, 5]) -> [B, 2] { (x |> Dense(2)) + (y |> Dense(2)) }`)},
	{"GT0226", "an initializer is needed", page(
		"After ~ stands how first values are drawn: normal(0.02), uniform(-1, 1), glorot_uniform or another initializer. A plain value is given with =.",
		`dim B <= 32

model A(x: [B, 4]) -> [B, 4] {
    param w: [4] ~ 0.5
    x * w
}`,
		`dim B <= 32

model A(x: [B, 4]) -> [B, 4] {
    param w: [4] = 0.5
    x * w
}`)},
	{"GT0227", "there is no such axis", page(
		"Axes are chosen by label, by except: label, or by position, axis: 1. Labels come from the shapes in signatures; negative positions count from the end.",
		`dim B <= 32

model A(x: [B, 4]) -> [B] { mean(x, n) }`,
		`dim B <= 32

model A(x: [B, 4]) -> [B] { mean(x, axis: 1) }`)},
	{"GT0228", "this cannot be differentiated", page(
		"grad(y, x) is the derivative of a single float y by a tensor of floats x.",
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dense(3) }

eval Slope(x: [B, 4]) -> [B, 4] { grad(MLP(x), x) }`,
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dense(3) }

eval Slope(x: [B, 4]) -> [B, 4] { grad(sum(MLP(x)), x) }`)},
	{"GT0229", "an axis does not split evenly", page(
		"split(x, 3) gives three equal parts along the last axis, or along axis:.",
		`dim B <= 32

model A(x: [B, 4]) -> [B, 1] {
    a, b, c = split(x, 3)
    a + b + c
}`,
		`dim B <= 32

model A(x: [B, 4]) -> [B, 2] {
    a, b = split(x, 2)
    a + b
}`)},
	{"GT0230", "a reshape changes the number of elements", page(
		"reshape gives the same elements, in the same order, another shape.",
		`dim B <= 32

model A(x: [B, 4]) -> [B, 3] { reshape(x, [B, 3]) }`,
		`dim B <= 32

model A(x: [B, 4]) -> [B, 2, 2] { reshape(x, [B, 2, 2]) }`)},
	{"GT0231", "an index that has no meaning here", page(
		"An index list has at most as many entries as the tensor has axes, one `...`, and one entry that is a tensor of positions.",
		`dim B <= 32

model A(x: [B, 4]) -> [B] { x[:, 0, 0] }`,
		`dim B <= 32

model A(x: [B, 4]) -> [B] { x[:, 0] }`)},
	{"GT0232", "an index outside its axis", page(
		"Positions run from 0 to one below the size, ranges are half open, and negative positions count from the end.",
		`dim B <= 32

model A(x: [B, 4]) -> [B] { x[:, 4] }`,
		`dim B <= 32

model A(x: [B, 4]) -> [B] { x[:, -1] }`)},
	{"GT0233", "the range of an index", page(
		"The range of an index follows from a bare use in an operand, such as k in x[b, k], and is the same in all of them. Otherwise it is written: k in 0..3.",
		`dim B <= 32

model A(x: [B, 4]) -> [B, 2] {
    y[b, i] = sum[k in 0..2](x[b, 2*i + k])
    y
}`,
		`dim B <= 32

model A(x: [B, 4]) -> [B, 2] {
    y[b, i in 0..2] = sum[k in 0..2](x[b, 2*i + k])
    y
}`)},
	{"GT0234", "a for over what is not known", page(
		"for makes its iterations at compile time, at most 4096, each with parameters of its own: it runs over a list or a range of compile-time sizes. scan goes along a run-time dimension.",
		`dim B <= 32

model A(x: [B, 4]) -> [B, 4] {
    h = x
    for i in 0..B { h = h + 1 }
    h
}`,
		`dim B <= 32

model A(x: [B, 4]) -> [B, 4] {
    h = x
    for i in 0..4 { h = h + 1 }
    h
}`)},
	{"GT0235", "a state is updated in every iteration", page(
		"A state has one new version in a step. What changes along a scan is carried by it; iterations of a for have layers of their own.",
		`dim B <= 32

model A(x: [B, 4]) -> [B, 4] {
    state n: [1] = 0
    h = x
    for i in 0..2 {
        n = n + 1
        h = h + n[0]
    }
    h
}`,
		`dim B <= 32

model A(x: [B, 4]) -> [B, 4] {
    state n: [1] = 0
    n = n + 1
    h = x
    for i in 0..2 { h = h + n[0] }
    h
}`)},
	{"GT0236", "what a loop carries changes its kind", page(
		"What a scan carries, in its head or because its body rebinds a name from around it, is a tensor, a number or a truth value, of the same shape and kind before and after each step. A for may change shapes and kinds, but carries no several values under one name.",
		`dim B <= 32, T <= 16

model A(x: [B, T, 4]) -> [B, T, 4] {
    scan t over T, h = zeros(B, 2) {
        h = x[:, t]
        yield h
    }
}`,
		`dim B <= 32, T <= 16

model A(x: [B, T, 4]) -> [B, T, 4] {
    scan t over T, h = zeros(B, 4) {
        h = h + x[:, t]
        yield h
    }
}`)},
	{"GT0237", "a yield in the wrong place", page(
		"A scan yields once a step; several values are yielded together, and stacked along the scanned dimension.",
		`dim B <= 32

model A(x: [B, 4]) -> [B, 4] {
    h = 2 * x
    yield h
}`,
		`dim B <= 32, T <= 16

model A(x: [B, T, 4]) -> [B, T, 4] {
    scan t over T, h = zeros(B, 4) {
        h = h + x[:, t]
        yield h
    }
}`)},
	{"GT0238", "a const is a plain number", page(
		"A const is a number, true or false, or arithmetic on numbers and other consts that stand before it.",
		`dim B <= 32
const Noise = randn(4)

model A(x: [B, 4]) -> [B, 4] { x + Noise }`,
		`dim B <= 32
const Noise = 0.1

model A(x: [B, 4]) -> [B, 4] { x + Noise }`)},
	{"GT0239", "the shared axes of @ differ", page(
		"In x @ W with a W of more than two axes, the axes before its last two are the first ones of x: a product for each.",
		`dim B <= 32

model A(x: [B, 3, 4], w: [5, 4, 2]) -> [B, 3, 2] { x @ w }`,
		`dim B <= 32

model A(x: [B, 3, 4], w: [B, 4, 2]) -> [B, 3, 2] { x @ w }`)},
	{"GT0240", "axes that are no neighbours", page(
		"flatten makes one axis of axes that stand side by side. Index notation brings them there.",
		`dim B <= 32

layer Flat(x: [b, c, h, w]) -> [b, h, _] { flatten(x, c, w) }

model A(x: [B, 2, 3, 4]) -> [B, 3, 8] { Flat(x) }`,
		`dim B <= 32

layer Flat(x: [b, c, h, w]) -> [b, h, _] {
    y[i, j, k, l] = x[i, k, j, l]
    reshape(y, [b, h, c*w])
}

model A(x: [B, 2, 3, 4]) -> [B, 3, 8] { Flat(x) }`)},
	{"GT0241", "tensors that cannot be joined", page(
		"concat joins tensors with the same axes but one: the last, or axis:. stack joins tensors of one shape along a new axis.",
		`dim B <= 32

model A(x: [B, 4], y: [B]) -> [B, 5] { concat(x, y) }`,
		`dim B <= 32

model A(x: [B, 4], y: [B]) -> [B, 5] { concat(x, y[:, none]) }`)},
	{"GT0242", "a named instance is of a layer", page(
		"`layer head = Dense(2)` makes an instance that can be called more than once, sharing its parameters. Functions have none, and models are one instance anyway.",
		`dim B <= 32

model A(x: [B, 4]) -> [B, 4] {
    layer act = gelu
    act(x)
}`,
		`dim B <= 32

model A(x: [B, 4]) -> [B, 4] {
    layer head = Dense(4)
    head(head(x))
}`)},
	{"GT0243", "index notation names every axis", page(
		"Each axis of an operand has an index or a fixed position, so that the term is a number for each combination of indices.",
		`dim B <= 32

model A(x: [B, 4, 3]) -> [B, 4] {
    y[b, i] = x[b, i] * 2
    y
}`,
		`dim B <= 32

model A(x: [B, 4, 3]) -> [B, 4] {
    y[b, i] = x[b, i, 0] * 2
    y
}`)},
	{"GT0244", "a position that is no sum of indices", page(
		"In index notation positions are sums of indices, each times a constant, and sizes: x[2*i + u - 1]. So the compiler knows which elements meet. A position that is data is a tensor: e[tok].",
		`dim B <= 32

model A(x: [B, 4]) -> [B, 4] {
    y[b, i in 0..4] = x[b, i*i]
    y
}`,
		`dim B <= 32

model A(x: [B, 4]) -> [B, 2] {
    y[b, i in 0..2] = x[b, 2*i]
    y
}`)},
	{"GT0245", "a reduction over indices outside index notation", page(
		"sum[k](…), mean, max, min and prod over indices stand on the right of y[…] = …. sum(x, axis: 1) reduces an axis anywhere.",
		`dim B <= 32

model A(x: [B, 4]) -> [B] { sum[k](x[:, k]) }`,
		`dim B <= 32

model A(x: [B, 4]) -> [B] {
    y[b] = sum[k](x[b, k])
    y
}`)},
	{"GT0246", "a first value that depends on what is not there yet", page(
		"First values of parameters and states are made before any row is seen, and of each variable by itself: from numbers, sizes and random draws.",
		`dim B <= 32

model A(x: [B, 4]) -> [B, 4] {
    param w: [4] = mean(x, axis: 0)
    x * w
}`,
		`dim B <= 32

model A(x: [B, 4]) -> [B, 4] {
    param w: [4] = 1/4
    x * w
}`)},
	{"GT0247", "a setting with two numbers", page(
		"A model is one wherever it is called: its parameters are shared, and each of its settings is one number. A layer's settings belong to the call.",
		`dim B <= 32

model A(rate = 2.0)(x: [B, 4]) -> [B, 4] { x * rate }

model Twice(x: [B, 4]) -> [B, 4] { x |> A(rate: 5) |> A }`,
		`dim B <= 32

layer A(rate = 2.0)(x: [B, 4]) -> [B, 4] { x * rate }

model Twice(x: [B, 4]) -> [B, 4] { x |> A(rate: 5) |> A }`)},
}
