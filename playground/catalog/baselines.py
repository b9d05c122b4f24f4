"""What a network must beat: for each metric, the best prediction that needs no network."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from playground.catalog.answers import IGNORED
from playground.catalog.datasets.base import Dataset
from playground.catalog.datasets.examples import Data, Split
from playground.catalog.metrics import Metric, Tally
from playground.catalog.readouts import Readout
from playground.catalog.samples import sampled_rows, train_sample_size

_ITERATIONS = 60
_NUMBERS = 1_000_000
"""Targets and outputs of at most so many numbers are measured, those of evenly drawn examples; no more than a quarter of them at once."""

Baselines = Mapping[str, Mapping[str, Any]]
"""By the name of a metric, ready for JSON: {"accuracy": {"title": "guessing “cat”", "value": 0.8}}. value: on the test set."""


@dataclass(frozen=True)
class Guess:
    """Raw outputs that need no network, each (1, K), the same for every answer, or (N, K). title: such as "guessing “cat”"."""

    title: str
    train: Tensor
    test: Tensor


def baselines(dataset: Dataset, data: Data, metrics: Sequence[Metric], loss: nn.Module, readout: Readout, best: Tensor) -> Baselines:
    """For each metric the guess that is best on the training set, and its number on the test set. A metric without a finite number is left
    out.

    loss: of single outputs (M, K) and encoded targets, on the device of `best`. best: (1, K), from `best_constant`."""
    train, test = (_sampled(split, dataset, readout) for split in (data.train, data.test))
    targets = [_encoded(split, dataset, readout).to(best.device) for split in (train, test)]
    found: dict[str, tuple[float, str, float]] = {}
    for guess in _guesses(dataset, train, test, readout, best, targets[0]):
        on_train, on_test = (
            _measured(metrics, loss, readout, outputs, answers, dataset.task.per_step)
            for outputs, answers in zip((guess.train, guess.test), targets, strict=True)
        )
        for metric in metrics:
            name, sign = metric.name(), 1 if metric.better == "lower" else -1
            if np.isfinite([on_train[name], on_test[name]]).all() and sign * on_train[name] < found.get(name, (np.inf,))[0]:
                found[name] = (sign * on_train[name], guess.title, on_test[name])
    return {name: {"title": title, "value": value} for name, (_, title, value) in found.items()}


def constant(dataset: Dataset, train: Split, loss: nn.Module, readout: Readout) -> Tensor:
    """(1, K): the best constant for a sample of the training set, on the CPU."""
    rows = sampled_rows(len(train), train_sample_size(dataset)).numpy()
    targets = torch.tensor(train.targets[rows])
    return best_constant(loss, readout.encode(targets[targets != IGNORED] if dataset.task.per_step else targets), readout.outputs)


def _guesses(dataset: Dataset, train: Split, test: Split, readout: Readout, best: Tensor, targets: Tensor) -> Iterator[Guess]:
    """The simplest to say first: of equally good ones the first counts."""
    if dataset.classes:
        classes = torch.tensor(train.targets).to(torch.int64).flatten()
        majority = torch.zeros_like(best)
        counts = torch.bincount(classes[classes != IGNORED], minlength=len(dataset.classes))
        # A single output is positive for the second class.
        majority[0, -1 if readout.outputs == 1 else int(counts.argmax())] = 1 if readout.outputs > 1 or counts.argmax() == 1 else -1
        yield Guess(f"guessing “{dataset.classes[int(readout.predicted(majority)[0])]}”", majority, majority)
    else:
        for title, value in (("always the mean", targets.mean(dim=0)), ("always the median", targets.median(dim=0).values)):
            if torch.equal(readout.predicted(value[None]), value[None]):
                yield Guess(title, value[None], value[None])
        naive = [
            {name: torch.tensor(values) for name, values in dataset.task.naive(split, dataset.target_size).items()}
            for split in (train, test)
        ]
        for title, outputs in naive[0].items():
            if torch.equal(readout.predicted(outputs), outputs):
                yield Guess(title, outputs.to(best.device), naive[1][title].to(best.device))
    yield Guess("best fixed guess", best, best)


def _sampled(split: Split, dataset: Dataset, readout: Readout) -> Split:
    numbers = max(split.targets[:1].size, readout.outputs * (dataset.tensor.size("length") if dataset.task.per_step else 1))
    if len(split) * numbers <= _NUMBERS:
        return split
    rows = sampled_rows(len(split), max(1, _NUMBERS // numbers)).numpy()
    return Split(split.inputs[rows], split.targets[rows])


def _encoded(split: Split, dataset: Dataset, readout: Readout) -> Tensor:
    targets = torch.tensor(split.targets)
    return targets if dataset.task.per_step else readout.encode(targets)


@torch.no_grad()
def _measured(
    metrics: Sequence[Metric], loss: nn.Module, readout: Readout, outputs: Tensor, targets: Tensor, per_step: bool
) -> dict[str, float]:
    """The metrics of outputs (1, K) or (N, K) for targets as in `Tally`."""
    tally = Tally(metrics, loss, readout, per_step)
    steps = targets.shape[1:] if per_step else ()
    size = max(1, _NUMBERS // 4 // (readout.outputs * int(np.prod(steps))))
    for start in range(0, len(targets), size):
        part = targets[start : start + size]
        given = outputs if len(outputs) == 1 else outputs[start : start + size]
        tally.add(given.expand(len(part), *steps, -1), part)
    return tally.results()


@torch.enable_grad()
def best_constant(loss: nn.Module, targets: Tensor, outputs: int) -> Tensor:
    """(1, outputs): the raw outputs with the smallest mean loss if every example gets the same.

    targets: encoded, (N,) or (N, outputs). Candidates are zero, mean and median, or the log of the class frequencies, and the result of
    L-BFGS from the best of these (Liu and Nocedal 1989, Math. Program. 45:503): the losses of the catalog are convex in their outputs, or
    nearly so."""
    starts = [torch.zeros(1, outputs, device=targets.device)]
    if targets.ndim == 2:
        starts += [targets.mean(dim=0, keepdim=True), targets.median(dim=0, keepdim=True).values]
    else:
        counts = torch.bincount(targets, minlength=outputs).to(torch.float32)
        starts.append(((counts + 1e-3) / counts.sum()).log()[None])
    start = min(starts, key=lambda constant: constant_loss(loss, constant, targets))
    point = start.clone().requires_grad_()
    search = torch.optim.LBFGS([point], max_iter=_ITERATIONS, line_search_fn="strong_wolfe")

    def evaluate() -> Tensor:
        search.zero_grad()
        value: Tensor = loss(point.expand(len(targets), -1), targets)
        value.backward()  # type: ignore[no-untyped-call]
        return value

    search.step(evaluate)  # type: ignore[no-untyped-call]
    return min((point.detach(), start), key=lambda constant: constant_loss(loss, constant, targets))


def constant_loss(loss: nn.Module, constant: Tensor, targets: Tensor) -> float:
    """The mean loss on encoded targets if every example gets the outputs `constant` (1, K); infinite instead of NaN."""
    with torch.no_grad():
        value = float(loss(constant.expand(len(targets), -1), targets))
    return value if value == value else float("inf")
