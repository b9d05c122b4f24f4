"""Numbers instead of classes."""

from typing import ClassVar, Literal

from playground.catalog.tasks.base import Task


class Regression(Task):
    """Each example has a value, which the network predicts."""

    title: ClassVar[str] = "Regression"
    source: ClassVar[str] = "Legendre 1805, Nouvelles méthodes (least squares)"
    has_classes: ClassVar[bool] = False

    kind: Literal["regression"] = "regression"
