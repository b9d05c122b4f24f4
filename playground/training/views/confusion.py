"""True and predicted classes of the test set."""

from typing import ClassVar

import torch

from playground.spec import ExperimentSpec
from playground.training.views.base import Seen, Values, ViewOfEvaluation, values_of


class Confusion(ViewOfEvaluation):
    """(K, K) counts of evaluated test examples; rows are true classes, columns predicted ones."""

    name: ClassVar[str] = "confusion"
    title: ClassVar[str] = "Confusion matrix"
    tab: ClassVar[str] = "classes"
    form: ClassVar[str] = "matrix"
    axes: ClassVar[tuple[str, ...]] = ("true class", "predicted class")

    @classmethod
    def applies(cls, spec: ExperimentSpec) -> bool:
        return spec.data.task.has_classes

    @classmethod
    def caption(cls, spec: ExperimentSpec) -> str:
        return "Confusion matrix: rows are true classes, columns predicted classes; correct predictions lie on the diagonal."

    @classmethod
    def shown(cls, spec: ExperimentSpec) -> bool:
        """Not where a picture of all predictions shows more."""
        return spec.data.encoding.domain is None

    def compute(self, seen: Seen) -> Values:
        classes = len(self.data.classes)
        cells = seen.truth.to("cpu", torch.int64) * classes + seen.readout.predicted(seen.outputs).to("cpu")
        return values_of(torch.bincount(cells, minlength=classes * classes).reshape(classes, classes))
