"""Each optimizer with each option alone and combined: the parameter after each of 50 steps."""
import torch

from common import Numbers, out_folder, write

STEPS, N = 50, 7

SGD = [
    dict(lr=0.05),
    dict(lr=0.05, momentum=0.9),
    dict(lr=0.05, momentum=0.9, dampening=0.3),
    dict(lr=0.05, momentum=0.9, nesterov=True),
    dict(lr=0.05, weight_decay=0.1),
    dict(lr=0.05, momentum=0.9, weight_decay=0.1),
    dict(lr=0.05, momentum=0.5, dampening=0.5, weight_decay=0.02),
    dict(lr=0.05, momentum=0.8, nesterov=True, weight_decay=0.1),
]
ADAGRAD = [
    dict(lr=0.1),
    dict(lr=0.1, lr_decay=0.05),
    dict(lr=0.1, weight_decay=0.1),
    dict(lr=0.1, initial_accumulator_value=0.5),
    dict(lr=0.1, eps=1e-2),
    dict(lr=0.2, lr_decay=0.01, weight_decay=0.05, initial_accumulator_value=0.1, eps=1e-6),
]
RMSPROP = [
    dict(lr=0.01),
    dict(lr=0.01, alpha=0.9),
    dict(lr=0.01, eps=1e-2),
    dict(lr=0.01, momentum=0.9),
    dict(lr=0.01, centered=True),
    dict(lr=0.01, weight_decay=0.1),
    dict(lr=0.01, momentum=0.5, centered=True),
    dict(lr=0.02, alpha=0.95, eps=1e-6, momentum=0.9, centered=True, weight_decay=0.05),
]
ADAM = [
    dict(lr=0.01),
    dict(lr=0.01, betas=(0.8, 0.95)),
    dict(lr=0.01, eps=1e-2),
    dict(lr=0.01, weight_decay=0.1),
    dict(lr=0.01, amsgrad=True),
    dict(lr=0.02, betas=(0.7, 0.9), eps=1e-6, weight_decay=0.05, amsgrad=True),
]
ADAMW = [dict(lr=0.01, weight_decay=0.0)] + ADAM
FAMILIES = [
    ("sgd", torch.optim.SGD, SGD),
    ("adagrad", torch.optim.Adagrad, ADAGRAD),
    ("rmsprop", torch.optim.RMSprop, RMSPROP),
    ("adam", torch.optim.Adam, ADAM),
    ("adamw", torch.optim.AdamW, ADAMW),
]


def gradient_list():
    """50 x 7 numbers: of order 1, 1, 0.01, 100, 1e-7, mostly zero, of one sign."""
    g = Numbers(7).uniform((STEPS, N), -1, 1) * torch.tensor([1, 1, 2.0**-7, 128, 2.0**-23, 1, 1])
    g[:, 1] *= torch.linspace(2, 0.125, STEPS).mul(1024).round() / 1024  # fades: amsgrad differs from adam
    g[:, 5] *= torch.arange(STEPS) % 5 == 3
    g[:, 6] = g[:, 6].abs()
    return g


def gradient(kind, w, g):
    return g.clone() if kind == "list" else w**3 - torch.cos(3 * w) + 0.5 * g


def run(make, options, kind, start, gs):
    w = torch.nn.Parameter(start.clone())
    optimizer = make([w], **options, foreach=False)
    path = []
    for g in gs:
        w.grad = gradient(kind, w.detach(), g)
        optimizer.step()
        path.append(w.detach().tolist())
    return path


def effective(make, options):
    """All options that shape the update, defaults included."""
    group = make([torch.nn.Parameter(torch.zeros(1))], **options).defaults
    names = ["lr", "momentum", "dampening", "nesterov", "lr_decay", "initial_accumulator_value", "alpha",
             "centered", "betas", "eps", "weight_decay", "amsgrad"]
    return {k: list(group[k]) if k == "betas" else group[k] for k in names if k in group}


def main():
    folder = out_folder()
    start = Numbers(3).uniform((N,), -1, 1)
    every = gradient_list()
    tame = every.clamp(-1, 1)  # what w**3 - cos(3w) + 0.5 g uses, so that sgd stays bounded
    for name, make, options in FAMILIES:
        runs = []
        for o in options:
            for kind, gs in [("list", every), ("function", tame)]:
                runs.append({"options": effective(make, o), "gradient": kind, "w": run(make, o, kind, start, gs)})
        write(folder, f"optimizer_{name}.json", "optimizers.py", optimizer=name, start=start.tolist(),
              g=every.tolist(), g_function=tame.tolist(), runs=runs)


main()
