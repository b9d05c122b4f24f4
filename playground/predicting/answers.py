"""What a network answers, as people read it."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from torch import Tensor

from playground.catalog.datasets.examples import DataError
from playground.runs.directory import LoadedRun


class PredictError(DataError):
    """Nothing can be predicted: the message says why and what to do."""


@dataclass(frozen=True)
class Prediction:
    """The answer to one input, or why there is none.

    name: which input, such as "line 3" or a file. answer: ready for JSON: for classes "label", "confidence" and "probabilities" by class;
    for values the name of each and the value in its own units; {} if there is a problem. problem: why it cannot be predicted, "" if it
    can. cells: of a row in a file, as they were written."""

    name: str
    answer: dict[str, Any]
    problem: str = ""
    cells: tuple[str, ...] = ()


@dataclass(frozen=True)
class Predictions:
    """One prediction for each input, in order. notes: sentences on what was filled in, ignored or read as something else. columns: of the
    file that the rows are from; () if it does not name them."""

    predictions: tuple[Prediction, ...]
    notes: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()

    @property
    def answers(self) -> list[dict[str, Any]]:
        """Of the inputs that can be predicted."""
        return [prediction.answer for prediction in self.predictions if not prediction.problem]


def answers_of(run: LoadedRun, x: Tensor, names: tuple[str, ...]) -> list[dict[str, Any]]:
    """x: (N, *shape), inputs of the network → N answers. names: of the values.

    Raises: PredictError if the network does not give numbers."""
    outputs = run.probabilities(x)
    if not bool(outputs.isfinite().all()):
        raise PredictError("the network outputs NaN, because its training diverged; train it again with a smaller learning rate")
    if not run.classes:
        values = run.spec.data.in_units(outputs.numpy().astype(np.float64))
        return [dict(zip(names, row, strict=True)) for row in values.tolist()]
    return [_classified(run.classes, row) for row in outputs.tolist()]


def _classified(classes: tuple[str, ...], probabilities: list[float]) -> dict[str, Any]:
    best = max(range(len(classes)), key=probabilities.__getitem__)
    return {"label": classes[best], "confidence": probabilities[best], "probabilities": dict(zip(classes, probabilities, strict=True))}


def is_number(value: object) -> bool:
    """Whether a value given by a program is a finite number."""
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool) and math.isfinite(value)
