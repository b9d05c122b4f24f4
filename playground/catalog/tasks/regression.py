"""Numbers instead of classes."""

from typing import ClassVar, Literal

from playground.catalog.tasks.base import Task


class Regression(Task):
    """Each example has a value; the network gives a number that should come close to it."""

    title: ClassVar[str] = "Regression"
    source: ClassVar[str] = "Legendre 1805, Nouvelles méthodes (least squares)"
    has_classes: ClassVar[bool] = False

    kind: Literal["regression"] = "regression"
