package dsl

import "slices"

// Hint is what to write here instead of words that other languages and
// libraries of this field have.
type Hint struct {
	Words  []string
	Write  string
	Begins bool // they begin statements or declarations, and are names like any other elsewhere
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
	{Begins: true, Words: []string{"import", "from", "using", "include"}, Write: hintNoImport},
	{Begins: true, Words: []string{"class", "struct", "module"}, Write: hintModel},
	{Begins: true, Words: []string{"def", "fn", "function", "fun"}, Write: hintFunc},
	// where statements begin
	{Begins: true, Words: []string{"return"}, Write: "the last expression of a body is its value: write it without return"},
	{Begins: true, Words: []string{"let", "var", "val"}, Write: "write name = value"},
	{Begins: true, Words: []string{"while"}, Write: "write for i in 0..4 { … } for a fixed number of times, scan t over T { … } along an axis"},
	{Begins: true, Words: []string{"elif", "elseif"}, Write: "write else if c { … }"},
	{Begins: true, Words: []string{"print", "printf", "println"}, Write: "gtc eval FILE prints what a model computes; a report is printed while it trains"},
	{Words: []string{"lambda"}, Write: hintFunc},
	{Words: []string{"range", "xrange"}, Write: "write for i in 0..4 { … }"},
	// prefixes, and what stands after them
	{Words: []string{"self", "super", "this"}, Write: hintWeights},
	{Words: []string{"nn", "torch", "tf", "keras", "layers", "optim", "np", "numpy", "jnp", "jax", "flax"}, Write: hintNoImport},
	{Words: []string{"shape", "size", "ndim", "len"}, Write: hintSizes},
	{Words: []string{"view"}, Write: "write reshape(x, [B, 4, n/4])"},
	{Words: []string{"unsqueeze", "expand_dims", "newaxis"}, Write: "write x[:, none] for a new axis"},
	{Words: []string{"squeeze"}, Write: "write x[:, 0]"},
	{Words: []string{"cat", "concatenate"}, Write: "write concat(a, b, axis: 1)"},
	{Words: []string{"transpose"}, Write: "write x.T for the last two axes, permute(x, 1, 0) for any"},
	{Words: []string{"matmul", "mm", "bmm", "dot", "einsum"}, Write: "write a @ b, or in index notation y[i, j] = sum[k](a[i, k] * b[k, j])"},
	{Words: []string{"detach"}, Write: "write stop_gradient(x)"},
	{Words: []string{"backward", "zero_grad"}, Write: "a train block does this by itself; grad(y, x) is a derivative"},
	// layers and losses
	{Words: []string{"Linear", "linear"}, Write: "write Dense(8): it has 8 outputs, and the size of the inputs follows from what it is called with"},
	{Words: []string{"Sequential"}, Write: "chain the layers: x |> Dense(64) |> relu |> Dense(10)"},
	{Words: []string{"Conv1d", "Conv1D", "Conv2d", "Conv2D"}, Write: "write Conv(16, kernel: 3, pad: 1): it has 16 channels of output, those of the input follow"},
	{Words: []string{"BatchNorm1d", "BatchNorm2d", "BatchNormalization"}, Write: "write BatchNorm right of |>"},
	{Words: []string{"LayerNormalization"}, Write: "write LayerNorm right of |>"},
	{Words: []string{"MaxPool2d", "MaxPooling2D", "AvgPool2d", "AveragePooling2D"}, Write: hintPool},
	{Words: []string{"GlobalAveragePooling2D", "AdaptiveAvgPool2d"}, Write: "write global_avg_pool right of |>"},
	{Words: []string{"Embedding"}, Write: "write param table: [V, D] ~ normal(0.02), and table[tok]"},
	{Words: []string{"gelu_tanh", "gelu_new", "gelu_pytorch_tanh"}, Write: "write gelu, the form by tanh; gelu_erf is the exact one"},
	{Words: []string{"CrossEntropyLoss", "NLLLoss", "SparseCategoricalCrossentropy", "CategoricalCrossentropy", "sparse_categorical_crossentropy"},
		Write: "write cross_entropy(logits, y), of scores before any softmax and of the classes' numbers"},
	{Words: []string{"BCELoss", "BCEWithLogitsLoss", "BinaryCrossentropy", "binary_crossentropy", "binary_cross_entropy"},
		Write: "write bce_logits(x, y) of scores, bce(p, y) of probabilities"},
	{Words: []string{"MSELoss", "mse_loss", "MeanSquaredError", "mean_squared_error"}, Write: "write mse(x, y)"},
	{Words: []string{"L1Loss", "MAE", "MeanAbsoluteError", "mean_absolute_error"}, Write: "write l1(x, y)"},
	// settings
	{Words: []string{"in", "in_features", "in_channels", "input_dim", "input_shape", "input_size"}, Write: hintInputs},
	{Words: []string{"activation"}, Write: "an activation is a step of its own: x |> Dense(64) |> relu"},
	{Words: []string{"batch_size"}, Write: "batch 32 is a statement of the train block"},
	{Words: []string{"epochs", "num_epochs", "max_epochs", "n_epochs"}, Write: "stop when epoch >= 30 is a statement of the train block"},
	{Words: []string{"early_stopping", "EarlyStopping", "patience"}, Write: "write stop when epoch >= 100 or stalls(val.loss, epochs: 5)"},
	{Words: []string{"metric", "metrics"}, Write: "write report accuracy = mean(argmax(logits) == y)"},
	{Words: []string{"scheduler", "lr_scheduler"}, Write: "a schedule stands for the learning rate: with adam(lr: cosine(peak: 1e-3, warmup: 100))"},
	{Words: []string{"optimizer"}, Write: "write with adam(lr: 1e-3) in the train block"},
	{Words: []string{"learning_rate"}, Write: "the learning rate is a setting of the optimizer: with adam(lr: 1e-3)"},
	{Words: []string{"criterion", "objective"}, Write: "write minimize cross_entropy(logits, y)"},
}

// settings are the names here of settings that other libraries have.
var settings = map[string]string{
	"units": "out", "out_features": "out", "out_channels": "out", "filters": "out", "use_bias": "bias",
	"kernel_size": "kernel", "strides": "stride", "padding": "pad", "pool_size": "size", "p": "rate",
	"learning_rate": "lr", "weight_decay": "decay", "betas": "beta1", "beta_1": "beta1", "beta_2": "beta2", "epsilon": "eps",
}

const hintSign = ", a small number above 0; what is to grow is minimized with its sign changed"

// outside says what to write instead of a number that a setting cannot be.
var outside = map[string]string{
	"optimizer lr": "write lr: 1e-3" + hintSign, "schedule peak": "write peak: 1e-3" + hintSign, "schedule value": "write 1e-3" + hintSign,
}

// HintOutside is what to write for a setting of such a callable instead of a
// number outside its range; "" where the range says it.
func HintOutside(kind CallableKind, name string) string { return outside[string(kind)+" "+name] }

// SettingMeant is the one of names that a setting's name stands for: another
// library's word for it, or a near one; "" for none.
func SettingMeant(name string, names []string) string {
	if ours := settings[name]; slices.Contains(names, ours) {
		return ours
	}
	return DidYouMean(name, names)
}

// HintFor is what to write instead of a word that this language does not have,
// and that begins a statement or does not; "" for a word that no hint is about.
func HintFor(word string, begins bool) string {
	for _, h := range hints {
		if slices.Contains(h.Words, word) && (begins || !h.Begins) {
			return h.Write
		}
	}
	return ""
}

// Hints are all of them.
func Hints() []Hint { return slices.Clone(hints) }
