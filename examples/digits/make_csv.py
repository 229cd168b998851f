"""Writes digits.csv: scikit-learn's 8x8 handwritten digits, a row an image, the label last."""
import os

from sklearn.datasets import load_digits


def main():
    digits = load_digits()
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "digits.csv")
    with open(path, "w", newline="\n") as f:
        f.write(",".join([f"p{i}" for i in range(64)] + ["label"]) + "\n")
        for pixels, label in zip(digits.data, digits.target):
            f.write(",".join(str(int(v)) for v in [*pixels, label]) + "\n")


main()
