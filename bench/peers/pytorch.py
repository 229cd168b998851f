"""PyTorch, trained as its documentation shows.

    pytorch.py MODE OPTIMIZER THREADS

MODE: eager; compile (torch.compile of model and loss); whole (torch.compile of
the whole step: loss, gradients by torch.func, update).
OPTIMIZER: how torch.optim does an update (single, foreach or fused); compiled
(its step under torch.compile).
"""

import sys

import torch
from torch import nn
from torch.nn import functional as F

import wire

mode, update, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
torch.set_num_threads(threads)
torch.set_num_interop_threads(1)


def mlp(tensors, *names):
    """Dense layers with relu between them."""
    layers = []
    for name in names:
        weight, bias = (torch.from_numpy(tensors[name + suffix]) for suffix in (".W", ".b"))
        layer = nn.Linear(*weight.shape)
        with torch.no_grad():
            layer.weight.copy_(weight.T)
            layer.bias.copy_(bias)
        layers += [layer, nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def sgd_rule(p, g, step, v, lr=0.01, momentum=0.9):
    v.mul_(momentum).add_(g)
    p.sub_(lr * v)


def adam_rule(p, g, step, m, v, lr=1e-3, b1=0.9, b2=0.999, eps=1e-8):
    m.mul_(b1).add_(g, alpha=1 - b1)
    v.mul_(b2).add_(g * g, alpha=1 - b2)
    p.sub_(lr * (m / (1 - b1**step)) / ((v / (1 - b2**step)).sqrt() + eps))


sgd_rule.kept, adam_rule.kept = 1, 2


class Workload:
    """A model, its loss, its optimizer and the type of its targets."""

    def __init__(self, model, loss, optimizer, targets=torch.long):
        self.model, self.loss, self.optimizer, self.targets = model, loss, optimizer, targets


def sgd(parameters, **how):
    return torch.optim.SGD(parameters, lr=0.01, momentum=0.9, **how)


def adam(parameters, **how):
    return torch.optim.Adam(parameters, lr=1e-3, **how)


RULES = {sgd: sgd_rule, adam: adam_rule}

WORKLOADS = {
    "linreg": Workload(lambda t: mlp(t, "Line.dense1"), F.mse_loss, sgd, torch.float32),
    "mlp-digits": Workload(lambda t: mlp(t, "MLP.dense1", "MLP.dense2"), F.cross_entropy, adam),
    "mlp-mnist": Workload(lambda t: mlp(t, "MLP.dense1", "MLP.dense2", "MLP.dense3"), F.cross_entropy, adam),
}


class Training(wire.Training):
    def __init__(self, row):
        super().__init__(row)
        tensors = wire.read_tensors(row["file"])
        rows = int(row["rows"])
        self.workload = WORKLOADS[row["name"]]
        self.model = self.workload.model(tensors)
        x = torch.from_numpy(tensors["x"])
        y = torch.from_numpy(tensors["y"]).to(self.workload.targets)
        self.batches = list(zip(x.split(rows), y.split(rows)))
        self.parameters = list(self.model.parameters())
        self.first = [p.detach().clone() for p in self.parameters]
        how = {"foreach": {"foreach": True}, "fused": {"fused": True}}.get(update, {"foreach": False})
        self.optimizer = self.workload.optimizer(self.parameters, **how)
        self.step = self.make_whole_step() if mode == "whole" else self.make_step()

    def make_whole_step(self):
        """A step without autograd's tape and without torch.optim, all of it
        in one compiled function."""
        model, loss_of, rule = self.model, self.workload.loss, RULES[self.workload.optimizer]
        values = {name: p.detach() for name, p in model.named_parameters()}
        self.kept = {name: [torch.zeros_like(p) for _ in range(rule.kept)] for name, p in values.items()}
        self.count = torch.zeros(())

        def objective(values, x, y):
            return loss_of(torch.func.functional_call(model, values, (x,)), y)

        @torch.compile(fullgraph=True)
        def step(x, y):
            grads, loss = torch.func.grad_and_value(objective)(values, x, y)
            self.count.add_(1)
            for name, p in values.items():
                rule(p, grads[name], self.count, *self.kept[name])
            return loss

        return torch.no_grad()(step)

    def make_step(self):
        optimizer, model, loss_of = self.optimizer, self.model, self.workload.loss

        def objective(x, y):
            return loss_of(model(x), y)

        if mode == "compile":
            objective = torch.compile(objective)
        apply = torch.compile(optimizer.step) if update == "compiled" else optimizer.step

        def step(x, y):
            optimizer.zero_grad(set_to_none=True)
            loss = objective(x, y)
            loss.backward()
            apply()
            return loss

        return step

    def reset(self):
        with torch.no_grad():
            for parameter, first in zip(self.parameters, self.first):
                parameter.copy_(first)
            if mode == "whole":
                for kept in [[self.count]] + list(self.kept.values()):
                    for value in kept:
                        value.zero_()
            for state in self.optimizer.state.values():
                for value in state.values():
                    if torch.is_tensor(value):
                        value.zero_()
        if isinstance(self.optimizer, torch.optim.SGD):
            self.optimizer.state.clear()  # its first step takes the gradient as momentum

    def steps(self, n, keep=None):
        for i in range(n):
            loss = self.step(*self.batches[i % len(self.batches)])
            if keep:
                keep(loss)
        return loss


def load(row):
    if row["kind"] != "model" or row["name"] not in WORKLOADS:
        raise wire.NotHere("not a workload in pytorch.py")
    return Training(row)


wire.serve("PyTorch %s" % torch.__version__, load)
