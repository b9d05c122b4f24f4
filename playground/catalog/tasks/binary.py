"""One class or the other."""

from typing import ClassVar, Literal

from playground.catalog.tasks.base import Task


class Binary(Task):
    """Each example belongs to one of two classes; the network outputs one number, positive for the second class, or one per class."""

    title: ClassVar[str] = "Binary classification"
    source: ClassVar[str] = "Cox 1958, J. R. Stat. Soc. B 20:215 (logistic regression)"
    has_classes: ClassVar[bool] = True

    kind: Literal["binary"] = "binary"
