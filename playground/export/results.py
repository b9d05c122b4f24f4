"""The performance of a trained network on the test set, measured when it is exported."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from playground.catalog.answers import IGNORED
from playground.catalog.baselines import Baselines, baselines, constant
from playground.catalog.datasets.examples import Data
from playground.catalog.metrics import Tally, metrics_of
from playground.network import build_model, examples_at_once, forward_bytes, readout, trace
from playground.spec import ExperimentSpec

_BATCH = 256
"""Examples that are measured together at most, where memory allows that many."""


@dataclass(frozen=True)
class ClassResult:
    """One class: the number of its test examples, its recall (None without examples) and its precision (None if it is never predicted)."""

    name: str
    examples: int
    recall: float | None
    precision: float | None


@dataclass(frozen=True)
class Results:
    """The whole test set. metrics: by name, as in training. baselines: what they must beat. error: the root mean squared error of values,
    None for classes."""

    examples: int
    metrics: Mapping[str, float]
    baselines: Baselines
    error: float | None
    classes: tuple[ClassResult, ...]


def measured(spec: ExperimentSpec, weights: Mapping[str, Tensor], data: Data) -> Results:
    """data: from `spec.data.load()`."""
    model = build_model(spec).eval()
    model.load_state_dict(dict(weights))
    reading = readout(spec)
    loss = spec.loss.build(data.train.counts(len(spec.data.classes)))
    per_step = spec.data.task.per_step
    metrics = [metric for metric in metrics_of(spec.data, spec.loss) if "test" in metric.splits]
    compared = baselines(spec.data, data, metrics, loss, reading, constant(spec.data, data.train, loss, reading))
    tally = Tally(metrics, loss, reading, per_step)
    outputs, truth = [], torch.tensor(data.test.targets)
    targets = truth if per_step else reading.encode(truth)
    size = examples_at_once(forward_bytes(trace(spec)), _BATCH)
    with torch.inference_mode():
        for start in range(0, len(data.test), size):
            part = slice(start, start + size)
            outputs.append(tally.add(model(spec.data.encode(data.test.inputs[part])), targets[part]))
    predicted = reading.predicted(torch.cat(outputs))
    if not spec.data.classes:
        error = None if any(metric.in_units for metric in metrics) else float((predicted - targets).square().mean().sqrt())
        return Results(len(data.test), tally.results(), compared, error, ())
    truth = truth[truth != IGNORED]
    classes = tuple(_class_result(name, predicted == place, truth == place) for place, name in enumerate(spec.data.classes))
    return Results(len(data.test), tally.results(), compared, None, classes)


def _class_result(name: str, predicted: Tensor, true: Tensor) -> ClassResult:
    both = int((predicted & true).sum())
    examples, predictions = int(true.sum()), int(predicted.sum())
    return ClassResult(name, examples, both / examples if examples else None, both / predictions if predictions else None)
