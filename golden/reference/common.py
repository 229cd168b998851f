"""What the reference scripts share: fixed numbers, the JSON form, the command line.

Numbers come from a linear congruential generator (Knuth's MMIX constants), rounded to
multiples of 1/1024, so that inputs are exact in float32 and short in the files.
"""
import argparse
import json
import os

import torch

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)


class Numbers:
    """A fixed stream of numbers; the same seed always gives the same tensors."""

    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 11) / 2**53

    def uniform(self, shape, lo=-1.0, hi=1.0):
        """Multiples of 1/1024 in [lo, hi], never 0 (a kink of too many functions)."""
        values = [round((lo + (hi - lo) * self.next()) * 1024) / 1024 for _ in range(size(shape))]
        return torch.tensor([v if v != 0 else 1 / 1024 for v in values]).reshape(shape)

    def ints(self, shape, n):
        return torch.tensor([int(self.next() * n) for _ in range(size(shape))]).reshape(shape)


def size(shape):
    n = 1
    for d in shape:
        n *= d
    return n


def tensor(t):
    """The JSON form of a tensor: its shape and its elements, the last axis fastest."""
    t = t.detach()
    return {"shape": list(t.shape), "data": t.reshape(-1).tolist()}


def case(name, f, options=None, second=False, fixed=(), **inputs):
    """Runs f on the inputs and differentiates sum over outputs of sum(output * cotangent).

    f returns a tensor or a dict of tensors. Integers and inputs named in fixed have no
    gradient. With second, so is the gradient of half the squared norm of the first input's
    gradient: the second derivatives times the gradient.
    """
    differentiated = [k for k, v in inputs.items() if v.is_floating_point() and k not in fixed]
    leaves = {k: v.clone().requires_grad_() if k in differentiated else v for k, v in inputs.items()}
    outputs = f(*leaves.values())
    if not isinstance(outputs, dict):
        outputs = {"y": outputs}
    stream = Numbers(len(name) + 1000)
    cotangents = {k: torch.ones(()) if y.dim() == 0 else stream.uniform(y.shape) for k, y in outputs.items()}
    total = sum((outputs[k] * cotangents[k]).sum() for k in outputs)
    grads = torch.autograd.grad(total, [leaves[k] for k in differentiated], create_graph=second)
    result = {"name": name, "options": options or {}}
    result["inputs"] = {k: tensor(v) for k, v in inputs.items()}
    result["outputs"] = {k: tensor(v) for k, v in outputs.items()}
    result["cotangents"] = {k: tensor(v) for k, v in cotangents.items()}
    result["gradients"] = {k: tensor(g) for k, g in zip(differentiated, grads)}
    if second:
        first = differentiated[0]
        result["second"] = {first: tensor(gradient_or_zero((grads[0]**2).sum() / 2, leaves[first]))}
    return result


def gradient_or_zero(y, x):
    """The gradient of y by x, zero where y is made of straight pieces in x."""
    g = torch.autograd.grad(y, [x], allow_unused=True)[0] if y.requires_grad else None
    return torch.zeros_like(x) if g is None else g


def text(value, indent=""):
    """JSON with one line for each list of numbers, floats in their shortest exact form."""
    inner = indent + " "
    if isinstance(value, dict) and set(value) == {"shape", "data"}:
        return json.dumps(value, allow_nan=False)
    if isinstance(value, dict) and value:
        rows = [f"{inner}{json.dumps(k)}: {text(v, inner)}" for k, v in value.items()]
        return "{\n" + ",\n".join(rows) + "\n" + indent + "}"
    if isinstance(value, list) and value and isinstance(value[0], (dict, list)):
        return "[\n" + ",\n".join(inner + text(v, inner) for v in value) + "\n" + indent + "]"
    return json.dumps(value, allow_nan=False)


def out_folder():
    """The folder of --out; by default the one this script is in."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", default=os.path.dirname(os.path.abspath(__file__)), help="folder for the JSON files")
    return parser.parse_args().out


def write(folder, name, script, **content):
    content = {"script": script, "torch": torch.__version__, **content}
    with open(os.path.join(folder, name), "w", newline="\n") as f:
        f.write(text(content) + "\n")
