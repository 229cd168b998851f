"""Values and gradients in float64 of losses, activations, layers and one small GPT."""
import math

import torch
import torch.nn.functional as F

from common import Numbers, case, out_folder, tensor, write

numbers = Numbers(5)


def floats(*values):
    return torch.tensor(values, dtype=torch.float64)


# Losses ---------------------------------------------------------------------------------

def pair_losses():
    """Losses of a prediction and a target of one shape; some differences are 0, delta, -delta."""
    x, y = numbers.uniform((4, 3), -2, 2), numbers.uniform((4, 3), -2, 2)
    for i, d in enumerate([0.0, 1.0, -1.0, 0.5, -0.5]):
        x.view(-1)[i] = y.view(-1)[i] + d
    cases = []
    for r in ["mean", "sum"]:
        o = {"reduction": r}
        cases += [
            case("mse", lambda x, y: F.mse_loss(x, y, reduction=r), o, x=x, y=y),
            case("l1", lambda x, y: F.l1_loss(x, y, reduction=r), o, x=x, y=y),
        ]
        for d in [1.0, 0.5]:
            cases += [
                case("huber", lambda x, y: F.huber_loss(x, y, reduction=r, delta=d), {**o, "delta": d}, x=x, y=y),
                case("smooth_l1", lambda x, y: F.smooth_l1_loss(x, y, reduction=r, beta=d), {**o, "beta": d}, x=x, y=y),
            ]
    return cases


def binary_losses():
    p, y = numbers.uniform((4, 3), 0.01, 0.99), numbers.ints((4, 3), 2).double()
    soft = numbers.uniform((4, 3), 0, 1)
    x = numbers.uniform((4, 3), -3, 3)
    x[0] = floats(40, -40, 0)
    x[1] = floats(800, -800, 1000)
    cases = []
    for r in ["mean", "sum"]:
        o = {"reduction": r}
        for t, target in [("hard", y), ("soft", soft)]:
            t = {**o, "target": t}
            cases += [
                case("bce", lambda p, y: F.binary_cross_entropy(p, y, reduction=r), t, fixed=["y"], p=p, y=target),
                case("bce_with_logits", lambda x, y: F.binary_cross_entropy_with_logits(x, y, reduction=r), t, fixed=["y"], x=x, y=target),
            ]
    cases.append(case("bce_edge", lambda p, y: F.binary_cross_entropy(p, y, reduction="sum"),
                      {"reduction": "sum"}, fixed=["y"], p=floats(0.0, 1.0, 1.0, 0.0), y=floats(0.0, 1.0, 0.0, 1.0)))
    return cases


def class_losses():
    logits, y = numbers.uniform((5, 4), -3, 3), numbers.ints((5,), 4)
    far = logits * 300  # an exp without the maximum taken out overflows here
    seq, seq_y = numbers.uniform((2, 3, 4), -3, 3), numbers.ints((2, 3), 4)
    weight = floats(1, 2, 0.5, 0.25)
    cases = []
    for r in ["mean", "sum"]:
        o = {"reduction": r}
        cases += [
            case("cross_entropy", lambda logits, y: F.cross_entropy(logits, y, reduction=r), o, logits=logits, y=y),
            case("cross_entropy_far", lambda logits, y: F.cross_entropy(logits, y, reduction=r), o, logits=far, y=y),
            case("cross_entropy_sequence", lambda logits, y: F.cross_entropy(logits.flatten(0, 1), y.flatten(), reduction=r),
                 o, logits=seq, y=seq_y),
            case("cross_entropy_weighted", lambda logits, y: F.cross_entropy(logits, y, weight, reduction=r),
                 {**o, "weight": weight.tolist()}, logits=logits, y=y),
            case("cross_entropy_smoothed", lambda logits, y: F.cross_entropy(logits, y, reduction=r, label_smoothing=0.1),
                 {**o, "label_smoothing": 0.1}, logits=logits, y=y),
            case("nll", lambda log_p, y: F.nll_loss(log_p, y, reduction=r), o, log_p=F.log_softmax(logits, 1), y=y),
        ]
    p = F.softmax(numbers.uniform((5, 4)), 1)
    p[0] = floats(0, 0.25, 0.75, 0)  # 0 log 0 is 0
    for r, n in [("mean", p.numel()), ("sum", 1), ("batchmean", len(p))]:
        cases.append(case("kl_div", lambda log_q, p: F.kl_div(log_q, p, reduction="sum") / n, {"reduction": r}, fixed=["p"],
                          log_q=F.log_softmax(logits, 1), p=p))
    return cases


