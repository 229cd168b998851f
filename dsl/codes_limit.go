package dsl

// limitCodes are GT04xx: what a program may not exceed.
var limitCodes = []CodeInfo{
	{"GT0401", "a size is too large", page(
		"A tensor has at most 2^40 elements at the bounds of its run-time dimensions, and so has what a function keeps in memory; where an int has 32 bits, 2^24. Arithmetic on sizes then never overflows.",
		`dim B <= 32
const N = 1000000

model A(x: [B, 4]) -> [B, 4] { x |> Dense(N * N * N) |> Dense(4) }`,
		`dim B <= 32
const N = 1000

model A(x: [B, 4]) -> [B, 4] { x |> Dense(N) |> Dense(4) }`)},
	{"GT0402", "calls nest too deeply", page(
		"Calls may stand 100 deep inside one another. What calls itself needs an end that is known at compile time.",
		`dim B <= 32

layer Tree(x: [B, 4]) -> [B, 4] { relu(Tree(x)) }

model A(x: [B, 4]) -> [B, 4] { Tree(x) }`,
		`dim B <= 32

layer Tree(depth: int)(x: [B, 4]) -> [B, 4] {
    if depth == 0 { x } else { relu(x |> Tree(depth - 1)) }
}

model A(x: [B, 4]) -> [B, 4] { x |> Tree(3) }`)},
	{"GT0403", "too many calls", page(
		"A program makes at most 200,000 calls of layers and functions. Layers that call layers several times, level upon level, get there soon.",
		`dim B <= 32

layer A(x: [B, 4]) -> [B, 4] { x |> relu |> relu }
layer C(x: [B, 4]) -> [B, 4] { x |> A |> A |> A }
// … and so on, twenty levels of three calls each`,
		`dim B <= 32

model A(x: [B, 4]) -> [B, 4] {
    h = x
    for i in 0..12 { h = h |> Dense(4) |> relu }
    h
}`)},
	{"GT0404", "a budget is exceeded", page(
		"A require line states what a model or a train block may take at most. memory counts, at the bounds of the run-time dimensions, the parameters and states, the optimizer's memory, the rows, the results and the intermediate tensors of the largest function, with floats of 4 bytes, or 8 for -dtype f64. params counts the parameters.",
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dense(3) }

train Fit(x: [B, 4], y: int[B]) {
    minimize cross_entropy(MLP(x), y)
    with adam(lr: 1e-3)
}

require memory(Fit) < 1KB`,
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dense(3) }

train Fit(x: [B, 4], y: int[B]) {
    minimize cross_entropy(MLP(x), y)
    with adam(lr: 1e-3)
}

require memory(Fit) < 1MB`)},
	{"GT0405", "a whole number may not fit an integer", page(
		"Integers have 32 bits: from -2147483648 to 2147483647. Positions that argmax and indices give, and dimensions that stand beside integers, are integers, and must fit at the bounds of the run-time dimensions. Dimensions that stand beside floats, as in the divisor of a mean, have no such bound.",
		`dim B <= 1000000

eval Best(x: [B, 4096]) -> int[] { argmax(reshape(x, [B * 4096])) }`,
		`dim B <= 100000

eval Best(x: [B, 4096]) -> int[] { argmax(reshape(x, [B * 4096])) }`)},
}
