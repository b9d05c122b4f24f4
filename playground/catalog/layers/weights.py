"""Settings of a layer's weights: how they are initialized, penalties on them, and whether they are learned."""

from typing import Any, Literal

from pydantic import Field
from pydantic.config import JsonDict
from torch import nn

from playground.catalog.layers.base import Layer
from playground.catalog.layers.initial_weights import initialize

Init = Literal[
    "default", "xavier_uniform", "xavier_normal", "he_uniform", "he_normal", "lecun_normal", "orthogonal", "normal", "uniform", "zeros",
    "constant",
]  # fmt: skip

_ADVANCED: JsonDict = {"advanced": True}
_INIT_LABELS: JsonDict = {
    "default": "PyTorch's default", "xavier_uniform": "Xavier, uniform", "xavier_normal": "Xavier, normal", "he_uniform": "He, uniform",
    "he_normal": "He, normal", "lecun_normal": "LeCun, normal",
}  # fmt: skip


class Freezable(Layer):
    """A layer whose weights can be frozen."""

    frozen: bool = Field(
        False,
        title="Frozen",
        description="Its weights stay as they are at the start; only the other layers learn",
        json_schema_extra={**_ADVANCED, "last": True},
    )

    def settled(self, module: nn.Module) -> nn.Module:
        """The module with these settings applied; unchanged if all have their default values."""
        return module.requires_grad_(False) if self.frozen else module


class Weighted(Freezable):
    """A layer whose outputs are weighted sums, such as dense layers and convolutions."""

    init: Init = Field(
        "default", title="Initial weights", json_schema_extra={**_ADVANCED, "labels": _INIT_LABELS},
        description="The random numbers that its weights are before training; all but PyTorch's default set biases to 0",
    )  # fmt: skip
    init_value: float = Field(
        0.1, ge=-10, le=10, title="Value or spread", json_schema_extra=_ADVANCED,
        description="The value of “constant” weights, the standard deviation of “normal” ones; “uniform” ones lie between −this and +this",
    )  # fmt: skip
    bias: bool = Field(True, title="Bias", description="Add a learned number to each output", json_schema_extra=_ADVANCED)
    l1: float = Field(
        0.0, ge=0, le=100, title="L1",
        description="Adds this times the sum of its |weights| to the loss: pushes those that matter little to exactly 0",
        json_schema_extra=_ADVANCED,
    )  # fmt: skip
    l2: float = Field(
        0.0, ge=0, le=100, title="L2",
        description="Adds this times the sum of its weights² to the loss: keeps them small. For all layers at once there is weight decay",
        json_schema_extra=_ADVANCED,
    )  # fmt: skip

    def settled(self, module: nn.Module) -> nn.Module:
        if self.init != "default":
            initialize(module, self.init, self.init_value)
        return super().settled(module)

    def weight_settings(self) -> dict[str, Any]:
        """Its settings that apply to any layer with weights."""
        return {name: getattr(self, name) for name in Weighted.model_fields if name != "kind"}