# Activations ----------------------------------------------------------------------------

def activations():
    x = floats(-50, -20.5, -8, -5, -3, -2.5, -1, -0.5, -0.125, -1e-3, 0, 1e-3, 0.125, 0.5, 1, 2.5, 3, 5, 8, 20.5, 50)
    table = [
        ("relu", F.relu, {}),
        ("leaky_relu", lambda x: F.leaky_relu(x, 0.01), {"slope": 0.01}),
        ("leaky_relu", lambda x: F.leaky_relu(x, 0.2), {"slope": 0.2}),
        ("elu", lambda x: F.elu(x, 1.0), {"alpha": 1.0}),
        ("elu", lambda x: F.elu(x, 1.5), {"alpha": 1.5}),
        ("selu", F.selu, {}),
        ("gelu", lambda x: F.gelu(x, approximate="none"), {"form": "erf"}),
        ("gelu", lambda x: F.gelu(x, approximate="tanh"), {"form": "tanh"}),
        ("silu", F.silu, {}),
        ("mish", F.mish, {}),
        ("softplus", F.softplus, {"beta": 1.0, "threshold": 20.0}),
        ("softsign", F.softsign, {}),
        ("sigmoid", torch.sigmoid, {}),
        ("logsigmoid", F.logsigmoid, {}),
        ("tanh", torch.tanh, {}),
    ]
    return [case(n, f, o, second=True, x=x) for n, f, o in table]


def softmaxes():
    a, b = numbers.uniform((3, 5), -3, 3), numbers.uniform((2, 3, 4), -3, 3)
    a[0] *= 300
    cases = []
    for name, f in [("softmax", F.softmax), ("log_softmax", F.log_softmax), ("logsumexp", torch.logsumexp)]:
        cases += [case(name, lambda x: f(x, axis), {"axis": axis}, second=True, x=x) for x, axis in [(a, 1), (b, 1), (b, 2)]]
    return cases


# Layers ---------------------------------------------------------------------------------

def dense():
    W, b = numbers.uniform((3, 2)), numbers.uniform((2,))
    cases = []
    for x in [numbers.uniform((4, 3)), numbers.uniform((2, 2, 3))]:
        cases += [
            case("linear", lambda x, W, b: F.linear(x, W.t(), b), {"bias": True}, x=x, W=W, b=b),
            case("linear", lambda x, W: F.linear(x, W.t()), {"bias": False}, x=x, W=W),
        ]
    table = numbers.uniform((7, 3))
    tokens = torch.tensor([[0, 6, 2], [2, 2, 5]])  # 2 three times: its gradient is a sum
    cases.append(case("embedding", lambda table, tokens: F.embedding(tokens, table), table=table, tokens=tokens))
    return cases


def layer_norms():
    cases = []
    for shape in [(4, 6), (2, 3, 5)]:
        n = shape[-1]
        for eps in [1e-5, 0.1]:
            cases.append(case("layer_norm", lambda x, gain, shift: F.layer_norm(x, (n,), gain, shift, eps), {"eps": eps},
                              x=numbers.uniform(shape, -2, 2), gain=numbers.uniform((n,), 0.5, 1.5), shift=numbers.uniform((n,))))
    return cases


