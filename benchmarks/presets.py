"""Speed of the engine, without a page, relative to a bare PyTorch loop on as many threads: every preset.

    python -m benchmarks.presets [PRESET …] [--seconds 20] [--rounds 3]

The number of threads is the one that the engine chooses on this machine. The loop takes the same steps (batches, optimizer, schedule) and
nothing else, in contiguous memory. The two take turns of a second each until both have computed for 20 s, so that other work on the
machine slows down both."""

import argparse
import itertools
import time
from collections.abc import Iterator

import torch
from torch import Tensor

from benchmarks.figures import Figure, median, report
from playground.network import build_model, readout
from playground.presets import PRESETS
from playground.spec import ExperimentSpec
from playground.training import Control, Progress, Started, train
from playground.training.batches import Examples
from playground.training.execution import Execution
from playground.training.procedures import Supervised

TARGET = 0.95
TURN_SECONDS = 1.0


def lengthened(spec: ExperimentSpec) -> ExperimentSpec:
    """So long that only the clock ends it."""
    return spec.model_copy(update={"training": spec.training.model_copy(update={"epochs": 1000, "device": "cpu"})})


class Engine:
    """A run that computes when it is asked to."""

    def __init__(self, spec: ExperimentSpec) -> None:
        self._events = train(spec, control=Control(watched=False))
        started = next(event for event in self._events if isinstance(event, Started))
        self.execution: Execution = started.execution
        self._seconds, self._steps, self._step = 0.0, 0, self._next_step()

    def turn(self) -> None:
        began, before = time.perf_counter(), self._step
        while time.perf_counter() - began < TURN_SECONDS:
            self._step = self._next_step()
        self._seconds += time.perf_counter() - began
        self._steps += self._step - before

    @property
    def steps_per_second(self) -> float:
        return self._steps / self._seconds

    def close(self) -> None:
        self._events.close()

    def _next_step(self) -> int:
        """Computes until the next Progress, and returns its last step."""
        return next(event.steps[-1] for event in self._events if isinstance(event, Progress))


class Loop:
    """The loop anybody would write: tensors, a permutation, indices."""

    def __init__(self, spec: ExperimentSpec, threads: int) -> None:
        device = torch.device("cpu")
        data, outputs, model = spec.data.load().train, readout(spec), build_model(spec).train()
        examples = Examples.of(spec.data, data, outputs, device)
        x, y = examples.take(torch.arange(len(examples)))
        loss = spec.loss.build(data.counts(len(spec.data.classes)))
        self._take_step = Supervised(spec, model, loss, outputs, -(-len(x) // spec.training.batch_size)).take_step
        self._batches = batches(x, y, spec.training.batch_size)
        self._threads, self._seconds, self._steps = threads, 0.0, 0
        self._next_step()  # without warm-up, like the engine after its first step

    def turn(self) -> None:
        torch.set_num_threads(self._threads)
        began = time.perf_counter()
        while time.perf_counter() - began < TURN_SECONDS:
            self._next_step()
            self._steps += 1
        self._seconds += time.perf_counter() - began

    @property
    def steps_per_second(self) -> float:
        return self._steps / self._seconds

    def _next_step(self) -> None:
        self._take_step(*next(self._batches))


def batches(x: Tensor, y: Tensor, size: int) -> Iterator[tuple[Tensor, Tensor]]:
    for _ in itertools.count():
        for rows in torch.randperm(len(x)).split(size):
            yield x[rows], y[rows]


def ratio(spec: ExperimentSpec, seconds: float) -> tuple[float, Execution]:
    """Speed of the engine relative to the loop, and what the engine chose."""
    engine = Engine(spec)
    loop = Loop(spec, engine.execution.threads)
    for _ in range(max(1, round(seconds / TURN_SECONDS))):
        engine.turn()
        loop.turn()
    engine.close()
    return engine.steps_per_second / loop.steps_per_second, engine.execution


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("presets", nargs="*", default=list(PRESETS))
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    figures = []
    for name in chosen.presets:
        spec = lengthened(PRESETS[name].spec)
        rounds = [ratio(spec, chosen.seconds) for _ in range(chosen.rounds)]
        ratios = ", ".join(f"{value:.2f}" for value, _ in rounds)
        executions = ", ".join(sorted({f"{execution.threads} × {execution.memory_format}" for _, execution in rounds}))
        figures.append(Figure(f"{name} ({executions}; rounds {ratios})", median([value for value, _ in rounds]), "", TARGET, "higher"))
        print(figures[-1], flush=True)
    report(figures)


if __name__ == "__main__":
    main()
