"""What can be set of a layer's weights: where they begin, what holds them small, and whether they are learned."""

from typing import Any, Literal

from pydantic import Field
from pydantic.config import JsonDict
from torch import nn

from playground.catalog.layers.base import Layer
from playground.catalog.layers.initial_weights import initialise

Init = Literal[
    "default", "xavier_uniform", "xavier_normal", "he_uniform", "he_normal", "lecun_normal", "orthogonal", "zeros", "constant"
]  # fmt: skip

_ADVANCED: JsonDict = {"advanced": True}


class Freezable(Layer):
    """A layer with weights that can be kept as they are."""

    frozen: bool = Field(
        False,
        title="Frozen",
        description="Keep its weights as they are at the start; only the other layers learn",
        json_schema_extra={**_ADVANCED, "last": True},
    )

    def settled(self, module: nn.Module) -> nn.Module:
        """The module as the settings want it; with all at their defaults, untouched."""
        return module.requires_grad_(False) if self.frozen else module


class Weighted(Freezable):
    """A layer whose outputs are weighted sums: dense and convolution."""

    init: Init = Field(
        "default", title="First weights", json_schema_extra=_ADVANCED,
        description="How weights are drawn before the first step; “default” is PyTorch's own, with the others biases begin at 0",
    )  # fmt: skip
    init_value: float = Field(
        0.1, ge=-10, le=10, title="Constant", description="What every weight begins with where first weights are “constant”",
        json_schema_extra=_ADVANCED,
    )  # fmt: skip
    bias: bool = Field(True, title="Bias", description="Add a learned number to each output", json_schema_extra=_ADVANCED)
    l1: float = Field(
        0.0, ge=0, le=1, title="L1", description="Adds this times the sum of |weight| to the loss: pushes weights to exactly 0",
        json_schema_extra=_ADVANCED,
    )  # fmt: skip
    l2: float = Field(
        0.0, ge=0, le=1, title="L2", description="Adds this times the sum of weight² to the loss: keeps weights small",
        json_schema_extra=_ADVANCED,
    )  # fmt: skip

    def settled(self, module: nn.Module) -> nn.Module:
        if self.init != "default":
            initialise(module, self.init, self.init_value)
        return super().settled(module)

    def weight_settings(self) -> dict[str, Any]:
        """Those of its settings that another layer with weights takes over as they are."""
        return {name: getattr(self, name) for name in Weighted.model_fields if name != "kind"}