def batch_norm(shape, momentum, eps):
    """Three training steps, then one evaluation; running statistics after each step."""
    c = shape[1]
    axes = [0] + list(range(2, len(shape)))
    gain, shift = numbers.uniform((c,), 0.5, 1.5), numbers.uniform((c,))
    mean, var, population = torch.zeros(c), torch.ones(c), torch.ones(c)
    steps = []
    for _ in range(3):
        x = numbers.uniform(shape, -2, 3)
        steps.append(case("train", lambda x, gain, shift: F.batch_norm(x, mean.clone(), var.clone(), gain, shift, True, momentum, eps),
                          x=x, gain=gain, shift=shift))
        F.batch_norm(x, mean, var, gain, shift, True, momentum, eps)
        population = (1 - momentum) * population + momentum * x.var(axes, unbiased=False)
        steps[-1]["running"] = {"mean": tensor(mean), "var": tensor(var), "var_population": tensor(population)}
    steps.append(case("eval", lambda x, gain, shift: F.batch_norm(x, mean, var, gain, shift, False, momentum, eps),
                      x=numbers.uniform(shape, -2, 3), gain=gain, shift=shift))
    return {"name": f"batch_norm{len(shape) - 2 or 1}d", "options": {"momentum": momentum, "eps": eps}, "steps": steps}


def batch_norms():
    return [batch_norm((5, 3), 0.1, 1e-5), batch_norm((5, 3), 0.3, 1e-2), batch_norm((3, 2, 4, 3), 0.1, 1e-5)]


def convolutions():
    x = numbers.uniform((2, 2, 6, 5))
    cases = []
    for k in [1, 3, 5]:
        W, b = numbers.uniform((3, 2, k, k)), numbers.uniform((3,))
        for stride in [1, 2]:
            for pad in [0, 1]:
                cases.append(case("conv2d", lambda x, W, b: F.conv2d(x, W, b, stride, pad),
                                  {"kernel": k, "stride": stride, "pad": pad}, x=x, W=W, b=b))
    return cases


def convolution_options():
    x = numbers.uniform((2, 4, 6, 5))
    W, D = numbers.uniform((4, 4, 3, 3)), numbers.uniform((4, 1, 3, 3))
    L, T = numbers.uniform((2, 3, 7)), numbers.uniform((2, 3, 3))
    U = numbers.uniform((4, 2, 3, 3))
    return [
        case("conv2d", lambda x, W: F.conv2d(x, W, dilation=2, padding=2), {"dilation": 2, "pad": 2, "stride": 1}, x=x, W=W),
        case("conv2d_depthwise", lambda x, W: F.conv2d(x, W, groups=4, padding=1), {"groups": 4, "pad": 1, "stride": 1}, x=x, W=D),
        case("conv1d", lambda x, W: F.conv1d(x, W, padding=1), {"pad": 1, "stride": 1}, x=L, W=T),
        case("conv2d_transposed", lambda x, W: F.conv_transpose2d(x, W, stride=2, padding=1, output_padding=1),
             {"stride": 2, "pad": 1, "output_pad": 1}, x=x, W=U),
    ]


def pools():
    x = numbers.uniform((2, 2, 6, 5))
    ties = numbers.ints((1, 1, 6, 6), 3).double()  # the gradient goes to the first of equals, row by row
    cases = []
    for k, stride, pad in [(2, 2, 0), (3, 1, 0), (3, 2, 1), (3, 1, 1)]:
        o = {"kernel": k, "stride": stride, "pad": pad}
        cases.append(case("max_pool2d", lambda x: F.max_pool2d(x, k, stride, pad), o, x=x))
        cases.append(case("max_pool2d_ties", lambda x: F.max_pool2d(x, k, stride, pad), o, x=ties))
        for counted in [False, True]:
            cases.append(case("avg_pool2d", lambda x: F.avg_pool2d(x, k, stride, pad, count_include_pad=counted),
                              {**o, "count_include_pad": counted}, x=x))
    cases.append(case("global_avg_pool", lambda x: F.adaptive_avg_pool2d(x, 1).flatten(1), x=x))
    return cases


# Sequences ------------------------------------------------------------------------------

def lstm(x, Wx, Wh, b, h0, c0):
    """torch's LSTM with the weights as [in, 4*hidden] and one bias; gates in the order i, f, g, o."""
    y, h, c = torch.lstm(x, (h0[None], c0[None]), [Wx.t(), Wh.t(), b, torch.zeros_like(b)], True, 1, 0.0, False, False, True)
    return {"y": y, "h": h[0], "c": c[0]}


