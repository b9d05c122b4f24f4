"""How good a trained network is on the test set, measured when it is taken along."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from playground.catalog.datasets.examples import Data
from playground.network import build_model, examples_at_once, forward_bytes, trace
from playground.spec import ExperimentSpec

_PART = 256
"""Examples that are measured together at most, where memory allows that many."""


@dataclass(frozen=True)
class ClassResult:
    """Of one class: how many test examples it has, the share of them that was found, and the share of right answers among those that
    named it (None where no answer did)."""

    name: str
    examples: int
    found: float | None
    right: float | None


@dataclass(frozen=True)
class Results:
    """Of the whole test set, with the mean loss as training evaluates it. accuracy: None where right and wrong have no meaning; then
    error is the root of the mean squared difference to what was wanted."""

    examples: int
    loss: float
    accuracy: float | None
    error: float | None
    classes: tuple[ClassResult, ...]


@torch.inference_mode()
def measured(spec: ExperimentSpec, weights: Mapping[str, Tensor], data: Data) -> Results:
    """data: as `spec.data.load()` gives it."""
    model = build_model(spec).eval()
    model.load_state_dict(dict(weights))
    task = spec.data.task
    loss = spec.loss.build(data.train.counts(len(spec.data.classes)))
    outputs, losses = [], 0.0
    targets = task.encode(torch.tensor(data.test.targets), spec.loss.outputs(spec.data))
    size = examples_at_once(forward_bytes(trace(spec)), _PART)
    for start in range(0, len(data.test), size):
        part = slice(start, start + size)
        outputs.append(model(spec.data.encode(data.test.inputs[part])))
        losses += float(loss(outputs[-1], targets[part])) * len(outputs[-1])
    together = torch.cat(outputs)
    mean = losses / len(data.test)
    correct = task.correct(together, targets)
    if correct is None:
        return Results(len(data.test), mean, None, float((together - targets).square().mean().sqrt()), ())
    answers, truth = task.probabilities(together).argmax(dim=1), torch.tensor(data.test.targets)
    classes = tuple(_of_class(name, answers == place, truth == place) for place, name in enumerate(spec.data.classes))
    return Results(len(data.test), mean, float(correct.float().mean()), None, classes)


def _of_class(name: str, answered: Tensor, true: Tensor) -> ClassResult:
    both = int((answered & true).sum())
    examples, answers = int(true.sum()), int(answered.sum())
    return ClassResult(name, examples, both / examples if examples else None, both / answers if answers else None)
