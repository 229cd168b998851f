package dsl

// runCodes are the rest of GT03xx: data, stop rules and budgets.
var runCodes = []CodeInfo{
	{"GT0310", "a wrong source of data", page(
		`Data is read from csv("a.csv", val: 0.2, header: true, separator: ";", comment: "#"), idx("images.gz", labels: "labels.gz", val: 0.1, val_labels: "more.gz") or text("a.txt", by: bytes, val: 0.1). Each of these files may be gzipped, a CSV file or a text of at most 256 MiB unzipped.

val is the share of the rows that is kept for validation, or, not for a text, a file of its own. Without header, a first row that has no number in it is one. A text is read by bytes, 256 tokens, or by chars, a token for each character that occurs.`,
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dense(3) }

train Fit(x: [B, 4], y: int[B]) {
    minimize cross_entropy(MLP(x), y)
    with adam(lr: 1e-3)
    data csv("iris.csv", val: 20) { x = columns(0..4), y = column(4) }
}`,
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dense(3) }

train Fit(x: [B, 4], y: int[B]) {
    minimize cross_entropy(MLP(x), y)
    with adam(lr: 1e-3)
    data csv("iris.csv", val: 0.2) { x = columns(0..4), y = column(4) }
}`)},
	{"GT0311", "data for the wrong inputs", page(
		"A data line says of each input of the train block, once, what it is made of.",
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dense(3) }

train Fit(x: [B, 4], y: int[B]) {
    minimize cross_entropy(MLP(x), y)
    with adam(lr: 1e-3)
    data csv("iris.csv") { x = columns(0..4) }
}`,
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dense(3) }

train Fit(x: [B, 4], y: int[B]) {
    minimize cross_entropy(MLP(x), y)
    with adam(lr: 1e-3)
    data csv("iris.csv") { x = columns(0..4), y = column(4) }
}`)},
	{"GT0312", "an input is made of something else", page(
		`An input is made of columns: columns(0..64), columns("a".."f"), columns("a", "b"), column(64) or column("a") of a CSV file, images or labels of an IDX file, tok, next = windows(T) of a text. Columns are counted from 0, and the end of a range of numbers is not in it, as everywhere; that of a range of names is, since what follows it may have no name or be the label.

What is done to columns is written after them, from left to right:

    c * 2   c / 16   c + 1   c - 1   1 - c   -c      with numbers known at compile time
    c |> standardize                                 minus the column's mean, by its standard deviation
    c |> categories                                  texts to class numbers, in the order of the sorted texts
    c |> categories("no", "yes")                     the same by a given list
    c |> names("zero", "one")                        what class numbers mean, in messages and predictions
    c |> one_hot(10)                                 a class number to ten numbers, one of them 1
    c |> fill(0)   c |> fill_mean   c |> fill_median where there is no value
    c |> fill("none") |> categories                  the same for texts: a class of its own

A number is decimal, such as 12, -0.5 or 1e-3. A cell is no value when it is empty or NA, N/A, NaN, null or ?, in any case. Means, medians, deviations and classes are those of the training part; they are saved with the model. A column that has no value there has no mean and no median to fill with.`,
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dense(3) }

train Fit(x: [B, 4], y: int[B]) {
    minimize cross_entropy(MLP(x), y)
    with adam(lr: 1e-3)
    data csv("iris.csv") { x = columns(0..4) |> standardise, y = column(4) }
}`,
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dense(3) }

train Fit(x: [B, 4], y: int[B]) {
    minimize cross_entropy(MLP(x), y)
    with adam(lr: 1e-3)
    data csv("iris.csv") { x = columns(0..4) |> standardize, y = column("species") |> categories }
}`)},
	{"GT0313", "data does not fit its input", page(
		"The first axis of an input is that of the rows, a run-time dimension and the same for all. A row takes as many numbers as its columns give; ints take whole numbers. Windows of a text give int[B, T].",
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dense(3) }

train Fit(x: [B, 4], y: int[B]) {
    minimize cross_entropy(MLP(x), y)
    with adam(lr: 1e-3)
    data csv("iris.csv") { x = columns(0..3), y = column(4) }
}`,
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dense(3) }

train Fit(x: [B, 4], y: int[B]) {
    minimize cross_entropy(MLP(x), y)
    with adam(lr: 1e-3)
    data csv("iris.csv") { x = columns(0..4), y = column(4) }
}`)},
	{"GT0314", "a wrong stop rule", page(
		`A stop rule is made of comparisons with < <= > >= ==, of stalls(val.loss, epochs: 5), and of and and or. What is compared are quantities, with numbers or with each other:

    epoch, step          completed epochs, updates made
    loss, accuracy, …    the objective and the reports: means over the last epoch
    val.loss, …          the same on the validation part
    step.loss            of the last step
    grad_norm            of the last step, before clipping

What is not known yet, such as val.loss before the first validation, makes a comparison false. Therefore there is no not and no !=.`,
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dense(3) }

train Fit(x: [B, 4], y: int[B]) {
    minimize cross_entropy(MLP(x), y)
    with adam(lr: 1e-3)
    stop when not (loss > 0.1)
}`,
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dense(3) }

train Fit(x: [B, 4], y: int[B]) {
    minimize cross_entropy(MLP(x), y)
    with adam(lr: 1e-3)
    stop when loss <= 0.1 or epoch >= 30
}`)},
	{"GT0315", "a quantity that training does not have", page(
		"A stop rule sees the objective, called loss or by its name, the reports, both also on the validation part as val.loss, and epoch, step, step.loss and grad_norm. Report what else it shall see.",
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dense(3) }

train Fit(x: [B, 4], y: int[B]) {
    minimize cross_entropy(MLP(x), y)
    with adam(lr: 1e-3)
    stop when val.accuracy > 0.97
}`,
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dense(3) }

train Fit(x: [B, 4], y: int[B]) {
    minimize cross_entropy(MLP(x), y)
    with adam(lr: 1e-3)
    report accuracy = mean(argmax(MLP(x)) == y)
    stop when val.accuracy > 0.97
}`)},
	{"GT0316", "a wrong budget", page(
		"A budget is an upper limit of memory, in bytes at the bounds of the run-time dimensions, or of the number of parameters, of a model or of a train block.",
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dense(3) }

train Fit(x: [B, 4], y: int[B]) {
    minimize cross_entropy(MLP(x), y)
    with adam(lr: 1e-3)
}

require memory(Fit) > 4MB`,
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dense(3) }

train Fit(x: [B, 4], y: int[B]) {
    minimize cross_entropy(MLP(x), y)
    with adam(lr: 1e-3)
}

require memory(Fit) < 4MB
require params(MLP) <= 1000`)},
	{"GT0317", "a wrong accumulate", page(
		"accumulate(4) adds the gradients of four batches before an update.",
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dense(3) }

train Fit(x: [B, 4], y: int[B]) {
    minimize cross_entropy(MLP(x), y)
    with adam(lr: 1e-3), accumulate(0)
}`,
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dense(3) }

train Fit(x: [B, 4], y: int[B]) {
    minimize cross_entropy(MLP(x), y)
    with adam(lr: 1e-3), accumulate(4)
}`)},
	{"GT0318", "neither an optimizer nor a transform", page(
		"with lists optimizers, and transforms of the gradient in the order in which they are applied.",
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dense(3) }

train Fit(x: [B, 4], y: int[B]) {
    minimize cross_entropy(MLP(x), y)
    with adam(lr: 1e-3), Dropout(0.1)
}`,
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dense(3) }

train Fit(x: [B, 4], y: int[B]) {
    minimize cross_entropy(MLP(x), y)
    with adam(lr: 1e-3), clip_norm(1.0)
}`)},
	{"GT0319", "a schedule over a run without an end", page(
		"A schedule such as cosine needs the number of all steps, total. It follows from the data and from a bound on epoch or step in the stop rule.",
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dense(3) }

train Fit(x: [B, 4], y: int[B]) {
    minimize cross_entropy(MLP(x), y)
    with adam(lr: cosine(peak: 1e-3))
    stop when loss < 0.1
}`,
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dense(3) }

train Fit(x: [B, 4], y: int[B]) {
    minimize cross_entropy(MLP(x), y)
    with adam(lr: cosine(peak: 1e-3))
    stop when loss < 0.1 or epoch >= 30
}`)},
	{"GT0320", "two values of one name", page(
		"Objectives and reports are what stop rules, progress and Go programs name. A single objective is called loss; several have names of their own.",
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dense(3) }

train Fit(x: [B, 4], y: int[B]) {
    minimize cross_entropy(MLP(x), y) with adam(lr: 1e-3)
    minimize mean(MLP(x)^2) with adam(lr: 1e-4)
}`,
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dense(3) }

train Fit(x: [B, 4], y: int[B]) {
    minimize fit = cross_entropy(MLP(x), y) with adam(lr: 1e-3)
    minimize small = mean(MLP(x)^2) with adam(lr: 1e-4)
}`)},
	{"GT0321", "private training is not there yet", page(
		"`private(clip: …, noise: …, delta: …)` will clip the gradient of every example, add noise, and report epsilon. Its place is among the transforms of `with`; the compiler does not know it yet.",
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dense(3) }

train Fit(x: [B, 4], y: int[B]) {
    minimize cross_entropy(MLP(x), y)
    with sgd(lr: 0.1), private(clip: 1.0, noise: 1.1, delta: 1e-5)
    stop when epoch >= 3
}`,
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dense(3) }

train Fit(x: [B, 4], y: int[B]) {
    minimize cross_entropy(MLP(x), y)
    with sgd(lr: 0.1), clip_norm(1.0)
    stop when epoch >= 3
}`)},
	{"GT0322", "an objective that parts of a batch do not add up to", page(
		"accumulate(4) and a batch beyond the bound of its dimension are computed in parts: the parts' objectives and gradients are added up, times their rows, and divided by all rows. That is the whole batch's if the objective is a mean over rows, beside terms that no row has part in. It is not for a sum, a root or a product of means, a mean over what a mask leaves (sum(mask * e) / sum(mask)), the largest of the batch, or when rows see each other, as with batch statistics. A report that is no mean over rows is told as (mean of parts) where it is computed in parts, by a step or by a validation of more rows than the bound; to stop by it, or to keep its best epoch, is refused. A Go program that calls Backward for parts by itself gets an error from the second one, where the objective is no mean over rows.",
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 1] { x |> Dense(1) }

train Fit(x: [B, 4], y: [B, 1]) {
    minimize sum((MLP(x) - y)^2)
    with adam(lr: 1e-3), accumulate(4)
}`,
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 1] { x |> Dense(1) }

train Fit(x: [B, 4], y: [B, 1]) {
    minimize mean(sum((MLP(x) - y)^2, except: B))
    with adam(lr: 1e-3), accumulate(4)
}`)},
	{"GT0323", "a number outside its range", page(
		"A setting or an input says beside its default which numbers it takes: rate = 0.5 in 0..1 is 0 or more and below 1, in 0..=1 has the 1, in 0<.. is above 0, in .. is any finite number. NaN and Inf are in no range. What is given for it is checked when the program is compiled; what is set later, by -set, from Go, or by a saved model or run, when it is set or used. A number that a layer hands on to another has the ranges of both. The library's ranges say what makes sense: an optimizer goes downhill by its learning rate, and with one below 0 it would go uphill, and the objective would grow. To make something large, minimize it with its sign changed. A rate of 0 is allowed, and changes nothing.",
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dropout(20) |> Dense(3) }

train Fit(x: [B, 4], y: int[B]) {
    minimize cross_entropy(MLP(x), y)
    with adam(lr: 1e-3)
}`,
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dropout(0.2) |> Dense(3) }

train Fit(x: [B, 4], y: int[B]) {
    minimize cross_entropy(MLP(x), y)
    with adam(lr: 1e-3)
}`)},
	{"GT0324", "a report that is better neither way", page(
		"`stalls(…)` in a stop rule and `-best …` on the command line follow the best value so far. The objective, loss, is better when it is smaller. A report says which of its values are better by a word before its name, maximize or minimize; one that is only read needs neither.",
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dense(3) }

train Fit(x: [B, 4], y: int[B]) {
    logits = MLP(x)
    minimize cross_entropy(logits, y)
    with adam(lr: 1e-3)
    report accuracy = mean(argmax(logits) == y)
    stop when epoch >= 100 or stalls(val.accuracy, epochs: 5)
}`,
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dense(3) }

train Fit(x: [B, 4], y: int[B]) {
    logits = MLP(x)
    minimize cross_entropy(logits, y)
    with adam(lr: 1e-3)
    report maximize accuracy = mean(argmax(logits) == y)
    stop when epoch >= 100 or stalls(val.accuracy, epochs: 5)
}`)},
	{"GT0325", "a stop rule that waits for a validation", page(
		"val.loss and the like are known when some rows are kept for validation: val: 0.2 in the data line keeps a fifth of them, val: \"file\" names others. A rule that cannot hold without would train for ever. The same is refused when a run begins whose data comes from elsewhere and has no such rows.",
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dense(3) }

train Fit(x: [B, 4], y: int[B]) {
    minimize cross_entropy(MLP(x), y)
    with adam(lr: 1e-3)
    stop when stalls(val.loss, epochs: 5)
    data csv("iris.csv") { x = columns(0..4), y = column(4) }
}`,
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dense(3) }

train Fit(x: [B, 4], y: int[B]) {
    minimize cross_entropy(MLP(x), y)
    with adam(lr: 1e-3)
    stop when stalls(val.loss, epochs: 5)
    data csv("iris.csv", val: 0.2) { x = columns(0..4), y = column(4) }
}`)},
	{"GT0326", "an objective that no derivative leads back from", page(
		"Training follows the derivatives of the objective back to the parameters. They end at what moves in jumps (argmax, comparisons, int, floor, round, sign) and at stop_gradient, in the body of a scan too. When they reach none of the parameters that are trained, training would change nothing.",
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dense(3) }

train Fit(x: [B, 4], y: int[B]) {
    minimize mean(argmax(MLP(x)) != y)
    with adam(lr: 1e-3)
}`,
		`dim B <= 32

model MLP(x: [B, 4]) -> [B, 3] { x |> Dense(3) }

train Fit(x: [B, 4], y: int[B]) {
    logits = MLP(x)
    minimize cross_entropy(logits, y)
    report wrong = mean(argmax(logits) != y)
    with adam(lr: 1e-3)
}`)},
	{"GT0327", "a range that cannot be", page(
		"A range stands after a number's name, type and default: rate = 0.5 in 0..1. Its ends are numbers that are known when the program is compiled, or settings before it that are, and some number lies between them. Truth values and tensors have none.",
		`layer Scale(by = 1.0 in 2..0, on: bool = true)(x: [...]) -> [...] {
    if on { by * x } else { x }
}`,
		`layer Scale(by = 1.0 in 0<..2, on: bool = true)(x: [...]) -> [...] {
    if on { by * x } else { x }
}`)},
}
