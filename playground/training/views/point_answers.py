"""Which points of the plane are classified correctly."""

from collections.abc import Generator
from typing import ClassVar, Final

import torch

from playground.spec import ExperimentSpec
from playground.training.views.base import Seen, Values, ViewInParts, values_of

MOST_POINTS: Final = 1000
"""Of each split: the first ones, as many as the page draws."""


class PointAnswers(ViewInParts):
    """(2, P) predicted classes of the first training points and the first test points; NaN where a split has fewer. Drawn over the
    boundary."""

    name: ClassVar[str] = "points"
    title: ClassVar[str] = "Predicted classes of the points"
    tab: ClassVar[str] = "points"
    form: ClassVar[str] = "plane"
    asked: ClassVar[bool] = True
    smooth: ClassVar[bool] = True

    @classmethod
    def applies(cls, spec: ExperimentSpec) -> bool:
        return spec.data.encoding.domain == "plane" and spec.data.task.has_classes

    @classmethod
    def caption(cls, spec: ExperimentSpec) -> str:
        return "Points with a cross are classified wrongly."

    @classmethod
    def shown(cls, spec: ExperimentSpec) -> bool:
        """The boundary shows it."""
        return False

    def parts(self, seen: Seen) -> Generator[None, None, Values]:
        if seen.train is None:
            raise ValueError("the answers of training points need the training set")
        train = yield from seen.predictions(seen.train.part(0, MOST_POINTS)[0])
        test = (yield from seen.first(MOST_POINTS))[:MOST_POINTS]
        rows = torch.full((2, max(len(train), len(test))), torch.nan)
        for row, outputs in zip(rows, (train, test), strict=True):
            row[: len(outputs)] = seen.readout.predicted(outputs)
        return values_of(rows)
