package dsl

import "slices"

// Hint is what to write here instead of words that other languages and
// libraries of this field have.
type Hint struct {
	Words []string
	Write string
}

const (
	hintNoImport = "nothing is imported and nothing has a prefix: the library's layers, losses and optimizers are simply there, as in x |> Dense(64) |> relu"
	hintSizes    = "sizes have names: with x: [B, n] in the head, n is the size of x's second axis"
	hintInputs   = "the size of the inputs is not written, it follows from what the layer is called with: x |> Dense(8) has 8 outputs"
	hintWeights  = "parameters and layers belong to the body of the model that uses them; layer fc = Dense(8) gives one a name, x |> fc calls it"
	hintModel    = "a model is written model Net(x: [B, 4]) -> [B, 1] { x |> Dense(1) }; a part of one that is used again is a layer, written alike"
	hintFunc     = "a function is written func f(x: [...]) -> [...] { 2 * x }; one with parameters is a layer"
	hintPool     = "write max_pool(size: 2) or avg_pool(size: 2) right of |>"
)

// hints is the one table of them, by where a newcomer comes upon them.
var hints = []Hint{
	// at the top of a file
	{[]string{"import", "from", "using", "include"}, hintNoImport},
	{[]string{"class", "struct", "module"}, hintModel},
	{[]string{"def", "fn", "function", "fun", "lambda"}, hintFunc},
	// where statements begin
	{[]string{"return"}, "the last expression of a body is its value: write it without return"},
	{[]string{"let", "var", "val"}, "write name = value"},
	{[]string{"while"}, "write for i in 0..4 { … } for a fixed number of times, scan t over T { … } along an axis"},
	{[]string{"elif", "elseif"}, "write else if c { … }"},
	{[]string{"print", "printf", "println"}, "gtc eval FILE prints what a model computes; a report is printed while it trains"},
	{[]string{"range", "xrange"}, "write for i in 0..4 { … }"},
	// prefixes, and what stands after them
	{[]string{"self", "super", "this"}, hintWeights},
	{[]string{"nn", "torch", "tf", "keras", "layers", "optim", "np", "numpy", "jnp", "jax", "flax"}, hintNoImport},
	{[]string{"shape", "size", "ndim", "len"}, hintSizes},
	{[]string{"view"}, "write reshape(x, [B, 4, n/4])"},
	{[]string{"unsqueeze", "expand_dims", "newaxis"}, "write x[:, none] for a new axis"},
	{[]string{"squeeze"}, "write x[:, 0]"},
	{[]string{"cat", "concatenate"}, "write concat(a, b, axis: 1)"},
	{[]string{"transpose"}, "write x.T for the last two axes, permute(x, 1, 0) for any"},
	{[]string{"matmul", "mm", "bmm", "dot", "einsum"}, "write a @ b, or in index notation y[i, j] = sum[k](a[i, k] * b[k, j])"},
	{[]string{"detach"}, "write stop_gradient(x)"},
	{[]string{"backward", "zero_grad"}, "a train block does this by itself; grad(y, x) is a derivative"},
	// layers and losses
	{[]string{"Linear", "linear"}, "write Dense(8): it has 8 outputs, and the size of the inputs follows from what it is called with"},
	{[]string{"Sequential"}, "chain the layers: x |> Dense(64) |> relu |> Dense(10)"},
	{[]string{"Conv1d", "Conv1D", "Conv2d", "Conv2D"}, "write Conv(16, kernel: 3, pad: 1): it has 16 channels of output, those of the input follow"},
	{[]string{"BatchNorm1d", "BatchNorm2d", "BatchNormalization"}, "write BatchNorm right of |>"},
	{[]string{"LayerNormalization"}, "write LayerNorm right of |>"},
	{[]string{"MaxPool2d", "MaxPooling2D", "AvgPool2d", "AveragePooling2D"}, hintPool},
	{[]string{"GlobalAveragePooling2D", "AdaptiveAvgPool2d"}, "write global_avg_pool right of |>"},
	{[]string{"Embedding"}, "write param table: [V, D] ~ normal(0.02), and table[tok]"},
	{[]string{"CrossEntropyLoss", "NLLLoss", "SparseCategoricalCrossentropy", "CategoricalCrossentropy", "sparse_categorical_crossentropy"},
		"write cross_entropy(logits, y), of scores before any softmax and of the classes' numbers"},
	{[]string{"BCELoss", "BCEWithLogitsLoss", "BinaryCrossentropy", "binary_crossentropy", "binary_cross_entropy"},
		"write bce_logits(x, y) of scores, bce(p, y) of probabilities"},
	{[]string{"MSELoss", "mse_loss", "MeanSquaredError", "mean_squared_error"}, "write mse(x, y)"},
	{[]string{"L1Loss", "MAE", "MeanAbsoluteError", "mean_absolute_error"}, "write l1(x, y)"},
	// settings
	{[]string{"in", "in_features", "in_channels", "input_dim", "input_shape", "input_size"}, hintInputs},
	{[]string{"activation"}, "an activation is a step of its own: x |> Dense(64) |> relu"},
	{[]string{"batch_size"}, "batch 32 is a statement of the train block"},
	{[]string{"epochs", "num_epochs", "max_epochs", "n_epochs"}, "stop when epoch >= 30 is a statement of the train block"},
	{[]string{"early_stopping", "EarlyStopping", "patience"}, "write stop when epoch >= 100 or stalls(val.loss, epochs: 5)"},
	{[]string{"metric", "metrics"}, "write report accuracy = mean(argmax(logits) == y)"},
	{[]string{"scheduler", "lr_scheduler"}, "a schedule stands for the learning rate: with adam(lr: cosine(peak: 1e-3, warmup: 100))"},
	{[]string{"optimizer"}, "write with adam(lr: 1e-3) in the train block"},
	{[]string{"learning_rate"}, "the learning rate is a setting of the optimizer: with adam(lr: 1e-3)"},
	{[]string{"criterion", "objective"}, "write minimize cross_entropy(logits, y)"},
}

// settings are the names here of settings that other libraries have.
var settings = map[string]string{
	"units": "out", "out_features": "out", "out_channels": "out", "filters": "out", "use_bias": "bias",
	"kernel_size": "kernel", "strides": "stride", "padding": "pad", "pool_size": "size", "p": "rate",
	"learning_rate": "lr", "weight_decay": "decay", "betas": "beta1", "beta_1": "beta1", "beta_2": "beta2", "epsilon": "eps",
}

// SettingMeant is the one of names that a setting's name stands for: another
// library's word for it, or a near one; "" for none.
func SettingMeant(name string, names []string) string {
	if ours := settings[name]; slices.Contains(names, ours) {
		return ours
	}
	return DidYouMean(name, names)
}

// HintFor is what to write instead of a word that this language does not have;
// "" for a word that no hint is about.
func HintFor(word string) string {
	for _, h := range hints {
		if slices.Contains(h.Words, word) {
			return h.Write
		}
	}
	return ""
}

// Hints are all of them.
func Hints() []Hint { return slices.Clone(hints) }