def lstms():
    cases = []
    for B, T, n, hidden in [(1, 1, 2, 3), (2, 5, 3, 4)]:
        start = {"h0": numbers.uniform((B, hidden)), "c0": numbers.uniform((B, hidden))}
        weights = {"Wx": numbers.uniform((n, 4 * hidden)), "Wh": numbers.uniform((hidden, 4 * hidden)), "b": numbers.uniform((4 * hidden,))}
        x = numbers.uniform((B, T, n), -2, 2)
        zero = torch.zeros(B, hidden)
        cases += [
            case("lstm", lstm, {"start": "given"}, x=x, **weights, **start),
            case("lstm", lambda x, Wx, Wh, b: lstm(x, Wx, Wh, b, zero, zero), {"start": "zeros"}, x=x, **weights),
        ]
    return cases


def attend(q, k, v, causal):
    """q, k, v are [B, H, T, d]; scores are divided by sqrt(d); causal hides later positions."""
    scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
    if causal:
        later = torch.ones(q.shape[-2], k.shape[-2], dtype=torch.bool).triu(1)
        scores = scores.masked_fill(later, -math.inf)
    weights = F.softmax(scores, -1)
    return weights, weights @ v


def heads_of(x, heads):
    B, T, D = x.shape
    return x.view(B, T, heads, D // heads).transpose(1, 2)


def merge_heads(x):
    return x.transpose(1, 2).flatten(2)


def attention(x, W, b, U, c, heads, causal=True):
    """x @ W + b is q, k, v side by side; U and c are the output projection."""
    q, k, v = (heads_of(part, heads) for part in (x @ W + b).chunk(3, -1))
    return merge_heads(attend(q, k, v, causal)[1]) @ U + c


def attentions():
    q, k, v = (numbers.uniform((2, 2, 4, 3), -2, 2) for _ in range(3))
    cases = [case("attend", lambda q, k, v: dict(zip(["weights", "y"], attend(q, k, v, causal))), {"causal": causal}, q=q, k=k, v=v)
             for causal in [True, False]]
    D = 6
    weights = {"W": numbers.uniform((D, 3 * D)), "b": numbers.uniform((3 * D,)), "U": numbers.uniform((D, D)), "c": numbers.uniform((D,))}
    x = numbers.uniform((2, 4, D), -2, 2)
    cases += [case("multihead", lambda x, W, b, U, c: attention(x, W, b, U, c, 2, causal), {"heads": 2, "causal": causal}, x=x, **weights)
              for causal in [True, False]]
    return cases


# A GPT ----------------------------------------------------------------------------------

V, D, HEADS, LAYERS, B, T = 11, 8, 2, 2, 2, 5


def gpt_parameters():
    def norm(name):
        return {f"{name}.gain": numbers.uniform((D,), 0.75, 1.25), f"{name}.shift": numbers.uniform((D,), -0.25, 0.25)}

    def linear(name, n, out):
        return {f"{name}.W": numbers.uniform((n, out), -0.5, 0.5), f"{name}.b": numbers.uniform((out,), -0.25, 0.25)}

    p = {"wte": numbers.uniform((V, D), -0.5, 0.5), "wpe": numbers.uniform((T, D), -0.5, 0.5)}
    for i in range(LAYERS):
        at = f"layers.{i}"
        p |= norm(f"{at}.norm1") | linear(f"{at}.qkv", D, 3 * D) | linear(f"{at}.proj", D, D)
        p |= norm(f"{at}.norm2") | linear(f"{at}.up", D, 4 * D) | linear(f"{at}.down", 4 * D, D)
    return p | norm("norm")


def gpt(p, tok):
    def norm(x, name):
        return F.layer_norm(x, (D,), p[f"{name}.gain"], p[f"{name}.shift"], 1e-5)

    h = p["wte"][tok] + p["wpe"]
    for i in range(LAYERS):
        at = f"layers.{i}"
        h = h + attention(norm(h, f"{at}.norm1"), p[f"{at}.qkv.W"], p[f"{at}.qkv.b"], p[f"{at}.proj.W"], p[f"{at}.proj.b"], HEADS)
        up = F.gelu(norm(h, f"{at}.norm2") @ p[f"{at}.up.W"] + p[f"{at}.up.b"], approximate="tanh")
        h = h + up @ p[f"{at}.down.W"] + p[f"{at}.down.b"]
    return norm(h, "norm") @ p["wte"].t()


def gpt_training():
    """Logits, loss and gradients at the start, then the losses of 10 adamw steps on the same rows."""
    init = gpt_parameters()
    tok, following = numbers.ints((B, T), V), numbers.ints((B, T), V)
    p = {k: torch.nn.Parameter(v.clone()) for k, v in init.items()}
    options = dict(lr=1e-2, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.1)
    optimizer = torch.optim.AdamW(p.values(), **options, foreach=False)
    losses = []
    for step in range(10):
        optimizer.zero_grad()
        logits = gpt(p, tok)
        loss = F.cross_entropy(logits.flatten(0, 1), following.flatten())
        loss.backward()
        if step == 0:
            first = {"logits": tensor(logits), "gradients": {k: tensor(v.grad) for k, v in p.items()}}
        optimizer.step()
        losses.append(loss.item())
    return {"dims": {"V": V, "D": D, "H": HEADS, "L": LAYERS, "B": B, "T": T}, "tok": tensor(tok), "next": tensor(following),
            "parameters": {k: tensor(v) for k, v in init.items()}, **first, "adamw": options, "loss": losses}


# What happens around the optimizer --------------------------------------------------------

def clip_norms():
    grads = {"a": numbers.uniform((3, 2), -2, 2), "b": numbers.uniform((4,), -2, 2), "c": numbers.uniform((1,), -2, 2)}
    zeros = {k: torch.zeros_like(g) for k, g in grads.items()}
    cases = []
    for gs in [grads, zeros]:
        for bound, kind in [(1.0, "2"), (0.25, "2"), (100.0, "2"), (1.0, "inf"), (1.0, "1")]:
            p = [torch.nn.Parameter(torch.zeros_like(g)) for g in gs.values()]
            for leaf, g in zip(p, gs.values()):
                leaf.grad = g.clone()
            norm = torch.nn.utils.clip_grad_norm_(p, bound, float(kind))
            cases.append({"max_norm": bound, "norm_type": kind, "norm": norm.item(),
                          "gradients": {k: tensor(g) for k, g in gs.items()},
                          "clipped": {k: tensor(leaf.grad) for k, leaf in zip(gs, p)}})
    return cases


def cosine(step, total, peak, warmup, floor):
    if step < warmup:
        return peak * step / warmup
    return floor + (peak - floor) * 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(1, total - warmup)))


