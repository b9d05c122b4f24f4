"""What a task declares."""

from typing import ClassVar

from playground.catalog.variant import Variant


class Task(Variant):
    """What a network learns. How its outputs are read also depends on the loss: see `playground.catalog.readouts`."""

    has_classes: ClassVar[bool]
    """Whether each example belongs to a class; otherwise its target consists of values."""
