"""Predicted values of the test set against their targets."""

from typing import ClassVar

import numpy as np

from playground.spec import ExperimentSpec
from playground.training.views.base import Seen, Values, ViewOfEvaluation, values_of

MOST_POINTS = 1000
"""Values that are shown: the first ones of the evaluated test examples."""


class Fit(ViewOfEvaluation):
    """(M, 2) pairs of target and prediction, in the units of the target."""

    name: ClassVar[str] = "fit"
    title: ClassVar[str] = "Predictions and targets of the test set"
    tab: ClassVar[str] = "fit"
    form: ClassVar[str] = "scatter"

    @classmethod
    def applies(cls, spec: ExperimentSpec) -> bool:
        return spec.data.task.answer == "regression"

    @classmethod
    def axis_names(cls, spec: ExperimentSpec) -> tuple[str, ...]:
        return spec.data.target_title, "prediction"

    @classmethod
    def caption(cls, spec: ExperimentSpec) -> str:
        return "Each dot is a test example; on the dashed line, the prediction equals the target."

    def compute(self, seen: Seen) -> Values:
        both = (seen.truth, seen.readout.predicted(seen.outputs))
        pairs = [self.data.in_units(values_of(values[:MOST_POINTS])).ravel()[:MOST_POINTS] for values in both]
        return np.stack(pairs, axis=1).astype(np.float32)
