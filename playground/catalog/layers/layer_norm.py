"""Normalization within an example, over all of it or over groups of channels."""

from typing import ClassVar, Literal

from pydantic import Field
from torch import nn

from playground.catalog.layers.base import Group, Layer, Shape
from playground.catalog.layers.weights import Freezable


class LayerNorm(Freezable):
    """Shifts and scales all numbers of an example to mean 0 and variance 1, then lets the network learn its own scale for each.

    Unlike batch normalization, it treats each example by itself, so batches may be small, and training and evaluation are the same.
    Shape: (N, *), unchanged."""

    title: ClassVar[str] = "Layer normalization"
    source: ClassVar[str] = "Ba, Kiros, Hinton 2016, arXiv:1607.06450"
    group: ClassVar[Group] = "Normalization"

    kind: Literal["layer_norm"] = "layer_norm"

    def build(self, shape: Shape) -> nn.Module:
        return self.settled(nn.LayerNorm(shape))


class GroupNorm(Freezable):
    """Shifts and scales each group of channels of an example to mean 0 and variance 1, then lets the network learn a scale per channel.

    With one group it is like layer normalization, with one group per channel like instance normalization. Batches may be small.
    Shape: (N, C, *), unchanged; groups must divide C."""

    title: ClassVar[str] = "Group normalization"
    source: ClassVar[str] = "Wu and He 2018, ECCV, arXiv:1803.08494"
    group: ClassVar[Group] = "Normalization"

    kind: Literal["group_norm"] = "group_norm"
    groups: int = Field(4, ge=1, le=1024, title="Groups", description="Must divide the number of channels")

    def build(self, shape: Shape) -> nn.Module:
        channels, what = shape[0], "features" if len(shape) == 1 else "channels"
        if channels % self.groups:
            raise ValueError(f"{channels} {what} cannot be divided into {self.groups} groups of equal size")
        if len(shape) == 1 and channels == self.groups:
            raise ValueError(f"{self.groups} groups of one number each would all become 0; use fewer groups")
        return self.settled(nn.GroupNorm(self.groups, channels))

    def suggestion(self, shape: Shape) -> "tuple[str, Layer] | None":
        most = min(self.groups, shape[0] - 1 if len(shape) == 1 else shape[0])
        groups = next((number for number in range(most, 0, -1) if shape[0] % number == 0), None)
        if groups is None or groups == self.groups:
            return None
        return f"Use {groups} group{'s' if groups > 1 else ''}", self.model_copy(update={"groups": groups})
