"""Normalization within an example, over all of it or over groups of channels."""

from typing import ClassVar, Literal

from pydantic import Field
from torch import nn

from playground.catalog.layers.base import Group, Layer
from playground.catalog.layers.step_modules import GroupNorm as GroupNormOfSteps
from playground.catalog.layers.step_modules import LayerNorm as LayerNormOfSteps
from playground.catalog.layers.weights import Freezable
from playground.catalog.tensors import SEQUENCE, VECTOR, TensorSpec


class LayerNorm(Freezable):
    """Shifts and scales all numbers of an example, or of each step of a sequence, to mean 0 and variance 1, then lets the network learn its
    own scale for each.

    Unlike batch normalization, it treats each example by itself, so batches may be small, and training and evaluation are the same.
    Shape: (N, *), unchanged."""

    title: ClassVar[str] = "Layer normalization"
    source: ClassVar[str] = "Ba, Kiros, Hinton 2016, arXiv:1607.06450"
    formula: ClassVar[str] = "y = γ·(x − mean)/√(variance + ε) + β, over the example"
    group: ClassVar[Group] = "Normalization"
    keywords: ClassVar[str] = "layernorm LN"
    stands_in_for: ClassVar[str] = "RMS normalization RMSNorm"

    kind: Literal["layer_norm"] = "layer_norm"
    over: Literal["step", "all"] = Field(
        "step",
        title="Over",
        description="In sequences: “step” normalizes each step by itself, “all” all steps together; without steps both are the same",
        json_schema_extra={"advanced": True},
    )

    def build(self, x: TensorSpec) -> nn.Module:
        if x.names != SEQUENCE:
            return self.settled(nn.LayerNorm(x.sizes))
        if self.over == "step":
            return self.settled(nn.LayerNorm(x.depth))
        if x.varies:
            raise ValueError("normalizing all steps together needs sequences of one length")
        return self.settled(LayerNormOfSteps((x.depth, x.size("length"))))

    def suggestion(self, x: TensorSpec) -> "tuple[str, Layer] | None":
        return "Normalize each step by itself", self.model_copy(update={"over": "step"})


class GroupNorm(Freezable):
    """Shifts and scales each group of channels of an example to mean 0 and variance 1, then lets the network learn a scale per channel.

    With one group it is like layer normalization, with one group per channel like instance normalization. Batches may be small.
    Shape: (N, C, *) or (N, L, features), unchanged; groups must divide C or the features."""

    title: ClassVar[str] = "Group normalization"
    respects_padding: ClassVar[bool] = False
    source: ClassVar[str] = "Wu and He 2018, ECCV, arXiv:1803.08494"
    formula: ClassVar[str] = "y = γ·(x − mean)/√(variance + ε) + β, over the group"
    group: ClassVar[Group] = "Normalization"
    keywords: ClassVar[str] = "groupnorm GN"
    stands_in_for: ClassVar[str] = "instance normalization InstanceNorm"

    kind: Literal["group_norm"] = "group_norm"
    groups: int = Field(4, ge=1, le=1024, title="Groups", description="Must divide the number of channels")

    def build(self, x: TensorSpec) -> nn.Module:
        channels, what = x.depth, "features" if x.has("features") else "channels"
        if channels % self.groups:
            raise ValueError(f"{channels} {what} cannot be divided into {self.groups} groups of equal size")
        if x.names == VECTOR and channels == self.groups:
            raise ValueError(f"{self.groups} groups of one number each would all become 0; use fewer groups")
        norm = GroupNormOfSteps if x.names == SEQUENCE else nn.GroupNorm
        return self.settled(norm(self.groups, channels))

    def suggestion(self, x: TensorSpec) -> "tuple[str, Layer] | None":
        most = min(self.groups, x.depth - 1 if x.names == VECTOR else x.depth)
        groups = next((number for number in range(most, 0, -1) if x.depth % number == 0), None)
        if groups is None or groups == self.groups:
            return None
        return f"Use {groups} group{'s' if groups > 1 else ''}", self.model_copy(update={"groups": groups})
