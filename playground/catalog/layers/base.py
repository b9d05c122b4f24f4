"""What a layer declares."""

from abc import abstractmethod
from typing import ClassVar, Literal

from torch import nn

from playground.catalog.variant import Variant

Shape = tuple[int, ...]
"""Sizes of one example, without the batch: (features,), (channels, length) or (channels, height, width)."""

Group = Literal["Dense", "Convolution", "Pooling", "Shape", "Activation", "Regularisation", "Normalisation", "Block"]


class Layer(Variant):
    """One step of the network, from a tensor (N, *shape) to the next."""

    group: ClassVar[Group]
    ranks: ClassVar[tuple[int, ...]] = ()
    """The numbers of dimensions of one example that it takes, () for any: 1 a vector, 2 a sequence, 3 an image."""

    beginners: ClassVar[str] = ""
    """What it is for, in words that need no other; "" for a layer that a first network can do without."""

    @abstractmethod
    def build(self, shape: Shape) -> nn.Module:
        """A fresh module for inputs (N, *shape).

        Raises: ValueError, in plain words, if the layer cannot work on that shape."""

    def remedy(self, shape: Shape) -> "tuple[str, Layer] | None":
        """Where `build` refuses this shape: the name of an edit, and the layer it leads to, that would work; None if there is none."""
        return None

    def sized(self, outputs: int) -> "Layer":
        """The layer with the number of outputs that data and loss ask for; only `output` differs from itself."""
        return self

    def branches(self) -> "tuple[tuple[str, tuple[Layer, ...]], ...]":
        """The chains of layers inside it, each with its place, as in ("branch[0]", …); () for a layer that holds none."""
        return ()
