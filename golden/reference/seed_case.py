"""Linear regression on 4 points of y = 2x: the loss of each of 1,000 epochs."""
import torch

from common import out_folder, write

EPOCHS = 1000
LR = 0.01
STARTS = [(0.0, 0.0), (0.3, -0.2)]
VARIANTS = [
    {"variant": "plain", "momentum": 0.0, "batch": 4},
    {"variant": "momentum", "momentum": 0.9, "batch": 4},
    {"variant": "stochastic", "momentum": 0.0, "batch": 1},
]


def train(dtype, w0, b0, momentum, batch):
    x = torch.tensor([[1.0], [2.0], [3.0], [4.0]], dtype=dtype)
    y = 2 * x
    line = torch.nn.Linear(1, 1, dtype=dtype)
    with torch.no_grad():
        line.weight.fill_(w0)
        line.bias.fill_(b0)
    optimizer = torch.optim.SGD(line.parameters(), lr=LR, momentum=momentum, foreach=False)
    losses = []
    for _ in range(EPOCHS):
        total = torch.zeros((), dtype=dtype)
        for i in range(0, 4, batch):
            optimizer.zero_grad()
            loss = torch.nn.functional.mse_loss(line(x[i:i + batch]), y[i:i + batch])
            loss.backward()
            optimizer.step()
            total += loss.detach() * batch
        losses.append((total / 4).item())
    return losses, line.weight.item(), line.bias.item()


def main():
    folder = out_folder()
    for dtype, name in [(torch.float64, "f64"), (torch.float32, "f32")]:
        runs = []
        for w0, b0 in STARTS:
            for v in VARIANTS:
                losses, w, b = train(dtype, w0, b0, v["momentum"], v["batch"])
                start = {"w": torch.tensor(w0, dtype=dtype).item(), "b": torch.tensor(b0, dtype=dtype).item()}
                runs.append({**v, "start": start, "final": {"w": w, "b": b}, "loss": losses})
        write(folder, f"seed_case_{name}.json", "seed_case.py", dtype=name, x=[1.0, 2.0, 3.0, 4.0],
              y=[2.0, 4.0, 6.0, 8.0], lr=LR, epochs=EPOCHS, runs=runs)


main()