def cosines():
    cases = []
    for peak, warmup, floor, total in [(1e-3, 0, 0, 20), (1e-3, 5, 0, 20), (0.3, 5, 0.01, 50), (1.0, 1, 0, 2), (1.0, 10, 0.1, 10), (1.0, 30, 0, 12)]:
        cases.append({"peak": peak, "warmup": warmup, "floor": floor, "total": total,
                      "lr": [cosine(s, total, peak, warmup, floor) for s in range(1, total + 1)]})
    return cases


def main():
    folder = out_folder()
    files = {
        "losses": lambda: {"cases": pair_losses() + binary_losses() + class_losses()},
        "activations": lambda: {"cases": activations() + softmaxes()},
        "dense": lambda: {"cases": dense() + layer_norms()},
        "batch_norm": lambda: {"cases": batch_norms()},
        "conv": lambda: {"cases": convolutions()},
        "conv_options": lambda: {"cases": convolution_options()},
        "pool": lambda: {"cases": pools()},
        "lstm": lambda: {"cases": lstms()},
        "attention": lambda: {"cases": attentions()},
        "gpt": gpt_training,
        "clip_norm": lambda: {"cases": clip_norms()},
        "cosine": lambda: {"cases": cosines()},
    }
    for seed, (name, make) in enumerate(files.items()):
        numbers.state = 100 + seed  # each file by itself, so that a new case changes one file only
        write(folder, f"{name}.json", "losses_layers.py", **make())


main()
