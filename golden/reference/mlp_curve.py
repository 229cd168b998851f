"""The training curve of a small classifier: 8-6-3, tanh, adamw, 30 rows, 60 full-batch steps."""
import torch

from common import Numbers, out_folder, tensor, write

ROWS, IN, HIDDEN, OUT, STEPS = 30, 8, 6, 3, 60


def main():
    numbers = Numbers(11)
    x = numbers.uniform((ROWS, IN), -2, 2)
    # Labels follow the inputs, with every seventh row mislabelled, so that the loss falls but not to 0.
    y = (x @ numbers.uniform((IN, OUT))).argmax(1)
    y[::7] = (y[::7] + 1) % OUT
    init = {
        "W1": numbers.uniform((IN, HIDDEN), -0.5, 0.5), "b1": torch.zeros(HIDDEN),
        "W2": numbers.uniform((HIDDEN, OUT), -0.5, 0.5), "b2": torch.zeros(OUT),
    }
    p = {k: torch.nn.Parameter(v.clone()) for k, v in init.items()}
    optimizer = torch.optim.AdamW(p.values(), lr=1e-2, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01, foreach=False)
    losses = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        logits = torch.tanh(x @ p["W1"] + p["b1"]) @ p["W2"] + p["b2"]
        loss = torch.nn.functional.cross_entropy(logits, y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    write(out_folder(), "mlp_curve.json", "mlp_curve.py",
          options={"lr": 1e-2, "betas": [0.9, 0.999], "eps": 1e-8, "weight_decay": 0.01, "steps": STEPS},
          x=tensor(x), y=tensor(y), init={k: tensor(v) for k, v in init.items()}, loss=losses,
          final={k: tensor(v) for k, v in p.items()})


main()
