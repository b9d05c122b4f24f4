"""Speed of the engine, without a page, relative to a bare PyTorch loop on as many threads: every preset, in runs of at least 20 s.

    python -m benchmarks.presets [PRESET …]

The number of threads is the one that the engine chooses on this machine. The loop takes the same steps (batches, optimizer, schedule) and
nothing else; both alternate and end at the same time. `--seconds` changes how long each takes."""

import argparse
import itertools
import time
from collections.abc import Iterator

import torch
from torch import Tensor

from benchmarks.figures import Figure, median
from playground.network import build_model, readout
from playground.presets import PRESETS
from playground.spec import ExperimentSpec
from playground.training import Control, Progress, Started, train
from playground.training.batches import Examples
from playground.training.stepping import learning, stepper

TARGET = 0.95
ROUNDS = 3


def lengthened(spec: ExperimentSpec) -> ExperimentSpec:
    """So long that only the clock ends it."""
    return spec.model_copy(update={"training": spec.training.model_copy(update={"epochs": 1000, "device": "cpu"})})


def engine(spec: ExperimentSpec, seconds: float) -> tuple[float, int]:
    """Steps per second from the first Progress on, everything that a run does besides its steps included, and its threads."""
    control, begin, first, step, threads = Control(watched=False), 0.0, 0, 0, 1
    for event in train(spec, control=control):
        if isinstance(event, Started):
            threads = event.execution.threads
        if isinstance(event, Progress):
            step = event.steps[-1]
            if not begin:
                begin, first = time.perf_counter(), step
            elif time.perf_counter() - begin >= seconds:
                break
    return (step - first) / (time.perf_counter() - begin), threads


def loop(spec: ExperimentSpec, seconds: float, threads: int) -> float:
    """Steps per second of the loop anybody would write: tensors, a permutation, indices."""
    torch.set_num_threads(threads)
    device = torch.device("cpu")
    data, outputs, model = spec.data.load().train, readout(spec), build_model(spec).train()
    examples = Examples.of(spec.data, data, outputs, device)
    x, y = examples.take(torch.arange(len(examples)))
    loss = spec.loss.build(data.counts(len(spec.data.classes)))
    optimizer = spec.optimizer.build(learning(model))
    schedule = spec.schedule.build(optimizer, 10**6, -(-len(x) // spec.training.batch_size))
    step = stepper(spec, model, loss, outputs, optimizer, device)
    begin, steps = 0.0, 0
    for inputs, targets in batches(x, y, spec.training.batch_size):
        step(inputs, targets)
        if schedule is not None and spec.schedule.kind != "plateau":
            schedule.step()
        if not begin:
            begin = time.perf_counter()
        else:
            steps += 1
            if time.perf_counter() - begin >= seconds:
                break
    return steps / (time.perf_counter() - begin)


def batches(x: Tensor, y: Tensor, size: int) -> Iterator[tuple[Tensor, Tensor]]:
    for _ in itertools.count():
        for rows in torch.randperm(len(x)).split(size):
            yield x[rows], y[rows]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("presets", nargs="*", default=list(PRESETS))
    parser.add_argument("--seconds", type=float, default=20.0)
    chosen = parser.parse_args()
    for name in chosen.presets:
        spec = lengthened(PRESETS[name].spec)
        engines, loops, threads = [], [], 1
        for _ in range(ROUNDS):
            speed, threads = engine(spec, chosen.seconds)
            engines.append(speed)
            loops.append(loop(spec, chosen.seconds, threads))
        ratios = ", ".join(f"{one / other:.2f}" for one, other in zip(engines, loops, strict=True))
        print(Figure(f"{name} ({threads} threads; rounds {ratios})", median(engines) / median(loops), "", TARGET, "higher"), flush=True)


if __name__ == "__main__":
    main()
