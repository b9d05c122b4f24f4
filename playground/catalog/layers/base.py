"""What a layer declares."""

from abc import abstractmethod
from typing import ClassVar, Literal

from torch import nn

from playground.catalog.layers.ranges import ANY, Range
from playground.catalog.variant import Variant

Shape = tuple[int, ...]
"""Sizes of one example, without the batch: (features,), (channels, length) or (channels, height, width)."""

Group = Literal["Dense", "Convolution", "Pooling", "Shape", "Activation", "Regularisation", "Normalisation", "Block"]


class Layer(Variant):
    """One step of the network, from a tensor (N, *shape) to the next."""

    group: ClassVar[Group]
    ranks: ClassVar[tuple[int, ...]] = ()
    """The numbers of dimensions that one example may have, () for any: 1 a vector, 2 a sequence, 3 an image."""

    beginners: ClassVar[str] = ""
    """What it is for, in plain words; "" for a layer that a first network can do without."""

    @abstractmethod
    def build(self, shape: Shape) -> nn.Module:
        """A fresh module for inputs (N, *shape).

        Raises: ValueError, in plain words, if the layer cannot work on that shape."""

    def remedy(self, shape: Shape) -> "tuple[str, Layer] | None":
        """If `build` refuses this shape: the title of a fix, and the layer that would work; None if there is none."""
        return None

    def output_range(self, inside: Range, shape: Shape) -> Range:
        """Which numbers it can give in evaluation mode, whatever its weights are, for inputs (N, *shape) with numbers of `inside`."""
        return ANY

    def sized(self, outputs: int) -> "Layer":
        """The layer with the number of outputs that data and loss need; only `output` changes."""
        return self

    def branches(self) -> "tuple[tuple[str, tuple[Layer, ...]], ...]":
        """The chains of layers inside it, each with its path, such as ("branch[0]", …); () for a layer without any."""
        return ()
