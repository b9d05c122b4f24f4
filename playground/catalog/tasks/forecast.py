"""What comes next in a series."""

from typing import ClassVar, Literal

from playground.catalog.tasks.base import Task


class Forecast(Task):
    """From the last values of a time series, the network predicts the next ones."""

    title: ClassVar[str] = "Forecast"
    source: ClassVar[str] = "Yule 1927, Phil. Trans. R. Soc. A 226:267 (autoregression)"
    has_classes: ClassVar[bool] = False

    kind: Literal["forecast"] = "forecast"

    @property
    def answer(self) -> str:
        return "regression"
