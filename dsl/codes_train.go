package dsl

// trainCodes are GT03xx: training. First objectives and optimizers.
var trainCodes = append([]CodeInfo{
	{"GT0301", "no parameter has this path", page(
		"Parameters are chosen by their paths: MLP.dense1.W, MLP.dense1 for all below it, *.W for all that end so, Encoder.layers[4..] for iterations, rest for those that are left. gtc summary lists them.",
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dense(3) }

train Fit(x: [B, 4], y: int[B]) {
    minimize cross_entropy(MLP(x), y) over MLP.dense2
    with adam(lr: 1e-3)
}`,
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dense(3) }

train Fit(x: [B, 4], y: int[B]) {
    minimize cross_entropy(MLP(x), y) over MLP.dense1
    with adam(lr: 1e-3)
}`)},
	{"GT0302", "nothing is minimized", page(
		"A train block has an objective, written minimize.",
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dense(3) }

train Fit(x: [B, 4], y: int[B]) {
    report accuracy = mean(argmax(MLP(x)) == y)
    with adam(lr: 1e-3)
}`,
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dense(3) }

train Fit(x: [B, 4], y: int[B]) {
    report accuracy = mean(argmax(MLP(x)) == y)
    minimize cross_entropy(MLP(x), y)
    with adam(lr: 1e-3)
}`)},
	{"GT0303", "a wrong batch", page(
		"A batch is a positive whole number of rows, or all of them: batch 32, batch all. With several kinds of rows each dimension has its own: batch B = 256, N = all.",
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dense(3) }

train Fit(x: [B, 4], y: int[B]) {
    minimize cross_entropy(MLP(x), y)
    with adam(lr: 1e-3)
    batch 0
}`,
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dense(3) }

train Fit(x: [B, 4], y: int[B]) {
    minimize cross_entropy(MLP(x), y)
    with adam(lr: 1e-3)
    batch 32
}`)},
	{"GT0304", "an objective or a report is a single number", page(
		"What is minimized or reported is one float for the whole batch: a mean or a sum over its rows.",
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dense(3) }

train Fit(x: [B, 4]) {
    minimize (MLP(x) - 1)^2
    with adam(lr: 1e-3)
}`,
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dense(3) }

train Fit(x: [B, 4]) {
    minimize mean((MLP(x) - 1)^2)
    with adam(lr: 1e-3)
}`)},
	{"GT0305", "an objective without parameters", page(
		"Training changes parameters so that the objective becomes smaller; it must depend on some.",
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dense(3) }

train Fit(x: [B, 4]) {
    minimize mean(x)
    with adam(lr: 1e-3)
}`,
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dense(3) }

train Fit(x: [B, 4]) {
    minimize mean(MLP(x))
    with adam(lr: 1e-3)
}`)},
	{"GT0306", "no optimizer", page(
		"with names the optimizer: sgd, adam, adamw, rmsprop, adagrad, or one of your own.",
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dense(3) }

train Fit(x: [B, 4], y: int[B]) {
    minimize cross_entropy(MLP(x), y)
    with clip_norm(1.0)
}`,
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dense(3) }

train Fit(x: [B, 4], y: int[B]) {
    minimize cross_entropy(MLP(x), y)
    with sgd(lr: 0.1), clip_norm(1.0)
}`)},
	{"GT0307", "a parameter has none or two optimizers", page(
		"Each parameter that is trained belongs to one optimizer. over says which are whose; rest are those that no entry before has taken.",
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dense(3) }

train Fit(x: [B, 4], y: int[B]) {
    minimize cross_entropy(MLP(x), y)
    with adam(lr: 1e-3), sgd(lr: 0.1) over *.b
}`,
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dense(3) }

train Fit(x: [B, 4], y: int[B]) {
    minimize cross_entropy(MLP(x), y)
    with sgd(lr: 0.1) over *.b, adam(lr: 1e-3) over rest
}`)},
	{"GT0308", "a rule for parameters of another form", page(
		"An optimizer's inputs are w, the parameter, and g, its gradient; it gives w a new value and may have states. A transform's input is g, and it has no states.",
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dense(3) }

optimizer plain(lr = 0.1)(weights, g) { weights - lr * g }

train Fit(x: [B, 4], y: int[B]) {
    minimize cross_entropy(MLP(x), y)
    with plain(lr: 1e-3)
}`,
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dense(3) }

optimizer plain(lr = 0.1)(w, g) { w - lr * g }

train Fit(x: [B, 4], y: int[B]) {
    minimize cross_entropy(MLP(x), y)
    with plain(lr: 1e-3)
}`)},
	{"GT0309", "a statement that stands twice", page(
		"A train block has one batch, one stop and one data statement.",
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dense(3) }

train Fit(x: [B, 4], y: int[B]) {
    minimize cross_entropy(MLP(x), y)
    with adam(lr: 1e-3)
    stop when epoch >= 30
    stop when loss < 0.1
}`,
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dense(3) }

train Fit(x: [B, 4], y: int[B]) {
    minimize cross_entropy(MLP(x), y)
    with adam(lr: 1e-3)
    stop when epoch >= 30 or loss < 0.1
}`)},
}, runCodes...)
