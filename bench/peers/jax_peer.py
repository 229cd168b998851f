"""JAX: the step is jitted, what it updates is donated.

    jax_peer.py steps|loop

steps: a call for each step. loop: all steps of a unit in one fori_loop.
"""

import sys

import jax
import jax.numpy as jnp
import numpy as np

import wire

mode = sys.argv[1]


def mlp(*names):
    """Dense layers with relu between them."""

    def logits(params, x):
        for name in names:
            x = x @ params[name + ".W"] + params[name + ".b"]
            if name != names[-1]:
                x = jax.nn.relu(x)
        return x

    return logits


def cross_entropy(logits, y):
    rows = jnp.arange(logits.shape[0])
    return jnp.mean(jax.nn.logsumexp(logits, axis=-1) - logits[rows, y])


def mse(y, target):
    return jnp.mean((y - target) ** 2)


def sgd(params, state, grads, step, lr=0.01, momentum=0.9):
    v = jax.tree.map(lambda v, g: momentum * v + g, state["v"], grads)
    return jax.tree.map(lambda p, v: p - lr * v, params, v), {"v": v}


def adam(params, state, grads, step, lr=1e-3, b1=0.9, b2=0.999, eps=1e-8):
    m = jax.tree.map(lambda m, g: b1 * m + (1 - b1) * g, state["m"], grads)
    v = jax.tree.map(lambda v, g: b2 * v + (1 - b2) * g * g, state["v"], grads)
    c1, c2 = 1 - b1**step, 1 - b2**step
    params = jax.tree.map(lambda p, m, v: p - lr * (m / c1) / (jnp.sqrt(v / c2) + eps), params, m, v)
    return params, {"m": m, "v": v}


# model, loss, optimizer, what it keeps for each parameter, type of targets
WORKLOADS = {
    "linreg": (mlp("Line.dense1"), mse, sgd, "v", np.float32),
    "mlp-digits": (mlp("MLP.dense1", "MLP.dense2"), cross_entropy, adam, "mv", np.int32),
    "mlp-mnist": (mlp("MLP.dense1", "MLP.dense2", "MLP.dense3"), cross_entropy, adam, "mv", np.int32),
}


class Training(wire.Training):
    def __init__(self, row):
        super().__init__(row)
        tensors = wire.read_tensors(row["file"])
        rows = int(row["rows"])
        self.model, self.loss, self.optimizer, self.kept, targets = WORKLOADS[row["name"]]
        x, y = tensors.pop("x"), tensors.pop("y").astype(targets)
        self.first = tensors
        self.batches = [
            (jax.device_put(x[i : i + rows]), jax.device_put(y[i : i + rows])) for i in range(0, len(x), rows)
        ]
        self.one = jax.jit(self.step, donate_argnums=0)
        self.many = jax.jit(self.loop, donate_argnums=0, static_argnums=2)

    def step(self, carry, x, y):
        params, state, step = carry
        loss, grads = jax.value_and_grad(lambda p: self.loss(self.model(p, x), y))(params)
        step = step + 1
        params, state = self.optimizer(params, state, grads, step)
        return (params, state, step), loss

    def loop(self, carry, batch, n):
        def body(_, kept):
            return self.step(kept[0], *batch)

        return jax.lax.fori_loop(0, n, body, (carry, jnp.float32(0)))

    def reset(self):
        params = {name: jnp.array(value) for name, value in self.first.items()}
        state = {key: {name: jnp.zeros_like(value) for name, value in self.first.items()} for key in self.kept}
        self.carry = jax.block_until_ready((params, state, jnp.float32(0)))

    def steps(self, n, keep=None):
        if mode == "loop":
            self.carry, loss = self.many(self.carry, self.batches[0], n)
            return loss
        for i in range(n):
            self.carry, loss = self.one(self.carry, *self.batches[i % len(self.batches)])
            if keep:
                keep(loss)
        return loss

    def check(self, n):
        if mode != "loop":
            return super().check(n)
        return [self.last_of(i + 1) for i in range(n)]

    def last_of(self, n):
        self.reset()
        return float(self.steps(n))

    def wait(self, loss):
        jax.block_until_ready((self.carry, loss))


def load(row):
    if row["kind"] != "model" or row["name"] not in WORKLOADS:
        raise wire.NotHere("not a workload in jax_peer.py")
    if mode == "loop" and row["batches"] != "1":
        raise wire.NotHere("only a single batch is looped over")
    return Training(row)


wire.serve("JAX %s" % jax.__version__, load)
