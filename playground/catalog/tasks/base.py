"""What a task declares."""

from typing import ClassVar

from playground.catalog.variant import Variant


class Task(Variant):
    """What is to be learned. How a network's outputs are read depends on the loss too: see `playground.catalog.readouts`."""

    has_classes: ClassVar[bool]
    """Whether each example belongs to a class; otherwise its target is made of values."""
