"""The child's side of the bench's line protocol (package wire), for programs in Python."""

import json
import os
import struct
import sys
import time
import traceback

import numpy as np


class NotHere(Exception):
    """The program has no part in a row."""


def read_tensors(path):
    """The float32 tensors of a safetensors file, by name."""
    with open(path, "rb") as f:
        raw = f.read()
    start = 8 + struct.unpack("<Q", raw[:8])[0]
    header = json.loads(raw[8:start])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        first, last = entry["data_offsets"]
        values = np.frombuffer(raw[start + first : start + last], dtype=np.float32)
        tensors[name] = values.reshape(entry["shape"]).copy()
    return tensors


class Training:
    """A training program: subclasses have reset; steps(n, keep), which makes
    the first n steps, gives keep (if there is one) each loss, and returns the
    last; wait(loss), which returns when all of it has been computed."""

    def __init__(self, row):
        self.unit = int(row["steps"])

    def check(self, n):
        self.reset()
        losses = []
        self.wait(self.steps(n, lambda loss: losses.append(float(loss))))
        return losses

    def run(self, n):
        took = 0.0
        for _ in range(n):
            self.reset()
            start = time.perf_counter()
            self.wait(self.steps(self.unit))
            took += time.perf_counter() - start
        return took

    def wait(self, loss):
        """For programs that compute before they return."""


def serve(about, load):
    """Answers requests until the input ends. What libraries print goes to
    standard error."""
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    work = None
    for line in sys.stdin:
        verb, *rest = line.split()
        try:
            if verb == "about":
                answer = "ok " + about
            elif verb == "load":
                work = load(dict(pair.split("=", 1) for pair in rest))
                answer = "ok"
            elif verb == "check":
                answer = " ".join(["ok"] + [repr(float(v)) for v in work.check(int(rest[0]))])
            elif verb == "run":
                answer = "ok %.9f" % work.run(int(rest[0]))
            else:
                answer = "error unknown request " + verb
        except NotHere as no:
            answer = "no " + str(no)
        except Exception as problem:  # an answer, whatever it is
            traceback.print_exc()
            answer = "error " + " ".join(repr(problem).split())
        print(answer, file=out, flush=True)
