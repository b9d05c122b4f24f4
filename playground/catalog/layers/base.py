"""What a layer declares."""

from abc import abstractmethod
from typing import ClassVar, Literal

from torch import nn

from playground.catalog.layers.ranges import ANY, Range
from playground.catalog.variant import Variant

Shape = tuple[int, ...]
"""Sizes of one example, without the batch: (features,), (channels, length) or (channels, height, width)."""

Group = Literal["Dense", "Convolution", "Pooling", "Shape", "Activation", "Regularization", "Normalization", "Block"]


class Layer(Variant):
    """One step of the network, from a tensor (N, *shape) to the next."""

    group: ClassVar[Group]
    ranks: ClassVar[tuple[int, ...]] = ()
    """The allowed numbers of dimensions of one example, () for any: 1 for vectors, 2 for sequences, 3 for images."""

    beginners: ClassVar[str] = ""
    """What it is for, in plain words; "" for a layer that beginners can do without."""

    @abstractmethod
    def build(self, shape: Shape) -> nn.Module:
        """A new module for inputs (N, *shape).

        Raises: ValueError, with a message in plain words, if the layer cannot be applied to that shape."""

    def suggestion(self, shape: Shape) -> "tuple[str, Layer] | None":
        """For a shape that `build` refuses: the title of a fix, and a layer that works instead; None if there is none."""
        return None

    def output_range(self, inside: Range, shape: Shape) -> Range:
        """The numbers that it can output in evaluation mode, whatever its weights, for inputs (N, *shape) with numbers in `inside`."""
        return ANY

    def sized(self, outputs: int) -> "Layer":
        """The layer with as many outputs as data and loss need; only `output` changes."""
        return self

    def branches(self) -> "tuple[tuple[str, tuple[Layer, ...]], ...]":
        """The chains of layers inside it, each with its path, such as ("branch[0]", …); () for a layer without any."""
        return ()
