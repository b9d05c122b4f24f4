"""One class out of several."""

from typing import ClassVar, Literal

from playground.catalog.tasks.base import Task


class Multiclass(Task):
    """Each example belongs to one of several classes; the network outputs one number per class, and predicts the class with the largest."""

    title: ClassVar[str] = "Multi-class classification"
    source: ClassVar[str] = "Bridle 1990, Neurocomputing NATO ASI F 68:227 (softmax)"
    has_classes: ClassVar[bool] = True

    kind: Literal["multiclass"] = "multiclass"
