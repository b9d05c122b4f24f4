"""What comes next in a series."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from playground.catalog.datasets.examples import Split
from playground.catalog.sequences.series import last_value
from playground.catalog.tasks.base import Task
from playground.catalog.tensors import Array


class Forecast(Task):
    """From the last values of a time series, the network predicts the next ones."""

    title: ClassVar[str] = "Forecast"
    source: ClassVar[str] = "Yule 1927, Phil. Trans. R. Soc. A 226:267 (autoregression)"
    has_classes: ClassVar[bool] = False

    kind: Literal["forecast"] = "forecast"

    @property
    def answer(self) -> str:
        return "regression"

    def naive(self, split: Split, outputs: int) -> Mapping[str, Array]:
        return {"always the last value": last_value(split.inputs, outputs // split.inputs.shape[-1])}
