"""Writes iris.csv: Fisher's iris flowers, the species by name."""
import os

from sklearn.datasets import load_iris


def main():
    iris = load_iris()
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "iris.csv")
    with open(path, "w", newline="\n") as f:
        f.write("sepal_length,sepal_width,petal_length,petal_width,species\n")
        for row, species in zip(iris.data, iris.target):
            f.write(",".join([f"{v:.1f}" for v in row] + [str(iris.target_names[species])]) + "\n")


main()
